"""The inbox: views, narrowing down, several at once, and what tells that something is new."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from engine.core.calendars import Calendar, Span
from engine.core.commands import Claim, Comment, Complete, Tag
from engine.core.durations import parse_duration
from engine.runtime import VirtualClock
from engine.store import people, personal
from engine.telling.deadlines import away
from tests.web.cases import INQUIRY
from tests.web.conftest import MONDAY, Browser
from web.deadlines import said
from web.house import House

Browsers = Callable[..., Browser]


@pytest.fixture
def cases(house: House) -> list[str]:
    """Three inquiries that wait to be sorted by intake, the ids of their tasks."""
    dieter = house.directory.actor("dieter", "web")
    found = []
    for number in range(3):
        name = ["Lena", "Otto", "Lena"][number]
        who = {"contact_name": name, "contact_email": f"{name}@muehlenbau.example"}
        values = {**INQUIRY, "subject": f"Question {number}", **who}
        case = house.engine.start("inquiry", dieter, values)
        found.append(next(iter(house.engine.instance(case.instance).tasks)))
    return found


def subjects(page: str) -> list[str]:
    return re.findall(r"Question \d", page)


def test_tasks_wait_in_the_inbox_of_those_who_may_do_them(browser: Browsers, cases: list[str]) -> None:
    assert subjects(browser("dieter").get("/inbox").get_data(as_text=True)) == [
        "Question 0",
        "Question 1",
        "Question 2",
    ]
    assert subjects(browser("katrin").get("/inbox").get_data(as_text=True)) == []
    assert subjects(browser("lena").get("/inbox").get_data(as_text=True)) == []


def test_a_claimed_task_is_mine_at_once_and_leaves_the_others(browser: Browsers, cases: list[str]) -> None:
    dieter, emma = browser("dieter"), browser("emma")
    dieter.get("/inbox")
    answer = dieter.post("/inbox/tasks", {"task": [cases[0], cases[1]], "do": "claim", "here": "/inbox?view=mine"})
    page = dieter.follow(answer).get_data(as_text=True)
    assert "2 tasks are reserved for you." in page
    assert subjects(page) == ["Question 0", "Question 1"]
    assert subjects(emma.get("/inbox").get_data(as_text=True)) == ["Question 2"]
    assert subjects(dieter.get("/inbox?view=unassigned").get_data(as_text=True)) == ["Question 2"]


def test_of_several_tasks_each_has_its_own_answer(browser: Browsers, house: House, cases: list[str]) -> None:
    emma, dieter = house.directory.actor("emma", "web"), browser("dieter")
    dieter.get("/inbox")
    case = cases[1].rpartition(".")[0]
    house.engine.do(case, Claim(at=house.clock(), actor=emma, task=cases[1]))
    page = dieter.follow(dieter.post("/inbox/tasks", {"task": cases, "do": "claim"})).get_data(as_text=True)
    assert "2 tasks are reserved for you." in page
    assert "emma has claimed" in page


def test_nothing_chosen_is_told_and_nothing_is_done(browser: Browsers, house: House, cases: list[str]) -> None:
    dieter = browser("dieter")
    dieter.get("/inbox")
    page = dieter.follow(dieter.post("/inbox/tasks", {"do": "claim"})).get_data(as_text=True)
    assert "Choose one or more tasks first." in page
    assert subjects(dieter.get("/inbox?view=mine").get_data(as_text=True)) == []


def test_only_who_oversees_gives_tasks_to_others(browser: Browsers, house: House, cases: list[str]) -> None:
    dieter, ines = browser("dieter"), browser("ines")
    for client, done in ((dieter, False), (ines, True)):
        client.get("/inbox")
        given = client.follow(client.post("/inbox/tasks", {"task": cases[0], "do": "assign", "to": "emma"}))
        assert ("1 task is given to Emma Lindqvist." in given.get_data(as_text=True)) is done
        mine = subjects(browser("emma").get("/inbox?view=mine").get_data(as_text=True))
        assert mine == (["Question 0"] if done else [])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=question+1", ["Question 1"]),
        ("q=INQ-2026-00003", ["Question 2"]),
        ("customer=lena", ["Question 0", "Question 2"]),
        ("q=contact_name:Otto", ["Question 1"]),
        ("q=contact_name:Otto+category:billing", []),
        ("q=contact_name:ott+question", ["Question 1"]),
        ("customer=question", []),
        ("assignee=-", ["Question 0", "Question 1", "Question 2"]),
        ("assignee=dieter", []),
        ("assignee=emma", []),
        ("view=mine&assignee=-", []),
        ("process=complaint", []),
        ("process=inquiry&priority=urgent", []),
        ("state=received", ["Question 0", "Question 1", "Question 2"]),
        ("process=inquiry&state=received", ["Question 0", "Question 1", "Question 2"]),
        ("process=inquiry&state=in-progress", []),
        ("process=inquiry&state=investigation", ["Question 0", "Question 1", "Question 2"]),
        ("q=%25", []),
        ("q=" + "x" * 3000, []),
        ("view=approvals", []),
        ("view=nowhere&after=nonsense", ["Question 0", "Question 1", "Question 2"]),
    ],
)
def test_an_inbox_is_narrowed_down(browser: Browsers, cases: list[str], query: str, found: list[str]) -> None:
    answer = browser("dieter").get(f"/inbox?{query}")
    assert answer.status_code == 200
    assert subjects(answer.get_data(as_text=True)) == found


def test_states_are_offered_once_a_process_is_chosen(browser: Browsers, cases: list[str]) -> None:
    client = browser("dieter")
    for path, elsewhere in (("/inbox", "in-progress"), ("/cases", "answered")):
        assert 'name="state"' not in client.get(path).get_data(as_text=True)
        page = client.get(f"{path}?process=inquiry&state=received").get_data(as_text=True)
        assert '<option value="received" selected>Received</option>' in page
        assert f'<option value="{elsewhere}">' in page and page.count("Question ") >= 3
        assert "Question " not in client.get(f"{path}?process=inquiry&state={elsewhere}").get_data(as_text=True)
    assert 'value="answered"' not in client.get("/inbox?process=inquiry").get_data(as_text=True)


def test_an_inbox_is_narrowed_down_by_who_has_the_task(browser: Browsers, house: House, cases: list[str]) -> None:
    for task, who in ((cases[0], "dieter"), (cases[1], "emma")):
        actor = house.directory.actor(who, "web")
        house.engine.do(task.rpartition(".")[0], Claim(at=house.clock(), actor=actor, task=task))
    client = browser("dieter")
    for query, found in (("assignee=dieter", ["0"]), ("assignee=-", ["2"]), ("view=unassigned&assignee=dieter", [])):
        page = client.get(f"/inbox?{query}").get_data(as_text=True)
        assert subjects(page) == [f"Question {one}" for one in found]
    assert re.search(r'nobody yet</option><option value="dieter"[^>]*>me</option>', page)
    page = client.get("/cases?assignee=emma").get_data(as_text=True)
    assert subjects(page) == ["Question 1"] and '<option value="emma" selected>' in page
    assert subjects(client.get("/cases?assignee=-").get_data(as_text=True)) == ["Question 2"]


def test_the_tasks_own_deadline_and_the_promise_of_its_case_are_told_apart(
    browser: Browsers, cases: list[str], clock: VirtualClock
) -> None:
    page = browser("dieter").get("/inbox").get_data(as_text=True)
    cell = page.partition('data-label="Due"')[2].partition("</td>")[0]
    assert re.findall(r'class="what">([^<]+)<', cell) == ["Task", "First response"]


def test_every_view_has_a_count(browser: Browsers, house: House, cases: list[str]) -> None:
    client = browser("dieter")
    instance = cases[0].rpartition(".")[0]
    personal.watch(house.store, "dieter", instance, house.clock())
    page = client.get("/inbox").get_data(as_text=True)
    views = page.partition('<nav class="views"')[2].partition("</nav>")[0]
    counts = {
        title.strip(): count
        for title, count in re.findall(r'<a href="/inbox[^>]*>([^<]+)<span class="count">(\d+)<', views)
    }
    assert counts == {
        "All I may act on": "3",
        "My tasks": "0",
        "My approvals": "0",
        "Nobody&#39;s yet": "3",
        "Due today": "3",
        "Overdue": "0",
        "New from the customer": "0",
        "Delegated to me": "0",
        "Delegated by me": "0",
        "Waiting for the customer": "0",
        "Watching": "1",
    }


def test_for_several_tasks_is_offered_what_can_be_done(browser: Browsers, house: House, cases: list[str]) -> None:
    def offered(person: str, query: str = "") -> list[str]:
        page = browser(person).get(f"/inbox{query}").get_data(as_text=True)
        assert ('class="choose"' in page) is ('id="several"' in page)
        assert ("for those who oversee" in page) is ('id="several"' in page and 'value="assign"' not in page)
        return re.findall(r'name="do" value="(\w+)"', page)

    assert offered("dieter") == ["claim", "tag"]
    ines = people.load(house.store, "ines")
    assert ines is not None and offered("ines") == [] and "team-lead" in ines.roles
    with house.store.transaction():
        people.put(house.store, [replace(ines, roles=(*ines.roles, "dispatcher"))])
    assert offered("ines") == ["claim", "assign", "tag"]
    house.engine.do(
        cases[0].rpartition(".")[0],
        Claim(at=house.clock(), actor=house.directory.actor("dieter", "web"), task=cases[0]),
    )
    assert offered("dieter", "?view=mine") == ["tag"]
    house.engine.start("inquiry", house.directory.actor("lena", "web"), INQUIRY)
    assert offered("lena") == [] == offered("vera")


def test_what_is_overdue_says_how_long_in_working_time(
    browser: Browsers, cases: list[str], clock: VirtualClock
) -> None:
    page = browser("dieter").get("/inbox").get_data(as_text=True)
    assert re.search(r"in \d+ working hours?", page)
    clock.set(MONDAY + timedelta(days=7))
    page = browser("dieter").get("/inbox?view=breached").get_data(as_text=True)
    assert re.search(r"[\d.]+ working days late", page)
    assert subjects(page) == ["Question 0", "Question 1", "Question 2"]


def test_what_is_left_and_what_is_late_is_said_as_germans_say_it(app: Flask) -> None:
    office = Calendar("office", "Office", "Europe/Berlin", (*((Span(9 * 60, 17 * 60),),) * 5, (), ()))
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert said(away(MONDAY + timedelta(days=3), MONDAY, office)).words == "in 3 Arbeitstagen"
        assert said(away(MONDAY + timedelta(days=2, hours=4), MONDAY, office)).words == "in 2,5 Arbeitstagen"
        assert said(away(MONDAY, MONDAY + timedelta(days=2, hours=4), office)).words == "2,5 Arbeitstage überfällig"
        at_night_too = (parse_duration("3d"), parse_duration("12h"))
        assert said(away(MONDAY + timedelta(hours=18), MONDAY, office, at_night_too)).words == "in 18 Stunden"
        assert said(away(MONDAY, MONDAY + timedelta(days=3), office, at_night_too)).words == "3 Tage überfällig"
        mixed = (*at_night_too, parse_duration("1bh"))
        assert said(away(MONDAY + timedelta(days=3), MONDAY, office, mixed)).words == "in 3 Arbeitstagen"


def test_a_deadline_is_said_in_german_with_its_comma_and_its_dative(
    browser: Browsers, cases: list[str], clock: VirtualClock
) -> None:
    clock.set(MONDAY - timedelta(days=7))
    assert re.search(r"in \d+(,\d)? Arbeitstagen", browser("dieter").get("/inbox?language=de").get_data(as_text=True))
    clock.set(MONDAY + timedelta(days=7, hours=5))
    page = browser("dieter").get("/inbox?language=de").get_data(as_text=True)
    assert re.search(r"\d,\d Arbeitstage überfällig", page)


def test_a_case_is_new_until_it_was_looked_at_and_again_when_something_happened(
    browser: Browsers, house: House, cases: list[str]
) -> None:
    dieter = browser("dieter")
    assert dieter.get("/inbox").get_data(as_text=True).count('class="new"') == 3
    dieter.get("/cases/INQ-2026-00001")
    assert dieter.get("/inbox").get_data(as_text=True).count('class="new"') == 2
    emma = house.directory.actor("emma", "web")
    house.engine.do(cases[0].rpartition(".")[0], Comment(at=house.clock(), actor=emma, text="Look"))
    assert dieter.get("/inbox").get_data(as_text=True).count('class="new"') == 3


def test_a_view_of_ones_own_is_kept_and_forgotten(browser: Browsers, house: House, cases: list[str]) -> None:
    dieter = browser("dieter")
    dieter.get("/inbox?customer=lena")
    answer = dieter.post("/inbox/views", {"name": "<Lena>", "query": "customer=lena"})
    page = dieter.follow(answer).get_data(as_text=True)
    assert subjects(page) == ["Question 0", "Question 2"]
    assert "&lt;Lena&gt;" in page and "<Lena>" not in page
    assert 'aria-current="page">&lt;Lena&gt;' in page and ">Rename<" in page
    (kept,) = personal.views(house.store, "dieter", "inbox")
    other = browser("emma")
    other.get("/inbox")
    other.post("/inbox/views", {"name": "Mine", "rename": kept.id})
    assert personal.views(house.store, "dieter", "inbox") == [kept]
    dieter.post("/inbox/views", {"name": "Old", "query": "customer=otto"})
    dieter.post("/inbox/views", {"name": "Old", "query": "customer=lena", "rename": kept.id})
    (kept,) = personal.views(house.store, "dieter", "inbox")
    assert (kept.name, kept.query) == ("Old", "customer=lena")
    other.post("/inbox/views", {"forget": kept.id})
    assert personal.views(house.store, "dieter", "inbox") == [kept]
    dieter.post("/inbox/views", {"forget": kept.id})
    assert personal.views(house.store, "dieter", "inbox") == []


def test_a_page_that_has_not_changed_is_not_sent_again(browser: Browsers, house: House, cases: list[str]) -> None:
    dieter = browser("dieter")
    page = dieter.get("/inbox").get_data(as_text=True)
    known = re.search(r'hx-get="([^"]+)"', page)
    assert known is not None
    address, htmx = known[1].replace("&amp;", "&"), {"HX-Request": "true"}
    assert dieter.client.get(address, headers=htmx).status_code == 204
    emma = house.directory.actor("emma", "web")
    house.engine.do(cases[0].rpartition(".")[0], Claim(at=house.clock(), actor=emma, task=cases[0]))
    answer = dieter.client.get(address, headers=htmx)
    assert answer.status_code == 200
    assert subjects(answer.get_data(as_text=True)) == ["Question 1", "Question 2"]
    assert "<html" not in answer.get_data(as_text=True)


def test_a_long_inbox_comes_in_pages_and_every_task_once(browser: Browsers, house: House) -> None:
    dieter = house.directory.actor("dieter", "web")
    for number in range(60):
        house.engine.start("inquiry", dieter, {**INQUIRY, "subject": f"Numbered {number}."})
    client = browser("dieter")
    page = client.get("/inbox").get_data(as_text=True)
    first = re.findall(r"Numbered \d+\.", page)
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following is not None and len(first) == 50
    page = client.get(following[1].replace("&amp;", "&")).get_data(as_text=True)
    second = re.findall(r"Numbered \d+\.", page)
    assert sorted([*first, *second]) == sorted(f"Numbered {number}." for number in range(60))
    assert 'hx-get="/inbox?after=' in page and 'name="here" value="/inbox?after=' in page


def test_how_many_statements_a_page_takes_does_not_depend_on_its_rows(
    browser: Browsers, house: House, cases: list[str], statements: Callable[[], int]
) -> None:
    client = browser("dieter")
    client.get("/inbox")  # every definition is read once, for the menu
    statements()
    client.get("/inbox")
    few = statements()
    for _ in range(20):
        house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    statements()
    client.get("/inbox")
    assert statements() == few


def test_single_keys_are_off_for_who_turned_them_off(browser: Browsers, house: House) -> None:
    client = browser("dieter")
    assert "data-keys" not in client.get("/inbox").get_data(as_text=True)
    personal.choose(house.store, "dieter", {"keys": "off"})
    assert 'data-keys="off"' in client.get("/inbox").get_data(as_text=True)
    assert people.load(house.store, "dieter") is not None


def test_several_cases_are_tagged_at_once_and_found_by_it(browser: Browsers, house: House, cases: list[str]) -> None:
    dieter = browser("dieter")
    dieter.get("/inbox")
    answer = dieter.post("/inbox/tasks", {"task": cases[:2], "do": "tag", "tags": "VIP, follow-up", "key": "k"})
    page = dieter.follow(answer).get_data(as_text=True)
    assert "The cases of 2 tasks are tagged." in page
    assert page.count(">follow-up</a>") == 2 == page.count(">vip</a>")
    assert subjects(dieter.get("/inbox?q=tag:vip+tag:fol").get_data(as_text=True)) == ["Question 0", "Question 1"]
    assert subjects(dieter.get("/inbox?q=tag:other").get_data(as_text=True)) == []
    assert house.engine.instance(cases[2].rpartition(".")[0]).tags == ()


def test_of_several_cases_to_tag_each_has_its_own_answer(browser: Browsers, house: House, cases: list[str]) -> None:
    case = cases[1].rpartition(".")[0]
    actor = house.directory.actor("emma", "web")
    house.engine.do(case, Tag(at=house.clock(), actor=actor, add=tuple(f"t{number}" for number in range(20))))
    dieter = browser("dieter")
    dieter.get("/inbox")
    page = dieter.follow(dieter.post("/inbox/tasks", {"task": [*cases, "no.1"], "do": "tag", "tags": "vip"}))
    text = page.get_data(as_text=True)
    assert "The cases of 2 tasks are tagged." in text
    assert "Expected at most 20 tags of a case, but these would be 21" in text
    assert "Expected a case, but there is none that you may see" in text


def test_words_that_are_no_tags_are_told_once_and_stay_where_they_were_typed(
    browser: Browsers, house: House, cases: list[str]
) -> None:
    dieter = browser("dieter")
    dieter.get("/inbox")
    wrong = {"task": cases, "do": "tag", "tags": "fine <b>", "here": "/inbox?view=unassigned"}
    page = dieter.follow(dieter.post("/inbox/tasks", wrong)).get_data(as_text=True)
    assert page.count("Please use letters, digits and hyphens") == 1
    assert 'name="tags" value="fine &lt;b&gt;"' in page and "typed=" not in page
    assert subjects(page) == ["Question 0", "Question 1", "Question 2"]
    page = dieter.follow(dieter.post("/inbox/tasks", {"task": cases, "do": "tag"})).get_data(as_text=True)
    assert "Write the words to tag them with first." in page
    assert house.engine.instance(cases[0].rpartition(".")[0]).tags == ()


def test_a_case_that_one_may_not_see_is_not_tagged_by_its_number(
    browser: Browsers, house: House, cases: list[str]
) -> None:
    udo = browser("udo")
    udo.get("/inbox")
    assert udo.get("/cases/INQ-2026-00001").status_code == 404
    udo.post("/inbox/tasks", {"task": cases[0], "do": "tag", "tags": "vip"})
    assert house.engine.instance(cases[0].rpartition(".")[0]).tags == ()


def test_an_inbox_is_narrowed_down_by_severity(browser: Browsers, house: House, cases: list[str]) -> None:
    dieter = house.directory.actor("dieter", "web")
    for task, impact in zip(cases, ("organisation", "individual"), strict=False):
        case = task.rpartition(".")[0]
        house.engine.do(case, Claim(at=house.clock(), actor=dieter, task=task))
        values = {"category": "billing", "impact": impact, "urgency": "critical", "is_complaint": False}
        house.engine.do(case, Complete(at=house.clock(), actor=dieter, task=task, outcome="triage", values=values))
    client = browser("carla")
    page = client.get("/inbox").get_data(as_text=True)
    assert re.search(r'<select name="severity">.*<option value="S1">S1</option><option value="S2">', page)
    for asked, found in (("severity=S1", "0"), ("q=severity:s2", "1"), ("severity=S4", ""), ("severity=<b>", "")):
        page = client.get(f"/inbox?{asked}").get_data(as_text=True)
        assert subjects(page) == [f"Question {one}" for one in found], asked


def test_a_customer_neither_sees_tags_nor_finds_by_them(browser: Browsers, house: House, cases: list[str]) -> None:
    lena = house.directory.actor("lena", "web")
    case = house.engine.start("inquiry", lena, INQUIRY)
    actor = house.directory.actor("emma", "web")
    house.engine.do(case.instance, Tag(at=house.clock(), actor=actor, add=("difficult",)))
    client = browser("lena")
    page = client.follow(client.follow(client.get(f"/cases/{case.reference}"))).get_data(as_text=True)
    assert "difficult" not in page
    for page in ("/inbox?q=tag:diff", "/inbox?severity=S1", "/cases?q=tag:difficult", "/cases?q=tagdifficult"):
        assert case.reference not in client.get(page).get_data(as_text=True)
    assert case.reference in client.get("/cases").get_data(as_text=True)
    assert case.reference in browser("emma").get("/cases?q=tag:diff").get_data(as_text=True)
    assert 'name="severity"' not in client.get("/inbox").get_data(as_text=True)


def test_a_task_is_called_by_its_title_in_the_readers_language(
    browser: Browsers, house: House, cases: list[str]
) -> None:
    dieter = browser("dieter")
    assert "Sort INQ-2026-00001" in dieter.get("/inbox").get_data(as_text=True)
    house.store.database.execute_sql("UPDATE person SET language = 'de' WHERE id = 'dieter'")
    german = dieter.get("/inbox").get_data(as_text=True)
    assert "INQ-2026-00001 einordnen" in german and "Sort INQ" not in german
    assert "<h1>INQ-2026-00001 einordnen</h1>" in dieter.get(f"/tasks/{cases[0]}").get_data(as_text=True)
