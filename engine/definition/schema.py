"""JSON Schema 2020-12, checked by the `jsonschema` library: the only file that imports it.

Owns the reusable validator. The formats it checks and the way it matches patterns are handed in; violations
come out as plain data.
Knows no form, no language and no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend

from engine.definition.clearing import Check, clears


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

    __slots__ = ("_validator", "_clears")

    def __init__(self, validator: Any, clears: Check) -> None:
        self._validator = validator
        self._clears = clears

    def violations(self, value: object) -> Iterator[Violation]:
        """Every violation of the schema by a plain JSON value, in the schema's order."""
        if self._clears(value):
            return
        for error in self._validator.iter_errors(value):
            yield Violation(
                tuple(error.absolute_path), str(error.validator), error.validator_value, error.instance
            )


class Dialect:
    """JSON Schema 2020-12 with our formats (name -> whether a text is one) and our own matching of a
    `pattern` (pattern, text).
    """

    __slots__ = ("_draft", "_formats", "_holds", "_matches")

    def __init__(
        self, formats: Mapping[str, Callable[[str], bool]], matches: Callable[[str, str], bool]
    ) -> None:
        def pattern(validator: Any, wanted: str, value: object, schema: object) -> Iterator[ValidationError]:
            if isinstance(value, str) and not matches(wanted, value):
                yield ValidationError("does not match")

        self._draft: Any = cast(Any, extend)(Draft202012Validator, validators={"pattern": pattern})
        self._holds = formats
        self._matches = matches
        self._formats = FormatChecker(formats=())
        for name, holds in formats.items():
            self._formats.checks(name)(_on_text(holds))

    def schema(self, schema: Mapping[str, Any]) -> Schema:
        """A validator for `schema`, which has to be a valid JSON Schema (see `fault`)."""
        validator = self._draft(schema, format_checker=self._formats)
        return Schema(validator, clears(schema, self._holds, self._matches))

    def fault(self, schema: Mapping[str, Any]) -> str:
        """What makes `schema` itself no valid JSON Schema 2020-12, in one line; `""` when nothing does."""
        try:
            self._draft.check_schema(schema)
        except SchemaError as fault:
            where = "/".join(str(step) for step in fault.absolute_path)
            return f"{where}: {fault.message}" if where else str(fault.message)
        return ""


def _on_text(holds: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or holds(value)
