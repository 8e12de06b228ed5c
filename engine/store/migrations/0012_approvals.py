"""An index of the approvals that wait: few among many tasks."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(
        """CREATE INDEX "task_approvals" ON "task" ("id") WHERE kind = 'approval' AND status IN ('open', 'claimed')"""
    )
