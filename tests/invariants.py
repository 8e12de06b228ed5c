"""What holds in every database of ours, whatever happened to it: one checker for every test that races,
crashes or repeats.

`broken(store)` gives a sentence for each promise that does not hold; an empty list is a whole database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.core.instance import RUNNING, Instance, Task
from engine.store import history, instances
from engine.store.case_rows import offered_to
from engine.store.database import Store
from engine.store.fields import decode, due_micros, encode, to_micros
from engine.store.history import Line
from tests.builders import reread
from tests.databases import sql
from tests.invariants_of_clocks import of_clocks
from tests.invariants_of_promises import of_promises

OPEN = ("open", "claimed")


def assert_whole(store: Store, *, counted: str = "") -> None:
    """Every promise holds. `counted` names what tells steps apart, see `broken`."""
    found = broken(store, counted=counted)
    assert not found, "\n".join(found)


def broken(store: Store, cases: Iterable[str] | None = None, *, counted: str = "") -> list[str]:
    """A sentence for each broken promise of these cases (ids; None: all) and of the database as a whole.

    `counted="recorded"` when the recording clock never gives the same instant twice: then revisions are held
    against the number of steps.
    """
    chosen = [id for (id,) in sql(store, "SELECT id FROM instance ORDER BY id")] if cases is None else list(cases)
    found = list(_references(store))
    found += _strays(store)
    for case in chosen:
        instance = instances.load(store, case)
        if instance is None:
            found.append(f"{case}: it has no row")
            continue
        lines = history.read(store, case)
        for sentence in _of_case(store, instance, lines, counted):
            found.append(f"{instance.reference}: {sentence}")
    return found


def _of_case(store: Store, instance: Instance, lines: list[Line], counted: str) -> Iterator[str]:
    yield from _chain(store, instance, lines, counted)
    yield from _snapshot(instance)
    yield from _row(store, instance)
    yield from _tasks(store, instance, lines)
    yield from _timers(store, instance, lines)
    yield from _waits(store, instance)
    yield from _incidents(store, instance, lines)
    yield from _messages(store, instance, lines)
    yield from _decisions(instance, lines)
    yield from _relatives(store, instance)
    yield from of_clocks(store, instance, lines)
    yield from of_promises(store, instance, lines)


def _references(store: Store) -> Iterator[str]:
    """Numbered from 1 to the counter, each once."""
    taken: dict[tuple[str, int], list[int]] = defaultdict(list)
    for (reference,) in sql(store, "SELECT reference FROM instance"):
        prefix, year, number = reference.rsplit("-", 2)
        taken[prefix, int(year)].append(int(number))
    counters = {(prefix, year): last for prefix, year, last in sql(store, "SELECT prefix, year, last FROM counter")}
    for key in {*taken, *counters}:
        numbers = sorted(taken.get(key, []))
        if numbers != list(range(1, counters.get(key, 0) + 1)):
            yield f"references {key} have gaps or repeats: {numbers} with the counter at {counters.get(key)}"


def _strays(store: Store) -> Iterator[str]:
    """Rows beside the cases that point to nothing, and remembered answers that are not true."""
    for table in ("task", "timer", "wait", "history", "outbox", "incident"):
        for (id,) in sql(
            store, f"SELECT DISTINCT instance FROM {table} WHERE instance NOT IN (SELECT id FROM instance)"
        ):
            yield f"{table} has rows of a case {id} that is not there"
    for table in ("candidate", "exclusion"):
        closed = "SELECT id FROM task WHERE status IN ('open', 'claimed') AND assignee = ''"
        for (task,) in sql(store, f"SELECT DISTINCT task FROM {table} WHERE task NOT IN ({closed})"):
            yield f"{table} offers the task {task}, which nobody can take"
    for key, case, result in sql(store, "SELECT key, instance, result FROM idempotency"):
        kept = decode(result)
        known = sql(store, "SELECT reference, revision FROM instance WHERE id = ?", case)
        if not known or known[0][0] != kept["reference"] or known[0][1] < kept["revision"]:
            yield f"the key {key} remembers {kept}, but the case is {known}"
    for process, external, count in sql(
        store,
        "SELECT process, external_id, COUNT(*) FROM instance WHERE external_id <> '' GROUP BY 1, 2 HAVING COUNT(*) > 1",
    ):
        yield f"{count} cases of {process} have the external id {external}"


def _chain(store: Store, instance: Instance, lines: list[Line], counted: str) -> Iterator[str]:
    verified = history.verify(store, instance.id)
    if not verified.ok:
        yield f"the chain is broken at {verified.first_bad_seq}: {verified.why}"
    if [line.seq for line in lines] != list(range(1, instance.seq + 1)):
        yield f"history has gaps: {[line.seq for line in lines]} with {instance.seq} lines known"
    if not lines or lines[0].event.type != "case-started":
        yield "history does not begin with the case's start"
    if counted == "recorded":
        steps = len({line.recorded_at for line in lines})
        if steps != instance.revision:
            yield f"revision {instance.revision}, but {steps} steps were saved"
    elif not 1 <= instance.revision <= len(lines):
        yield f"revision {instance.revision} with {len(lines)} lines"


def _snapshot(instance: Instance) -> Iterator[str]:
    if reread(instance) != instance:
        yield "the snapshot is not the same after writing and reading"
    standing = {token.id: token for token in instance.tokens.values() if not token.done}
    for part in (*instance.tasks.values(), *instance.timers.values(), *instance.waits):
        token = standing.get(part.token)
        beside = part.token in ("", "0") and (not part.token or part.state not in instance.states)
        if not beside and (token is None or token.state != part.state):
            yield f"{part} belongs to no token that stands in its state"
    ahead = {task.delegation.timer for task in instance.tasks.values() if task.delegation is not None}
    if ahead != {timer.id for timer in instance.timers.values() if timer.word == "delegation"}:
        yield f"the delegations wait for {sorted(ahead)}, and other timers are set"
    for clock in instance.clocks.values():
        if clock.live and instance.ended_at is not None:
            yield f"{clock} still runs in a case that has ended"
        if clock.status == "running" and clock.due_at is not None and clock.missed is None:
            armed = any(t.word == "clock" and t.state == clock.name for t in instance.timers.values())
            if not armed:
                yield f"{clock} has no timer for its next rung"
    for approval in instance.approvals.values():
        task = instance.tasks.get(approval.id)
        if task is None or task.token != approval.token or task.assignee:
            yield f"{approval} has no open task of its own that nobody holds"
        people = [who for ballot in approval.ballots for who in (ballot.person, ballot.by) if who]
        if len(people) != len(set(people)):
            yield f"somebody counts twice in {approval}"
    for token in instance.tokens.values():
        if token.parent and token.parent not in instance.tokens:
            yield f"the branch {token.id} has lost its parent"
    if instance.ended_at is not None and (instance.tasks or instance.timers or instance.waits):
        yield "it has ended, but something still waits"
    if (instance.ended_at is not None) != (instance.status in ("completed", "cancelled")):
        yield f"it is {instance.status} with the end {instance.ended_at}"


def _row(store: Store, instance: Instance) -> Iterator[str]:
    promised = (*instance.tasks.values(), *instance.clocks.values())
    dues = [one.due_at for one in promised if one.due_at is not None]
    expected = (
        ", ".join(instance.states),
        instance.starter,
        to_micros(instance.received_at),
        instance.customer.get("name", ""),
        instance.customer.get("email", ""),
        to_micros(min(dues)) if dues else None,
    )
    (row,) = sql(
        store,
        "SELECT states, starter, received_at, customer_name, customer_email, next_due_at FROM instance WHERE id = ?",
        instance.id,
    )
    yield from _same("the case's row", expected, row)


def _tasks(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    waiting_by: dict[str, bool] = {}
    for line in lines:
        task, type = line.event.body.get("task", ""), line.event.type
        if type == "task-opened" and task in waiting_by:
            yield f"the task {task} was opened twice"
        elif type in ("task-completed", "task-withdrawn") and not waiting_by.get(task):
            yield f"the task {task} ended, but it did not wait"
        elif type == "task-reopened" and waiting_by.get(task) is not False:
            yield f"the task {task} was opened again, but it had not ended"
        if type in ("task-opened", "task-completed", "task-withdrawn", "task-reopened"):
            waiting_by[task] = type in ("task-opened", "task-reopened")
    yield from _same("open tasks by history", {id for id, waits in waiting_by.items() if waits}, set(instance.tasks))
    rows = sql(
        store,
        "SELECT id, process, state, title, status, assignee, on_behalf_of, due_at, next_at, opened_at, excluded "
        "FROM task WHERE instance = ?",
        instance.id,
    )
    waiting = {row[0]: row for row in rows if row[4] in OPEN}
    expected = {
        t.id: (
            t.id, instance.process, t.state, t.title, t.status, t.assignee, t.on_behalf_of,
            due_micros(t.due_at), due_micros(_next(instance, t)), to_micros(t.opened_at), encode(t.excluded),
        )
        for t in instance.tasks.values()
    }  # fmt: skip
    yield from _same("task rows", expected, waiting)
    closed = {row[0] for row in rows if row[4] not in OPEN}
    ended = {id for id, waits in waiting_by.items() if not waits}
    if not closed <= ended:
        yield f"task rows are closed that history did not end: {closed - ended}"
    offers = sql(
        store,
        "SELECT c.task, c.role, c.process, c.due_at FROM candidate c JOIN task t ON t.id = c.task WHERE t.instance = ?",
        instance.id,
    )
    free = [task for task in instance.tasks.values() if not task.assignee]
    yield from _same(
        "candidates",
        {
            (t.id, role, instance.process, due_micros(_next(instance, t)))
            for t in free
            for role in offered_to(t, instance)
        },
        set(offers),
    )
    barred = sql(
        store,
        "SELECT e.task, e.person FROM exclusion e JOIN task t ON t.id = e.task WHERE t.instance = ?",
        instance.id,
    )
    yield from _same("exclusions", {(t.id, person) for t in free for person in t.excluded}, set(barred))


def _next(instance: Instance, task: Task) -> datetime | None:
    """What work is sorted by: the task's own due time, or a deadline of the case's clocks when it is sooner."""
    promised = [clock.due_at for clock in instance.clocks.values() if clock.due_at is not None]
    return min([*promised, *([task.due_at] if task.due_at is not None else [])], default=None)


def _decisions(instance: Instance, lines: list[Line]) -> Iterator[str]:
    """What the history says was decided in the round that is on is what is counted."""
    given: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for line in lines:
        event = line.event
        if event.type == "approval-voided":
            given[event.body["task"]].clear()
        elif event.type == "decision-given":
            person, deputy = (event.on_behalf_of, event.actor) if event.on_behalf_of else (event.actor, "")
            given[event.body["task"]].append((person, event.body["decision"], deputy))
        elif event.type == "approval-closed":
            given.pop(event.body["task"], None)
        elif event.type == "task-reopened" and "decided" in event.body:
            stands = ([*one, ""][:3] for one in event.body["decided"])
            given[event.body["task"]] = [(person, decision, by) for person, decision, by in stands]
    for approval in instance.approvals.values():
        counted = [(ballot.person, ballot.decision, ballot.by) for ballot in approval.ballots]
        yield from _same(f"decisions of {approval.id}", given[approval.id], counted)


def _timers(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    rows = sql(store, 'SELECT id, process, state, "index", due_at FROM timer WHERE instance = ?', instance.id)
    wakeful = instance.timers.values() if instance.status == RUNNING else ()
    yield from _same(
        "timer rows",
        {(t.id, instance.process, t.state, t.index, to_micros(t.due_at)) for t in wakeful},
        set(rows),
    )
    living: dict[str, str] = {}
    fired: Counter[tuple[str, str]] = Counter()
    for line in lines:
        body = line.event.body
        if body.get("word") == "clock":
            fired[body["timer"], "failed" if body.get("failed") else body["due_at"]] += 1
        elif line.event.type == "timer-set":
            if body["timer"] in living:
                yield f"the timer {body['timer']} was set while it was set"
            living[body["timer"]] = body["due_at"]
        elif line.event.type == "timer-fired":
            due = living.pop(body["timer"], None)
            if due != body["due_at"] and not fired[body["timer"], "failed"]:
                yield f"the timer {body['timer']} fired for {body['due_at']}, but it was set to {due}"
            fired[body["timer"], "failed" if body.get("failed") else body["due_at"]] += 1
            if line.event.at.isoformat() < body["due_at"]:
                yield f"the timer {body['timer']} fired before it was due"
        elif line.event.type == "timer-cancelled" and living.pop(body["timer"], None) is None:
            yield f"the timer {body['timer']} was cancelled, but it was not set"
    for (timer, due), count in fired.items():
        if count > 1 and due != "failed":
            yield f"the timer {timer} fired {count} times for {due}"
    told = [timer for timer in instance.timers.values() if timer.word != "clock"]
    yield from _same("timers by history", living, {t.id: t.due_at.isoformat() for t in told})


def _waits(store: Store, instance: Instance) -> Iterator[str]:
    rows = sql(store, "SELECT token, message, state, process FROM wait WHERE instance = ?", instance.id)
    yield from _same("wait rows", {(w.token, w.message, w.state, instance.process) for w in instance.waits}, set(rows))


def _incidents(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    rows = sql(
        store,
        "SELECT id, process, at, message, place, state FROM incident WHERE instance = ? AND status = 'open'",
        instance.id,
    )
    expected = {
        (i.id, instance.process, to_micros(i.at), i.message, i.place, i.state) for i in instance.incidents.values()
    }
    yield from _same("incident rows", expected, set(rows))
    raised = Counter(line.event.body["incident"] for line in lines if line.event.type == "incident-raised")
    resolved = Counter(line.event.body["incident"] for line in lines if line.event.type == "incident-resolved")
    reopened = Counter(line.event.body["incident"] for line in lines if line.event.type == "incident-reopened")
    stands = {one: raised[one] - resolved[one] + reopened[one] for one in {*raised, *resolved, *reopened}}
    if any(count > 1 for count in raised.values()) or not set(stands.values()) <= {0, 1}:
        yield "an incident was raised twice, or resolved or opened again what it was already"
    yield from _same("incidents by history", {one for one in stands if stands[one]}, set(instance.incidents))
    dismissed = sql(store, "SELECT id FROM incident WHERE instance = ? AND status = 'dismissed'", instance.id)
    yield from _same("dismissed incidents", {row[0] for row in dismissed}, set(instance.dismissed))


def _relatives(store: Store, instance: Instance) -> Iterator[str]:
    """Cases that call one another know the same of each other."""
    for link in instance.links.values():
        if link.status == "failed" or not link.instance:
            if link.status == "open":
                yield f"it has called {link.process}, which has not begun"
            continue
        child = instances.load(store, link.instance)
        if (
            child is None
            or child.parent is None
            or (child.parent.instance, child.parent.link) != (instance.id, link.id)
        ):
            yield f"it has called {link.reference}, which does not know it"
        elif (child.reference, child.process) != (link.reference, link.process):
            yield f"it calls {child.reference} {link.reference}"
        elif (child.status in ("completed", "cancelled"), child.outcome) != (link.status == "ended", link.outcome):
            yield f"{link.reference} is {child.status} {child.outcome}, but here {link.status} {link.outcome}"
    if instance.parent is not None:
        parent = instances.load(store, instance.parent.instance)
        if parent is None or parent.links[instance.parent.link].instance != instance.id:
            yield f"{instance.parent.reference} called it and does not know it"


def _messages(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    rows = sql(store, "SELECT key, body FROM outbox WHERE instance = ? AND kind = 'message'", instance.id)
    sent = [line.event.body for line in lines if line.event.type in ("message-sent", "private-address-sent")]
    yield from _same(
        "messages",
        sorted(_said(body) for body in sent),
        sorted((key, decode(body)["to"], decode(body)["body"]) for key, body in rows),
    )
    if len({key for key, _ in rows}) != len(rows):
        yield "a message is there twice"


def _said(body: Mapping[str, Any]) -> tuple[str, str, str]:
    return body["message"], body["to"], body["body"]


def _same(what: str, expected: Any, found: Any) -> Iterator[str]:
    if expected != found:
        yield f"{what}: expected {expected}, found {found}"


def typed_is_kept(store: Store, task: str, person: str, values: Mapping[str, Any]) -> bool:
    """Whether what somebody typed for a task is still there: as their draft, or in the history as a form that
    came in with that very task.
    """
    for (kept,) in sql(store, 'SELECT "values" FROM draft WHERE task = ? AND person = ?', task, person):
        if decode(kept) == dict(values):
            return True
    lines = [line.event for line in history.read(store, task.rpartition(".")[0])]
    return any(
        event.type == "task-completed" and event.body["task"] == task and event.actor == person for event in lines
    )


def everything(store: Store, *, but: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but these: two of them are equal when nothing was written in between."""
    passed = set(but)
    return {
        table: sorted(sql(store, f'SELECT * FROM "{table}"'), key=repr)
        for table in sorted(store.database.get_tables())
        if table not in passed
    }
