"""What taking a message back means to the clocks: a promise that only the sending had kept is to be kept again, and a
run that only the sending had begun never was.

Owns what is remembered for it, and this way back. Everything else that happens to a clock is `engine.core.clocks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.core.arming import disarm, repeat_on, silence
from engine.core.draft import Draft
from engine.core.instance import Sent
from engine.core.promised import NOTHING, Clock
from engine.core.snapshot import as_it_was

CANCELLED = "cancelled"


def remember(draft: Draft, message: str, moved: Mapping[str, Clock | None]) -> None:
    """What this message alone did to the clocks, as long as it can be taken back."""
    draft.sent = tuple(replace(sent, clocks=moved) if sent.id == message else sent for sent in draft.sent)


def take_back(draft: Draft, message: str) -> None:
    """The message was never sent: the clocks are as if it had not been."""
    sent = next(sent for sent in draft.before.sent if sent.id == message)
    for name, was in sent.clocks.items():
        if was is not None and was.run > draft.clocks[name].run:
            continue  # the message that began that run has been taken back before: it never was
        disarm(draft, name)
        if was is None or not was.live:
            over = draft.clocks[name].over(CANCELLED, draft.at)
            draft.change_clock(over, "clock-restored", target=NOTHING)
        else:
            _go_on(draft, sent, was)


def undo(draft: Draft) -> None:
    """The step that sent something was undone: every clock that it stopped goes on as it was, every run that it began
    never was. What it only paused or promised otherwise follows from where the case stands now.
    """
    undone = draft.before.undo
    assert undone is not None
    sent = next(sent for sent in draft.before.sent if sent.id in undone.messages)
    before = as_it_was(draft.before, undone.was).clocks
    for name, now in draft.before.clocks.items():
        was = before.get(name)
        if was is not None and (was.run, was.live) == (now.run, now.live):
            continue
        silence(draft, name)
        if was is not None and was.live:
            _go_on(draft, sent, was)
            continue
        for run in range(was.run + 1 if was is not None else 1, now.run + 1):
            never = replace(now, run=run).over(CANCELLED, draft.at)
            draft.change_clock(never, "clock-restored", target=NOTHING, undone=True)
        if was is not None:
            draft.clocks = {**draft.clocks, name: was}


def _go_on(draft: Draft, sent: Sent, was: Clock) -> None:
    late = was.due_at if was.due_at is not None and was.due_at < sent.at else None
    again = replace(was, missed=was.missed or late)
    draft.change_clock(again, "clock-restored", **again.promised)
    repeat_on(draft, draft.definition.clocks[was.name], again)
