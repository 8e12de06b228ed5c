"""What a monitor reads of Heard: the steps of this program, and the work that waits in the database, as Prometheus's
text format has it.

Owns the names and the spelling. Asks the database when it is asked itself, with a few questions that cost what waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate, product

from engine import __version__
from engine.doctor import ALIVE
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import deployments, mails, vitals, workers
from engine.store.outbox import LETTER, MESSAGE, NOTICE
from engine.watching import BOUNDS, OUTCOMES, TALLY, Counts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]
"""Labels and the value."""


def written(engine: Engine, counts: Counts | None = None) -> str:
    """The whole page. Where the database does not answer now, it says so, with the steps alone."""
    return "".join(_lines(engine, counts or TALLY.read()))


def _lines(engine: Engine, counts: Counts) -> Iterator[str]:
    yield from _metric("heard_build_info", "gauge", "The version that runs.", [({"version": __version__}, 1)])
    known: list[str] = []
    waits: list[str] = []
    try:
        answers = not engine.store.missing()
        if answers:
            known = sorted({one.process for one in deployments.all_of(engine.store)})
            waits = list(_waiting(engine, known))
    except Rejected:
        answers = False
    yield from _steps(counts, known)
    said = "Whether the database answers, with the tables of this version."
    yield from _metric("heard_database_up", "gauge", said, [({}, int(answers))])
    yield from waits


def _steps(counts: Counts, known: Iterable[str]) -> Iterator[str]:
    """Of each known process also what has not happened yet: for Prometheus, a count that begins with 1 never grew."""
    said = "Steps of this program; an empty process was not known, as in a request that was answered before."
    every = {*counts.steps, *product(known, OUTCOMES)}
    steps = [
        ({"process": one, "outcome": outcome}, counts.steps.get((one, outcome), 0)) for one, outcome in sorted(every)
    ]
    yield from _metric("heard_steps_total", "counter", said, steps)
    name = "heard_step_seconds"
    yield _head(name, "histogram", "How long the steps of this program took, whatever they came to.")
    for bound, count in zip((*map(_number, BOUNDS), "+Inf"), accumulate(counts.took), strict=True):
        yield _sample(f"{name}_bucket", {"le": bound}, count)
    yield _sample(f"{name}_sum", {}, counts.seconds)
    yield _sample(f"{name}_count", {}, sum(counts.took))


def _waiting(engine: Engine, known: Sequence[str]) -> Iterator[str]:
    """What the database tells. Of each process and kind there is a line, also where nothing waits: else a monitor could
    not tell that from a line that was lost.
    """
    store, now = engine.store, engine.recording()
    waits = {one.kind: one for one in vitals.waiting(store, now)}
    kinds = sorted({MESSAGE, NOTICE, LETTER, *waits})
    counts = [({"kind": kind}, waits[kind].count if kind in waits else 0) for kind in kinds]
    ages = [({"kind": kind}, _age(waits[kind].since if kind in waits else None, now)) for kind in kinds]
    timers, since = vitals.overdue_timers(store, engine.clock())
    alive = sum(abs(now - one.seen_at) <= ALIVE for one in workers.everybody(store))
    parked, oldest = mails.standing(store)
    put_off = vitals.later(store, now).put_off
    tasks, overdue = vitals.open_tasks(store), vitals.overdue_promises(store, engine.clock())
    for name, said, samples in (
        ("heard_outbox_pending", "What should have gone out by now, by kind.", counts),
        ("heard_outbox_oldest_seconds", "How long the oldest of it has waited.", ages),
        ("heard_outbox_put_off", "What is held back, because so much went to one address.", [({}, put_off)]),
        ("heard_timers_due", "Timers that should have fired by now.", [({}, timers)]),
        ("heard_timers_oldest_seconds", "How long the oldest of them is due.", [({}, _age(since, engine.clock()))]),
        ("heard_parked_mail", "Mail that waits for somebody to say what it is.", [({}, parked)]),
        ("heard_parked_mail_oldest_seconds", "How long the oldest of it has waited.", [({}, _age(oldest, now))]),
        (
            "heard_incidents_open",
            "What processes could not do, and nobody has resolved.",
            [({}, vitals.open_incidents(store)[0])],
        ),
        ("heard_tasks_open", "Tasks that wait for somebody or are in somebody's hand.", _by_process(known, tasks)),
        ("heard_promises_overdue", "Promised times that have passed and were not kept.", _by_process(known, overdue)),
        ("heard_workers_alive", "Workers that were heard of in the last two minutes.", [({}, alive)]),
    ):
        yield from _metric(name, "gauge", said, samples)


def _by_process(known: Iterable[str], counts: Mapping[str, int]) -> list[Sample]:
    return [({"process": one}, counts.get(one, 0)) for one in sorted({*known, *counts})]


def _age(since: datetime | None, now: datetime) -> float:
    """Seconds; nothing where nothing waits, or where another machine's clock is ahead."""
    return 0 if since is None else max(0.0, (now - since).total_seconds())


def _metric(name: str, kind: str, said: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield _head(name, kind, said)
    for labels, value in samples:
        yield _sample(name, labels, value)


def _head(name: str, kind: str, said: str) -> str:
    return f"# HELP {name} {said}\n# TYPE {name} {kind}\n"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inner}}} {_number(value)}\n" if inner else f"{name} {_number(value)}\n"


def _number(value: float) -> str:
    return repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
