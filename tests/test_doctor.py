"""The doctor finds what does not run, says what to do, and finds nothing where all is well."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest

from engine.doctor import examine
from engine.findings import BAD, GOOD, NOTE, Finding
from engine.receiving import receive
from engine.runtime import Engine, VirtualClock, wall_clock
from engine.store import people, verifying, vitals, workers
from engine.store.database import open_database
from engine.workers.delivering import Hopeless, NotNow
from engine.workers.embedded import Embedded
from tests.databases import Databases
from tests.mails import mail
from tests.runtime.worlds import ANN, engine_on, loaded, single
from tests.workers.posting import noting, office, pass_time, write


def found(engine: Engine, handlers: object = None, mail: object = lambda: "it answers") -> dict[str, Finding]:
    return {one.what: one for one in examine(engine, noting([]) if handlers is None else handlers, mail)}  # type: ignore[arg-type]


@pytest.fixture
def house(url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Engine, VirtualClock]:
    # A server has a clock of its own, which is the real one and not that of the test.
    monkeypatch.setattr(vitals, "database_time", lambda store: None)
    engine, clock = office(url)
    workers.beat(engine.store, "here:1:a", clock())
    return engine, clock


def test_where_all_is_well_every_check_says_so(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    verifying.remember(engine.store, verifying.Last(clock(), 3, 30, 0, 0))
    checks = found(engine)
    assert {one.sign for one in checks.values()} == {GOOD}
    assert list(checks) == [
        *("database", "tables", "processes", "workers", "driver", "timers", "outbox", "mail", "incidents"),
        *("histories", "clocks"),
    ]
    assert not any(one.advice for one in checks.values())


def test_a_database_without_its_tables_is_bad_and_nothing_else_is_asked(databases: Databases) -> None:
    with open_database(databases.bare()) as store:
        checks = found(Engine(store))
    assert list(checks) == ["database", "tables"]
    assert checks["tables"].sign == BAD and "0001_first_tables" in checks["tables"].said


def test_it_is_told_when_the_histories_were_last_checked_and_how_that_came_out(
    house: tuple[Engine, VirtualClock],
) -> None:
    engine, clock = house
    assert (found(engine)["histories"].sign, found(engine)["histories"].said) == (NOTE, "never checked")
    verifying.remember(engine.store, verifying.Last(clock(), 3, 30, 0, 2))
    assert found(engine)["histories"].sign == BAD and "2 findings among 3 cases" in found(engine)["histories"].said
    verifying.remember(engine.store, verifying.Last(clock() - timedelta(days=40), 3, 30, 0, 0))
    assert found(engine)["histories"].said == "last checked 40 days ago"


def test_a_worker_that_is_no_longer_heard_of_is_missed(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    pass_time(clock, timedelta(minutes=10))
    assert found(engine)["workers"].said == "none is at work; the last one was heard of 10 minutes ago"
    assert found(engine)["workers"].sign == BAD


def test_a_timer_that_should_have_fired_long_ago_is_bad(url: str) -> None:
    clock = VirtualClock(office(url)[1]())
    engine = engine_on(url, clock=clock)
    engine.deploy(
        loaded(
            single(
                "start: {by: agent, go: open}\nstates:\n  open: {task: {title: A, candidates: [agent]},"
                " on: {done: end}, after: {1h: end}}\n  end: {final: done}\n"
            ),
            "small",
        ),
        "olga",
    )
    engine.start("small", ANN, {})
    pass_time(clock, timedelta(hours=1, minutes=4))
    assert found(engine)["timers"].sign == GOOD
    pass_time(clock, timedelta(hours=3))
    assert found(engine)["timers"].said == "1 should have fired, the oldest 3 hours ago"
    assert found(engine)["timers"].sign == BAD


def test_what_goes_out_while_the_doctor_looks_is_no_fault(
    house: tuple[Engine, VirtualClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, clock = house
    write(engine, clock, 1)
    pass_time(clock, timedelta(hours=2))
    counted = vitals.waiting

    def sent_meanwhile(*asked: object) -> object:
        waits = counted(*asked)  # type: ignore[arg-type]
        assert waits and Embedded(engine, noting([]), "me").deliver_due()
        return waits

    monkeypatch.setattr(vitals, "waiting", sent_meanwhile)
    assert found(engine)["outbox"].sign == GOOD


def test_what_waits_too_long_in_the_outbox_is_bad_and_without_a_handler_it_is_said_why(
    house: tuple[Engine, VirtualClock],
) -> None:
    engine, clock = house
    write(engine, clock, 1)
    assert found(engine)["outbox"].said.startswith("1 message waits, for ")
    write(engine, clock, 1)
    assert found(engine)["outbox"].sign == GOOD
    Embedded(engine, noting([], OSError("no route")), "me").deliver_due()
    pass_time(clock, timedelta(hours=2))
    late = found(engine)["outbox"]
    assert (late.sign, late.said) == (BAD, "2 messages wait, the oldest for 2 hours, 2 of them tried before")
    assert late.advice.startswith("Mend what it failed at, in SML-2026-00001: no route. It is tried again by itself, ")
    assert late.advice.endswith("as soon as a worker is at work.")
    tried = Embedded(engine, noting([], OSError("no route")), "me")
    tried.deliver_due()
    assert "by itself, in " in found(engine)["outbox"].advice
    without = found(engine, {}, None)
    assert without["outbox"].sign == NOTE and without["mail"].sign == BAD
    assert "HEARD_SMTP_URL" in without["mail"].advice


def test_what_is_held_back_on_purpose_is_told_apart_and_is_never_late(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    write(engine, clock, 2)
    late = NotNow("too many", clock() + timedelta(hours=1))
    Embedded(engine, noting([], late), "me").deliver_due()
    pass_time(clock, timedelta(minutes=40))
    outboxes = [one for one in examine(engine, noting([]), None) if one.what == "outbox"]
    assert [one.sign for one in outboxes] == [NOTE]
    assert outboxes[0].said == (
        "2 messages are held back, because so much went to one address; the next may go out in 20 minutes, at "
        f"{late.until:%H:%M} UTC"
    )
    pass_time(clock, timedelta(hours=1))
    assert found(engine)["outbox"].sign == BAD, "once it may go out, it is late when nobody takes it"


def test_a_mail_server_that_says_no_is_bad_with_its_words(house: tuple[Engine, VirtualClock]) -> None:
    def refuse() -> str:
        raise OSError("535 wrong password")

    assert found(house[0], mail=refuse)["mail"] == Finding(
        "mail", BAD, "535 wrong password", "See to the server, or to HEARD_SMTP_URL and HEARD_SMTP_PASSWORD."
    )


def test_incidents_and_cases_that_stand_still_are_noted(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    write(engine, clock)
    Embedded(engine, noting([], Hopeless("550")), "me").deliver_due()
    pass_time(clock, timedelta(hours=3))
    assert found(engine)["incidents"].said == "1 open, for 3 hours"
    engine.store.database.execute_sql("UPDATE person SET active = 0")
    assert found(engine)["standstill"].sign == NOTE


def test_clocks_that_differ_are_bad(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    workers.beat(engine.store, "other:1:b", clock() + timedelta(minutes=3))
    assert found(engine)["clocks"].said == "the worker other:1:b is 3 minutes ahead of this machine"
    assert found(engine)["clocks"].sign == BAD and found(engine)["workers"].sign == GOOD
    workers.leave(engine.store, "here:1:a", clock())
    assert found(engine)["workers"].sign == NOTE, "whether it is at work cannot be said by such a clock"


def test_the_time_of_a_server_is_asked_and_a_file_has_none(url: str) -> None:
    with open_database(url) as store:
        at = vitals.database_time(store)
        assert (at is None) != store.locks_rows
        assert at is None or abs(at - wall_clock()) < timedelta(minutes=5)


def test_a_mailbox_that_does_not_answer_is_bad_and_parked_mail_is_told(house: tuple[Engine, VirtualClock]) -> None:
    engine, _ = house

    def gone() -> str:
        raise OSError("mail.example.org:993 does not answer")

    receive(engine, mail(), "cli")
    checks = {one.what: one for one in examine(engine, noting([]), None, mailbox=gone)}
    assert (checks["mailbox"].sign, checks["mailbox"].said) == (BAD, "mail.example.org:993 does not answer")
    assert checks["mail in"].sign == NOTE and checks["mail in"].said.startswith("1 parked, the oldest for ")
    with engine.store.transaction():
        people.set_setting(engine.store, "organisation", {"parked-mail": {"days": 90}})
    assert found(engine)["mail in"].said.endswith("; what has come to no case is forgotten after 90 days")
    well = {one.what: one for one in examine(engine, noting([]), None, mailbox=lambda: "it answers, 0 new")}
    assert (well["mailbox"].sign, well["mailbox"].said) == (GOOD, "it answers, 0 new")


SECRET = "whsec_" + b64encode(b"0123456789abcdef01234567").decode()


@pytest.mark.parametrize(
    ("environ", "sign", "said"),
    [
        ({}, BAD, "there is no HEARD_WEBHOOK_SECRET_THE_ERP here for 'the-erp'"),
        ({"HEARD_WEBHOOK_SECRET_THE_ERP": "word"}, BAD, "Expected HEARD_WEBHOOK_SECRET_THE_ERP to be whsec_"),
        ({"HEARD_WEBHOOK_SECRET_THE_ERP": SECRET}, GOOD, "there is a secret for the-erp"),
        (
            {f"HEARD_WEBHOOK_SECRET_{one}": SECRET for one in ("THE_ERP", "MAIL", "ANN")},
            GOOD,
            "there is a secret for ann, mail, the-erp",
        ),
        (
            {"HEARD_WEBHOOK_SECRET_THE_ERP": SECRET, "HEARD_WEBHOOK_SECRET_SHOP": SECRET},
            BAD,
            "'shop' has a secret here, but nobody is called so",
        ),
        (
            {"HEARD_WEBHOOK_SECRET_THE_ERP": SECRET, "HEARD_WEBHOOK_SECRET_A": " "},
            GOOD,
            "there is a secret for the-erp",
        ),
    ],
)
def test_each_program_that_is_told_or_brings_something_needs_its_secret_and_a_person(
    house: tuple[Engine, VirtualClock], environ: dict[str, str], sign: str, said: str
) -> None:
    engine, _ = house
    listening = {"the-erp": {"url": "https://erp.example.org", "events": ["completed"]}}
    with engine.store.transaction():
        people.set_setting(engine.store, "organisation", {"webhooks": listening})
    checks = [one for one in examine(engine, noting([]), None, environ) if one.what == "webhooks"]
    assert checks[0].sign == sign and checks[0].said.startswith(said)
    assert all(bool(one.advice) == (one.sign == BAD) for one in checks)


@pytest.mark.parametrize("word", ["distributed", "both"])
def test_a_driver_that_this_database_cannot_have_is_bad(house: tuple[Engine, VirtualClock], word: str) -> None:
    engine, _ = house
    (one,) = [one for one in examine(engine, noting([]), None, {"HEARD_DRIVER": word}) if one.what == "driver"]
    assert one.sign == BAD and "HEARD_DRIVER" in one.said
    assert "PostgreSQL" in one.advice or engine.store.locks_rows or word == "both"
