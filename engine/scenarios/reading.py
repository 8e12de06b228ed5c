"""A scenarios file as written: people, cases, and their steps, each with its place.

Owns the words of `processes/*.scenarios.yaml`. Looks no name up: `engine.scenarios.names` does, once the
process is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.durations import Duration
from engine.definition import nodes
from engine.definition.catalog import Catalog
from engine.definition.nodes import Node
from engine.definition.reader import read
from engine.definition.shapes import (
    Either,
    Entry,
    Got,
    Length,
    ListOf,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Said,
    Text,
    name,
)
from engine.errors import DefinitionError
from engine.scenarios.acts import BEHALF, COMMENT, START, VERBS, Act, Scenario, ScenarioFile
from engine.scenarios.parts import ABSENT, WHO, Day, Expect, Values, When, instant

_NOBODY = ("wait", "until", "child")
_NEEDS_NOBODY = (*_NOBODY, "message")
_PASSES = ("wait", "until")
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "at": tuple(verb for verb in (*VERBS, START) if verb not in _PASSES),
    "values": ("do", "trigger", "message", "reopen", START),
    COMMENT: ("do", "trigger", "decide"),
    "state": ("do", "decide"),
    "move": ("decide",),
    BEHALF: ("decide",),
    "outcome": ("child",),
    "as": tuple(verb for verb in (*VERBS, START) if verb not in _NOBODY),
    "refused": tuple(verb for verb in (*VERBS, START) if verb not in _NOBODY),
    "fields": ("do", "decide", "trigger", "message", "reopen", START),
}
"""Words that only make sense beside some verbs."""


_STATE = name("a state's id")
_TO: Mapping[str, Entry] = {
    "to": Entry(WHO, "who gets it", required=True),
    "state": Entry(_STATE, "the state whose task is meant"),
}
_FOR_A_TIME: Mapping[str, Entry] = {
    "from": Entry(Day(), "the first day, or moment; at once when nothing is said"),
    "until": Entry(Day(), "the last day, or moment; until it is done when nothing is said"),
}
_GIVEN = Either(scalar=WHO, mapping=Record(_TO, "a mapping with `to`"))
_DELEGATED = Either(scalar=WHO, mapping=Record({**_TO, **_FOR_A_TIME}, "a mapping with `to`"))
_REASON = Text("a reason")
_SHAPES: Mapping[str, Any] = {
    "do": name("an outcome or the name of a move"),
    "trigger": name("the name of a move"),
    "message": name("a message's name"),
    "wait": Length(),
    "until": When(),
    "decide": name("a decision such as approve"),
    "child": name("the name of a called case"),
    "claim": _STATE,
    "release": _STATE,
    "assign": _GIVEN,
    "delegate": _DELEGATED,
    **dict.fromkeys(("suspend", "resume", "cancel", "reopen", COMMENT), _REASON),
}
_COMMON: Mapping[str, Entry] = {
    "as": Entry(WHO, "who acts: a role (somebody who holds only that one), or a person"),
    "values": Entry(Values(), "what is filled in"),
    "refused": Entry(name("the code of a refusal"), "it has to be refused with this code"),
    "fields": Entry(OneOrMore(Text("a field")), "the fields that the refusal has to name"),
    "expect": Entry(Expect(), "what holds afterwards"),
}


def _step(got: Got) -> tuple[Act, tuple[str, ...]]:
    verbs = [verb for verb in VERBS if verb in got.places]
    if len(verbs) > 1 and COMMENT in verbs:
        verbs.remove(COMMENT)
    verb = verbs[0] if verbs else ""
    said = got.get(verb)
    given = isinstance(said, Got)
    when = said if verb == "until" else got.get("at")
    act = Act(
        got.place,
        verb,
        what=said if isinstance(said, Said) and verb not in ("assign", "delegate") else None,
        actor=got.get("as"),
        values=got.get("values"),
        state=said.get("state") if given else said if verb in ("claim", "release") else got.get("state"),
        move=got.get("move"),
        to=said.get("to") if given else said if verb in ("assign", "delegate") else None,
        since=said.get("from") if given else None,
        until=said.get("until") if given else None,
        behalf=got.get(BEHALF),
        comment=str(got.get(COMMENT, "")),
        length=said if isinstance(said, Duration) else None,
        at=instant(when.text) if isinstance(when, Said) else None,
        outcome=got.get("outcome"),
        refused=got.get("refused"),
        fields=got.get("fields", ()),
        expect=got.get("expect", ()),
    )
    return act, tuple(verbs)


class _Step:
    """A step: one verb, and what goes with it."""

    words = "a step such as {as: agent, do: answer}"
    _record = Record(
        {
            **_COMMON,
            "at": Entry(When(), "when it is done; what falls due before that happens first"),
            "state": Entry(_STATE, "the state whose task is meant, when several tasks are open"),
            "move": Entry(
                name("the name of a move"), "the move that is to be confirmed, when several approvals are open"
            ),
            BEHALF: Entry(WHO, "the person as whose deputy somebody decides"),
            "outcome": Entry(name("an outcome"), "how the called case ends"),
        }
        | {verb: Entry(shape, VERBS[verb]) for verb, shape in _SHAPES.items()},
        words,
    )

    def read(self, node: Node, report: Report) -> Act | None:
        got = self._record.read(node, report)
        if not isinstance(got, Got):
            return None
        act, verbs = _step(got)
        if not verbs and any(key not in self._record.entries for key in _keys(node)):
            return None  # a mistyped verb has been told already
        if len(verbs) != 1:
            found = f"it has {' and '.join(verbs)}" if verbs else "it has none"
            report.problem(
                got.place,
                "one-verb",
                f"Expected one verb in a step, but {found}",
                f"write one of {', '.join(VERBS)}",
            )
            return None
        _fits(got, act, report)
        whole = act.verb in got and (act.verb != "child" or act.outcome is not None)
        return act if whole else None

    def schema(self) -> dict[str, Any]:
        return self._record.schema()


def _keys(node: Node) -> tuple[str, ...]:
    return node.keys() if isinstance(node, nodes.Mapping) else ()


def _fits(got: Got, act: Act, report: Report) -> None:
    for word, verbs in _BESIDE.items():
        if word in got.places and act.verb != word and act.verb not in verbs:
            report.problem(
                got.places[word],
                "wrong-shape",
                f"Expected nothing like `{word}` beside `{act.verb}`, but found it",
                f"remove it; it goes with {', '.join(verb for verb in verbs if verb != START)}",
            )
    if act.verb == "child" and "outcome" not in got.places:
        report.problem(
            got.place,
            "missing-word",
            "Expected `outcome` beside `child`, but it is not there",
            "say how it ends: {child: …, outcome: …}",
        )
    if "as" not in got.places and act.verb not in _NEEDS_NOBODY:
        report.problem(
            got.place,
            "missing-word",
            f"Expected `as` beside `{act.verb}`, but it is not there",
            "say who acts: {as: agent, …}",
        )


def _begin(got: Got) -> Act:
    at, received = got.get("at"), got.get("received")
    return Act(
        got.place,
        START,
        actor=got.get("as"),
        values=got.get("values"),
        at=instant(at.text) if at is not None else None,
        received=instant(received.text) if received is not None else None,
        refused=got.get("refused"),
        fields=got.get("fields", ()),
        expect=got.get("expect", ()),
    )


def _scenario(got: Got) -> Scenario:
    return Scenario(got["scenario"].text, got.place, got["start"], got.get("steps", ()), got.get("absent", ()))


_START = Record(
    {
        **_COMMON,
        "as": Entry(WHO, "who starts the case: a role, or a person", required=True),
        "at": Entry(
            When(),
            "when, local to the calendar of the process; Monday 2026-11-23 10:00 when nothing is said",
        ),
        "received": Entry(When(), "when the organisation got it, if that was earlier"),
    },
    "a mapping with `as`",
    build=_begin,
)
SHAPE = Record(
    {
        "people": Entry(
            MapOf(name("a person's id"), OneOrMore(name("a role")), "a mapping of people to roles"),
            "people of these scenarios alone, with their roles",
        ),
        "scenarios": Entry(
            ListOf(
                Record(
                    {
                        "scenario": Entry(
                            Text("what happens, in a few words"),
                            "what happens, in a few words",
                            required=True,
                        ),
                        "absent": Entry(OneOrMore(ABSENT), "who is away, and who stands in for them"),
                        "start": Entry(_START, "how the case begins", required=True),
                        "steps": Entry(ListOf(_Step(), "a list of steps"), "what happens then, in order"),
                    },
                    "a scenario",
                    build=_scenario,
                ),
                "a list of scenarios",
            ),
            "the cases",
            required=True,
        ),
    },
    "a mapping with `scenarios`",
)
"""The whole file, for the reader and for editors."""


def read_file(catalog: Catalog, path: str) -> ScenarioFile:
    """A scenarios file of the catalog. Raises DefinitionError with every problem of its own."""
    return read_scenarios(read(catalog.text(path), path), path)


def read_scenarios(node: Node, path: str) -> ScenarioFile:
    """The file's scenarios. Raises DefinitionError with every problem found."""
    report = Report()
    got = SHAPE.read(node, report)
    if isinstance(got, Got):
        for scenario in got.get("scenarios", ()):
            if scenario.start.refused is not None and scenario.steps:
                report.problem(
                    scenario.steps[0].place,
                    "wrong-shape",
                    "Expected no steps after a start that is refused, but there are some",
                    "remove them, or `refused`",
                )
        _told_apart(got.get("scenarios", ()), report)
    if report.problems or not isinstance(got, Got):
        raise DefinitionError(report.problems)
    return ScenarioFile(path, got.get("people", ()), got["scenarios"])


def _told_apart(scenarios: tuple[Scenario, ...], report: Report) -> None:
    seen: set[str] = set()
    for scenario in scenarios:
        if scenario.name in seen:
            report.problem(
                scenario.place,
                "name-twice",
                f"Expected a new name for each scenario, but '{scenario.name}' stands here twice",
                "say what is different about this one",
            )
        seen.add(scenario.name)
