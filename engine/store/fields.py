"""How a value lies in a column: instants as whole microseconds in UTC, structures as JSON text.

Owns the two conversions and the refusal of what cannot be written. Knows no table.

Instants are BIGINT and not a date type: SQLite has none, PostgreSQL's `timestamp` loses the zone, and a
number orders and compares alike on both. JSON is text and not `jsonb`: the history's hashes need every
character back as it was written.
"""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from peewee import BigIntegerField, TextField

from engine.errors import Rejected

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 253_402_300_799_999_999  # the last microsecond of the year 9999: no due date, ordered last


def to_micros(at: datetime) -> int:
    """Whole microseconds since 1970 in UTC.

    ValueError for a naive instant: somebody forgot the zone, and guessing would be wrong.
    """
    if at.tzinfo is None:
        raise ValueError(f"Expected an instant with its zone, but {at!r} has none.")
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_micros(micros: int) -> datetime:
    """The instant again, aware, in UTC."""
    return EPOCH + timedelta(microseconds=micros)


def maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def from_maybe(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def due_micros(at: datetime | None) -> int:
    """A due date that is always a number, so that one index orders what has one and what has none."""
    return NEVER if at is None else to_micros(at)


def from_due(micros: int) -> datetime | None:
    return None if micros == NEVER else from_micros(micros)


def _plainer(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"Expected plain JSON, but got {type(value).__name__}: {value!r}")


def _encoder(**options: Any) -> Callable[[object], str]:
    """`json.JSONEncoder.encode`, made once: the library makes its C part anew for each call, a third of the
    time of a small value.

    It does not look for a structure that holds itself: such a one ends as bottomless nesting.
    """
    usual = json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=_plainer,
        check_circular=False,
        **options,
    )
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # Python without its C part
        return usual.encode
    chunks = make(None, _plainer, json.encoder.encode_basestring, None, ":", ",", usual.sort_keys, False, False)
    return lambda value: "".join(chunks(value, 0))


_compact = _encoder()
_sorted = _encoder(sort_keys=True)
decode = json.JSONDecoder().decode


def encode(value: object) -> str:
    """Compact JSON, keys in their own order.

    Rejected("invalid-value") for what JSON cannot hold: NaN, endless numbers, bottomless nesting.
    """
    try:
        return _compact(value)
    except (ValueError, RecursionError) as error:
        raise _unwritable(error) from error


def canonical(value: object) -> str:
    """JSON with one possible spelling: keys sorted, no spaces, text as itself.

    What the history's hashes are made of.
    """
    try:
        return _sorted(value)
    except (ValueError, RecursionError) as error:
        raise _unwritable(error) from error


def _unwritable(error: Exception) -> Rejected:
    why = "it is nested too deeply" if isinstance(error, RecursionError) else f"it cannot be written as JSON ({error})"
    return Rejected("invalid-value", f"Expected values that can be kept, but {why}. Give a smaller or simpler value.")


def invalid_text(error: UnicodeError) -> Rejected:
    """The refusal of text that is no Unicode text, such as half of a surrogate pair."""
    return Rejected(
        "invalid-text",
        "Expected text in Unicode, but it holds half a character (position "
        f"{getattr(error, 'start', 0) + 1}). "
        "Remove the broken character and try again.",
    )


class InstantField(BigIntegerField):
    """An aware instant, kept in microseconds, UTC."""

    def db_value(self, value: Any) -> Any:
        return to_micros(value) if isinstance(value, datetime) else value

    def python_value(self, value: Any) -> Any:
        return from_maybe(value)


class DueField(BigIntegerField):
    """An aware instant, or none, which is ordered last."""

    def db_value(self, value: Any) -> Any:
        return due_micros(value) if value is None or isinstance(value, datetime) else value

    def python_value(self, value: Any) -> Any:
        return from_due(value)


class JsonField(TextField):
    """A structure, kept as JSON text."""

    def db_value(self, value: Any) -> Any:
        return encode(value)

    def python_value(self, value: Any) -> Any:
        return None if value is None else decode(value)
