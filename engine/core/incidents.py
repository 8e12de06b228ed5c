"""When the process itself cannot go on: the person's work is kept, somebody is told, and it can be tried again.

Owns which command an incident keeps, how it is retried, and how one that was dismissed is opened again. The failed step
is thrown away whole; what is written instead is the incident and the typed work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core import authority, calls, clocks, instances, timers
from engine.core.actors import actor_from, plain_actor
from engine.core.arming import CLOCK
from engine.core.call_commands import ChildEnded
from engine.core.commands import (
    Command,
    Complete,
    Correlate,
    FireTimer,
    Reopen,
    ResolveIncident,
    Resume,
    Start,
    Trigger,
)
from engine.core.draft import Draft
from engine.core.effects import KeepDraft
from engine.core.instance import Incident
from engine.core.machine import next_status
from engine.errors import Rejected, Stuck

Run = Callable[[Draft, Command], None]


def raised(draft: Draft, command: Command, stuck: Stuck) -> None:
    """Write the incident into a fresh draft of the instance as it was before."""
    state = next((token.state for token in draft.tokens.values() if not token.done), "")
    if isinstance(command, Complete):
        task = draft.tasks.get(command.task)
        state = task.state if task is not None else state
        draft.effects.append(KeepDraft(command.task, command.actor.id, command.values, command.outcome))
    if isinstance(command, FireTimer):
        # The timer goes, or the sweep would meet it again and again; the incident's retry fires it.
        timer = draft.timers.pop(command.timer, None)
        if timer is not None:
            state = timer.state
            draft.record("timer-fired", **timers.told(draft.definition, timer), failed=True)
            if timer.word == CLOCK:
                clocks.fired(draft, timer)
    if isinstance(command, ChildEnded):
        calls.note_end(draft, command)  # it has ended, whatever this case makes of it
    if isinstance(command, Resume):
        instances.resumed(draft, command)
    draft.raise_incident(stuck, state, _kept(command, draft))


def _kept(command: Command, draft: Draft) -> dict[str, Any]:
    kept: dict[str, Any] = {"actor": plain_actor(command.actor)}
    if isinstance(command, Start):
        return {**kept, "do": "begin"}
    if isinstance(command, FireTimer):
        timer = draft.before.timers[command.timer]
        plain = [timer.id, timer.token, timer.state, timer.index, timer.due_at.isoformat(), timer.fired, timer.word]
        return {**kept, "do": "timer", "timer": plain, "entered": timers.since(draft.before, timer)}
    if isinstance(command, Complete):
        return {
            **kept,
            "do": "complete",
            "task": command.task,
            "outcome": command.outcome,
            "values": command.values,
            "comment": command.comment,
        }
    if isinstance(command, Correlate):
        return {**kept, "do": "correlate", "message": command.message, "values": command.values}
    if isinstance(command, Trigger):
        return {**kept, "do": "trigger", "name": command.name, "values": command.values, "comment": command.comment}
    if isinstance(command, Reopen):
        return {**kept, "do": "reopen", "values": command.values, "comment": command.comment}
    if isinstance(command, ChildEnded | Resume):
        return {**kept, "do": "catch-up"}
    return {**kept, "do": ""}


def resolve(
    draft: Draft, command: ResolveIncident, again: Mapping[str, Callable[[Draft, Mapping[str, Any]], None]]
) -> None:
    """Retry, dismiss, or open again.

    A retry is done in the name of the person whose command failed; that somebody else asked for it is the incident's
    own event.
    """
    reopens = command.action == "reopen"
    incident = (draft.dismissed if reopens else draft.incidents).get(command.incident)
    if incident is None:
        said = "one that was dismissed and can be opened again" if reopens else "an open incident"
        now = "it is open, or was settled for good" if reopens else "it has been resolved in the meantime"
        raise Rejected("no-such-incident", f"Expected {said}, but {now}")
    authority.overseer(draft, "resolve an incident")
    if command.action not in ("retry", "dismiss", "reopen"):
        raise Rejected("invalid-values", f"Expected retry, dismiss or reopen, but got '{command.action}'")
    if not command.reason.strip():
        raise Rejected("invalid-values", "Expected a reason, but there is none", {"reason": ("Please say why.",)})
    next_status("incident", command.action, "dismissed" if reopens else "open")
    if reopens:
        _reopen(draft, incident, command.reason.strip())
        return
    del draft.incidents[incident.id]
    retry = dict(incident.retry)
    corrected: dict[str, Any] = {}
    if command.action == "retry" and command.values is not None:
        if retry["do"] in ("timer", "ask", "reach", "catch-up", "deliver", ""):
            raise Rejected(
                "invalid-values",
                "Expected no values, because nobody filled anything in for what failed here; mend what it "
                "reads, then retry",
            )
        # The form comes in again in the first person's name: what somebody else changed in it is said here.
        before = _first_form(draft) if retry["do"] == "begin" else retry.get("values", {})
        corrected = {"corrected": _changes(before, command.values)}
        retry["values"] = command.values
    draft.record(
        "incident-resolved", incident=incident.id, action=command.action, reason=command.reason.strip(), **corrected
    )
    if command.action == "dismiss":
        if retry["do"] == "call":  # the process goes on from that, which nobody can take back
            calls.dropped(draft, retry["link"])
        else:
            draft.dismissed[incident.id] = incident
        return
    run = again.get(retry["do"])
    if run is None:
        raise Rejected("not-now", "Expected something that can be tried again, but this incident can only be dismissed")
    draft.act_as(actor_from(retry["actor"], draft.actor.via))
    run(draft, retry)


def _reopen(draft: Draft, incident: Incident, reason: str) -> None:
    """It waits for somebody again as if it had never been dismissed, and its retry is judged by what is then."""
    if incident.retry["do"] in ("ask", "reach") and incident.retry["task"] not in draft.tasks:
        raise Rejected("not-now", "Expected a task that is still open, but it is over, and the incident with it")
    del draft.dismissed[incident.id]
    draft.incidents[incident.id] = incident
    draft.record("incident-reopened", incident=incident.id, reason=reason)


def _first_form(draft: Draft) -> Mapping[str, Any]:
    """What the case was started with: a beginning that failed keeps no copy of it."""
    use = draft.definition.start.form
    return draft.data.get(use.alias, {}) if use is not None else {}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each changed value, before and after."""
    return {
        name: [before.get(name), after.get(name)]
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    }
