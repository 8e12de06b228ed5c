"""The tables of the front door. A frozen copy of the models as they were then: it does not follow them."""

from typing import Any

from peewee import BigAutoField, BigIntegerField, CompositeKey, ForeignKeyField, IntegerField, Model, PostgresqlDatabase, TextField


def up(migrator: Any, db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Table):
        id = TextField(primary_key=True)

        class Meta:
            table_name = "person"

    class Credential(Table):
        person = ForeignKeyField(Person, column_name="person", primary_key=True, lazy_load=False)
        hash = TextField()
        changed_at = BigIntegerField()

        class Meta:
            table_name = "credential"

    class Session(Table):
        id = TextField(primary_key=True)
        person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
        began_at = BigIntegerField()
        seen_at = BigIntegerField()
        ends_at = BigIntegerField()
        proved_at = BigIntegerField()
        agent = TextField()

        class Meta:
            table_name = "session"

    Session.add_index(Session.person, Session.began_at, name="session_person")

    class Attempt(Table):
        id = BigAutoField()
        what = TextField()
        at = BigIntegerField()

        class Meta:
            table_name = "attempt"

    Attempt.add_index(Attempt.what, Attempt.at, name="attempt_what")

    class SavedView(Table):
        id = BigAutoField()
        person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
        page = TextField()
        name = TextField()
        query = TextField()

        class Meta:
            table_name = "saved_view"
            indexes = ((("person", "page", "name"), True),)

    class Glance(Table):
        person = TextField()
        instance = TextField()
        seq = IntegerField()
        at = BigIntegerField()

        class Meta:
            table_name = "glance"
            primary_key = CompositeKey("person", "instance")

    class Watch(Table):
        person = TextField()
        instance = TextField()
        since = BigIntegerField()

        class Meta:
            table_name = "watch"
            primary_key = CompositeKey("person", "instance")

    Watch.add_index(Watch.instance, Watch.person, name="watch_instance")

    class Preference(Table):
        person = TextField(primary_key=True)
        chosen = TextField()

        class Meta:
            table_name = "preference"

    class StatusLink(Table):
        id = TextField(primary_key=True)
        instance = TextField()
        made_at = BigIntegerField()
        revoked_at = BigIntegerField(null=True)
        revoked_by = TextField()

        class Meta:
            table_name = "status_link"

    StatusLink.add_index(StatusLink.instance, StatusLink.made_at, name="status_link_instance")

    # An approval is known by the line that opened it.
    db.execute_sql("ALTER TABLE task ADD COLUMN \"kind\" TEXT NOT NULL DEFAULT 'task'")
    opened = "json_extract(body, '$.task')" if not isinstance(db, PostgresqlDatabase) else "body::json ->> 'task'"
    db.execute_sql(
        f"UPDATE task SET kind = 'approval' WHERE id IN (SELECT {opened} FROM history WHERE type = 'approval-opened')"
    )
    db.create_tables([Credential, Session, Attempt, SavedView, Glance, Watch, Preference, StatusLink])
