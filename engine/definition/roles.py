"""What people are by the roles they hold: customers, readers, or staff.

Owns the one role that no colleague holds, and this distinction.
"""

from __future__ import annotations

from collections.abc import Collection

CUSTOMER = "customer"
"""Whom the cases are about, and who is on no roll of the house; also what somebody is who holds no other role."""
STAFF = "staff"
READER = "reader"


def kind_of(roles: Collection[str], reading: Collection[str]) -> str:
    """CUSTOMER for who is nothing else, READER for who holds only roles of `reading`, else STAFF."""
    held = frozenset(roles)
    if held == {CUSTOMER}:
        return CUSTOMER
    return READER if held and held.issubset(reading) else STAFF
