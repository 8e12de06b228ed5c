"""What a source says of a promise beside what the clock of the imported case says: the same, another, or nothing that
can be compared.

Owns the verdicts and the count of them. Takes no side: where the two differ, both are told with their times.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engine.core.instance import Instance
from engine.core.promised import Clock
from engine.errors import Place
from engine.importing.cells import Row

KEPT, MISSED = "kept", "missed"


@dataclass(frozen=True, slots=True)
class Compare:
    """`compare` in a map: which column gives a verdict on which clock, and in which words."""

    clock: str
    column: str
    kept: tuple[str, ...]
    missed: tuple[str, ...]
    place: Place

    def said(self, row: Row) -> str:
        """KEPT, MISSED, or empty for any other word and for none."""
        cell = row[self.column].strip()
        return KEPT if cell in self.kept else MISSED if cell in self.missed else ""


@dataclass(frozen=True, slots=True)
class Differing:
    """A case of which the source says one thing and the clock another; `why` tells the clock's times (in UTC)."""

    line: int
    external_id: str
    reference: str
    clock: str
    said: str
    verdict: str
    why: str


@dataclass
class Comparison:
    """All verdicts on one clock: (what the source says, what the clock says, why the clock says nothing) -> how often.

    `differing` are the cases one by one.
    """

    compare: Compare
    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    differing: list[Differing] = field(default_factory=list)

    @property
    def same(self) -> int:
        return sum(number for (said, verdict, _), number in self.counted.items() if said and said == verdict)

    @property
    def not_comparable(self) -> int:
        return sum(number for (said, verdict, _), number in self.counted.items() if not (said and verdict))

    def add(self, line: int, row: Row, case: Instance) -> None:
        """Count one case."""
        said = self.compare.said(row)
        verdict, why = _verdict(case.clocks.get(self.compare.clock))
        self.counted[said, verdict, "" if verdict else why] += 1
        if said and verdict and said != verdict:
            self.differing.append(
                Differing(line, case.external_id, case.reference, self.compare.clock, said, verdict, why)
            )


def _verdict(clock: Clock | None) -> tuple[str, str]:
    """KEPT or MISSED with the times it rests on; empty with the reason why there is no verdict."""
    if clock is None:
        return "", "it never began"
    if clock.missed is not None:
        ended = f"done {clock.ended_at:%Y-%m-%d %H:%M}" if clock.status == "stopped" else "not done since"
        return MISSED, f"due {clock.missed:%Y-%m-%d %H:%M}, {ended}"
    if clock.status == "stopped" and clock.ended_at is not None:
        return KEPT, f"begun {clock.started_at:%Y-%m-%d %H:%M}, done {clock.ended_at:%Y-%m-%d %H:%M}"
    if not clock.target:
        return "", "it promises nothing for this answer"
    if clock.status == "cancelled":
        return "", "the case ended before"
    return "", "it still runs"
