"""An index of the cases that have a deadline, the next first."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql('CREATE INDEX "instance_due" ON "instance" ("next_due_at", "id") WHERE next_due_at IS NOT NULL')
