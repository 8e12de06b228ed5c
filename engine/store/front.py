"""The tables of the front door: how people sign in, how they like their pages, what they have seen, the links that
customers follow, and the definitions that their owners are writing.

No behaviour.

A part of `models.py`, which has the law for all tables. Nothing here is part of a case: a copy of the cases without
these rows loses no evidence.
"""

from __future__ import annotations

from peewee import BigAutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from engine.store.fields import InstantField, JsonField
from engine.store.registers import Person, Table


class Credential(Table):
    """A person's password, hashed with its own salt."""

    person = ForeignKeyField(Person, column_name="person", primary_key=True, lazy_load=False)
    hash = TextField()
    changed_at = InstantField()

    class Meta:
        table_name = "credential"


class Session(Table):
    """Somebody who is signed in. `id` is the hash of what the browser holds; `proved_at` is when the person last gave
    their password.
    """

    id = TextField(primary_key=True)
    person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
    began_at = InstantField()
    seen_at = InstantField()
    ends_at = InstantField()
    proved_at = InstantField()
    agent = TextField()

    class Meta:
        table_name = "session"


Session.add_index(Session.person, Session.began_at, name="session_person")


class Attempt(Table):
    """One use of something that is rationed, such as a wrong password; `what` names whose it was."""

    id = BigAutoField()
    what = TextField()
    at = InstantField()

    class Meta:
        table_name = "attempt"


Attempt.add_index(Attempt.what, Attempt.at, name="attempt_what")


class SavedView(Table):
    """A view of the inbox or of the cases that a person keeps; `query` as the page's address has it."""

    id = BigAutoField()
    person = ForeignKeyField(Person, column_name="person", index=False, lazy_load=False)
    page = TextField()
    name = TextField()
    query = TextField()

    class Meta:
        table_name = "saved_view"
        indexes = ((("person", "page", "name"), True),)


class Glance(Table):
    """How much of a case's history a person has seen: up to line `seq`."""

    person = TextField()
    instance = TextField()
    seq = IntegerField()
    at = InstantField()

    class Meta:
        table_name = "glance"
        primary_key = CompositeKey("person", "instance")


class Watch(Table):
    """Somebody wants to hear of a case that is not theirs to work on."""

    person = TextField()
    instance = TextField()
    since = InstantField()

    class Meta:
        table_name = "watch"
        primary_key = CompositeKey("person", "instance")


Watch.add_index(Watch.instance, Watch.person, name="watch_instance")


class Preference(Table):
    """What a person has chosen for their pages, by name."""

    person = TextField(primary_key=True)
    chosen = JsonField()

    class Meta:
        table_name = "preference"


class StatusLink(Table):
    """A customer's private way to their case, until it is revoked."""

    id = TextField(primary_key=True)
    instance = TextField()
    made_at = InstantField()
    revoked_at = InstantField(null=True)
    revoked_by = TextField()

    class Meta:
        table_name = "status_link"


StatusLink.add_index(StatusLink.instance, StatusLink.made_at, name="status_link_instance")


class DefinitionDraft(Table):
    """What an owner is writing: the changed files of a process by their paths, and the version (its digest) that the
    other files are those of.
    """

    person = TextField()
    process = TextField()
    base = TextField()
    files = JsonField()
    saved_at = InstantField()

    class Meta:
        table_name = "definition_draft"
        primary_key = CompositeKey("person", "process")


FRONT_TABLES: tuple[type[Table], ...] = (
    Credential,
    Session,
    Attempt,
    SavedView,
    Glance,
    Watch,
    Preference,
    StatusLink,
    DefinitionDraft,
)
