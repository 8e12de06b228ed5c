"""What happens by itself when time has passed."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.core import commands as c
from engine.core.actors import SYSTEM
from engine.core.timers import next_before, next_by
from engine.errors import Rejected
from tests.builders import ANN, LEA, OLE, Case, define

BODY = """
start: {by: customer, go: open}
variables: {nagged: 0}
states:
  open:
    task: {candidates: [agent], due: 1bd}
    on: {done: end}
    after:
      2bh: {set: {nagged: nagged + 1}}
      3bd: late
  late: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: true}
"""


def test_entering_a_state_sets_its_timers_and_leaving_it_takes_them_away() -> None:
    case = Case(define(BODY)).start()
    local = case.definition.calendar.local_time
    assert [f"{local(timer.due_at):%d %H:%M}" for timer in case.timers] == ["23 12:00", "26 17:00"]
    case.do(ANN, "done")
    assert case.timers == [] and len(case.events("timer-cancelled")) == 2


def test_a_timer_without_go_does_something_and_the_case_stays() -> None:
    case = Case(define(BODY)).start().wait("2bh")
    assert case.states == ("open",) and case.here.variables == {"nagged": 1}
    assert len(case.timers) == 1 and len(case.here.tasks) == 1


def test_a_timer_with_go_moves_the_case_and_withdraws_its_task() -> None:
    case = Case(define(BODY)).start().wait("3bd")
    assert case.states == ("late",) and case.timers == []
    assert len(case.events("task-withdrawn")) == 1


def test_a_timer_fires_once() -> None:
    case = Case(define(BODY)).start()
    timer = case.timers[0]
    case.at("2026-11-23 12:00").fire(timer)
    with pytest.raises(Rejected) as caught:
        case.fire(timer)
    assert caught.value.code == "timer-gone"


def test_a_timer_does_not_fire_before_it_is_due() -> None:
    case = Case(define(BODY)).start()
    with pytest.raises(Rejected) as caught:
        case.at("2026-11-23 11:59").fire(case.timers[0])
    assert caught.value.code == "not-due"


def test_a_timer_that_was_set_anew_is_another_one() -> None:
    case = Case(define(BODY)).start()
    timer = case.timers[0]
    command = c.FireTimer(at=case.timers[1].due_at, actor=SYSTEM, timer=timer.id, due_at=case.timers[1].due_at)
    with pytest.raises(Rejected) as caught:
        case.run(command)
    assert caught.value.code == "timer-gone"


def test_no_person_fires_a_timer() -> None:
    case = Case(define(BODY)).start()
    timer = case.timers[0]
    with pytest.raises(Rejected) as caught:
        case.run(c.FireTimer(at=timer.due_at, actor=LEA, timer=timer.id, due_at=timer.due_at))
    assert caught.value.code == "not-allowed"


def test_the_due_timer_fires_when_the_task_is_due() -> None:
    body = BODY.replace("2bh: {set: {nagged: nagged + 1}}", "due: {set: {nagged: nagged + 1}}")
    case = Case(define(body)).start()
    assert case.timers[0].due_at == case.task().due_at
    assert case.wait("1bd").here.variables == {"nagged": 1}


def test_a_timer_can_depend_on_an_answer_and_on_a_date() -> None:
    body = """
    start: {by: customer, form: order, go: open}
    states:
      open:
        task: {candidates: [agent]}
        on: {done: end}
        after:
          - {time: {by: order.kind, quick: 2bh, else: 1bd}, go: slow}
          - {time: {at: order.until}, go: gone}
      slow: {task: {candidates: [agent]}, on: {done: end}}
      gone: {final: true}
      end: {final: true}
    """
    form = """
    required: [kind, until]
    properties: {kind: {enum: [quick, long]}, until: {type: string, format: date}}
    """
    definition = define(body, {"order": form})
    quick = Case(definition).start(kind="quick", until="2026-12-31")
    assert quick.wait("2bh").states == ("slow",)
    slow = Case(definition).start(kind="long", until="2026-11-24")
    assert slow.wait("1bd").states == ("slow",)  # five o'clock comes before the end of the day
    assert Case(definition).start(kind="long", until="2026-11-23").wait("1bd").states == ("gone",)


def test_a_timer_whose_condition_does_not_hold_does_nothing() -> None:
    body = BODY.replace("2bh: {set: {nagged: nagged + 1}}", "2bh: {when: nagged > 0, go: late}")
    case = Case(define(body)).start().wait("2bh")
    assert case.states == ("open",) and len(case.timers) == 1
    assert case.events("timer-fired")[0]["index"] == 0


def test_a_condition_is_judged_when_the_timer_fires() -> None:
    body = BODY.replace("2bh: {set: {nagged: nagged + 1}}", "2bh: {when: claimed, go: late}")
    assert Case(define(body)).start().wait("2bh").states == ("open",)
    assert Case(define(body)).start().claim(ANN).wait("2bh").states == ("late",)


def test_a_repeated_timer_goes_on_while_the_case_stays() -> None:
    body = BODY.replace("2bh: {set: {nagged: nagged + 1}}", "2bh: {set: {nagged: nagged + 1}, repeat: 2bh}").replace(
        "3bd: late", "9bd: late"
    )
    case = Case(define(body)).start().wait("6bh")
    assert case.here.variables == {"nagged": 3}
    case.do(ANN, "done")
    assert case.timers == []


def test_after_an_outage_a_missed_timer_fires_once_and_a_repeated_one_does_not_catch_up() -> None:
    body = BODY.replace("2bh: {set: {nagged: nagged + 1}}", "2bh: {set: {nagged: nagged + 1}, repeat: 1bh}").replace(
        "3bd: late", "9bd: late"
    )
    case = Case(define(body)).start()
    late = case.timers[0]
    case.at("2026-11-23 16:30").fire(late)
    fired = case.events("timer-fired")[0]
    assert fired["due_at"] == "2026-11-23T11:00:00+00:00" and case.history[-1].at == case.now
    assert case.here.variables == {"nagged": 1}
    assert f"{case.definition.calendar.local_time(case.timers[0].due_at):%H:%M}" == "17:00"


def test_a_repeated_timer_that_moves_the_case_leaves_nothing_behind() -> None:
    body = BODY.replace("2bh: {set: {nagged: nagged + 1}}", "2bh: {go: late, repeat: 1bh}")
    case = Case(define(body)).start().wait("2bh")
    assert case.states == ("late",) and case.timers == []


def test_no_timer_fires_in_a_suspended_case_and_what_fell_due_fires_when_it_goes_on() -> None:
    case = Case(define(BODY)).start()
    timer = case.timers[0]
    case.suspend(LEA).at("2026-11-24 10:00")
    with pytest.raises(Rejected) as caught:
        case.fire(timer)
    assert caught.value.code == "suspended"
    assert case.resume(LEA).fire(timer).here.variables == {"nagged": 1}


def test_moving_back_into_the_same_state_begins_its_times_anew() -> None:
    body = BODY.replace("on: {done: end}\n    after", "on: {again: open, done: end}\n    after")
    case = Case(define(body)).start()
    case.at("2026-11-23 11:00").do(ANN, "again")
    local = case.definition.calendar.local_time
    assert [f"{local(timer.due_at):%d %H:%M}" for timer in case.timers] == ["23 13:00", "26 17:00"]


def test_two_timers_of_one_instant_fire_in_the_order_in_which_they_stand() -> None:
    body = BODY.replace("3bd: late", "120bm: {set: {nagged: nagged * 10}}")
    case = Case(define(body)).start()
    assert case.timers[0].due_at == case.timers[1].due_at
    assert case.wait("2bh").here.variables == {"nagged": 10}


def test_what_is_due_in_the_instant_of_a_step_fires_after_it_and_what_is_due_before_that_fires_first() -> None:
    case = Case(define(BODY)).start()
    timer = case.timers[0]
    assert next_before(case.here, timer.due_at) is None and next_by(case.here, timer.due_at) == timer
    assert next_before(case.here, timer.due_at + datetime.resolution) == timer
    assert next_by(case.here, timer.due_at - datetime.resolution) is None


def test_the_timer_that_was_set_first_is_next_among_those_of_one_instant_however_many_there_are() -> None:
    after = "".join(f"      {minutes}bm: {{set: {{nagged: 1}}}}\n" for minutes in range(121, 132))
    case = Case(define(BODY.replace("      3bd: late\n", after))).start()
    numbers = []
    while (timer := next_by(case.at("2026-11-23 17:00").here, case.now)) is not None:
        numbers.append(int(timer.id.rpartition(".")[2]))
        case.fire(timer)
    assert len(numbers) == 12 and numbers == sorted(numbers)


def test_nothing_is_next_in_a_case_that_is_suspended() -> None:
    case = Case(define(BODY)).start().suspend(LEA)
    assert case.timers and next_by(case.here, case.timers[-1].due_at) is None


def test_an_ended_case_has_no_timers() -> None:
    case = Case(define(BODY)).start().cancel(OLE)
    assert case.timers == [] and case.here.status == "cancelled"
