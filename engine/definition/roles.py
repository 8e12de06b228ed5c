"""The role that no colleague holds.

Owns its name: everybody who asks whether somebody is of the house or from outside asks for this one.
"""

from __future__ import annotations

CUSTOMER = "customer"
"""Whom the cases are about, and who is on no roll of the house; also the kind of an actor who holds no other role."""
