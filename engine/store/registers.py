"""The tables that stand beside the cases: keys of requests, counters, drafts, file contents, people and who stands in
for them, settings, workers, mail that came in.

No behaviour.

A part of `models.py`, which has the law for both.
"""

from __future__ import annotations

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BlobField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from engine.store.fields import InstantField, JsonField


class Table(Model):
    class Meta:
        legacy_table_names = False


class Idempotency(Table):
    key = TextField(primary_key=True)
    command = TextField()
    fingerprint = TextField()
    instance = TextField()
    result = TextField()
    at = InstantField()

    class Meta:
        table_name = "idempotency"


class Counter(Table):
    prefix = TextField()
    year = IntegerField()
    last = IntegerField()

    class Meta:
        table_name = "counter"
        primary_key = CompositeKey("prefix", "year")


class Draft(Table):
    task = TextField()
    person = TextField()
    values = JsonField()
    outcome = TextField()
    saved_at = InstantField()

    class Meta:
        table_name = "draft"
        primary_key = CompositeKey("task", "person")


Draft.add_index(Draft.person, Draft.saved_at, name="draft_person")


class Blob(Table):
    sha256 = TextField(primary_key=True)
    size = BigIntegerField()
    content = BlobField()
    stored_at = InstantField()

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
    """Somebody is away, and somebody else stands in for them: for one role, or for all when it is empty."""

    id = IntegerField(primary_key=True)
    person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
    deputy = ForeignKeyField(Person, column_name="deputy", index=False, lazy_load=False)
    role = TextField()
    away_from = InstantField()
    away_until = InstantField()  # the last moment of it
    recorded_by = TextField()
    recorded_at = InstantField()
    ended_at = InstantField(null=True)
    ended_by = TextField()

    class Meta:
        table_name = "absence"


Absence.add_index(Absence.deputy, Absence.away_until, name="absence_deputy")
Absence.add_index(Absence.person, Absence.away_until, name="absence_person")


class Question(Table):
    """What somebody asked a colleague about a case; a projection of its snapshot, like its tasks."""

    id = TextField(primary_key=True)
    instance = TextField()
    asked_by = TextField()
    person = TextField()
    text = TextField()
    asked_at = InstantField()
    answered_at = InstantField(null=True)

    class Meta:
        table_name = "question"


Question.add_index(Question.person, Question.asked_at, name="question_person")
Question.add_index(Question.instance, Question.person, name="question_instance")


class Search(Table):
    """The words by which a case is found. Each kind of database has its own index over them, made by a migration."""

    id = BigAutoField()
    instance = TextField(unique=True)
    words = TextField()

    class Meta:
        table_name = "search"


class Setting(Table):
    key = TextField(primary_key=True)
    value = JsonField()

    class Meta:
        table_name = "setting"


class Worker(Table):
    """Somebody who does what is due, as long as they are heard of."""

    id = TextField(primary_key=True)
    began_at = InstantField()
    seen_at = InstantField()

    class Meta:
        table_name = "worker"


class Mail(Table):
    """A mail that came in, whatever became of it; the mail itself is a file, unless it was too large to be kept."""

    id = BigAutoField()
    mark = TextField(unique=True)  # the same for the same message, whichever way it came
    message_id = TextField()
    sender = TextField()  # in small letters
    name = TextField()
    subject = TextField()
    excerpt = TextField()
    at = InstantField()
    door = TextField()  # imap, cli, webhook
    size = BigIntegerField()
    sha256 = TextField()
    status = TextField()  # parked, joined, began, returned, discarded
    reason = TextField()  # why it was parked, also when it has been settled since
    detail = TextField()
    instance = TextField()  # the case it came to; of one that is parked, the one it seems to be about
    settled_at = InstantField(null=True)
    settled_by = TextField()
    note = TextField()

    class Meta:
        table_name = "mail"


Mail.add_index(Mail.at, Mail.id, name="mail_parked", where=SQL("status = 'parked'"))
Mail.add_index(Mail.sender, Mail.at, name="mail_sender")
Mail.add_index(Mail.instance, Mail.id, name="mail_instance")


REGISTERS: tuple[type[Table], ...] = (
    Idempotency,
    Counter,
    Draft,
    Blob,
    Person,
    Membership,
    Absence,
    Question,
    Search,
    Setting,
    Worker,
    Mail,
)
