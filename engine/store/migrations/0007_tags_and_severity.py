"""Tags and severity of a case. A case that began before has its severity with its next step."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    for name in ("severity", "tags"):
        db.execute_sql(f"ALTER TABLE instance ADD COLUMN \"{name}\" TEXT NOT NULL DEFAULT ''")
