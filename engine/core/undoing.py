"""Undoing the step that has just sent something, as long as nothing else has happened to the case: it stands again
where it stood, and what was typed is a draft again.

Owns when that is possible, what is kept for it, and how each thing that comes back is written down. History is only
added to. What becomes of the clocks is `engine.core.restoring`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core.arming import CLOCK
from engine.core.commands import Command, Complete, Trigger
from engine.core.draft import Draft
from engine.core.effects import KeepDraft, WithdrawNotice, move_in
from engine.core.instance import TAKE_BACK, Instance, Sent, Undo
from engine.core.machine import next_status
from engine.core.snapshot import as_it_was, difference
from engine.definition.model import BEGIN

COMES_BACK = frozenset(
    {
        *("moved", "stayed", "branch-started", "branch-ended", "form-submitted", "values-set", "milestone-reached"),
        *("task-opened", "assignee-passed-over", "task-completed", "task-withdrawn", "commented", "completed"),
        *("approval-opened", "decision-given", "approval-closed", "timer-set", "timer-cancelled", "notified"),
        *("clock-started", "clock-paused", "clock-resumed", "clock-retargeted", "clock-breached", "clock-stopped"),
        *("clock-cancelled", "message-sent", "message-unaddressed", "priority-raised"),
    }
)
"""What a step may consist of that can be undone. A case that was called has begun, a version is in force, and what
others have decided anew, they have decided.
"""

BESIDE = frozenset(
    {
        *("commented", "tagged", "file-attached", "question-asked", "question-answered", "personal-data-shown"),
        *("notified", "private-address-sent", "private-address-withheld", "private-address-ended"),
    }
)
"""What may happen in between: it leaves alone where the case stands."""


def remember(draft: Draft, command: Command) -> None:
    """What undoes this step, when it has sent something that can be taken back; else whether the one before it still
    can be undone. Where none is, each message keeps how the case stood before it, as long as it waits
    (`engine.telling.known`).
    """
    types = {event.type for event in draft.events}
    if types <= BESIDE:
        return
    before = {sent.id for sent in draft.before.sent}
    held = tuple(sent.id for sent in draft.sent if sent.id not in before)
    lines = (draft.before.seq + 1, draft.before.seq + len(draft.events))
    draft.sent = tuple(
        replace(sent, lines=lines) if sent.id in held else sent for sent in draft.sent if sent.at + TAKE_BACK > draft.at
    )
    was = difference(draft.before, draft.freeze()) if draft.sent else {}
    undone, draft.undo = draft.undo, None
    if held and types <= COMES_BACK and draft.before.tokens[draft.root.id].state != BEGIN:
        draft.undo = Undo(
            messages=held,
            lines=lines,
            was=was,
            typed=_typed(draft, command),
            notices={
                event.body["notice"]: datetime.fromisoformat(event.body["not_before"])
                for event in draft.events
                if event.type == "notified" and "not_before" in event.body
            },
        )
    kept = draft.undo.messages if draft.undo is not None else ()
    draft.sent = tuple(
        sent if sent.id in kept else replace(sent, was={**was, **stood_before(sent, undone)}) for sent in draft.sent
    )


def stood_before(sent: Sent, undo: Undo | None) -> Mapping[str, Any]:
    """What of the snapshot was different before the step that sent this, as it was then."""
    return undo.was if undo is not None and sent.id in undo.messages else sent.was


def _typed(draft: Draft, command: Command) -> tuple[str, str, Any] | None:
    """Where something was filled in, the outcome and the values; of what was confirmed, by whoever had asked for it."""
    asked: Any = draft.confirmed.asked if draft.confirmed is not None else None
    if isinstance(command, Complete):
        asked = {"task": command.task, "outcome": command.outcome, "values": command.values}
    elif isinstance(command, Trigger):
        asked = {"name": command.name, "values": command.values}
    if asked is None:
        return None
    if "task" in asked:
        return asked["task"], asked["outcome"], dict(asked["values"])
    return move_in(draft.before.id, asked["name"]), asked["name"], dict(asked["values"])


def undo(draft: Draft, undone: Undo, sent: Sent) -> None:
    """Everything that the step did is as it was before, but what stays: what was told to somebody else, a priority that
    was raised, a promise that was missed. Whoever had `sent` it gets their draft again.
    """
    now, was = draft.before, as_it_was(draft.before, undone.was)
    later = [notice for notice, at in undone.notices.items() if at > draft.at]
    draft.effects += [WithdrawNotice(notice) for notice in later]
    if undone.typed is not None:
        place, outcome, values = undone.typed
        draft.effects.append(KeepDraft(place, sent.by, values, outcome))
    draft.record("step-undone", **_told(undone, now, was), **({"notices": later} if later else {}))
    draft.status, draft.outcome, draft.ended_at = was.status, was.outcome, was.ended_at
    draft.subject, draft.label, draft.customer = was.subject, was.label, was.customer
    draft.data, draft.variables = dict(was.data), dict(was.variables)
    draft.milestones = dict(was.milestones)
    draft.doers, draft.authors, draft.recused = list(was.doers), list(was.authors), list(was.recused)
    draft.tokens, draft.waits = dict(was.tokens), list(was.waits)
    _tasks(draft, was, undone, sent)
    _timers(draft, was)
    draft.held, draft.unsent = dict(was.held), dict(was.unsent)
    draft.severity, draft.undo = was.severity, None
    draft.changed()


def _told(undone: Undo, now: Instance, was: Instance) -> dict[str, Any]:
    """Which lines of the history do not count any more, where the case stands again, and what is as before."""
    body: dict[str, Any] = {"lines": list(undone.lines)}
    body["tokens"] = [[token.id, token.state] for token in was.tokens.values() if not token.done]
    if gone := [name for name in now.milestones if name not in was.milestones]:
        body["milestones"] = gone
    names = dict.fromkeys((*now.variables, *was.variables))
    changed = (name for name in names if now.variables.get(name) != was.variables.get(name))
    if changes := {name: [now.variables.get(name), was.variables.get(name)] for name in changed}:
        body["changes"] = changes
    if forms := [name for name in now.data if now.data[name] != was.data.get(name)]:
        body["forms"] = forms
    return body


def _tasks(draft: Draft, was: Instance, undone: Undo, sent: Sent) -> None:
    """What had been opened is withdrawn; what was done or not needed any more waits again, for whoever did it. What had
    to be confirmed has to be asked for anew.
    """
    draft.withdraw(task for task in list(draft.tasks.values()) if task.id not in was.tasks)
    for task in was.tasks.values():
        approval = was.approvals.get(task.id)
        if task.id in draft.tasks or (approval is not None and approval.asked is not None):
            continue
        if undone.typed is not None and task.id == undone.typed[0] and not task.assignee:
            task = replace(task, status=next_status("task", "claim", "open"), assignee=sent.behalf or sent.by)
        draft.tasks[task.id] = task
        body: dict[str, Any] = {"assignee": task.assignee} if task.assignee else {}
        if approval is not None:
            draft.approvals[task.id] = approval
            body["round"] = approval.round
            body["decided"] = [[one.person, one.decision, *([one.by] if one.by else [])] for one in approval.ballots]
        draft.record("task-reopened", task=task.id, state=task.state, **body)


def _timers(draft: Draft, was: Instance) -> None:
    """Those of clocks follow their clocks."""
    others = [timer for timer in draft.timers.values() if timer.word != CLOCK]
    draft.drop(timer for timer in others if timer.id not in was.timers)
    for timer in was.timers.values():
        if timer.word != CLOCK and timer.id not in draft.timers:
            draft.set_timer(timer)
