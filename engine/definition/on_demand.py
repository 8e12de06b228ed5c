"""A mapping whose values are made when they are asked for. Knows nothing of what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class OnDemand(Mapping[str, T], Generic[T]):
    """What `read` finds for each of `names`, asked once; where it finds None there is nothing."""

    def __init__(self, names: Iterable[str], read: Callable[[str], T | None]) -> None:
        self._names = frozenset(names)
        self._read = read
        self._found: dict[str, T | None] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._found:
            self._found[name] = self._read(name) if name in self._names else None
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in sorted(self._names) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
