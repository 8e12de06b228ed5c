"""Whether some guard always holds, and whether each ever decides.

Owns that verdict and its witness. Knows no process: guards are expressions, in the order they are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.definition.expressions.domains import MOST_CASES, Case, Impossible, Narrowed, Space, Term
from engine.definition.expressions.examples import UNSET, plain_example
from engine.definition.expressions.expression import Expression


@dataclass(frozen=True, slots=True)
class Verdict:
    """`proven` is True (some guard always holds), False (`witness` shows values that none accepts) or None
    (it cannot be told).

    `witness` maps dotted paths to plain example values; None stands for a path that is not set. Paths that do
    not matter are not in it. `never` are the guards, by number from 0, that cannot hold after the earlier
    ones have not; empty when it cannot be told. `cases` is how many were tried.
    """

    proven: bool | None
    witness: Mapping[str, object] = field(default_factory=dict)
    never: tuple[int, ...] = ()
    cases: int = 0


def guards_exhaustive(
    guards: Sequence[Expression], most: int = MOST_CASES, narrowed: Narrowed | None = None
) -> Verdict:
    """Whether at least one of the guards (conditions, all in one scope) holds in every case, and which of
    them never decides. With `narrowed` only the cases that can occur count.

    Tries at most 20,000 cases, or `most` when that is fewer, else it cannot be told.
    """
    space = Space()
    terms = [space.term(guard.checked) for guard in guards]
    size = space.size(narrowed)
    if size > min(most, MOST_CASES):
        return Verdict(None)
    deciding: set[int] = set()
    gap: Case | None = None
    for case in space.cases(narrowed):
        try:
            deciding.add(_first(terms, case))
        except Impossible:
            continue
        except StopIteration:
            gap = case if gap is None else gap
    never = tuple(number for number in range(len(terms)) if number not in deciding)
    if gap is None:
        return Verdict(True, never=never, cases=size)
    if not space.exact:
        return Verdict(None, never=never, cases=size)
    return Verdict(False, _witness(gap), never, size)


def _first(terms: Sequence[Term], case: Case) -> int:
    """The guard that decides. Raises StopIteration when none holds, Impossible when the case cannot occur."""
    return next(number for number, term in enumerate(terms) if term(case))


def _witness(case: Case) -> dict[str, object]:
    """The case as plain values, without what lies below a path that is not set."""
    gone = tuple(f"{path}." for path, value in case.items() if value is UNSET)
    kept = {path: value for path, value in case.items() if not path.startswith(gone) and value != "set"}
    return {path: plain_example(value) for path, value in kept.items()}
