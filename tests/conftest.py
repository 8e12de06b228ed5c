"""What all tests share: the databases they run on, and the compiled modules of the programs that they start.

A test that takes `databases` runs on SQLite, or on PostgreSQL under `make test-postgres`. One that is about databases
runs on both. What names its database itself stays where it is: how a file is opened, and what becomes of a damaged one,
since a server looks after its own files; copies, which name the kind that they come from and the one that they go to;
the demo, which makes itself a file; and what is thrown away in memory, where the run on PostgreSQL is a test of its own
(`test_stateful_postgresql`).
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from tests.databases import CHOSEN, POSTGRESQL, Databases, Files, Server, lending, server

LONG = (
    "tests/cli/test_demo.py",
    "tests/web/browser/test_every_page.py",
    "tests/web/browser/",
    "tests/docs/test_tutorial.py",
    "tests/runtime/test_killed.py",
    "tests/runtime/test_stateful_promises.py",
)
"""What takes longest, about a minute first and a quarter of one last."""


def pytest_configure(config: pytest.Config) -> None:
    """Some tests start Heard as a program, hundreds of times: where nothing may be kept beside the sources, each would
    compile all of them again.
    """
    if hasattr(config, "workerinput"):
        return  # one of several processes, which has its surroundings from the first
    folder = tempfile.mkdtemp(prefix="heard-compiled-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`: half as many again as there are processors, since many a test waits for a disk, a browser or a
    program.
    """
    return (os.cpu_count() or 1) * 3 // 2 or 1


def pytest_collection(session: pytest.Session) -> None:
    """Each of several processes begins to read the tests at a place of its own: what one has compiled, the others
    find. All from the first on, each would compile all of them.
    """
    among = getattr(session.config, "workerinput", None)
    if among is None:
        return
    folders = [Path(name) for name in session.config.args if Path(name).is_dir()]
    found = sorted(path for folder in folders for path in folder.resolve().rglob("test_*.py"))
    begin = len(found) * int(among["workerid"].removeprefix("gw")) // among["workercount"]
    for path in found[begin:] + found[:begin]:
        with suppress(Exception):  # told when it is that file's turn
            import_module(".".join(path.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first, and in several processes not all of it in one: each is given as many tests as
    the others, one stretch of the list, and takes from theirs when it is done. At the end none waits for another.
    """
    count = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    found: list[list[pytest.Item]] = [[] for _ in range(len(LONG) + 1)]
    for item in items:
        found[next((number for number, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))].append(
            item
        )
    *long, others = found
    each = len(items) // count
    items.clear()
    for number in range(count):
        first = list(chain.from_iterable(long[number::count]))
        more = max(each - len(first), 0) if number < count - 1 else len(others)
        items += [*first, *others[:more]]
        del others[:more]


def pytest_collection_finish() -> None:
    """What is there from the first stays to the end: no test has the garbage looked for in it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish() -> None:
    """Nor when all is over, in everything that the tests have left: that goes with its process."""
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL server of this run."""
    with server() as made:
        yield made


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Databases:
    """Where databases come from that many tests take copies of."""
    if CHOSEN == POSTGRESQL:
        server: Server = request.getfixturevalue("postgresql")
        return server
    return Files(tmp_path_factory.mktemp("shared"), empty_file)


@pytest.fixture
def kind() -> str:
    """Which kind of database the test runs on."""
    return CHOSEN


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs it leaves an empty SQLite database for the others."""
    return tmp_path_factory.mktemp("empty") / "empty.db"


@pytest.fixture(autouse=True)
def databases(kind: str, request: pytest.FixtureRequest, tmp_path: Path, empty_file: Path) -> Iterator[Databases]:
    """Where the test gets its databases from."""
    if kind == POSTGRESQL:
        with request.getfixturevalue("postgresql").lent() as lent, lending(lent):
            yield lent
    else:
        with lending(Files(tmp_path, empty_file)) as made:
            yield made


@pytest.fixture
def url(databases: Databases) -> str:
    """A database with its tables, empty."""
    return databases.new()
