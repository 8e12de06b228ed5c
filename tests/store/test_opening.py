"""Opening a database: whatever goes wrong is told with what to do; the tables are those of the models."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playhouse.schema_diff import diff_models

from engine.errors import Rejected
from engine.store import Store, open_database, people
from engine.store.models import TABLES
from engine.store.upgrades import LEDGER, known, pending
from tests.databases import Databases


def refused(url: str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        open_database(url, patience=0.2).upgrade()
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "",
        "heard.db",
        "/var/heard.db",
        "sqlite:/heard.db",
        "sqlite://heard.db",
        "mysql://root@host/x",
        "sqlite:///a.db?x=1",
    ],
)
def test_an_address_that_is_none_is_refused_with_an_example(url: str) -> None:
    problem = refused(url)
    assert problem.code == "database-url"
    assert problem.message.startswith("Expected")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("mysql://root:secret@host/x", "mysql://root:…@host/x"),
        ("mysql://root:se:c@ret@host/x?a=b@c", "mysql://root:…@c"),
        ("mysql://host/x?user=root&PassWord=secret&a=b", "mysql://host/x?user=root&PassWord=…&a=b"),
        ("mysql://root@host/x", "mysql://root@host/x"),
    ],
)
def test_a_password_is_never_shown(url: str, kept: str) -> None:
    assert f"{kept!r}" in refused(url).message


def test_a_server_that_cannot_be_reached_is_reported_in_one_line() -> None:
    problem = refused("postgresql://ann:secret@127.0.0.1:1/heard?connect_timeout=2")
    assert problem.code in ("database-driver", "database-unreachable")
    assert "secret" not in problem.message
    assert "\n" not in problem.message


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    problem = refused(f"sqlite:///{tmp_path}/none/heard.db")
    assert (problem.code, str(tmp_path / "none") in problem.message) == ("database-folder", True)
    assert not (tmp_path / "none").exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert refused(f"sqlite:///{tmp_path}").code == "database-file"


@pytest.mark.parametrize("content", [b"process: inquiry\n" * 100, b"SQLite format 3\0" + b"rubbish" * 1000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.yaml"
    file.write_bytes(content)
    assert refused(f"sqlite:///{file}").code in ("database-file", "database-damaged")
    assert file.read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(databases: Databases) -> None:
    url = databases.bare()
    with open_database(url) as other:
        other.database.execute_sql("CREATE TABLE bookmarks (url TEXT)")
    assert refused(url).code == "database-foreign"
    with open_database(url) as other:
        assert other.database.get_tables() == ["bookmarks"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "heard.db"
    open_database(f"sqlite:///{file}").close()
    file.chmod(0o400)
    assert refused(f"sqlite:///{file}").code == "database-read-only"


def test_a_database_of_a_newer_version_is_refused(databases: Databases) -> None:
    url = databases.bare()
    with open_database(url) as store:
        store.upgrade()
        store.database.execute_sql(f"INSERT INTO {LEDGER} (name, applied) VALUES ('9999_future', '2030-01-01')")
    problem = refused(url)
    assert (problem.code, "9999_future" in problem.message) == ("database-newer", True)


def test_a_database_another_program_keeps_writing_to_is_busy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/heard.db"
    with open_database(url) as store, store.transaction():
        assert refused(url).code == "database-busy"


def test_a_store_that_was_not_brought_up_to_date_says_so() -> None:
    with open_database("sqlite:///:memory:") as store, pytest.raises(Rejected) as caught:
        store.select(TABLES[0].select())
    assert caught.value.code == "database-old"


def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    difference = diff_models(store.database, list(TABLES))
    own = [one for one in difference.drop_indexes if one.name != "search_words"]  # no model can say that one
    assert not difference._replace(drop_indexes=own), str(difference)
    ours = {table._meta.table_name for table in TABLES}  # type: ignore[attr-defined]
    index = {name for name in store.database.get_tables() if name.startswith("search_index")}  # FTS5 makes its own
    assert set(store.database.get_tables()) - {"sqlite_sequence", *index} == {*ours, LEDGER}


def test_the_migrations_make_the_types_and_rules_of_the_models_too(store: Store) -> None:
    with open_database("sqlite:///:memory:") as other:
        if store.locks_rows:
            pytest.skip("SQLite shows its tables as they were written")
        other.database.bind(list(TABLES), bind_refs=False, bind_backrefs=False)
        other.database.create_tables(list(TABLES))
        kinds = "name NOT LIKE 'sqlite_%' AND type IN ('table', 'index')"
        query = f"SELECT name, sql FROM sqlite_master WHERE {kinds}"
        wanted = dict(other.database.execute_sql(query).fetchall())
        for table in TABLES:
            table._meta.set_database(None)  # type: ignore[attr-defined]
        made = dict(store.database.execute_sql(query).fetchall())
        assert {name: made.get(name) for name in wanted} == wanted


def test_bringing_up_to_date_twice_does_nothing_the_second_time(store: Store) -> None:
    assert store.upgrade() == ()
    assert pending(store) == ()
    assert known()[0] == "0001_first_tables"


def test_a_file_is_written_durably_with_its_rules_kept(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/heard.db") as store:
        pragma = {
            name: store.database.execute_sql(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert store.upgrade() == known()
        assert store.database.execute_sql("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_database_in_memory_is_one_for_all_threads_and_gone_when_closed() -> None:
    with open_database("sqlite:///:memory:") as store, open_database("sqlite:///:memory:") as another:
        store.upgrade()
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(len(store.database.get_tables())))
        thread.start()
        thread.join()
        assert found[0] > len(TABLES)
        assert another.database.get_tables() == []


def test_the_connections_of_threads_that_ended_are_closed(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/heard.db") as store:
        store.upgrade()
        for _ in range(50):
            thread = threading.Thread(target=store.database.get_tables)
            thread.start()
            thread.join()
        assert len(store.database._connections) <= 3  # type: ignore[attr-defined]


OPEN = """
import sys
from engine.store import open_database
with open_database(sys.argv[1]) as store:
    print(len(store.upgrade()))
"""


def test_processes_that_open_a_new_database_at_once_upgrade_it_once(databases: Databases) -> None:
    url = databases.bare()
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [errors for _, errors in ended] == [""] * 6
    assert sorted(int(output) for output, _ in ended) == [0] * 5 + [len(known())]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_opens_its_own_connection(tmp_path: Path) -> None:
    code = f"""
import os
from engine.store import open_database, people
store = open_database("sqlite:///{tmp_path}/heard.db")
store.upgrade()
child = os.fork()
with store.transaction():
    people.put(store, [people.Person("child" if child == 0 else "parent", "x")])
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
print([one.id for one in people.everybody(store)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("['child', 'parent']", "")


def test_what_is_written_beside_a_second_opening_in_one_program_is_seen_by_every_other_program(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'heard.db'}"
    with open_database(url) as first:
        first.upgrade()
        with open_database(url) as second:
            # A program that comes and goes takes the log away when it believes to be the last.
            _elsewhere(url, "people.setting(store, 'kept')")
            with second.transaction():
                people.set_setting(second, "kept", "yes")
            assert (tmp_path / "heard.db-wal").exists()
            assert _elsewhere(url, "print(people.setting(store, 'kept'))") == "yes"


def _elsewhere(url: str, act: str) -> str:
    """What another program prints that opens the database, does this, and closes it."""
    code = f"from engine.store import open_database, people\nwith open_database({url!r}) as store: {act}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
