"""The notes at the foot of a picture: the work beside the case's own, and what is promised; and which states a promise
stands still in.

Owns what is said of a clock and of a task under `tasks`, a few lines each: what a clock's rungs do is one line, and
whom they tell stands in the process alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from engine.core.drawing.picture import Transition, Way
from engine.core.drawing.wording import Wording
from engine.core.durations import Duration
from engine.definition.model import Definition, State
from engine.definition.moves import HARD_STOP, Actions, Due, Move, Pick, Rung
from engine.definition.plans import ClockPlan, Target

PERSON = " by a person"


class Notes:
    """The rows of both notes, in the words of one language."""

    def __init__(self, definition: Definition, words: Wording) -> None:
        self.definition = definition
        self.words = words

    # --- what is promised

    def clock(self, plan: ClockPlan, stands_for: Iterable[Transition]) -> Iterator[Way]:
        """A clock: what it promises, from when until when; below it, where it stands still, and what its rungs do."""
        say = self.words.say
        words = f"{self.words.text(plan.title)}: {self.target(plan.target)}"
        if plan.hard_stop is not None:
            words += f", {say('hard-stop', self.words.length(plan.hard_stop))}"
        about = [
            say("from-fact", self.facts(plan.starts)) if plan.starts != ("start",) else "",
            say("since", self.words.expression(plan.since)) if plan.since is not None else "",
            say("anew", self.facts(plan.restarts)) if plan.restarts else "",
            say("until", self.facts(plan.stops)),
            self.where(plan),
        ]
        yield Way(words, "; ".join(part for part in about if part), "clock", tuple(stands_for))
        rungs = [rung for rung in plan.rungs if rung.move is not None]
        if rungs:
            said = say("escalates", ", ".join(self.rung(rung) for rung in by_time(rungs)))
            yield Way("", said, under=True)

    def rung(self, rung: Rung) -> str:
        """`100% (opens holding letter)`: its share of the time, and what it does besides telling colleagues."""
        share = self.words.say("hard-rung") if rung.percent == HARD_STOP else rung.name
        done = self.done(rung.move) if rung.move is not None else ""
        return f"{share} ({done})" if done else share

    def done(self, move: Move) -> str:
        return self.words.effects(*move.doing, telling=False)

    def target(self, target: Target) -> str:
        return self.lengths(target.pick, target.unpromised, target.unknown)

    def due(self, due: Due) -> str:
        """When work is due, with every length there is."""
        by_answer = due.length is not None and due.length.by is not None
        return self.lengths(due.length) if due.length is not None and by_answer else self.words.due(due)

    def lengths(self, pick: Pick[Duration], unpromised: Container[str] = (), unknown: Duration | None = None) -> str:
        """`by severity: S1 5 working days, S2 10 working days`; answers of the same length together."""
        words, say = self.words, self.words.say
        if pick.by is None:
            return words.pick(pick)
        found = {
            words.answer(pick.by, answer): say("none") if answer in unpromised else words.length(length)
            for answer, length in pick.options.items()
        }
        if all(str(length) == answer for answer, length in pick.options.items()):
            *others, last = dict.fromkeys(found.values())  # the answers are durations themselves
            return say("or", ", ".join(others), last) if others else last
        if pick.otherwise is not None:
            found[say("else")] = words.length(pick.otherwise)
        if unknown is not None:
            found[say("unknown")] = words.length(unknown)
        together: dict[str, list[str]] = {}
        for answer, length in found.items():
            together.setdefault(length, []).append(answer)
        listed = "; ".join(f"{', '.join(answers)} {length}" for length, answers in together.items())
        return f"{say('by', words.deciding(pick.by))}: {listed}"

    def facts(self, facts: Iterable[str]) -> str:
        return ", ".join(self.fact(fact) for fact in facts)

    def fact(self, fact: str) -> str:
        """`sent complaint-decision by a person` in words."""
        say = self.words.say
        by = "-person" if fact.endswith(PERSON) else ""
        kind, _, which = fact.removesuffix(PERSON).partition(" ")
        if kind == "start":
            return say("start-fact")
        if not which:
            return say(f"{kind}{by}")
        if kind == "state":
            return say("state-x", self.words.text(self.definition.states[which].title))
        return say(f"{kind}-x{by}", self.words.milestone(which) if kind == "milestone" else self.words.message(which))

    def where(self, plan: ClockPlan) -> str:
        """The states in which it stands still, or runs, whichever are fewer."""
        if not plan.paused_in:
            return ""
        if self.rarely(plan):
            return self.words.say("still-in", self.titles(plan.paused_in))
        return self.words.say("runs-in", self.titles(self.going() - plan.paused_in))

    def rarely(self, plan: ClockPlan) -> bool:
        """Whether it stands still in fewer states than it runs in."""
        return len(plan.paused_in) <= len(self.going() - plan.paused_in)

    def going(self) -> frozenset[str]:
        """The states in which a case goes on."""
        return frozenset(state.id for state in self.definition.states.values() if state.ending is None)

    def titles(self, ids: frozenset[str]) -> str:
        return ", ".join(self.words.text(state.title) for state in self.definition.states.values() if state.id in ids)

    def still(self, state: State) -> Iterator[Way]:
        """The mark of a state in which clocks stand still, as long as that is something special."""
        names = [
            self.words.text(plan.title)
            for plan in self.definition.clocks.values()
            if state.id in plan.paused_in and self.rarely(plan)
        ]
        if names:
            yield Way(self.words.say("still", ", ".join(names)), sign="pause")

    # --- beside the case's own work

    def task(self, state: State) -> Way:
        """Who does it, by when, and what opens it."""
        plan = state.task
        assert plan is not None
        say = self.words.say
        about = [
            self.words.roles(plan.candidates),
            say("except", self.words.things(plan.exclude)) if plan.exclude else "",
            say("due", self.words.due(plan.due)) if plan.due is not None else "",
            say("opened", ", ".join(dict.fromkeys(self.openers(state.id)))),
        ]
        return Way(self.words.text(state.title), "; ".join(part for part in about if part))

    def openers(self, task: str) -> Iterator[str]:
        """What opens a task: the states that do on entering, the moves by their names, and rungs of clocks."""
        for state in self.definition.states.values():
            if any(one.task == task for word in state.entered for one in word.openings):
                yield self.words.text(state.title)
        for state_or_none, move in self.definition.moves():
            if any(one.task == task for actions in move.doing for one in actions.openings):
                yield self.opener(state_or_none, move)

    def opener(self, state: State | None, move: Move) -> str:
        if move.kind == "clock":
            return self.at(move)
        if move.kind in ("start", "go", "join", "call", "after", "escalate"):
            return self.words.text(state.title) if state is not None else self.words.say("start")
        return self.words.move(move)

    def at(self, move: Move) -> str:
        """A clock's rung: `Decision at 150%`."""
        title = self.words.text(self.definition.clocks[move.within].title)
        hard = move.name == "hard-stop"
        return self.words.say("clock-hard", title) if hard else self.words.say("clock-rung", title, move.name)


def quiet(move: Move) -> bool:
    """Whether a rung only tells colleagues."""
    return not any(branch.go for branch in move.branches) and all(
        replace(actions, notices=()) == Actions() for actions in move.doing
    )


def by_time(rungs: Iterable[Rung]) -> list[Rung]:
    """The hard stop last."""
    return sorted(rungs, key=lambda rung: (rung.percent == HARD_STOP, rung.percent))
