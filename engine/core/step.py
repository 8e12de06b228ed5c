"""The one way in: `step(definition, instance, command) -> Step`. Pages, CLI, workers, scenarios and tests all call this
function.

Pure. Raises Rejected when the command may not or cannot be done (nothing changes). When the process itself fails, the
step is an incident: the instance as it was, with the incident and the person's typed work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core import (
    approvals,
    authority,
    calls,
    clocks,
    correlation,
    incidents,
    instances,
    messages,
    private_address,
    questions,
    severity,
    tags,
    tasks,
    timers,
    undoing,
)
from engine.core import commands as c
from engine.core.call_commands import CallFailed, ChildEnded, ChildReopened, LinkChild
from engine.core.draft import Draft
from engine.core.effects import Effect
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.machine import fire
from engine.core.roster import EMPTY, Roster
from engine.definition.model import Definition
from engine.errors import Rejected, Stuck
from engine.reasons import stuck_on

MOST_MOVES = 1_000
"""Moves that may follow one command by themselves; more is a process that goes round."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a command did: the instance after, what happened, what is still to do.

    `stuck` tells that the process failed and the rest is the incident.
    """

    instance: Instance
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    stuck: Stuck | None = None


Handler = Callable[[Draft, Any], None]

HANDLERS: Mapping[type[c.Command], Handler] = {
    c.Claim: tasks.claim,
    c.Release: tasks.release,
    c.Assign: tasks.assign,
    c.Delegate: lambda draft, command: (approvals.delegate if command.task in draft.approvals else tasks.delegate)(
        draft, command
    ),
    c.Complete: lambda draft, command: (messages.write_again if command.task in draft.unsent else tasks.complete)(
        draft, command
    ),
    c.Decide: lambda draft, command: approvals.decide(draft, command, AGAIN),
    c.Escalate: tasks.escalate,
    c.SaveDraft: tasks.save_draft,
    c.FireTimer: timers.fire_timer,
    c.Correlate: correlation.correlate,
    c.Trigger: correlation.trigger,
    c.Comment: instances.comment,
    c.Tag: tags.tag,
    c.Attach: instances.attach,
    c.ShowPersonalData: instances.show_personal_data,
    c.SendPrivateAddress: private_address.send,
    c.EndPrivateAddress: private_address.end,
    c.Ask: questions.ask,
    c.Answer: questions.answer,
    c.WithdrawMessage: messages.take_back,
    c.GiveUp: messages.give_up,
    c.ComeBack: messages.come_back,
    c.Suspend: instances.suspend,
    c.Resume: instances.resume,
    c.Cancel: instances.cancel,
    c.Reopen: instances.reopen,
    LinkChild: calls.linked,
    CallFailed: calls.failed,
    ChildEnded: calls.ended,
    ChildReopened: calls.reopened,
    c.ResolveIncident: lambda draft, command: incidents.resolve(draft, command, AGAIN),
}


def _again_begin(draft: Draft, kept: Mapping[str, Any]) -> None:
    if "values" in kept:
        instances.mend(draft, kept["values"])
    instances.begin(draft)


def _again(
    handler: Handler, make: Callable[[Draft, Mapping[str, Any]], c.Command]
) -> Callable[[Draft, Mapping[str, Any]], None]:
    return lambda draft, kept: handler(draft, make(draft, kept))


def _common(draft: Draft) -> dict[str, Any]:
    return {"at": draft.at, "actor": draft.actor}


AGAIN: Mapping[str, Callable[[Draft, Mapping[str, Any]], None]] = {
    "begin": _again_begin,
    "reach": lambda draft, kept: tasks.reach_again(draft, kept["task"]),
    "ask": lambda draft, kept: approvals.ask_again(draft, kept["task"], AGAIN),
    "timer": timers.fire_again,
    "call": calls.call_again,
    "catch-up": lambda draft, kept: calls.catch_up(draft),
    "deliver": messages.deliver_again,
    "complete": _again(
        tasks.complete,
        lambda d, k: c.Complete(
            **_common(d), task=k["task"], outcome=k["outcome"], values=k["values"], comment=k["comment"]
        ),
    ),
    "correlate": _again(
        correlation.correlate, lambda d, k: c.Correlate(**_common(d), message=k["message"], values=k["values"])
    ),
    "trigger": _again(
        correlation.trigger,
        lambda d, k: c.Trigger(**_common(d), name=k["name"], values=k["values"], comment=k["comment"]),
    ),
    "reopen": _again(instances.reopen, lambda d, k: c.Reopen(**_common(d), values=k["values"], comment=k["comment"])),
}


def step(definition: Definition, instance: Instance | None, command: c.Command, roster: Roster = EMPTY) -> Step:
    """What `command` does to `instance` (None for a start). `roster` answers what it has to ask about people."""
    if not isinstance(command, c.ShowPersonalData):
        authority.works(command.actor.id, command.actor.kind)
    if isinstance(command, c.Start):
        if instance is not None:
            raise Rejected("already-started", "Expected a new case, but it has started already")
        return _start(definition, command, roster)
    if instance is None:
        raise Rejected("no-such-case", "Expected a case, but there is none")
    if command.revision is not None and command.revision != instance.revision:
        raise Rejected(
            "conflict", "Expected the case as you saw it, but somebody has changed it in the meantime; look at it again"
        )
    draft = Draft(definition, instance, command.actor, command.at, roster)
    try:
        HANDLERS[type(command)](draft, command)
        settle(draft)
        _tidy(draft)
        undoing.remember(draft, command)
    except Stuck as stuck:
        if isinstance(command, c.ResolveIncident):
            raise Rejected("still-stuck", f"Expected the retry to work, but it still fails: {stuck}") from None
        draft = _failed(definition, instance, command, stuck, roster)
        undoing.remember(draft, command)
        return Step(draft.freeze(), tuple(draft.events), tuple(draft.effects), stuck)
    return Step(draft.freeze(), tuple(draft.events), tuple(draft.effects))


def _start(definition: Definition, command: c.Start, roster: Roster) -> Step:
    instance = instances.blank(definition, command)
    draft = Draft(definition, instance, command.actor, command.at, roster)
    try:
        instances.admit(draft, command)
    except Stuck as stuck:
        raise Rejected("stuck", f"Expected a form that can be judged, but its own rule fails: {stuck}") from None
    admitted, events, effects = draft.freeze(), tuple(draft.events), tuple(draft.effects)
    # Anew: what begins and fails half-way must not be seen in what was admitted.
    draft = Draft(definition, admitted, command.actor, command.at, roster)
    try:
        instances.begin(draft)
        settle(draft)
        severity.follow(draft, started=True)
        clocks.follow(draft, started=True)
    except Stuck as stuck:
        draft = _failed(definition, admitted, command, stuck, roster)
        return Step(draft.freeze(), (*events, *draft.events), (*effects, *draft.effects), stuck)
    return Step(draft.freeze(), (*events, *draft.events), (*effects, *draft.effects))


def _failed(definition: Definition, instance: Instance, command: c.Command, stuck: Stuck, roster: Roster) -> Draft:
    """The instance as it was, with the incident. Its clocks follow, unless it is a clock that cannot begin; then they
    begin with the retry.
    """
    draft = Draft(definition, instance, command.actor, command.at, roster)
    incidents.raised(draft, command, stuck)
    try:
        clocks.follow(draft, started=isinstance(command, c.Start))
    except Stuck:
        draft = Draft(definition, instance, command.actor, command.at, roster)
        incidents.raised(draft, command, stuck)
    if isinstance(command, c.Start):
        severity.follow(draft, started=True)
    return draft


def settle(draft: Draft) -> None:
    """Do every move that follows by itself: automatic states, branches that begin, joins."""
    for _ in range(MOST_MOVES):
        if not draft.todo:
            return
        token, trigger = draft.todo.popleft()
        if token in draft.tokens:
            fire(draft, token, trigger)
    raise stuck_on("round-and-round", draft.definition.place, most=MOST_MOVES)


def _tidy(draft: Draft) -> None:
    """What is derived from the forms follows them."""
    submitted = {event.body["name"] for event in draft.events if event.type == "form-submitted"}
    if submitted and not instances.read_by_refresh(draft.definition) <= draft.data.keys() - submitted:
        instances.refresh(draft)
    if submitted and draft.approvals:
        approvals.void_changed(draft, AGAIN)
        settle(draft)
    severity.follow(draft)
    clocks.follow(draft)
