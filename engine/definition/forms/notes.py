"""Collecting what is wrong while a form is read, with the checks that every part of a form shares.

Owns the list of problems and the reading of plain words, texts and counts out of nodes. Knows no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from engine.definition.nodes import Mapping, Node, Scalar, Sequence, kind
from engine.definition.suggest import near
from engine.definition.texts import read_localised, shown, text_problems
from engine.errors import DefinitionError, Place, Problem

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Notes:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, place: Place, code: str, message: str, advice: str) -> None:
        self.problems.append(Problem(place, code, message, advice))

    def expected(self, node: Node, code: str, wanted: str, advice: str) -> None:
        """`Expected …, but … stands here`."""
        self.add(node.place, code, f"Expected {wanted}, but {kind(node)} stands here", advice)

    def words(self, node: Mapping, allowed: Iterable[str], where: str) -> None:
        """Every key that is none of the allowed words is a problem."""
        known = tuple(allowed)
        for key, _ in node.entries:
            if key.text not in known:
                self.add(
                    key.place,
                    "unknown-word",
                    f"{where} has no word '{shown(key.text)}'{near(key.text, known)}",
                    f"use one of: {', '.join(known)}",
                )

    def localised(self, node: Node | None) -> str | dict[str, str]:
        """A localised text, `""` when there is none or it cannot be used."""
        if node is None:
            return ""
        try:
            return read_localised(node)
        except DefinitionError as error:
            self.problems += error.problems
            return ""

    def text(self, node: Node | None, what: str, limit: int = 200) -> str:
        """A one-line text such as a format's or a section's name; `""` when there is none or it cannot be
        used.
        """
        if node is None:
            return ""
        if (
            not isinstance(node, Scalar)
            or not isinstance(node.value, str)
            or not node.value.strip()
            or len(node.value) > limit
        ):
            self.expected(
                node,
                "text-expected",
                f"{what}, a text of at most {limit} characters",
                "write the text, in quotes if need be",
            )
            return ""
        problems = text_problems(node.value, node.place)
        if problems:
            self.problems += problems
            return ""
        return node.value

    def names(self, node: Node | None, known: Iterable[str], what: str) -> list[Scalar]:
        """A list of known field names, each once; the others are problems."""
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.expected(
                node,
                "list-expected",
                f"a list of field names under `{what}`",
                f"write {what}: [first_field, second_field]",
            )
            return []
        names = tuple(known)
        found: dict[str, Scalar] = {}
        for item in node:
            if not isinstance(item, Scalar) or not isinstance(item.value, str):
                self.expected(
                    item,
                    "text-expected",
                    f"the name of a field under `{what}`",
                    "write the name as it stands under properties",
                )
            elif item.value in found:
                self.add(
                    item.place,
                    "repeated-value",
                    f"'{shown(item.value)}' stands under `{what}` already",
                    "delete one of the two",
                )
            elif item.value not in names:
                self.add(
                    item.place,
                    "unknown-field",
                    f"There is no field '{shown(item.value)}' for `{what}`{near(item.value, names)}",
                    f"name one of the form's fields: {', '.join(names[:20])}"
                    if names
                    else "write the field under properties first",
                )
            else:
                found[item.value] = item
        return list(found.values())

    def count(self, node: Node | None, word: str, highest: int) -> int | None:
        """A count from 0 to `highest`."""
        if node is None:
            return None
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, int)
            and not isinstance(node.value, bool)
            and 0 <= node.value <= highest
        ):
            return node.value
        self.expected(node, "limit", f"a whole number from 0 to {highest:,} for `{word}`", "write such a number")
        return None

    def number(self, node: Node | None, word: str) -> int | Decimal | None:
        """A number for one of the words that bound numbers."""
        if node is None:
            return None
        if isinstance(node, Scalar) and isinstance(node.value, int | Decimal) and not isinstance(node.value, bool):
            value = node.value
            if abs(Decimal(value).adjusted()) < 30 and (word != "multipleOf" or value > 0):
                return value
        wanted = "a number above 0" if word == "multipleOf" else "a number"
        self.expected(
            node,
            "limit",
            f"{wanted} of at most 30 digits for `{word}`",
            "write such a number, without quotes",
        )
        return None

    def field_name(self, key: Scalar) -> bool:
        """Whether a key can name a field; a problem when not."""
        if FIELD_NAME.fullmatch(key.text):
            return True
        problems = text_problems(key.text, key.place)
        if problems:
            self.problems += problems
        else:
            self.add(
                key.place,
                "bad-name",
                f"'{shown(key.text)}' cannot name a field",
                "begin with a letter a-z, go on with small letters, digits and _ (at most 60): contact_name",
            )
        return False
