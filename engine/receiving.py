"""Mail that comes in, through whatever door: what it belongs to is found out, done and written down in one transaction.

Owns what a mail does to a case. What is to become of it is decided in `engine.core.mail`; that the same mail does not
count twice is seen by its mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from engine.core.actors import BY_MAIL, SYSTEM, Actor
from engine.core.authority import guest_of
from engine.core.commands import Attach, ComeBack, Correlate
from engine.core.correlation import customers_message
from engine.core.draft import Draft
from engine.core.file_kinds import judge, plain_name
from engine.core.instance import Instance
from engine.core.mail import reading, sorting
from engine.core.mail.filling import as_reply, as_start
from engine.core.mail.letter import Mail, Unreadable
from engine.core.mail.sorting import BEGIN, JOIN, RETURN, Candidate, Surroundings, Verdict
from engine.definition.model import Definition
from engine.definition.moves import Move
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import deployments, files, instances, mails, outbox, people
from engine.store.mails import BEGAN, JOINED, PARKED, RETURNED, Arrival, Row

HOUR = timedelta(hours=1)
EXCERPT = 600
HEAD = 65_536
"""Bytes that are looked at of a mail that is too large, to tell whose it is."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a mail; `again` when it had come in before. `reference` is the case, empty where there is none."""

    row: Row
    reference: str = ""
    again: bool = False


def receive(
    engine: Engine,
    content: bytes,
    door: str,
    own: Iterable[str] = (),
    at: datetime | None = None,
    size: int | None = None,
) -> Received:
    """Take a mail in. `own` are the addresses of the house itself, `at` is when it reached us (default: now), `size`
    how many bytes the mail has, where `content` is only its beginning.
    """
    now, size = engine.clock(), size or len(content)
    at = min(at, now) if at is not None else now
    whole = size <= reading.LARGEST
    try:
        mail, why = reading.read(content if whole else content[:HEAD]), ""
    except Unreadable as unreadable:
        mail, why = None, str(unreadable)
    mark = mail.mark if mail is not None and whole else f"bytes {sha256(content[:HEAD]).hexdigest()} {size}"

    def once() -> Received:
        engine.store.hold("mail", mark)
        known = mails.by_mark(engine.store, mark)
        if known is not None:
            return _received(engine, known, again=True)
        kept = files.put(engine.store, content, now, reading.LARGEST) if whole else ""
        said = _said(mail, mark, at, door, size, kept)
        if not whole:
            told = replace(said, reason="too-large", detail=f"{size / 1_048_576:.0f} MB")
            return _received(engine, mails.write(engine.store, told))
        if mail is None:
            return _received(engine, mails.write(engine.store, replace(said, reason="unreadable", detail=why)))
        arrival = _settled(engine, mail, said, frozenset(one.lower() for one in own))
        return _received(engine, mails.write(engine.store, arrival))

    return engine.store.unit(once)


def _said(mail: Mail | None, mark: str, at: datetime, door: str, size: int, kept: str) -> Arrival:
    if mail is None:
        return Arrival(mark, "", "", "", "", "", at, door, size, kept, PARKED)
    who = (mail.message_id, mail.sender, mail.name, mail.subject, mail.reply[:EXCERPT])
    return Arrival(mark, *who, at, door, size, kept, PARKED)


def _received(engine: Engine, row: Row, again: bool = False) -> Received:
    return Received(row, instances.reference_of(engine.store, row.instance) if row.instance else "", again)


def _settled(engine: Engine, mail: Mail, arrival: Arrival, own: frozenset[str]) -> Arrival:
    """Do what is to become of it; parked when that is refused."""
    verdict = sorting.sort(mail, _surroundings(engine, mail, own))
    does = {JOIN: _join, BEGIN: _begin, RETURN: _come_back}.get(verdict.what)
    if does is not None:
        try:
            with engine.store.transaction():
                status, case = does(engine, mail, verdict, arrival)
                return replace(arrival, status=status, instance=case)
        except Rejected as rejected:
            told = "; ".join([rejected.message, *rejected.by_field])
            reason = "unknown-return" if verdict.what == RETURN else "not-taken"
            return replace(arrival, reason=reason, detail=told, instance=verdict.case)
    return replace(arrival, reason=verdict.reason, detail=verdict.detail, instance=verdict.case)


def _surroundings(engine: Engine, mail: Mail, own: frozenset[str]) -> Surroundings:
    store = engine.store
    answered = [case for name in mail.answers if (case := _writer_of(engine, name)) is not None]
    named = [instances.by_reference(store, reference) for reference in sorting.references(mail)]
    person = people.called(store, mail.sender) if mail.sender else None
    return Surroundings(
        own,
        [_candidate(engine, case) for case in dict.fromkeys(answered)],
        [_candidate(engine, case) for case in dict.fromkeys(named) if case is not None],
        {one.key: one.mail.to for one in beginning_with_mail(engine) if one.mail is not None},
        person is not None and bool({*person.roles} - {CUSTOMER}),
        mails.lately(store, mail.sender, engine.clock() - HOUR) if mail.sender else 0,
    )


def beginning_with_mail(engine: Engine) -> list[Definition]:
    """The processes that a mail may begin, as they are in force now."""
    keys = sorted({one.process for one in deployments.all_of(engine.store)})
    found = []
    for key in keys:
        version = deployments.in_force(engine.store, key, engine.clock())
        if version is not None and engine.definition(version.digest).mail is not None:
            found.append(engine.definition(version.digest))
    return found


def _writer_of(engine: Engine, message_id: str) -> str | None:
    """The case (its id) that has sent the letter of this name. Our names begin with the case's id."""
    case = message_id.partition(".")[0]
    sent = outbox.of_case(engine.store, case) if len(case) == 36 else []
    return case if any(one.receipt == message_id for one in sent) else None


def _candidate(engine: Engine, id: str) -> Candidate:
    case = engine.instance(id)
    return Candidate(id, frozenset(parts_of(engine, case)), heard_by(engine, case, SYSTEM) is not None)


def parts_of(engine: Engine, case: Instance) -> set[str]:
    """The addresses of those who have a part in a case as its customer, in small letters."""
    known = (people.load(engine.store, one) for one in {case.starter, case.customer.get("person", "")} - {""})
    theirs = {one.email for one in known if one is not None and not {*one.roles} - {CUSTOMER}}
    found = {case.customer.get("email", ""), *theirs, case.starter if "@" in case.starter else ""}
    return {one.lower() for one in found if one}


def heard_by(engine: Engine, case: Instance, actor: Actor) -> Move | None:
    """The message by which the case takes now what its customer writes; None when it takes none."""
    definition = engine.definition(case.digest)
    return customers_message(Draft(definition, case, actor, engine.clock(), engine.roster))


def _join(engine: Engine, mail: Mail, verdict: Verdict, arrival: Arrival) -> tuple[str, str]:
    case = engine.instance(verdict.case)
    bring(engine, mail, case, _writer(engine, mail, case), arrival)
    return JOINED, case.id


def bring(engine: Engine, mail: Mail, case: Instance, actor: Actor, arrival: Arrival) -> None:
    """The mail as the message that the case takes now; files for which its form has no place are attached."""
    move = heard_by(engine, case, actor)
    if move is None:
        raise Rejected("not-waiting", "Expected a case that takes what its customer writes, but it takes nothing now")
    taken, refused = take_files(engine, mail)
    filled = as_reply(move.form.form if move.form is not None else None, mail, taken)
    common: dict[str, Any] = {"at": engine.clock(), "actor": actor}
    told = source(mail, arrival, refused)
    command = Correlate(message=move.name, values=filled.values, mail=told, key=f"mail {mail.mark}", **common)
    engine.do(case.id, command)
    for one in filled.left:
        engine.do(case.id, Attach(file=one, **common))


def _writer(engine: Engine, mail: Mail, case: Instance) -> Actor:
    """Its customer, when the address is theirs. Who else answers a letter of ours (it was passed on to them) is known
    by their address alone, and has no rights in the case.
    """
    if mail.sender in parts_of(engine, case):
        return replace(guest_of(case.customer), via=BY_MAIL)
    return Actor(mail.sender, SYSTEM.roles, SYSTEM.kind, BY_MAIL)


def _begin(engine: Engine, mail: Mail, verdict: Verdict, arrival: Arrival) -> tuple[str, str]:
    person = people.called(engine.store, mail.sender)
    who = Actor(person.id if person is not None else mail.sender, frozenset({CUSTOMER}), CUSTOMER, BY_MAIL)
    return BEGAN, begin(engine, mail, verdict.process, who, arrival)


def begin(engine: Engine, mail: Mail, process: str, actor: Actor, arrival: Arrival) -> str:
    """Start a case with the mail; its id."""
    definition = engine.in_force(process)
    use = definition.start.form
    if definition.mail is None or use is None:
        raise Rejected("not-by-mail", f"Expected a process that a mail may begin, but '{process}' does not say how")
    taken, refused = take_files(engine, mail)
    filled = as_start(definition.mail, use.form, mail, taken, definition.languages)
    told = source(mail, arrival, refused)
    asked: dict[str, Any] = {"received_at": arrival.at, "key": f"mail {mail.mark}", "mail": told}
    case = engine.start(process, actor, filled.values, version=definition, **asked).instance
    for one in filled.left:
        engine.do(case, Attach(at=engine.clock(), actor=actor, file=one))
    return case


def _come_back(engine: Engine, mail: Mail, verdict: Verdict, arrival: Arrival) -> tuple[str, str]:
    returned = mail.returned
    assert returned is not None
    case = returned.message_id.partition(".")[0]
    sent = [one for one in outbox.of_case(engine.store, case) if one.receipt == returned.message_id]
    if not sent:
        raise Rejected("no-such-letter", f"Expected a letter of ours, but none is called {returned.message_id}")
    for one in sent:
        command = ComeBack(
            at=engine.clock(),
            actor=replace(SYSTEM, via=BY_MAIL),
            parcel=one.name,
            to=returned.to or one.recipient,
            about=str(one.body.get("subject") or one.body.get("say") or "a notice"),
            error=returned.said or "the other server does not say why",
        )
        engine.do(case, command)
    return RETURNED, case


def take_files(engine: Engine, mail: Mail) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The files that came along, kept; and the names of those that must not come in, or are too large."""
    taken: list[Mapping[str, Any]] = []
    refused: list[str] = []
    for one in mail.files:
        name = plain_name(one.name)
        judged = judge(name, one.content)
        if judged.fault or len(one.content) > files.LARGEST:
            refused.append(name)
            continue
        digest = files.put(engine.store, one.content, engine.clock())
        taken.append({"name": name, "type": judged.kind, "size": len(one.content), "sha256": digest})
    return taken, refused


def source(mail: Mail, arrival: Arrival, refused: list[str]) -> dict[str, Any]:
    """The mail as the case's history names it."""
    return {
        "from": mail.sender,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "original": original(arrival),
        **({"left_out": refused} if refused else {}),
    }


def original(arrival: Arrival) -> dict[str, Any]:
    """The mail itself as a file of the case."""
    return {"name": "mail.eml", "type": "message/rfc822", "size": arrival.size, "sha256": arrival.sha256}
