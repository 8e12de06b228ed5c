"""One's own account, and who is away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from engine.core.commands import Claim
from engine.store import people, sessions
from tests.web.cases import INQUIRY
from tests.web.conftest import MONDAY, Browser
from tests.web.working import only_task
from web.agents import in_words
from web.house import House
from web.passwords import fits, hashed

Browsers = Callable[..., Browser]
OLD, NEW = "four quiet words here", "five rather louder words there"


def test_language_zone_and_keys_are_as_one_chose_them(browser: Browsers, house: House) -> None:
    client = browser("ann")
    client.get("/account")
    assert client.post("/account/preferences", {"language": "en", "zone": "Asia/Tokyo"}).status_code == 303
    page = client.get("/inbox").get_data(as_text=True)
    assert '<html lang="en">' in page and 'data-keys="off"' in page
    ann = people.load(house.store, "ann")
    assert ann is not None and (ann.language, ann.zone, ann.roles) == ("en", "Asia/Tokyo", ("agent", "support-l1"))


@pytest.mark.parametrize("values", [{"language": "xx", "zone": "UTC"}, {"language": "en", "zone": "../etc"}, {}])
def test_what_is_no_language_or_zone_changes_nothing(browser: Browsers, house: House, values: dict[str, str]) -> None:
    client, before = browser("ann"), people.load(house.store, "ann")
    client.get("/account")
    assert client.post("/account/preferences", values).status_code == 422
    assert people.load(house.store, "ann") == before


def test_a_new_password_wants_the_old_one_and_ends_the_other_sessions(browser: Browsers, house: House) -> None:
    sessions.set_password(house.store, "ann", hashed(OLD), MONDAY)
    here, there = browser("ann"), browser("ann")
    here.get("/account")
    for given in (
        {"old": "wrong", "password": NEW, "again": NEW},
        {"old": OLD, "password": NEW, "again": "different"},
        {"old": OLD, "password": "short", "again": "short"},
        {"old": OLD, "password": "ann ann ann ann", "again": "ann ann ann ann"},
    ):
        assert here.post("/account/password", given).status_code == 422
        assert fits(sessions.password(house.store, "ann"), OLD)
    assert here.post("/account/password", {"old": OLD, "password": NEW, "again": NEW}).status_code == 303
    assert fits(sessions.password(house.store, "ann"), NEW)
    assert here.get("/inbox").status_code == 200 and there.get("/inbox").status_code == 303


def test_one_signs_out_everywhere_else(browser: Browsers) -> None:
    here, there = browser("ann"), browser("ann")
    here.get("/account")
    here.post("/sessions/end", {"others": "yes"})
    assert here.get("/inbox").status_code == 200 and there.get("/inbox").status_code == 303


def test_while_somebody_is_away_the_deputy_finds_their_work_and_it_comes_back(browser: Browsers, house: House) -> None:
    house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    dieter, ann = browser("dieter"), browser("ann")
    assert "INQ-2026-00001" not in ann.get("/inbox").get_data(as_text=True)
    dieter.get("/absences")
    values = {"person": "dieter", "from": "2026-11-23", "until": "2026-11-27", "deputy": "ann"}
    assert dieter.post("/absences", values).status_code == 303
    page = ann.get("/inbox").get_data(as_text=True)
    assert "INQ-2026-00001" in page and "Sie vertreten Dieter Vogt" in page
    own = only_task(house, house.engine.find("INQ-2026-00001"))
    house.engine.do(own.rpartition(".")[0], Claim(at=house.clock(), actor=house.directory.actor("dieter"), task=own))
    page = ann.get("/inbox").get_data(as_text=True)
    assert "Sie vertreten Dieter Vogt" in page and "für Dieter Vogt" not in page, "it is Dieter's own still"
    dieter.get("/absences")
    assert dieter.post("/absences/1/end").status_code == 303
    assert "INQ-2026-00001" not in ann.get("/inbox").get_data(as_text=True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"from": "2026-11-27", "until": "2026-11-23", "deputy": "ann"}, "Expected"),
        ({"from": "soon", "until": "2026-11-23", "deputy": "ann"}, "Expected"),
        ({"from": "2026-11-23", "until": "2026-11-27", "deputy": "dieter"}, "cannot be their own"),
        ({"from": "2026-11-23", "until": "2026-11-27", "deputy": "nobody"}, "nobody is called"),
        ({"from": "2026-11-23", "until": "2026-11-27", "deputy": "vera"}, "vera only reads"),
    ],
)
def test_an_absence_that_makes_no_sense_is_told_and_what_was_typed_stays(
    browser: Browsers, values: dict[str, str], said: str
) -> None:
    client = browser("dieter")
    client.get("/absences")
    answer = client.post("/absences", values)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True) and f'value="{values["until"]}"' in answer.get_data(as_text=True)


def test_a_day_away_is_the_same_day_wherever_it_is_read(browser: Browsers) -> None:
    dieter, ben = browser("dieter"), browser("ben")  # in Berlin, and in London
    dieter.get("/absences")
    dieter.post("/absences", {"from": "2026-11-23", "until": "2026-11-27", "deputy": "ann"})
    page = ben.get("/absences").get_data(as_text=True)
    assert "Mon 23 Nov 2026</td>" in page and "Fri 27 Nov 2026</td>" in page
    ines, from_berlin = browser("ines"), ("2026-11-24 00:00+01:00", "2026-11-25 23:59+01:00")  # in Lisbon
    ines.get("/absences")
    assert ines.post("/absences", {"from": from_berlin[0], "until": from_berlin[1], "deputy": "ben"}).status_code == 303
    told = ben.get("/absences").get_data(as_text=True)
    assert "Tue 24 Nov 2026</td>" in told and "Wed 25 Nov 2026</td>" in told
    assert "Is back" not in page and "Is back" in dieter.get("/absences").get_data(as_text=True)


def test_who_only_reads_begins_no_case(browser: Browsers) -> None:
    vera = browser("vera")
    assert "New case" not in vera.get("/inbox").get_data(as_text=True)
    assert vera.get("/start").status_code == vera.get("/start/inquiry").status_code == 404
    assert "New case" in browser("dieter").get("/inbox").get_data(as_text=True)


def test_who_only_reads_is_offered_as_nobodys_deputy(browser: Browsers) -> None:
    page = browser("ines").get("/absences").get_data(as_text=True)
    away, deputies = page.partition('id="deputy"')[::2]
    assert 'value="vera"' in away and 'value="ann"' in deputies and 'value="vera"' not in deputies


def test_nobody_is_offered_as_their_own_deputy_and_who_is_away_too_is_marked(browser: Browsers) -> None:
    ann, ben = browser("ann"), browser("ben")
    assert 'value="ann"' not in ann.get("/absences").get_data(as_text=True).partition('id="deputy"')[2]
    ann.post("/absences", {"from": "2026-11-23", "until": "2026-11-27", "deputy": "ben"})
    ben.get("/absences")
    answer = ben.post("/absences", {"from": "2026-11-24", "until": "2026-11-24", "deputy": "ann"}).get_data(
        as_text=True
    )
    assert "Ann Keller (away Mon 23 Nov 2026 to Fri 27 Nov 2026)" in answer
    assert 'id="deputy-said">Please choose somebody who is there on these days.' in answer


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Linux"),
        ("curl/8.5.0", "an unknown browser"),
    ],
)
def test_a_browser_is_called_as_people_call_it(app: Flask, agent: str, said: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert in_words(agent) == said


def test_nobody_stands_in_as_a_customer_or_as_the_system(browser: Browsers) -> None:
    page = browser("ines").get("/absences").get_data(as_text=True).partition('id="role"')[2]
    assert 'value="agent"' in page and 'value="customer"' not in page and 'value="system"' not in page


def test_nobody_says_that_somebody_else_is_away_unless_they_oversee_a_process(browser: Browsers) -> None:
    values = {"person": "dieter", "from": "2026-11-23", "until": "2026-11-27", "deputy": "emma"}
    for who, status in (("ben", 422), ("ines", 303)):
        client = browser(who)
        client.get("/absences")
        assert ('<select id="person"' in client.page) is (status == 303)
        assert client.post("/absences", values).status_code == status
    assert browser("lena").get("/absences").status_code == 404
