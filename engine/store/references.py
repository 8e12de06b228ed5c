"""References such as INQ-2026-00042: counted for each prefix and year, without gaps, because the number is
taken in the case's own transaction.
"""

from __future__ import annotations

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.registers import Counter

_COUNT = Statement(
    lambda: Counter.insert(
        {Counter.prefix: Parameter("prefix"), Counter.year: Parameter("year"), Counter.last: 1}
    ).on_conflict(conflict_target=[Counter.prefix, Counter.year], update={Counter.last: Counter.last + 1}),
    "prefix",
    "year",
)
_LAST = Statement(
    lambda: Counter.select(Counter.last).where(
        (Counter.prefix == Parameter("prefix")) & (Counter.year == Parameter("year"))
    ),
    "prefix",
    "year",
)


def take(store: Store, prefix: str, year: int) -> str:
    """The next reference.

    Only inside the transaction that starts the case: when that is rolled back, the number is free again.
    """
    if not store.in_transaction:
        raise RuntimeError("A reference is taken inside the transaction that starts its case, or there would be gaps.")
    store.change(_COUNT, prefix, year)
    row = store.row(_LAST, prefix, year)
    assert row is not None
    return f"{prefix}-{year:04d}-{row[0]:05d}"
