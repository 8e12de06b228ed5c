"""`heard doctor` says how everything is, and ends with 1 when something has to be mended."""

from __future__ import annotations

import json

import pytest

from engine.runtime import wall_clock
from engine.store import workers
from engine.store.database import open_database
from tests.cli.shell import Shell
from tests.databases import CHOSEN, SQLITE


def test_it_names_what_is_missing_and_ends_with_1_until_it_is_there(shell: Shell) -> None:
    said = shell("doctor")
    assert said.code == 1
    assert "BAD   workers     none is at work" in said.out and "→ Start `heard serve`" in said.out
    assert "note  incidents   1 open" in said.out
    with open_database(shell.url) as store:
        workers.beat(store, "here:1:a", wall_clock())
        store.database.execute_sql("DELETE FROM outbox")
    assert "\nTo be mended: workers" in said.out
    well = shell.good("doctor")
    assert "BAD" not in well and well.endswith("\nNothing has to be mended.\n")
    assert {one["sign"] for one in shell.json("doctor")} == {"good", "note"}


@pytest.mark.skipif(CHOSEN != SQLITE, reason="a server looks after its own files")
def test_a_database_that_cannot_be_opened_is_a_finding_like_others(shell: Shell) -> None:
    (shell.folder / "heard.db").write_text("rubbish")
    said = shell("doctor", "--json")
    assert said.code == 1
    assert [(one["what"], one["sign"]) for one in json.loads(said.out)] == [("database", "bad")]


def test_what_the_environment_cannot_mean_is_told_where_it_belongs_and_everything_else_is_looked_at(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HEARD_SMTP_URL", "HEARD_IMAP_URL"):
        monkeypatch.setenv(name, "http://mail.example.org")
    monkeypatch.setenv("HEARD_DRIVER", "both")
    said = shell("doctor", "--json")
    found = {one["what"]: one for one in json.loads(said.out)}
    assert said.code == 1 and found["database"]["sign"] == "good" and "clocks" in found
    for what, variable in (("mail", "HEARD_SMTP_URL"), ("mailbox", "HEARD_IMAP_URL"), ("driver", "HEARD_DRIVER")):
        assert found[what]["sign"] == "bad" and f"Expected {variable} to be" in found[what]["said"]
