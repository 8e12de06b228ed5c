"""The case as a whole: start, comment, attach, suspend, resume, cancel, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.core import authority, calls
from engine.core.actors import BY_MAIL, Actor
from engine.core.commands import Attach, Cancel, Comment, Reopen, Resume, ShowPersonalData, Start, Suspend
from engine.core.draft import Draft
from engine.core.instance import CANCELLED, Instance, Token
from engine.core.machine import fire, next_status, stop
from engine.core.submitting import judged, keep
from engine.core.tasks import not_offered
from engine.definition.forms.sentences import sentence
from engine.definition.model import BEGIN, Definition
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected, Stuck
from engine.keywords.doing import at_work
from engine.keywords.told import say_to, tell_all

ROOT = "0"
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""Nothing is older; a receipt before it is a slip of the pen."""


def blank(definition: Definition, command: Start) -> Instance:
    """The instance before its first step: it stands at the beginning, with the variables' first values."""
    received = command.received_at or command.at
    if received > command.at:
        raise Rejected(
            "received-later", "Expected a case that was received before now, but its receipt lies in the future"
        )
    return Instance(
        id=command.instance,
        process=definition.key,
        digest=definition.digest,
        reference=command.reference,
        starter=command.actor.id,
        received_at=received,
        started_at=command.at,
        external_id=command.external_id,
        parent=command.parent,
        data={
            table: [] for state in definition.states.values() if state.each is not None for table in state.each.tables
        },
        variables={variable.name: variable.first for variable in definition.variables if variable.first is not None},
        tokens={ROOT: Token(ROOT, BEGIN, command.at)},
    )


def admit(draft: Draft, command: Start) -> None:
    """Judge the starter and the form, and write down that the case began. What follows is `begin`."""
    definition = draft.definition
    caller = command.parent
    # Who may call it was judged with the process that calls: its definition has been looked at and deployed.
    if caller is None and not any(role in draft.actor.roles for role in definition.starters):
        raise Rejected(
            "not-allowed",
            f"Expected one of {', '.join(definition.starters)} to start '{definition.key}', but "
            f"{draft.actor.id} is none of them",
        )
    use = definition.start.form
    given = command.values if caller is not None else _asked_of(command.actor, definition, command.values)
    if definition.received and command.received_at is not None and not given.get(definition.received):
        given = {**given, definition.received: command.received_at.isoformat()}
    values = judged(draft, ROOT, use, given)
    if definition.received and command.received_at is None:
        draft.before = replace(draft.before, received_at=_received(draft, definition.received, values))
    first = draft.before
    body = {
        "reference": first.reference,
        "process": first.process,
        "version": first.digest,
        "received_at": first.received_at.isoformat(),
    }
    more: dict[str, Any] = {"external_id": first.external_id} if first.external_id else {}
    if command.mail is not None:
        more["mail"] = dict(command.mail)
    if caller is not None:
        more["called_by"] = {
            "reference": caller.reference,
            "process": caller.process,
            "name": caller.name,
            "kind": caller.kind,
        }
    draft.record("case-started", **body, **more)
    keep(draft, ROOT, use, values)
    refresh(draft)


def _asked_of(actor: Actor, definition: Definition, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What counts of what was filled in: somebody without an account fills in the public page, and nothing else."""
    if not authority.is_guest(actor):
        return values
    public = definition.public
    if public is None:
        raise Rejected(
            "not-allowed", f"Expected a process that anybody may start, but '{definition.key}' has no public page"
        )
    return {**{name: value for name, value in values.items() if name not in public.hidden}, **public.preset}


def _received(draft: Draft, field: str, values: Mapping[str, Any]) -> datetime:
    """When the form says that the case was received; now when it says nothing."""
    said = values.get(field)
    received = datetime.fromisoformat(said) if said else draft.at
    if received > draft.at:
        raise Rejected(
            "invalid-values",
            "Expected a case that was received before now, but its receipt lies in the future",
            {field: ("Please give a time that is not in the future.",)},
        )
    if received < EARLIEST:
        raise Rejected(
            "invalid-values",
            f"Expected a case that was received after {EARLIEST.year}, but its receipt lies before it",
            {field: (f"Please give a time after {EARLIEST.year}.",)},
        )
    return received


def mend(draft: Draft, values: Mapping[str, Any]) -> None:
    """The starter's form, corrected by whoever lets a case that got stuck at its beginning begin again."""
    use = draft.definition.start.form
    keep(draft, ROOT, use, judged(draft, ROOT, use, values))
    refresh(draft)


def begin(draft: Draft) -> None:
    """The first move."""
    fire(draft, ROOT, "start:")


def refresh(draft: Draft) -> None:
    """The case's subject and customer, worked out anew from the forms. A part that is not known stays out."""
    definition = draft.definition
    values = draft.values(ROOT)
    customer = {}
    for part, expression in definition.customer.items():
        try:
            value = expression.evaluate(values)
        except Stuck:
            continue
        if value not in (None, ""):
            customer[part] = str(value)
    parent = draft.before.parent
    if "person" not in customer and parent is not None and parent.customer:
        customer["person"] = parent.customer
    draft.customer = customer
    if definition.subject is not None:
        with suppress(Stuck):
            zone = ZoneInfo(definition.calendar.zone)
            draft.subject = definition.subject.render(values, definition.languages[0], zone)


@lru_cache(maxsize=256)
def read_by_refresh(definition: Definition) -> frozenset[str]:
    """The names that subject and customer are worked out from."""
    expressions = [
        *definition.customer.values(),
        *(definition.subject.expressions if definition.subject is not None else ()),
    ]
    return frozenset(name for expression in expressions for name in expression.names)


def comment(draft: Draft, command: Comment) -> None:
    if not command.text.strip():
        raise Rejected("invalid-values", "Expected a comment, but it is empty", {"text": ("Please write something.",)})
    takes_part(draft)
    text = command.text.strip()
    named = [person for person in dict.fromkeys(command.mentions) if person != draft.actor.id]
    draft.record("commented", text=text, **({"mentions": named} if named else {}))
    for person in named:
        say_to(draft, person, text, {"mentioned_by": draft.actor.id})
    if draft.actor.kind == CUSTOMER:
        _hear(draft, text, "written_by")


def _hear(draft: Draft, said: str, occasion: str) -> None:
    """What customers say outside the messages of the process is heard by whoever has the case, else by its owner."""
    others = [(to, roles) for to, roles in at_work(draft, draft.root.id) if to != f"person:{draft.actor.id}"]
    meant = others or [(f"role:{draft.definition.owner}", None)]
    tell_all(draft, meant, (said, {}), {occasion: draft.actor.id}, False)


def attach(draft: Draft, command: Attach) -> None:
    takes_part(draft)
    if not draft.roster.keeps(command.file["sha256"]):
        said = sentence("file-gone", {}, draft.definition.languages[0])
        raise Rejected("invalid-values", "Expected a file whose content is kept, but it is not", {"file": (said,)})
    draft.record("file-attached", file=dict(command.file), **({"note": command.note} if command.note else {}))
    if draft.actor.kind == CUSTOMER and draft.actor.via != BY_MAIL:  # the mail itself was heard
        _hear(draft, str(command.file["name"]), "sent_by")


def show_personal_data(draft: Draft, command: ShowPersonalData) -> None:
    """Nothing changes but the history: it says who looked, and what for. Staff and readers may; whose eyes it is hidden
    from is the organisation's to say.
    """
    if draft.actor.kind == CUSTOMER:
        raise Rejected("not-allowed", "Expected somebody who works with the case, but this is a customer")
    draft.record("personal-data-shown", reason=_reason(command.reason))


def takes_part(draft: Draft) -> None:
    """Staff, and the customer whose case it is."""
    actor = draft.actor
    if actor.kind == CUSTOMER and not authority.theirs(draft, actor):
        raise Rejected("not-allowed", "Expected the customer of this case, but it is somebody else's")
    if not actor.roles:
        raise Rejected("not-allowed", f"Expected somebody with a role, but {actor.id} has none")


def suspend(draft: Draft, command: Suspend) -> None:
    authority.overseer(draft, "suspend a case")
    draft.status = next_status("instance", "suspend", draft.status)
    draft.record("suspended", reason=_reason(command.reason))


def resume(draft: Draft, command: Resume) -> None:
    authority.overseer(draft, "resume a case")
    resumed(draft, command)
    calls.catch_up(draft)


def resumed(draft: Draft, command: Resume) -> None:
    """It goes on; what called cases have done meanwhile follows."""
    draft.status = next_status("instance", "resume", draft.status)
    draft.record("resumed", reason=command.reason)


def cancel(draft: Draft, command: Cancel) -> None:
    authority.answers(draft, "cancel a case")
    status = next_status("instance", "cancel", draft.status)
    reason = _reason(command.reason)
    stop(draft, ROOT)
    draft.withdraw_all()
    draft.status, draft.outcome, draft.ended_at = status, CANCELLED, draft.at
    draft.record("cancelled", reason=reason)


def _reason(text: str) -> str:
    if not text.strip():
        raise Rejected("invalid-values", "Expected a reason, but there is none", {"reason": ("Please say why.",)})
    return text.strip()


def reopen(draft: Draft, command: Reopen) -> None:
    state = draft.definition.states.get(draft.tokens[ROOT].state)
    ending = state.ending if state is not None else None
    status = next_status("instance", "reopen", draft.status)
    if ending is None or ending.reopen is None:
        raise Rejected(
            "not-reopenable",
            "Expected a case that can be reopened, but this one has ended for good; start a new one instead",
        )
    move = ending.reopen
    authority.may_ask(draft, ROOT, move, "reopen the case")
    if ending.within is not None and draft.ended_at is not None and draft.at > draft.add(draft.ended_at, ending.within):
        raise Rejected(
            "too-late",
            f"Expected to reopen within {ending.within}, but the case ended at {draft.ended_at.isoformat()}; "
            "start a new one instead",
        )
    why = not_offered(draft, ROOT, move)
    if why:
        raise Rejected("not-offered", why)
    if (move.comment or move.form is None) and not command.comment.strip():
        # Whoever reopens says why: in the form that the process asks for, or else in a comment.
        raise Rejected("comment-needed", "Expected a reason, but there is none", {"comment": ("Please say why.",)})
    values = judged(draft, ROOT, move.form, command.values)
    draft.status, draft.outcome, draft.ended_at = status, "", None
    draft.record("reopened", **({"comment": command.comment} if command.comment else {}))
    keep(draft, ROOT, move.form, values)
    fire(draft, ROOT, move.trigger)
