"""Colleagues are told by mail as they like it: at once or together, in working hours, and what is urgent always."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.runtime import Engine
from engine.store import letters, outbox, people, personal, queries
from engine.store.outbox import LETTER, NOTICE, Parcel
from engine.workers.channels import handlers
from engine.workers.channels.notices import AT_ONCE, DAILY, NEVER, Wish, goes_out
from engine.workers.delivering import FAILED, GIVEN_UP, SENT
from engine.workers.embedded import Embedded
from tests.builders import define
from tests.runtime.worlds import ANN, NOON
from tests.workers.mail import PostOffice, post_office
from tests.workers.posting import LETTERS, office, pass_time

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = define("start: {by: agent, go: open}\nstates: {open: {final: done}}").calendar


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def telling(words: str = "{to: team-lead, say: 'Look at {reference}', urgent: true}") -> dict[str, str]:
    """The process of letters that tells somebody when it begins."""
    process = LETTERS["processes/letters.yaml"].replace("start: {by: agent, go: open}", "start: {by: agent, go: first}")
    first = f"states:\n  first: {{go: [{{else: {{go: open, notify: {words}}}}}]}}\n"
    return {**LETTERS, "processes/letters.yaml": process.replace("states:\n", first)}


def begin(engine: Engine) -> str:
    return engine.start("letters", ANN, {}).instance


def work(engine: Engine, environ: Mapping[str, str]) -> Mapping[str, int]:
    """Two rounds: who is reached, and then what goes to each."""
    driver = Embedded(engine, handlers(engine, environ), "me")
    return driver.deliver_due(100) + driver.deliver_due(100)


def wants(engine: Engine, person: str, way: str, hour: str = "08:00") -> None:
    personal.choose(engine.store, person, {"mail": way, "mail_hour": hour})


def of(engine: Engine, case: str, kind: str) -> list[Parcel]:
    return [row for row in outbox.of_case(engine.store, case) if row.kind == kind]


def test_a_notice_to_a_role_becomes_a_letter_to_each_who_holds_it_once(url: str, post: PostOffice) -> None:
    engine, _ = office(url, telling())
    with engine.store.transaction():
        people.put(engine.store, [people.Person("tina", "Tina", "tina@example.org", "de", roles=("team-lead",))])
    case = begin(engine)
    assert work(engine, post.environ()) == {SENT: 3}
    assert sorted(post.envelopes) == [["tina@example.org"], ["tom@example.org"]]
    assert {row.status for row in of(engine, case, LETTER)} == {outbox.SENT}
    (notice,) = of(engine, case, NOTICE)
    letters.write(engine.store, notice, {"tina": NOON, "tom": NOON}, NOON)
    assert len(of(engine, case, LETTER)) == 2, "asked a second time, nobody is told twice"


def test_the_letter_says_what_about_which_case_and_leads_to_the_pages(url: str, post: PostOffice) -> None:
    engine, _ = office(url, telling())
    reference = engine.instance(begin(engine)).reference
    work(engine, {**post.environ(), "HEARD_URL": "https://heard.example/"})
    (letter,) = post.letters
    text = letter.get_body(("plain",))
    assert text is not None and "](" not in text.get_content()
    page = letter.get_body(("html",))
    assert page is not None and letter["Subject"] == f"{reference}: Look at {reference}"
    assert f'<a href="https://heard.example/cases/{reference}">' in page.get_content()
    assert 'href="https://heard.example/notices"' in page.get_content()
    assert letter["Auto-Submitted"] == "auto-generated"


def test_without_a_mail_server_everybody_finds_it_on_their_page_and_nothing_waits(url: str) -> None:
    engine, _ = office(url, telling())
    case = begin(engine)
    assert work(engine, {}) == {SENT: 1}
    assert [told.instance for told in letters.of_person(engine.store, "tom")] == [case]
    assert {row.status for row in of(engine, case, LETTER)} == {outbox.SENT}


def test_who_wants_no_mail_or_has_no_address_gets_none_and_still_finds_it(url: str, post: PostOffice) -> None:
    engine, _ = office(url, telling())
    wants(engine, "tom", NEVER)
    with engine.store.transaction():
        people.put(engine.store, [people.Person("tina", "Tina", roles=("team-lead",))])
    begin(engine)
    assert work(engine, post.environ()) == {SENT: 1}
    assert post.letters == []
    assert all(letters.unread(engine.store, person) == 1 for person in ("tom", "tina"))


def test_what_is_told_once_a_day_is_one_letter(url: str, post: PostOffice) -> None:
    engine, clock = office(url, telling("{to: team-lead, say: 'Look at {reference}'}"))
    clock.set(datetime(2026, 11, 23, 15, tzinfo=BERLIN))
    wants(engine, "tom", DAILY, "09:00")
    references = [engine.instance(begin(engine)).reference for _ in range(3)]
    assert work(engine, post.environ()) == {SENT: 3}
    assert post.letters == []
    clock.set(datetime(2026, 11, 24, 10, tzinfo=BERLIN))
    work(engine, post.environ())
    (letter,) = post.letters
    text = letter.get_body(("plain",))
    assert text is not None and letter["Subject"] == f"3 notices: {', '.join(references)}"
    assert all(f"Look at {reference}" in text.get_content() for reference in references)
    assert outbox.due(engine.store, clock() + timedelta(days=9), (LETTER,)) == []


def test_the_same_told_in_two_roles_is_said_once(url: str, post: PostOffice) -> None:
    engine, _ = office(url, telling("{to: [team-lead, process-owner], say: Look, urgent: true}"))
    with engine.store.transaction():
        people.put(engine.store, [people.Person("tom", "Tom", "tom@example.org", roles=("team-lead", "process-owner"))])
    begin(engine)
    work(engine, post.environ())
    (mine,) = [letter for letter in post.letters if "tom@" in letter["To"]]
    text = mine.get_body(("plain",))
    assert text is not None and text.get_content().count("Look") == 1


def test_a_letter_that_cannot_be_sent_now_is_tried_again_with_all_that_is_in_it(url: str, post: PostOffice) -> None:
    engine, clock = office(url, telling())
    cases = [begin(engine) for _ in range(2)]
    post.refuses["tom@example.org"] = "450 Busy"
    assert work(engine, post.environ()) == {SENT: 2, FAILED: 1}
    assert [row.attempts for case in cases for row in of(engine, case, LETTER)] == [1, 1]
    post.refuses.clear()
    pass_time(clock, timedelta(minutes=1))
    work(engine, post.environ())
    assert len(post.letters) == 1 and post.letters[0]["Subject"].startswith("2 notices: ")
    assert {row.status for case in cases for row in of(engine, case, LETTER)} == {outbox.SENT}


def test_a_notice_that_reaches_nobody_is_an_incident(url: str) -> None:
    engine, _ = office(url, telling())
    engine.store.database.execute_sql("UPDATE person SET active = 0 WHERE id = 'tom'")
    begin(engine)
    assert work(engine, {}) == {GIVEN_UP: 1}
    (incident,) = queries.incidents(engine.store)
    assert incident.message.endswith("to team-lead, but: nobody is 'team-lead' here")


@pytest.mark.parametrize(
    ("wish", "urgent", "at", "out"),
    [
        (Wish(AT_ONCE), False, "2026-11-23 10:00", "2026-11-23 10:00"),
        (Wish(AT_ONCE), False, "2026-11-23 22:00", "2026-11-24 09:00"),
        (Wish(AT_ONCE), False, "2026-11-21 10:00", "2026-11-23 09:00"),
        (Wish(AT_ONCE), True, "2026-11-21 10:00", "2026-11-21 10:00"),
        (Wish(DAILY, "16:00"), False, "2026-11-23 10:00", "2026-11-23 16:00"),
        (Wish(DAILY, "16:00"), False, "2026-11-23 16:30", "2026-11-24 16:00"),
        (Wish(DAILY, "08:00"), False, "2026-11-20 10:00", "2026-11-23 09:00"),
        (Wish(DAILY, "08:00"), True, "2026-11-20 23:00", "2026-11-20 23:00"),
    ],
)
def test_when_a_notice_goes_out_on_the_clock_of_whoever_reads_it(wish: Wish, urgent: bool, at: str, out: str) -> None:
    found = goes_out(wish, urgent, datetime.fromisoformat(at).replace(tzinfo=BERLIN), "Europe/Berlin", CALENDAR)
    assert found == datetime.fromisoformat(out).replace(tzinfo=BERLIN)


def test_who_wants_none_gets_none_even_when_it_is_urgent() -> None:
    assert goes_out(Wish(NEVER), True, NOON, "Europe/Berlin", CALENDAR) is None
