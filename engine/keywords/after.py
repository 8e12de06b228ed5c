"""What happens by itself when time has passed in a state.

Each key is a duration from entering the state, or `due` for the moment the state's task is due; its value is a move.

```yaml
after:
  3bd: {send: inquiry-reminder}
  8bd: no-response
  due: {send: inquiry-delay, repeat: 1bd}
  1bd: {when: severity == S1 and not contained, go: containment-overdue}
```

As a list, the time can depend on an answer or a date:

```yaml
after:
  - {time: {by: first-response}, send: {message: unassigned, to: team-lead}}
  - {time: {at: quote.valid_until}, go: expired}
  - {time: {at: quote.valid_until, before: 3bd}, send: quote-expires}
```

A date that is not there sets no timer. With `before` the days are counted back, here to the opening of the third
business day before the date.

Without `go` the case stays. `repeat` does it again and again while the case stays. A timer is a row in the store: it
survives every restart, fires once, and after an outage each missed one fires once, in order. Leaving the state cancels
its timers. Where time is played, as in an import or a scenario, what somebody does in the very instant in which a timer
is due comes before it; in daily work whoever is first decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.draft import Draft
from engine.core.instance import Timer
from engine.definition.nodes import Node, Scalar
from engine.definition.plans import After
from engine.definition.shapes import Either, Entry, Length, ListOf, MapOf, Record, Report, Said, Text, duration
from engine.definition.sources import SourceAfter, SourceMove, SourcePick
from engine.keywords import action_entries, move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.due import SHAPE as TIME
from engine.keywords.due import bind_due
from engine.keywords.stored import if_known

DUE = "due"
_MOVE = move.move("when", "repeat", "reassign")


class _Time:
    """A duration, `due`, or a time by an answer or a date. Read as a pick, or `due`."""

    words = "a duration such as 2bd, or `due`"

    def read(self, node: Node, report: Report) -> Said | SourcePick | None:
        if isinstance(node, Scalar) and node.text == DUE:
            return Said(DUE, node.place)
        return TIME.read(node, report)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"const": DUE}, TIME.schema()]}


class _Listed:
    """A list entry: a move with its `time` beside it."""

    words = "a mapping with `time`"
    _record = Record(
        {"time": Entry(_Time(), "when: a duration, `due`, {by: …} or {at: …}", required=True)}
        | {key: move.MOVE_ENTRIES[key] for key in ("when", "repeat", "reassign", "go", *action_entries.ACTION_ENTRIES)},
        "a mapping with `time`",
    )

    def read(self, node: Node, report: Report) -> SourceAfter | None:
        got = self._record.read(node, report)
        if got is None or "time" not in got:
            return None
        time = got["time"]
        return SourceAfter(time if isinstance(time, SourcePick) else None, move._from_mapping(got))

    def schema(self) -> dict[str, Any]:
        return self._record.schema()


class _After(Either):
    """A mapping from times to moves, or a list; read as a tuple of SourceAfter."""

    def read(self, node: Node, report: Report) -> Any:
        value = super().read(node, report)
        if value is None or not value or isinstance(value[0], SourceAfter):
            return value
        found = []
        for key, way in value:
            if key.text == DUE:
                found.append(SourceAfter(None, way))
            elif (length := duration(key, report)) is not None:
                found.append(SourceAfter(SourcePick(key.place, fixed=length), way))
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        listed, mapping = super().schema()["anyOf"]
        return {"anyOf": [listed, {**mapping, "propertyNames": {"anyOf": [{"const": DUE}, Length().schema()]}}]}


SHAPE = _After(
    sequence=ListOf(_Listed()),
    mapping=MapOf(
        Text("a duration such as 2bd, or `due`"), _MOVE, "a mapping of times to moves, such as {5bd: closed}"
    ),
)


def _moves(source: tuple[SourceAfter, ...]) -> Iterable[SourceMove]:
    for index, after in enumerate(source):
        yield after.move.named("after", Said(str(index), after.move.place))


def _bind(source: tuple[SourceAfter, ...], binder: Binder) -> tuple[After, ...]:
    bound = []
    for after, way in zip(source, _moves(source), strict=True):
        if after.time is None:
            binder.needs_due(way.place)
        # A date that may be missing is no problem here: without it there is no timer.
        lenient = binder.leniently()
        due = bind_due(after.time, lenient if after.time.at else binder) if after.time is not None else None
        one = move.bind_move(way, binder)
        if one.repeat is not None:
            binder.needs_calendar(one.repeat, way.place)
        bound.append(After(due, one))
    return tuple(bound)


def _enter(draft: Draft, token: str, meaning: tuple[After, ...]) -> None:
    state = draft.tokens[token].state
    for index, after in enumerate(meaning):
        if after.due is not None:
            if after.due.at is not None and if_known(after.due.at, draft.values(token)) is None:
                continue
            at = draft.due_time(after.due, token, draft.at)
        else:
            at = next(task.due_at for task in draft.tasks.values() if task.token == token and task.due_at is not None)
        draft.set_timer(Timer(draft.next_id(), token, state, index, at))


def _leave(draft: Draft, token: str, meaning: tuple[After, ...]) -> None:
    draft.drop_timers(token)


WORD = Keyword("after", ("state",), SHAPE, __doc__, bind=_bind, moves=_moves, enter=_enter, leave=_leave)
