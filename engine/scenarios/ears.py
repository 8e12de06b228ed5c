"""A definition with ears: the same process, with listeners at its guards and decision tables.

Owns the copy of a definition whose expressions report their results, and the list of all that scenarios can reach.
The core knows nothing of it: an expression is exchanged for the same one that also tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from engine.definition.decisions import Decision
from engine.definition.decisions.table import Decided
from engine.definition.expressions import Expression
from engine.definition.model import Definition, State
from engine.definition.moves import Actions, ApprovalPlan, Branch, Calling, Move, Notice, Opening, Rung, Sending
from engine.definition.plans import After, ClockPlan
from engine.keywords.deciding import in_words
from engine.scenarios.coverage import (
    CONFIRMATIONS,
    ENDS,
    GUARDS,
    ROWS,
    RULES,
    RUNGS,
    STATES,
    TIMERS,
    TRANSITIONS,
    Coverage,
    Element,
    Key,
)
from engine.scenarios.hints import (
    confirming_hint,
    end_hint,
    move_hint,
    move_words,
    row_hint,
    rule_hint,
    state_hint,
    timer_hint,
)

Guarded = TypeVar("Guarded", Sending, Notice, Opening)

_OF_A_RUNG = ("clock", "escalate", "rung")


@dataclass(frozen=True, slots=True)
class _Telling(Decision):
    """A decision table that tells what it decided."""

    tell: Callable[[Decided], None] = lambda decided: None

    def decide(self, values: Mapping[str, object]) -> Decided:
        decided = Decision.decide(self, values)
        self.tell(decided)
        return decided


class Ears:
    """See the module. `definition` listens; `heard` is what it heard, until whoever reads it clears it.

    `coverage` lists what there is to reach, and `moves` the moves as they were, by state and trigger.
    """

    def __init__(self, plain: Definition) -> None:
        self.coverage = Coverage()
        self.heard: list[Key] = []
        self.moves: dict[Key, Move] = {}
        self._plain = plain
        self.definition = self._listening(plain)

    def _listening(self, plain: Definition) -> Definition:
        decisions = {name: self._decision(decision) for name, decision in plain.decisions.items()}
        start = self._watched_move("", plain.start)
        states = {name: self._state(state) for name, state in plain.states.items()}
        anywhere = {name: self._watched_move("", move) for name, move in plain.anywhere.items()}
        heeded = {name: self._watched_move("", move) for name, move in plain.heeded.items()}
        tasks = {name: self._beside(task) for name, task in plain.tasks.items()}
        clocks = {name: self._clock(clock) for name, clock in plain.clocks.items()}
        return replace(
            plain,
            decisions=decisions,
            start=start,
            states=states,
            anywhere=anywhere,
            heeded=heeded,
            tasks=tasks,
            clocks=clocks,
        )

    def _beside(self, task: State) -> State:
        on = {name: self._watched_move("", move) for name, move in task.on.items()}
        assert task.task is not None
        rungs = self._rungs("escalate", "", task.id, task.task.escalate)
        return replace(task, words={"task": replace(task.task, escalate=rungs), "on": on})

    def _clock(self, clock: ClockPlan) -> ClockPlan:
        rungs = self._rungs("clock", "", clock.name, clock.rungs, clock)
        return replace(clock, rungs=rungs)

    def _rungs(
        self, word: str, state: str, name: str, rungs: Sequence[Rung], clock: ClockPlan | None = None
    ) -> tuple[Rung, ...]:
        """Each rung is reached once it has fired."""
        watched = []
        for rung in rungs:
            place = rung.move.place if rung.move is not None else clock.place if clock is not None else None
            assert place is not None
            step = f"let time pass, `{{wait: …}}`, until {rung.name} of `{name}` are used up"
            what = f"{rung.name} of {'the clock' if clock is not None else 'the task'} `{name}`"
            self.coverage.add((RUNGS, word, name, rung.name), Element(RUNGS, place, what, f"add a step: {step}"))
            move = self._watched_move(state, rung.move) if rung.move is not None else None
            watched.append(replace(rung, move=move))
        return tuple(watched)

    def _state(self, state: State) -> State:
        add = self.coverage.add
        add(
            (STATES, state.id),
            Element(STATES, state.place, f"the state `{state.id}`", state_hint(self._plain, state)),
        )
        words: dict[str, Any] = {}
        for word, meaning in state.words.items():
            words[word] = self._word(state, word, meaning)
        if state.ending is not None:
            outcome = state.ending.outcome
            what = f"the outcome `{outcome}`"
            self.coverage.elements.setdefault((ENDS, outcome), Element(ENDS, state.place, what, end_hint(state)))
        return replace(state, words=words)

    def _word(self, state: State, word: str, meaning: Any) -> Any:
        if word in ("on", "wait-for"):
            return {name: self._watched_move(state.id, move) for name, move in meaning.items()}
        if word == "after":
            return tuple(self._timer(state, number, after) for number, after in enumerate(meaning))
        if word == "go":
            return self._watched_move(state.id, meaning)
        if word == "task":
            return replace(meaning, escalate=self._rungs("escalate", state.id, state.id, meaning.escalate))
        if word == "call":
            return tuple(self._waiting(state, calling) for calling in meaning)
        if word == "approval":
            rungs = self._rungs("escalate", state.id, state.id, meaning.escalate)
            return replace(self._approval(state, meaning), escalate=rungs)
        if word in ("parallel", "for-each"):
            return replace(meaning, move=self._watched_move(state.id, meaning.move))
        if word == "final" and meaning.reopen is not None:
            return replace(meaning, reopen=self._watched_move(state.id, meaning.reopen))
        if word in ("set", "milestone", "send", "notify", "open"):
            return self._actions((state.id, word), meaning, f"lead a case into `{state.id}`")
        return meaning

    def _waiting(self, state: State, calling: Calling) -> Calling:
        heard = self._calling((state.id, "call"), calling, f"lead a case into `{state.id}`")
        return heard if calling.go is None else replace(heard, go=self._watched_move(state.id, calling.go))

    def _approval(self, state: State, plan: ApprovalPlan) -> ApprovalPlan:
        """Each rule is reached once it has come to an outcome."""
        rules = []
        for number, rule in enumerate(plan.rules):
            hint = rule_hint(state, rule)
            what = f"an outcome of the rule `{in_words(rule.rule)}` of `{state.id}`"
            key = (RULES, state.id, str(number))
            self.coverage.add(key, Element(RULES, rule.place, what, hint))
            when = rule.when
            if when is not None:
                sides = _two_sides() if number < len(plan.rules) - 1 else (True,)
                when = self._guard((state.id, "approval", str(number)), when, sides, hint)
            rules.append(replace(rule, when=when))
        return replace(plan, rules=tuple(rules))

    def _timer(self, state: State, number: int, after: After) -> After:
        what = f"the timer number {number + 1} of `{state.id}`"
        element = Element(TIMERS, after.move.place, what, f"add a step: {timer_hint(state, after)}")
        self.coverage.add((TIMERS, state.id, str(number)), element)
        return replace(after, move=self._watched_move(state.id, after.move))

    def _watched_move(self, state: str, move: Move) -> Move:
        key = (state, move.trigger)
        self.moves[key] = move
        hint = move_hint(self._plain, state, move)
        for number, branch in enumerate(move.written):
            if move.kind in _OF_A_RUNG and not branch.go:
                continue  # the rung itself has to fire, and its guards tell which branch was taken
            what = move_words(state, move, branch)
            self.coverage.add(
                (TRANSITIONS, *key, str(number)),
                Element(TRANSITIONS, branch.place, what, f"add a step: {hint}"),
            )
        if move.needs is not None:
            for outcome in ("approved", "rejected"):
                what = f"`{move.name}` being {outcome}, which needs {in_words(move.needs.rules[0].rule)}"
                step = f"add a step: {confirming_hint(self._plain, state, move, outcome)}"
                self.coverage.add((CONFIRMATIONS, *key, outcome), Element(CONFIRMATIONS, move.place, what, step))
        only_when = move.only_when
        if only_when is not None:
            only_when = self._guard((*key, "only-when"), only_when, _two_sides(), hint)
        return replace(
            move,
            only_when=only_when,
            actions=self._actions(key, move.actions, hint),
            branches=tuple(self._branch(key, number, move, hint) for number in range(len(move.branches))),
        )

    def _branch(self, key: Key, number: int, move: Move, hint: str) -> Branch:
        branch = move.branches[number]
        when = branch.when
        if when is not None:
            # The last of exhaustive guards is the `else` in other words: nothing is left for it to refuse.
            sides = _two_sides() if number < len(move.branches) - 1 else (True,)
            when = self._guard((*key, str(number), "when"), when, sides, hint)
        return replace(branch, when=when, actions=self._actions((*key, str(number)), branch.actions, hint))

    def _actions(self, key: Key, actions: Actions, hint: str) -> Actions:
        return replace(
            actions,
            sendings=tuple(self._guarded(key, "send", actions.sendings, hint)),
            notices=tuple(self._guarded(key, "notify", actions.notices, hint)),
            openings=tuple(self._guarded(key, "open", actions.openings, hint)),
            callings=tuple(self._calling((*key, "call"), calling, hint) for calling in actions.callings),
        )

    def _guarded(self, key: Key, word: str, doing: Sequence[Guarded], hint: str) -> Iterator[Guarded]:
        for number, one in enumerate(doing):
            when = one.when
            if when is not None:
                when = self._guard((*key, word, str(number)), when, _two_sides(), hint)
            yield replace(one, when=when)

    def _calling(self, key: Key, calling: Calling, hint: str) -> Calling:
        when = calling.when
        if when is not None:
            when = self._guard((*key, calling.name), when, _two_sides(), hint)
        return replace(calling, when=when)

    def _guard(self, key: Key, guard: Expression, sides: tuple[bool, ...], hint: str) -> Expression:
        for side in sides:
            holds = "holds" if side else "does not hold"
            what = f"the guard `{guard.text}` when it {holds}"
            refused = " with `refused: not-offered`" if key[-1] == "only-when" and not side else ""
            step = f"add a step where it {holds}: {hint}{refused}"
            self.coverage.add((GUARDS, *key, _said(side)), Element(GUARDS, guard.place, what, step))
        run, heard = guard.run, self.heard

        def telling(values: Mapping[str, object]) -> object:
            result = run(values)
            heard.append((GUARDS, *key, _said(bool(result))))
            return result

        return replace(guard, run=telling)

    # --- decision tables

    def _decision(self, decision: Decision) -> Decision:
        def add(part: str, element: Element) -> None:
            self.coverage.add((ROWS, decision.name, part), element)

        for number, row in enumerate(decision.rows, 1):
            place, shown = row.place, "the `else` row" if row.is_else else f"row {number}"
            what = f"{shown} of the decision `{decision.name}`"
            add("0" if row.is_else else str(number), Element(ROWS, place, what, row_hint(decision, row)))
        for floor, expression in decision.at_least:
            what = f"`at-least {floor}` of the decision `{decision.name}`"
            step = f"add a case where `{expression.text}` holds and the rows alone give less than {floor}"
            add(f"at-least {floor}: {expression.text}", Element(ROWS, expression.place, what, step))
        if decision.raise_by_one is not None:
            text = decision.raise_by_one.text
            what = f"`raise-by-one` of the decision `{decision.name}`"
            step = f"add a case where `{text}` holds and the result is not the highest already"
            add("raise-by-one", Element(ROWS, decision.raise_by_one.place, what, step))

        def tell(decided: Decided) -> None:
            self.heard.append((ROWS, decision.name, str(decided.row_number)))
            for raised in decided.raised:
                floor = raised.removeprefix("at least ")
                part = f"at-least {floor}" if raised != floor else "raise-by-one"
                self.heard.append((ROWS, decision.name, part))

        fields = {name: getattr(decision, name) for name in _FIELDS}
        return _Telling(**fields, tell=tell)


_FIELDS = ("name", "place", "inputs", "rows", "type", "results", "at_least", "raise_by_one", "hit")


def _two_sides() -> tuple[bool, ...]:
    return (True, False)


def _said(side: bool) -> str:
    return "true" if side else "false"
