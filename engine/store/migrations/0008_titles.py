"""What a task is called in the other languages of its process. A task that was opened before has one title."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE task ADD COLUMN \"titles\" TEXT NOT NULL DEFAULT '{}'")
