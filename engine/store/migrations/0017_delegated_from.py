"""Who gets a task later, and from when: what was delegated and is still with whoever delegated it."""

import json
from datetime import datetime
from typing import Any

from peewee import PostgresqlDatabase


def up(migrator: Any, db: Any) -> None:
    instant = "BIGINT" if isinstance(db, PostgresqlDatabase) else "INTEGER"
    db.execute_sql("ALTER TABLE \"task\" ADD COLUMN \"deputy\" TEXT NOT NULL DEFAULT ''")
    db.execute_sql(f'ALTER TABLE "task" ADD COLUMN "begins_at" {instant}')
    db.execute_sql(
        'CREATE INDEX "task_to_delegate" ON "task" ("assignee", "next_at", "id") '
        "WHERE status IN ('open', 'claimed') AND deputy <> ''"
    )
    keep = f"UPDATE task SET deputy = {db.param}, begins_at = {db.param}, returns_at = {db.param} WHERE id = {db.param}"
    asked = f"SELECT id, snapshot FROM instance WHERE ended_at IS NULL AND snapshot LIKE {db.param}"
    for _case, snapshot in db.execute_sql(asked, ('%"delegation"]%',)).fetchall():
        for task in json.loads(snapshot).get("tasks", ()):
            to, since, until, _timer = task[12] if len(task) > 12 else ("", None, None, "")
            if since:
                db.execute_sql(keep, (to, _micros(since), _micros(until), task[0]))


def _micros(at: str | None) -> int | None:
    return round(datetime.fromisoformat(at).timestamp() * 1_000_000) if at else None
