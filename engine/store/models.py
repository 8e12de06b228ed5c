"""The tables, as Peewee knows them: columns and indexes, no behaviour, bound to no database.

The truth of a case is `instance.snapshot`; `task`, `candidate`, `exclusion`, `timer`, `wait` and `incident`
are projections of it, made to be found quickly; `history` is what happened and is only ever added to. A
change here needs a migration beside it: a test compares the two.

Conditions in indexes are literal SQL: no database uses a partial index for a bound parameter.
"""

from __future__ import annotations

from peewee import (
    SQL,
    BigAutoField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from engine.store.fields import DueField, InstantField, JsonField
from engine.store.front import FRONT_TABLES
from engine.store.registers import REGISTERS, Table
from engine.store.versions import VERSIONS, Bundle

EXTERNAL = SQL("external_id <> ''")
PROMISED = SQL("next_due_at IS NOT NULL")
GOING = SQL("ended_at IS NULL")
ENDED = SQL("ended_at IS NOT NULL")
RUNS = SQL("status = 'running'")
MISSED = SQL("missed_at IS NOT NULL AND ended_at IS NULL")
DONE = SQL("completed_by <> ''")
MINE = SQL("status IN ('open', 'claimed') AND assignee <> ''")
DELEGATED = SQL("status IN ('open', 'claimed') AND on_behalf_of <> ''")
TO_DELEGATE = SQL("status IN ('open', 'claimed') AND deputy <> ''")
APPROVALS = SQL("kind = 'approval' AND status IN ('open', 'claimed')")


class Instance(Table):
    id = TextField(primary_key=True)
    process = TextField()
    digest = ForeignKeyField(Bundle, column_name="digest", index=False, lazy_load=False)
    reference = TextField(unique=True)
    status = TextField()
    revision = IntegerField()
    seq = IntegerField()
    states = TextField()  # for people and filters: `a, b`
    starter = TextField()
    received_at = InstantField()
    started_at = InstantField()
    updated_at = InstantField()
    ended_at = InstantField(null=True)
    outcome = TextField()
    priority = TextField()  # nothing, high, urgent
    external_id = TextField()
    subject = TextField()
    customer_name = TextField()
    customer_email = TextField()
    next_due_at = InstantField(null=True)
    snapshot = TextField()
    severity = TextField(constraints=[SQL("DEFAULT ''")])  # as its process says it
    tags = TextField(constraints=[SQL("DEFAULT ''")])  # for people and filters: `a b`

    class Meta:
        table_name = "instance"


Instance.add_index(Instance.received_at, Instance.id, name="instance_received")
Instance.add_index(Instance.process, Instance.received_at, Instance.id, name="instance_process_received")
Instance.add_index(Instance.starter, Instance.received_at, Instance.id, name="instance_starter_received")
Instance.add_index(Instance.next_due_at, Instance.id, name="instance_due", where=PROMISED)
Instance.add_index(Instance.process, Instance.external_id, unique=True, name="instance_external", where=EXTERNAL)
Instance.add_index(Instance.process, Instance.status, Instance.states, name="instance_going", where=GOING)
Instance.add_index(Instance.process, Instance.status, Instance.states, name="instance_ended", where=ENDED)


class Task(Table):
    id = TextField(primary_key=True)
    instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
    process = TextField()
    state = TextField()
    title = TextField()
    status = TextField()  # open, claimed, completed, withdrawn
    assignee = TextField()
    on_behalf_of = TextField()
    due_at = DueField()
    next_at = DueField()  # what it is sorted by: its own due time, or the case's next deadline when that is sooner
    opened_at = InstantField()
    closed_at = InstantField(null=True)
    completed_by = TextField()
    outcome = TextField()
    excluded = JsonField()
    roles = JsonField()  # its candidates, also while somebody has it: what a deputy may do of it
    kind = TextField(constraints=[SQL("DEFAULT 'task'")])  # task, approval
    titles = JsonField(constraints=[SQL("DEFAULT '{}'")])  # its title in the process's other languages
    returns_at = InstantField(null=True)  # when it comes back to whoever delegated it
    deputy = TextField(constraints=[SQL("DEFAULT ''")])  # who gets it from its assignee, as their delegation is to come
    begins_at = InstantField(null=True)  # when they get it

    class Meta:
        table_name = "task"


Task.add_index(Task.instance, Task.opened_at, name="task_instance")
Task.add_index(Task.assignee, Task.next_at, Task.id, name="task_mine", where=MINE)
Task.add_index(Task.on_behalf_of, Task.next_at, Task.id, name="task_delegated", where=DELEGATED)
Task.add_index(Task.assignee, Task.next_at, Task.id, name="task_to_delegate", where=TO_DELEGATE)
Task.add_index(Task.completed_by, Task.instance, name="task_done", where=DONE)
Task.add_index(Task.id, name="task_approvals", where=APPROVALS)


class Candidate(Table):
    """A role that may take a task; here only while the task waits and nobody has it."""

    task = ForeignKeyField(Task, column_name="task", index=False, lazy_load=False)
    role = TextField()
    process = TextField()
    due_at = DueField()

    class Meta:
        table_name = "candidate"
        primary_key = CompositeKey("task", "role")


Candidate.add_index(Candidate.role, Candidate.due_at, Candidate.task, name="candidate_role")
Candidate.add_index(Candidate.role, Candidate.process, Candidate.due_at, Candidate.task, name="candidate_role_process")


class Exclusion(Table):
    """A person who may not take a task, whatever their roles; here as long as the candidates are."""

    task = ForeignKeyField(Task, column_name="task", index=False, lazy_load=False)
    person = TextField()

    class Meta:
        table_name = "exclusion"
        primary_key = CompositeKey("task", "person")


class Timer(Table):
    """What may fire: a suspended or ended case has none."""

    id = TextField(primary_key=True)
    instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
    process = TextField()
    state = TextField()
    number = IntegerField(column_name="index")
    due_at = InstantField()

    class Meta:
        table_name = "timer"


Timer.add_index(Timer.due_at, Timer.id, name="timer_due")


class Clock(Table):
    """A promised time of a case, one row a run; a running one has the moment at which it is due."""

    instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
    name = TextField()
    run = IntegerField()
    process = TextField()
    status = TextField()  # running, paused, stopped, cancelled
    target = TextField()
    started_at = InstantField()
    due_at = InstantField(null=True)
    missed_at = InstantField(null=True)
    ended_at = InstantField(null=True)

    class Meta:
        table_name = "clock"
        primary_key = CompositeKey("instance", "name", "run")


Clock.add_index(Clock.due_at, Clock.instance, name="clock_due", where=RUNS)
Clock.add_index(Clock.missed_at, Clock.instance, name="clock_missed", where=MISSED)


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
    at = InstantField()
    recorded_at = InstantField()
    actor = TextField()
    on_behalf_of = TextField()
    via = TextField()
    roles = TextField()
    body = TextField()
    prev_hash = TextField()
    hash = TextField()
    case_hash = TextField(constraints=[SQL("DEFAULT ''")])  # of the last line of a step: see `binding`

    class Meta:
        table_name = "history"
        primary_key = CompositeKey("instance", "seq")


class Outbox(Table):
    """What goes out of a case. Before `available_at` it is not to go out: as the step has said it, or until when it was
    put off since. `next_at` moves with every try.
    """

    id = BigAutoField()
    instance = ForeignKeyField(Instance, column_name="instance", index=False, lazy_load=False)
    seq = IntegerField()
    kind = TextField()
    key = TextField()  # unique in the case
    recipient = TextField()  # an address outside, in small letters, or person:x, or role:x
    body = TextField()
    status = TextField()  # pending, sent, dead, withdrawn
    attempts = IntegerField()
    available_at = InstantField()
    next_at = InstantField()  # the next try: after a failure, or when whoever has it in hand has died over it
    worker = TextField()  # who has it in hand
    created_at = InstantField()
    sent_at = InstantField(null=True)
    receipt = TextField()  # by what the other side knows it
    last_error = TextField()

    class Meta:
        table_name = "outbox"
        indexes = ((("instance", "key"), True),)


Outbox.add_index(Outbox.next_at, Outbox.id, name="outbox_pending", where=SQL("status = 'pending'"))
Outbox.add_index(Outbox.recipient, Outbox.id, name="outbox_recipient")


class Incident(Table):
    id = TextField(primary_key=True)
    instance = ForeignKeyField(Instance, column_name="instance", lazy_load=False)
    process = TextField()
    at = InstantField()
    message = TextField()
    place = TextField()
    state = TextField()
    status = TextField()  # open, resolved, dismissed
    resolved_at = InstantField(null=True)
    resolved_by = TextField()
    reason = TextField()
    kind = TextField(constraints=[SQL("DEFAULT ''")])  # of `engine.reasons`; empty where the message is all there is
    parts = JsonField(constraints=[SQL("DEFAULT '{}'")])

    class Meta:
        table_name = "incident"


Incident.add_index(Incident.at, Incident.id, name="incident_open", where=SQL("status = 'open'"))


TABLES: tuple[type[Table], ...] = (  # what is referred to before what refers to it
    *VERSIONS,
    Instance,
    Task,
    Candidate,
    Exclusion,
    Timer,
    Clock,
    Wait,
    History,
    Outbox,
    Incident,
    *REGISTERS,
    *FRONT_TABLES,
)
