"""How a cell of the file becomes a value.

Owns reading one cell, and the report of one that does not fit. Knows neither the file nor the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.definition.suggest import near
from engine.errors import Place

Row = Mapping[str, str]
COLUMN = re.compile(r"\{([^{}]+)\}")
_SHOWN = 60
_LISTED = 12
_GROUPED = re.compile(r"[ \u00a0\u202f'’]")


class BadCell(Exception):
    """What does not fit in a row: what was expected, for the report of refused rows."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: a literal, a column (mapped, parsed), or a text with columns in it."""

    place: Place
    literal: Any = None
    column: str = ""
    text: str = ""
    map: Mapping[str, Any] | None = None
    otherwise: Any = None
    has_otherwise: bool = False
    default: Any = None
    format: str = ""
    time: str = ""
    zone: str = ""
    split: str = ""
    decimal: str = ""

    @property
    def columns(self) -> Iterator[str]:
        """The headings it reads."""
        if self.column:
            yield self.column
        yield from COLUMN.findall(self.text)

    def of(self, row: Row) -> Any:
        """The value for a row; None when the cell is empty. Raises BadCell."""
        if self.text:
            filled = COLUMN.sub(lambda match: row[match.group(1)].strip(), self.text)
            return filled or None
        if not self.column:
            return self.literal
        cell = row[self.column].strip()
        if not cell:
            return self.default
        if self.split:
            return [self._one(part.strip()) for part in cell.split(self.split) if part.strip()]
        return self._one(cell)

    def _one(self, cell: str) -> Any:
        if self.map is not None:
            if cell in self.map:
                return self.map[cell]
            if self.has_otherwise:
                return self.otherwise
            raise BadCell(
                f"Expected one of {_some(self.map)} in the column '{self.column}', but found "
                f"'{cell[:_SHOWN]}'{near(cell, self.map)}"
            )
        if self.format:
            return self._moment(cell)
        if self.decimal:
            return self._number(cell)
        return cell

    def _number(self, cell: str) -> str:
        """The number with a decimal point and without what groups its digits."""
        digits = _GROUPED.sub("", cell)
        return digits.replace(".", "").replace(",", ".") if self.decimal == "," else digits.replace(",", "")

    def _moment(self, cell: str) -> str:
        try:
            found = datetime.strptime(cell, self.format)  # noqa: DTZ007 (the zone is added below)
            if not self.time and not tells_time(self.format):
                return found.date().isoformat()
            return self.placed(found).isoformat()
        except (ValueError, OverflowError):
            example = datetime(2026, 11, 23, 14, 30, tzinfo=UTC).strftime(self.format)
            raise BadCell(
                f"Expected a date such as {example} in the column '{self.column}', but found '{cell[:_SHOWN]}'"
            ) from None

    def placed(self, found: datetime) -> datetime:
        """The local time with its time of day, in its zone."""
        if self.time:
            hour, minute = self.time.split(":")
            found = found.replace(hour=int(hour), minute=int(minute))
        return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(self.zone or "UTC"))

    def moment(self, row: Row, what: str) -> datetime:
        """The value as an instant in UTC.

        A day without a time begins at midnight of its zone. Raises BadCell.
        """
        found = self.of(row)
        if found is None:
            raise BadCell(f"Expected a time for '{what}', but the cell is empty")
        try:
            at = datetime.fromisoformat(str(found))
            return (at if at.tzinfo is not None else self.placed(at)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadCell(
                f"Expected a time for '{what}', but found '{str(found)[:_SHOWN]}'; say its `format` in the map"
            ) from None


def tells_time(format: str) -> bool:
    return any(mark in format for mark in ("%H", "%I", "%T", "%X", "%c", "%R"))


def format_fault(format: str) -> str:
    """Why a date cannot be read with this format; empty when it can."""
    try:
        datetime.strptime(date(2026, 11, 23).strftime(format), format)  # noqa: DTZ007 (thrown away)
    except (ValueError, IndexError, KeyError, re.error) as error:
        return str(error)
    return "" if "%" in format else "it holds no % directive"


@dataclass(frozen=True, slots=True)
class Condition:
    """`when`: a column is, or is not, one of some texts; or is empty."""

    place: Place
    column: str
    texts: tuple[str, ...]
    wanted: bool

    def holds(self, row: Row) -> bool:
        return (row[self.column].strip() in self.texts) == self.wanted


def _some(names: Mapping[str, Any]) -> str:
    shown = list(names)[:_LISTED]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
