"""How cases are tied to one another: what a case knows of the cases it has called, and of the one that called it.

Owns these shapes, and what expressions can read of them. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS = ("spawned", "follows", "duplicate-of", "relates", "caused-by")
"""What a called case is to the one that called it; the first when nothing is said."""

OPEN, ENDED, FAILED = "open", "ended", "failed"


@dataclass(frozen=True, slots=True)
class Link:
    """A case that this one has called. `name` is what expressions call it, `instance` and `reference` are empty until
    it has been started.

    `status` is `open`, `ended` (with its outcome) or `failed` (it could not be started; an incident waits). While it is
    not ended and `blocks`, this case cannot come to an end. `waits` is the token that stands still until it has ended,
    `row` the token of the for-each branch that called it.
    """

    id: str
    process: str
    name: str
    kind: str
    blocks: bool = False
    status: str = OPEN
    reference: str = ""
    instance: str = ""
    outcome: str = ""
    waits: str = ""
    row: str = ""

    @property
    def called(self) -> str:
        """The case as people call it: its reference, or its process as long as it has none."""
        return self.reference or self.process


@dataclass(frozen=True, slots=True)
class Parent:
    """The case that called this one; `link` finds it there. `customer` is the account of that case's customer, whose
    case this one is too; empty when there is none.
    """

    instance: str
    reference: str
    process: str
    link: str
    name: str
    kind: str
    customer: str = ""


def blocking(links: Mapping[str, Link]) -> tuple[Link, ...]:
    """The called cases because of which a case cannot come to an end."""
    return tuple(link for link in links.values() if link.blocks and link.status != ENDED)


def names(links: Mapping[str, Link], within: Iterable[str]) -> dict[str, dict[str, str]]:
    """Name -> {reference, outcome}, of those that are known; the latest call of a name counts.

    `within` are the tokens a reader stands in: what the branch of one row has called is known in that branch alone.
    """
    here = {"", *within}
    found: dict[str, dict[str, str]] = {}
    for link in links.values():
        if link.row in here:
            told = {"reference": link.reference, "outcome": link.outcome}
            found[link.name] = {key: value for key, value in told.items() if value}
    return {name: told for name, told in found.items() if told}
