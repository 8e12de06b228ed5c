"""From a definition to its picture: what becomes a node, an arrow, a line inside a state, or a row of the
note `from anywhere`.

Owns these choices, so that a picture stays readable: arrows between the same two states are one, what happens
while the case stays is a line in the state, and a move that is possible nearly everywhere is one row instead
of an arrow from each state. Every transition of the machine is in the picture once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.core.drawing.picture import (
    ANYWHERE,
    BEGINNING,
    Box,
    Edge,
    Node,
    Picture,
    Sign,
    Style,
    Transition,
    Way,
)
from engine.core.drawing.telling import told
from engine.core.drawing.tracing import NOWHERE, Trail
from engine.core.drawing.wording import Wording
from engine.core.machine import transitions_of
from engine.definition.model import BEGIN, JOIN, Actions, Branch, Definition, Move, State

FEW = 2
"""A process-level move that is possible in so few states is drawn as arrows of its own."""

_STYLES: dict[str, Style] = {
    "on": "outcome",
    "reopen": "outcome",
    "anywhere": "outcome",
    "wait-for": "message",
    "heed": "message",
    "after": "timer",
}
_SIGNS: dict[str, Sign] = {"wait-for": "envelope", "heed": "envelope", "after": "clock"}


def picture_of(definition: Definition, language: str = "", trail: Trail = NOWHERE) -> Picture:
    """The process in `language` (its own first one when nothing is said), with the way of a case in it when
    there is a trail.
    """
    return _Drawing(definition, language or definition.languages[0], trail).picture()


class _Drawing:
    """One picture being made."""

    def __init__(self, definition: Definition, language: str, trail: Trail) -> None:
        self.definition = definition
        self.trail = trail
        self.words = Wording(language, definition.key)
        self.arrows: dict[tuple[str, str, Style], list[Way]] = {}
        self.inside: dict[str, list[Way]] = {}
        self.rows: list[Way] = []

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
        for (trigger, source), transitions in _grouped(definition):
            kind, _, name = trigger.partition(":")
            if kind == "branch":
                self.branch(source, name, transitions)
                continue
            process_wide = moves.get((trigger, ANYWHERE))
            if process_wide is not None and not 0 < len(process_wide.sources) <= FEW:
                collected.setdefault(trigger, []).extend(transitions)
            else:
                self.move(process_wide or moves[trigger, source], source, transitions)
        for trigger, transitions in collected.items():
            self.anywhere(moves[trigger, ANYWHERE], transitions)
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
        for branch, stands_for in _shown(move, transitions):
            way = Way(
                self.called(move, source),
                self.guarded(move, branch, source),
                _SIGNS.get(move.kind, ""),
                stands_for,
            )
            if branch.go == JOIN:
                self.arrow(source, _join(self.definition.states[source].owner), style, way)
            elif branch.go:
                start = BEGINNING if source == BEGIN else _join(source) if move.kind == "join" else source
                self.arrow(start, branch.go, style, way)
            else:
                done = self.words.effects(move.actions, branch.actions)
                said = ": ".join(part for part in (way.words, done) if part)
                self.inside.setdefault(source, []).append(replace(way, words=said))

    def anywhere(self, move: Move, transitions: Sequence[Transition]) -> None:
        """One row for the move; an arrow where nothing else leads; and the way a case really took."""
        states = self.definition.states
        targets = tuple(dict.fromkeys(branch.go for branch in move.branches if branch.go))
        led = " / ".join(self.words.text(states[target].title) for target in targets)
        done = self.words.effects(move.actions, *(branch.actions for branch in move.branches)) if not targets else ""
        guards = [
            self.guarded(move, move.branches[0]) if len(move.branches) == 1 else self.asked(move),
            self.places(move),
        ]
        words = (
            f"{self.words.move(move)} → {led}"
            if led
            else ": ".join(part for part in (self.words.move(move), done) if part)
        )
        self.rows.append(Way(words, _listed(*guards), _SIGNS.get(move.kind, ""), tuple(transitions)))
        reached = {target for _, target, _ in self.arrows}
        for target in targets:
            if (
                target not in reached
            ):  # the row tells where it leads; an arrow only keeps what nothing else leads to in its place
                self.arrows[ANYWHERE, target, "anywhere"] = []
        for _, source, target in sorted(set(transitions) & self.trail.taken):
            self.arrow(source, target, "anywhere", Way(self.words.move(move)))

    def arrow(self, source: str, target: str, style: Style, way: Way) -> None:
        self.arrows.setdefault((source, target, style), []).append(way)

    # --- its words

    def called(self, move: Move, source: str) -> str:
        if move.kind in ("start", "go", "join"):
            return ""
        if move.kind == "call":
            return self.words.say("once", self.words.name(move.name))
        if move.kind == "after":
            return self.words.time(self.definition.states[source].after[int(move.name)])
        return self.words.move(move)

    def guarded(self, move: Move, branch: Branch, source: str = "") -> str:
        within = ""
        if move.kind == "reopen":
            ending = self.definition.states[source].ending
            within = (
                self.words.say("within", self.words.length(ending.within))
                if ending is not None and ending.within is not None
                else ""
            )
        return _listed(self.words.names(move.by), within, self.words.guard(move, branch))

    def asked(self, move: Move) -> str:
        only = self.words.say("only", move.only_when.text) if move.only_when is not None else ""
        confirmed = self.words.confirmed(move.needs) if move.needs is not None else ""
        return _listed(self.words.names(move.by), only, confirmed)

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
            yield Node(ANYWHERE, "anywhere", self.words.say("anywhere"), ways=tuple(self.rows))

    def state(self, state: State) -> Node:
        lines: list[str] = []
        if state.task is not None:
            lines.append(self.words.roles(state.task.candidates))
            if state.task.exclude:
                lines.append(self.words.say("except", self.words.names(state.task.exclude)))
        if state.approval is not None:
            lines += [self.words.rule(branch, len(state.approval.rules)) for branch in state.approval.rules]
            if state.approval.binds:
                lines.append(self.words.say("about", self.words.names(state.approval.binds)))
            if state.approval.exclude:
                lines.append(self.words.say("except", self.words.names(state.approval.exclude)))
        if state.work is not None and state.work.due is not None:
            lines.append(self.words.say("due", self.words.due(state.work.due)))
        called = tuple(dict.fromkeys(calling.process for calling in state.calls))
        if called:
            lines.append(self.words.say("calls", self.words.names(called)))
        parted = state.fork is not None or state.each is not None
        shape = (
            "final"
            if state.ending
            else "split"
            if parted
            else "task"
            if state.task
            else "approval"
            if state.approval
            else "automatic"
            if state.go
            else "wait"
        )
        marks = [
            mark
            for mark, states in (("current", self.trail.current), ("visited", self.trail.visited))
            if state.id in states
        ]
        return Node(
            id=state.id,
            shape=shape,  # type: ignore[arg-type]
            title=self.words.text(state.title),
            lines=tuple(lines),
            ways=tuple(self.inside.get(state.id, ())),
            box=state.id if parted else state.owner,
            marks=tuple(marks),
        )

    def edges(self) -> Iterator[Edge]:
        for (source, target, style), ways in self.arrows.items():
            yield Edge(source, target, style, tuple(ways), self.was_taken(source, target, style, ways))

    def was_taken(self, source: str, target: str, style: Style, ways: Sequence[Way]) -> bool:
        if style == "anywhere" and source != ANYWHERE and ways and not ways[0].stands_for:
            return True  # drawn only because the case went there
        taken = self.trail.taken
        begun = {("branch", source, target)} if {source, target} <= self.trail.visited else set()
        return any(t in taken or (t[0].partition(":")[0], t[1], t[2]) in begun for way in ways for t in way.stands_for)


def _join(owner: str) -> str:
    return f".join-{owner}"


def _grouped(definition: Definition) -> list[tuple[tuple[str, str], list[Transition]]]:
    """The transitions of each trigger in each state, states in the order of the definition: Graphviz lays out
    in the order it is told.
    """
    found: dict[tuple[str, str], list[Transition]] = {}
    for transition in transitions_of(definition):
        found.setdefault(transition[:2], []).append(transition)
    order = {state: number for number, state in enumerate((BEGIN, *definition.states))}
    return sorted(found.items(), key=lambda entry: order[entry[0][1]])


def _shown(move: Move, transitions: Sequence[Transition]) -> list[tuple[Branch, tuple[Transition, ...]]]:
    """A move's branches with what each stands for; one in which nothing at all happens is counted with the
    branch before it.
    """
    found: list[tuple[Branch, tuple[Transition, ...]]] = []
    for branch, transition in zip(move.branches, transitions, strict=True):
        if found and not branch.go and branch.actions == Actions():
            found[-1] = (found[-1][0], (*found[-1][1], transition))
        else:
            found.append((branch, (transition,)))
    return found


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
