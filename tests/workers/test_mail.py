"""Mail to customers and colleagues over a real server: what arrives, what is refused, and what is never done."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from engine.core.commands import Complete, ResolveIncident, SendPrivateAddress
from engine.core.mail.reading import read
from engine.core.mail.sorting import references
from engine.errors import Rejected
from engine.private_pages import case_behind, secret_of
from engine.runtime import Engine, VirtualClock
from engine.store import files, outbox, people, queries, status_links
from engine.store.database import Store
from engine.store.fields import encode
from engine.store.verifying import every_case
from engine.workers.channels import handlers, probe
from engine.workers.channels.answers import answer_address
from engine.workers.channels.fetching import own_addresses
from engine.workers.channels.messages import MOST_A_DAY, MOST_AN_HOUR
from engine.workers.channels.smtp import mail_server
from engine.workers.delivering import FAILED, GIVEN_UP, PUT_OFF, SENT, TOO_OLD
from engine.workers.embedded import Embedded
from engine.workers.timers import sweep
from tests.databases import change
from tests.mails import mail
from tests.runtime.worlds import ANN, OLGA, task_in
from tests.workers.mail import FROM, PostOffice, certificate, only, post_office
from tests.workers.posting import HELD, LETTERS, office, pass_time, write

LENA = "Lena@example.org"


def with_open(words: str) -> dict[str, str]:
    """The process of letters, with more in its first state."""
    process = LETTERS["processes/letters.yaml"]
    return {**LETTERS, "processes/letters.yaml": process.replace("  open: {task", f"  open: {{{words}, task")}


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def house(url: str) -> tuple[Engine, VirtualClock]:
    return office(url)


def work(engine: Engine, environ: Mapping[str, str], most: int = 100) -> Mapping[str, int]:
    return Embedded(engine, handlers(engine, environ), "me").deliver_due(most)


def test_a_message_arrives_as_page_and_as_text_with_its_name_kept_as_receipt(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case = write(engine, clock)
    assert work(engine, post.environ()) == {SENT: 1}
    (letter,), (row,) = post.letters, outbox.of_case(engine.store, case)
    reference = engine.instance(case).reference
    assert (letter["From"], letter["To"]) == (FROM, f"Lena Fischer <{LENA}>")
    assert letter["Subject"] == f"Hello {reference}" and letter["X-Heard-Case"] == reference
    assert letter["Message-ID"] == f"<{row.receipt}>" and row.receipt == f"{row.name}@brightwater.example"
    assert letter["Content-Language"] == "en" and letter["Date"].datetime == clock().replace(microsecond=0)
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None and page is not None
    assert text.get_content().splitlines() == ["Dear customer,", "", "thank you."]
    assert '<html lang="en">' in page.get_content() and "<strong>thank you</strong>" in page.get_content()


def test_below_a_letter_stands_the_private_page_of_its_case_unless_somebody_has_ended_that_link(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case, environ = write(engine, clock), {**post.environ(), "HEARD_URL": "https://heard.example/"}
    work(engine, environ)
    text = post.letters[0].get_body(("plain",))
    assert text is not None
    address = next(word for word in text.get_content().split() if "/status/" in word).strip("<>")
    assert address.startswith("https://heard.example/status/")
    found = case_behind(engine.store, secret_of(engine.store), address.rpartition("/")[2])
    assert found is not None and found.id == case
    assert "/status/" not in str(outbox.of_case(engine.store, case)[0].body)
    status_links.revoke(engine.store, case, "ann", clock())
    engine.do(case, Complete(at=clock(), actor=ANN, task=task_in(engine, case, "open"), outcome="write"))
    pass_time(clock, HELD)
    work(engine, environ)
    later = post.letters[1].get_body(("plain",))
    assert later is not None and "/status/" not in later.get_content()


def test_the_address_of_the_page_is_mailed_once_more_and_without_one_there_is_no_such_mail(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case, environ = write(engine, clock), {**post.environ(), "HEARD_URL": "https://heard.example/"}
    engine.do(case, SendPrivateAddress(at=clock(), actor=ANN))
    work(engine, environ)
    text = post.letters[-1].get_body(("plain",))
    assert text is not None and "https://heard.example/status/" in text.get_content()
    assert post.letters[-1]["Auto-Submitted"] == "auto-generated"
    engine.do(case, SendPrivateAddress(at=clock(), actor=ANN))
    status_links.revoke(engine.store, case, "ann", clock())
    assert work(engine, environ) == {GIVEN_UP: 1}
    engine.do(case, SendPrivateAddress(at=clock(), actor=ANN))
    assert work(engine, post.environ()) == {GIVEN_UP: 1}
    assert [one.last_error for one in outbox.of_case(engine.store, case)][-1].endswith("where the pages are")
    assert [one.found for one in every_case(engine.store)] == [()]


def test_what_somebody_sends_is_no_automatic_mail_and_what_the_clock_sends_is(url: str, post: PostOffice) -> None:
    engine, clock = office(url, with_open("after: {1h: {send: hello}}"))
    write(engine, clock)
    work(engine, post.environ())
    sweep(engine, pass_time(clock, timedelta(hours=1)))
    work(engine, post.environ())
    by_hand, by_itself = post.letters
    assert (by_hand["Auto-Submitted"], by_hand["X-Auto-Response-Suppress"]) == (None, None)
    assert (by_itself["Auto-Submitted"], by_itself["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_letters_of_a_case_to_the_same_reader_hang_together(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case, other = write(engine, clock, 3), write(engine, clock)
    work(engine, post.environ())
    names = [row.receipt for one in (case, other) for row in outbox.of_case(engine.store, one)]
    assert [letter["In-Reply-To"] for letter in post.letters] == [None, f"<{names[0]}>", f"<{names[1]}>", None]
    assert post.letters[2]["References"] == f"<{names[0]}> <{names[1]}>"


def test_an_address_that_does_not_exist_is_an_incident_at_once_and_one_that_is_busy_is_tried_again(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case = write(engine, clock)
    post.refuses[LENA] = "450 4.2.1 Come back later"
    assert work(engine, post.environ()) == {FAILED: 1}
    assert outbox.of_case(engine.store, case)[0].last_error == "the mail server says: 450 4.2.1 Come back later"
    post.refuses[LENA] = "550 5.1.1 Nobody of this name"
    pass_time(clock, timedelta(minutes=1))
    assert work(engine, post.environ()) == {GIVEN_UP: 1}
    (incident,) = queries.incidents(engine.store)
    assert incident.message.endswith(f"to {LENA}, but: the mail server says: 550 5.1.1 Nobody of this name")
    (kept,) = engine.instance(case).incidents.values()
    assert (incident.kind, incident.parts) == (kept.kind, kept.parts) and incident.kind == "not-delivered"
    assert (kept.parts["to"], kept.parts["error"]) == (LENA, "the mail server says: 550 5.1.1 Nobody of this name")
    assert post.letters == []


@pytest.mark.parametrize(("answer", "came"), [("554 Spam", GIVEN_UP), ("452 Full", FAILED)])
def test_what_the_server_says_to_the_letter_itself_counts_too(
    house: tuple[Engine, VirtualClock], post: PostOffice, answer: str, came: str
) -> None:
    engine, clock = house
    write(engine, clock)
    post.after = answer
    assert work(engine, post.environ()) == {came: 1}


def test_a_server_that_is_not_there_loses_nothing(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    case = write(engine, clock)
    with post_office() as post:
        environ = post.environ()
    assert work(engine, environ) == {FAILED: 1}
    (row,) = outbox.of_case(engine.store, case)
    assert row.status == outbox.PENDING and f"localhost:{post.port} does not answer" in row.last_error


def test_without_a_server_everything_waits(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    case = write(engine, clock)
    assert work(engine, {}) == {} and probe({}) is None
    assert outbox.of_case(engine.store, case)[0].status == outbox.PENDING


def test_what_has_waited_for_more_than_a_week_goes_out_only_when_somebody_says_so(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case = write(engine, clock)
    pass_time(clock, TOO_OLD + timedelta(minutes=1))
    assert work(engine, post.environ()) == {GIVEN_UP: 1}
    (incident,) = queries.incidents(engine.store)
    assert "it has waited for 7 days" in incident.message
    again = ResolveIncident(at=clock(), actor=OLGA, incident=incident.id, action="retry", reason="Still true")
    engine.do(case, again)
    assert work(engine, post.environ()) == {SENT: 1}


def test_a_letter_to_a_role_reaches_all_who_hold_it_and_have_an_address(url: str, post: PostOffice) -> None:
    engine, clock = office(url, with_open("send: {message: hello, to: team-lead}"))
    with engine.store.transaction():
        people.put(engine.store, [
            people.Person("tina", "Tina", "tina@example.org", roles=("team-lead",)),
            people.Person("theo", "Theo", "", roles=("team-lead",)),
            people.Person("gone", "Gone", "gone@example.org", active=False, roles=("team-lead",)),
        ])  # fmt: skip
    write(engine, clock, 0)
    assert work(engine, post.environ()) == {SENT: 1}
    assert post.envelopes == [["tina@example.org", "tom@example.org"]]
    with engine.store.transaction():
        people.put(engine.store, [people.Person(one, one, roles=("team-lead",)) for one in ("tina", "tom")])
    write(engine, clock, 0)
    assert work(engine, post.environ()) == {GIVEN_UP: 1}
    assert "nobody who is 'team-lead' has an e-mail address" in queries.incidents(engine.store)[0].message


def test_files_go_along_exactly_as_they_are(house: tuple[Engine, VirtualClock], post: PostOffice) -> None:
    engine, clock = house
    case = write(engine, clock)
    content = bytes(range(256))
    kept = {
        "name": "Angebot\nnach Maß.pdf",
        "type": "application/pdf",
        "sha256": files.put(engine.store, content, clock()),
    }
    attach(engine.store, case, kept)
    assert work(engine, post.environ()) == {SENT: 1}
    (one,) = post.letters[0].iter_attachments()
    assert (one.get_filename(), one.get_content_type(), one.get_content()) == (
        "Angebot nach Maß.pdf", "application/pdf", content
    )  # fmt: skip
    case = write(engine, clock)
    attach(engine.store, case, {**kept, "sha256": "0" * 64})
    assert work(engine, post.environ()) == {GIVEN_UP: 1}


def attach(store: Store, case: str, file: Mapping[str, str]) -> None:
    (row,) = outbox.of_case(store, case)
    body = encode({**row.body, "attachments": [file]})
    change(store, "UPDATE outbox SET body = ? WHERE id = ?", body, row.id)


@pytest.mark.parametrize(
    ("to", "name", "subject"),
    [
        ("lena@example.org\nBcc: all@example.org", "Lena", "Hello"),
        ("lena@example.org, all@example.org", "Lena", "Hello"),
        ("lena", "Lena", "Hello"),
    ],
)
def test_an_address_that_is_none_reaches_nobody(
    house: tuple[Engine, VirtualClock], post: PostOffice, to: str, name: str, subject: str
) -> None:
    engine, clock = house
    case = write(engine, clock)
    rewrite(engine.store, case, to=to, name=name, subject=subject)
    assert work(engine, post.environ()) == {GIVEN_UP: 1}
    assert post.envelopes == []


def test_names_and_subjects_cannot_add_a_header_and_foreign_letters_arrive(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case = write(engine, clock)
    rewrite(engine.store, case, to="lena@bücher.example", name="Léna\r\nBcc: all@x", subject="Grüße 😀\nBcc: all@x")
    assert work(engine, post.environ()) == {SENT: 1}
    (letter,) = post.letters
    assert post.envelopes == [["lena@xn--bcher-kva.example"]] and letter["Bcc"] is None
    assert letter["Subject"].startswith("Grüße 😀 Bcc: all@x [SML-")


def rewrite(store: Store, case: str, **changes: str) -> None:
    (row,) = outbox.of_case(store, case)
    change(store, "UPDATE outbox SET body = ? WHERE id = ?", encode({**row.body, **changes}), row.id)


def test_a_circle_of_automatic_letters_is_slowed_and_then_broken_and_a_person_may_still_write(
    url: str, post: PostOffice
) -> None:
    engine, clock = office(url, with_open("send: hello"))
    cases = [write(engine, clock, 0) for _ in range(MOST_AN_HOUR + 1)]
    assert work(engine, post.environ()) == {SENT: MOST_AN_HOUR, PUT_OFF: 1}
    (late,) = outbox.of_case(engine.store, cases[-1])
    assert late.next_at is not None and late.next_at - clock() == timedelta(hours=1) and late.attempts == 0
    pass_time(clock, timedelta(hours=1))
    for _ in range(MOST_A_DAY // MOST_AN_HOUR):
        for _ in range(MOST_AN_HOUR):
            write(engine, clock, 0)
        work(engine, post.environ())
        pass_time(clock, timedelta(hours=1))
    assert len(post.letters) == MOST_A_DAY
    assert "perhaps a program answers ours" in queries.incidents(engine.store)[0].message
    before = len(post.letters)
    case = write(engine, clock)
    work(engine, post.environ())
    assert {letter["X-Heard-Case"] for letter in post.letters[before:]} == {engine.instance(case).reference}


# --- the line


@pytest.fixture(scope="module")
def cert(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    made = certificate(tmp_path_factory.mktemp("cert"))
    return made if made is not None else pytest.skip("no openssl here to make a certificate with")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server does not know that its line is encrypted already
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_over_an_encrypted_line_one_signs_in_and_only_a_server_that_can_be_trusted_gets_anything(
    house: tuple[Engine, VirtualClock],
    cert: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    engine, clock = house
    case = write(engine, clock)
    line = {"ssl_context": cert[1], "auth_require_tls": False} if scheme == "smtps" else {"tls_context": cert[1]}
    with post_office(**line, **only("us", "p@ss word")) as post:
        right = post.environ(scheme, "us", "p@ss word")
        assert work(engine, right) == {FAILED: 1}
        assert "cannot be trusted" in outbox.of_case(engine.store, case)[0].last_error
        monkeypatch.setenv("SSL_CERT_FILE", str(cert[0]))
        pass_time(clock, timedelta(minutes=1))
        assert work(engine, {**right, "HEARD_SMTP_PASSWORD": "wrong"}) == {FAILED: 1}
        assert "535" in outbox.of_case(engine.store, case)[0].last_error
        ask = probe(right)
        assert ask is not None and ask() == f"localhost:{post.port} answers, encrypted, signed in as us"
        pass_time(clock, timedelta(minutes=2))
        assert work(engine, right) == {SENT: 1}
        assert len(post.letters) == 1


def test_a_server_that_cannot_encrypt_gets_nothing_unless_it_was_named_as_such(
    house: tuple[Engine, VirtualClock], post: PostOffice
) -> None:
    engine, clock = house
    case = write(engine, clock)
    assert work(engine, post.environ("smtp")) == {FAILED: 1}
    assert "STARTTLS" in outbox.of_case(engine.store, case)[0].last_error
    assert post.letters == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example.org", "it begins with none of"),
        ("http://mail.example.org", "it begins with none of"),
        ("smtp://", "it names no server"),
        ("smtp://user:secret@mail.example.org:many", "its port is no number"),
    ],
)
def test_a_server_that_is_not_named_as_it_should_be_is_refused_without_showing_a_password(url: str, why: str) -> None:
    with pytest.raises(Rejected) as refused:
        mail_server({"HEARD_SMTP_URL": url, "HEARD_MAIL_FROM": FROM})
    assert why in refused.value.message and "secret" not in refused.value.message


@pytest.mark.parametrize("sender", ["", "Brightwater", "a@b@c"])
def test_without_a_sender_nothing_is_sent(sender: str) -> None:
    with pytest.raises(Rejected) as refused:
        mail_server({"HEARD_SMTP_URL": "smtp://mail.example.org", "HEARD_MAIL_FROM": sender})
    assert "HEARD_MAIL_FROM" in refused.value.message


@pytest.mark.parametrize(
    ("named", "answers"),
    [
        ("", None),
        ("answers@brightwater.example", "answers@brightwater.example"),
        ("answers+{reference}@brightwater.example", "answers+LET-2026-00001@brightwater.example"),
    ],
)
def test_answers_to_a_letter_of_a_case_are_led_to_the_mailbox_and_name_the_case_where_its_server_takes_that(
    house: tuple[Engine, VirtualClock], post: PostOffice, named: str, answers: str | None
) -> None:
    engine, clock = house
    case, environ = write(engine, clock), {**post.environ(), "HEARD_MAIL_REPLY_TO": named}
    work(engine, environ)
    (letter,) = post.letters
    reference = engine.instance(case).reference
    assert letter["Reply-To"] == (answers and answers.replace("LET-2026-00001", reference))
    assert ("answers@brightwater.example" in own_addresses(environ)) == bool(named)
    answer = read(mail("Thank you", to=str(letter["Reply-To"]), subject="No reference"))
    assert references(answer) == ((reference,) if "+" in named else ())


@pytest.mark.parametrize("address", ["service", "a@b@c", "{reference}", "service+{case}@x.example", "a+{reference}"])
def test_an_address_for_answers_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Rejected) as refused:
        answer_address({"HEARD_MAIL_REPLY_TO": address})
    assert refused.value.code == "mail-server" and f"but got '{address}'" in refused.value.message


def test_the_password_stands_in_the_environment_alone() -> None:
    named = mail_server({"HEARD_SMTP_URL": "smtps://us%40x:p%40ss@mail.example.org", "HEARD_MAIL_FROM": FROM})
    assert named is not None
    assert (named.host, named.port, named.user, named.password) == ("mail.example.org", 465, "us@x", "p@ss")
    assert "p@ss" not in repr(named)


def test_files_go_along_as_they_were_when_it_was_sent(url: str, post: PostOffice) -> None:
    form = "form: letters-note\nproperties:\n  proof: {type: array, maxItems: 3, items: {type: string, format: file}}\n"
    process = LETTERS["processes/letters.yaml"].replace(
        "write: {send: hello,", "write: {form: letters-note, send: {message: hello, attach: note.proof},"
    )
    engine, clock = office(url, {**LETTERS, "processes/letters.yaml": process, "forms/letters-note.yaml": form})
    with engine.store.transaction():
        digest = files.put(engine.store, b"%PDF-1.7", clock())
    proof = {"name": "proof.pdf", "type": "application/pdf", "size": 8, "sha256": digest}
    case = engine.start("letters", ANN, {}).instance
    task = task_in(engine, case, "open")
    engine.do(case, Complete(at=clock(), actor=ANN, task=task, outcome="write", values={"proof": [proof]}))
    pass_time(clock, HELD)
    assert work(engine, post.environ()) == {SENT: 1}
    (enclosed,) = post.letters[0].iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content_type()) == ("proof.pdf", "application/pdf")
    assert enclosed.get_payload(decode=True) == b"%PDF-1.7"
