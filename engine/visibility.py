"""Who may see which case: their own, those of their processes, or all.

Owns the reach of a person and the question whether a case lies in it; lists ask with the same reach. What somebody may
*do* to a case is judged in the command, by `engine.core.authority`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.core.actors import Actor
from engine.core.instance import Instance
from engine.definition.model import Definition
from engine.definition.roles import CUSTOMER
from engine.store import deployments, people, queries, questions
from engine.store.database import Store

ALL, TEAM, OWN = "all", "team", "own"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person may see: everything, the cases of some processes, and always those they have a part in.

    `masked` is whether the customer's personal data is hidden from them until they say why they need it, `email` the
    address by which a customer's cases are known.
    """

    person: str
    everything: bool = False
    processes: frozenset[str] = field(default_factory=frozenset)
    masked: bool = False
    email: str = ""

    @property
    def within(self) -> queries.Within | None:
        """The same for lists; None when nothing is left out."""
        return None if self.everything else queries.Within(self.person, self.processes, self.email)

    def covers(self, process: str) -> bool:
        """Whether every case of this process is within it."""
        return self.everything or process in self.processes


def reach(
    store: Store, definition: Callable[[str], Definition], organisation: Mapping[str, Any], actor: Actor
) -> Reach:
    """How far this person sees, with the roles they hold now.

    A role sees what the organisation's file says of it, or else the cases of the processes that name it; a customer
    sees their own alone.
    """
    said = {role: _said(organisation, role) for role in actor.roles}
    widest = [words.get("sees", OWN if role == CUSTOMER else TEAM) for role, words in said.items()]
    masked = bool(said) and all(words.get("personal-data") == "masked" for words in said.values())
    if ALL in widest:
        return Reach(actor.id, True, masked=masked)
    # Whoever stands in for somebody has to see what they are to do.
    theirs = {role for role, sees in zip(said, widest, strict=True) if sees == TEAM}
    theirs |= {role for roles in actor.stands_in.values() for role in roles} - {CUSTOMER}
    found = set()
    if theirs:
        for digest in {one.digest for one in deployments.all_of(store)}:
            known = definition(digest)  # a version's roles are looked up once, however many ask
            if not theirs.isdisjoint(roles_of(known)):
                found.add(known.key)
    own = people.load(store, actor.id) if actor.kind == CUSTOMER else None
    return Reach(actor.id, False, frozenset(found), masked, own.email if own is not None else "")


def _said(organisation: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    roles = organisation.get("roles")
    words = roles.get(role) if isinstance(roles, Mapping) else None
    return words if isinstance(words, Mapping) else {}


def may_see(store: Store, reach: Reach, case: Instance) -> bool:
    """Whether the case lies within a person's reach."""
    if reach.covers(case.process):
        return True
    if reach.person in (case.starter, case.customer.get("person")):
        return True
    if reach.email and reach.email.lower() == case.customer.get("email", "").lower():
        return True
    return queries.has_part(store, case.id, reach.person) or questions.was_asked(store, case.id, reach.person)


@lru_cache(maxsize=256)
def roles_of(definition: Definition) -> frozenset[str]:
    """Every role that a process names: who owns it, starts it, works in it, decides in it."""
    found = {definition.owner, *definition.supervisors, *definition.starters}
    for state in (*definition.states.values(), *definition.tasks.values()):
        if state.task is not None:
            found.update(role for roles in state.task.candidates.all() for role in roles)
        if state.approval is not None:
            found.update(role for branch in state.approval.rules for role in (*branch.rule.of, *branch.rule.veto))
    for _, move in definition.moves():
        found.update(move.by)
        if move.needs is not None:
            found.update(role for branch in move.needs.rules for role in (*branch.rule.of, *branch.rule.veto))
    return frozenset(found - {CUSTOMER, "starter", "system", "", *definition.people})
