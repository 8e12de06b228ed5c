"""How a deadline is said on a page: with a sign, and in a colour that says no more than the words.

Owns this wording. How far away it is, and in which time, is reckoned in `engine.telling.deadlines`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.definition.model import Definition
from engine.telling import deadlines
from engine.telling.deadlines import Away, Due
from web.language import gettext as _
from web.language import ngettext, number


@dataclass(frozen=True, slots=True)
class Said:
    """`kind` is bad, soon, note or empty: the colour; `sign` stands before the words."""

    words: str
    sign: str = ""
    kind: str = ""


def of_task(definition: Definition, task: Due, now: datetime) -> Said:
    """How far away it is that a task or an approval of this process is due."""
    return said(deadlines.of_task(definition, task, now))


def of_clock(definition: Definition, clock: str, due: datetime | None, now: datetime) -> Said:
    """How far away it is that a promise of this process, by its name, is due."""
    return said(deadlines.of_clock(definition, clock, due, now))


def said(away: Away | None) -> Said:
    if away is None:
        return Said("")
    if away.late:
        words = _words(_LATE if away.working else _PAST, away) if away.count else _("overdue")
        return Said(words, "!", "bad")
    kind, sign = ("soon", "◔") if away.near else ("", "")
    return Said(_words(_AHEAD if away.working else _IN, away) if away.count else _("now"), sign, kind)


_Counted = Callable[[int], str]
"""What is said of one (1) or of several (2)."""

# Said whole, for a language may bend the unit behind its `in`.
_AHEAD: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("in %(count)s working minute", "in %(count)s working minutes", n),
    "hours": lambda n: ngettext("in %(count)s working hour", "in %(count)s working hours", n),
    "days": lambda n: ngettext("in %(count)s working day", "in %(count)s working days", n),
}
_LATE: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("%(count)s working minute late", "%(count)s working minutes late", n),
    "hours": lambda n: ngettext("%(count)s working hour late", "%(count)s working hours late", n),
    "days": lambda n: ngettext("%(count)s working day late", "%(count)s working days late", n),
}
_IN: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("in %(count)s minute", "in %(count)s minutes", n),
    "hours": lambda n: ngettext("in %(count)s hour", "in %(count)s hours", n),
    "days": lambda n: ngettext("in %(count)s day", "in %(count)s days", n),
}
_PAST: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("%(count)s minute late", "%(count)s minutes late", n),
    "hours": lambda n: ngettext("%(count)s hour late", "%(count)s hours late", n),
    "days": lambda n: ngettext("%(count)s day late", "%(count)s days late", n),
}


def _words(said: Mapping[str, _Counted], away: Away) -> str:
    return said[away.unit](1 if away.count == 1 else 2) % {"count": number(f"{away.count:g}")}
