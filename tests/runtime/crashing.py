"""A machine that fails at a chosen write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from engine.core.commands import Command, Complete
from engine.runtime import Engine
from engine.store.database import Store
from tests.invariants import everything, typed_is_kept


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


def at_each_write(engine: Engine, prepared: Callable[[int], tuple[str, Command]]) -> Iterator[tuple[str, Command]]:
    """The first write of a command fails, in another case the second, and so on as long as there is one more.

    `prepared` makes a case and the command ready for the attempt with this number. Yields both after each failure, when
    nothing may be left of the command but what somebody typed for it. In the end it has come through.
    """
    at = 0
    while True:
        at += 1
        case, command = prepared(at)
        before = everything(engine.store, but=["draft"])
        with crashing(engine.store, at) as count:
            try:
                engine.do(case, command)
            except Crash:
                pass
            else:
                assert count[0] == at - 1
                return
        assert everything(engine.store, but=["draft"]) == before
        if isinstance(command, Complete) and command.values:
            assert typed_is_kept(engine.store, command.task, command.actor.id, command.values)
        yield case, command
