"""A move that needs a second person: asked for, held until others have said yes, then made or let go.

Owns what is kept of the question and how it is carried out. What a second person is asked and by which rule is
`engine.keywords.needs`; the counting is that of every approval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core.actors import actor_from, plain_actor
from engine.core.draft import Draft
from engine.core.instance import Approval
from engine.definition.moves import Move
from engine.errors import Rejected
from engine.keywords import needs

Again = Mapping[str, Callable[[Draft, Mapping[str, Any]], None]]
"""How each kind of command that is kept as plain data is done, see `engine.core.step`."""


def held(draft: Draft, token: str, move: Move, command: Mapping[str, Any]) -> bool:
    """Whether the move waits for somebody else's yes; who has to give it is asked then, and nothing else is to happen.

    `command` is what was asked, judged already, as plain data.
    """
    if move.needs is None:
        return False
    if draft.confirmed is not None:
        _same_values(draft.confirmed, command)
        return False
    for other in draft.approvals.values():
        if other.asked is not None and (other.token, other.asked["move"]) == (token, move.trigger):
            raise Rejected(
                "already-asked",
                f"Expected '{move.name}' to be asked for once, but {other.asked['by'][0]} has asked for it already; "
                "somebody else has to confirm it",
            )
    actor = draft.actor
    by = [actor.id, *([draft.on_behalf_of] if draft.on_behalf_of else [])]
    kept = {"actor": plain_actor(actor), "move": move.trigger, "by": by}
    if move.form is not None:
        kept["form"] = move.form.alias
    needs.put(draft, token, move, {**command, **kept})
    return True


def _same_values(confirmed: Approval, command: Mapping[str, Any]) -> None:
    """Values that a form works out may be others by now; then they are not what was confirmed."""
    assert confirmed.asked is not None
    if command["values"] != confirmed.asked["values"]:
        changed = [
            name
            for name in dict.fromkeys((*command["values"], *confirmed.asked["values"]))
            if command["values"].get(name) != confirmed.asked["values"].get(name)
        ]
        raise Rejected("content-changed", f"Expected the values that were asked for, but {', '.join(changed)} changed")


def conclude(draft: Draft, confirmation: Approval, outcome: str, again: Again) -> None:
    """What follows once the outcome of a confirmation is certain.

    Raises Rejected("no-longer-possible") when the move was confirmed, but cannot be made as the case is by now.
    """
    if outcome != "approved":
        draft.give_back(confirmation)
        return
    asked = confirmation.asked
    assert asked is not None
    draft.act_as(actor_from(asked["actor"], draft.actor.via))
    draft.confirmed = confirmation
    try:
        again[asked["do"]](draft, asked)
    except Rejected as rejected:
        raise Rejected(
            "no-longer-possible",
            f"Expected what {draft.actor.id} asked for to be possible still, but it is not: {rejected.reason}. Reject "
            "it, so that it can be asked for anew",
        ) from None
