"""The floor is fair on PostgreSQL too, and where there is none a sentence says so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.clients import Heard, Plain, Side
from bench.steps import deployed
from engine.store.database import open_database
from tests.bench.test_same_rows import SAME
from tests.databases import POSTGRESQL, Databases, sql


@pytest.fixture
def kind() -> str:
    return POSTGRESQL


def test_the_floor_and_heard_write_the_same_rows_there(databases: Databases) -> None:
    written = []
    for client in (Plain, Heard):
        url = databases.bare()
        deployed(url)[0].close()
        side: Side = client(url)
        side.case("one")
        side.close()
        with open_database(url) as store:
            written.append([sql(store, question) for question in SAME])
    assert written[0] == written[1]


def test_where_there_is_no_postgresql_nothing_is_measured_and_it_is_said_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert main(["--only", "clients", "--folder", str(tmp_path)]) == 0
    assert "Nothing was measured: no driver for PostgreSQL is installed" in capsys.readouterr().out
