"""What owners are writing. A frozen copy of the models as they were then: it does not follow them."""

from typing import Any

from peewee import BigIntegerField, CompositeKey, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class DefinitionDraft(Model):
        person = TextField()
        process = TextField()
        base = TextField()
        files = TextField()
        saved_at = BigIntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "definition_draft"
            primary_key = CompositeKey("person", "process")

    db.create_tables([DefinitionDraft])
