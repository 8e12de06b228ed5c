"""What a scenarios file speaks of, looked up in its process: people, outcomes, messages, states, and the
names in `expect`.

Owns these checks and their near misses. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.core.ballots import DECISIONS
from engine.definition.flow import BUILT_IN
from engine.definition.interfaces import CANCELLED
from engine.definition.model import Definition
from engine.definition.moves import FormUse, Move
from engine.definition.shapes import Report, Said
from engine.definition.suggest import near
from engine.errors import Place, Problem
from engine.scenarios.acts import Act, Expected, ScenarioFile
from engine.scenarios.away import away
from engine.scenarios.cast import Cast

OUTCOMES: dict[str, str] = {
    "state": "the state it is in; a list when there are branches",
    "status": "running, suspended, completed or cancelled",
    "outcome": "what it ended as",
    "sent": "the messages that went out in this step",
    "unaddressed": "the messages of this step that could go to nobody, because there is no address",
    "called": "the processes of which this step has called a case",
    "milestone": "the milestones that this step reached",
    "task": "the title of the open task",
    "assignee": "who has the open task; nothing when nobody has",
    "due": "when the open task is due, local to the calendar",
    "offered": "the outcomes that the open task offers",
    "rule": "what has to come together in the open approval, in words",
    "needed": "how many more have to say yes in the open approval",
    "breached": "the clocks whose promise this step found broken",
    "escalated": "the rungs that fired in this step, such as final-response 75%",
    "notified": "the colleagues who were told in this step",
    "opened": "the tasks that were opened in this step beside the case's own",
    "clocks": "how clocks stand: {final-response: paused}; running, paused, stopped or cancelled",
    "deadlines": 'when clocks are due, local to the calendar: {final-response: "2026-12-08 17:00"}',
    "priority": "normal, high or urgent",
    "label": "what the customer sees",
    "subject": "the title of the case",
}
"""What `expect` can ask for beside the names of the process, with its meaning."""


def name_problems(file: ScenarioFile, definition: Definition, cast: Cast, roles: Iterable[str]) -> list[Problem]:
    """Every name that means nothing in this process or organisation."""
    names = _Names(definition)
    report = Report()
    known = tuple(roles)
    for _, theirs in file.people:
        for role in theirs:
            _known(report, role, known, "unknown-role", "a role", "use a role of processes/organisation.yaml")
    for scenario in file.scenarios:
        told = len(report.problems)
        for absent in scenario.absent:
            _people(report, (absent.person, absent.deputy), cast)
            _known(report, absent.role, known, "unknown-role", "a role", "use a role of processes/organisation.yaml")
        if len(report.problems) == told:
            away(scenario, definition.calendar, cast, report)
        for act in (scenario.start, *scenario.steps):
            _act(report, act, names, cast)
    return report.problems


def _known(report: Report, said: Said | None, known: Iterable[str], code: str, what: str, advice: str) -> None:
    if said is None:
        return
    found = tuple(known)
    if said.text not in found:
        message = f"Expected {what}, but there is no '{said.text}'{near(said.text, found)}"
        report.problem(said.place, code, message, advice)


def _people(report: Report, people: Iterable[Said | None], cast: Cast) -> None:
    for who in people:
        if who is not None and not cast.knows(who.text):
            report.problem(
                who.place,
                "unknown-person",
                f"Expected a role or a person, but there is no '{who.text}'{cast.near(who.text)}",
                "use a role or a person of processes/organisation.yaml, or add one under `people` here",
            )


def _act(report: Report, act: Act, names: _Names, cast: Cast) -> None:
    _people(report, (act.actor, act.to, act.behalf), cast)
    _known(report, act.state, names.states, "unknown-state", "a state of the process", "name one of its states")
    if act.verb in ("do", "trigger") and act.what is not None and act.what.text in names.counted:
        report.problem(
            act.what.place,
            "counted-outcome",
            f"Expected an outcome that somebody chooses, but '{act.what.text}' follows from what is decided",
            "write what each person decides: {as: …, decide: approve}",
        )
    elif act.verb in ("do", "trigger"):
        _known(
            report,
            act.what,
            names.asked,
            "unknown-outcome",
            "an outcome or a move of the process",
            "name one of them",
        )
    if act.move is not None:
        _known(report, act.move, names.needing, "unknown-outcome", "a move that somebody has to confirm", "see `needs`")
    if act.verb == "decide":
        _known(report, act.what, DECISIONS, "unknown-decision", "a decision", f"use {', '.join(DECISIONS)}")
    if act.verb == "message":
        _known(
            report,
            act.what,
            names.messages,
            "unknown-message",
            "a message that a state waits for",
            "see `wait-for`",
        )
    if act.verb == "child" and act.what is not None:
        _known(report, act.what, names.called, "unknown-child", "the name of a called case", "see `call` and its `as`")
        ends = names.called.get(act.what.text)
        if ends is not None:
            what = f"an outcome of '{act.what.text}'"
            _known(report, act.outcome, ends, "unknown-outcome", what, f"use {', '.join(ends)}")
    for expected in act.expect:
        _expected(report, expected, names)


def _expected(report: Report, expected: Expected, names: _Names) -> None:
    key = expected.name.text
    for place, text, known, code, what in _texts(expected, names):
        _known(report, Said(text, place), known, code, what, "name one of them")
    if key in OUTCOMES:
        return
    head, _, rest = key.partition(".")
    if head not in names.values:
        known = (*OUTCOMES, *names.values)
        message = f"Expected something that can hold afterwards, but there is no '{head}'{near(head, known)}"
        report.problem(
            expected.name.place,
            "unknown-name",
            message,
            f"use {', '.join(OUTCOMES)}, or a name of the process",
        )
        return
    fields = names.fields.get(head)
    field = rest.partition(".")[0]
    if fields is not None and field and field not in fields:
        message = f"Expected a field of `{head}`, but there is no '{field}'{near(field, fields)}"
        report.problem(expected.name.place, "unknown-field", message, f"its fields are {', '.join(fields)}")


def _texts(expected: Expected, names: _Names) -> Iterator[tuple[Place, str, tuple[str, ...], str, str]]:
    kinds = {
        "state": (names.states, "unknown-state", "a state of the process"),
        "sent": (names.sent, "unknown-message", "a message that the process sends"),
        "unaddressed": (names.sent, "unknown-message", "a message that the process sends"),
        "called": (names.processes, "unknown-process", "a process that this one calls"),
        "milestone": (names.milestones, "unknown-milestone", "a milestone of the process"),
        "offered": (names.asked, "unknown-outcome", "an outcome of the process"),
        "outcome": (names.endings, "unknown-outcome", "an outcome that the process ends with"),
        "status": (STATUSES, "unknown-status", "a status"),
        "breached": (names.clocks, "unknown-clock", "a clock of the process"),
        "opened": (names.tasks, "unknown-task", "a task under `tasks`"),
        "clocks": (names.clocks, "unknown-clock", "a clock of the process"),
        "deadlines": (names.clocks, "unknown-clock", "a clock of the process"),
        "priority": (("normal", "high", "urgent"), "wrong-shape", "a priority"),
    }
    found = kinds.get(expected.name.text)
    if found is not None:
        values = [*expected.value] if isinstance(expected.value, (list, Mapping)) else [expected.value]
        for value in values:
            if isinstance(value, str) and value:
                yield (expected.place, value, *found)


STATUSES = ("running", "suspended", "completed", "cancelled")


class _Names:
    """The names of a definition that scenarios can speak of."""

    def __init__(self, definition: Definition) -> None:
        moves = [move for _, move in definition.moves()]
        states = definition.states.values()
        self.states = (*definition.states, *definition.tasks)
        self.clocks = tuple(definition.clocks)
        self.tasks = tuple(definition.tasks)
        self.messages = tuple(dict.fromkeys((*(name for state in states for name in state.waits), *definition.heeded)))
        self.asked = tuple(
            dict.fromkeys(
                (
                    *definition.anywhere,
                    *(name for state in states if state.approval is None for name in state.on),
                    *(name for task in definition.tasks.values() for name in task.on),
                )
            )
        )
        self.needing = tuple(dict.fromkeys(move.name for move in moves if move.needs is not None))
        self.counted = {name for state in states if state.approval is not None for name in state.on} - {*self.asked}
        self.endings = (
            "cancelled",
            *dict.fromkeys(state.ending.outcome for state in states if state.ending is not None),
        )
        doing = [
            *(actions for move in moves for actions in move.doing),
            *(state.words[word] for state in states for word in _ENTRY if word in state.words),
        ]
        self.sent = tuple(dict.fromkeys(send.message for actions in doing for send in actions.sendings))
        self.milestones = tuple(dict.fromkeys(name for actions in doing for name in actions.milestones))
        self.fields: dict[str, tuple[str, ...]] = {
            use.alias: tuple(field.name for field in use.form.fields) for use in _uses(definition, moves)
        }
        self.fields["milestones"] = self.milestones
        self.called = {
            calling.name: (*calling.outcomes, *({CANCELLED} - {*calling.outcomes})) for calling in definition.callings()
        }
        self.processes = tuple(dict.fromkeys(calling.process for calling in definition.callings()))
        self.fields |= dict.fromkeys(self.called, ("reference", "outcome"))
        self.values = (
            *self.fields,
            *(variable.name for variable in definition.variables),
            *definition.decisions,
            *definition.people,
            *(state.each.name for state in states if state.each is not None),
            *BUILT_IN,
        )


_ENTRY = ("set", "milestone", "send", "notify", "open")


def _uses(definition: Definition, moves: Iterable[Move]) -> Iterator[FormUse]:
    for move in moves:
        if move.form is not None:
            yield move.form
    for state in definition.states.values():
        if state.task is not None and state.task.form is not None:
            yield state.task.form
