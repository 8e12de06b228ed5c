"""Mail that comes in: it finds its case or begins one, counts once, and is parked with the reason where it does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import settling
from engine.core.actors import Actor
from engine.core.commands import Attach
from engine.core.mail.sorting import MOST_AN_HOUR
from engine.receiving import Received, receive
from engine.runtime import Engine, VirtualClock
from engine.store import files, history, mails, outbox, people, queries
from engine.store.database import open_database
from engine.store.mails import Row
from engine.store.people import Person
from engine.workers.delivering import SENT
from engine.workers.embedded import Embedded
from engine.workers.forgetting import Forgetting
from tests.databases import BOTH, sql
from tests.mails import HOUSE, LENA, bounce, mail
from tests.runtime.worlds import NOON, engine_on

PROCESS = """
process: ask
title: Question
owner: owner
reference: ASK
languages: [en, de]
retention: {class: note, years: 1}
subject: "{intake.subject}"
customer: {name: intake.name, email: intake.email, language: intake.language}
start:
  by: [customer, clerk]
  form: ask-intake
  received: received_at
  mail:
    to: [service@brightwater.example]
    set: {channel: email}
    take: {name: name, address: email, subject: subject, text: text, language: language, files: files}
  go: open
states:
  open:
    title: Open
    send: ask-hello
    wait-for: {customer-replied: {form: ask-reply, go: answered}}
    after: {5d: {go: closed}}
  answered: {title: Answered, task: {title: Read it, candidates: [clerk]}, on: {ask: {go: open}, done: {go: closed}}}
  closed: {title: Closed, final: done}
"""
INTAKE = """
form: ask-intake
title: Question
required: [channel, received_at, name, language, subject, text]
properties:
  channel: {title: Channel, enum: [web, email]}
  received_at: {title: Received, type: string, format: date-time}
  name: {title: Name, type: string}
  email: {title: E-mail, type: string, format: email}
  language: {title: Language, enum: [en, de]}
  subject: {title: Subject, type: string, maxLength: 20}
  text: {title: Text, type: string, widget: textarea}
  files: {title: Files, type: array, maxItems: 1, items: {type: string, format: file}}
"""
REPLY = """
form: ask-reply
title: Reply
required: [text]
properties:
  text: {title: Text, type: string, widget: textarea}
  automatic: {title: Automatic, type: boolean}
"""
FILES = {
    "processes/ask.yaml": PROCESS,
    "forms/ask-intake.yaml": INTAKE,
    "forms/ask-reply.yaml": REPLY,
    "processes/messages/ask-hello.en.md": "---\nsubject: We have it\n---\nThank you.\n",
    "processes/messages/ask-hello.de.md": "---\nsubject: Es ist da\n---\nDanke.\n",
    "processes/organisation.yaml": """
organisation: Test
roles: {customer: {title: C}, clerk: {title: K}, owner: {title: O}}
people: {kim: {name: Kim, email: kim@brightwater.example, roles: [clerk, owner]}}
""",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "content" not in metafunc.fixturenames:
        metafunc.parametrize("kind", BOTH)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def engine(url: str, clock: VirtualClock) -> Engine:
    made = engine_on(url, FILES, clock=clock, process="ask")
    with made.store.transaction():
        people.put(made.store, [Person("kim", "Kim", "kim@brightwater.example", roles=("clerk", "owner"))])
    return made


def come(engine: Engine, content: bytes) -> Received:
    return receive(engine, content, "cli", [HOUSE])


def begun(engine: Engine) -> str:
    """The id of a case that Lena's mail began; our answer has gone out."""
    case = come(engine, mail()).row.instance
    handlers = {outbox.MESSAGE: lambda parcel: f"{parcel.name}@brightwater.example"}
    assert Embedded(engine, handlers, "me").deliver_due() == {SENT: 1}
    return case


def letter(engine: Engine, case: str) -> str:
    """By what the world knows our letter to Lena."""
    (sent,) = [one for one in outbox.of_case(engine.store, case) if one.kind == outbox.MESSAGE]
    return sent.receipt


def test_a_mail_that_belongs_to_nothing_begins_a_case_as_its_process_says(engine: Engine, clock: VirtualClock) -> None:
    content = mail("Wo ist mein Rad, bitte?", files={"a.pdf": b"%PDF-1", "b.pdf": b"%PDF-2", "c.exe": b"MZ"})
    got = receive(engine, content, "imap", [HOUSE], NOON - timedelta(hours=2))
    case = engine.instance(got.row.instance)
    assert (got.row.status, got.row.door, got.reference) == (mails.BEGAN, "imap", case.reference)
    assert case.received_at == NOON - timedelta(hours=2) and case.starter == LENA
    assert case.customer == {"name": "Lena Fischer", "email": LENA, "language": "de"}
    intake = case.data["intake"]
    assert (intake["channel"], intake["subject"], intake["text"]) == ("email", "My order", "Wo ist mein Rad, bitte?")
    assert [one["name"] for one in intake["files"]] == ["a.pdf"]
    lines = [line.event for line in history.read(engine.store, case.id)]
    told = lines[0].body["mail"]
    assert told["from"] == LENA and told["left_out"] == ["c.exe"] and lines[0].via == "mail"
    assert files.get(engine.store, told["original"]["sha256"]) == content
    assert [line.body["file"]["name"] for line in lines if line.type == "file-attached"] == ["b.pdf"]
    assert history.verify(engine.store, case.id).ok


def test_an_answer_to_our_letter_comes_to_its_case_whoever_writes_it(engine: Engine) -> None:
    case = begun(engine)
    answer = mail(
        "It is red.\n\nOn 23.11.2026 we wrote:\n> Which?", id="<two@x>", answers=f"<{letter(engine, case)}>",
        sender="Max <max@example.org>",
    )  # fmt: skip
    got = come(engine, answer)
    assert (got.row.status, got.row.instance) == (mails.JOINED, case)
    assert engine.instance(case).data["reply"] == {"text": "It is red.", "automatic": False}
    (event,) = [line.event for line in history.read(engine.store, case) if line.event.type == "message-received"]
    assert event.actor == "max@example.org" and event.body["mail"]["subject"] == "My order"


def test_a_reference_leads_to_its_case_only_for_somebody_who_has_a_part_in_it(engine: Engine) -> None:
    case = begun(engine)
    named = f"AW: [{engine.instance(case).reference}]"
    stranger = come(engine, mail(subject=named, sender="eve@example.org", id="<two@x>")).row
    assert (stranger.status, stranger.reason, stranger.instance) == (mails.PARKED, "stranger", case)
    theirs = come(engine, mail(subject=named.lower(), id="<three@x>", sender=LENA.upper())).row
    assert (theirs.status, theirs.instance) == (mails.JOINED, case)
    to = f"service+{engine.instance(case).reference}@brightwater.example"
    assert come(engine, mail(to=to, id="<four@x>")).row.reason == "not-heard"


def test_the_same_mail_counts_once_whichever_way_it_comes(engine: Engine) -> None:
    first, second = come(engine, mail()), come(engine, b"Received: by another\r\n" + mail())
    assert second.again and second.row == first.row
    assert len(sql(engine.store, "SELECT id FROM instance")) == len(mails.latest(engine.store)) == 1


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (mail(Auto_Submitted="auto-replied"), "automatic", "Auto-Submitted: auto-replied"),
        (mail(X_Heard_Case="ASK-2026-00001"), "ours", "ASK-2026-00001"),
        (mail(sender=HOUSE.upper()), "ours", ""),
        (mail(sender="kim@brightwater.example"), "colleague", ""),
        (mail(sender="nobody"), "no-sender", ""),
        (mail(to="jobs@brightwater.example"), "no-process", ""),
        (bounce("018f0000-0000-7000-8000-000000000000.7@x"), "unknown-return", "none is called"),
        (bounce("a@b", action="delayed"), "delayed", "5.1.1 550 no such user"),
        (b"a: b\r\n" * 40_000, "unreadable", "its head does not end"),
        (b"x" * (40 * 1024 * 1024 + 1), "too-large", "40 MB"),
    ],
)
def test_what_finds_no_case_is_parked_with_the_reason(engine: Engine, content: bytes, reason: str, detail: str) -> None:
    got = come(engine, content).row
    assert (got.status, got.reason) == (mails.PARKED, reason) and detail in got.detail
    assert bool(got.sha256) == (reason != "too-large")
    assert not sql(engine.store, "SELECT id FROM instance") and mails.standing(engine.store)[0] == 1


def test_a_program_that_answers_our_program_begins_no_thirty_first_case(engine: Engine) -> None:
    for number in range(MOST_AN_HOUR):
        assert come(engine, mail(id=f"<{number}@x>", to="elsewhere@x.example")).row.reason == "no-process"
    assert come(engine, mail(id="<last@x>")).row.reason == "too-many"


def test_a_letter_that_came_back_is_told_on_its_case_and_can_be_sent_again(engine: Engine) -> None:
    case = begun(engine)
    got = come(engine, bounce(letter(engine, case)))
    assert (got.row.status, got.row.instance) == (mails.RETURNED, case)
    (sent,) = outbox.of_case(engine.store, case)
    assert (sent.status, sent.last_error) == (outbox.DEAD, "5.1.1 550 no such user")
    (incident,) = queries.incidents(engine.store)
    assert "came back" in incident.message and LENA in incident.message
    assert "message-returned" in [line.event.type for line in history.read(engine.store, case)]
    assert come(engine, bounce(letter(engine, case), said="smtp; twice")).row.reason == "unknown-return"


def test_what_the_process_refuses_is_parked_with_its_words_and_nothing_is_half_done(engine: Engine) -> None:
    got = come(engine, mail(sender="Lena <l@x>")).row
    assert (got.status, got.reason) == (mails.PARKED, "not-taken") and "email" in got.detail
    assert not sql(engine.store, "SELECT id FROM instance") and not sql(engine.store, "SELECT id FROM outbox")


def test_two_workers_that_take_the_same_mail_begin_one_case(engine: Engine, url: str, clock: VirtualClock) -> None:
    def take() -> Received:
        with open_database(url) as store:
            return receive(Engine(store, clock), mail(), "imap", [HOUSE])

    with ThreadPoolExecutor(4) as pool:
        got = [one.result() for one in [pool.submit(take) for _ in range(4)]]
    assert sorted(one.again for one in got) == [False, True, True, True]
    assert len({one.row.instance for one in got}) == len(sql(engine.store, "SELECT id FROM instance")) == 1


def test_what_came_to_no_case_is_forgotten_when_the_organisation_says_so_with_its_files_but_none_that_a_case_has(
    engine: Engine, clock: VirtualClock
) -> None:
    first = come(engine, mail(to="jobs@brightwater.example", id="<one@x>")).row
    second = come(engine, mail(to="sales@brightwater.example", id="<two@x>", Auto_Submitted="auto-replied")).row
    case = come(engine, mail(id="<three@x>"))
    kim = Actor("kim", frozenset({"clerk", "owner"}), "staff", "web")
    settling.discard(engine, second.id, "An advertisement", kim)
    copy = {"name": "mail-1.eml", "type": "message/rfc822", "size": first.size, "sha256": first.sha256}
    engine.do(case.row.instance, Attach(at=clock(), actor=kim, file=copy))
    forgets = Forgetting(engine)
    clock.set(NOON + timedelta(days=30, minutes=1))
    assert forgets() == 0, "nobody has said so"
    with engine.store.transaction():
        people.set_setting(engine.store, "organisation", {"parked-mail": {"days": 30}})
    new = come(engine, mail(to="jobs@brightwater.example", id="<four@x>")).row
    assert forgets() == 0, "it is not looked at again so soon"
    clock.set(clock() + timedelta(hours=1))
    assert forgets() == 2
    rows = {row.id: row for row in mails.latest(engine.store)}
    for old, by in ((first, "system"), (second, "kim")):
        kept = Row(old.mark, "", "", "", "", "", old.at, old.door, old.size, "", mails.FORGOTTEN, old.reason)
        assert rows[old.id] == replace(kept, id=old.id, settled_at=clock(), settled_by=by, note="30")
    assert rows[case.row.id] == case.row and rows[new.id] == new
    assert [files.keeps(engine.store, one.sha256) for one in (first, second, case.row, new)] == [
        True,
        False,
        True,
        True,
    ]
    assert come(engine, mail(to="jobs@brightwater.example", id="<one@x>")).again


def test_who_settles_a_mail_in_the_same_moment_is_faster_than_its_forgetting(engine: Engine) -> None:
    row = come(engine, mail(to="jobs@brightwater.example")).row
    mails.settle(engine.store, row.id, mails.JOINED, "", NOON, "kim")
    assert not mails.forget(engine.store, row, NOON, "system", "1")
    assert files.keeps(engine.store, row.sha256) and mails.latest(engine.store)[0].sender == LENA
