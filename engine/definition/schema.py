"""JSON Schema 2020-12, checked by the `jsonschema` library: the only file that imports it.

Owns the reusable validator. The formats it checks and the way it matches patterns are handed in; violations
come out as plain data.
Knows no form, no language and no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from engine.definition.clearing import clears, sound


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken word of a schema: where in the value (`("lines", 0, "qty")`), which word, what that word
    says, and the value it met.
    """

    path: tuple[str | int, ...]
    word: str
    wanted: Any
    value: Any


class Schema:
    """A JSON Schema made ready once and used for many values, from any thread."""

    def __init__(self, dialect: Dialect, schema: Mapping[str, Any]) -> None:
        self._dialect = dialect
        self._schema = schema
        self._clears = clears(schema, dialect.formats, dialect.matches)

    @cached_property
    def _validator(self) -> Any:
        return self._dialect.draft(self._schema, format_checker=self._dialect.checker)

    def violations(self, value: object) -> Iterator[Violation]:
        """Every violation of the schema by a plain JSON value, in the schema's order."""
        if self._clears(value):
            return
        for error in self._validator.iter_errors(value):
            yield Violation(tuple(error.absolute_path), str(error.validator), error.validator_value, error.instance)


class Dialect:
    """JSON Schema 2020-12 with our formats (name -> whether a text is one) and our own matching of a
    `pattern` (pattern, text).
    """

    def __init__(self, formats: Mapping[str, Callable[[str], bool]], matches: Callable[[str, str], bool]) -> None:
        self.formats = formats
        self.matches = matches

    # The library takes some fifty milliseconds to import, and many a command never asks it.

    @cached_property
    def draft(self) -> Any:
        """The library's validator class for this dialect."""
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import ValidationError
        from jsonschema.validators import extend

        def pattern(validator: Any, wanted: str, value: object, schema: object) -> Iterator[ValidationError]:
            if isinstance(value, str) and not self.matches(wanted, value):
                yield ValidationError("does not match")

        return cast(Any, extend)(Draft202012Validator, validators={"pattern": pattern})

    @cached_property
    def checker(self) -> Any:
        """The library's way to our formats."""
        from jsonschema import FormatChecker

        checker = FormatChecker(formats=())
        for name, holds in self.formats.items():
            checker.checks(name)(_on_text(holds))
        return checker

    def schema(self, schema: Mapping[str, Any]) -> Schema:
        """A validator for `schema`, which has to be a valid JSON Schema (see `fault`)."""
        return Schema(self, schema)

    def fault(self, schema: Mapping[str, Any]) -> str:
        """What makes `schema` itself no valid JSON Schema 2020-12, in one line; `""` when nothing does."""
        if sound(schema):
            return ""
        from jsonschema.exceptions import SchemaError

        try:
            self.draft.check_schema(schema)
        except SchemaError as fault:
            where = "/".join(str(step) for step in fault.absolute_path)
            return f"{where}: {fault.message}" if where else str(fault.message)
        return ""


def _on_text(holds: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or holds(value)
