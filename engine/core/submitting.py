"""A form that comes in with a move: judged on the server, whatever door it came through, then kept with what it
changed.

Owns this one question, asked by starting, completing, asking and correlating alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.designating import unsuited
from engine.core.draft import Draft
from engine.definition.forms.sentences import sentence
from engine.definition.moves import FormUse
from engine.errors import Rejected


def judged(draft: Draft, token: str, use: FormUse | None, values: Mapping[str, Any], doing: str = "") -> dict[str, Any]:
    """The values in their canonical form, each file among them one whose content is kept, and whoever is named for a
    task somebody who can do it. `doing` is the state whose task is done with it. Raises Rejected("invalid-values") with
    each field's own message.
    """
    if use is None:
        if values:
            fields = {str(name): ("Expected nothing to fill in here.",) for name in values}
            raise Rejected("invalid-values", "Expected no values, because nothing is to be filled in here", fields)
        return {}
    language = draft.actor.language or draft.definition.languages[0]
    known = draft.values(token) if token and use.bound.names else {}
    result = use.bound.judge(values, known, draft.at, language, zone=draft.definition.calendar.zone)
    gone = {
        path: (sentence("file-gone", {}, language),)
        for path, file in use.form.attached(result.values)
        if not draft.roster.keeps(file["sha256"])
    }
    errors = {**unsuited(draft, token, use, result.values, doing), **gone, **result.errors}
    if errors:
        raise Rejected("invalid-values", f"Expected a complete form '{use.form.id}', but {_count(len(errors))}", errors)
    return dict(result.values)


def keep(draft: Draft, token: str, use: FormUse | None, values: Mapping[str, Any]) -> None:
    if use is not None:
        draft.keep_form(token, use.alias, use.form.id, values)


def _count(number: int) -> str:
    return "one field is not right" if number == 1 else f"{number} fields are not right"
