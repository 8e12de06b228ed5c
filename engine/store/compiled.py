"""A Peewee query compiled to SQL once and executed with new parameters ever after: building SQL costs thirty
times as much as running it.

Owns the placeholder and the plan by which given values find their positions. Knows no table and opens no
connection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from peewee import SQL, Database, Field, Model, Node


class Parameter(Node):
    """A place in a query that is filled when it runs.

    The value goes to the driver as it is: its conversion is the caller's.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __sql__(self, ctx: Any) -> Any:
        # `Context.value` asks a node for its SQL again; so the list of values is fed here, as `Context.value`
        # feeds it.
        ctx._values.append(self)
        return ctx.literal(ctx.state.param or "?")


class Statement:
    """One query.

    `names` is the order in which the values are given; `build` makes the query with a `Parameter` of each
    name in it.
    """

    __slots__ = ("build", "names", "_compiled")

    def __init__(self, build: Callable[[], Any], *names: str) -> None:
        self.build = build
        self.names = names
        self._compiled: dict[type[Database], Compiled] = {}

    def compiled(self, database: Database) -> Compiled:
        """Its SQL, the same for every database of a kind."""
        found = self._compiled.get(type(database))
        if found is None:
            found = self._compiled[type(database)] = Compiled(self, database)
        return found


class Compiled:
    """The SQL of one statement in one dialect. ValueError when its names are not those that it uses.

    `arrange` is None when the given values already stand as the SQL wants them.
    """

    __slots__ = ("sql", "arrange")

    def __init__(self, statement: Statement, database: Database) -> None:
        self.sql, values = database.get_sql_context().sql(statement.build()).query()
        wanted = [value.name if isinstance(value, Parameter) else None for value in values]
        missing = [name for name in wanted if name is not None and name not in statement.names]
        unused = [name for name in statement.names if name not in wanted]
        if missing or unused:
            raise ValueError(
                f"Expected the parameters {statement.names}, but {missing} are not given and {unused} are not used."
            )
        self.arrange: Callable[[Sequence[Any]], tuple[Any, ...]] | None = None
        if wanted != list(statement.names):
            self.arrange = _arranger(statement.names, values)


def _arranger(names: Sequence[str], values: Sequence[Any]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    plan = [(names.index(v.name), None) if isinstance(v, Parameter) else (-1, v) for v in values]
    return lambda given: tuple(given[at] if at >= 0 else constant for at, constant in plan)


def literal(word: str) -> SQL:
    """A word of our own as part of the SQL, where a partial index would not be used for a parameter.

    Never for anything from outside.
    """
    if not word.isidentifier():
        raise ValueError(f"Expected a plain word, but got {word!r}.")
    return SQL(f"'{word}'")


def insert(model: type[Model], *fields: Field) -> Statement:
    """INSERT of one row; values in the order of `fields`, or of the table when none is named.

    Fields that count themselves are left out.
    """
    chosen = fields or tuple(field for field in model._meta.sorted_fields if not field.auto_increment)
    return Statement(lambda: model.insert(_placed(chosen)), *(field.name for field in chosen))


def upsert(model: type[Model], *kept: Field) -> Statement:
    """INSERT of one whole row, or, when its primary key is there, UPDATE of everything but the key and
    `kept`.
    """
    fields = tuple(model._meta.sorted_fields)
    keys = tuple(model._meta.get_primary_keys())
    staying = {field.name for field in (*keys, *kept)}  # by name: comparing fields makes an expression
    changing = [field for field in fields if field.name not in staying]
    return Statement(
        lambda: model.insert(_placed(fields)).on_conflict(conflict_target=list(keys), preserve=changing),
        *(field.name for field in fields),
    )


def _placed(fields: Sequence[Field]) -> dict[Field, Parameter]:
    return {field: Parameter(field.name) for field in fields}
