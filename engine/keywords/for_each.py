"""One branch for each row of a table in a form.

```yaml
amend-documents:
  for-each: {row: change.documents, as: document, start: amend-one, go: told}
amend-one:
  task: {title: "Amend {document.name}", candidates: [document-owner], form: amendment}
  on: {done: join}
```

Within a branch the row is known under the name that `as` gives. The branch's forms belong to it; afterwards they are a
table, one row for each branch, with the columns of the row and of the form: `all(amendment.done)`. `join` is as in
`parallel`; a table without rows, or an optional one that was left out, joins at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.core.draft import Draft
from engine.definition.leniency import with_tables
from engine.definition.plans import Each
from engine.definition.shapes import EXPRESSION, Entry, Got, Record, name
from engine.definition.sources import SourceFork, SourceMove
from engine.definition.types import ListOf
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.parallel import GO, JOIN, way_on
from engine.keywords.stored import stored

_ENTRIES = {
    "row": Entry(EXPRESSION, "the table, such as change.documents", required=True),
    "as": Entry(name("a name for the row"), "what the row is called within its branch", required=True),
    "start": Entry(move.TARGET, "the state each branch begins in", required=True),
    "join": Entry(JOIN, "how many branches have to reach `join`: all, first or a number"),
    "go": GO,
}


def _build(got: Got) -> SourceFork:
    return SourceFork(got.place, way_on(got), got.get("join", 0), ((got["as"], got["start"]),), got["row"], got["as"])


def _moves(source: SourceFork) -> Iterable[SourceMove]:
    return (source.move,)


def _bind(source: SourceFork, binder: Binder) -> Each | None:
    assert source.rows is not None and source.name is not None
    binder.target(source.starts[0])
    rows = replace(binder, scope=with_tables(binder.scope)).expression(source.rows, ListOf)
    if rows is None:
        return None
    return Each(
        rows,
        source.name.text,
        source.starts[0].text,
        source.need,
        move.bind_move(source.move, binder.joined()),
        binder.flow.tables_of(binder.state),
    )


def _enter(draft: Draft, token: str, each: Each) -> None:
    values = draft.values(token)
    left_out = each.rows.text in each.rows.paths and not each.rows.why(values)
    rows = () if left_out else each.rows.evaluate(values)
    assert isinstance(rows, (list, tuple))
    draft.begin_tables(token, each.tables)
    if not rows:
        draft.todo.append((token, "join:"))
    for number, row in enumerate(rows, 1):
        child = draft.start_branch(token, f"{each.name} {number}", {each.name: stored(row)})
        draft.todo.append((child, f"branch:{each.start}"))


WORD = Keyword(
    "for-each",
    ("state",),
    Record(_ENTRIES, "a mapping with `row`, `as`, `start` and `go`", build=_build),
    __doc__,
    bind=_bind,
    moves=_moves,
    enter=_enter,
)
