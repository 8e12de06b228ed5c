"""`heard copy`: an installation moves, and work goes on where it went."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.database import shown
from tests.cli.shell import ONE, Shell
from tests.databases import Server


@pytest.fixture
def elsewhere(postgresql: Server) -> Iterator[str]:
    with postgresql.lent() as lent:
        yield lent.bare()


def test_an_installation_moves_to_postgresql_and_work_goes_on_there(shell: Shell, elsewhere: str) -> None:
    seen, here = shell.good("cases"), shell.url
    said = shell.good("copy", here, elsewhere)
    assert "the histories of 3 cases" in said
    assert f"HEARD_DATABASE_URL={shown(elsewhere)}" in said
    assert "not-empty" in shell.refused("copy", here, elsewhere)
    shell.url = elsewhere
    assert shell.good("cases") == seen
    shell.good("comment", ONE, "Moved.", "--as", "ann")
    assert "Moved." in shell.good("history", ONE, "--verify")


def test_what_was_copied_can_be_read_by_a_program(shell: Shell) -> None:
    there = f"sqlite:///{shell.folder}/copy.db"
    told = shell.json("copy", shell.url, there)
    assert told["cases"] == 3 and told["lines"] > 3 and told["rows"] > told["lines"]


def test_a_database_that_is_not_there_is_not_made(shell: Shell) -> None:
    assert "there is no file" in shell.refused("copy", "sqlite:///typo.db", "sqlite:///new.db")
    assert not (shell.folder / "typo.db").exists()
    assert not (shell.folder / "new.db").exists()


def test_a_database_is_not_copied_onto_itself(shell: Shell) -> None:
    assert "same-database" in shell.refused("copy", shell.url, shell.url)
