"""The outbox as the workers need it, and the workers. A frozen copy of the models as they were then."""

from typing import Any

from peewee import SQL, BigAutoField, BigIntegerField, ForeignKeyField, IntegerField, Model, TextField

KEPT = "id, instance, seq, kind, key, body, status, attempts, available_at, created_at, sent_at, last_error"


def up(migrator: Any, db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Instance(Table):
        id = TextField(primary_key=True)

        class Meta:
            table_name = "instance"

    class Outbox(Table):
        id = BigAutoField()
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        seq = IntegerField()
        kind = TextField()
        key = TextField()
        recipient = TextField()
        body = TextField()
        status = TextField()
        attempts = IntegerField()
        available_at = BigIntegerField()
        next_at = BigIntegerField()
        worker = TextField()
        created_at = BigIntegerField()
        sent_at = BigIntegerField(null=True)
        receipt = TextField()
        last_error = TextField()

        class Meta:
            table_name = "outbox"
            indexes = ((("instance", "key"), True),)

    Outbox.add_index(Outbox.next_at, Outbox.id, name="outbox_pending", where=SQL("status = 'pending'"))
    Outbox.add_index(Outbox.recipient, Outbox.id, name="outbox_recipient")

    class Worker(Table):
        id = TextField(primary_key=True)
        began_at = BigIntegerField()
        seen_at = BigIntegerField()

        class Meta:
            table_name = "worker"

    # Made anew and not altered: columns of an altered table stand in another order, with defaults nobody wants.
    db.execute_sql("DROP INDEX outbox_pending")
    db.execute_sql("DROP INDEX outbox_instance_key")
    db.execute_sql("ALTER TABLE outbox RENAME TO outbox_before")
    if not _is_sqlite(db):  # what belongs to a table keeps its name on PostgreSQL when the table gets another
        db.execute_sql("ALTER TABLE outbox_before RENAME CONSTRAINT outbox_pkey TO outbox_before_pkey")
        db.execute_sql("ALTER SEQUENCE outbox_id_seq RENAME TO outbox_before_id_seq")
    db.create_tables([Outbox, Worker])
    db.execute_sql(
        f"INSERT INTO outbox ({KEPT}, recipient, next_at, worker, receipt) "
        f"SELECT {KEPT}, '', available_at, '', '' FROM outbox_before"
    )
    db.execute_sql("DROP TABLE outbox_before")
    if not _is_sqlite(db):  # PostgreSQL counts on where its own counting ended, not where a copy did
        db.execute_sql(
            "SELECT setval(pg_get_serial_sequence('outbox', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM outbox), false)"
        )


def _is_sqlite(db: Any) -> bool:
    return hasattr(db, "pragma")
