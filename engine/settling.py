"""Parked mail is settled by somebody: it comes to a case, begins one, or is discarded with a reason.

Owns these three, each in one transaction with the note of who did it. Who may is judged by the command, where there is
one; who may settle at all, by whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.actors import Actor
from engine.core.authority import oversees
from engine.core.commands import Attach, Comment
from engine.core.mail.letter import Mail, Unreadable
from engine.core.mail.reading import read
from engine.definition.roles import STAFF
from engine.errors import Rejected
from engine.receiving import begin, beginning_with_mail, bring, heard_by, original, take_files
from engine.runtime import Engine
from engine.store import deployments, files, mails
from engine.store.mails import BEGAN, DISCARDED, JOINED, Row


def may_settle(engine: Engine, actor: Actor) -> bool:
    """Staff who may start a case of a process that begins with mail, or who oversee any process."""
    if actor.kind != STAFF:
        return False
    begins = any(not actor.roles.isdisjoint(one.starters) for one in beginning_with_mail(engine))
    return begins or any(oversees(engine.definition(one.digest), actor) for one in deployments.all_of(engine.store))


def attach(engine: Engine, id: int, reference: str, actor: Actor) -> str:
    """The mail comes to this case: as the message it takes now, else as a comment with its files; the case's id."""
    case = engine.instance(engine.find(reference))

    def do(row: Row, mail: Mail | None) -> tuple[str, str]:
        if mail is not None and heard_by(engine, case, actor) is not None:
            bring(engine, mail, case, actor, row)
            return JOINED, case.id
        common: dict[str, Any] = {"at": engine.clock(), "actor": actor}
        if mail is not None:
            text = f"{mail.name} <{mail.sender}>: {mail.subject}\n\n{mail.reply}".strip()
            engine.do(case.id, Comment(text=text, **common))
            for one in take_files(engine, mail)[0]:
                engine.do(case.id, Attach(file=one, **common))
        engine.do(case.id, Attach(file=original(row), **common))
        return JOINED, case.id

    return _settle(engine, id, actor, do)


def start(engine: Engine, id: int, process: str, actor: Actor) -> str:
    """The mail begins a case, as if it had done so by itself; the case's id."""

    def do(row: Row, mail: Mail | None) -> tuple[str, str]:
        if mail is None:
            raise Rejected("mail-unreadable", "Expected a mail that can be read, but this one cannot; start by hand")
        return BEGAN, begin(engine, mail, process, actor, row)

    return _settle(engine, id, actor, do)


def discard(engine: Engine, id: int, reason: str, actor: Actor) -> None:
    """It is nothing for us, for this reason. The mail itself is kept."""
    if not reason.strip():
        raise Rejected("invalid-values", "Expected a reason, but there is none", {"reason": ("Please say why.",)})
    _settle(engine, id, actor, lambda row, mail: (DISCARDED, row.instance), reason.strip())


def _settle(
    engine: Engine, id: int, actor: Actor, do: Callable[[Row, Mail | None], tuple[str, str]], note: str = ""
) -> str:
    if not may_settle(engine, actor):
        raise Rejected("not-allowed", f"Expected somebody who takes in mail, but {actor.id} does not")

    def once() -> str:
        engine.store.hold("mail", str(id))
        row = mails.parked(engine.store, id)
        if not row.sha256 and not note:
            raise Rejected(
                "mail-not-kept", "Expected a mail that is kept, but it was too large; it lies in the mailbox still"
            )
        status, case = do(row, _read(engine, row))
        mails.settle(engine.store, id, status, case, engine.recording(), actor.id, note)
        return case

    return engine.store.unit(once)


def _read(engine: Engine, row: Row) -> Mail | None:
    content = files.get(engine.store, row.sha256) if row.sha256 else None
    try:
        return read(content) if content is not None else None
    except Unreadable:
        return None
