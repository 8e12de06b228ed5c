"""From a definition to its picture: what becomes a node, an arrow, a line inside a state, or a row of a note.

Owns these choices, so that a picture stays readable: arrows between the same two states are one, what happens while the
case stays is a line in the state, and a move that is possible nearly everywhere is one row instead of an arrow from
each state. A clock is one row whatever its rungs do, but for those that move the case. Every transition of the machine
is in the picture once, but for the rungs of tasks that only tell colleagues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.core.drawing.grouping import grouped, shown
from engine.core.drawing.notes import Notes, quiet
from engine.core.drawing.picture import (
    ANYWHERE,
    BEGINNING,
    BESIDE,
    NOTES,
    PROMISED,
    Box,
    Edge,
    Node,
    Picture,
    Sign,
    Style,
    Transition,
    Way,
)
from engine.core.drawing.places import lines_of, shape_of
from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.telling import told
from engine.core.drawing.tracing import NOWHERE, Trail
from engine.core.drawing.wording import Wording
from engine.definition.model import BEGIN, JOIN, Definition, State
from engine.definition.moves import Branch, Move
from engine.definition.texts import Localised

FEW = 2
"""A process-level move that is possible in so few states is drawn as arrows of its own."""

_STYLES: dict[str, Style] = {
    "on": "outcome",
    "reopen": "outcome",
    "anywhere": "outcome",
    "wait-for": "message",
    "heed": "message",
    "after": "timer",
    "escalate": "timer",
    "clock": "timer",
}
_SIGNS: dict[str, Sign] = {
    "wait-for": "envelope",
    "heed": "envelope",
    "after": "clock",
    "escalate": "clock",
    "rung": "clock",
    "clock": "clock",
}


def picture_of(
    definition: Definition, language: str = "", trail: Trail = NOWHERE, roles: Mapping[str, Localised] | None = None
) -> Picture:
    """The process in `language` (its own first one when nothing is said), with the way of a case in it when
    there is a trail; `roles` are the organisation's words for them.
    """
    return _Drawing(definition, language or definition.languages[0], trail, roles or {}).picture()


class _Drawing:
    """One picture being made."""

    def __init__(self, definition: Definition, language: str, trail: Trail, roles: Mapping[str, Localised]) -> None:
        self.definition = definition
        self.trail = trail
        self.words = Wording(language, roles=roles, spoken=spoken_in(definition))
        self.notes = Notes(definition, self.words)
        self.arrows: dict[tuple[str, str, Style], list[Way]] = {}
        self.inside: dict[str, list[Way]] = {}
        self.rows: list[Way] = []
        self.beside: dict[str, list[Way]] = {}
        self.rungs: dict[str, list[Transition]] = {}

    def picture(self) -> Picture:
        definition = self.definition
        moves = {
            (
                move.trigger,
                state.id if state is not None else BEGIN if move.kind == "start" else ANYWHERE,
            ): move
            for state, move in definition.moves()
        }
        collected: dict[str, list[Transition]] = {}
        for (trigger, source), transitions in grouped(definition):
            kind, _, name = trigger.partition(":")
            if kind == "branch":
                self.branch(source, name, transitions)
                continue
            process_wide = moves.get((trigger, ANYWHERE))
            if process_wide is not None and (_in_a_note(process_wide) or not 0 < len(process_wide.sources) <= FEW):
                collected.setdefault(trigger, []).extend(transitions)
            else:
                self.move(process_wide or moves[trigger, source], source, transitions)
        for trigger, transitions in collected.items():
            self.collected(moves[trigger, ANYWHERE], transitions)
        picture = Picture(
            key=definition.key,
            title=self.words.text(definition.title),
            language=self.words.language,
            nodes=tuple(self.nodes()),
            edges=tuple(self.edges()),
            boxes=tuple(Box(s.id, self.framed(s), s.owner) for s in definition.states.values() if s.fork or s.each),
            case=self.trail.case,
        )
        return replace(picture, told=told(picture, self.words))

    # --- what can happen

    def branch(self, source: str, state: str, transitions: Sequence[Transition]) -> None:
        """The machine can put a branch into any of its states; an arrow leads only where they begin."""
        owner = self.definition.states[source]
        names = tuple(name for name, start in owner.fork.branches if start == state) if owner.fork is not None else ()
        if names or (owner.each is not None and owner.each.start == state):
            self.arrow(source, state, "automatic", Way(self.words.names(names), stands_for=tuple(transitions)))

    def move(self, move: Move, source: str, transitions: Sequence[Transition]) -> None:
        style = _STYLES.get(move.kind, "automatic")
        if move.kind == "escalate" and quiet(move):
            return
        for branch, target, stands_for in shown(move, transitions):
            way = Way(
                self.called(move, source),
                self.guarded(move, branch, source),
                _SIGNS.get(move.kind, ""),
                stands_for,
            )
            if target == JOIN:
                self.arrow(source, _join(self.definition.states[source].owner), style, way)
            elif target:
                start = BEGINNING if source == BEGIN else _join(source) if move.kind == "join" else source
                self.arrow(start, target, style, way)
            else:
                done = self.words.effects(move.actions, *((branch.actions,) if branch is not None else ()))
                said = ": ".join(part for part in (way.words, done) if part)
                self.inside.setdefault(source, []).append(replace(way, words=said))

    def collected(self, move: Move, transitions: Sequence[Transition]) -> None:
        """A process-level move, in the note it belongs to."""
        if move.kind == "clock" and not any(branch.go for branch in move.branches):
            self.rungs.setdefault(move.within, []).extend(transitions)
        elif move.kind in ("beside", "rung"):
            if move.kind == "beside" or not quiet(move):
                self.beside.setdefault(move.within, []).append(replace(self.row(move, transitions, BESIDE), under=True))
        else:
            self.rows.append(self.row(move, transitions, ANYWHERE))

    def row(self, move: Move, transitions: Sequence[Transition], note: str) -> Way:
        """One row for the move; an arrow where nothing else leads; and the way a case really took."""
        states = self.definition.states
        targets = tuple(dict.fromkeys(branch.go for branch in move.branches if branch.go))
        led = " / ".join(self.words.text(states[target].title) for target in targets)
        done = self.words.effects(*move.doing) if not targets else ""
        guards = [
            self.guarded(move, move.branches[0] if len(move.branches) == 1 else None),
            self.places(move),
        ]
        called = self.called(move, "")
        words = f"{called} → {led}" if led else ": ".join(part for part in (called, done) if part)
        reached = {target for _, target, _ in self.arrows}
        for target in targets:
            if (
                target not in reached
            ):  # the row tells where it leads; an arrow only keeps what nothing else leads to in its place
                self.arrows[note, target, "anywhere"] = []
        for _, source, target in sorted(set(transitions) & self.trail.taken):
            self.arrow(source, target, "anywhere", Way(called))
        return Way(words, _listed(*guards), _SIGNS.get(move.kind, ""), tuple(transitions))

    def arrow(self, source: str, target: str, style: Style, way: Way) -> None:
        self.arrows.setdefault((source, target, style), []).append(way)

    # --- its words

    def called(self, move: Move, source: str) -> str:
        if move.kind in ("start", "go", "join"):
            return ""
        if move.kind == "call":
            return self.words.say("once", self.words.thing(move.name))
        if move.kind == "after":
            return self.words.time(self.definition.states[source].after[int(move.name)])
        if move.kind == "clock":
            return self.notes.at(move)
        if move.kind in ("escalate", "rung"):
            return self.words.say("rung", move.name)
        return self.words.move(move)

    def guarded(self, move: Move, branch: Branch | None, source: str = "") -> str:
        within = ""
        if move.kind == "reopen":
            ending = self.definition.states[source].ending
            within = (
                self.words.say("within", self.words.dative(self.words.length(ending.within)))
                if ending is not None and ending.within is not None
                else ""
            )
        return _listed(self.words.by(move), within, self.words.guard(move, branch))

    def places(self, move: Move) -> str:
        """Where a process-level move may be asked for, when that is not everywhere."""
        if not move.sources:
            return ""
        states = self.definition.states
        everywhere = [s.id for s in states.values() if s.ending is None and not s.owner]
        missing = [s for s in everywhere if s not in move.sources]
        if set(move.sources) <= set(everywhere) and len(missing) <= FEW:
            return (
                self.words.say("not-from", ", ".join(self.words.text(states[s].title) for s in missing))
                if missing
                else ""
            )
        return self.words.say("from", ", ".join(self.words.text(states[s].title) for s in move.sources))

    def framed(self, state: State) -> str:
        return (
            self.words.say("for-each", self.words.name(state.each.name))
            if state.each is not None
            else self.words.say("parallel")
        )

    # --- what there is

    def nodes(self) -> Iterator[Node]:
        begun = ("visited",) if self.trail.visited else ()
        yield Node(BEGINNING, "begin", self.words.say("start"), marks=begun)
        for state in self.definition.states.values():
            yield self.state(state)
            fork = state.fork or state.each
            if fork is not None:
                yield Node(_join(state.id), "join", self.words.join(fork.need), box=state.id)
        if self.rows:
            yield Node(ANYWHERE, "note", self.words.say("anywhere"), ways=tuple(self.rows))
        beside = [
            row
            for task in self.definition.tasks.values()
            for row in (self.notes.task(task), *self.beside.get(task.id, ()))
        ]
        if beside:
            yield Node(BESIDE, "note", self.words.say("beside"), ways=tuple(beside))
        promised = [
            row
            for clock in self.definition.clocks.values()
            for row in self.notes.clock(clock, self.rungs.get(clock.name, ()))
        ]
        if promised:
            yield Node(PROMISED, "note", self.words.say("promised"), ways=tuple(promised))

    def state(self, state: State) -> Node:
        parted = state.fork is not None or state.each is not None
        marks = [
            mark
            for mark, states in (("current", self.trail.current), ("visited", self.trail.visited))
            if state.id in states
        ]
        return Node(
            id=state.id,
            shape=shape_of(state),
            title=self.words.text(state.title),
            lines=tuple(lines_of(state, self.words)),
            ways=(*self.inside.get(state.id, ()), *self.notes.still(state)),
            box=state.id if parted else state.owner,
            marks=tuple(marks),
        )

    def edges(self) -> Iterator[Edge]:
        for (source, target, style), ways in self.arrows.items():
            yield Edge(source, target, style, tuple(ways), self.was_taken(source, target, style, ways))

    def was_taken(self, source: str, target: str, style: Style, ways: Sequence[Way]) -> bool:
        if style == "anywhere" and source not in NOTES and ways and not ways[0].stands_for:
            return True  # drawn only because the case went there
        taken = self.trail.taken
        begun = {("branch", source, target)} if {source, target} <= self.trail.visited else set()
        return any(t in taken or (t[0].partition(":")[0], t[1], t[2]) in begun for way in ways for t in way.stands_for)


def _join(owner: str) -> str:
    return f".join-{owner}"


def _in_a_note(move: Move) -> bool:
    """Whether it stands in a note however few states it is possible in."""
    return move.kind in ("beside", "rung") or (move.kind == "clock" and not any(branch.go for branch in move.branches))


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
