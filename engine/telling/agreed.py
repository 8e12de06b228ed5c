"""What was decided in a case, round by round: by whom, when and why, about which words exactly, and what was sent
outside afterwards.

Owns this reading of the history, and whether what was sent is still what was agreed to: both have the same fingerprint.
What was undone, and a letter that was taken back, does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.counting import undone
from engine.core.effects import is_outside
from engine.core.events import Event
from engine.keywords.deciding import hash_of
from engine.store.history import Line
from engine.telling.rounds import BEGINS, ENDS, Said, said


@dataclass(frozen=True, slots=True)
class Gone:
    """A letter that went out afterwards; `same`: nothing of what was agreed to had been changed by then."""

    at: datetime
    to: str
    subject: str
    body: str
    same: bool


@dataclass(slots=True)
class Agreed:
    """A round that is over: by its outcome, because what it was about was changed (`voided`), or because the case moved
    on without it (`withdrawn`). `about` are the forms as they were, by their short names; None where the history, of an
    earlier version of ours, has only the fingerprint. `asked` is, of what somebody had others confirm, the event that
    asked for it.
    """

    task: str
    title: str
    titles: Mapping[str, str]
    round: int
    outcome: str
    at: datetime
    content: str
    about: Mapping[str, Any] | None
    said: tuple[Said, ...]
    asked: Event | None = None
    gone: list[Gone] = field(default_factory=list)


@dataclass(slots=True)
class _Bound:
    """What an approval is about, as it goes on: `now` follows the forms, in a branch those of its `row`."""

    round: int
    content: str
    about: Mapping[str, Any] | None
    row: str
    now: dict[str, Any]
    asked: Event | None
    said: list[Said] = field(default_factory=list)


def agreed(lines: Sequence[Line]) -> list[Agreed]:
    """Every round that is over, of every approval and of every move that others had to confirm, in the order in which
    they ended; `lines` are the whole history.
    """
    not_counting = undone(line.event for line in lines)
    opened: dict[str, Event] = {}
    asked: dict[str, Event] = {}
    bound: dict[str, _Bound] = {}
    found: list[Agreed] = []
    before: Event | None = None
    for line in lines:
        event, body = line.event, line.event.body
        task = str(body.get("task", ""))
        if line.seq in not_counting:
            continue
        if event.type == "task-opened":
            opened[task] = event
            if before is not None and before.type == "confirmation-asked":
                asked[task] = before
        elif event.type == "decision-given" and task in bound:
            bound[task].said.append(said(event))
        elif event.type == "form-submitted":
            _follow(bound.values(), event)
        elif event.type == "message-sent" and is_outside(str(body["to"])):
            _sent(found, bound, event)
        if event.type in ENDS and task in bound:
            words = opened[task].body if task in opened else {}
            found.append(_over(task, words, bound[task], ENDS[event.type] or body["outcome"], event.at))
        if event.type in BEGINS:
            row = bound[task].row if task in bound else str(body.get("row", ""))
            bound[task] = _begun(body, row, asked.get(task))
        before = event
    return found


def _begun(body: Mapping[str, Any], row: str, asked: Event | None) -> _Bound:
    about = body.get("about") if asked is None else None
    return _Bound(body.get("round", 1), body["content"], about, row, dict(about or {}), asked)


def _over(task: str, words: Mapping[str, Any], one: _Bound, outcome: str, at: datetime) -> Agreed:
    title, titles = str(words.get("title", task)), words.get("titles", {})
    return Agreed(task, title, titles, one.round, outcome, at, one.content, one.about, tuple(one.said), one.asked)


def _follow(bound: Any, event: Event) -> None:
    """What is filled in after the decision changes what is there, not what was decided about."""
    name, row = event.body["name"], str(event.body.get("row", ""))
    for one in bound:
        values = one.now.get(name)
        if row in ("", one.row) and isinstance(values, Mapping):
            after = {field: new for field, (_old, new) in event.body["changes"].items()}
            one.now[name] = {field: value for field, value in {**values, **after}.items() if value is not None}


def _sent(found: Sequence[Agreed], bound: Mapping[str, _Bound], event: Event) -> None:
    """To the last that was approved: what goes out afterwards goes out by it."""
    last = next((one for one in reversed(found) if one.outcome == "approved" and one.about is not None), None)
    if last is not None:
        body = event.body
        same = hash_of(bound[last.task].now) == last.content
        last.gone.append(Gone(event.at, str(body["to"]), str(body["subject"]), str(body["body"]), same))
