"""How a clock can run: where it may be running while a case rests, whether anything can stop it, and the shortest runs.

Owns that walk: the process's steps, each with whether the clock runs by then. It tells what may be, so what it does not
find can never be. States with branches and those of their branches count as places the case can stand in at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.definition.assignment import MILESTONE
from engine.definition.model import BEGIN
from engine.definition.plans import ClockPlan
from engine.definition.rules.graph import in_a_row
from engine.definition.rules.happening import NOBODY, STAFF, Event, Happening, Step
from engine.definition.rules.possible import Possible
from engine.keywords.clock_facts import START, facts


@dataclass(frozen=True, slots=True)
class Node:
    """A place, whether the clock runs there, and whether one of the staff set going what happens at once from there."""

    place: str
    runs: bool
    staff: bool = False


@dataclass(slots=True)
class Heard:
    """What a clock has heard on some steps."""

    begun: bool = False
    stopped: bool = False


@dataclass(slots=True)
class _Walked:
    before: dict[Node, Node | None] = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)


class ClockRun:
    """One clock's walk; see the module."""

    def __init__(self, plan: ClockPlan, happening: Happening, possible: Possible) -> None:
        self.plan = plan
        self.happening = happening
        self.possible = possible
        self.outline = happening.outline
        self._verbs = {fact: tuple(verb for _, verb in doing) for fact, doing in facts({plan.name: plan}).items()}

    @cached_property
    def _heeded(self) -> frozenset[int]:
        """The steps that can do something to it, by their `id`."""
        none: frozenset[int] = frozenset()
        reopening = (id(step) for step in self.happening.all() if step.move.kind == "reopen")
        return frozenset(reopening).union(*(self.happening.with_fact.get(fact, none) for fact in self._verbs))

    # --- what a step does to it

    def after(self, runs: frozenset[bool], step: Step, staff: bool, heard: Heard) -> frozenset[bool]:
        """Whether it may run once the step is done, when it may run before."""
        if id(step) not in self._heeded:
            return runs
        for event in step.events:
            runs = self._hears(runs, event, staff, self._sure(event, step.source), heard)
        if step.move.kind == "reopen" and f"state {step.source}" in self.plan.stops:
            runs |= {True}  # what the end stopped goes on
        return runs

    def _sure(self, event: Event, source: str) -> bool:
        return event.sure and not (event.once and MILESTONE + event.once in self.possible.inside(source))

    def _hears(self, runs: frozenset[bool], event: Event, staff: bool, sure: bool, heard: Heard) -> frozenset[bool]:
        after = runs
        for fact in (*event.facts, *(event.personal if staff else ())):
            for verb in self._verbs.get(fact, ()):
                after = _turned(after, verb, heard)
        return after if sure else runs | after

    # --- the walk

    @cached_property
    def _all(self) -> _Walked:
        heard = Heard()
        begin = frozenset({False})
        for verb in self._verbs.get(START, ()):
            begin = _turned(begin, verb, heard)
        return self.walk((Node(BEGIN, runs) for runs in begin), heard)

    def walk(self, begin: Iterable[Node], heard: Heard | None = None, same_run: bool = False) -> _Walked:
        """Everything that can follow. With `same_run` only as long as the clock runs without having been stopped."""
        walked = _Walked(dict.fromkeys(begin), heard if heard is not None else Heard())
        todo = deque(walked.before)
        while todo:
            node = todo.popleft()
            for after in self._next(node, walked.heard):
                if after not in walked.before and (after.runs or not same_run):
                    walked.before[after] = node
                    todo.append(after)
        return walked

    def _next(self, node: Node, heard: Heard) -> Iterator[Node]:
        stays = self.rests(node.place)
        for step in self.happening.steps.get(node.place, ()):
            if not stays and step.move.kind != "go" and node.place != BEGIN:
                continue
            if step.how == "stays" and id(step) not in self._heeded:
                continue
            doers = (
                step.doers if step.doers is not None else frozenset({node.staff, not STAFF} if stays else {node.staff})
            )
            for staff in doers:
                for runs in self.after(frozenset({node.runs}), step, staff, heard):
                    yield Node(step.target, runs, staff and not self.rests(step.target))
        for other in self.happening.beside.get(node.place, ()):
            yield Node(other, node.runs, False)

    def rests(self, place: str) -> bool:
        """Whether time can pass while the case stands there."""
        state = self.outline.states.get(place)
        if state is None or "go" not in state.words.places:
            return state is not None
        return any(
            branch.go is None or (self.happening.held_back and self.happening.is_end(self.outline.meant(branch.go)))
            for move in state.moves
            if move.kind == "go"
            for branch in move.branches
        )

    # --- what it has found

    @property
    def begins(self) -> bool:
        return self._all.heard.begun

    @property
    def stops(self) -> bool:
        """Whether something stops it, on some run, once it has begun."""
        return self._all.heard.stopped

    @cached_property
    def running(self) -> dict[str, Node]:
        """The states in which the case may rest while the clock is on, standing still included."""
        return {node.place: node for node in self._all.before if self._counts(node)}

    def _counts(self, node: Node) -> bool:
        return node.runs and node.place != BEGIN and self.rests(node.place) and not self.happening.is_end(node.place)

    def still(self, place: str) -> bool:
        """Whether it stands still while the case is there."""
        return self.outline.stands_in(place, self.plan.paused_in)

    @cached_property
    def ticking(self) -> dict[str, Node]:
        """The states in which its time may pass."""
        return {place: node for place, node in self.running.items() if not self.still(place)}

    def goes_on(self, begin: Iterable[Node]) -> bool:
        """Whether the same run of the clock may come from these places to one in which the case rests."""
        walked = self.walk((node for node in begin if node.runs), same_run=True)
        return any(self._counts(node) for node in walked.before)

    def unstopped(self) -> str:
        """The shortest run to an end that the clock does not stop on; else to where it is left running."""
        nodes = [node for node in self._all.before if node.runs and self.happening.is_end(node.place)] or list(
            self.running.values()
        )
        return self.way_to(nodes[0]) if nodes else ""

    def way_to(self, node: Node) -> str:
        way: list[str] = []
        at: Node | None = node
        while at is not None:
            if not way or way[-1] != at.place:
                way.append(at.place)
            at = self._all.before[at]
        return in_a_row(reversed(way))

    def known(self, fact: str) -> str:
        """Whether a fact happens: `never`, `unpersonal` (only when none of the staff acts) or `sometimes`."""
        found = "never"
        for step in self.happening.all():
            if step.source not in self._places:
                continue
            for event in step.events:
                if fact in event.facts or (fact in event.personal and STAFF in (step.doers or self._who(step.source))):
                    return "sometimes"
                if fact in event.personal:
                    found = "unpersonal"
        return found

    def _who(self, place: str) -> frozenset[bool]:
        """Who may have set going what happens at once from a place."""
        return frozenset(node.staff for node in self._all.before if node.place == place) or NOBODY

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(node.place for node in self._all.before)


def _turned(runs: frozenset[bool], verb: str, heard: Heard) -> frozenset[bool]:
    if verb == "start":
        heard.begun = True
        return frozenset({True})
    if verb == "stop":
        heard.stopped |= True in runs
        return frozenset({False})
    return runs  # begins anew when it runs


MOST_WORK = 1_000_000
"""Steps that are tried for all the clocks of a process; what would take more cannot be told."""
_TIMES = 4
"""How often a step may be tried for one clock: running or not, and set going by one of the staff or not."""


class ClockRuns:
    """The walks of all the clocks of a process, each done once."""

    def __init__(self, happening: Happening, possible: Possible) -> None:
        self._happening = happening
        self._possible = possible
        self._runs: dict[str, ClockRun] = {}
        self._left = MOST_WORK if happening.whole else 0

    def of(self, plan: ClockPlan) -> ClockRun | None:
        """None when it cannot be told."""
        if plan.name not in self._runs:
            self._left -= _TIMES * self._happening.size
            if self._left < 0:
                return None
            self._runs[plan.name] = ClockRun(plan, self._happening, self._possible)
        return self._runs[plan.name]
