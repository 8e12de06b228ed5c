"""A version that a case would put in force: what pages show of it to those who agree, and to who goes on writing it.

Decides nothing: `engine.publishing` does.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from engine.core.drawing.comparing import Difference
from engine.core.drawing.differences import differences
from engine.core.instance import Instance
from engine.definition.model import Definition
from engine.definition.texts import Localised
from engine.errors import Rejected
from engine.publishing import proposed
from engine.store import deployments
from engine.store.proofs import Proven
from web.access import visitor
from web.house import house
from web.processes import standing, tongue_of
from web.proofs import proven_by, retold


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that somebody handed in: who and when, of which process, what it would change, and the digest of its
    scenarios with how they went (empty and None: there are none). `became` says since when or from which day it is in
    force; empty as long as nobody has agreed to it.
    """

    by: str
    at: datetime
    process: str
    title: Localised
    differences: tuple[Difference, ...]
    proof: str
    proven: Proven | None
    became: str


def proposal_of(definition: Definition, case: Instance) -> Proposal | None:
    """What a case would put in force, beside the version it was written from; None for nearly every case."""
    about, engine = proposed(definition, case, house().clock()), house().engine
    if about is None:
        return None
    try:
        old, new = engine.definition(about.after), engine.definition(about.version)
    except Rejected:
        return None  # a digest of nothing: the engine says so when it is agreed to
    before = deployments.by_digest(engine.store, about.after)
    found = differences(old, new, tongue_of(old), house().directory.roles())
    told = retold(before.proof if before is not None else "", about.proof, tongue_of(old))
    versions = deployments.all_of(engine.store, new.key)
    became = next((standing(one, versions) for one in versions if one.reference == case.reference), "")
    proven = proven_by(about.proof)
    return Proposal(case.starter, case.started_at, new.key, new.title, (*found, *told), about.proof, proven, became)


def written_next(definition: Definition, case: Instance) -> str:
    """The process whose next version a case is about, when whoever asks may write it; empty for nearly every case."""
    about = proposed(definition, case, house().clock())
    with suppress(Rejected):
        current = house().engine.definition(about.version) if about is not None else None
        if current is not None and current.owner in visitor().actor.roles:
            return current.key
    return ""
