"""What can happen in a process, step by step: what each move brings about, by whom, and what clocks hear of it.

Owns the list of steps, those that leave the case where it is too, and the facts of each in the order in which they
happen. A move counts as possible whatever its guards say. Knows no clock. Of a process with too many steps some are
missing; then `whole` is False, and nothing can be told from what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from engine.definition.expressions import compile_expression
from engine.definition.flow import Flow
from engine.definition.model import JOIN, Definition, State
from engine.definition.moves import Move
from engine.definition.outline import Edge, Outline
from engine.definition.roles import CUSTOMER
from engine.definition.rules.graph import Graph
from engine.definition.sources import SourceActions, SourceBranch, SourceMove
from engine.errors import DefinitionError

MOST_STEPS = 20_000
STAFF, NOT_STAFF = True, False
Doers = frozenset[bool]
EITHER: Doers = frozenset({STAFF, NOT_STAFF})
NOBODY: Doers = frozenset({NOT_STAFF})
"""Nobody of the staff: what goes on by itself, and what the customer does."""
_OUTSIDE = {CUSTOMER, "system"}
_WHOLE = ("start", "anywhere", "heed", "beside", "rung", "clock")
"""The kinds of moves that are no state's own."""


@dataclass(frozen=True, slots=True)
class Event:
    """`facts` are what clocks hear, in an author's words; `personal` those that count only when one of the staff acts.
    It happens surely unless `sure` is False; a milestone (`once`) only the first time.
    """

    facts: tuple[str, ...]
    personal: tuple[str, ...] = ()
    sure: bool = True
    once: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """`target` is the source where the case stays. `doers` None: whoever did what came before, in the same moment."""

    source: str
    target: str
    move: SourceMove
    branch: SourceBranch | None
    how: str
    events: tuple[Event, ...]
    doers: Doers | None
    number: int = 0
    """Which of the move's branches it is."""


class Happening:
    """See the module."""

    def __init__(self, outline: Outline, flow: Flow, bound: Definition, graph: Graph) -> None:
        self.outline = outline
        self.bound = bound
        self._written_to = _address_is_sure(flow, bound)
        self._bound = {(state.id if state is not None else "", move.place): move for state, move in bound.moves()}
        self._entered = {name: self._done(state.actions) for name, state in outline.states.items()}
        self._numbers: dict[int, dict[int, int]] = {}
        self.steps: dict[str, list[Step]] = {}
        every = chain((self._step(edge) for edges in graph.steps.values() for edge in edges), self._staying())
        for step in islice(every, MOST_STEPS):
            self.steps.setdefault(step.source, []).append(step)
        self.size = sum(map(len, self.steps.values()))
        self.whole = self.size < MOST_STEPS

    def meaning(self, step: Step) -> Move | None:
        """The move with its names looked up; None when that could not be done."""
        return self._bound.get(("" if step.move.kind in _WHOLE else step.source, step.move.place))

    def all(self) -> Iterator[Step]:
        return (step for steps in self.steps.values() for step in steps)

    @cached_property
    def with_fact(self) -> Mapping[str, frozenset[int]]:
        """The steps, by their `id`, on which each fact may happen."""
        found: dict[str, set[int]] = {}
        for step in self.all():
            for event in step.events:
                for fact in (*event.facts, *event.personal):
                    found.setdefault(fact, set()).add(id(step))
        return {fact: frozenset(steps) for fact, steps in found.items()}

    @cached_property
    def beside(self) -> Mapping[str, tuple[str, ...]]:
        """For each state those in which the case may stand at the same time, because branches are open: for one with
        branches all of theirs, for a branch's state the one that has them.
        """
        found: dict[str, tuple[str, ...]] = {}
        for state, owner in self.outline.owners.items():
            found[owner] = (*found.get(owner, ()), state)
            found[state] = (*found.get(state, ()), owner)
        return found

    @cached_property
    def held_back(self) -> bool:
        """Whether a called case may hold back the end."""
        return any(call.may_block for call in self.outline.calls)

    def is_end(self, state: str) -> bool:
        return state in self.outline.states and self.outline.states[state].ending is not None

    def _step(self, edge: Edge) -> Step:
        entered = self._entered[edge.target]
        if edge.how == "branch":
            return Step(
                edge.source,
                edge.target,
                edge.move,
                None,
                "branch",
                (Event((f"state {edge.target}",), sure=False), *entered),
                EITHER,
            )
        along = (*self._brought(edge.move), Event((f"state {edge.target}",)), *self._along(edge.move, edge.branch))
        doers = EITHER if edge.how == "joined" else self.doers(edge.source, edge.move)
        number = self._number(edge)
        return Step(edge.source, edge.target, edge.move, edge.branch, edge.how, (*along, *entered), doers, number)

    def _number(self, edge: Edge) -> int:
        branches = edge.move.branches
        if id(branches) not in self._numbers:
            self._numbers[id(branches)] = {id(branch): number for number, branch in enumerate(branches)}
        return self._numbers[id(branches)].get(id(edge.branch), 0)

    def _staying(self) -> Iterator[Step]:
        """What leaves the case where it is; `join` too, which leaves it in the state around."""
        for state in self.outline.states.values():
            for move in state.moves:
                yield from self._in_place(state.id.text, move)
        for move in self.outline.anywhere:
            for source in self.outline.sources_of(move):
                if source in self.outline.states:
                    yield from self._in_place(source, move)

    def _in_place(self, source: str, move: SourceMove) -> Iterator[Step]:
        if move.kind == "join":
            return
        for branch in move.written:
            if branch.go is None or branch.go.text == JOIN:
                events = (*self._brought(move), *self._along(move, branch))
                yield Step(source, source, move, branch, "stays", events, self.doers(source, move))

    @staticmethod
    def _brought(move: SourceMove) -> tuple[Event, ...]:
        if move.kind in ("wait-for", "heed") and move.name is not None:
            return (Event(("received", f"received {move.name.text}")),)
        return ()

    def _along(self, move: SourceMove, branch: SourceBranch | None) -> tuple[Event, ...]:
        return (*self._done(move.actions), *(self._done(branch.actions) if branch is not None else ()))

    def _done(self, actions: SourceActions) -> tuple[Event, ...]:
        reached = (Event((f"milestone {said.text}",), once=said.text) for said in actions.milestones)
        sent = (
            Event(
                ("sent", f"sent {send.message.text}"),
                ("sent by a person", f"sent {send.message.text} by a person"),
                send.when is None and self._written_to,
            )
            for send in actions.sendings
            if send.to is None or send.to.text == CUSTOMER
        )
        return (*reached, *sent)

    # --- by whom

    def doers(self, source: str, move: SourceMove) -> Doers | None:
        """Who may set this going: one of the staff, or nobody of them."""
        if move.kind == "go":
            return None
        if move.kind not in ("on", "anywhere", "beside"):
            return NOBODY
        state = self.bound.tasks.get(move.within) if move.kind == "beside" else self.bound.states.get(source)
        roles = {said.text for said in move.words.get("by", ())}
        if not roles and state is not None:
            roles = set(asked(state))
        if not roles or "starter" in roles or roles & set(self.bound.people):
            return EITHER
        if "needs" in move.words:
            one = self._bound.get((source if move.kind == "on" else "", move.place))
            if one is None or one.needs is None:
                return EITHER
            roles |= {role for rule in one.needs.rules for role in rule.rule.of}
        return frozenset(role not in _OUTSIDE for role in roles)


def asked(state: State) -> frozenset[str]:
    """The roles that a state's task or approval asks."""
    found = {role for roles in state.task.candidates.all() for role in roles} if state.task is not None else set()
    if state.approval is not None:
        found.update(role for branch in state.approval.rules for role in branch.rule.of)
    return frozenset(found)


def _address_is_sure(flow: Flow, bound: Definition) -> bool:
    """Whether every case knows where its customer is written to; else a message may go to nobody."""
    email = bound.customer.get("email")
    if email is None or email.checked.uncertain:
        return False
    try:
        compile_expression(email.text, flow.scope_at_start(), email.place)
    except DefinitionError:
        return False
    return True
