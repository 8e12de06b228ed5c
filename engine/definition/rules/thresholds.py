"""Every rung of an escalation can be reached.

Owns `threshold-never-fires` (that a task without `due` has no rungs is seen by `escalate` itself).
"""

from __future__ import annotations

from engine.definition.moves import HARD_STOP, Rung
from engine.definition.plans import ClockPlan
from engine.definition.rules import behind
from engine.definition.rules.clock_runs import ClockRun, Heard, Node
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Got, Report, Said
from engine.definition.sources import SourceMove, SourceState
from engine.keywords.escalate import percent

Written = tuple[tuple[Said, SourceMove], ...]


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    for said, got in sight.outline.head.get("clocks", ()):
        plan = sight.bound.clocks.get(said.text)
        written: Written = got.get("escalate", ())
        if plan is not None and not _promises_nothing(plan, said, got, report):
            run = sight.walks.clocks.of(plan)
            if run is not None and run.begins and run.stops and not _never_at_all(run, said, written, report):
                _rungs(sight, plan, run, written, report)
    for state in sight.outline.states.values():
        if state.work is not None:
            _of_task(sight, state, state.work.get("escalate", ()), report)


def _promises_nothing(plan: ClockPlan, said: Said, got: Got, report: Report) -> bool:
    """Whether the clock has no target whatever the answer, and no hard stop either."""
    if plan.target.lengths():
        return False
    report.problem(
        got.places["target"],
        "threshold-never-fires",
        f"Expected the clock '{said.text}' to promise something, but its target is `none` for every answer",
        "give one of the answers a duration, or remove the clock",
    )
    return True


def _never_at_all(run: ClockRun, said: Said, written: Written, report: Report) -> bool:
    """Whether none of the rungs can be reached, for a reason that all of them share; told once, at the first."""
    if not run.running:
        report.problem(
            written[0][0].place if written else said.place,
            "threshold-never-fires",
            f"Expected some time to pass while the clock '{said.text}' runs, but on every way it stops in the very "
            "step in which it begins, or the case ends",
            "let it stop on something that happens later",
        )
        return True
    shares = [rung for rung, _ in written if percent(rung.text) != HARD_STOP]
    if shares and not run.ticking:
        report.problem(
            shares[0].place,
            "threshold-never-fires",
            f"Expected the clock '{said.text}' to come to {shares[0].text}, but it stands still in every state that "
            f"the case can be in by then: {listed(run.running)}",
            "let it run in one of these",
            run.way_to(next(iter(run.running.values()))),
        )
        return True
    return False


# --- one rung of a clock


def _rungs(sight: Sight, plan: ClockPlan, run: ClockRun, written: Written, report: Report) -> None:
    ends = [rung for rung in plan.rungs if rung.move is not None and _ends(sight, run, rung)]
    for said, way in written:
        rung = plan.rung(percent(said.text))
        here = run.running if rung.percent == HARD_STOP else run.ticking
        sources: tuple[Said, ...] = way.words.get("from", ())
        named = {one.text for one in sources}
        if named and not any(sight.outline.stands_in(place, named) for place in here):
            report.problem(
                sources[0].place,
                "threshold-never-fires",
                f"Expected a state in which {said.text} of the clock '{plan.name}' can be reached, but it "
                f"is never running in {listed(one.text for one in sources)}",
                f"name states in which it runs, such as {listed(here, 3)}",
            )
            continue
        earlier = next((one for one in ends if one is not rung and behind.surely(plan, one, rung, sight.bound)), None)
        if earlier is not None:
            report.problem(
                said.place,
                "threshold-never-fires",
                f"Expected the clock '{plan.name}' to come to {said.text}, but at {earlier.name} the case always goes "
                "where it no longer runs",
                f"put it before {earlier.name}, or give that one a `when`",
            )


def _ends(sight: Sight, run: ClockRun, rung: Rung) -> bool:
    """Whether a rung always moves the case to where this run of the clock is over."""
    move = rung.move
    if move is None or not all(branch.go for branch in move.branches):
        return False
    here = run.running if rung.percent == HARD_STOP else run.ticking
    states = sight.outline.states
    if sight.walks.happening.held_back and any(states[branch.go].ending is not None for branch in move.branches):
        return False
    steps = [
        step
        for step in sight.walks.happening.all()
        if step.move.trigger == move.trigger and step.move.kind == "clock" and step.how != "stays"
    ]
    reached = {step.source for step in steps}
    if not all(sight.outline.stands_in(place, reached) for place in here):
        return False
    after = (Node(step.target, runs) for step in steps for runs in run.after(frozenset({True}), step, False, Heard()))
    return not run.goes_on(after)


# --- the rungs of a task


def _of_task(sight: Sight, state: SourceState, written: Written, report: Report) -> None:
    """Once a rung has surely moved the case on, the task is gone."""
    ordered = sorted(written, key=lambda entry: percent(entry[0].text))
    leaving = next((said for said, way in ordered if _leaves(sight, way)), None)
    for said, _ in ordered:
        if leaving is not None and percent(said.text) > percent(leaving.text):
            report.problem(
                said.place,
                "threshold-never-fires",
                f"Expected the task in '{state.id.text}' to be open at {said.text}, but at {leaving.text} the case "
                "always leaves the state",
                f"put it before {leaving.text}, or give that one a `when`",
            )


def _leaves(sight: Sight, way: SourceMove) -> bool:
    """Whether the case surely moves; a way into a final state may be held back."""
    ends = (sight.outline.meant(target) for target in way.targets)
    held = sight.walks.happening.held_back and any(end and sight.outline.states[end].ending is not None for end in ends)
    return all(branch.go is not None for branch in way.branches) and not held


RULE = Rule({"threshold-never-fires": "A rung of an escalation that can never be reached."}, _check)
