"""Promised times at their edges: nothing to promise, no time left, everything at once, and rungs that fail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.core import arming
from engine.core import commands as c
from engine.core.promised import Clock
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, LEA, OLE, PROCESS, Case, define, files

ORDER = "properties: {severity: {enum: [high, low, nothing], title: Severity}}\n"
FORMS = {"order-weight": ORDER, "order-count": "required: [parts]\nproperties: {parts: {type: integer}}\n"}

PROMISE = """
start: {by: customer, go: open}
variables: {parts: 1, share: 0}
clocks:
  answer:
    target: {by: weight.severity, high: 1bd, low: 5bd, nothing: none, not-yet-known: 2bd}
    pauses-in: waiting
    stops-on: [state end, milestone told]
    escalate:
      50%: {set: {share: 1 / parts}}
      100%: {notify: lead}
      200%: {notify: owner, repeat: 1bd}
tasks:
  explain:
    candidates: [agent]
    due: 4bh
    escalate: {100%: {set: {share: 1 / parts}, notify: lead}}
    on: {explained: {milestone: explained}}
states:
  open:
    task: {candidates: [agent], form: order-weight}
    on: {weigh: open, ask: {form: none, go: waiting}, done: {form: none, go: end}}
  waiting: {wait-for: {reply: open}}
  end: {final: {outcome: end, reopen: {by: agent, go: open}}}
on:
  count: {by: agent, form: order-count, set: {parts: count.parts}}
  explain: {by: agent, open: explain}
  tell: {by: agent, milestone: told}
"""
DEFINITION = define(PROMISE, FORMS)


def begun() -> Case:
    return Case(DEFINITION).start()


def clock(case: Case) -> Clock:
    return case.here.clocks["answer"]


def due(case: Case) -> str:
    at = clock(case).due_at
    return f"{case.definition.calendar.local_time(at):%Y-%m-%d %H:%M}" if at is not None else ""


def rungs(case: Case) -> list[str]:
    """The rungs of the clock that have fired, oldest first; those that failed with a question mark."""
    fired = [e.body for e in case.history if e.type == "timer-fired" and e.body.get("word") == arming.CLOCK]
    return [body["rung"] + "?" * bool(body.get("failed")) for body in fired]


def small(target: str, rungs: str = "100%: {notify: lead}", start: str = "open") -> str:
    return f"""
start: {{by: customer, go: {start}}}
variables: {{n: 0}}
clocks: {{answer: {{target: {target}, stops-on: state end, escalate: {{{rungs}}}}}}}
states:
  open: {{task: {{candidates: [agent]}}, on: {{done: end}}}}
  end: {{final: true}}
on: {{mend: {{by: agent, set: {{n: 1}}}}}}
"""


# --- a calendar that ends

FAIR = """
calendar: office
title: Trade fair
zone: Europe/Berlin
hours: {}
special-days: {2026-11-23: "09:00-17:00", 2026-11-24: "09:00-17:00"}
"""


def at_the_fair(body: str) -> Case:
    """A case of an office that closes for good."""
    found = examine(Catalog({**files(body), "processes/calendars/office.yaml": FAIR}), PROCESS)
    assert found.definition is not None, "\n".join(map(str, found.errors))
    return Case(found.definition).start()


def test_a_target_that_runs_past_the_calendar_is_an_incident_and_the_case_keeps_its_form() -> None:
    case = at_the_fair(small("30bd"))
    (incident,) = case.here.incidents.values()
    assert "no business day" in incident.message and incident.place.startswith(PROCESS)
    assert case.states == ("start",) and case.here.reference == "ORD-2026-00001" and case.here.clocks == {}
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "still-stuck"
    case.run(c.Comment(at=case.now, actor=LEA, text="The fair is over."))
    assert case.cancel(OLE).here.status == "cancelled"


def test_a_clock_that_could_not_begin_with_the_case_begins_when_the_case_does() -> None:
    case = Case(define(small("1bd", start="[{when: 1 / n > 0, go: open}, {else: open}]"))).start()
    assert clock(case).live  # a promise does not wait until we have mended our process
    again = Case(case.definition).start()
    assert again.instance is not None
    object.__setattr__(again.instance, "clocks", {})
    object.__setattr__(again.instance, "timers", {})
    object.__setattr__(again.instance, "variables", {"n": 1})
    again.at("2026-11-23 12:00").resolve(LEA, "retry")
    assert again.states == ("open",) and clock(again).started_at == again.here.received_at


def test_a_share_that_lies_behind_the_last_opening_is_never_reached_and_holds_nothing_up() -> None:
    case = at_the_fair(small("1bd", "100%: {notify: {to: lead, urgent: true}}, 900%: {notify: owner}"))
    case.wait("10d")
    assert rungs(case) == ["100%"] and clock(case).missed is not None and case.timers == []
    assert case.do(ANN, "done").here.status == "completed"


# --- nothing to promise


@pytest.mark.parametrize("nothing", ["0m", "0bh", "0d"])
def test_a_promise_of_no_time_is_missed_by_whoever_comes_later_and_kept_at_once(nothing: str) -> None:
    definition = define(small(nothing, "50%: {notify: lead}, 100%: {notify: lead}, 200%: {notify: owner}"))
    case = Case(definition).start()
    assert clock(case).due_at == case.now
    assert Case(definition).start().do(ANN, "done").here.clocks["answer"].missed is None
    case.wait("1m")
    assert rungs(case) == ["50%", "100%", "200%"] and clock(case).missed == clock(case).started_at


def test_no_working_day_is_the_close_of_the_same_day() -> None:
    case = Case(define(small("0bd"))).start()
    assert due(case) == "2026-11-23 17:00"


def test_an_answer_that_promises_nothing_silences_the_escalation_until_another_answer_comes() -> None:
    case = begun().wait("5bd")
    said = len([e for e in case.history if e.type == "notified"])
    case.do(ANN, "weigh", severity="nothing").wait("5bd")
    assert len([e for e in case.history if e.type == "notified"]) == said and case.timers == []
    assert clock(case).status == "running" and clock(case).due_at is None and clock(case).missed is not None
    case.do(ANN, "weigh", severity="high").wait("1bd")
    assert len([e for e in case.history if e.type == "notified"]) == said + 1


# --- everything at once


def test_an_answer_that_changes_many_times_counts_from_the_beginning_each_time() -> None:
    case = begun().at("2026-11-23 12:00")
    for answer, expected in [("low", "2026-11-30 17:00"), ("high", "2026-11-24 17:00"), ("nothing", "")] * 5:
        case.do(ANN, "weigh", severity=answer)
        assert due(case) == expected
    told = [e.body["changes"]["target"] for e in case.history if e.type == "clock-retargeted"]
    assert len(told) == 15 and told[0] == ["2bd", "5bd"] and clock(case).missed is None


def test_a_message_that_both_restarts_and_stops_a_promise_stops_it_and_begins_no_other() -> None:
    body = """
    customer: {email: intake.email}
    start: {by: customer, form: order-intake, go: open}
    clocks: {silence: {target: 1bd, restarts-on: sent, stops-on: sent order-answer}}
    states:
      open:
        task: {candidates: [agent]}
        on: {ask: {send: order-question, go: open}, answer: {send: order-answer, go: end}}
      end: {final: true}
    """
    forms = {"order-intake": "properties: {email: {type: string, format: email, title: E-mail}}\n"}
    texts = {"order-question": "Why | Why?", "order-answer": "So | So."}
    case = Case(define(body, forms, texts)).start(email="cleo@example.org")
    case.do(ANN, "ask").do(ANN, "answer")
    silence = case.here.clocks["silence"]
    assert (silence.run, silence.status) == (2, "stopped")
    assert [e.type for e in case.history if e.type.startswith("clock-")] == [
        "clock-started", "clock-stopped", "clock-started", "clock-stopped"
    ]  # fmt: skip


def test_the_same_answer_again_is_no_change() -> None:
    case = begun().do(ANN, "weigh", severity="low").do(ANN, "weigh", severity="low")
    assert case.events("clock-retargeted") == []


def test_a_pause_that_ends_in_the_instant_in_which_it_begins_moves_nothing() -> None:
    case = begun().at("2026-11-23 12:00")
    before = due(case)
    for _ in range(10):
        case.do(ANN, "ask").message("reply")
    assert due(case) == before and clock(case).status == "running" and len(clock(case).pauses) == 10


def test_a_clock_set_back_in_a_pause_moves_nothing() -> None:
    case = begun().at("2026-11-23 15:00")
    before = due(case)
    case.do(ANN, "ask").at("2026-11-23 11:00").message("reply")
    assert due(case) == before


def test_a_case_cannot_have_been_received_in_the_future() -> None:
    case = Case(DEFINITION)
    later = DEFINITION.calendar.localise(case.now.replace(tzinfo=None, hour=23))
    with pytest.raises(Rejected) as caught:
        case.run(
            c.Start(
                at=case.now, actor=CUSTOMER, instance="case", reference="ORD-2026-00001", values={}, received_at=later
            )
        )
    assert caught.value.code == "received-later"


def test_a_case_received_years_ago_is_late_at_once_and_says_so_once() -> None:
    case = Case(DEFINITION)
    long_ago = case.now.replace(year=1996)
    start = c.Start(
        at=case.now, actor=CUSTOMER, instance="case", reference="ORD-2026-00001", values={}, received_at=long_ago
    )
    case.run(start)
    case.wait("0m")
    assert rungs(case) == ["50%", "100%", "200%"]
    assert clock(case).missed is not None and clock(case).missed.year == 1996  # type: ignore[union-attr]
    (timer,) = case.timers
    assert timer.due_at > case.now


def test_a_repeating_rung_fires_once_after_a_year_and_goes_on() -> None:
    case = begun().at("2027-11-23 10:00").wait("0m")
    assert rungs(case) == ["50%", "100%", "200%"]
    case.at("2028-11-23 10:00").wait("0m")
    assert rungs(case) == ["50%", "100%", "200%", "200%"]
    case.wait("7h")
    assert rungs(case)[3:] == ["200%", "200%"] and case.timers[0].due_at > case.now


def test_a_repetition_by_the_minute_begins_its_rhythm_anew_after_years() -> None:
    case = Case(define(small("1bd", "100%: {notify: lead, repeat: 1m}"))).start().at("2036-11-23 10:00")
    case.fire(case.timers[0])
    assert case.timers[0].due_at == case.now + timedelta(minutes=1)


# --- rungs that fail


def test_a_rung_that_fails_is_one_incident_and_the_next_ones_fire() -> None:
    case = begun().trigger(ANN, "count", parts=0).wait("6bd")
    assert rungs(case)[:3] == ["50%?", "100%", "200%"] and len(case.here.incidents) == 1
    case.trigger(ANN, "count", parts=2).resolve(LEA, "retry")
    assert case.here.variables["share"] == "0.5" and case.here.incidents == {}
    assert rungs(case).count("50%") == 1


def test_a_rung_that_fails_at_the_deadline_has_missed_it() -> None:
    case = Case(define(small("1bd", "100%: {set: {n: 1 / n}}"))).start().wait("2bd")
    assert rungs(case) == ["100%?"] and clock(case).missed == clock(case).due_at
    case.trigger(ANN, "mend").resolve(LEA, "retry")
    assert [e.type for e in case.history].count("clock-breached") == 1 and rungs(case) == ["100%?", "100%"]


def test_a_rung_whose_promise_has_been_kept_since_is_not_tried_again() -> None:
    case = begun().trigger(ANN, "count", parts=0).wait("1bd").trigger(ANN, "tell")
    assert clock(case).status == "stopped" and len(case.here.incidents) == 1
    case.trigger(ANN, "count", parts=1)
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "not-now"
    case.resolve(LEA, "dismiss")
    assert case.here.incidents == {}


def test_a_failed_rung_of_an_earlier_run_does_nothing_to_the_one_that_is_on() -> None:
    body = small("1bd", "100%: {set: {n: 1 / n}}").replace(
        "stops-on: state end", "stops-on: state end, restarts-on: milestone again"
    )
    case = Case(define(body.replace("on: {mend: {by: agent, ", "on: {mend: {by: agent, milestone: again, "))).start()
    case.wait("2bd").trigger(ANN, "mend")
    assert clock(case).run == 2 and clock(case).missed is None
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "not-now" and clock(case).missed is None


def test_a_failed_rung_of_a_side_task_is_tried_again_only_while_that_task_is_open() -> None:
    case = begun().trigger(ANN, "explain").trigger(ANN, "count", parts=0).wait("5bh")
    assert [i.state for i in case.here.incidents.values()] == ["explain"]
    case.trigger(ANN, "count", parts=1).do(BEN, "explained", "explain").at("2026-11-23 16:00").trigger(ANN, "explain")
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "not-now"


def test_a_repeating_rung_that_failed_rests_and_is_there_once_after_its_retry() -> None:
    case = Case(define(PROMISE.replace("{notify: owner, repeat", "{set: {share: 1 / parts}, repeat"), FORMS)).start()
    case.trigger(ANN, "count", parts=0).wait("6bd")
    assert rungs(case) == ["50%?", "100%", "200%?"] and case.timers == []
    case.trigger(ANN, "count", parts=1).do(ANN, "ask").wait("1bd").message("reply")
    case.resolve(LEA, "retry").resolve(LEA, "retry")
    assert len([t for t in case.timers if t.word == arming.CLOCK]) == 1


def test_a_rung_in_a_case_that_got_stuck_at_its_beginning_is_an_incident_and_fires_with_its_retry() -> None:
    case = Case(define(small("1bd", start="[{when: 1 / n > 0, go: open}, {else: open}]"))).start().wait("2bd")
    assert len(case.here.incidents) == 2 and clock(case).missed is not None and case.timers == []
    assert case.instance is not None
    object.__setattr__(case.instance, "variables", {"n": 1})
    case.resolve(LEA, "retry").resolve(LEA, "retry")
    assert case.states == ("open",) and [e["to"] for e in case.events("notified")] == ["role:lead"]


def test_a_repeating_rung_that_is_not_meant_for_this_state_waits_for_the_next_time() -> None:
    body = small("1bd", "100%: {from: late, notify: lead, repeat: 1bd}").replace(
        "on: {done: end}}", "on: {done: end, wait: late}}\n  late: {task: {candidates: [agent]}, on: {done: end}}"
    )
    case = Case(define(body)).start().wait("2bd")
    assert [e for e in case.history if e.type == "notified"] == []
    case.do(ANN, "wait").wait("1bd")
    assert len([e for e in case.history if e.type == "notified"]) == 1


# --- whole cases


def test_a_rung_moves_the_whole_case_out_of_its_branches() -> None:
    body = """
    start: {by: customer, go: both}
    clocks: {answer: {target: 1bd, stops-on: state end, escalate: {100%: {go: late}}}}
    states:
      both: {parallel: {branches: {left: one, right: rows}, go: end}}
      one:
        task: {candidates: [agent], due: 1bh, escalate: {900%: {notify: lead}}}
        on: {done: join}
        after: {5bd: join}
      rows: {task: {candidates: [agent]}, on: {done: join, more: deeper}}
      deeper: {wait-for: {reply: join}}
      late: {task: {candidates: [lead]}, on: {done: end}}
      end: {final: true}
    """
    case = Case(define(body)).start().do(ANN, "more", "rows").wait("1bd")
    assert case.states == ("late",) and list(case.here.tokens) == ["0"]
    assert [t.state for t in case.here.tasks.values()] == ["late"] and case.here.waits == ()
    assert [t for t in case.timers if t.word != arming.CLOCK] == []
    ended = [e.body for e in case.history if e.type == "branch-ended"]
    assert [body["how"] for body in ended] == ["cancelled", "cancelled"]


def test_a_suspended_case_s_promises_run_on_and_what_fell_due_fires_once_it_is_resumed() -> None:
    case = begun().suspend(LEA)
    assert clock(case).status == "running"
    case.at("2026-11-27 10:00")
    with pytest.raises(Rejected) as caught:
        case.fire(case.timers[0])
    assert caught.value.code == "suspended"
    case.resume(LEA).wait("0m")
    assert rungs(case) == ["50%", "100%"] and clock(case).missed == clock(case).due_at


def test_a_case_cancelled_while_it_is_suspended_tells_what_it_missed() -> None:
    case = begun().suspend(LEA).at("2026-11-27 10:00").cancel(OLE)
    assert clock(case).status == "cancelled" and clock(case).missed is not None and case.timers == []
