"""A process for somebody who reads no YAML: who does what by when, who decides, what the customer is told, what is
promised and what happens when it is late.

Owns what stands in these tables, and their order. The words are those of the picture (`engine.core.drawing.wording`),
so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.core.drawing.notes import Notes, by_time, quiet
from engine.core.drawing.picture import Shape
from engine.core.drawing.places import shape_of
from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.wording import Wording
from engine.definition.expressions.telling import Spoken
from engine.definition.forms import Form
from engine.definition.model import JOIN, Definition, State
from engine.definition.moves import HARD_STOP, Actions, Branch, Move, Rung
from engine.definition.texts import Localised


@dataclass(frozen=True, slots=True)
class WayOn:
    """One way on from a place: what it is called, when it is open, who may ask for it, what is filled in, what is done
    along the way, and the id and the title of the state it leads to (both empty when the case stays).
    """

    name: str
    when: str
    by: str
    form: str
    does: str
    leads_to: str = ""
    leads_to_title: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """One state, or one task beside the case's own work: who works there, by when, and the ways on."""

    id: str
    title: str
    shape: Shape
    who: str
    rules: tuple[str, ...]
    about: str
    excluded: str
    due: str
    form: str
    help: str
    does: str
    ways: tuple[WayOn, ...]
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promised:
    """One clock: what is promised, from when until when, where it stands still, and what happens as it runs out: pairs
    of a share of the time and what is done then. `customers` is what their page calls it, empty when it is the house's
    own.
    """

    id: str
    title: str
    target: str
    begins: str
    ends: str
    pauses: str
    rungs: tuple[tuple[str, str], ...]
    customers: str


@dataclass(frozen=True, slots=True)
class Written:
    """One message: its id, its name, its subject as the author wrote it, to whom it goes, and when."""

    id: str
    name: str
    to: str
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """The whole process in these tables. `start` are the ways in which a case begins, `anywhere` what can be asked for
    at any time.
    """

    start: tuple[WayOn, ...]
    stops: tuple[Stop, ...]
    anywhere: tuple[WayOn, ...]
    beside: tuple[Stop, ...]
    promises: tuple[Promised, ...]
    messages: tuple[Written, ...]
    forms: tuple[Form, ...]


LONGEST = 2_000
"""Most characters of one text: here it is read whole."""


def prose_of(
    definition: Definition,
    language: str = "",
    roles: Mapping[str, Localised] | None = None,
    spoken: Spoken | None = None,
) -> Prose:
    """The process in `language`, or its own first one; `roles` are the organisation's words for them, `spoken` what its
    names are called, by itself when nothing is said.
    """
    words = Wording(language or definition.languages[0], LONGEST, roles, spoken or spoken_in(definition))
    return _Writer(definition, words).prose()


class _Writer:
    def __init__(self, definition: Definition, words: Wording) -> None:
        self.definition, self.words = definition, words
        self.notes = Notes(definition, self.words)

    def prose(self) -> Prose:
        definition = self.definition
        return Prose(
            tuple(self.ways(definition.start, self.words.say("start"))),
            tuple(self.stop(state) for state in definition.states.values()),
            tuple(
                way
                for move in (*definition.anywhere.values(), *definition.heeded.values())
                for way in self.ways(move, self.words.move(move))
            ),
            tuple(self.stop(task) for task in definition.tasks.values()),
            tuple(self.promises()),
            tuple(self.messages()),
            self.forms(),
        )

    def title(self, state: str) -> str:
        if state == JOIN or not state:
            return ""
        return self.words.text(self.definition.states[state].title)

    # --- places

    def stop(self, state: State) -> Stop:
        words, task, approval = self.words, state.task, state.approval
        rules = (
            tuple(words.rule(branch, len(approval.rules)) for branch in approval.rules) if approval is not None else ()
        )
        work = state.work
        begun = words.things(calling.process for calling in state.calls)
        does = [words.effects(*state.entered), words.say("calls", begun) if begun else ""]
        does += [words.say("publishes")] if "publish" in state.words else []
        return Stop(
            id=state.id,
            title=words.text(state.title),
            shape=shape_of(state),
            who=words.roles(task.candidates) if task is not None else "",
            rules=rules,
            about=words.things(approval.binds) if approval is not None else "",
            excluded=words.things(work.exclude) if work is not None else "",
            due=self.notes.due(work.due) if work is not None and work.due is not None else "",
            form=words.text(task.form.form.title) if task is not None and task.form is not None else "",
            help=words.text(work.help) if work is not None else "",
            does=", ".join(part for part in does if part),
            ways=tuple(self.ways_from(state)),
            late=tuple(f"{share}: {said}" for share, said in self.rungs(work.escalate)) if work is not None else (),
        )

    def ways_from(self, state: State) -> Iterator[WayOn]:
        timers = {id(after.move): self.words.time(after) for after in state.after}
        moves = [*state.on.values()] if state.beside else state.moves
        for move in moves:
            if move.kind == "escalate" and quiet(move):
                continue  # it stands with what happens when the work is late
            yield from self.ways(move, timers.get(id(move), self.named(move)))

    def named(self, move: Move) -> str:
        """What a person calls the way, or what sets it off."""
        words = self.words
        if move.kind == "wait-for":
            return words.say("received-x", words.message(move.name))
        if move.kind == "escalate":
            return words.say("hard-rung") if move.name == "hard-stop" else words.say("rung", move.name)
        if move.kind == "call":
            return words.say("once", words.thing(move.name))
        if move.kind in ("go", "join", "after"):
            return ""
        return words.move(move)

    def ways(self, move: Move, name: str) -> Iterator[WayOn]:
        """A move, a row for each of its branches."""
        words = self.words
        for branch in move.written:
            yield WayOn(
                name,
                words.guard(move, branch),
                words.by(move),
                words.text(move.form.form.title) if move.form is not None else "",
                words.effects(move.actions, branch.actions),
                *self.target(branch),
            )

    def target(self, branch: Branch) -> tuple[str, str]:
        if branch.go == JOIN:
            return JOIN, self.words.say("join", "").strip()
        return branch.go, self.title(branch.go)

    # --- promises

    def promises(self) -> Iterator[Promised]:
        say, notes = self.words.say, self.notes
        for plan in self.definition.clocks.values():
            target = notes.target(plan.target)
            if plan.hard_stop is not None:
                target += f"; {say('hard-stop', self.words.length(plan.hard_stop))}"
            since = say("since", self.words.expression(plan.since)) if plan.since is not None else ""
            begins = [notes.facts(plan.starts) if plan.starts else "", since, notes.facts(plan.restarts)]
            yield Promised(
                plan.name,
                self.words.text(plan.title),
                target,
                ", ".join(part for part in begins if part),
                notes.facts(plan.stops),
                notes.where(plan),
                tuple(self.rungs(plan.rungs)),
                self.words.text(plan.promise),
            )

    def rungs(self, rungs: Sequence[Rung]) -> Iterator[tuple[str, str]]:
        """The share of the time, and what happens then."""
        for rung in by_time(rungs):
            if rung.move is None:
                continue
            share = self.words.say("hard-rung") if rung.percent == HARD_STOP else self.words.say("rung", rung.name)
            goes = [self.title(branch.go) for branch in rung.move.branches if branch.go and branch.go != JOIN]
            said = [self.words.effects(*rung.move.doing), *(f"→ {title}" for title in goes)]
            yield share, ", ".join(part for part in said if part)

    # --- messages and forms

    def messages(self) -> Iterator[Written]:
        found: dict[str, tuple[str, list[str]]] = {}
        for place, actions in self.doing():
            for sending in actions.sendings:
                _, places = found.setdefault(sending.message, (sending.to, []))
                places.append(place)
        for message, (to, places) in found.items():
            yield Written(message, self.words.message(message), self.words.name(to), tuple(dict.fromkeys(places)))

    def doing(self) -> Iterator[tuple[str, Actions]]:
        """Everything that is done, with what sets it off in words."""
        words = self.words
        for state in self.definition.states.values():
            yield from ((words.text(state.title), actions) for actions in state.entered)
        for place, move in self.definition.moves():
            where = words.text(place.title) if place is not None else ""
            named = self.named(move) or where
            if move.kind == "clock":
                named = self.notes.at(move)
            said = named if move.kind == "clock" or not where or where == named else f"{where}: {named}"
            for actions in move.doing:
                yield said or words.say("start"), actions

    def forms(self) -> tuple[Form, ...]:
        """Every form of the process once, in the order in which a case meets them."""
        definition = self.definition
        uses = [definition.start.form]
        for state in (*definition.states.values(), *definition.tasks.values()):
            uses += [state.task.form if state.task is not None else None, *(move.form for move in state.on.values())]
        uses += [move.form for _, move in definition.moves()]
        return tuple({use.form.id: use.form for use in uses if use is not None}.values())
