"""Mail that comes in. A frozen copy of the model as it was then."""

from typing import Any

from peewee import SQL, BigAutoField, BigIntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Mail(Model):
        id = BigAutoField()
        mark = TextField(unique=True)
        message_id = TextField()
        sender = TextField()
        name = TextField()
        subject = TextField()
        excerpt = TextField()
        at = BigIntegerField()
        door = TextField()
        size = BigIntegerField()
        sha256 = TextField()
        status = TextField()
        reason = TextField()
        detail = TextField()
        instance = TextField()
        settled_at = BigIntegerField(null=True)
        settled_by = TextField()
        note = TextField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "mail"

    Mail.add_index(Mail.at, Mail.id, name="mail_parked", where=SQL("status = 'parked'"))
    Mail.add_index(Mail.sender, Mail.at, name="mail_sender")
    Mail.add_index(Mail.instance, Mail.id, name="mail_instance")
    db.create_tables([Mail])
