"""What became of a letter that did not arrive, in its parts: which of the two, about what, to whom and why. An incident
from before has its English sentence alone."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    for name, first in (("kind", ""), ("parts", "{}")):
        db.execute_sql(f"ALTER TABLE incident ADD COLUMN \"{name}\" TEXT NOT NULL DEFAULT '{first}'")
