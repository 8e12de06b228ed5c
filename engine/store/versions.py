"""The tables of the versions of processes: what they are made of, what proves them, and since when each is in force.

A part of `models.py`, which has the law for both.
"""

from __future__ import annotations

from peewee import SQL, CompositeKey, ForeignKeyField, IntegerField, TextField

from engine.store.fields import InstantField, JsonField
from engine.store.registers import Table


class Bundle(Table):
    digest = TextField(primary_key=True)
    content = TextField()

    class Meta:
        table_name = "bundle"


class Proof(Table):
    digest = TextField(primary_key=True)
    content = TextField()
    verdict = TextField()  # empty: nobody has run it

    class Meta:
        table_name = "proof"


class Deployment(Table):
    process = TextField()
    version = IntegerField()
    digest = ForeignKeyField(Bundle, column_name="digest", index=True, lazy_load=False)
    title = JsonField()
    deployed_at = InstantField()
    deployed_by = TextField()
    note = TextField()
    effective_from = InstantField()
    proof = TextField(constraints=[SQL("DEFAULT ''")])  # empty: it has no scenarios
    reference = TextField(constraints=[SQL("DEFAULT ''")])  # the case that agreed to it
    agreed_by = JsonField(constraints=[SQL("DEFAULT '[]'")])

    class Meta:
        table_name = "deployment"
        primary_key = CompositeKey("process", "version")


VERSIONS = (Bundle, Proof, Deployment)
