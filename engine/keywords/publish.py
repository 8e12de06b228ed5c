"""Puts a version of a process in force, once it has been agreed to.

In a state that an approval alone leads to. The version is one that was checked and stored before: who writes it hands
it in, and what was approved is what takes effect, byte by byte.

```yaml
in-force:
  title: In force
  publish:
    version: proposal.version
    after: proposal.after
    note: proposal.note
    from: proposal.begins_on
    scenarios: proposal.scenarios
  final: published
```

`version` is the digest of what is put in force, `after` that of the version it was written from: when there is a newer
one meanwhile, whoever approves is told, and nothing happens. `from` is the day on which it begins, at midnight of this
process's calendar; without a value, or when that day has come by then, it begins at once. Cases that run stay on their
version. `scenarios` is the digest of the scenarios that were handed in with it: they are kept with the version.

Every form that these name has to be among what the approval `binds`. What an import carries on is not published.
"""

from __future__ import annotations

from datetime import date, datetime, time

from engine.core.actors import IMPORT
from engine.core.draft import Draft
from engine.core.effects import PublishVersion
from engine.definition.plans import Publishing
from engine.definition.shapes import EXPRESSION, Entry, Got, Record
from engine.definition.types import Date, Text
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.stored import if_known

SHAPE = Record(
    {
        "version": Entry(EXPRESSION, "the digest of what is put in force", required=True),
        "after": Entry(EXPRESSION, "the digest of the version it was written from", required=True),
        "note": Entry(EXPRESSION, "what changes, and why", required=True),
        "from": Entry(EXPRESSION, "the day on which it begins"),
        "scenarios": Entry(EXPRESSION, "the digest of its scenarios"),
    },
    "a mapping with `version`, `after` and `note`",
)


def _bind(source: Got, binder: Binder) -> Publishing | None:
    texts = [binder.expression(source[key], Text) if key in source else None for key in ("version", "after", "note")]
    since = binder.leniently().expression(source["from"], Date) if "from" in source else None
    proof = binder.leniently().expression(source["scenarios"], Text) if "scenarios" in source else None
    version, after, note = texts
    if version is None or after is None or note is None:
        return None
    return Publishing(version, after, note, since, proof, source.place)


def _enter(draft: Draft, token: str, meaning: Publishing) -> None:
    values = draft.values(token)
    version, after, note = (str(one.evaluate(values)) for one in (meaning.version, meaning.after, meaning.note))
    day = if_known(meaning.since, values) if meaning.since is not None else None
    begins = _midnight(draft, day) if isinstance(day, date) else None
    since = begins if begins is not None and begins > draft.at else None
    proof = if_known(meaning.scenarios, values) if meaning.scenarios is not None else None
    scenarios = str(proof) if proof is not None else ""
    said = {"version": version, "after": after, "note": note, "from": (since or draft.at).isoformat()}
    if scenarios:
        said["scenarios"] = scenarios
    if draft.actor.via == IMPORT:
        draft.record("version-published", **said, withheld=True)
        return
    by, reference = draft.before.starter, draft.before.reference
    draft.effects.append(PublishVersion(version, after, note, by, reference, since, scenarios))
    draft.record("version-published", **said)


def _midnight(draft: Draft, day: date) -> datetime:
    return draft.definition.calendar.localise(datetime.combine(day, time()))


WORD = Keyword("publish", ("state",), SHAPE, __doc__, bind=_bind, enter=_enter)
