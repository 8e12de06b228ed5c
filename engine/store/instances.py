"""Loading a case and saving a step of it: the snapshot, its history line by line, its projections and what is
to go out.

Owns the order of the writes and the check that nobody else was faster. Never commits: the caller's
transaction does. Decides nothing about the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from engine.core.effects import (
    DropDraft,
    Effect,
    GiveUpParcel,
    KeepDraft,
    Notify,
    ResendParcel,
    ReturnParcel,
    RevokeLinks,
    SendMessage,
    WithdrawNotice,
    WithdrawParcel,
)
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.snapshot import from_data, to_data
from engine.errors import Rejected
from engine.store import binding, drafts, history, outbox, projections, status_links
from engine.store.compiled import Parameter, Statement, insert
from engine.store.database import Constraint, Store
from engine.store.fields import decode, encode, from_maybe, maybe_micros, to_micros
from engine.store.models import EXTERNAL
from engine.store.models import Instance as Row

_COLUMNS = (
    Row.id,
    Row.process,
    Row.digest,
    Row.reference,
    Row.status,
    Row.revision,
    Row.seq,
    Row.ended_at,
    Row.outcome,
    Row.external_id,
    Row.subject,
    Row.snapshot,
)
_MOVING = (
    Row.revision,
    Row.seq,
    Row.states,
    Row.updated_at,
    Row.subject,
    Row.customer_name,
    Row.customer_email,
    Row.next_due_at,
)
_SELDOM = (Row.status, Row.ended_at, Row.outcome, Row.digest, Row.priority, Row.severity, Row.tags)
_moving, _seldom = (
    itemgetter(*(binding.NAMES.index(field.column_name) for field in fields)) for fields in (_MOVING, _SELDOM)
)


def _update(*fields: Any) -> Statement:
    return Statement(
        lambda: Row.update({field: Parameter(field.name) for field in fields}).where(
            (Row.id == Parameter("id")) & (Row.revision == Parameter("seen"))
        ),
        *(field.name for field in fields),
        "id",
        "seen",
    )


_INSERT = insert(Row, *binding.COLUMNS, Row.snapshot)
_STEP = _update(*_MOVING, Row.snapshot)
_TURN = _update(
    *_MOVING, *_SELDOM, Row.snapshot
)  # apart, because every column named here costs the indexes that hold it
_LOAD = Statement(lambda: Row.select(*_COLUMNS).where(Row.id == Parameter("id")), "id")
_LOAD_LOCKED = Statement(lambda: Row.select(*_COLUMNS).where(Row.id == Parameter("id")).for_update(), "id")
_BY_REFERENCE = Statement(lambda: Row.select(Row.id).where(Row.reference == Parameter("reference")), "reference")
_REFERENCE = Statement(lambda: Row.select(Row.reference).where(Row.id == Parameter("id")), "id")
_BY_EXTERNAL = Statement(
    lambda: Row.select(Row.id).where(
        (Row.process == Parameter("process")) & (Row.external_id == Parameter("external_id")) & EXTERNAL
    ),
    "process",
    "external_id",
)


def load(store: Store, instance: str) -> Instance | None:
    """The case with this id, or None.

    Inside a transaction nobody else can change it until the transaction ends.
    """
    row = store.row(_LOAD_LOCKED if store.locks_rows and store.in_transaction else _LOAD, instance)
    if row is None:
        return None
    return of_columns(dict(zip(_PLAIN, row[:-1], strict=True)), row[-1])


_PLAIN = (
    *("id", "process", "digest", "reference", "status", "revision", "seq"),
    *("ended_at", "outcome", "external_id", "subject"),
)
"""The columns that are not in the snapshot."""


def of_columns(row: Mapping[str, Any], snapshot: str) -> Instance:
    """The case of these columns as they lie in the database, whatever else is among them."""
    columns = {name: row[name] for name in _PLAIN}
    return from_data({**columns, "ended_at": from_maybe(row["ended_at"])}, decode(snapshot))


def by_reference(store: Store, reference: str) -> str | None:
    """The id of the case with this reference, written exactly so."""
    row = store.row(_BY_REFERENCE, reference)
    return None if row is None else row[0]


def reference_of(store: Store, instance: str) -> str:
    """By what people know the case with this id; empty when there is none."""
    row = store.row(_REFERENCE, instance)
    return "" if row is None else row[0]


def by_external_id(store: Store, process: str, external_id: str) -> str | None:
    """The id of the case of `process` that another system calls `external_id`. An empty one finds nothing."""
    row = store.row(_BY_EXTERNAL, process, external_id)
    return None if row is None else row[0]


def save(
    store: Store,
    old: Instance | None,
    new: Instance,
    events: Sequence[Event],
    effects: Sequence[Effect],
    recorded_at: datetime,
) -> Instance:
    """Write one step: `old` is the case as it was loaded (None: it starts now), `new` as it is after the
    step.

    Gives `new` back with its revision and its last history number, which the store counts. Only inside a
    transaction. Rejected("conflict") when somebody else changed the case since `old` was loaded,
    Rejected("external-id-known") when a case of this process with its external id is there already. A step
    without events may only keep or drop drafts.
    """
    if not store.in_transaction:
        raise RuntimeError("A step is saved inside a transaction, or half of it could be lost.")
    if events:
        new = replace(new, revision=old.revision + 1 if old else 1, seq=(old.seq if old else 0) + len(events))
        columns, snapshot = _columns(new, events[-1].at), encode(to_data(new))
        if old is None:
            _insert(store, new, columns, snapshot)
        else:
            _change(store, old, new, columns, snapshot)
        projections.write(store, old, new, events)
        bound = binding.case_hash(columns, snapshot)
        history.append(store, new.id, old.seq if old else 0, events, recorded_at, bound)
    elif new is not old and new != old:
        raise RuntimeError(f"Case {new.id} changed without an event: what is not in the history did not happen.")
    if effects:
        _keep(store, new, effects, recorded_at)
    return new


def _columns(new: Instance, at: datetime) -> tuple[Any, ...]:
    """The values of `binding.COLUMNS`; `at` is when the case was changed last."""
    customer = new.customer
    return (
        new.id,
        new.process,
        new.digest,
        new.reference,
        new.status,
        new.revision,
        new.seq,
        ", ".join(new.states),
        new.starter,
        to_micros(new.received_at),
        to_micros(new.started_at),
        to_micros(at),
        maybe_micros(new.ended_at),
        new.outcome,
        new.priority,
        new.external_id,
        new.subject,
        customer.get("name") or "",
        customer.get("email") or "",
        _next_due(new),
        new.severity,
        " ".join(new.tags),
    )


def _insert(store: Store, new: Instance, columns: Sequence[Any], snapshot: str) -> None:
    try:
        store.change(_INSERT, *columns, snapshot)
    except Constraint as error:
        raise _clash(new, str(error)) from error


def _clash(new: Instance, words: str) -> Exception:
    if "instance.external_id" in words or "instance_external" in words:
        return Rejected(
            "external-id-known",
            f"Expected a new case, but {new.process} has one with the external id {new.external_id!r} already.",
        )
    if "instance.reference" in words or "instance_reference" in words:
        return Rejected(
            "conflict", f"Expected a new reference, but there is a case {new.reference} already. Try again."
        )
    if "instance.id" in words or "instance_pkey" in words:
        return Rejected("conflict", f"Expected a new case, but there is one with the id {new.id} already.")
    return RuntimeError(f"Case {new.id} cannot be started: its bundle {new.digest} was never deployed ({words}).")


def _change(store: Store, old: Instance, new: Instance, columns: Sequence[Any], snapshot: str) -> None:
    turned = (
        new.status != old.status
        or new.ended_at != old.ended_at
        or new.outcome != old.outcome
        or new.digest != old.digest
        or new.priority != old.priority
        or new.severity != old.severity
        or new.tags != old.tags
    )
    if turned:
        count = store.change(_TURN, *_moving(columns), *_seldom(columns), snapshot, new.id, old.revision)
    else:
        count = store.change(_STEP, *_moving(columns), snapshot, new.id, old.revision)
    if count != 1:
        raise Rejected(
            "conflict",
            f"Expected case {new.reference} as you saw it, but somebody else changed it meanwhile. Look at "
            "it again and repeat what still applies.",
        )


def _next_due(new: Instance) -> int | None:
    """The next promise of the case: of an open task, or of a clock that runs."""
    dues = [task.due_at for task in new.tasks.values() if task.due_at is not None]
    dues += [clock.due_at for clock in new.clocks.values() if clock.due_at is not None]
    return to_micros(min(dues)) if dues else None


def _keep(store: Store, new: Instance, effects: Sequence[Effect], recorded_at: datetime) -> None:
    parcels = [effect for effect in effects if isinstance(effect, (SendMessage, Notify))]
    if parcels:
        outbox.add(store, new.id, new.seq, parcels, recorded_at)
    dropped = [(effect.task, effect.person) for effect in effects if isinstance(effect, DropDraft)]
    if dropped:
        drafts.drop(store, dropped)
    for effect in effects:
        if isinstance(effect, RevokeLinks):
            status_links.revoke(store, new.id, effect.by, effect.at)
        elif isinstance(effect, KeepDraft):
            drafts.keep(store, effect.task, effect.person, effect.values, effect.outcome, recorded_at)
        elif isinstance(effect, WithdrawParcel):
            outbox.take_back(store, new.id, effect.message)
        elif isinstance(effect, WithdrawNotice):
            outbox.take_back_notice(store, new.id, effect.notice)
        elif isinstance(effect, GiveUpParcel):
            outbox.give_up(store, new.id, effect.name, effect.error)
        elif isinstance(effect, ReturnParcel):
            outbox.come_back(store, new.id, effect.name, effect.error)
        elif isinstance(effect, ResendParcel):
            outbox.send_again(store, new.id, effect.name, recorded_at)
