"""Questions to colleagues. A frozen copy of the models as they were then."""

from typing import Any

from peewee import BigIntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Question(Table):
        id = TextField(primary_key=True)
        instance = TextField()
        asked_by = TextField()
        person = TextField()
        text = TextField()
        asked_at = BigIntegerField()
        answered_at = BigIntegerField(null=True)

        class Meta:
            table_name = "question"

    Question.add_index(Question.person, Question.asked_at, name="question_person")
    Question.add_index(Question.instance, Question.person, name="question_instance")

    db.create_tables([Question])
