"""Tags: words by which people sort their cases, beside what the process says of them.

Owns what a tag may be, and this handler. A tag moves nothing and promises nothing; it is for those who work with the
case, and its customer does not see it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from engine.core.commands import Tag
from engine.core.draft import Draft
from engine.core.instances import takes_part
from engine.definition.roles import STAFF
from engine.errors import Rejected

MOST, LONGEST = 20, 40
"""Tags of a case, and characters of a tag."""
_TAG = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def tag(draft: Draft, command: Tag) -> None:
    """Mark the case, and take marks off it. What is there already, or is not there, is as it was wanted."""
    takes_part(draft)
    if draft.actor.kind != STAFF:
        raise Rejected("not-allowed", f"Expected one of the staff to tag a case, but {draft.actor.id} is none")
    added, removed = read(command.add), read(command.remove)
    if not added and not removed:
        raise _refused("Expected one or more words, but there is none", "Please write one or more words.")
    was = draft.tags
    now = tuple(sorted({*was, *added} - removed))
    if len(now) > MOST:
        raise _refused(
            f"Expected at most {MOST} tags of a case, but these would be {len(now)}",
            f"Please take some off first: a case has at most {MOST} tags.",
        )
    if now != was:
        draft.tags = now
        draft.record("tagged", was=list(was), now=list(now))


def read(typed: Iterable[str]) -> frozenset[str]:
    """The tags that these words mean. Raises Rejected("invalid-values") for what cannot be one."""
    words = (unicodedata.normalize("NFC", one.strip().lower()) for one in typed)
    found = frozenset(one for one in words if one)
    for one in sorted(found):
        if len(one) > LONGEST or not _TAG.fullmatch(one):
            raise _refused(
                f"Expected tags of letters, digits and hyphens between them, at most {LONGEST} characters each, but "
                f"one is {one[: LONGEST + 1]!r}",
                f"Please use letters, digits and hyphens, and at most {LONGEST} characters a tag.",
            )
    return found


def _refused(message: str, advice: str) -> Rejected:
    return Rejected("invalid-values", message, {"tags": (advice,)})
