"""What every command works with: the home folder, the catalog over it, the store and the engine; each made when first
asked for.

Owns the environment variables HEARD_HOME, HEARD_DATABASE_URL and HEARD_PERSON.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Rejected
from engine.home import find_home

if TYPE_CHECKING:
    from engine.core.actors import Actor
    from engine.definition.catalog import Catalog
    from engine.directory import Directory
    from engine.runtime import Engine
    from engine.store.database import Store

DEFAULT_DATABASE = "sqlite:///heard.db"


class Context:
    """See the module. `home` and `url` are what the person typed, or None."""

    def __init__(self, home: str | None = None, url: str | None = None) -> None:
        self._home = home
        self.url = url or os.environ.get("HEARD_DATABASE_URL") or DEFAULT_DATABASE
        self._opened: Store | None = None
        self._engine: Engine | None = None

    @cached_property
    def home(self) -> Path:
        return find_home(self._home, os.environ, Path.cwd())

    def catalog(self) -> Catalog:
        """The files as they are now."""
        from engine.library import catalog_of

        return catalog_of(self.home)

    def store(self, absence: float | None = None) -> Store:
        """The database, brought up to date; `absence` as of `open_database`, for what runs on and on."""
        if self._opened is None:
            from engine.store.database import open_database
            from engine.workers.driving import settle

            self._opened = open_database(self.url, absence=absence)
            self._opened.upgrade()
            settle(self._opened, os.environ)
        return self._opened

    def engine(self, absence: float | None = None) -> Engine:
        if self._engine is None:
            from engine.runtime import Engine

            self._engine = Engine(self.store(absence))
        return self._engine

    def directory(self) -> Directory:
        from engine.directory import Directory

        return Directory(self.store(), self.engine().clock)

    def actor(self, person: str | None) -> Actor:
        """Who acts: `--as`, else HEARD_PERSON. Raises Rejected when neither is given or nobody is called so."""
        name = person or os.environ.get("HEARD_PERSON")
        if not name:
            raise Rejected(
                "no-person", "Expected --as PERSON (or HEARD_PERSON), so that it is known who acts; see `heard people`"
            )
        return self.directory().actor(name)
