"""The queue beside the outbox, for workers that are told what is next instead of asking: procrastinate's tables in a
schema of their own, and a trigger that queues whatever is written into the outbox.

Owns that schema, and what stands in a job. The trigger runs in the transaction of whoever writes the row, on their own
connection: what is rolled back was never queued, and nobody who writes has to know that there is a queue. Why it is so
stands in docs/decisions/0020. Only for PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.store.database import Store

SCHEMA = "heard_jobs"
QUEUE = "outbox"
TASK = "deliver"
"""The one kind of job: its argument `parcel` is the id of a row of the outbox."""

# A job waits for an earlier one with its lock, also when that one may run much later; unless its own priority is
# higher. So the priority is by how much sooner than the end of the numbers it is due: what is due first goes first.
_OURS = f"""
CREATE FUNCTION {SCHEMA}.put(parcel bigint, instance text, due bigint) RETURNS void LANGUAGE plpgsql
SET search_path = {SCHEMA}, pg_catalog AS $$ BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
        '{QUEUE}', '{TASK}', (1577836800 - due / 1000000)::integer, instance, NULL,
        jsonb_build_object('parcel', parcel), to_timestamp(due / 1000000.0)
    )]::procrastinate_job_to_defer_v1[]);
END $$;
CREATE FUNCTION {SCHEMA}.queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM {SCHEMA}.put(NEW.id, NEW.instance, NEW.next_at);
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_queue AFTER INSERT OR UPDATE OF next_at ON outbox FOR EACH ROW
    WHEN (NEW.status = 'pending' AND NEW.worker = '') EXECUTE FUNCTION {SCHEMA}.queue();
SELECT {SCHEMA}.put(id, instance, next_at) FROM outbox WHERE status = 'pending';
"""
_FORGOTTEN = f"""
SELECT {SCHEMA}.put(id, instance, next_at) FROM outbox WHERE status = 'pending' AND kind = ANY(%s) AND NOT EXISTS (
    SELECT FROM {SCHEMA}.procrastinate_jobs AS job WHERE (job.args ->> 'parcel')::bigint = outbox.id
    AND (job.status = 'doing' OR job.status = 'todo' AND job.scheduled_at <= to_timestamp(outbox.next_at / 1000000.0))
)
"""
_LATER = f"""
SELECT {SCHEMA}.put(id, instance, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + %s)
FROM outbox WHERE id = %s
"""
_COUNTS = f"""
SELECT CASE WHEN status = 'todo' AND scheduled_at > clock_timestamp() THEN 'later' ELSE status::text END AS how,
    COUNT(*)
FROM {SCHEMA}.procrastinate_jobs GROUP BY how
"""


def is_there(store: Store) -> bool:
    """Whether this database has a queue: then its workers go by it."""
    return store.locks_rows and _version(store) is not None


def install(store: Store, tables: str, changes: Mapping[str, str]) -> None:
    """Make the queue, or bring it up to date: `tables` is the whole of procrastinate's schema, `changes` what led
    there, by name, in order. What waits in the outbox is queued. Does nothing, and takes no lock, where it is all done.
    """
    newest = max(changes)
    if (_version(store) or "") >= newest:
        return
    with store.transaction():
        _run(store, "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
        store.hold("queue")
        now = _version(store)
        ((home,),) = _run(store, "SELECT current_schema()")
        if now is None:
            _run(store, f"CREATE SCHEMA {SCHEMA}; SET LOCAL search_path = {SCHEMA}; {tables}")
            _run(store, f'SET LOCAL search_path = "{home}"; {_OURS}')
        else:
            missing = "\n".join(changes[name] for name in sorted(changes) if name > now)
            _run(store, f'SET LOCAL search_path = {SCHEMA}; {missing}; SET LOCAL search_path = "{home}"')
        _run(store, f"COMMENT ON SCHEMA {SCHEMA} IS '{max(newest, now or '')}'")


def drop(store: Store) -> None:
    """Do without a queue from now on. What waits in the outbox goes on waiting there."""
    if is_there(store):
        with store.transaction():
            store.hold("queue")
            _run(store, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def put_later(store: Store, parcel: int, seconds: float) -> None:
    """Let a job look at it again then."""
    with store.transaction():
        _run(store, _LATER, round(seconds * 1_000_000), parcel)


def put_forgotten(store: Store, kinds: Collection[str]) -> None:
    """Queue what waits and what no job will look at in time: somebody without a handler for it had the job, say."""
    with store.transaction():
        _run(store, _FORGOTTEN, sorted(kinds))


def counts(store: Store) -> dict[str, int]:
    """How many jobs there are, by procrastinate's status of them: todo, or later when they are not due yet, and doing;
    nothing else is kept.
    """
    with store.transaction():
        return dict(_run(store, _COUNTS))


def _version(store: Store) -> str | None:
    """The newest change that the queue has; None where there is no queue."""
    asked = f"SELECT COALESCE(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = '{SCHEMA}'"
    with store.transaction():
        rows = _run(store, asked)
    return rows[0][0] if rows else None


def _run(store: Store, text: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement; of several, which may not have values, nothing but their being done."""
    cursor = store.database.execute_sql(text if values else text.replace("%", "%%"), values)
    return cursor.fetchall() if cursor.description else []
