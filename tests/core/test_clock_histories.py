"""What the history tells of a clock: its runs, what it promised before, and every deadline as it was reckoned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.clock_explanations import ClockExplanation, explain_all
from engine.core.clock_histories import runs
from engine.core.drawing.speaking import spoken_in
from engine.core.events import Event
from tests.builders import ANN, BEN, Case, define

FORMS = {
    "order-intake": "properties: {email: {type: string, format: email, title: E-mail}}\n",
    "order-weight": "properties: {severity: {enum: [high, low, none], title: Severity, "
    "labels: {high: Grave, low: Slight, none: None}}}\nrequired: [severity]\n",
}
MESSAGES = {"order-note": "Note | We are at it."}
BODY = """
customer: {email: intake.email}
start: {by: [customer, agent], form: order-intake, go: open}
clocks:
  answer:
    target: {by: weight.severity, high: 1bd, low: 5bd, none: none, not-yet-known: none}
    pauses-in: waiting
    stops-on: state end
  silence: {target: 1bd, starts-on: sent, restarts-on: sent, stops-on: state end}
states:
  open:
    task: {candidates: [agent]}
    on:
      weigh: {form: order-weight, go: open}
      ask: waiting
      write: {send: order-note, go: open}
      close: end
  waiting: {wait-for: {reply: open}}
  end: {final: {outcome: done, reopen: {by: agent, go: open}}}
"""
DEFINITION = define(BODY, FORMS, MESSAGES)

NAMING = ("clock-started", "clock-paused", "clock-resumed", "clock-retargeted", "clock-breached", "clock-stopped")


def weigh(case: Case, severity: str, who: Actor = ANN) -> Case:
    return case.do(who, "weigh", severity=severity)


def begun() -> Case:
    return Case(DEFINITION).start(email="cleo@example.com")


def told(case: Case, name: str = "answer") -> ClockExplanation:
    every = explain_all(case.definition, case.here.clocks, case.history, case.now)
    return next(one for one in every if one.clock.name == name)


def lines(case: Case, name: str = "answer", language: str = "en") -> list[str]:
    return told(case, name).lines("Europe/Berlin", language, {"ann": "Ann Agent"})


def run_out(case: Case) -> Case:
    return weigh(case, "high").at("2026-11-26 09:00")


def taken_back(case: Case) -> Case:
    case.do(ANN, "write")
    (sent,) = case.here.sent
    case.run(c.WithdrawMessage(at=case.now, actor=ANN, message=sent.id))
    return case


PATHS: dict[str, Callable[[Case], Case]] = {
    "changed": lambda case: weigh(weigh(case, "low"), "high"),
    "missed, then none": lambda case: weigh(run_out(case), "none"),
    "none, then changed": lambda case: weigh(weigh(case, "none"), "low"),
    "paused": lambda case: weigh(case, "low").do(ANN, "ask").at("2026-11-24 11:00"),
    "paused and going on": lambda case: weigh(case, "low").do(ANN, "ask").at("2026-11-24 11:00").message("reply"),
    "changed after a pause": lambda case: weigh(
        weigh(case, "high").do(ANN, "ask").at("2026-11-24 11:00").message("reply"), "low"
    ),
    "written twice": lambda case: case.do(ANN, "write").at("2026-11-26 12:00").do(BEN, "write"),
    "taken back": taken_back,
    "ended while it stood still, and reopened": lambda case: (
        run_out(case).do(ANN, "close").at("2026-11-27 10:00").reopen(ANN, "It is not over")
    ),
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_the_history_alone_tells_how_each_clock_stands(path: Callable[[Case], Case]) -> None:
    case = path(begun())
    for name, clock in case.here.clocks.items():
        seen = runs(case.history)[name][-1].clock
        assert seen == replace(clock, fired=(), due_at=None)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_every_deadline_that_an_event_names_is_reckoned_again_by_the_explanation(path: Callable[[Case], Case]) -> None:
    case = path(begun())
    for name in case.here.clocks:
        reckoned = set(instants(told(case, name).as_json()))
        for event in case.history:
            if event.type in NAMING and event.body["clock"] == name:
                named = [event.body.get("due_at"), *event.body.get("changes", {}).get("due_at", ())]
                assert {datetime.fromisoformat(text) for text in named if text} <= reckoned, event


def instants(data: Any) -> Iterator[datetime]:
    """Every deadline anywhere in an explanation."""
    if isinstance(data, list):
        for item in data:
            yield from instants(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "due" and value:
                yield datetime.fromisoformat(value)
            else:
                yield from instants(value)


def test_a_breach_is_told_when_nothing_is_promised_any_more() -> None:
    case = weigh(run_out(begun()), "none")
    head = lines(case)[0]
    assert head == "Answer: missed 2026-11-24 17:00; nothing is promised any more"
    assert lines(case.do(ANN, "close"))[0] == (
        "Answer: missed 2026-11-24 17:00; at its end, 2026-11-26 09:00, nothing was promised any more"
    )


def test_an_earlier_promise_is_reckoned_with_who_changed_it_and_why() -> None:
    case = weigh(begun(), "low").at("2026-11-23 12:00")
    shown = lines(weigh(case, "high"))
    assert shown[0] == "Answer: due 2026-11-24 17:00"
    changed = shown.index(
        "2026-11-23 12:00: Ann Agent changed it from 5 working days to 1 working day, reckoned from the same "
        "beginning, because weight.severity = high"
    )
    first = next(n for n, line in enumerate(shown) if line.startswith("Mon 2026-11-23 10:00 plus 5 working days is"))
    second = next(n for n, line in enumerate(shown) if line.startswith("Mon 2026-11-23 10:00 plus 1 working day is"))
    assert first < changed < second
    assert "from 2026-11-23 10:00 on nothing was promised" in shown


def test_whoever_stood_in_is_named_with_the_person_for_whom_they_changed_it() -> None:
    body = {"clock": "answer", "changes": {"target": ["5bd", "1bd"], "due_at": ["", ""]}}
    case = weigh(begun(), "low")
    case.history.append(Event("clock-retargeted", case.now, "ben", "web", body, "ann"))
    assert any("ben (on behalf of Ann Agent) changed it" in line for line in lines(case))


def test_an_earlier_run_that_was_missed_is_told_in_the_first_line() -> None:
    case = begun().do(ANN, "write").at("2026-11-26 12:00").do(BEN, "write")
    shown = lines(case, "silence")
    assert shown[0] == "Silence: due 2026-11-27 17:00 (missed before: 2026-11-24 17:00)"
    assert "run number 1: done 2026-11-26 12:00, too late for 2026-11-24 17:00" in shown
    assert told(case, "silence").as_json()["earlier_runs"][0]["missed"] == "2026-11-24T16:00:00+00:00"


def test_a_run_that_began_with_a_message_that_was_taken_back_does_not_count() -> None:
    case = taken_back(begun())
    assert "does not count" in lines(case, "silence")[0]
    again = case.do(ANN, "write")
    assert lines(again, "silence")[0] == "Silence: due 2026-11-24 17:00"


def test_whoever_reads_a_page_reads_the_answer_as_people_call_it() -> None:
    one = told(weigh(weigh(begun(), "low"), "high"))
    shown = one.lines("Europe/Berlin", spoken=spoken_in(DEFINITION))
    assert any(line.endswith("because “Severity” = Grave") for line in shown), shown


def test_german_tells_of_it_too() -> None:
    shown = lines(weigh(run_out(begun()), "none"), language="de")
    assert shown[0] == "Answer: verpasst 24.11.2026 17:00; jetzt ist nichts mehr zugesagt"
    assert any("hat es von 1 Arbeitstag auf nichts geändert" in line for line in shown)


def test_a_line_that_somebody_has_been_at_costs_nothing_of_the_others() -> None:
    case = weigh(begun(), "low")
    broken = [Event("clock-retargeted", case.now, "x", "cli", {"clock": "answer", "changes": 3}, ""), *case.history]
    assert runs(broken) == runs(case.history)


def overtaken() -> Case:
    """Five working days were promised; on the fourth an answer makes them one, which is long past."""
    return weigh(weigh(begun(), "low").at("2026-11-26 09:00"), "high").wait("1bh")


def test_nobody_was_late_for_what_was_promised_only_after_it_was_due() -> None:
    case = overtaken()
    assert lines(case)[0] == "Answer: due 2026-11-24 17:00, already past when promised, 2026-11-26 09:00"
    assert lines(case, language="de")[0].endswith("schon vorbei bei der Zusage, 26.11.2026 09:00")
    done = lines(case.at("2026-11-26 11:00").do(ANN, "close"))[0]
    assert done == ("Answer: done 2026-11-26 11:00; due 2026-11-24 17:00, already past when promised, 2026-11-26 09:00")


def test_what_was_missed_before_an_answer_changed_it_stays_missed() -> None:
    case = weigh(weigh(begun(), "high").at("2026-11-26 09:00"), "low")
    assert told(case).promised_late is None
    assert lines(case)[0] == "Answer: missed 2026-11-24 17:00; as it is promised now, due 2026-11-30 17:00"
    again = weigh(case.at("2026-12-02 10:00"), "high")
    assert told(again).promised_late is None
    assert lines(again)[0] == "Answer: missed 2026-11-24 17:00; since then it has run on"


def test_a_case_that_ended_with_such_a_promise_says_so() -> None:
    case = overtaken()
    over = replace(told(case), clock=replace(told(case).clock, status="cancelled", ended_at=case.now))
    assert over.lines("Europe/Berlin")[0] == (
        "Answer: cancelled 2026-11-26 10:00, when the case ended; due 2026-11-24 17:00, already past when "
        "promised, 2026-11-26 09:00"
    )
    moved = replace(told(case), due=told(case).clock.started_at)
    assert moved.lines("Europe/Berlin")[0] == (
        "Answer: due 2026-11-23 10:00; before that 2026-11-24 17:00, already past when promised, 2026-11-26 09:00"
    )
