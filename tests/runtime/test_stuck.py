"""When the process itself fails: the typed work is kept, an incident says where, and it can be tried again or
let go.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.core.commands import Complete, Correlate, ResolveIncident, Trigger
from engine.core.instance import Incident
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import drafts, history, queries
from engine.workers.timers import sweep
from tests.databases import throwaway
from tests.invariants import assert_whole, everything
from tests.runtime.worlds import (
    ANN,
    BROKEN,
    CARLA,
    HEAVY,
    INTAKE,
    LIGHT,
    NOON,
    TOM,
    engine_on,
    form,
    single,
    task_in,
)


def stuck_case(engine: Engine) -> tuple[str, str, Incident]:
    """A case whose triage divides by zero."""
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    result = engine.do(case, Complete(at=NOON, actor=ANN, task=task, outcome="sort", values=BROKEN))
    assert result.stuck == "processes/parcel.yaml:19:34: This divides by zero."
    (incident,) = engine.instance(case).incidents.values()
    return case, task, incident


def resolve(incident: Incident, action: str, **more: object) -> ResolveIncident:
    return ResolveIncident(at=NOON, actor=TOM, incident=incident.id, action=action, reason="Looked at it.", **more)  # type: ignore[arg-type]


def test_a_guard_that_divides_by_zero_keeps_the_typed_work_and_raises_an_incident_with_its_place(
    engine: Engine,
) -> None:
    case, task, incident = stuck_case(engine)
    assert (incident.place, incident.state) == ("processes/parcel.yaml:19:34", "received")
    kept = drafts.load(engine.store, task, "ann")
    assert kept is not None and (kept.values, kept.outcome) == (BROKEN, "sort")
    assert engine.instance(case).states == ("received",)
    assert [row.id for row in queries.incidents(engine.store)] == [incident.id]
    assert_whole(engine.store)


def test_a_retry_with_corrected_values_goes_on_and_says_who_corrected_what(engine: Engine) -> None:
    case, task, incident = stuck_case(engine)
    result = engine.do(case, resolve(incident, "retry", values={**BROKEN, "pieces": 2}))
    assert not result.stuck and engine.instance(case).states == ("heavy",)
    said = {line.event.type: line.event for line in history.read(engine.store, case)}
    assert said["incident-resolved"].actor == "tom"
    assert said["incident-resolved"].body["corrected"] == {"pieces": [0, 2]}
    assert said["task-completed"].actor == "ann"
    assert drafts.load(engine.store, task, "ann") is None
    assert queries.incidents(engine.store) == []
    assert_whole(engine.store)


def test_a_retry_that_fails_again_is_refused_and_leaves_the_incident(engine: Engine) -> None:
    case, _, incident = stuck_case(engine)
    before = everything(engine.store)
    with pytest.raises(Rejected) as refused:
        engine.do(case, resolve(incident, "retry"))
    assert refused.value.code == "still-stuck" and "divides by zero" in refused.value.message
    assert everything(engine.store) == before


def test_a_retry_with_values_that_do_not_fit_says_so_by_field(engine: Engine) -> None:
    case, _, incident = stuck_case(engine)
    with pytest.raises(Rejected) as refused:
        engine.do(case, resolve(incident, "retry", values={"weight": "much", "pieces": 1}))
    assert (refused.value.code, list(refused.value.fields)) == ("invalid-values", ["weight"])


def test_dismissed_the_person_goes_on_from_the_draft(engine: Engine) -> None:
    case, task, incident = stuck_case(engine)
    engine.do(case, resolve(incident, "dismiss"))
    kept = drafts.load(engine.store, task, "ann")
    assert kept is not None
    engine.do(case, Complete(at=NOON, actor=ANN, task=task, outcome="sort", values={**kept.values, "pieces": 1}))
    assert engine.instance(case).states == ("heavy",)
    assert_whole(engine.store)


def test_an_incident_is_resolved_once_and_only_by_who_oversees(engine: Engine) -> None:
    case, _, incident = stuck_case(engine)
    for actor, code in ((ANN, "not-allowed"), (CARLA, "not-allowed")):
        with pytest.raises(Rejected) as refused:
            engine.do(case, ResolveIncident(at=NOON, actor=actor, incident=incident.id, action="retry", reason="x"))
        assert refused.value.code == code
    engine.do(case, resolve(incident, "dismiss"))
    with pytest.raises(Rejected) as refused:
        engine.do(case, resolve(incident, "retry"))
    assert refused.value.code == "no-such-incident"


def test_the_least_of_nothing_is_an_incident_and_not_a_crash(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    engine.do(case, Complete(at=NOON, actor=ANN, task=task, outcome="sort", values=LIGHT))
    packed = task_in(engine, case, "packed")
    typed = {"lines": [{"item": "vase", "qty": -1}], "box": "brown"}
    result = engine.do(case, Complete(at=NOON, actor=ANN, task=packed, outcome="done", values=typed))
    assert result.stuck.startswith("processes/parcel.yaml:37:20: There is no smallest value")
    kept = drafts.load(engine.store, packed, "ann")
    assert kept is not None and kept.values == typed
    assert_whole(engine.store)


def test_a_message_that_gets_stuck_is_kept_and_can_be_retried() -> None:
    body = """
start: {by: [agent], go: a}
states:
  a:
    task: {candidates: [agent]}
    on: {done: b}
    wait-for: {counted: {form: small-count, go: [{when: 10 / count.number > 2, go: b}, {else: a}]}}
  b: {final: b}
"""
    files = single(body, forms={"forms/small-count.yaml": form("small-count", "number", number="type: integer")})
    engine = engine_on(throwaway(), files, clock=VirtualClock(NOON), process="small")
    case = engine.start("small", ANN, {}).instance
    assert engine.do(case, Correlate(at=NOON, actor=ANN, message="counted", values={"number": 0})).stuck
    (incident,) = engine.instance(case).incidents.values()
    engine.do(case, resolve(incident, "retry", values={"number": 1}))
    assert engine.instance(case).outcome == "b"
    assert_whole(engine.store)


STARTING = """
start: {form: small-count, by: [agent], go: a}
variables: {share: 0.0}
states:
  a:
    set: {share: 10 / count.number}
    task: {title: "Share of {count.number}", candidates: [agent]}
    on: {done: b}
    after: {1h: b}
  b: {final: b}
"""


def test_a_case_that_gets_stuck_at_its_beginning_stands_at_the_beginning_and_can_begin_again() -> None:
    files = single(STARTING, forms={"forms/small-count.yaml": form("small-count", "number", number="type: integer")})
    engine = engine_on(throwaway(), files, clock=VirtualClock(NOON), process="small")
    result = engine.start("small", ANN, {"number": 0}, key="once")
    assert "divides by zero" in result.stuck
    found = engine.instance(result.instance)
    assert (found.states, found.tasks, found.timers) == (("start",), {}, {})
    assert engine.start("small", ANN, {"number": 0}, key="once").instance == result.instance
    assert_whole(engine.store)
    (incident,) = found.incidents.values()
    with pytest.raises(Rejected) as refused:
        engine.do(result.instance, resolve(incident, "retry"))
    assert refused.value.code == "still-stuck"
    engine.do(result.instance, resolve(incident, "retry", values={"number": 4}))
    found = engine.instance(result.instance)
    assert (found.states, found.data["count"]["number"], len(found.tasks)) == (("a",), 4, 1)
    assert_whole(engine.store)


TIMED = """
start: {by: [agent], form: small-count, go: a}
states:
  a:
    task: {candidates: [agent], form: small-again}
    on: {done: b, again: {go: a, form: small-count}}
    after: {1h: [{when: 10 / count.number > 2, go: b}, {else: a}]}
  b: {final: b}
"""


def timed() -> Engine:
    forms = {
        "forms/small-count.yaml": form("small-count", "number", number="type: integer"),
        "forms/small-again.yaml": form("small-again", "text", text="type: string"),
    }
    return engine_on(throwaway(), single(TIMED, forms=forms), clock=VirtualClock(NOON), process="small")


def test_a_stuck_timer_becomes_an_incident_and_the_sweep_goes_on() -> None:
    engine = timed()
    cases = [engine.start("small", ANN, {"number": number}).instance for number in (0, 1, 0, 1)]
    swept = sweep(engine, NOON + timedelta(hours=1))
    assert (swept.fired, swept.incidents, swept.failed) == (4, 2, {})
    assert [engine.instance(case).outcome for case in cases] == ["", "b", "", "b"]
    assert sweep(engine, NOON + timedelta(hours=2)).fired == 0
    assert_whole(engine.store)


def test_a_stuck_timer_is_fired_by_its_retry_unless_the_case_has_moved_on() -> None:
    engine = timed()
    case = engine.start("small", ANN, {"number": 0}).instance
    sweep(engine, NOON + timedelta(hours=1))
    (incident,) = engine.instance(case).incidents.values()
    later = NOON + timedelta(hours=1)
    with pytest.raises(Rejected) as refused:
        engine.do(case, resolve(incident, "retry", values={"number": 1}))
    assert refused.value.code == "invalid-values"
    again = Complete(at=later, actor=ANN, task=task_in(engine, case, "a"), outcome="again", values={"number": 1})
    engine.do(case, again)
    with pytest.raises(
        Rejected
    ) as refused:  # in the same state, but not the same stay: that one has a timer of its own
        engine.do(case, resolve(incident, "retry"))
    assert refused.value.code == "not-now"
    engine.do(case, resolve(incident, "dismiss"))
    assert sweep(engine, later + timedelta(hours=1)).fired == 1
    assert engine.instance(case).outcome == "b"
    assert_whole(engine.store)


def test_a_form_that_is_refused_is_kept_as_a_draft_with_each_field_told(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    typed = {"weight": "heavy", "note": "a long story", "colour": "red"}
    before = everything(engine.store, but=["draft"])
    with pytest.raises(Rejected) as refused:
        engine.do(case, Complete(at=NOON, actor=ANN, task=task, outcome="sort", values=typed))
    assert sorted(refused.value.fields) == ["colour", "pieces", "weight"]
    kept = drafts.load(engine.store, task, "ann")
    assert kept is not None and kept.values == typed
    assert everything(engine.store, but=["draft"]) == before


@pytest.mark.parametrize("outcome", ["sort", "sorted", "spam"])
def test_whatever_refuses_a_completion_what_was_typed_is_kept(engine: Engine, outcome: str) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    actor = TOM if outcome == "sort" else ANN
    with pytest.raises(Rejected):
        engine.do(case, Complete(at=NOON, actor=actor, task=task, outcome=outcome, values=HEAVY))
    kept = drafts.load(engine.store, task, actor.id)
    assert kept is not None and kept.values == HEAVY


def test_nothing_is_kept_for_a_task_that_never_was(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    before = everything(engine.store)
    with pytest.raises(Rejected):
        engine.do(case, Complete(at=NOON, actor=ANN, task=f"{case}.99", outcome="sort", values=HEAVY))
    assert everything(engine.store) == before


def test_a_case_that_has_ended_takes_its_incident_along_only_to_be_dismissed(engine: Engine) -> None:
    case, _, incident = stuck_case(engine)
    engine.do(case, Trigger(at=NOON, actor=ANN, name="withdraw", values={"reason": "not needed"}))
    with pytest.raises(Rejected) as refused:
        engine.do(case, resolve(incident, "retry", values=LIGHT))
    assert refused.value.code == "ended"
    engine.do(case, resolve(incident, "dismiss"))
    assert queries.incidents(engine.store) == []
    assert_whole(engine.store)
