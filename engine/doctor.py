"""Whether everything that has to run does run, and what to do where it does not.

Owns the order of the checks, and those of the house itself with their limits; those of the outside are in
`engine.outside_checks`. Mends nothing, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from types import MappingProxyType

from engine import outside_checks
from engine.errors import Rejected
from engine.findings import BAD, GOOD, NOTE, Finding, ago
from engine.outside_checks import Probe
from engine.runtime import Engine
from engine.store import deployments, jobs, upgrades, verifying, vitals, workers
from engine.store.database import Store
from engine.store.stalled import stalled
from engine.workers.delivering import Handlers, in_words
from engine.workers.driving import DISTRIBUTED, EMBEDDED, VARIABLE, chosen, wanted

ALIVE = timedelta(minutes=2)
TIMERS_MAY_WAIT = timedelta(minutes=5)
CLOCKS_MAY_DIFFER = timedelta(seconds=30)
HISTORIES_MAY_WAIT = timedelta(days=35)

_FIRST = "HEARD_DATABASE_URL says where it is. Nothing else can be looked at before it answers."


def examine(
    engine: Engine,
    handlers: Handlers,
    mail: Probe | None,
    environ: Mapping[str, str] = MappingProxyType({}),
    mailbox: Probe | None = None,
) -> list[Finding]:
    """Every check, in the order in which one would mend them. `mail` asks the mail server and `mailbox` the mailbox,
    None when none is named; `environ` is what this machine is told about its driver and its webhooks.
    """
    store = engine.store
    found = list(_database(store))
    if any(one.sign == BAD for one in found):
        return found
    now = engine.recording()
    waits = vitals.waiting(store, now)
    return [
        *found,
        *_processes(store),
        *_workers(store, now),
        *_driver(store, environ),
        *_timers(store, engine.clock()),
        *outside_checks.outbox(store, waits, vitals.later(store, now), handlers, now),
        *outside_checks.mail(mail, waits),
        *outside_checks.mailbox(mailbox),
        *outside_checks.parked(store, now),
        *outside_checks.webhooks(store, environ),
        *_incidents(store, now),
        *_histories(store, now),
        *_clocks(store, now),
    ]


def _database(store: Store) -> Iterator[Finding]:
    kind = "PostgreSQL" if store.locks_rows else "SQLite"
    try:
        missing = upgrades.pending(store)
        with store.transaction():
            pass
    except Exception as error:
        yield Finding("database", BAD, in_words(error), _FIRST)
        return
    yield Finding("database", GOOD, f"{kind} answers, and can be written to")
    if missing:
        advice = "Make a copy of the database; then any other command, such as `heard cases`, brings them up to date."
        yield Finding("tables", BAD, f"they are those of an earlier version, and lack {', '.join(missing)}", advice)
    else:
        yield Finding("tables", GOOD, "they are those of this version")


def _processes(store: Store) -> Iterator[Finding]:
    keys = {one.process for one in deployments.all_of(store)}
    if keys:
        yield Finding("processes", GOOD, f"{len(keys)} deployed")
    else:
        yield Finding("processes", NOTE, "none is deployed, so that no case can begin", "`heard deploy`")


def _workers(store: Store, now: datetime) -> Iterator[Finding]:
    every = workers.everybody(store)
    alive = [one for one in every if abs(now - one.seen_at) <= ALIVE]
    if alive:
        names = ", ".join(one.id for one in alive)
        yield Finding("workers", GOOD, f"{len(alive)} at work: {names}")
    elif every and every[0].seen_at > now:
        said = f"{every[0].id} was heard of at a time that is still to come"
        yield Finding("workers", NOTE, said, "See to the `clocks` first; then it can be said who is at work.")
    else:
        last = f"; the last one was heard of {ago(now - every[0].seen_at)} ago" if every else ""
        advice = "Start `heard serve` or `heard worker`, and see to it that it is started with the machine."
        yield Finding("workers", BAD, f"none is at work{last}", advice)


def _driver(store: Store, environ: Mapping[str, str]) -> Iterator[Finding]:
    has = chosen(store)
    try:
        said = wanted(environ)
    except Rejected as rejected:
        yield Finding("driver", BAD, rejected.message, f"Set {VARIABLE} to one of them, or to nothing.")
        return
    if said == DISTRIBUTED and not store.locks_rows:
        advice = f"Set {VARIABLE} to nothing, or go over to PostgreSQL: `heard copy`."
        yield Finding("driver", BAD, f"{VARIABLE} is {said} here, which needs PostgreSQL", advice)
    elif said and said != has:
        told = f"{VARIABLE} is {said} here, but this database has the driver {has}"
        yield Finding("driver", BAD, told, "Any other `heard` command settles it, and the workers follow.")
    elif has == EMBEDDED:
        yield Finding("driver", GOOD, "embedded: workers ask the database what is due")
    elif find_spec("procrastinate") is None:
        yield Finding("driver", BAD, "distributed, but no worker can begin here", "Install heard[postgres].")
    else:
        counts = jobs.counts(store)
        said = f"distributed: jobs that are due: {counts.get('todo', 0)}, in hand: {counts.get('doing', 0)}"
        yield Finding("driver", GOOD, said)


def _timers(store: Store, now: datetime) -> Iterator[Finding]:
    count, since = vitals.overdue_timers(store, now)
    if since is None or now - since <= TIMERS_MAY_WAIT:
        yield Finding("timers", GOOD, "none is overdue" if since is None else f"{count} due just now")
    else:
        said = f"{count} should have fired, the oldest {ago(now - since)} ago"
        yield Finding("timers", BAD, said, "See that a worker is at work; `heard worker --once` says what fails.")


def _incidents(store: Store, now: datetime) -> Iterator[Finding]:
    (count, since), still = vitals.open_incidents(store), stalled(store)
    if since is not None:
        said = f"{count} open, {'the oldest ' if count > 1 else ''}for {ago(now - since)}"
        advice = "`heard incidents`, or the page `Incidents`, says why. Once that is mended: `heard resolve … retry`."
        yield Finding("incidents", NOTE, said, advice)
    else:
        yield Finding("incidents", GOOD, "none is open")
    if still:
        how = "1 case stands still" if len(still) == 1 else f"{len(still)} cases stand still"
        yield Finding("standstill", NOTE, how, "`heard incidents --stalled` lists them.")


def _histories(store: Store, now: datetime) -> Iterator[Finding]:
    """Checking them takes its time, so that only how it came out is looked at."""
    last = verifying.last(store)
    if last is None:
        yield Finding("histories", NOTE, "never checked", "`heard verify` checks every case; let it run once a month.")
    elif last.found:
        said = f"{last.found} findings among {last.cases} cases, {ago(now - last.at)} ago"
        yield Finding("histories", BAD, said, "`heard verify` tells them again; compare with a copy from before.")
    elif now - last.at > HISTORIES_MAY_WAIT:
        yield Finding("histories", NOTE, f"last checked {ago(now - last.at)} ago", "`heard verify`")
    else:
        said = f"{last.cases} cases checked {ago(now - last.at)} ago, all as their histories say"
        yield Finding("histories", GOOD, said)


def _clocks(store: Store, now: datetime) -> Iterator[Finding]:
    """A clock that goes wrong makes wrong deadlines: that of the database's machine, and those of other workers."""
    server, newest = vitals.database_time(store), vitals.last_recorded(store)
    others = [(f"the worker {one.id}", one.seen_at) for one in workers.everybody(store)]
    others += [("whoever wrote the newest line of a history", newest)] if newest is not None else []
    apart = [(at - now, who) for who, at in others]  # what is older than now tells nothing of its clock
    apart += [(abs(server - now), "the database's machine")] if server is not None else []
    worst, who = max(apart, default=(timedelta(0), ""))
    if worst > CLOCKS_MAY_DIFFER:
        behind = server is not None and server < now and worst == now - server
        said = f"{who} is {ago(worst)} {'behind' if behind else 'ahead of'} this machine"
        advice = "Let every machine take its time from the same server (NTP): promises are reckoned by these clocks."
        yield Finding("clocks", BAD, said, advice)
    else:
        yield Finding("clocks", GOOD, "they agree")


def refused(rejected: Rejected) -> list[Finding]:
    """A database that could not even be opened."""
    return [Finding("database", BAD, rejected.message, _FIRST)]
