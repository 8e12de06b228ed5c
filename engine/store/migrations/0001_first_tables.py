"""The first tables. A frozen copy of the models as they were then: it does not follow them."""

from typing import Any

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BlobField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)


def up(migrator: Any, db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Bundle(Table):
        digest = TextField(primary_key=True)
        content = TextField()

        class Meta:
            table_name = "bundle"

    class Deployment(Table):
        process = TextField()
        version = IntegerField()
        digest = ForeignKeyField(Bundle, column_name="digest", index=True, lazy_load=False)
        title = TextField()
        deployed_at = BigIntegerField()
        deployed_by = TextField()
        note = TextField()
        effective_from = BigIntegerField()

        class Meta:
            table_name = "deployment"
            primary_key = CompositeKey("process", "version")

    class Instance(Table):
        id = TextField(primary_key=True)
        process = TextField()
        digest = ForeignKeyField(Bundle, column_name="digest", index=False, lazy_load=False)
        reference = TextField(unique=True)
        status = TextField()
        revision = IntegerField()
        seq = IntegerField()
        states = TextField()
        starter = TextField()
        received_at = BigIntegerField()
        started_at = BigIntegerField()
        updated_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        outcome = TextField()
        priority = TextField()
        external_id = TextField()
        subject = TextField()
        customer_name = TextField()
        customer_email = TextField()
        next_due_at = BigIntegerField(null=True)
        snapshot = TextField()

        class Meta:
            table_name = "instance"

    Instance.add_index(Instance.received_at, Instance.id, name="instance_received")
    Instance.add_index(Instance.process, Instance.received_at, Instance.id, name="instance_process_received")
    Instance.add_index(Instance.starter, Instance.received_at, Instance.id, name="instance_starter_received")
    Instance.add_index(
        Instance.process, Instance.external_id, unique=True, name="instance_external", where=SQL("external_id <> ''")
    )
    Instance.add_index(
        Instance.process, Instance.status, Instance.states, name="instance_going", where=SQL("ended_at IS NULL")
    )
    Instance.add_index(
        Instance.process, Instance.status, Instance.states, name="instance_ended", where=SQL("ended_at IS NOT NULL")
    )

    class Task(Table):
        id = TextField(primary_key=True)
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        process = TextField()
        state = TextField()
        title = TextField()
        status = TextField()
        assignee = TextField()
        on_behalf_of = TextField()
        due_at = BigIntegerField()
        next_at = BigIntegerField()
        opened_at = BigIntegerField()
        closed_at = BigIntegerField(null=True)
        completed_by = TextField()
        outcome = TextField()
        excluded = TextField()
        roles = TextField()

        class Meta:
            table_name = "task"

    Task.add_index(Task.instance, Task.opened_at, name="task_instance")
    Task.add_index(Task.assignee, Task.next_at, Task.id, name="task_mine", where=SQL("status IN ('open', 'claimed') AND assignee <> ''"))

    class Candidate(Table):
        task = ForeignKeyField(Task, column_name="task", index=False, lazy_load=False)
        role = TextField()
        process = TextField()
        due_at = BigIntegerField()

        class Meta:
            table_name = "candidate"
            primary_key = CompositeKey("task", "role")

    Candidate.add_index(Candidate.role, Candidate.due_at, Candidate.task, name="candidate_role")
    Candidate.add_index(Candidate.role, Candidate.process, Candidate.due_at, Candidate.task, name="candidate_role_process")

    class Exclusion(Table):
        task = ForeignKeyField(Task, column_name="task", index=False, lazy_load=False)
        person = TextField()

        class Meta:
            table_name = "exclusion"
            primary_key = CompositeKey("task", "person")

    class Timer(Table):
        id = TextField(primary_key=True)
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        process = TextField()
        state = TextField()
        number = IntegerField(column_name="index")
        due_at = BigIntegerField()

        class Meta:
            table_name = "timer"

    Timer.add_index(Timer.due_at, Timer.id, name="timer_due")

    class Clock(Table):
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        name = TextField()
        run = IntegerField()
        process = TextField()
        status = TextField()
        target = TextField()
        started_at = BigIntegerField()
        due_at = BigIntegerField(null=True)
        missed_at = BigIntegerField(null=True)
        ended_at = BigIntegerField(null=True)

        class Meta:
            table_name = "clock"
            primary_key = CompositeKey("instance", "name", "run")

    Clock.add_index(Clock.due_at, Clock.instance, name="clock_due", where=SQL("status = 'running'"))
    Clock.add_index(
        Clock.missed_at,
        Clock.instance,
        name="clock_missed",
        where=SQL("missed_at IS NOT NULL AND ended_at IS NULL"),
    )

    class Wait(Table):
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        token = TextField()
        message = TextField()
        state = TextField()
        process = TextField()

        class Meta:
            table_name = "wait"
            primary_key = CompositeKey("instance", "token", "message")

    Wait.add_index(Wait.message, Wait.instance, name="wait_message")

    class History(Table):
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        seq = IntegerField()
        type = TextField()
        at = BigIntegerField()
        recorded_at = BigIntegerField()
        actor = TextField()
        on_behalf_of = TextField()
        via = TextField()
        roles = TextField()
        body = TextField()
        prev_hash = TextField()
        hash = TextField()

        class Meta:
            table_name = "history"
            primary_key = CompositeKey("instance", "seq")

    class Outbox(Table):
        id = BigAutoField()
        instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
        seq = IntegerField()
        kind = TextField()
        key = TextField()
        body = TextField()
        status = TextField()
        attempts = IntegerField()
        available_at = BigIntegerField()
        created_at = BigIntegerField()
        sent_at = BigIntegerField(null=True)
        last_error = TextField()

        class Meta:
            table_name = "outbox"
            indexes = ((("instance", "key"), True),)

    Outbox.add_index(Outbox.available_at, Outbox.id, name="outbox_pending", where=SQL("status = 'pending'"))

    class Draft(Table):
        task = TextField()
        person = TextField()
        values = TextField()
        outcome = TextField()
        saved_at = BigIntegerField()

        class Meta:
            table_name = "draft"
            primary_key = CompositeKey("task", "person")

    Draft.add_index(Draft.person, Draft.saved_at, name="draft_person")

    class Incident(Table):
        id = TextField(primary_key=True)
        instance = ForeignKeyField(Instance, column_name="instance", lazy_load=False)
        process = TextField()
        at = BigIntegerField()
        message = TextField()
        place = TextField()
        state = TextField()
        status = TextField()
        resolved_at = BigIntegerField(null=True)
        resolved_by = TextField()
        reason = TextField()

        class Meta:
            table_name = "incident"

    Incident.add_index(Incident.at, Incident.id, name="incident_open", where=SQL("status = 'open'"))

    class Idempotency(Table):
        key = TextField(primary_key=True)
        command = TextField()
        fingerprint = TextField()
        instance = TextField()
        result = TextField()
        at = BigIntegerField()

        class Meta:
            table_name = "idempotency"

    class Counter(Table):
        prefix = TextField()
        year = IntegerField()
        last = IntegerField()

        class Meta:
            table_name = "counter"
            primary_key = CompositeKey("prefix", "year")

    class Blob(Table):
        sha256 = TextField(primary_key=True)
        size = BigIntegerField()
        content = BlobField()
        stored_at = BigIntegerField()

        class Meta:
            table_name = "blob"

    class Person(Table):
        id = TextField(primary_key=True)
        name = TextField()
        email = TextField()
        language = TextField()
        zone = TextField()
        active = IntegerField()

        class Meta:
            table_name = "person"

    class Membership(Table):
        person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
        role = TextField()

        class Meta:
            table_name = "membership"
            primary_key = CompositeKey("person", "role")

    Membership.add_index(Membership.role, Membership.person, name="membership_role")

    class Absence(Table):
        id = IntegerField(primary_key=True)
        person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
        deputy = ForeignKeyField(Person, column_name="deputy", index=False, lazy_load=False)
        role = TextField()
        away_from = BigIntegerField()
        away_until = BigIntegerField()
        recorded_by = TextField()
        recorded_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        ended_by = TextField()

        class Meta:
            table_name = "absence"

    Absence.add_index(Absence.deputy, Absence.away_until, name="absence_deputy")
    Absence.add_index(Absence.person, Absence.away_until, name="absence_person")

    class Setting(Table):
        key = TextField(primary_key=True)
        value = TextField()

        class Meta:
            table_name = "setting"

    db.create_tables([
        Bundle, Deployment, Instance, Task, Candidate, Exclusion, Timer, Clock, Wait, History, Outbox, Draft, Incident, Idempotency, Counter, Blob, Person, Membership, Absence, Setting,
    ])  # fmt: skip
    keep_history(db)


def keep_history(db: Any) -> None:
    """The history is only ever added to: the database itself refuses to change or delete a line."""
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            "CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$"
        )
        db.execute_sql(
            "CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        db.execute_sql(
            f"CREATE TRIGGER history_no_{change.lower()} BEFORE {change} ON history "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
