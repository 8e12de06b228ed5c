"""Whether some guard always holds.

Owns that verdict and its witness. Knows no process: guards are expressions, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.definition.expressions.domains import MOST_CASES, Case, Impossible, Space, Term
from engine.definition.expressions.examples import UNSET, plain_example
from engine.definition.expressions.expression import Expression


@dataclass(frozen=True, slots=True)
class Verdict:
    """`proven` is True (some guard always holds), False (`witness` shows values that none accepts) or None
    (it cannot be told).

    `witness` maps dotted paths to plain example values; None stands for a path that is not set. Paths that do
    not matter are not in it.
    """

    proven: bool | None
    witness: Mapping[str, object] = field(default_factory=dict)


def guards_exhaustive(guards: Sequence[Expression]) -> Verdict:
    """Whether at least one of the guards (conditions, all in one scope) holds in every case.

    Tries at most 20,000 cases, else it cannot be told.
    """
    space = Space()
    terms = [space.term(guard.checked) for guard in guards]
    if space.size() > MOST_CASES:
        return Verdict(None)
    for case in space.cases():
        if not _accepted(terms, case):
            if not space.exact:
                return Verdict(None)
            return Verdict(False, _witness(case))
    return Verdict(True)


def _witness(case: Case) -> dict[str, object]:
    """The case as plain values, without what lies below a path that is not set."""
    gone = tuple(f"{path}." for path, value in case.items() if value is UNSET)
    kept = {path: value for path, value in case.items() if not path.startswith(gone) and value != "set"}
    return {path: plain_example(value) for path, value in kept.items()}


def _accepted(terms: Sequence[Term], case: Case) -> bool:
    """Whether a guard holds, or the case cannot occur."""
    try:
        return any(term(case) for term in terms)
    except Impossible:
        return True
