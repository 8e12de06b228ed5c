"""What may be known at a place: the union over all the ways that lead there, as `engine.definition.assignment` is what
they have in common.

Owns that walk, and which examples of a condition's variables can occur at a place. What no way to a place sets can
surely not be there; a variable that is only ever given fixed values has one of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cached_property

from engine.definition.assignment import MILESTONE
from engine.definition.decisions import Decision
from engine.definition.expressions.domains import Narrowed
from engine.definition.expressions.examples import UNSET, Variable
from engine.definition.flow import Flow
from engine.definition.model import BEGIN, Definition
from engine.definition.outline import Outline
from engine.definition.rules.happening import Happening, Step
from engine.definition.sources import SourceActions, SourceMove
from engine.definition.types import Boolean, Choice

Token = str | tuple[str, object]
"""A name that may be set, or a variable with a value that it may have."""
Known = frozenset[Token]

ANYTHING = object()


class Possible:
    """See the module."""

    def __init__(self, outline: Outline, flow: Flow, bound: Definition, happening: Happening) -> None:
        self.outline = outline
        self.flow = flow
        self.bound = bound
        self.happening = happening
        self._results: dict[tuple[str, Known], frozenset[object] | None] = {}
        first = {(one.name, one.first) for one in bound.variables if one.first is not None}
        self._first: Known = frozenset({*first, *(name for name, _ in first)})
        self._entering = {name: self._done(state.actions) for name, state in outline.states.items()}
        self._inside: dict[str, Known] = {place: frozenset(found) for place, found in self._spread().items()}

    def inside(self, place: str) -> Known:
        """What may be known while the case stands there; of a place that no way leads to, nothing."""
        return self._inside.get(place, frozenset())

    def along(self, source: str, move: SourceMove) -> Known:
        """The same, once the move's form is filled in and the task is done."""
        return self.inside(source) | self._gains(source, move)

    def _gains(self, source: str, move: SourceMove) -> Known:
        state = self.outline.states.get(source)
        form = state.form_of(move) if state is not None else move.form
        found: set[Token] = {self.outline.alias(form.text)} if form is not None else set()
        deed = move.within if move.kind == "beside" else source
        found.update(name for name, states in self.flow.people.items() if deed in states)
        return frozenset(found)

    def _done(self, *doing: SourceActions) -> Known:
        found: set[Token] = set()
        for actions in doing:
            found.update(MILESTONE + said.text for said in actions.milestones)
            found.update(call.name.text for call in actions.calls)
            for variable, value in actions.settings:
                found.add(variable.text)
                found.add((variable.text, self._fixed(variable.text, value.text)))
        return frozenset(found)

    def _fixed(self, variable: str, text: str) -> object:
        """The value that is written there as such; ANYTHING for what has to be worked out."""
        kind = self.flow.variables.get(variable)
        if isinstance(kind, Boolean) and text in ("true", "false"):
            return text == "true"
        return text if isinstance(kind, Choice) and text in kind.values else ANYTHING

    def _brought(self, step: Step) -> Known:
        if step.how == "branch":
            return frozenset()
        found = self._gains(step.source, step.move) | self._done(step.move.actions)
        return found | self._done(step.branch.actions) if step.branch is not None else found

    def _spread(self) -> dict[str, set[Token]]:
        inside: dict[str, set[Token]] = {BEGIN: set(self._first)}
        brought = {id(step): self._brought(step) for step in self.happening.all()}
        todo = deque([BEGIN])

        def add(place: str, tokens: Iterable[Token]) -> None:
            new = place not in inside
            found = inside.setdefault(place, set(self._entering[place]) if new else set())
            before = len(found)
            found.update(tokens)
            if (new or len(found) > before) and place not in waiting:
                waiting.add(place)
                todo.append(place)

        waiting = {BEGIN}
        while todo:
            source = todo.popleft()
            waiting.discard(source)
            for step in self.happening.steps.get(source, ()):
                add(step.target, inside[source] | brought[id(step)])
            for other in self.happening.beside.get(source, ()):
                if other in inside:
                    add(other, inside[source])
        return inside

    # --- what can occur at a place

    @cached_property
    def _sometimes(self) -> frozenset[str]:
        """The names that are not there from the beginning. The forms of a for-each's branches are tables, which are."""
        tables = {
            alias
            for owner, state in self.outline.states.items()
            if state.fork is not None and state.fork.rows is not None
            for alias in self.flow.tables_of(owner)
        }
        first = {one.name for one in self.bound.variables if one.first is not None}
        names = {*self.flow.form_names(), *self.flow.variables, *self.flow.people, *self.flow.calls}
        return frozenset(names - tables - first)

    def absent(self, path: str, known: Known) -> bool:
        """Whether nothing on any way has set what a path speaks of."""
        if path.startswith(MILESTONE):
            return path not in known
        name = path.split(".")[0]
        return name in self._sometimes and name not in known

    def narrowed(self, known: Known) -> Narrowed:
        """Which examples can occur where this is what may be known."""

        def examples(path: str, variable: Variable, every: list[object]) -> list[object]:
            if variable.optional and self.absent(path, known):
                return [UNSET]
            values = self._values(path, known)
            # An example that stands for several values stands for none of them in particular.
            if values is None or not values <= {value for value in every if value is not UNSET}:
                return every
            return [value for value in every if value is UNSET or value in values]

        return examples

    def _values(self, name: str, known: Known) -> frozenset[object] | None:
        """The values that a variable or a decision may have; None when nothing is known of them."""
        if name in self.flow.decisions:
            key = (name, known)
            if key not in self._results:
                self._results[key] = None  # what leads back to itself is not narrowed
                self._results[key] = self._decided(self.flow.decisions[name], known)
            return self._results[key]
        if not isinstance(self.flow.variables.get(name), Boolean | Choice):
            return None
        values = frozenset(token[1] for token in known if isinstance(token, tuple) and token[0] == name)
        return None if ANYTHING in values else values

    def _decided(self, decision: Decision, known: Known) -> frozenset[object] | None:
        if decision.at_least or decision.raise_by_one is not None:
            return None
        return decision.possible(self.narrowed(known))

    def lacking(self, names: Iterable[str], paths: Iterable[str], known: Known) -> list[str]:
        """What nothing sets of all that an expression asks for, through decisions too."""
        found = {path for path in paths if self.absent(path, known)}
        for name in names:
            if name in self.flow.decisions:
                decision = self.flow.decisions[name]
                for one in decision.inputs:
                    found.update(self.lacking(one.names - {decision.name}, one.paths, known))
        return sorted(path for path in found if not any(path.startswith(f"{other}.") for other in found))
