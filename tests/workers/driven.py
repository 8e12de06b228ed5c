"""The drivers that have to keep the contract, on clocks that a test sets."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from engine.runtime import Engine
from engine.store.fields import to_micros
from engine.workers.delivering import Handlers
from engine.workers.distributed import Distributed
from engine.workers.driving import DISTRIBUTED, EMBEDDED, Driver
from engine.workers.embedded import Embedded
from tests.databases import change


class OnTestTime(Distributed):
    """The queue goes by the server's clock. So its times are set to what the test's own clock makes of them: a job is
    due as its parcel is, and who has had something in hand for longer than is allowed was not heard of meanwhile.
    """

    def deliver_due(self, most: int = 0) -> Counter[str]:
        store, now = self.engine.store, to_micros(self.engine.recording())
        with store.transaction():
            store.database.execute_sql("SET LOCAL search_path = heard_jobs, public")
            change(
                store,
                "UPDATE procrastinate_jobs AS job "
                "SET scheduled_at = now() + GREATEST(0, parcel.next_at - ?) * interval '1 microsecond' "
                "FROM outbox AS parcel WHERE job.status = 'todo' AND parcel.id = (job.args->>'parcel')::bigint",
                now,
            )
            change(
                store,
                "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day' WHERE id IN "
                "(SELECT job.worker_id FROM procrastinate_jobs AS job JOIN outbox AS parcel "
                "ON parcel.id = (job.args->>'parcel')::bigint "
                "WHERE job.status = 'doing' AND parcel.worker <> '' AND parcel.next_at <= ?)",
                now,
            )
        return super().deliver_due(most)


DRIVERS: dict[str, Callable[[Engine, Handlers, str, threading.Event | None], Driver]] = {
    EMBEDDED: Embedded,
    DISTRIBUTED: OnTestTime,
}
Make = Callable[..., Driver]
"""`driver(engine, handlers, name, stop)`."""
