"""Who asks something of a case, and through which door.

Owns the shape of an actor, and its turning into plain data and back; which roles somebody holds is the store's to
know, what they may do with them `engine.core.authority`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.definition.roles import CUSTOMER, STAFF


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, with the roles held at this moment.

    `kind` is staff, customer, reader (who only looks) or system. `via` is the door: web, cli, import, worker, demo,
    scenario. `stands_in` maps each person whose deputy they are at this moment to the roles in which they are that.
    `language` is the one in which they are told what is wrong with what they fill in; empty for the process's first.
    """

    id: str
    roles: frozenset[str] = frozenset()
    kind: str = STAFF
    via: str = "cli"
    stands_in: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    language: str = field(default="", compare=False)


def plain_actor(actor: Actor) -> list[Any]:
    """An actor as plain JSON, for a command that is kept; through which door it is done later is not theirs to say."""
    stands_in = {person: sorted(roles) for person, roles in actor.stands_in.items()}
    return [actor.id, sorted(actor.roles), actor.kind, *([stands_in] if stands_in else [])]


def actor_from(kept: Sequence[Any], via: str) -> Actor:
    """The actor again, with the roles they had."""
    stands_in = {person: frozenset(roles) for person, roles in kept[3].items()} if len(kept) > 3 else {}
    return Actor(kept[0], frozenset(kept[1]), kept[2], via, stands_in)


IMPORT = "import"
"""The door through which another system's past comes in: what it would have sent is withheld."""

BY_MAIL = "mail"
"""The door through which mail comes in."""

CALL = "call"
"""The door through which one case starts another, or is told of it."""

GUEST = Actor("guest", frozenset({CUSTOMER}), CUSTOMER, "web")
"""Somebody without an account, who fills in a public page."""

SYSTEM = Actor("system", frozenset({"system"}), "system", "worker")
