"""The formats a text in a form can have, and the exact reading of dates, instants and decimals.

Owns what counts as an e-mail address, a link, a day or an amount. Pure text in, value or refusal out; knows
no form and no language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

MOST_DIGITS = 30
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL}){{1,8}}")
_WEB_LINK = re.compile(r"(?:https?|ftps?)://[^\s/?#@\\]+(?:[/?#][^\s]*)?", re.IGNORECASE)
_OTHER_LINK = re.compile(r"(?:mailto|tel|urn):[^\s]+", re.IGNORECASE)
_NOT_IN_LINKS = re.compile(r"[\x00-\x20<>\"`{}|\\^\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]*")
_SHORT_DURATION = re.compile(r"[0-9]{1,5}(?:bm|bh|bd|m|h|d|w)")
_ISO_DURATION = re.compile(r"P(?!\Z)(?:[0-9]{1,5}W|(?:[0-9]{1,5}D)?(?:T(?=[0-9])(?:[0-9]{1,5}H)?(?:[0-9]{1,5}M)?)?)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_PERSON = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]{1,100}")


def is_date(text: str) -> bool:
    """2026-11-23, a day that exists."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def instant(text: str, zone: str) -> str | None:
    """A point in time as ISO text in UTC (`2026-11-23T13:30:00+00:00`); a time without an offset is read in
    `zone`. None when it is none.
    """
    match = _INSTANT.fullmatch(text)
    if not match:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def is_instant(text: str) -> bool:
    """2026-11-23T14:30, with or without seconds and offset."""
    return instant(text, "UTC") is not None


def is_time(text: str) -> bool:
    """14:30 or 14:30:00."""
    if not _TIME.fullmatch(text):
        return False
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_decimal(text: str) -> bool:
    """A plain number with at most 30 digits: -12, 1.10; no thousands separator, no exponent."""
    return (
        len(text) <= MOST_DIGITS + 2
        and _DECIMAL.fullmatch(text) is not None
        and sum(map(str.isdigit, text)) <= MOST_DIGITS
    )


def decimal_text(value: object) -> str | None:
    """An int, Decimal, float or decimal text as plain decimal text with all its digits kept; None when it is
    none or has over 30 digits.
    """
    if isinstance(value, str):
        return value if is_decimal(value) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if -(10**MOST_DIGITS) < value < 10**MOST_DIGITS else None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    exponent = value.as_tuple().exponent
    # Checked before it is written out: Decimal('1E+999999') would be a million characters.
    if not isinstance(exponent, int) or exponent < -MOST_DIGITS or value.adjusted() >= MOST_DIGITS:
        return None
    text = format(value, "f")
    return text if is_decimal(text) else None


def is_email(text: str) -> bool:
    """ann@example.com; one address and nothing around it."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """A link that is safe to show: http, https, ftp, mailto, tel or urn."""
    if len(text) > 2_000 or _NOT_IN_LINKS.search(text):
        return False
    return _WEB_LINK.fullmatch(text) is not None or _OTHER_LINK.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """+49 30 1234567; 5 to 15 digits with spaces, dots, slashes, hyphens and brackets between."""
    return len(text) <= 30 and _PHONE.fullmatch(text) is not None and 5 <= sum(map(str.isdigit, text)) <= 15


def is_duration(text: str) -> bool:
    """30m, 2h, 30bm, 2bh, 1bd, 30d, 2w or P1DT2H."""
    return _SHORT_DURATION.fullmatch(text) is not None or _ISO_DURATION.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """en, de, de-AT."""
    return _LANGUAGE.fullmatch(text) is not None


def is_person(text: str) -> bool:
    """A person's id: 1 to 100 characters without spaces."""
    return _PERSON.fullmatch(text) is not None


FORMATS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "date-time": is_instant,
    "time": is_time,
    "email": is_email,
    "uri": is_uri,
    "phone": is_phone,
    "money": is_decimal,
    "decimal": is_decimal,
    "person": is_person,
    "duration": is_duration,
    "language": is_language,
}
"""Every format whose value is a text; `file` is the one that is not."""
