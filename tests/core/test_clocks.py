"""What the promised times of a case do: begin, pause, breach, stop, begin anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.core import commands as c
from engine.core.actors import SYSTEM, Actor
from engine.core.clock_explanations import explain
from engine.core.promised import Clock
from engine.core.roster import Roster
from engine.core.step import step
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, LEA, OLE, Case, define, files, problems_of, reread

FORMS = {
    "order-intake": "properties: {email: {type: string, format: email, title: E-mail}}\n",
    "order-weight": "properties: {severity: {enum: [high, low], title: Severity}}\nrequired: [severity]\n",
    "order-why": "properties: {why: {type: string, title: Why}}\n",
}
MESSAGES = {"order-received": "Received | We have it.", "order-answer": "Answer | Here it is."}
BODY = """
customer: {email: intake.email}
start: {by: [customer, agent], form: order-intake, go: received}
people: {handler: [working]}
clocks:
  acknowledgement: {target: 2bh, stops-on: milestone acknowledged}
  answer:
    target: {by: weight.severity, high: 1bd, low: 5bd, not-yet-known: 2bd}
    hard-stop: 10d
    pauses-in: waiting
    stops-on: sent order-answer
    escalate:
      75%: {notify: assignee}
      100%: {notify: [assignee, lead], open: explain, priority: high}
      150%: {reassign: lead}
      200%: {notify: {to: owner, urgent: true}, repeat: 1bd}
      hard-stop: {go: late}
  first-response: {target: 8bh, stops-on: sent by a person}
  response: {target: 1bd, starts-on: received customer-wrote, stops-on: sent by a person}
  silence: {target: 3bd, restarts-on: sent, stops-on: sent order-answer}
tasks:
  explain:
    title: Explain {reference}
    candidates: [agent]
    form: order-why
    due: 4bh
    escalate: {100%: {notify: lead}}
    on: {explained: {milestone: explained}, give-up: {go: late}}
states:
  received:
    send: order-received
    task: {candidates: [agent], form: order-weight}
    on: {weigh: working}
  working:
    task: {candidates: [agent], form: order-weight, due: 2bd, escalate: {50%: {notify: handler}, 100%: {notify: lead}}}
    on:
      ask: {form: none, go: waiting}
      weigh: working
      answer: {form: none, send: order-answer, go: done}
      acknowledge: {form: none, milestone: acknowledged, go: working}
  waiting: {wait-for: {customer-replied: working}}
  late: {task: {candidates: [agent]}, on: {answer: {send: order-answer, go: done}, end: dropped}}
  done: {final: {outcome: done, reopen: {by: agent, go: working}}}
  dropped: {final: {outcome: dropped, reopen: {by: agent, go: working}}}
wait-for:
  customer-wrote: {from: [received, working, late], form: order-why}
"""
DEFINITION = define(BODY, FORMS, MESSAGES)


def begun(at: str = "2026-11-23 10:00") -> Case:
    return Case(DEFINITION, at).start(email="cleo@example.org")


def instant(local: str) -> datetime:
    return DEFINITION.calendar.localise(datetime.fromisoformat(local))


def clock(case: Case, name: str) -> Clock:
    return case.here.clocks[name]


def due(case: Case, name: str) -> str:
    at = clock(case, name).due_at
    return f"{case.definition.calendar.local_time(at):%Y-%m-%d %H:%M}" if at is not None else ""


def test_a_clock_begins_at_the_receipt_of_the_case() -> None:
    case = Case(DEFINITION, "2026-11-23 12:00")
    received = instant("2026-11-20 16:00")
    case.run(
        c.Start(at=case.now, actor=ANN, instance="case", reference="ORD-2026-00001", values={}, received_at=received)
    )
    assert clock(case, "acknowledgement").started_at == received
    assert due(case, "acknowledgement") == "2026-11-23 10:00"


def test_a_promise_that_was_missed_before_the_case_was_recorded_is_breached_at_once() -> None:
    case = Case(DEFINITION, "2026-11-23 12:00")
    received = instant("2026-11-20 16:00")
    case.run(
        c.Start(at=case.now, actor=ANN, instance="case", reference="ORD-2026-00001", values={}, received_at=received)
    )
    case.wait("0m")
    assert clock(case, "acknowledgement").missed == clock(case, "acknowledgement").due_at


def test_as_long_as_the_answer_is_not_known_its_own_target_counts() -> None:
    case = begun()
    assert clock(case, "answer").target == "2bd" and due(case, "answer") == "2026-11-25 17:00"


def test_a_changed_answer_moves_the_deadline_from_the_original_beginning() -> None:
    case = begun().at("2026-11-24 11:00").do(ANN, "weigh", severity="low")
    assert due(case, "answer") == "2026-11-30 17:00"
    (said,) = case.events("clock-retargeted")
    assert said["changes"]["target"] == ["2bd", "5bd"]
    case.at("2026-11-24 12:00").do(ANN, "weigh", severity="high")
    assert due(case, "answer") == "2026-11-24 17:00"


def test_a_pause_moves_the_deadline_by_the_working_time_it_took_and_no_more() -> None:
    case = begun().do(ANN, "weigh", severity="low").at("2026-11-23 16:00").do(ANN, "ask")
    assert clock(case, "answer").status == "paused" and due(case, "answer") == ""
    case.at("2026-11-24 11:00").message("customer-replied")
    assert clock(case, "answer").status == "running" and due(case, "answer") == "2026-12-01 12:00"


def test_a_changed_answer_keeps_the_pauses() -> None:
    case = begun().do(ANN, "weigh", severity="low").at("2026-11-23 16:00").do(ANN, "ask")
    case.at("2026-11-24 11:00").message("customer-replied").do(ANN, "weigh", severity="high")
    assert due(case, "answer") == "2026-11-25 12:00"


def test_rungs_fire_in_order_at_their_share_of_the_working_time() -> None:
    case = begun().do(ANN, "weigh", severity="low")
    fired = []
    case.wait("8d")
    for event in case.history:
        if event.type == "timer-fired" and event.body.get("state") == "answer":
            fired.append((event.body["rung"], f"{DEFINITION.calendar.local_time(event.at):%d %H:%M}"))
    # From Monday 10:00 to Monday 17:00 there are 47 working hours.
    assert fired == [("75%", "27 13:15"), ("100%", "30 17:00")]


def test_a_breach_is_written_down_once_and_stays_whatever_happens_later() -> None:
    case = begun().wait("3bd")
    assert clock(case, "answer").missed == instant("2026-11-25 17:00")
    case.do(ANN, "weigh", "received", severity="low")
    assert due(case, "answer") == "2026-11-30 17:00"
    case.wait("10bd")
    assert (
        len([event for event in case.history if event.type == "clock-breached" and event.body["clock"] == "answer"])
        == 1
    )
    assert clock(case, "answer").missed == instant("2026-11-25 17:00")


@pytest.mark.parametrize("late", [timedelta(0), datetime.resolution])
def test_a_promise_is_kept_on_the_stroke_and_missed_the_smallest_moment_later(late: timedelta) -> None:
    case = begun().do(ANN, "weigh", severity="low")
    deadline = clock(case, "answer").due_at
    assert deadline is not None
    case.now = deadline + late
    case.do(ANN, "answer")
    assert clock(case, "answer").missed == (deadline if late else None)
    assert [body["kept"] for body in case.events("clock-stopped") if body["clock"] == "answer"] == [not late]


def test_a_rung_notifies_opens_a_task_and_raises_the_priority() -> None:
    case = begun().wait("2bd")
    assert case.here.priority == "high" and case.task("explain").title == "Explain ORD-2026-00001"
    told = [event.body["to"] for event in case.history if event.type == "notified"]
    assert told == ["role:agent", "role:agent", "role:lead"]


def test_a_notice_waits_for_the_opening_hours_unless_it_is_urgent() -> None:
    case = begun().wait("2bd")
    lead = next(e for e in case.history if e.type == "notified" and e.body["to"] == "role:lead")
    assert lead.body["not_before"] == instant("2026-11-26 09:00").isoformat()
    case.wait("30d")
    urgent = [e for e in case.history if e.type == "notified" and e.body.get("urgent")]
    assert urgent and all(e.body["not_before"] == e.at.isoformat() for e in urgent)


def test_a_rung_gives_the_open_tasks_to_others() -> None:
    case = begun().claim(ANN, "received").wait("4bd")
    assert case.task("received").candidates == ("lead",) and case.task("received").assignee == ""
    assert case.task("explain").candidates == ("agent",)


def test_a_rung_that_repeats_does_so_until_the_clock_stops() -> None:
    case = begun().wait("7bd")
    urgent = [e for e in case.history if e.type == "notified" and e.body.get("urgent")]
    assert len(urgent) >= 2
    case.wait("10d")
    assert case.states == ("late",)
    case.do(ANN, "answer", "late")
    assert [t for t in case.timers if t.word == "clock"] == []


def test_a_hard_stop_runs_through_pauses_and_may_move_the_case() -> None:
    case = begun().do(ANN, "weigh", severity="low").do(ANN, "ask").wait("10d")
    assert case.states == ("late",)
    assert clock(case, "answer").status == "running"


def test_only_a_person_s_message_is_a_first_response() -> None:
    case = begun()
    assert clock(case, "first-response").live
    case.do(ANN, "weigh", severity="low")
    assert clock(case, "first-response").live
    case.do(ANN, "answer")
    assert clock(case, "first-response").status == "stopped" and clock(case, "first-response").missed is None


def test_the_response_clock_runs_from_the_oldest_unanswered_message() -> None:
    case = begun().do(ANN, "weigh", severity="low")
    case.at("2026-11-23 11:00").message("customer-wrote", why="one")
    case.at("2026-11-23 15:00").message("customer-wrote", why="two")
    assert clock(case, "response").run == 1
    assert clock(case, "response").started_at == instant("2026-11-23 11:00")
    case.do(ANN, "answer")
    assert clock(case, "response").status == "stopped"


def test_the_silence_clock_begins_anew_with_every_message_to_the_customer() -> None:
    case = begun()
    assert clock(case, "silence").run == 2 and due(case, "silence") == "2026-11-26 17:00"


def test_stopping_in_time_is_kept_and_too_late_is_not() -> None:
    in_time = begun().do(ANN, "weigh", severity="low").do(ANN, "answer")
    assert [e["kept"] for e in in_time.events("clock-stopped") if e["clock"] == "answer"] == [True]
    late = begun().at("2026-11-27 10:00").do(ANN, "weigh", severity="low").at("2026-12-02 10:00").do(ANN, "answer")
    assert [e["kept"] for e in late.events("clock-stopped") if e["clock"] == "answer"] == [False]


def test_a_breach_that_no_worker_saw_is_told_by_the_step_that_came_too_late() -> None:
    case = begun().at("2026-11-26 10:00").do(ANN, "weigh", severity="low")
    assert [e["clock"] for e in case.events("clock-breached")][:1] == ["answer"] or clock(case, "answer").missed


def test_after_an_outage_each_rung_fires_once_and_in_order() -> None:
    case = begun().do(ANN, "weigh", severity="high").at("2026-11-25 16:30")
    while [t for t in case.timers if t.due_at <= case.now]:
        case.fire(case.timers[0])
    fired = [e.body["rung"] for e in case.history if e.type == "timer-fired" and e.body["state"] == "answer"]
    assert fired == ["75%", "100%", "150%"]


def test_a_case_that_ends_cancels_what_still_runs() -> None:
    case = begun().do(ANN, "weigh", severity="low").wait("10d").do(ANN, "end", "late")
    assert clock(case, "silence").status == "cancelled" and case.timers == [] and not case.here.tasks
    assert clock(case, "acknowledgement").status == "cancelled"


def test_a_reopened_case_goes_on_without_the_time_between() -> None:
    case = begun().do(ANN, "weigh", severity="low").wait("10d").do(ANN, "end", "late").at("2026-12-14 10:00")
    before = clock(case, "first-response")
    case.reopen(ANN, "again")
    after = clock(case, "first-response")
    assert after.status == "running" and after.pauses == ((before.ended_at, case.now),)
    assert clock(case, "answer").missed is not None


def test_what_was_kept_before_the_end_does_not_begin_again_when_the_case_is_reopened() -> None:
    case = begun().do(ANN, "weigh", severity="low").do(ANN, "acknowledge").do(ANN, "answer")
    case.at("2026-11-30 10:00").reopen(ANN, "again")
    assert clock(case, "acknowledgement").status == "stopped"


def test_a_side_task_leaves_the_case_where_it_is() -> None:
    case = begun().wait("2bd").do(BEN, "explained", "explain", why="illness")
    assert case.states == ("received",) and case.here.data["why"] == {"why": "illness"}
    assert "explained" in case.here.milestones and [t.state for t in case.here.tasks.values()] == ["received"]


def test_a_side_task_may_move_the_whole_case() -> None:
    case = begun().wait("2bd").do(BEN, "give-up", "explain", why="no")
    assert case.states == ("late",)


def test_a_side_task_is_open_once_and_survives_the_moves_of_the_case() -> None:
    case = begun().wait("2bd").do(ANN, "weigh", "received", severity="low")
    assert sorted(t.state for t in case.here.tasks.values()) == ["explain", "working"]


def test_a_task_s_rungs_fire_in_time_and_go_with_the_task() -> None:
    case = begun().do(ANN, "weigh", severity="low")
    assert [t.word for t in case.timers if t.state == "working"] == ["escalate", "escalate"]
    case.wait("1bd")
    rungs = [e.body["rung"] for e in case.history if e.type == "timer-fired" and e.body["state"] == "working"]
    assert rungs == ["50%"]
    case.do(ANN, "weigh", severity="low")
    assert len([t for t in case.timers if t.state == "working"]) == 2
    case.do(ANN, "answer")
    assert [t for t in case.timers if t.word == "escalate"] == []


def test_clocks_survive_writing_and_reading() -> None:
    case = begun().do(ANN, "weigh", severity="low").do(ANN, "ask").wait("4d")
    assert reread(case.here) == case.here


@pytest.mark.parametrize("who", [LEA, OLE, CUSTOMER])
def test_nobody_but_its_candidates_does_a_side_task(who: Actor) -> None:
    case = begun().wait("2bd")
    with pytest.raises(Rejected) as caught:
        case.do(who, "explained", "explain", why="x")
    assert caught.value.code == "not-allowed"


def test_a_message_that_is_not_heeded_begins_no_clock() -> None:
    body = """
    start: {by: [customer], form: order-why, go: open}
    clocks: {response: {target: 1bd, starts-on: received reply, stops-on: sent by a person}}
    states:
      open: {task: {candidates: [agent]}, on: {done: end}}
      end: {final: true}
    wait-for: {reply: {form: order-why, when: 'default(why.why, "") != "I am away"'}}
    """
    case = Case(define(body, FORMS)).start(why="help")
    case.message("reply", why="I am away")
    assert "response" not in case.here.clocks and case.events("message-received")[0]["unheeded"]
    case.message("reply", why="still there?")
    assert case.here.clocks["response"].live


def test_a_rung_with_from_does_nothing_in_other_states() -> None:
    body = """
    start: {by: [customer], go: first}
    clocks: {whole: {target: 1bd, stops-on: state end, escalate: {100%: {from: first, go: end}}}}
    states:
      first: {task: {candidates: [agent]}, on: {done: second}}
      second: {task: {candidates: [agent]}, on: {done: end}}
      end: {final: true}
    """
    moved = Case(define(body)).start().wait("2bd")
    assert moved.here.status == "completed"
    stayed = Case(define(body)).start().do(ANN, "done").wait("2bd")
    assert stayed.states == ("second",) and stayed.here.clocks["whole"].missed is not None


def test_everybody_in_a_column_of_a_table_is_excluded() -> None:
    form = """
    properties:
      rows:
        title: Rows
        type: array
        items: {type: object, properties: {owner: {title: Owner, type: string, format: person}}}
    """
    body = """
    start: {by: [agent], form: order-plan, go: open}
    states:
      open: {task: {candidates: [agent], exclude: [plan.rows.owner]}, on: {done: end}}
      end: {final: true}
    """
    case = Case(define(body, {"order-plan": form})).start(ANN, rows=[{"owner": "ann"}, {"owner": "cy"}])
    with pytest.raises(Rejected) as caught:
        case.do(ANN, "done")
    assert caught.value.code == "excluded"
    assert case.do(BEN, "done").here.status == "completed"


def test_an_explanation_tells_the_way_to_the_deadline_and_what_pauses_moved() -> None:
    case = begun().do(ANN, "weigh", severity="low").at("2026-11-23 16:00").do(ANN, "ask")
    case.at("2026-11-24 11:00").message("customer-replied")
    told = explain(DEFINITION, clock(case, "answer"), case.now)
    assert told.due == clock(case, "answer").due_at and told.used == timedelta(hours=6)
    lines = told.lines("Europe/Berlin")
    assert lines[0] == "Answer: due 2026-12-01 12:00"
    assert lines[-3:] == [
        "stood still 2026-11-23 16:00 to 2026-11-24 11:00: 3 working hours that count, "
        "so the deadline moved to 2026-12-01 12:00",
        "6 working hours of it are used up",
        "hard stop 2026-12-03 10:00, whatever pauses there are",
    ]


@pytest.mark.parametrize(("language", "told"), [("en", "missed 2026-11-25 17:00"), ("de", "verpasst 25.11.2026 17:00")])
def test_an_explanation_tells_of_a_missed_promise(language: str, told: str) -> None:
    case = begun().wait("3bd")
    first = explain(DEFINITION, clock(case, "answer"), case.now).lines("Europe/Berlin", language)[0]
    assert told in first


def test_while_it_stands_still_a_changed_answer_makes_nothing_due() -> None:
    body = """
    start: {by: customer, go: open}
    variables: {urgent: false}
    clocks: {answer: {target: {by: urgent, true: 1bd, false: 5bd}, pauses-in: waiting, stops-on: state end}}
    states:
      open: {task: {candidates: [agent]}, on: {ask: waiting, done: end}}
      waiting: {wait-for: {reply: open}}
      end: {final: true}
    on: {hurry: {by: agent, set: {urgent: true}}}
    """
    case = Case(define(body)).start().do(ANN, "ask").at("2026-11-23 12:00").trigger(ANN, "hurry")
    assert case.here.clocks["answer"].target == "1bd" and case.timers == []
    case.wait("3bd").message("reply")
    assert case.here.clocks["answer"].missed is None and due(case, "answer") > "2026-11-26"


def test_a_rung_that_was_due_before_the_pause_still_fires_in_it() -> None:
    case = begun().do(ANN, "weigh", severity="high").at("2026-11-24 16:30").do(ANN, "ask")
    late = [timer for timer in case.timers if timer.state == "answer" and timer.due_at <= case.now]
    case.fire(late[0])
    fired = [e.body["rung"] for e in case.history if e.type == "timer-fired" and e.body["state"] == "answer"]
    assert fired == ["75%"] and clock(case, "answer").missed is None


def test_what_repeats_is_silent_while_the_clock_stands_still() -> None:
    body = """
    start: {by: customer, go: open}
    clocks:
      answer:
        target: 1bd
        pauses-in: waiting
        stops-on: state end
        escalate: {200%: {notify: lead, repeat: 1bd}}
    states:
      open: {task: {candidates: [agent]}, on: {ask: waiting, done: end}}
      waiting: {wait-for: {reply: open}}
      end: {final: true}
    """
    case = Case(define(body)).start().wait("5bd").do(ANN, "ask")
    told = len([e for e in case.history if e.type == "notified"])
    assert told >= 2 and len([e for e in case.wait("5bd").history if e.type == "notified"]) == told
    case.message("reply").wait("2bd")
    assert len([e for e in case.history if e.type == "notified"]) == told + 2


def test_in_a_branch_the_assignee_and_those_who_get_the_task_are_of_this_branch() -> None:
    body = """
    start: {by: customer, go: both}
    states:
      both: {parallel: {branches: {left: one, right: two}, go: end}}
      one: {task: {candidates: [agent]}, after: {1bd: {notify: assignee, reassign: lead}}, on: {done: join}}
      two: {task: {candidates: [expert]}, on: {done: join}}
      end: {final: true}
    """
    case = Case(define(body)).start().wait("1bd")
    assert [e.body["to"] for e in case.history if e.type == "notified"] == ["role:lead"]
    assert case.task("one").candidates == ("lead",) and case.task("two").candidates == ("expert",)


def test_nobody_of_people_is_called_like_a_role() -> None:
    body = """
    start: {by: customer, go: open}
    people: {agent: open}
    states:
      open: {task: {candidates: [agent]}, on: {done: end}}
      end: {final: true}
    """
    assert [problem.code for problem in problems_of(files(body))] == ["name-twice"]


def test_a_person_is_told_in_the_working_hours_of_where_they_live() -> None:
    case = begun().claim(ANN, "received").at("2026-11-25 11:15")
    timer = next(timer for timer in case.timers if timer.state == "answer" and timer.due_at <= case.now)

    fire = c.FireTimer(at=case.now, actor=SYSTEM, timer=timer.id, due_at=timer.due_at)
    told = {}
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Tokyo"):
        roster = Roster(zones=lambda person, zone=zone: zone)
        done = step(case.definition, case.here, fire, roster)
        told[zone] = next(event.body["not_before"] for event in done.events if event.type == "notified")
    assert told == {
        "Europe/Berlin": case.now.isoformat(),
        "America/New_York": instant("2026-11-25 15:00").isoformat(),
        "Asia/Tokyo": instant("2026-11-26 01:00").isoformat(),
    }


def test_a_branch_that_begins_in_a_state_is_heard_like_any_other_way_into_it() -> None:
    body = """
    start: {by: customer, go: both}
    clocks: {left: {target: 1bd, starts-on: state one, stops-on: state end}}
    states:
      both: {parallel: {branches: {left: one, right: two}, go: end}}
      one: {task: {candidates: [agent]}, on: {done: join}}
      two: {task: {candidates: [expert]}, on: {done: join}}
      end: {final: true}
    """
    assert Case(define(body)).start().here.clocks["left"].live
