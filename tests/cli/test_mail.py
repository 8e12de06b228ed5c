"""`heard mail`, `heard parked`, `heard settle`: mail from a pipe, and what waits for somebody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.runtime import wall_clock
from engine.store.database import open_database
from engine.store.fields import to_micros
from tests.cli.shell import Shell, deployed
from tests.databases import change
from tests.mails import mail
from tests.test_receiving import FILES


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = deployed(tmp_path, capsys, FILES)
    made.good("people", "--load")
    return made


def came(shell: Shell, content: bytes) -> str:
    (shell.folder / "mail.eml").write_bytes(content)
    return shell.good("mail", str(shell.folder / "mail.eml")).strip()


def test_a_mail_from_a_file_begins_a_case_once(shell: Shell) -> None:
    began = came(shell, mail())
    assert began.startswith("began ASK-")
    assert came(shell, mail()) == f"before: {began}"
    told = shell.good("history", began.partition(" ")[2])
    assert "by mail of lena@example.org" in told


def test_parked_mail_is_listed_with_the_reason_and_settled_by_somebody_who_may(shell: Shell) -> None:
    reference = came(shell, mail()).partition(" ")[2]
    told = came(shell, mail("I am away", id="<two@x>", subject=f"Re: {reference}", Auto_Submitted="auto-replied"))
    assert told.startswith("parked as number 2: A program has written it (Auto-Submitted: auto-replied)")
    assert told.endswith(f"it seems to be about {reference}")
    for number, to in enumerate(("jobs", "sales"), 3):
        came(shell, mail(id=f"<{number}@x>", to=f"{to}@brightwater.example"))
    assert [row["reason"] for row in shell.json("parked")] == ["automatic", "no-process", "no-process"]
    assert "[unknown-person]" in shell.refused("settle", "2", "--discard", "no", "--as", "eve")
    assert shell.refused("settle", "2", "--as", "kim", code=2)
    assert "[mail-settled]" in shell.refused("settle", "1", "--discard", "no", "--as", "kim")
    assert "[no-such-mail]" in shell.refused("settle", "9", "--discard", "no", "--as", "kim")
    assert shell.good("settle", "2", "--attach", reference, "--as", "kim") == f"attached to {reference}\n"
    assert shell.good("settle", "3", "--start", "ask", "--as", "kim").startswith("started ASK-")
    shell.good("settle", "4", "--discard", "An application", "--as", "kim")
    assert shell.good("parked") == "No mail waits.\n"
    assert "discarded by kim: An application" in shell.good("parked", "--all")
    organisation = shell.folder / "home" / "processes" / "organisation.yaml"
    organisation.write_text(organisation.read_text() + "parked-mail: {days: 180}\n")
    shell.good("people", "--load")
    with open_database(shell.url) as store:
        change(store, "UPDATE mail SET at = ?", to_micros(wall_clock() - timedelta(days=181)))
    assert "forgot 1 mail that came to no case" in shell.good("worker", "--once")
    assert "forgotten after 180 days" in shell.good("parked", "--all")


def test_a_case_that_expects_nothing_gets_the_mail_as_a_comment_with_its_files(shell: Shell) -> None:
    reference = came(shell, mail()).partition(" ")[2]
    came(shell, mail(id="<two@x>", subject=reference))  # now it is with somebody
    told = came(shell, mail("One more thing", id="<three@x>", subject=reference, files={"a.pdf": b"%PDF-1"}))
    assert "parked as number 3: The case expects no message now" in told
    shell.good("settle", "3", "--attach", reference, "--as", "kim")
    events = shell.json("history", reference)["events"]
    told = [line["event"]["body"] for line in events[-3:]]
    assert "One more thing" in told[0]["text"]
    assert [body["file"]["name"] for body in told[1:]] == ["a.pdf", "mail.eml"]
