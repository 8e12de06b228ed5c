"""Whether everything that has to run does run, and what to do where it does not.

Owns the checks and their limits. Mends nothing, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from types import MappingProxyType

from engine.announcing import listeners
from engine.errors import Rejected
from engine.runtime import Engine
from engine.signatures import MAIL, SECRET, secret_for, variable_of
from engine.store import deployments, jobs, mails, people, upgrades, verifying, vitals, workers
from engine.store.database import Store
from engine.store.stalled import stalled
from engine.workers.delivering import Handlers, in_words
from engine.workers.driving import DISTRIBUTED, EMBEDDED, VARIABLE, chosen, wanted
from engine.workers.forgetting import kept_for

GOOD, NOTE, BAD = "good", "note", "bad"
"""How a check comes out. Only what is bad has to be mended now."""

ALIVE = timedelta(minutes=2)
TIMERS_MAY_WAIT = timedelta(minutes=5)
OUTBOX_MAY_WAIT = timedelta(minutes=15)
CLOCKS_MAY_DIFFER = timedelta(seconds=30)
HISTORIES_MAY_WAIT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what to do, empty where there is nothing to do."""

    what: str
    sign: str
    said: str
    advice: str = ""


Probe = Callable[[], str]
"""Looks at something outside, and says how it is. Raises what is wrong with it."""


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
        *_outbox(waits, vitals.later(store, now), handlers, now),
        *_mail(mail, waits),
        *_mailbox(mailbox),
        *_parked(store, now),
        *_webhooks(store, environ),
        *_incidents(store),
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
        yield Finding("database", BAD, in_words(error), "Mend what it says; nothing else can be looked at before.")
        return
    yield Finding("database", GOOD, f"{kind} answers, and can be written to")
    if missing:
        advice = "Any other `heard` command brings them up to date; make a copy of the database first."
        yield Finding("tables", BAD, f"they lack {', '.join(missing)}", advice)
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
    else:
        last = f"; the last one was heard of {_ago(now - every[0].seen_at)} ago" if every else ""
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
        said = f"{count} should have fired, the oldest {_ago(now - since)} ago"
        yield Finding("timers", BAD, said, "See that a worker is at work; `heard worker --once` says what fails.")


def _outbox(
    waits: Sequence[vitals.Waiting], later: vitals.Later, handlers: Handlers, now: datetime
) -> Iterator[Finding]:
    for one in waits:
        said = _waiting(one, now)
        if one.kind not in handlers:
            yield Finding("outbox", NOTE, said, "They go out as soon as a mail server is named: see `mail` below.")
        elif now - one.since > OUTBOX_MAY_WAIT:
            advice = "See that a worker is at work; `heard case` shows why a message was not sent."
            yield Finding("outbox", BAD, said, advice)
        else:
            yield Finding("outbox", GOOD, said)
    if later.until is not None:
        said = "1 message is" if later.put_off == 1 else f"{later.put_off} messages are"
        said += f" held back, because so much went to one address; the next may go out in {_ago(later.until - now)},"
        said += f" at {later.until:%H:%M} UTC"
        yield Finding("outbox", NOTE, said, "Nothing has to be done, unless it is a program that answers ours.")
    if later.meant:
        how = "1 goes out later" if later.meant == 1 else f"{later.meant} go out later"
        yield Finding("outbox", GOOD, how if waits else f"nothing is due; {how}")
    elif not waits and later.until is None:
        yield Finding("outbox", GOOD, "nothing waits")


def _mail(mail: Probe | None, waits: Sequence[vitals.Waiting]) -> Iterator[Finding]:
    if mail is None:
        said = "no server is named, so that nothing goes out"
        yield Finding("mail", BAD if waits else NOTE, said, "Set HEARD_SMTP_URL and HEARD_MAIL_FROM.")
        return
    try:
        yield Finding("mail", GOOD, mail())
    except Exception as error:
        yield Finding("mail", BAD, in_words(error), "See to the server, or to HEARD_SMTP_URL and HEARD_SMTP_PASSWORD.")


def _mailbox(mailbox: Probe | None) -> Iterator[Finding]:
    if mailbox is None:
        return
    try:
        yield Finding("mailbox", GOOD, mailbox())
    except Exception as error:
        advice = "See to the server, or to HEARD_IMAP_URL and HEARD_IMAP_PASSWORD."
        yield Finding("mailbox", BAD, in_words(error), advice)


def _parked(store: Store, now: datetime) -> Iterator[Finding]:
    count, since = mails.standing(store)
    if since is not None:
        days = kept_for(store)
        said = f"{count} parked, the oldest for {_ago(now - since)}"
        said += f"; what has come to no case is forgotten after {days} days" if days is not None else ""
        yield Finding("mail in", NOTE, said, "`heard parked` lists them, with the reasons; so does the page `Mail`.")


def _webhooks(store: Store, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Of each program that is told something, and of each that may bring something: is there a secret, and a person?"""
    told = {one.name for one in listeners(store)}
    named = {one.removeprefix(SECRET) for one, said in environ.items() if one.startswith(SECRET) and said.strip()}
    bring = {one.lower().replace("_", "-") for one in named} - told
    advice = "Make one with `openssl rand -base64 32`; whoever does the work needs it in its environment."
    fine = []
    for name in sorted(told | bring):
        try:
            if secret_for(name, environ) is None:
                yield Finding("webhooks", BAD, f"there is no {variable_of(name)} here for '{name}'", advice)
            elif name in bring - {MAIL} and people.load(store, name) is None:
                said = f"'{name}' has a secret here, but nobody is called so, and nothing that it brings is taken"
                load = "Name it under `people` in organisation.yaml: `heard people --load`."
                yield Finding("webhooks", BAD, said, load)
            else:
                fine.append(name)
        except Rejected as rejected:
            yield Finding("webhooks", BAD, rejected.message, advice)
    if fine:
        yield Finding("webhooks", GOOD, f"there is a secret for {', '.join(fine)}")


def _incidents(store: Store) -> Iterator[Finding]:
    count, still = vitals.open_incidents(store), stalled(store)
    if count:
        yield Finding("incidents", NOTE, f"{count} open", "`heard incidents` lists them; their processes' owners know.")
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
        said = f"{last.found} findings among {last.cases} cases, {_ago(now - last.at)} ago"
        yield Finding("histories", BAD, said, "`heard verify` tells them again; compare with a copy from before.")
    elif now - last.at > HISTORIES_MAY_WAIT:
        yield Finding("histories", NOTE, f"last checked {_ago(now - last.at)} ago", "`heard verify`")
    else:
        said = f"{last.cases} cases checked {_ago(now - last.at)} ago, all as their histories say"
        yield Finding("histories", GOOD, said)


def _clocks(store: Store, now: datetime) -> Iterator[Finding]:
    """A clock that goes wrong makes wrong deadlines: that of the database's machine, and those of other workers."""
    others = [vitals.database_time(store), vitals.last_recorded(store), *(w.seen_at for w in workers.everybody(store))]
    server = others[0]
    apart = [abs(server - now)] if server is not None else []
    apart += [at - now for at in others[1:] if at is not None]
    worst = max(apart, default=timedelta(0))
    if worst > CLOCKS_MAY_DIFFER:
        said = f"this machine's clock and another one differ by {_ago(worst)}"
        yield Finding("clocks", BAD, said, "Let every machine take its time from the same server (NTP).")
    else:
        yield Finding("clocks", GOOD, "they agree")


def _ago(span: timedelta) -> str:
    seconds = abs(span.total_seconds())
    for size, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} seconds"


_KINDS = {
    "message": ("message", "messages"),
    "notice": ("notice", "notices"),
    "letter": ("mail to a colleague", "mails to colleagues"),
    "webhook": ("webhook", "webhooks"),
}


def _waiting(one: vitals.Waiting, now: datetime) -> str:
    """How many of a kind, and for how long: `2 messages wait, the oldest for 2 hours, 1 of them tried before`."""
    single, several = _KINDS.get(one.kind, (one.kind, one.kind))
    since = _ago(now - one.since)
    if one.count == 1:
        return f"1 {single} waits, for {since}{', tried before' if one.failed else ''}"
    failed = f", {one.failed} of them tried before" if one.failed else ""
    return f"{one.count} {several} wait, the oldest for {since}{failed}"


def refused(rejected: Rejected) -> list[Finding]:
    """A database that could not even be opened."""
    return [Finding("database", BAD, rejected.message, "Mend what it says; nothing else can be looked at before.")]
