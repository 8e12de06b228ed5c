"""An index of the tasks that somebody does on behalf of another, by whom they are done for."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(
        'CREATE INDEX "task_delegated" ON "task" ("on_behalf_of", "next_at", "id") '
        "WHERE status IN ('open', 'claimed') AND on_behalf_of <> ''"
    )
