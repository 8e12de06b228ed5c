"""The tables that stand beside the cases: keys of requests, counters, file contents, people, settings.

No behaviour.

A part of `models.py`, which has the law for both.
"""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CompositeKey, ForeignKeyField, IntegerField, Model, TextField

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


class Setting(Table):
    key = TextField(primary_key=True)
    value = JsonField()

    class Meta:
        table_name = "setting"
