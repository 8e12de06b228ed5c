"""The register of cases: what is found, as of which day, and what is taken along."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engine.core.commands import Cancel, Tag
from engine.runtime import VirtualClock
from engine.store import deployments, personal
from tests.databases import tamper
from tests.web.cases import INQUIRY
from tests.web.conftest import MONDAY, Browser
from web.house import House

Browsers = Callable[..., Browser]


@pytest.fixture
def cases(house: House, clock: VirtualClock) -> list[str]:
    """Three inquiries of three days, the last of them cancelled two days later."""
    dieter = house.directory.actor("dieter", "web")
    house.engine.recording = clock  # of an earlier day counts what was written down by then
    found = []
    for day in range(3):
        clock.set(MONDAY + timedelta(days=day))
        values = {**INQUIRY, "subject": f"=Question {day}", "contact_name": f"Lena {day}"}
        found.append(house.engine.start("inquiry", dieter, values).instance)
    clock.set(MONDAY + timedelta(days=4))
    katrin = house.directory.actor("katrin", "web")
    house.engine.do(found[2], Cancel(at=clock(), actor=katrin, reason="Twice"))
    return found


def subjects(page: str) -> list[str]:
    return re.findall(r"Question (\d)", page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["2", "1", "0"]),
        ("status=running", ["1", "0"]),
        ("status=cancelled", ["2"]),
        ("from=2026-11-24", ["2", "1"]),
        ("to=2026-11-24", ["1", "0"]),
        ("from=2026-11-24&to=2026-11-24", ["1"]),
        ("q=lena+1", ["1"]),
        ("q=contact_name:lena+question+1", ["1"]),
        ("q=category:lena", []),
        ("q=category:etwas+question+1", ["1"]),
        ("q=Category:anderes+question+1", ["1"]),
        ("q=category:Something+question+1", ["1"]),
        ("q=category:Rechnung", []),
        ("customer=lena", ["2", "1", "0"]),
        ("customer=question", []),
        ("assignee=dieter", []),
        ("assignee=-", ["1", "0"]),
        ("q=INQ-2026-00003", ["2"]),
        ("process=complaint", []),
        ("from=tomorrow", ["2", "1", "0"]),
        ("to=9999-12-31&from=0001-01-01", ["2", "1", "0"]),
        ("after=nonsense", ["2", "1", "0"]),
        ("sort=oldest", ["0", "1", "2"]),
        ("sort=due", ["0", "1"]),
        ("sort=nonsense", ["2", "1", "0"]),
        ("sort=due&as-of=2026-11-27", ["2", "1", "0"]),
    ],
)
def test_the_register_is_narrowed_down(browser: Browsers, cases: list[str], query: str, found: list[str]) -> None:
    answer = browser("liam").get(f"/cases?{query}")
    assert answer.status_code == 200
    assert subjects(answer.get_data(as_text=True)) == found


def test_who_sees_less_finds_less(browser: Browsers, cases: list[str]) -> None:
    assert subjects(browser("udo").get("/cases").get_data(as_text=True)) == []
    assert subjects(browser("thomas").get("/cases").get_data(as_text=True)) == []
    assert subjects(browser("ann").get("/cases").get_data(as_text=True)) == ["2", "1", "0"]


def test_an_auditor_finds_all_without_the_names(browser: Browsers, cases: list[str]) -> None:
    page = browser("vera").get("/cases").get_data(as_text=True)
    assert subjects(page) == ["2", "1", "0"] and "Lena 1" not in page
    taken = browser("vera").get("/cases?format=csv").get_data(as_text=True)
    assert "Lena" not in taken


MASKED = ("q=lena", "q=lena@muehlenbau", "customer=lena", "q=contact_name:lena", "q=details:paint", "q=paint")


@pytest.mark.parametrize("query", MASKED)
@pytest.mark.parametrize("more", ["", "&as-of=2026-11-27", "&format=csv", "&format=json"])
def test_an_auditor_finds_nothing_by_what_is_hidden_from_them(
    browser: Browsers, cases: list[str], clock: VirtualClock, query: str, more: str
) -> None:
    assert subjects(browser("vera").get(f"/cases?{query}{more}").get_data(as_text=True)) == []


@pytest.mark.parametrize("page", ["/inbox", "/inbox?view=watching", "/cases"])
def test_an_auditor_is_told_that_nothing_is_found_by_who_the_customer_is(
    browser: Browsers, house: House, cases: list[str], page: str
) -> None:
    for person, told in (("vera", True), ("liam", False)):
        personal.watch(house.store, person, cases[1], house.clock())
        text = browser(person).get(page).get_data(as_text=True)
        assert ("by their names and addresses, and by what was typed" in text) is (told and "watching" not in page)
        assert ("Lena 1" in text) is (not told and page != "/inbox")


def test_the_name_of_a_customer_is_hidden_from_an_auditor_in_a_subject_too(browser: Browsers, house: House) -> None:
    actor = house.directory.actor("dieter", "web")
    house.engine.start("inquiry", actor, {**INQUIRY, "subject": "A lamp for Zoë Öz", "contact_name": "Zoë Öz"})
    for form in ("", "?format=csv", "?format=json"):
        page = browser("vera").get(f"/cases{form}").get_data(as_text=True)
        assert "A lamp for" in page and "hidden" in page and "Zoë" not in page
    client = browser("vera")
    assert [len(subjects_of_lamps(client, query)) for query in ("q=lamp", "q=zo%C3%AB", "q=lamp+for+oz")] == [1, 0, 0]


def test_the_name_is_hidden_in_the_subject_of_a_case_that_an_auditor_watches(browser: Browsers, house: House) -> None:
    actor = house.directory.actor("dieter", "web")
    about = {**INQUIRY, "subject": "A lamp for Zoë Öz", "contact_name": "Zoë Öz"}
    personal.watch(house.store, "vera", house.engine.start("inquiry", actor, about).instance, house.clock())
    page = browser("vera").get("/inbox?view=watching").get_data(as_text=True)
    assert "A lamp for" in page and "Zoë" not in page


def subjects_of_lamps(client: Browser, query: str) -> list[str]:
    return re.findall("A lamp for", client.get(f"/cases?{query}").get_data(as_text=True))


def test_a_name_that_no_process_has_is_told_with_a_few_that_are_like_it_or_else_the_first(
    browser: Browsers, house: House, cases: list[str]
) -> None:
    for page in ("/cases", "/inbox"):
        text = browser("liam").get(f"{page}?q=kategory:other+10:30+http://a.example").get_data(as_text=True)
        assert "No process has a field “kategory”. Did you mean “category”?" in text
        near = text.partition("such as: ")[2].partition(".")[0].split(", ")
        assert text.count("No process has") == 1 and "category" in near and len(near) < 8
        text = browser("liam").get(f"{page}?q=zzz:other").get_data(as_text=True)
        assert len(text.partition("such as: ")[2].partition(".")[0].split(", ")) == 8
    assert "No process has" not in browser("liam").get("/cases?q=category:nothing").get_data(as_text=True)


def test_an_auditor_finds_by_what_was_chosen_and_by_marks(browser: Browsers, house: House, cases: list[str]) -> None:
    emma = house.directory.actor("emma", "web")
    house.engine.do(cases[1], Tag(at=house.clock(), actor=emma, add=("vip",)))
    client = browser("vera")
    channel = INQUIRY["channel"]
    for query, found in (
        (f"q=channel:{channel}+00002", ["1"]),
        ("q=channel:telefon+00002", ["1"]),
        ("q=tag:vip", ["1"]),
        ("q=INQ-2026-00002", ["1"]),
    ):
        assert subjects(client.get(f"/cases?{query}").get_data(as_text=True)) == found


def test_a_customer_finds_nothing_by_what_the_house_knows(browser: Browsers, house: House) -> None:
    lena = house.directory.actor("lena", "web")
    case = house.engine.start("inquiry", lena, INQUIRY)
    client = browser("lena")
    assert case.reference in client.get(f"/cases?q={INQUIRY['subject'].split()[0]}").get_data(as_text=True)
    for query in (f"q=channel:{INQUIRY['channel']}", "q=contact_name:lena"):
        for page in ("/cases", "/inbox"):
            assert case.reference not in client.get(f"{page}?{query}").get_data(as_text=True)
    assert 'name="assignee"' not in client.get("/cases").get_data(as_text=True)


def test_a_day_that_is_still_to_come_is_refused_in_a_sentence(browser: Browsers, cases: list[str]) -> None:
    client = browser("liam")
    page = client.get("/cases?as-of=2026-12-31").get_data(as_text=True)
    assert "Expected a day up to today, but Thu 31 Dec 2026 is still to come" in page
    assert subjects(page) == ["2", "1", "0"] and "as of" not in page and 'max="2026-11-27"' in page
    assert "still to come" not in client.get("/cases?as-of=2026-11-27").get_data(as_text=True)
    assert "as-of" not in client.get("/cases?as-of=2026-12-31&format=csv").headers["Content-Disposition"]


def test_what_is_shown_is_taken_along_as_it_is(browser: Browsers, cases: list[str]) -> None:
    client = browser("liam")
    answer = client.get("/cases?status=running&format=csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["reference"] for row in rows] == ["INQ-2026-00002", "INQ-2026-00001"]
    assert rows[0]["subject"] == "'=Question 1", "a spreadsheet must not reckon with it"
    plain = json.loads(client.get("/cases?status=running&format=json").get_data(as_text=True))
    assert [row["subject"] for row in plain] == ["=Question 1", "=Question 0"]
    assert {row["status"] for row in plain} == {"goes on"}, "in the words of the page"


def test_the_register_is_narrowed_down_by_severity_and_says_it(
    browser: Browsers, house: House, cases: list[str]
) -> None:
    tamper(house.store, "UPDATE instance SET severity = 'S1' WHERE reference = 'INQ-2026-00002'")
    assert [(row["reference"], row["severity"]) for row in taken(browser("vera"), "&severity=S1")] == [
        ("INQ-2026-00002", "S1")
    ]
    page = browser("vera").get("/cases?severity=S1").get_data(as_text=True)
    assert subjects(page) == ["1"] and '<span class="mark">Severity S1</span>' in page
    assert subjects(browser("vera").get("/cases?severity=S2").get_data(as_text=True)) == []
    page = browser("vera").get("/cases?as-of=2026-11-27&severity=S1").get_data(as_text=True)
    assert "is not searched for" in page and "Severity S" not in page


def taken(client: Browser, query: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(client.get(f"/cases?format=json{query}").get_data(as_text=True))
    return found


@pytest.mark.parametrize("order", ["oldest", "due"])
def test_in_every_order_one_page_follows_the_other_and_the_file_has_them_all(
    browser: Browsers, cases: list[str], monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr("web.cases.register.SIZE", 1)
    client, seen, address = browser("liam"), [], f"/cases?sort={order}&status=running"
    while address:
        page = client.get(address).get_data(as_text=True)
        seen += subjects(page)
        following = re.findall(r'href="([^"]+)" rel="next"', page)
        address = html.unescape(following[0]) if following else ""
    rows = taken(client, f"&sort={order}&status=running")
    assert seen == ["0", "1"] == [row["subject"][-1] for row in rows]
    last = [datetime.fromisoformat(rows[1]["due"])]  # on the page behind
    assert [datetime.fromisoformat(row["due"]) for row in rows] == shown_deadlines(client) + last


def shown_deadlines(client: Browser) -> list[datetime]:
    page = client.get("/cases?sort=due").get_data(as_text=True)
    return [datetime.fromisoformat(one) for one in re.findall(r'due <time datetime="([^"]+)"', page)]


def test_more_than_can_be_taken_along_is_refused_and_not_cut_off(
    browser: Browsers, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.cases.register.MOST_TAKEN", 2)
    answer = browser("liam").get("/cases?format=csv")
    assert answer.status_code == 422 and "Expected at most 2 cases" in answer.get_data(as_text=True)
    assert browser("liam").get("/cases?format=csv&status=running").status_code == 200


def test_as_of_an_earlier_day_cases_stand_as_they_stood(
    browser: Browsers, house: House, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(house.store, "UPDATE history SET recorded_at = at")  # as it happened, not while the test runs
    client = browser("liam")
    assert "cancelled</span>" in client.get("/cases").get_data(as_text=True)
    page = client.get("/cases?as-of=2026-11-25").get_data(as_text=True)
    assert subjects(page) == ["2", "1", "0"] and "cancelled</span>" not in page
    assert subjects(client.get("/cases?as-of=2026-11-23").get_data(as_text=True)) == ["0"]
    taken = client.get("/cases?as-of=2026-11-25&format=json")
    assert "as-of-2026-11-25" in taken.headers["Content-Disposition"]
    assert {row["ended"] for row in json.loads(taken.get_data(as_text=True))} == {""}
    for query, found in (
        ("status=running", ["2", "1", "0"]),
        ("status=cancelled", []),
        ("process=inquiry&state=received", ["2", "1", "0"]),
        ("process=inquiry&state=closed", []),
    ):
        assert subjects(client.get(f"/cases?as-of=2026-11-25&{query}").get_data(as_text=True)) == found
    monkeypatch.setattr("web.cases.register.SIZE", 1)
    page = client.get("/cases?as-of=2026-11-27&status=running").get_data(as_text=True)
    assert subjects(page) == ["1"], "the page is filled with what stood so then"
    following = html.unescape(re.findall(r'href="([^"]+)" rel="next"', page)[0])
    assert subjects(client.get(following).get_data(as_text=True)) == ["0"]
    today = json.loads(client.get("/cases?format=json").get_data(as_text=True))
    later = json.loads(client.get("/cases?as-of=2026-12-31&format=json").get_data(as_text=True))
    assert [row["ended"] for row in later] == [row["ended"] for row in today] and any(row["ended"] for row in later)


def test_what_was_written_down_later_fills_no_pages_of_an_earlier_day(
    browser: Browsers, house: House, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(house.store, "UPDATE history SET recorded_at = at")
    # Imported, say: received before all others, and here only since the last day.
    tamper(house.store, "UPDATE instance SET received_at = 0 WHERE reference = 'INQ-2026-00003'")
    monkeypatch.setattr("web.cases.register.SIZE", 1)
    client = browser("liam")
    page = client.get("/cases?as-of=2026-11-23").get_data(as_text=True)
    assert subjects(page) == ["0"] and 'rel="next"' not in page
    assert 'rel="next"' in client.get("/cases").get_data(as_text=True)


def test_to_narrow_a_page_down_asks_no_more_often_which_versions_there_are(
    browser: Browsers, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    every = deployments.all_of
    monkeypatch.setattr(deployments, "all_of", lambda *given: asked.append(1) or every(*given))
    client = browser("emma")
    for path in ("/cases", "/inbox"):
        asked.clear()
        client.get(path)
        plain = len(asked)
        assert client.get(f"{path}?process=inquiry&severity=S1&q=category:quote").status_code == 200
        assert len(asked) == 2 * plain, path
