"""Mail is taken from a real mailbox: marked only when it is written down, and never lost between."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import mails
from engine.workers.channels import fetching as fetches
from engine.workers.channels import imap
from engine.workers.channels.fetching import fetching
from engine.workers.channels.imap import mailbox
from engine.workers.rounds import rounds
from tests.mails import mail
from tests.runtime.worlds import NOON, engine_on
from tests.test_receiving import FILES
from tests.workers.mail import certificate
from tests.workers.mailboxes import MISSING, MailServer, mail_server


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One that the server's own users may enter."""
    with tempfile.TemporaryDirectory(prefix="heard-imap-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[MailServer]:
    if shutil.which("dovecot") is None or certificate(folder) is None:
        pytest.skip(MISSING)
    with mail_server(folder) as server:
        yield server


@pytest.fixture
def server(running: MailServer) -> Iterator[MailServer]:
    yield running
    with running.opened() as box:
        if box.select("INBOX")[1] == [b"0"]:
            return
        box.store("1:*", "+FLAGS", r"(\Deleted)")
        box.expunge()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = engine_on(url, FILES, clock=VirtualClock(NOON), process="ask")
    with made.store:
        yield made


def test_a_round_takes_in_what_is_new_and_marks_it_when_it_is_written_down(engine: Engine, server: MailServer) -> None:
    server.put(mail(), mail(id="<two@x>", to="jobs@brightwater.example"), mail())
    fetch = fetching(engine, server.environ())
    (done,) = rounds(engine, Event(), {}, until=engine.clock(), fetch=fetch)
    assert done.came == {mails.BEGAN: 1, mails.PARKED: 1, "again": 1} and not done.trouble
    assert server.count() == 3 and server.count(which="UNSEEN") == 0
    assert {row.door for row in mails.latest(engine.store)} == {"imap"}
    server.put(mail(id="<three@x>"))
    assert fetch is not None and not fetch()  # it was only just looked
    assert server.count(which="UNSEEN") == 1


def test_a_mail_that_could_not_be_written_down_stays_new_and_holds_up_no_other(
    engine: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(mail(subject="Trouble", id="<bad@x>"), mail())
    real = fetches.receive

    def failing(engine: Engine, content: bytes, *more: object) -> object:
        if b"Trouble" in content:
            raise RuntimeError("the database is gone")
        return real(engine, content, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(fetches, "receive", failing)
    fetch = fetching(engine, server.environ())
    assert fetch is not None
    with pytest.raises(OSError, match="could not be taken in: RuntimeError"):
        fetch()
    assert server.count(which="UNSEEN") == 1 and len(mails.latest(engine.store)) == 1
    monkeypatch.undo()
    again = fetching(engine, server.environ())
    assert again is not None and again() == {mails.BEGAN: 1} and server.count(which="UNSEEN") == 0


def test_a_mail_during_which_the_line_breaks_each_time_holds_up_no_other(
    engine: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(mail(subject="Huge", id="<huge@x>"), mail(id="<one@x>"), mail(id="<two@x>"))
    real = fetches.receive

    def breaking(engine: Engine, content: bytes, *more: object) -> object:
        if b"Huge" in content:
            raise TimeoutError
        return real(engine, content, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(fetches, "receive", breaking)
    fetch = fetching(engine, server.environ())
    assert fetch is not None
    for taken in (0, 2):
        with pytest.raises(OSError, match="does not answer any more"):
            fetch()
        assert len(mails.latest(engine.store)) == taken
        fetch.next = NOON  # type: ignore[attr-defined]


def test_a_slow_mailbox_is_left_after_a_while_and_the_rest_is_taken_in_the_next_rounds(
    engine: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "SPELL", -1.0)
    server.put(mail(), mail(id="<two@x>"), mail(id="<three@x>"))
    fetch = fetching(engine, server.environ())
    assert fetch is not None
    assert [fetch().total() for _ in range(4)] == [1, 1, 1, 0]


def test_what_was_taken_is_moved_where_that_is_wished_and_what_is_too_large_stays(
    engine: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LARGEST", 100_000)
    monkeypatch.setattr("engine.core.mail.reading.LARGEST", 100_000)
    server.put(mail(), mail("x " * 75_000, subject="Large", id="<two@x>"))
    fetch = fetching(engine, server.environ(HEARD_IMAP_MOVE_TO="Taken"))
    assert fetch is not None and fetch() == {mails.BEGAN: 1, mails.PARKED: 1}
    assert server.count("Taken") == 1 and server.count() == 1
    (parked,) = mails.waiting(engine.store)
    assert (parked.reason, parked.subject, parked.sha256) == ("too-large", "Large", "")


def test_all_are_taken_also_where_none_can_be_moved(engine: Engine, server: MailServer) -> None:
    server.put(*(mail(subject=f"Mail {number}", id=f"<{number}@x>") for number in range(3)))
    fetch = fetching(engine, server.environ(HEARD_IMAP_MOVE_TO="not//there"))
    assert fetch is not None
    with pytest.raises(OSError, match="a mail that was taken in stays where it was: .*name"):
        fetch()
    assert (server.count(), server.count(which="UNSEEN")) == (3, 0)
    assert [one.status for one in mails.latest(engine.store)] == [mails.BEGAN] * 3


def test_an_encrypted_line_is_used_only_with_a_server_that_can_be_trusted(
    engine: Engine, server: MailServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(server.environ("imap"))
    assert box is not None
    with pytest.raises(OSError, match="cannot be trusted"):
        box.probe()
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    assert box.probe() == f"localhost:{server.port} answers, 0 new in INBOX"
    wrong = mailbox({**server.environ("imap"), "HEARD_IMAP_PASSWORD": "wrong"})
    assert wrong is not None and "wrong" not in repr(wrong)
    with pytest.raises(OSError, match="says: .*[Aa]uthentication failed"):
        wrong.probe()


def test_a_mailbox_that_does_not_answer_is_told_and_ends_no_worker(engine: Engine) -> None:
    fetch = fetching(engine, {"HEARD_IMAP_URL": "imap+plain://me@localhost:9"})
    (done,) = rounds(engine, Event(), {}, until=engine.clock() - timedelta(1), fetch=fetch)
    assert done.trouble == ["localhost:9 does not answer: Connection refused"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("pop3://me@host", "begins with none of"),
        ("imaps://host", "names no user"),
        ("imaps://me:secret@host:x/INBOX", "port is no number"),
        ('imaps://me@host/a"b', "no folder"),
    ],
)
def test_a_mailbox_that_is_not_named_as_it_should_be_is_told_without_its_password(url: str, why: str) -> None:
    assert mailbox({}) is None
    with pytest.raises(Rejected, match=why) as refused:
        mailbox({"HEARD_IMAP_URL": url})
    assert refused.value.code == "mailbox" and "secret" not in str(refused.value)
