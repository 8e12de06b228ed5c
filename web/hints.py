"""Why something that a page shows cannot be chosen now: one sentence for each, whole wherever it stands.

Decides nothing: the engine judges it when somebody asks.
"""

from __future__ import annotations

from engine.core.authority import open_to
from engine.core.draft import Draft
from engine.core.drawing.wording import Wording
from engine.core.tasks import not_offered
from engine.definition.moves import Move
from engine.errors import Stuck
from engine.keywords.exclude import excluded
from web.language import either
from web.language import gettext as _


def why_not(draft: Draft, token: str, move: Move, wording: Wording) -> str:
    """Why somebody who asks for it now would be refused, for one of these reasons; empty when they would not."""
    if not open_to(draft, token, move):
        out = excluded(draft, move.exclude, token)
        if draft.actor.id in out:
            return _("Not by you: you have had a part in this case already (four eyes).")
        return _("Only for %(roles)s.") % {"roles": either(wording.called(role) for role in move.by)}
    try:
        held = not not_offered(draft, token, move)
    except Stuck:
        held = False
    if held or move.only_when is None:
        return ""
    return _("Not now: only if %(what)s.") % {"what": wording.expression(move.only_when)}
