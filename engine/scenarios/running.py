"""Runs scenarios: every step through the one way in, on a clock that only moves when the scenario says so.

Owns the virtual clock and the telling of what went otherwise than expected. Knows no store and no real time;
judges nothing that the core judges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core import commands
from engine.core.commands import Command
from engine.core.effects import StartCase
from engine.core.events import Event
from engine.core.instance import Instance, Timer
from engine.core.roster import Roster
from engine.core.step import step
from engine.core.timers import next_before, next_by
from engine.definition.model import Definition
from engine.definition.shapes import Report
from engine.errors import Place, Problem, Rejected, Stuck
from engine.scenarios import children
from engine.scenarios.acts import FIRST, START, Act, Scenario
from engine.scenarios.asking import Halt, ask
from engine.scenarios.away import away
from engine.scenarios.cast import NOBODY, VIA, Cast
from engine.scenarios.coverage import Key
from engine.scenarios.diary import diary
from engine.scenarios.expecting import Outcome, mismatch
from engine.scenarios.parts import instant_in
from engine.scenarios.watching import Watch

MOST_FIRINGS = 5_000
"""Timers that may fire in one wait; more is a process whose timers never come to rest."""

CODE = "scenario-failed"


def without_end() -> bool:
    """Patience for as long as it takes."""
    return True


@dataclass(frozen=True, slots=True)
class Told:
    """A scenario that was run: what went otherwise than expected, and the run in words, a line a step."""

    scenario: Scenario
    problems: tuple[Problem, ...]
    run: tuple[str, ...]


def run_scenario(scenario: Scenario, watch: Watch, cast: Cast, patience: Callable[[], bool] = without_end) -> Told:
    """Run it to its end, or to the first step that cannot be done. `patience` is asked before each step of the case
    whether there is time for it.
    """
    absences = away(scenario, watch.definition.calendar, cast, Report())
    run = _Run(watch, cast.while_away(absences), patience)
    run.acted |= {who for one in absences for who in (one.person, one.deputy)}
    for act in (scenario.start, *scenario.steps):
        if not run.do(act):
            break
    return Told(scenario, tuple(run.problems), tuple(run.lines))


class _Run:
    """One case in the making. `events` are those of the present step."""

    def __init__(self, watch: Watch, cast: Cast, patience: Callable[[], bool]) -> None:
        self.patience = patience
        self.watch = watch
        self.cast = cast
        self.definition: Definition = watch.definition
        self.instance: Instance | None = None
        self.now = self.definition.calendar.localise(FIRST)
        self.events: list[Event] = []
        self.problems: list[Problem] = []
        self.lines: list[str] = []
        self.acted: set[str] = set()
        self.roster = Roster(self._roll, stand_ins=cast.stand_ins)
        self.nursery = children.Nursery(self.definition)

    def do(self, act: Act) -> bool:
        """One step with its expectations; False when nothing can follow it."""
        self.events = []
        try:
            self._act(act)
        except Rejected as rejected:
            return self._refused(act, rejected)
        except Halt as halt:
            self._tell(act, "does not go on")
            self._problem(act.place, halt.message, halt.advice)
            return False
        if act.refused is not None:
            self._tell(act)
            self._problem(
                act.refused.place,
                f"Expected this to be refused with {act.refused.text}, but it was done",
                "remove `refused`, or mend the process",
            )
        else:
            self._tell(act)
        self._compare(act)
        return True

    def _compare(self, act: Act) -> None:
        assert self.instance is not None
        outcome = Outcome(self.definition, self.instance, self.events, self.now, self._roll)
        for expected in act.expect:
            message = mismatch(expected, outcome)
            if message:
                self._problem(expected.place, message, "mend the process, or what is expected here")
        self.watch.keep(self.instance, (), None)

    def _refused(self, act: Act, rejected: Rejected) -> bool:
        self.watch.forget()
        self._tell(act, f"refused: {rejected.code}")
        if act.refused is None:
            self._problem(
                act.place,
                f"Expected this to be done, but it was refused with {rejected.code}: {rejected.reason}",
                "mend the step or the process, or write `refused:` if that is right",
            )
            return False
        if act.refused.text != rejected.code:
            self._problem(
                act.refused.place,
                f"Expected a refusal with {act.refused.text}, but got {rejected.code}: {rejected.reason}",
                "mend the step or the process, or name this code",
            )
        for said in act.fields:
            if said.text not in rejected.fields:
                named = ", ".join(rejected.fields) or "no field"
                self._problem(
                    said.place,
                    f"Expected the refusal to name the field {said.text}, but it names {named}",
                    "mend the step or the form",
                )
        if self.instance is None:
            return False
        self._compare(act)
        return True

    def _problem(self, place: Place, message: str, advice: str) -> None:
        self.problems.append(Problem(place, CODE, message, advice, "error", tuple(self.lines)))

    def _tell(self, act: Act, end: str = "") -> None:
        self.lines.append(diary(self.definition, act, self.now, self.instance, self.events, end))

    # --- steps

    def _act(self, act: Act) -> None:
        self.acted |= {who.text for who in (act.actor, act.to, act.behalf) if who is not None}
        if act.verb == START:
            self._start(act)
        elif act.verb in ("wait", "until"):
            self._pass(act)
        else:
            self._do(act)
        self._let_fire(lambda case: next_before(case, self.now))

    def _start(self, act: Act) -> None:
        assert act.actor is not None
        if act.at is not None:
            self.now = self._instant(act.at)
        local = self.definition.calendar.local_time(self.now)
        command = commands.Start(
            at=self.now,
            actor=self.cast.actor(act.actor.text, self.now),
            instance=VIA,
            reference=f"{self.definition.reference or self.definition.key.upper()}-{local.year}-00001",
            values=act.values or {},
            received_at=self._instant(act.received) if act.received is not None else None,
        )
        self._step(command, None)

    def _do(self, act: Act) -> None:
        if act.at is not None:
            at = self._later(act.at)
            self._let_fire(lambda case: next_before(case, at))
            self.now = at
        assert self.instance is not None
        if act.verb == "child":
            self._step(children.end(self.instance, act, self.now), None)
        else:
            command, asked = ask(self.definition, self.instance, self.cast, act, self.now)
            self._step(command, asked)

    def _pass(self, act: Act) -> None:
        until = self.now
        if act.length is not None:
            try:
                until = self.definition.calendar.add(self.now, act.length)
            except Stuck as stuck:
                raise Halt(
                    f"Expected to wait {act.length}, but {stuck.message}",
                    "wait for less, or mend the calendar",
                ) from None
        elif act.at is not None:
            until = self._later(act.at)
        self._let_fire(lambda case: next_by(case, until))
        self.now = until

    # --- the clock

    def _instant(self, at: datetime) -> datetime:
        return instant_in(self.definition.calendar, at)

    def _later(self, at: datetime) -> datetime:
        """An instant that a step names. Raises Halt when it has passed."""
        later = self._instant(at)
        if later < self.now:
            here = self.definition.calendar.local_time(self.now).strftime("%Y-%m-%d %H:%M")
            raise Halt(f"Expected a time after {here}, but this lies before it", "name a later time")
        return later

    def _let_fire(self, next_one: Callable[[Instance], Timer | None]) -> None:
        """Fire one timer after the other, each at its own time, those that firing sets among them."""
        for _ in range(MOST_FIRINGS):
            timer = next_one(self.instance) if self.instance is not None else None
            if timer is None:
                return
            self.now = max(self.now, timer.due_at)
            self._step(commands.FireTimer(at=self.now, actor=NOBODY, timer=timer.id, due_at=timer.due_at), None)
        raise Halt(
            f"Expected the timers to come to rest, but more than {MOST_FIRINGS} fire",
            "wait for less, or give the timer a longer `repeat`",
        )

    # --- the one way in

    def _roll(self, role: str) -> frozenset[str]:
        return self.cast.roll(role, self.acted)

    def _step(self, command: Command, asked: Key | None) -> None:
        if not self.patience():
            self.watch.forget()
            raise Halt("Expected the scenarios to be run in time, but they take too long", "let less time pass in them")
        done = step(self.definition, self.instance, command, self.roster)
        if done.stuck is not None:
            self.watch.forget()
            where = f" ({done.stuck.place})" if done.stuck.place is not None else ""
            raise Halt(
                f"Expected the process to go on, but it is stuck: {done.stuck.message}{where}",
                "mend the process, or give what it lacks",
            )
        self.instance = done.instance
        self.events += done.events
        self.watch.keep(done.instance, done.events, asked)
        for effect in done.effects:
            if isinstance(effect, StartCase):
                self._step(self.nursery.begin(effect, self.now), None)


def failures(told: Sequence[Told]) -> list[Problem]:
    """Every problem of these scenarios, in the order of the file."""
    return [problem for one in told for problem in one.problems]
