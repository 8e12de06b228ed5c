"""The driver for many machines: procrastinate tells each worker what is next, and notices when one of them has died.

Owns the running of a worker of its, and the rescue of what a dead one had in hand. A job says which parcel to look at
and nothing more: what may go out, and what came of it, stands in the outbox, whoever drives. So a job that comes twice,
or too early, does no harm, and one that a machine took with it is only given to another.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import Rejected
from engine.logs import facts
from engine.runtime import Engine
from engine.store import jobs, outbox
from engine.store.database import Store
from engine.store.postgresql import PostgresqlStore
from engine.workers.delivering import FAILED, GONE, LEASE, Handlers, deliver, in_words

if TYPE_CHECKING:
    from procrastinate import App

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Parcels that one worker has in hand at the same time, each of another case."""

HEARTBEAT, SILENCE = 10.0, 30.0
"""Seconds between two signs of life; and without one, until a worker counts as dead."""

FORGOTTEN = 60.0
"""Seconds between two looks for what waits without a job: one that has no handler for it lets its job go."""

_LOOKS = (
    1.0  # seconds between two looks at the queue when nobody calls: what was not due before, or had to wait its turn
)
_STOPS = 0.1  # seconds between two looks at `stop`
_PAUSE = 2.0  # seconds after which a worker whose database was away begins again


def install(store: Store) -> None:
    """Make the queue in this database, or bring it up to date. Rejected("database-driver") without procrastinate."""
    try:
        from procrastinate.schema import SchemaManager
    except ImportError as error:
        raise missing() from error
    folder = Path(SchemaManager.get_migrations_path())
    changes = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("[0-9]*.sql")}
    jobs.install(store, SchemaManager.get_schema(), changes)


class Distributed:
    """Over one engine. Where `stop` is set, what is in hand is finished and nothing else begun."""

    def __init__(self, engine: Engine, handlers: Handlers, worker: str, stop: threading.Event | None = None) -> None:
        self.engine = engine
        self.handlers = handlers
        self.worker = worker
        self.stop = stop or threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self._trouble: Exception | None = None
        self._serves = False
        self._end: Callable[[], object] = lambda: None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Meanwhile it delivers by itself, as soon as something is due."""
        thread = threading.Thread(target=self._serve, name="heard-jobs")
        self._serves = True
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            self._serves = False

    def _ends(self) -> bool:
        """The worker is to stop, or to work otherwise from now on."""
        return self.stop.is_set() or self._over.is_set()

    def deliver_due(self, most: int = 0) -> Counter[str]:
        """How many came to what: of what it has delivered by itself since this was last asked; else of what is due now,
        which it delivers. However many that are: the queue says when it is enough.
        """
        if not self._serves and self.handlers:
            self._apart(partial(self._work, wait=False))
        with self._lock:
            done, self._done = self._done, Counter()
            trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble
        del done[GONE]
        return done

    def _apart(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """In a thread of its own, to its end: whoever asks may have a loop of events running already."""
        with ThreadPoolExecutor(1, "heard-jobs") as thread:
            thread.submit(lambda: asyncio.run(work())).result()

    def _serve(self) -> None:
        while self.handlers and not self._ends():
            try:
                asyncio.run(self._work(wait=True))
            except Exception as error:  # the database is away, say: it comes back
                log.warning("The queue of jobs could not be asked: %s", in_words(error), extra=facts("queue-away"))
                with self._lock:
                    self._trouble = error
            self._over.wait(_PAUSE)

    async def _work(self, wait: bool) -> None:
        await asyncio.to_thread(jobs.put_forgotten, self.engine.store, self.handlers)
        app = _app(self.engine.store)
        app.task(name=jobs.TASK, queue=jobs.QUEUE)(self._look_at)
        async with app.open_async():
            await _rescue(app)
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[jobs.QUEUE],
                    name=self.worker,
                    concurrency=AT_ONCE if wait else 1,
                    wait=wait,
                    listen_notify=wait,
                    fetch_job_polling_interval=_LOOKS,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=SILENCE,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
            keeping = asyncio.create_task(self._keep(app, working))
            self._end = partial(asyncio.get_running_loop().call_soon_threadsafe, working.cancel)
            try:
                await working
            except asyncio.CancelledError:
                if not self._ends():
                    raise
            finally:
                keeping.cancel()

    async def _keep(self, app: App, working: asyncio.Task[None]) -> None:
        """Beside the work: rescue what dead workers had in hand, and stop when it is time."""
        loop = asyncio.get_running_loop()
        rescued = sought = loop.time()
        while not self._ends():
            await asyncio.sleep(_STOPS)
            with suppress(Exception):  # whatever hinders it hinders the work too, and is told there
                if loop.time() - rescued >= HEARTBEAT:
                    rescued = loop.time()
                    await _rescue(app)
                if loop.time() - sought >= FORGOTTEN:
                    sought = loop.time()
                    await asyncio.to_thread(jobs.put_forgotten, self.engine.store, self.handlers)
        working.cancel()

    def _look_at(self, parcel: int) -> None:
        """One job, in a thread of its own."""
        if self._ends():
            jobs.put_later(self.engine.store, parcel, 0)
        else:
            came_to = self._came_to(parcel)
            with self._lock:
                self._done[came_to] += 1
        if self._ends():
            self._end()  # before the next job is fetched

    def _came_to(self, parcel: int) -> str:
        store, at = self.engine.store, self.engine.recording()
        row = outbox.waiting(store, parcel)
        if row is None:
            return GONE
        if row.kind not in self.handlers:  # a worker that has one will see to it
            return GONE
        mine = outbox.claim(store, parcel, self.worker, at, at + LEASE)
        if mine is None:
            self._come_back(parcel)
            return GONE
        try:
            return deliver(self.engine, self.handlers, mine)
        except Exception:  # one broken case must not stop the others; it is anybody's again when its lease is over
            told = facts("not-settled", parcel=mine.name, kind=mine.kind, instance=mine.instance)
            log.exception("Parcel %s of case %s could not be settled", mine.id, mine.instance, extra=told)
            self._come_back(parcel)
            return FAILED

    def _come_back(self, parcel: int) -> None:
        """Somebody has it in hand, or had and died over it, or this machine's clock is late: look again then."""
        row = outbox.waiting(self.engine.store, parcel)
        if row is not None and row.next_at is not None:
            wait = (row.next_at - self.engine.recording()).total_seconds()
            jobs.put_later(self.engine.store, parcel, max(1.0, wait))


def _app(store: Store) -> App:
    """Procrastinate on the same database; its statements look into its own schema alone."""
    try:
        from procrastinate import App, PsycopgConnector
    except ImportError as error:
        raise missing() from error
    assert isinstance(store, PostgresqlStore)
    given = store.database.parameters
    options = f"{given['options']} -c search_path={jobs.SCHEMA}"
    connector = PsycopgConnector(kwargs={**given, "options": options}, min_size=1, max_size=AT_ONCE, timeout=5)
    return App(connector=connector)


async def _rescue(app: App) -> None:
    """Give what dead workers had in hand to whoever is alive."""
    for job in await app.job_manager.get_stalled_jobs(queue=jobs.QUEUE, seconds_since_heartbeat=SILENCE):
        log.warning("A worker died over job %s", job.id, extra=facts("rescued", job=job.id))
        with suppress(Exception):  # another worker was faster
            await app.job_manager.retry_job(job)


def missing() -> Rejected:
    return Rejected(
        "database-driver",
        "Expected the library that distributes work, but it is not installed. Install heard[postgres].",
    )
