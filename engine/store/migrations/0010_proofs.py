"""The scenarios of a version, and who agreed to it. A version from before has none that we know of.

A frozen copy of the models as they were then.
"""

from typing import Any

from peewee import Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Proof(Model):
        digest = TextField(primary_key=True)
        content = TextField()
        verdict = TextField()

        class Meta:
            database = db
            table_name = "proof"

    db.create_tables([Proof])
    for name, first in (("proof", ""), ("reference", ""), ("agreed_by", "[]")):
        db.execute_sql(f"ALTER TABLE deployment ADD COLUMN \"{name}\" TEXT NOT NULL DEFAULT '{first}'")
