"""The last line of each step binds the case as the step has left it. A line from before binds nothing, and says so."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("""ALTER TABLE "history" ADD COLUMN "case_hash" TEXT NOT NULL DEFAULT ''""")
