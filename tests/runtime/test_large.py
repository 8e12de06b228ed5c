"""Much of everything: three hundred states, ten thousand tasks."""

from __future__ import annotations

from datetime import timedelta

from engine.core.commands import Complete, Trigger
from engine.runtime import Engine, VirtualClock
from engine.store import queries
from tests.databases import throwaway
from tests.invariants import assert_whole, sql
from tests.pace import at_most
from tests.runtime.worlds import ANN, CARLA, INTAKE, NOON, engine_on, single

STATES = 300
TASKS = 10_000


def test_a_process_of_three_hundred_states_is_gone_through_from_end_to_end() -> None:
    states = "".join(
        f"  s{n}:\n    task: {{candidates: [agent]}}\n    on: {{next: s{n + 1}, back: s{max(0, n - 1)}}}\n"
        f"    after: {{5d: s{n + 1}}}\n"
        for n in range(STATES)
    )
    anywhere = f"on:\n  stop: {{by: [agent], go: s{STATES}}}\n"
    body = f"start: {{by: [agent], go: s0}}\nstates:\n{states}  s{STATES}: {{final: done}}\n{anywhere}"
    with at_most(5):
        engine = engine_on(throwaway(), single(body), clock=VirtualClock(NOON), process="small")
        case = engine.start("small", ANN, {}).instance
    for _ in range(STATES):
        (task,) = engine.instance(case).tasks
        engine.do(case, Complete(at=NOON, actor=ANN, task=task, outcome="next"))
    assert engine.instance(case).outcome == "done"
    other = engine.start("small", ANN, {}).instance
    engine.do(other, Trigger(at=NOON, actor=ANN, name="stop"))
    assert engine.instance(other).outcome == "done"
    assert_whole(engine.store)


def test_an_inbox_of_ten_thousand_tasks_is_paged_without_gaps_or_repeats(engine: Engine) -> None:
    first = engine.start("parcel", CARLA, INTAKE).instance
    _copies(engine, first, TASKS - 1)
    seen: list[str] = []
    after, pages = None, 0
    while True:
        page = queries.inbox(engine.store, "ann", ANN.roles, limit=177, after=after)
        seen += [row.task for row in page.rows]
        pages += 1
        if page.next is None:
            break
        after = page.next
    assert len(seen) == len(set(seen)) == TASKS
    assert pages == -(-TASKS // 177)
    dues = [due for (due,) in sql(engine.store, "SELECT due_at FROM task ORDER BY due_at, id")]
    in_order = [row for (row,) in sql(engine.store, "SELECT id FROM task ORDER BY due_at, id")]
    assert seen == in_order and dues == sorted(dues)


def test_an_inbox_that_changes_while_it_is_paged_repeats_nothing_and_leaves_nobody_out(
    engine: Engine,
) -> None:
    first = engine.start("parcel", CARLA, INTAKE).instance
    _copies(engine, first, 499)
    seen: list[str] = []
    after = None
    while True:
        page = queries.inbox(engine.store, "ann", ANN.roles, limit=50, after=after)
        seen += [row.task for row in page.rows]
        # Somebody takes the first of the page away, and a new case arrives that is due last.
        sql(engine.store, "DELETE FROM candidate WHERE task = ? RETURNING task", page.rows[0].task)
        if page.next is None:
            break
        after = page.next
    assert len(seen) == len(set(seen)) == 500


def _copies(engine: Engine, case: str, number: int) -> None:
    """As many cases more as the first, written as rows, a few with the same due date: what is tested is the
    reading.
    """
    database = engine.store.database
    hour = timedelta(hours=1) // timedelta(microseconds=1)
    with engine.store.transaction():
        for table in ("instance", "task", "candidate"):
            columns = [column.name for column in database.get_columns(table)]
            (row,) = database.execute_sql(f"SELECT * FROM {table} LIMIT 1").fetchall()
            marks = ", ".join([database.param] * len(columns))
            copies = [_copy(dict(zip(columns, row, strict=True)), case, n, hour) for n in range(1, number + 1)]
            cursor = database.connection().cursor()
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", [tuple(copy.values()) for copy in copies])


def _copy(row: dict[str, object], case: str, number: int, hour: int) -> dict[str, object]:
    new = {
        key: value.replace(case, f"{case}-{number:05d}") if isinstance(value, str) else value
        for key, value in row.items()
    }
    if "reference" in new:
        new["reference"] = f"PCL-2026-{number + 1:05d}"
    for key in ("due_at", "next_at"):
        if isinstance(new.get(key), int):
            new[key] = int(str(new[key])) + (number * 7919 % 1000) * hour
    return new
