"""Starts a case of another process, and knows how it goes on with it.

On entering a state or along with a move. The new case begins in the same instant, and both know of each other: this
case shows the reference and how it ended, the new one shows where it comes from.

```yaml
call:
  process: corrective-action
  when: investigation.capa == required
  with:
    source: "'complaint'"
    source_reference: reference
    problem: investigation.root_cause
  received: received_at
  link: spawned
  as: capa
  blocks: severity == S1
```

`with` fills in the form that the other process begins with: its fields, each with an expression. Text of your own
stands in quotes of its own, as `"'complaint'"` above; the value of a choice may also stand bare. Every field that has
to be filled in needs a value that is surely known here; an optional one is left out when its value is not known. What
is passed is held against the other process's form when this one is checked, and a deployed version keeps what it was
held against. Who may start the other process is not asked again: whoever may take this way may call it.

`link` is what the new case is to this one, for lists and reports. In expressions `<as>.reference` is there once the
case has been called and `<as>.outcome` once it has ended: the outcome of its final state, or `cancelled`. Neither is
surely there, so write `capa.outcome is set and …`, or `default(…)`. Called again, the name stands for the latest; what
the branch of one row has called is known in that branch.

With `blocks`, this case cannot come to an end as long as the new one is open. A way into a final state is held, whoever
takes it, and taken when the last such case has ended; `blocked` tells whether one is open. Of several ways that are
held the last one counts. That of a rung is dropped when its promise is over before: the clock has stopped or begun
anew, or the task is done.

A state can wait for the end:

```yaml
improving:
  call:
    process: corrective-action
    with: {problem: investigation.root_cause}
    as: capa
    go:
      - {when: capa.outcome == effective, go: closed}
      - {else: investigating}
```

`go` says where the case goes when the called one has ended; its branches surely know `capa.reference` and
`capa.outcome`. Such a state may have a task, timers and messages too: whatever leads on first counts. A lone id is
short for a call that passes nothing: `call: stocktaking`.

When the other case cannot begin, because its form refuses what is passed or because no version of it is in force, that
is an incident of this case: all else has been done, and a retry calls it again. To dismiss it counts as `cancelled`.
Cancelling this case leaves the called ones as they are: they are cases of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.core.draft import Draft
from engine.definition.moves import Calling
from engine.definition.shapes import Entry, OneOrMore
from engine.definition.sources import SourceCall, SourceMove
from engine.keywords import go, move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.calling import Call, bind_calls, call

SHAPE = OneOrMore(Call(go=Entry(go.SHAPE, "where to when it has ended; the case does not wait when nothing is said")))


def _way(source: SourceCall) -> SourceMove | None:
    return source.go.named("call", source.name) if source.go is not None else None


def _moves(source: tuple[SourceCall, ...]) -> Iterable[SourceMove]:
    return (way for way in map(_way, source) if way is not None)


def _bind(source: tuple[SourceCall, ...], binder: Binder) -> tuple[Calling, ...]:
    found = []
    for one in source:
        way = _way(one)
        bound = move.bind_move(way, binder) if way is not None else None
        if way is not None and one.when is not None:
            binder.report.problem(
                one.when.place,
                "wrong-shape",
                "Expected a case that is surely called where the state waits for its end, but it has `when`",
                "decide in the move that leads here, or in a state before this one",
            )
        found += [replace(calling, go=bound) for calling in bind_calls((one,), binder)]
    return tuple(found)


def _enter(draft: Draft, token: str, meaning: tuple[Calling, ...]) -> None:
    for calling in meaning:
        call(draft, token, calling, waits=calling.go is not None)


def _leave(draft: Draft, token: str, meaning: tuple[Calling, ...]) -> None:
    for link in list(draft.links.values()):
        if link.waits == token:
            draft.links[link.id] = replace(link, waits="")


WORD = Keyword("call", ("state",), SHAPE, __doc__, bind=_bind, moves=_moves, enter=_enter, leave=_leave)
