"""A machine that fails at a chosen write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from engine.store.database import Store


class Crash(Exception):
    """The machine fails here."""


@contextmanager
def crashing(store: Store, at: int) -> Iterator[list[int]]:
    """The `at`-th write from now on fails (0: none does), once; every other time only after it was written.

    Yields the count of writes.
    """
    count = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Store, *args: Any) -> Any:
            if self is not store:
                return real(self, *args)
            count[0] += 1
            if count[0] != at:
                return real(self, *args)
            if at % 2:
                real(self, *args)
            raise Crash

        return run

    with (
        patch.object(Store, "change", counted(Store.change)),
        patch.object(Store, "change_many", counted(Store.change_many)),
    ):
        yield count
