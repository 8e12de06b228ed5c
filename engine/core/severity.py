"""How grave a case is: what its process calls `severity`.

Owns where that is found: the decision of this name, or else the field of this name in the form that begins a case. Kept
with the case, so that cases can be found by it without asking each one's process.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from engine.core.draft import Draft
from engine.definition.model import Definition
from engine.definition.types import Choice
from engine.errors import Stuck

NAME = "severity"


def follow(draft: Draft) -> None:
    """Work it out anew. While what it depends on is not known, it stays as it is."""
    if not draft.events or not severities(draft.definition):
        return  # what no event tells of has not changed
    values = draft.values(draft.root.id)
    if NAME in draft.definition.decisions:
        with suppress(Stuck):
            draft.severity = str(values[NAME]())
        return
    use = draft.definition.start.form
    filled = values.get(use.alias, {}) if use is not None else {}
    draft.severity = str(filled.get(NAME) or "")


@lru_cache(maxsize=256)
def severities(definition: Definition) -> tuple[str, ...]:
    """What it can be, the gravest first; empty for a process that does not tell."""
    decision = definition.decisions.get(NAME)
    if decision is not None:
        return tuple(str(one) for one in decision.results or dict.fromkeys(row.result for row in decision.rows))
    use = definition.start.form
    field = use.form.field(NAME) if use is not None else None
    return field.type.values if field is not None and isinstance(field.type, Choice) else ()
