"""The words by which a case is found tell apart who the customer is, and hold what was filled in. And an index of who
has done which tasks.

Words are worked out by what the program knows now: they can be made again at any time, and whoever changes what a word
is brings a migration that does so.
"""

import json
from typing import Any

from engine.store.search import words_of

PAGE = 500


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(
        """CREATE INDEX "task_done" ON "task" ("completed_by", "instance") WHERE completed_by <> ''"""
    )
    asked = f"SELECT id, reference, external_id, subject, severity, tags, snapshot FROM instance WHERE id > {db.param}"
    keep = f"UPDATE search SET words = {db.param} WHERE instance = {db.param}"
    last = ""
    while page := db.execute_sql(f"{asked} ORDER BY id LIMIT {PAGE}", (last,)).fetchall():
        for id, reference, external_id, subject, severity, tags, snapshot in page:
            known = json.loads(snapshot)
            customer, data = known.get("customer", {}), known.get("data", {})
            titles = [title for task in known.get("tasks", ()) for title in (task[3], *_others(task))]
            found = words_of((reference, external_id), subject, customer, data, severity, tags.split(), titles)
            db.execute_sql(keep, (found, id))
        last = page[-1][0]


def _others(task: list[Any]) -> list[str]:
    """A task's titles in the process's other languages, as its snapshot keeps them."""
    return list(task[11].values()) if len(task) > 11 else []
