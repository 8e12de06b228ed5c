"""What the pages stand on: the store, the engine over it, the people, and the secret that signs what leaves the house.

Owns their making, once, when the first request asks: importing `web` opens nothing. Decides nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING

from flask import current_app

from engine.errors import Rejected
from engine.home import find_home
from engine.runtime import Clock, wall_clock

if TYPE_CHECKING:
    from engine.directory import Directory
    from engine.runtime import Engine
    from engine.store.database import Store

DEFAULT_DATABASE = "sqlite:///heard.db"
DEMO = "demo"
_AGAIN_AFTER = 1.0  # seconds after which a database that could not be opened is tried again


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the house stands. `home` and `database` are as a person names them; empty: as the environment says.

    `secure` keeps cookies to HTTPS, wherever requests come from; a request that came by HTTPS always does.
    """

    home: str = ""
    database: str = ""
    secure: bool = False
    clock: Clock = wall_clock


class House:
    """See the module. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = settings.clock
        self._lock = RLock()
        self._engine: Engine | None = None
        self._refused: tuple[float, Rejected | None] = 0.0, None

    @cached_property
    def home(self) -> Path:
        return find_home(self.settings.home or None, os.environ, Path.cwd())

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = self._tried()
        return self._engine

    def _tried(self) -> Engine:
        """Opened; whoever has waited while another one tried in vain hears the same, and does not wait once more."""
        at, refusal = self._refused
        if refusal is not None and monotonic() - at < _AGAIN_AFTER:
            raise Rejected(refusal.code, refusal.message)
        try:
            return self._open()
        except Rejected as rejected:
            self._refused = monotonic(), rejected
            raise

    def _open(self) -> Engine:
        from engine.runtime import Engine
        from engine.store.database import ABSENCE, open_database
        from engine.workers.driving import settle

        url = self.settings.database or os.environ.get("HEARD_DATABASE_URL") or DEFAULT_DATABASE
        store = open_database(url, absence=ABSENCE)
        store.upgrade()
        settle(store, os.environ)
        return Engine(store, self.clock)

    @property
    def store(self) -> Store:
        return self.engine.store

    @property
    def directory(self) -> Directory:
        from engine.directory import Directory

        return Directory(self.store, self.clock)

    @cached_property
    def secret(self) -> str:
        """What signs cookies and links: HEARD_SECRET, or one made for this database at its first use."""
        from engine.private_pages import secret_of

        return secret_of(self.store)

    @cached_property
    def is_demo(self) -> bool:
        """Whether this is the sample company, whose invented people anybody may be."""
        from engine.store import people

        return bool(people.setting(self.store, DEMO))


def house() -> House:
    """The house of the application that answers this request."""
    found: House = current_app.extensions["heard"]
    return found
