"""A task on a page: what stands there, and that nothing anybody typed is ever lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.absences import Absences
from engine.core import authority
from engine.core.commands import Attach, Claim, Comment, Correlate
from engine.runtime import VirtualClock
from engine.store import drafts, files, history, outbox
from tests.web.cases import COMPLAINT, MINOR
from tests.web.conftest import Browser
from tests.web.working import ANSWER, TRIAGE, begun, done, only_task, opened, sheet, to_answer
from web.house import House

Browsers = Callable[..., Browser]


@pytest.fixture
def task(house: House) -> str:
    """The task of answering an inquiry, which Ben has."""
    return to_answer(house)


def case_of(task: str) -> str:
    return task.rpartition(".")[0]


def complete(client: Browser, task: str, outcome: str, **values: Any) -> Any:
    """Open the task, type, and press the outcome's button."""
    sent = {**sheet(opened(client, task)), **values, "task-outcome": outcome}
    return client.post(f"/tasks/{task}/completion", sent)


# --- what stands there


def test_the_case_stands_beside_the_form(browser: Browsers, task: str) -> None:
    page = opened(browser("ben"), task)
    for word in (
        "Answer to the customer",
        "Lena Fischer",
        "What is promised",
        "What was filled in",
        "Messages",
        "Latest",
    ):
        assert word in page
    assert "Which &lt;b&gt;hours&lt;/b&gt; are you open?" in page and "<b>hours" not in page


def test_an_outcome_says_what_will_happen(browser: Browsers, task: str) -> None:
    page = opened(browser("ben"), task)
    assert re.search(
        r'<span data-then="answer">Answered; the customer gets “INQ-2026-00001: unsere Antwort[^<]*</span>', page
    )
    assert "Waiting for the customer; the customer gets" in page


def test_an_outcome_that_cannot_be_chosen_now_says_why(browser: Browsers, house: House) -> None:
    task = done(house, begun(house), "dieter", "triage", **{**TRIAGE, "is_complaint": True})
    page = opened(browser("ben"), task)
    assert re.search(r"<button type=\"button\"[^>]*disabled[^>]*>I will answer it", page)
    assert "Not now: only if “Is it a complaint?”: no.<" in page


def test_an_outcome_that_asks_for_other_things_has_its_own_form(browser: Browsers, task: str) -> None:
    ben = browser("ben")
    assert "Our question" not in opened(ben, task)
    page = opened(ben, task, "?outcome=ask-customer")
    assert "Our question" in page and "Answer to the customer" not in page


def test_a_task_is_there_only_for_those_who_may_see_its_case(browser: Browsers, task: str) -> None:
    assert browser("lena").get(f"/tasks/{task}").status_code == 404
    assert browser("samir").get(f"/tasks/{task}").status_code == 404
    assert browser("ben").get("/tasks/nothing.1").status_code == 404
    guest = browser().get(f"/tasks/{task}")
    assert guest.status_code == 303 and "/sign-in" in guest.headers["Location"]


def test_the_task_of_a_colleague_can_be_read_and_not_done(browser: Browsers, task: str) -> None:
    ines = browser("ines")
    page = opened(ines, task)
    assert "Ben Osei has this task." in page
    assert 'class="work"' not in page
    answer = ines.post(f"/tasks/{task}/completion", {"task-outcome": "answer", "task-seen": "0", **ANSWER})
    assert answer.status_code == 409


def test_an_auditor_reads_the_case_and_not_the_desk(browser: Browsers, task: str) -> None:
    answer = browser("vera").get(f"/tasks/{task}")
    assert answer.status_code == 303 and "/cases/INQ-2026-00001" in answer.headers["Location"]


# --- completing


def test_a_task_is_completed_and_the_next_one_follows(browser: Browsers, house: House, task: str) -> None:
    other = to_answer(house, subject="Another question")
    ben = browser("ben")
    answer = complete(ben, task, "answer", **ANSWER)
    assert answer.status_code == 303 and f"/tasks/{other}" in answer.headers["Location"]
    assert house.engine.instance(case_of(task)).states == ("answered",)
    assert "Done: Answer, INQ-2026-00001." in ben.follow(answer).get_data(as_text=True)


def test_the_next_task_is_one_of_the_view_that_one_works_through(browser: Browsers, house: House, task: str) -> None:
    free = done(house, begun(house, subject="Nobody's"), "dieter", "triage", **TRIAGE)
    ben = browser("ben")
    sent = {**sheet(opened(ben, task, "?view=mine")), **ANSWER, "task-outcome": "answer"}
    assert sent["view"] == "mine"
    answer = ben.post(f"/tasks/{task}/completion", sent)
    assert free not in answer.headers["Location"] and f"/tasks/{task}" in answer.headers["Location"]
    assert "Done: Answer" in ben.follow(answer).get_data(as_text=True)


def test_whoever_takes_a_case_stays_with_it(browser: Browsers, house: House) -> None:
    done(house, begun(house), "dieter", "triage", **TRIAGE)  # waits for Ben as well, and is due sooner
    task = done(house, begun(house), "dieter", "triage", **TRIAGE)
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), "task-outcome": "take"}
    for _press in range(2):  # a button that is pressed twice leads to the same place
        answer = ben.post(f"/tasks/{task}/completion", sent)
        assert f"/tasks/{only_task(house, case_of(task))}?" in answer.headers["Location"]


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    hostile = "</textarea><script>alert(1)</script>"
    answer = complete(ben, task, "answer", answer_text=hostile, resolution_code="answered", kb_action="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'data-field="kb_action".*?<p class="fault">', page, re.S)
    assert "&lt;/textarea&gt;&lt;script&gt;" in page and "<script>alert" not in page
    assert house.engine.instance(case_of(task)).states == ("in-progress",)


def test_pressing_twice_does_it_once(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), **ANSWER, "task-outcome": "answer"}
    first = ben.post(f"/tasks/{task}/completion", sent)
    again = ben.post(f"/tasks/{task}/completion", sent)
    assert (first.status_code, again.status_code) == (303, 303)
    done_once = [line for line in history.read(house.store, case_of(task)) if line.event.type == "task-completed"]
    assert len(done_once) == 3  # sorted, taken, answered


def test_an_outcome_has_to_be_chosen(browser: Browsers, task: str) -> None:
    ben = browser("ben")
    answer = ben.post(f"/tasks/{task}/completion", {**sheet(opened(ben, task)), **ANSWER})
    assert answer.status_code == 422 and "Choose what you decide." in answer.get_data(as_text=True)


def test_a_file_that_pretends_is_told_at_its_field_and_costs_nothing_else(browser: Browsers, house: House) -> None:
    ben = browser("ben")
    ben.get("/start/complaint")
    given = {"description": "It broke.", "evidence": (io.BytesIO(b"MZ program"), "photo.png")}
    page = ben.post("/start/complaint", given, content_type="multipart/form-data").get_data(as_text=True)
    assert "photo.png" in page and "It broke." in page


# --- somebody was faster


def test_what_a_colleague_changed_meanwhile_is_shown_before_anything_is_done(
    browser: Browsers, house: House, task: str
) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), **ANSWER, "task-outcome": "answer"}
    ann = house.directory.actor("ann", "web")
    house.engine.do(case_of(task), Comment(at=house.clock(), actor=ann, text="Do not write: I rang <her>"))
    answer = ben.post(f"/tasks/{task}/completion", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Do not write: I rang &lt;her&gt;" in page and "From nine to five." in page
    assert house.engine.instance(case_of(task)).states == ("in-progress",)
    again = ben.post(f"/tasks/{task}/completion", {**sheet(page), **ANSWER, "task-outcome": "answer"})
    assert again.status_code == 303


def test_what_only_the_clock_did_meanwhile_stops_nobody(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), **ANSWER, "task-outcome": "answer"}
    me = house.directory.actor("ben", "web")
    file = {"name": "a.txt", "type": "text/plain", "size": 1, "sha256": files.put(house.store, b"a", house.clock())}
    house.engine.do(case_of(task), Attach(at=house.clock(), actor=me, file=file))  # in another tab of one's own
    assert ben.post(f"/tasks/{task}/completion", sent).status_code == 303


def test_what_was_typed_for_a_task_that_a_colleague_has_done_is_kept_and_shown(browser: Browsers, house: House) -> None:
    task = begun(house)
    emma = browser("emma")
    sent = {**sheet(opened(emma, task)), "category": "billing", "impact": "team", "task-outcome": "triage"}
    done(house, task, "dieter", "triage", **TRIAGE)
    answer = emma.post(f"/tasks/{task}/completion", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody was faster" in page and "Dieter Vogt" in page and "Billing" in page
    kept = drafts.load(house.store, task, "emma")
    assert kept is not None and kept.values["category"] == "billing"


def test_a_task_that_is_done_says_by_whom(browser: Browsers, house: House) -> None:
    task = begun(house)
    done(house, task, "dieter", "triage", **TRIAGE)
    page = opened(browser("emma"), task)
    assert "Dieter Vogt" in page and 'class="work"' not in page


# --- drafts


def test_what_is_typed_is_saved_while_it_is_typed(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), "answer_text": "Half an ans"}
    told = ben.post(f"/tasks/{task}/draft", sent)
    assert told.status_code == 200 and re.fullmatch(r"saved \d\d:\d\d", told.json["said"])
    assert told.json["news"] == "" and "the customer gets" in told.json["then"]["answer"]
    page = opened(browser("ben"), task)
    assert "Half an ans" in page and "saved " in page


def test_saving_tells_what_others_have_done(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), "answer_text": "Half"}
    house.engine.do(
        case_of(task), Comment(at=house.clock(), actor=house.directory.actor("ann", "web"), text="I know more")
    )
    assert "changed this case" in ben.post(f"/tasks/{task}/draft", sent).json["news"]


def test_a_draft_of_a_task_that_is_gone_is_refused_with_what_to_do(browser: Browsers, house: House) -> None:
    task = begun(house)
    emma = browser("emma")
    sent = {**sheet(opened(emma, task)), "category": "billing"}
    done(house, task, "dieter", "triage", **TRIAGE)
    told = emma.post(f"/tasks/{task}/draft", sent)
    assert told.status_code == 409 and told.json["said"]


def test_without_scripts_a_button_keeps_the_draft(browser: Browsers, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), "answer_text": "Later", "do": "save"}
    page = ben.follow(ben.post(f"/tasks/{task}/completion", sent)).get_data(as_text=True)
    assert "Kept as your draft." in page and "Later" in page


def test_turning_to_another_outcome_and_back_keeps_what_was_typed_for_both(browser: Browsers, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), "answer_text": "Half an answer", "task-turn": "ask-customer"}
    turned = ben.follow(ben.post(f"/tasks/{task}/completion", sent)).get_data(as_text=True)
    assert "Our question" in turned
    sent = {**sheet(turned), "question": "Which Friday?", "task-turn": "answer"}
    page = ben.follow(ben.post(f"/tasks/{task}/completion", sent)).get_data(as_text=True)
    assert "Half an answer" in page
    assert "Which Friday?" in opened(ben, task, "?outcome=ask-customer")


def test_a_look_shows_what_a_choice_asks_for(browser: Browsers, task: str) -> None:
    ben = browser("ben")
    sent = {**sheet(opened(ben, task)), "kb_action": "used", "do": "look"}
    answer = ben.post(f"/tasks/{task}/completion", sent)
    assert answer.status_code == 200
    assert '<div class="field" data-field="kb_article">' in answer.get_data(as_text=True)
    hidden = ben.post(f"/tasks/{task}/completion", {**sent, "kb_action": "none"}).get_data(as_text=True)
    assert '<div class="field" data-field="kb_article" hidden>' in hidden


# --- whose it is


def test_a_task_is_taken_and_given_back(browser: Browsers, house: House) -> None:
    task = begun(house)
    emma = browser("emma")
    opened(emma, task)
    emma.follow(emma.post(f"/tasks/{task}/claim"))
    assert house.engine.instance(case_of(task)).tasks[task].assignee == "emma"
    emma.follow(emma.post(f"/tasks/{task}/release"))
    assert house.engine.instance(case_of(task)).tasks[task].assignee == ""


def test_of_two_who_take_a_task_the_second_is_told(browser: Browsers, house: House) -> None:
    task = begun(house)
    emma = browser("emma")
    opened(emma, task)
    actor = house.directory.actor("dieter", "web")
    house.engine.do(case_of(task), Claim(at=house.clock(), actor=actor, task=task))
    page = emma.follow(emma.post(f"/tasks/{task}/claim")).get_data(as_text=True)
    assert "Somebody else was faster" in page and "Dieter Vogt" in page


def test_a_task_is_delegated_to_a_colleague_who_may_do_it(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    page = opened(ben, task)
    offered = re.search(r'<select id="delegate-to".*?</select>', page, re.S)
    assert offered is not None and 'value="ann"' in offered[0] and 'value="ben"' not in offered[0]
    assert 'value="katrin"' not in offered[0]
    page = ben.follow(ben.post(f"/tasks/{task}/delegation", {"to": "ann"})).get_data(as_text=True)
    assert "Ann Keller acts on your behalf." in page and "on behalf of Ben Osei" in page
    for who, view, count in (("ben", "handed", "1"), ("ben", "delegated", "0"), ("ann", "delegated", "1")):
        page = browser(who).get(f"/inbox?view={view}").get_data(as_text=True)
        assert re.search(rf'aria-current="page">[^<]+<span class="count">{count}<', page)
        assert page.count("data-row") == int(count)


def test_a_task_is_delegated_for_some_days_and_taken_back(browser: Browsers, house: House, task: str) -> None:
    ben, clock = browser("ben"), house.clock
    day, later, last = ((clock().date() + timedelta(days=n)).isoformat() for n in (0, 1, 2))
    opened(ben, task)
    wrong = ben.follow(ben.post(f"/tasks/{task}/delegation", {"to": "ann", "from": last, "until": later}))
    assert "Expected an end after the beginning" in wrong.get_data(as_text=True)
    assert "not &#39;soon&#39;" in ben.follow(
        ben.post(f"/tasks/{task}/delegation", {"to": "ann", "until": "soon"})
    ).get_data(as_text=True)
    planned = ben.follow(ben.post(f"/tasks/{task}/delegation", {"to": "ann", "from": later, "until": last}))
    page = planned.get_data(as_text=True)
    assert "Ann Keller does it for you from" in page and "Keep it after all" in page
    view = ben.get("/inbox?view=handed").get_data(as_text=True)
    to_come = (
        r"me<span class=\"under\">Ann Keller does it from \w{3} \d+ \w{3} \d{4} on, until \w{3} \d+ \w{3} \d{4}</span>"
    )
    assert re.search(to_come, view) and view.count("data-row") == 1
    assert re.search(r'aria-current="page">Delegated by me <span class="count">1<', view)
    assert "data-row" not in browser("ann").get("/inbox?view=delegated").text
    chosen = ben.follow(ben.post("/inbox/tasks", {"task": [task], "do": "claim", "here": "/inbox"})).text
    assert "1 task is reserved for you." in chosen and "Keep it after all" in opened(ben, task)
    assert "Keep it after all" not in ben.follow(ben.post(f"/tasks/{task}/claim")).get_data(as_text=True)
    ben.post(f"/tasks/{task}/delegation", {"to": "ann", "from": day, "until": last})
    view = ben.get("/inbox?view=handed").get_data(as_text=True)
    assert re.search(r"für Ben Osei, bis \w\w \d+\. \S+ \d{4}</span>", browser("ann").get("/inbox?view=delegated").text)
    assert re.search(r"on behalf of Ben Osei, until \w{3} \d+ \w{3} \d{4}</span>", view)
    page = opened(ben, task)
    assert "Do it myself again" in page and "Give it back to all" not in page
    ann = browser("ann")
    assert "An Ben Osei zurückgeben" in opened(ann, task)
    assert "Ben Osei hat sie wieder." in ann.follow(ann.post(f"/tasks/{task}/release")).text
    ben.post(f"/tasks/{task}/delegation", {"to": "ann", "from": day, "until": last})
    ben.post(f"/tasks/{task}/claim")
    assert house.engine.instance(case_of(task)).tasks[task].assignee == "ben"


def test_who_only_reads_is_offered_no_task_and_gets_none(browser: Browsers, house: House, task: str) -> None:
    ben, ines = browser("ben"), browser("ines")
    assert 'value="vera"' not in opened(ben, task) and 'value="vera"' not in opened(ines, task)
    inbox = ines.get("/inbox").text
    assert 'value="ann"' in inbox and 'value="vera"' not in inbox
    for who, do in ((ben, "delegation"), (ines, "assignment")):
        page = who.follow(who.post(f"/tasks/{task}/{do}", {"to": "vera"})).get_data(as_text=True)
        assert "vera only reads" in page
    assert house.engine.instance(case_of(task)).tasks[task].assignee == "ben"


def test_only_who_oversees_gives_a_task_to_somebody(browser: Browsers, house: House, task: str) -> None:
    ben, ines = browser("ben"), browser("ines")
    assert "Give it to somebody" not in opened(ben, task)
    ben.follow(ben.post(f"/tasks/{task}/assignment", {"to": "ann"}))
    assert house.engine.instance(case_of(task)).tasks[task].assignee == "ben"
    assert "Give it to somebody" in opened(ines, task)
    ines.follow(ines.post(f"/tasks/{task}/assignment", {"to": "ann"}))
    assert house.engine.instance(case_of(task)).tasks[task].assignee == "ann"


def test_a_task_is_handed_up_with_a_reason(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    opened(ben, task)
    assert "Please say why." in ben.follow(ben.post(f"/tasks/{task}/escalation")).get_data(as_text=True)
    ben.follow(ben.post(f"/tasks/{task}/escalation", {"reason": "She threatens to sue"}))
    found = house.engine.instance(case_of(task)).tasks[task]
    assert (found.assignee, "team-lead" in found.candidates) == ("", True)
    assert "She threatens to sue" in opened(browser("ines"), task)


# --- taking a message back


def test_a_message_is_taken_back_from_the_page_after_it(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    page = ben.follow(complete(ben, task, "answer", **ANSWER)).get_data(as_text=True)
    action = re.search(r'action="(/cases/[^"]+/withdrawal)"', page)
    assert action is not None and "goes out to lena.fischer@muehlenbau.example in a moment" in page
    page = ben.follow(ben.post(action[1], {"next": f"/tasks/{task}"})).get_data(as_text=True)
    assert "Taken back: nothing was sent." in page
    assert ANSWER["answer_text"] in page and f'action="/tasks/{task}/completion"' in page
    parcels = [one for one in outbox.of_case(house.store, case_of(task)) if one.kind == outbox.MESSAGE]
    assert parcels[-1].status == outbox.WITHDRAWN
    assert "withdrawn" in browser("ben").get("/cases/INQ-2026-00001").get_data(as_text=True)


def test_a_message_that_the_case_has_gone_on_from_is_written_again(browser: Browsers, house: House, task: str) -> None:
    ben, case = browser("ben"), case_of(task)
    page = ben.follow(complete(ben, task, "answer", **ANSWER)).get_data(as_text=True)
    action = re.search(r'action="(/cases/[^"]+/withdrawal)"', page)
    assert action is not None
    guest = authority.guest_of(house.engine.instance(case).customer)
    wrote = Correlate(at=house.clock(), actor=guest, message="customer-replied", values={"text": "Hello?"})
    house.engine.do(case, wrote)
    page = ben.follow(ben.post(action[1])).get_data(as_text=True)
    assert "please write it again here" in page and "Write it again:" in page and ANSWER["answer_text"] in page
    (again,) = house.engine.instance(case).unsent
    status = browser("ben").get(f"/cases/{house.engine.instance(case).reference}").get_data(as_text=True)
    assert "Write it again:" in status
    assert "We are writing to you." in browser("lena").get("/mine").get_data(as_text=True)
    sent = {**sheet(page), "subject": "Our answer", "body": "From ten to five.", "task-outcome": "send"}
    page = ben.follow(ben.post(f"/tasks/{again}/completion", sent)).get_data(as_text=True)
    last = [one for one in outbox.of_case(house.store, case) if one.kind == outbox.MESSAGE][-1]
    assert (last.body["subject"], last.body["body"], last.status) == ("Our answer", "From ten to five.", "pending")
    assert "Our answer" in page, "it can be taken back like any other"


def test_only_whoever_sent_a_message_takes_it_back(browser: Browsers, house: House, task: str) -> None:
    ben, ann = browser("ben"), browser("ann")
    page = ben.follow(complete(ben, task, "answer", **ANSWER)).get_data(as_text=True)
    action = re.search(r'action="(/cases/[^"]+/withdrawal)"', page)
    assert action is not None
    ann.get("/inbox")
    ann.follow(ann.post(action[1]))
    assert all(one.status == outbox.PENDING for one in outbox.of_case(house.store, case_of(task)))
    assert "withdrawal" not in ann.get(f"/tasks/{task}?after={task}").get_data(as_text=True)


def test_a_message_cannot_be_taken_back_when_it_is_too_late(
    browser: Browsers, house: House, clock: VirtualClock, task: str
) -> None:
    ben = browser("ben")
    page = ben.follow(complete(ben, task, "answer", **ANSWER)).get_data(as_text=True)
    action = re.search(r'action="(/cases/[^"]+/withdrawal)"', page)
    assert action is not None
    clock.set(clock() + timedelta(seconds=20))
    page = ben.follow(ben.post(action[1], {"next": f"/tasks/{task}"})).get_data(as_text=True)
    assert "It was too late" in page
    assert "withdrawal" not in ben.get(f"/tasks/{task}?after={task}").get_data(as_text=True)


# --- comments


def test_a_comment_leads_back_to_the_task_and_tells_whom_it_names(browser: Browsers, house: House, task: str) -> None:
    ben = browser("ben")
    opened(ben, task)
    said = {"text": "@Ann do you know? So does @samir, mail ben@ann.example", "next": f"/tasks/{task}"}
    answer = ben.post("/cases/INQ-2026-00001/comments", said)
    assert answer.headers["Location"] == f"/tasks/{task}"
    page = ben.follow(answer).get_data(as_text=True)
    assert "Samir Nasser was not told" in page
    told = [one.body["to"] for one in outbox.of_case(house.store, case_of(task)) if one.kind == outbox.NOTICE]
    assert "person:ann" in told and "person:samir" not in told


def test_nobody_is_sent_elsewhere_by_a_comment(browser: Browsers, task: str) -> None:
    ben = browser("ben")
    opened(ben, task)
    answer = ben.post("/cases/INQ-2026-00001/comments", {"text": "Hm", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


# --- how much it asks of the database


def test_a_page_asks_no_more_of_the_database_when_there_is_more_to_show(
    browser: Browsers, house: House, task: str, statements: Callable[[], int]
) -> None:
    ben = browser("ben")
    opened(ben, task)
    statements()
    opened(ben, task)
    few = statements()
    ann = house.directory.actor("ann", "web")
    for number in range(12):
        house.engine.do(case_of(task), Comment(at=house.clock(), actor=ann, text=f"Word {number}"))
    statements()
    opened(ben, task)
    assert statements() == few


# --- whom a form may name for what follows


def test_a_field_that_says_who_does_what_follows_offers_those_who_could(browser: Browsers, house: House) -> None:
    """Jana and Samir look into complaints as Liam does; Ann and Nils do not, and Samir is away, which is no bar."""
    begun = house.engine.start("complaint", house.directory.actor("emma", "web"), COMPLAINT)
    task = done(house, only_task(house, begun.instance), "liam", "assess", **MINOR)
    begins, ends = house.clock(), house.clock() + timedelta(days=2)
    Absences(house.engine, house.directory).add(house.directory.actor("samir"), "samir", "jana", begins, ends)
    liam = browser("liam")
    page = opened(liam, task, "?outcome=assign-investigator")
    offered = re.search(r'<select id="f-investigator".*?</select>', page, re.S)
    assert offered is not None
    assert re.findall(r'<option value="(\w+)">([^<]+)', offered[0]) == [
        ("jana", "Jana Wirth"),
        ("liam", "Liam Byrne"),
        ("samir", "Samir Nasser (away)"),
    ]
    sent = {**sheet(page), "investigator": "ann", "task-outcome": "assign-investigator"}
    answer = liam.post(f"/tasks/{task}/completion", sent)
    assert answer.status_code == 422
    said = "Ann Keller cannot do what follows (“Investigation”): that takes one of Investigator. "
    assert said + "Choose Jana Wirth (jana), Liam Byrne (liam), Samir Nasser (samir)." in answer.get_data(as_text=True)
    answer = liam.post(f"/tasks/{task}/completion", {**sent, "investigator": "samir"})
    assert answer.status_code == 303
    (open,) = house.engine.instance(case_of(task)).tasks.values()
    assert open.assignee == "samir"
