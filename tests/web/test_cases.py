"""A case's page, and what can be done there."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import g

from engine import __version__
from engine.core.commands import Cancel, Comment
from engine.core.events import TYPES, Event
from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.store import history, instances, personal
from tests.builders import PROCESS, files
from tests.databases import change, tamper
from tests.docs.pages import DOCS
from tests.web.cases import INQUIRY
from tests.web.conftest import MONDAY, Browser
from web.cases.page import KINDS
from web.event_names import event_names
from web.house import House
from web.reading import forms_by_alias, readable

Browsers = Callable[..., Browser]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def reference(house: House) -> str:
    """An inquiry that Dieter has taken down."""
    return house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).reference


def page_of(client: Browser, reference: str, query: str = "") -> str:
    answer = client.get(f"/cases/{reference}{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_a_case_shows_what_was_filled_in_what_is_promised_and_what_happened(browser: Browsers, reference: str) -> None:
    page = page_of(browser("ben"), reference)
    for word in (
        "Lena Fischer",
        "I would like to come by on a Friday.",
        "Received",
        "What is promised",
        "case begun",
    ):
        assert word in page
    assert "Which &lt;b&gt;hours&lt;/b&gt; are you open?" in page and "<b>hours" not in page
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page and "current" in page
    assert f"<footer><p>Heard {__version__}<" in page


def test_every_type_of_event_has_a_name_in_both_languages(browser: Browsers) -> None:
    with browser("ben").client.application.test_request_context():
        english = event_names()
        g.language = "de"
        german = event_names()
    assert english.keys() == german.keys() == TYPES.keys()
    assert not [type for type, name in german.items() if name == english[type] and "-" in type]


def test_why_a_deadline_is_when_it_is_stands_beside_it(browser: Browsers, reference: str) -> None:
    page = page_of(browser("ben"), reference)
    assert "Why it is due then:" in page
    assert "working hour" in page


def test_a_customer_is_led_to_their_own_page_of_their_case_and_sees_nothing_of_the_houses(
    browser: Browsers, house: House, reference: str
) -> None:
    ben = house.directory.actor("ben", "web")
    house.engine.do(house.engine.find(reference), Comment(at=house.clock(), actor=ben, text="She is a handful"))
    client = browser("lena")  # known by the address in the form
    answer = client.get(f"/cases/{reference}")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/mine/{reference}")
    page = client.follow(client.follow(answer)).get_data(as_text=True)
    assert "handful" in page_of(browser("ben"), reference) and "handful" not in page
    assert browser("thomas").get(f"/cases/{reference}").status_code == 404
    assert browser("thomas").get("/cases/INQ-2026-99999").status_code == 404


def test_what_has_come_since_the_last_look_is_marked(browser: Browsers, house: House, reference: str) -> None:
    client = browser("ben")
    assert 'class="new"' not in page_of(client, reference)
    client.post(f"/cases/{reference}/comments", {"text": "I know her."})
    assert page_of(client, reference).count('class="new"') == 1
    assert 'class="new"' not in page_of(client, reference)


def test_a_comment_is_in_the_history_once_however_often_it_is_sent(
    browser: Browsers, house: House, reference: str
) -> None:
    client = browser("ben")
    page_of(client, reference)
    for _ in range(2):
        answer = client.post(f"/cases/{reference}/comments", {"text": "<script>alert(1)</script>", "key": "once"})
        assert answer.status_code == 303
    page = page_of(client, reference)
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 1 and "<script>alert" not in page


def test_a_file_is_attached_and_comes_back_to_be_saved(browser: Browsers, house: House, reference: str) -> None:
    client = browser("ben")
    page_of(client, reference)
    upload = {"file": (io.BytesIO(PNG), '../../etc/pas"swd.png'), "note": "A photo"}
    assert client.post(f"/cases/{reference}/attachments", upload).status_code == 303
    page = page_of(client, reference)
    assert "Attached: " in page
    link = re.search(rf'href="(/cases/{reference}/files/[0-9a-f]{{64}})"', page)
    assert link is not None and "A photo" in page
    answer = client.get(link[1])
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "/" not in answer.headers["Content-Disposition"].partition("filename=")[2]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert browser("thomas").get(link[1]).status_code == 404
    other = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).reference
    assert client.get(link[1].replace(reference, other)).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tool.exe", b"MZ\x90\x00"),
        ("photo.png", b"MZ\x90\x00"),
        ("photo.png", b"<html><script>alert(1)</script>"),
        ("letter.pdf", PNG),
        ("run.js", b"alert(1)"),
    ],
)
def test_a_file_that_is_a_program_or_pretends_is_refused(
    browser: Browsers, reference: str, name: str, content: bytes
) -> None:
    client = browser("ben")
    page_of(client, reference)
    sent, here = {"file": (io.BytesIO(content), name)}, f"/cases/{reference}"
    answer = client.post(f"{here}/attachments", sent, headers={"Referer": f"http://localhost{here}"})
    assert answer.status_code == 422
    assert name in client.page and f'<a href="{here}">Back to where you were</a>' in client.page


def test_a_move_that_belongs_to_no_task_asks_for_its_form_and_keeps_what_was_typed(
    browser: Browsers, house: House, reference: str
) -> None:
    client = browser("ines")
    page = page_of(client, reference)
    link = re.search(rf'href="(/cases/{reference}/moves/([a-z-]+))"', page)
    assert link is not None, "the inquiry has a move that can be asked for anywhere"
    client.get(link[1])
    answer = client.post(link[1], {"comment": "typed before", "reason": ""})
    assert answer.status_code == 422
    assert "typed before" in answer.get_data(as_text=True)
    assert house.engine.instance(house.engine.find(reference)).status == "running"


def test_who_oversees_suspends_and_resumes_and_nobody_else_can(browser: Browsers, house: House, reference: str) -> None:
    agent, lead = browser("ben"), browser("ines")
    page_of(agent, reference)
    answer = agent.post(f"/cases/{reference}/status", {"do": "suspend", "reason": "just so"})
    assert answer.status_code == 403
    page_of(lead, reference)
    assert lead.post(f"/cases/{reference}/status", {"do": "suspend", "reason": ""}).status_code == 422
    assert lead.post(f"/cases/{reference}/status", {"do": "suspend", "reason": "A duplicate?"}).status_code == 303
    assert "suspended" in page_of(lead, reference)
    assert lead.post(f"/cases/{reference}/status", {"do": "resume"}).status_code == 303
    assert house.engine.instance(house.engine.find(reference)).status == "running"


def test_an_auditor_reads_and_changes_nothing(browser: Browsers, house: House, reference: str) -> None:
    auditor = browser("vera")
    page = page_of(auditor, reference)
    assert "You read here" in page and "<textarea" not in page
    assert "Inquiry · version 1</a>" in page and "/processes/inquiry?version=1" in page
    answer = auditor.post(f"/cases/{reference}/comments", {"text": "Hm."})
    assert answer.status_code == 403
    assert not [line for line in history.read(house.store, house.engine.find(reference)) if line.event.actor == "vera"]


def test_the_history_is_checked_and_a_change_from_outside_is_told(
    browser: Browsers, house: House, reference: str
) -> None:
    client = browser("vera")
    assert "The history is whole" in page_of(client, reference, "?verify=1")
    change(house.store, "UPDATE instance SET priority = 'urgent'")
    found = page_of(client, reference, "?verify=1")
    assert "the case itself was changed from outside" in found and "priority" in found
    tamper(house.store, "UPDATE history SET actor = 'emma' WHERE seq = 1")
    assert "The history was changed from outside" in page_of(client, reference, "?verify=1")


def test_the_history_is_taken_along_and_checked_as_the_page_about_it_tells(
    browser: Browsers, house: House, reference: str, tmp_path: Path
) -> None:
    page = (DOCS / "how-to" / "read-a-case.md").read_text(encoding="utf-8")
    (tmp_path / "check.py").write_text(page.partition("```python\n")[2].partition("```")[0], encoding="utf-8")
    client = browser("ben")
    assert f"/cases/{reference}/history.csv" in page_of(client, reference)
    taken = client.get(f"/cases/{reference}/history.json").get_data(as_text=True)
    lines = history.read(house.store, house.engine.find(reference))
    for text, code in ((taken, 0), (taken.replace('"seq": 2', '"seq": 3'), 1)):
        (tmp_path / "history.json").write_text(text, encoding="utf-8")
        checked = subprocess.run(
            [sys.executable, "check.py", "history.json"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert checked.returncode == code, checked.stderr
        assert (f"head {lines[-1].hash}" in checked.stdout) == (code == 0)
    table = list(csv.DictReader(io.StringIO(client.get(f"/cases/{reference}/history.csv").data.decode("utf-8-sig"))))
    assert [row["hash"] for row in table] == [line.hash for line in lines]
    assert [json.loads(row["body"]) for row in table] == [dict(line.event.body) for line in lines]
    assert client.get(f"/cases/{reference}/history.xml").status_code == 404
    assert browser("thomas").get(f"/cases/{reference}/history.json").status_code in (403, 404)


def test_a_history_is_taken_along_as_masked_as_it_is_shown_and_then_without_hashes(
    browser: Browsers, house: House, reference: str
) -> None:
    client = browser("vera")
    case = house.engine.instance(house.engine.find(reference))
    taken = client.get(f"/cases/{reference}/history.json").get_data(as_text=True)
    assert json.loads(taken)["hidden"] is True and '"hash"' not in taken
    assert case.customer["name"] not in taken and case.customer["email"] not in taken
    assert "may name people all the same" in page_of(client, reference)
    client.post(f"/cases/{reference}/personal-data", {"reason": "Audit 2026-4"})
    taken = client.get(f"/cases/{reference}/history.json").get_data(as_text=True)
    assert json.loads(taken)["hidden"] is False and case.customer["name"] in taken and '"hash"' in taken


def test_watching_is_kept_and_ended(browser: Browsers, house: House, reference: str) -> None:
    client = browser("greta")
    page_of(client, reference)
    client.post(f"/cases/{reference}/watch", {"do": "watch"})
    id = house.engine.find(reference)
    assert personal.watchers(house.store, id) == ["greta"]
    assert "Watch no longer" in page_of(client, reference)
    stands = re.compile(r'data-label="[^"]+">([^<]+)(?: <span class="mark">([^<]+)</span>)?</td>')
    assert stands.findall(client.get("/inbox?view=watching").text)[0] == ("Received", "")
    katrin = house.directory.actor("katrin", "web")
    house.engine.do(id, Cancel(at=house.clock(), actor=katrin, reason="Twice"))
    assert stands.findall(client.get("/inbox?view=watching").text)[0] == ("Received", "cancelled")
    client.post(f"/cases/{reference}/watch", {"do": "unwatch"})
    assert personal.watchers(house.store, id) == []


def test_what_was_promised_late_says_so(browser: Browsers, house: House, reference: str, clock: Any) -> None:
    clock.set(MONDAY + timedelta(days=3))
    from engine.workers.timers import sweep

    sweep(house.engine, clock())
    assert "overdue" in page_of(browser("ben"), reference)


def test_what_happened_again_and_again_is_told_once_and_can_be_opened(
    browser: Browsers, house: House, reference: str
) -> None:
    case = instances.by_reference(house.store, reference)
    assert case is not None
    remind = [
        Event("notified", MONDAY + timedelta(days=day), "system", "worker", {"to": "role:lead", "say": "Look at it"})
        for day in range(5)
    ]
    with house.store.transaction():
        history.append(house.store, case, len(history.read(house.store, case)), remind, MONDAY, "")
    page = page_of(browser("ben"), reference)
    again = page.partition('<details class="again">')[2].partition("</details>")[0]
    summary, _, inside = again.partition("</summary>")
    assert "5 times" in summary and summary.count("Look at it") == 1
    assert re.search(r"Mon 23 Nov 2026, [^<]*</time> – <time [^>]*>Fri 27 Nov 2026, ", summary)
    assert inside.count("Look at it") == 5 == inside.count('id="line-')
    assert page.count('<details class="again">') == 1


def test_a_page_with_times_says_whose_they_are_and_one_without_says_nothing(browser: Browsers, reference: str) -> None:
    for person, where in (("ben", "Europe/London"), ("greta", "Europe/Berlin")):
        client = browser(person)
        page = page_of(client, reference)
        assert page.count("All times are those of") == 1 and f"All times are those of {where}." in page
        assert "All times" not in client.get("/account/nothing-here").get_data(as_text=True)


def test_the_timeline_is_narrowed_to_what_can_happen_and_to_every_event_of_a_promise() -> None:
    assert frozenset().union(*KINDS.values()) <= TYPES.keys()
    assert {type for type in TYPES if type.startswith("clock-")} <= KINDS["promises"]


def test_what_was_filled_in_is_told_by_the_labels_of_the_form(browser: Browsers, reference: str) -> None:
    page = page_of(browser("ben"), reference)
    told = page[page.index('class="timeline"') :]
    assert "contact_name" not in told
    assert re.search(r"[Nn]ame: Lena Fischer", told)


def test_what_a_branch_was_about_is_told_as_the_table_calls_it(browser: Browsers, house: House) -> None:
    forms = forms_by_alias(house.engine.in_force("requirement-change"))
    with browser("ben").client.application.test_request_context():
        g.language = "de"
        (form,) = readable(forms, {"assessment": [{"area": "development", "effort_hours": 3}]})
    assert [(one.label, one.words) for one in form.answers][-1] == ("Bereich", "Entwicklung")


def test_who_the_customer_is_stays_hidden_from_an_auditor_until_they_say_what_for(
    browser: Browsers, house: House, reference: str, clock: Any
) -> None:
    auditor = browser("vera")
    page = page_of(auditor, reference)
    for word in ("Lena Fischer", "lena.fischer@muehlenbau.example", "+49 89 1234567"):
        assert word not in page
    assert "I would like to come by on a Friday." in page
    assert auditor.post(f"/cases/{reference}/personal-data", {"reason": " "}).status_code == 422
    page_of(auditor, reference)
    reason = "Sample 4 of the audit"
    assert auditor.post(f"/cases/{reference}/personal-data", {"reason": reason}).status_code == 303
    page = page_of(auditor, reference)
    assert "Lena Fischer" in page and reason in page
    (line,) = [
        line
        for line in history.read(house.store, house.engine.find(reference))
        if line.event.type == "personal-data-shown"
    ]
    assert line.event.actor == "vera" and line.event.body == {"reason": reason}
    other = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).reference
    assert "Lena Fischer" not in page_of(auditor, other)
    clock.set(MONDAY + timedelta(minutes=1))
    assert "Lena Fischer" not in page_of(browser("vera"), reference), "another session has to say it again"


def test_a_refused_file_costs_nothing_of_what_was_typed_for_a_move(browser: Browsers, house: House) -> None:
    form = """
    properties:
      text: {title: What, type: string}
      papers: {title: Papers, type: array, items: {type: string, format: file}}
    """
    body = """
    start: {by: [agent], go: open}
    states: {open: {task: {candidates: [agent]}, on: {done: end}}, end: {final: true}}
    on: {tell: {title: Tell, by: [agent], form: order-word}}
    """
    house.engine.deploy(lint(Catalog(files(body, {"order-word": form})), PROCESS), "ole", "")
    case = house.engine.start("order", house.directory.actor("ben", "web"), {}).reference
    client, path = browser("ben"), f"/cases/{case}/moves/tell"
    client.get(path)
    papers = [(io.BytesIO(PNG), "photo.png"), (io.BytesIO(b"MZ program"), "tool.png")]
    answer = client.post(path, {"do": "ask", "text": "Twelve pages of it", "papers": papers, "key": "a"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "tool.png is a program" in page
    kept = re.search(r'name="kept:papers" value="([0-9a-f]{64})"', page)
    carried = re.search(r'name="files-before" value="([^"]+)"', page)
    assert "Twelve pages of it" in page and "photo.png" in page and kept is not None and carried is not None
    again = {"do": "ask", "text": "Twelve pages", "kept:papers": kept[1], "files-before": carried[1], "key": "b"}
    assert client.post(path, again).status_code == 303
    data = house.engine.instance(house.engine.find(case)).data["word"]
    assert data["text"] == "Twelve pages" and [one["name"] for one in data["papers"]] == ["photo.png"]


def test_a_message_of_a_move_is_taken_back_to_the_form_it_came_from(browser: Browsers, house: House) -> None:
    body = """
    customer: {email: "'lena@example.org'"}
    start: {by: [agent], go: open}
    states: {open: {task: {candidates: [agent]}, on: {done: end}}, end: {final: true}}
    on: {tell: {title: Tell, by: [agent], form: order-word, send: hello}}
    """
    forms, messages = {"order-word": "properties: {word: {type: string}}"}, {"hello": "Hello | Dear customer"}
    house.engine.deploy(lint(Catalog(files(body, forms, messages)), PROCESS), "ole", "")
    case = house.engine.start("order", house.directory.actor("ben", "web"), {}).reference
    client, path = browser("ben"), f"/cases/{case}/moves/tell"
    client.get(path)
    page = client.follow(client.post(path, {"do": "ask", "word": "Seventeen ducks", "key": "a"})).get_data(as_text=True)
    action = re.search(r'action="(/cases/[^"]+/withdrawal)"', page)
    assert action is not None
    page = client.follow(client.post(action[1])).get_data(as_text=True)
    assert "Taken back: nothing was sent." in page and 'value="Seventeen ducks"' in page
