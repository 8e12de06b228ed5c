"""Paths in a scope: what a path leads to, and whether it is surely there.

Owns the way from a name through records and tables to a field, with near misses, and the proof that each step
is set. Knows no operators.
"""

from __future__ import annotations

from typing import Protocol

from engine.definition.expressions.matching import in_words, listed
from engine.definition.expressions.narrowing import Facts, Reading, fixed_within
from engine.definition.expressions.scope import Name
from engine.definition.expressions.syntax import parse
from engine.definition.expressions.tree import Node, Path
from engine.definition.suggest import closest, near
from engine.definition.types import Boolean, Choice, Field, ListOf, Record, Type
from engine.errors import Place


class Asking(Protocol):
    """What paths need of the checker."""

    def report(self, at: int, code: str, message: str, advice: str) -> None: ...
    def name(self, word: str) -> Name | None: ...
    def known_words(self) -> list[str]: ...


class Paths:
    """The paths of one expression."""

    def __init__(self, checker: Asking) -> None:
        self.checker = checker
        self.used: set[str] = set()
        self.names: set[str] = set()
        self.sources: dict[str, str | None] = {}
        self.choices: dict[str, frozenset[str]] = {}
        self.complained: set[str] = set()
        self.uncertain: set[str] = set()

    def stands_for(self, variable: str, source: Node) -> None:
        """`for variable in source`: a path from the variable counts as a path through the table."""
        self.sources[variable] = self._outer(source) if isinstance(source, Path) else None

    def values(self, dotted: str) -> frozenset[str] | None:
        """All the values of a path that has been read: an enum's, or true and false."""
        return self.choices.get(dotted)

    def read(self, path: Path, facts: Facts) -> Type | None:
        """The type of a path that has to have a value here."""
        steps = self._steps(path)
        if steps is None:
            return None
        type_, missing, table = steps
        for at, dotted, field, record, why in missing:
            if dotted not in facts.present and not _required(field, record, dotted, facts):
                self._maybe_missing(path, at, dotted, why, table)
                break
        return type_

    def asked(self, path: Path) -> Type | None:
        """The type of a path of which only is asked whether it is set: it may be missing."""
        steps = self._steps(path)
        if steps is None:
            return None
        if steps[1]:
            self.uncertain.add(path.dotted)
        if steps[2]:
            message = f"`{path.dotted}` goes through a table, so each row has its own."
            self.checker.report(
                path.at,
                "type-mismatch",
                message,
                f"Ask row by row: `all(row.{path.parts[-1]} is set for row in {steps[2]})`.",
            )
            return None
        return steps[0]

    def optional(self, path: Path) -> Type | None:
        """The type of a path that may be missing, as in `default(path, …)`."""
        steps = self._steps(path)
        if steps and steps[1]:
            self.uncertain.add(path.dotted)
        return steps[0] if steps else None

    def _outer(self, path: Path) -> str | None:
        """The path as seen from outside all `for … in …`."""
        if path.parts[0] not in self.sources:
            return path.dotted
        source = self.sources[path.parts[0]]
        return ".".join((source, *path.parts[1:])) if source else None

    def _steps(self, path: Path) -> tuple[Type, list[tuple[int, str, Field | None, Record | None, object]], str] | None:
        """The type at the end, the steps that may be missing, and the table gone through (or "")."""
        name = self.checker.name(path.parts[0])
        if name is None:
            self._unknown_name(path)
            return None
        if path.parts[0] not in self.sources:
            self.names.add(path.parts[0])
        dotted, type_, table = path.parts[0], name.type, ""
        missing: list[tuple[int, str, Field | None, Record | None, object]] = []
        if not name.always:
            missing.append((path.at, dotted, None, None, name.why))
        for part, at in zip(path.parts[1:], path.ats[1:], strict=True):
            if isinstance(type_, ListOf) and isinstance(type_.item, Record):
                type_, table = type_.item, table or dotted
            if not isinstance(type_, Record):
                self.checker.report(
                    at,
                    "unknown-field",
                    f"`{dotted}` is {in_words(type_)} and has no field `{part}`.",
                    f"Use `{dotted}` itself.",
                )
                return None
            field = type_.fields.get(part)
            if field is None:
                message = f"`{dotted}` has no field `{part}`{near(part, type_.fields) or '.'}"
                self.checker.report(at, "unknown-field", message, f"Its fields are {listed(tuple(type_.fields))}.")
                return None
            dotted = f"{dotted}.{part}"
            if not field.always:
                missing.append((at, dotted, field, type_, ""))
            type_ = field.type
        if isinstance(type_, Choice):
            self.choices[dotted] = frozenset(type_.values)
        elif isinstance(type_, Boolean):
            self.choices[dotted] = frozenset({"true", "false"})
        if outer := self._outer(path):
            self.used.add(outer)
        if table:
            type_ = type_ if isinstance(type_, ListOf) else ListOf(type_)
        return type_, missing, table

    def _unknown_name(self, path: Path) -> None:
        word, known = path.parts[0], self.checker.known_words()
        advice = f"Names known here: {listed(tuple(known))}." if known else "No names are known here."
        pieces = word.split("-")
        if closest(word, known) is None and len(path.parts) == 1:
            advice = 'Put text in quotes ("' + word + '"). ' + advice
        if len(pieces) > 1 and all(piece.isdigit() or self.checker.name(piece) for piece in pieces):
            advice = f"To subtract, write spaces around the minus: `{' - '.join(pieces)}`."
        self.checker.report(
            path.at, "unknown-name", f"Nothing here is called `{word}`{near(word, known) or '.'}", advice
        )

    def _maybe_missing(self, path: Path, at: int, dotted: str, why: object, table: str) -> None:
        if dotted in self.complained:
            return
        self.complained.add(dotted)
        because = f": {why}" if why else ""
        advice = f"Write `{path.dotted} is set and …`, or `default({path.dotted}, …)`."
        if table:
            last = path.parts[-1]
            advice = f"Go through the rows that have it: `… for row in {table} if row.{last} is set`."
        self.checker.report(at, "maybe-missing", f"`{dotted}` may not be there{because}.", advice)


def _required(field: Field | None, record: Record | None, dotted: str, facts: Facts) -> bool:
    """Whether the facts say that a field with `required-when` had to be filled in."""
    if field is None or record is None or not field.when:
        return False
    condition, problems = parse(field.when, Place("", 1, 1))
    if condition is None or problems:
        return False
    prefix = dotted[: dotted.rindex(".") + 1]

    def values(path: str) -> frozenset[str] | None:
        inner = record.fields.get(path[len(prefix) :])
        if inner is None:
            return None
        return frozenset(inner.type.values) if isinstance(inner.type, Choice) else None

    return Reading(fixed_within(frozenset(record.fields)), values, prefix).implied(condition, facts)
