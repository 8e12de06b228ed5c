"""How a value reads in a sentence: dates, times, money and yes or no, in the reader's language.

Owns the wording of single values in English and German; in other languages dates are ISO, which nobody
misreads. Knows neither expressions nor where the sentence goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal

from engine.definition.texts import Localised, localised
from engine.definition.types import ListOf, Number, Record, Type

Labels = Mapping[str, Localised]
"""The words for a choice's values."""

_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
}
_YES_NO = {"en": ("yes", "no"), "de": ("ja", "nein")}
_SIGNS = {"en": (",", "."), "de": (".", ",")}
"""Between thousands, and before the decimals."""
_MINOR = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
"""Currencies that do not have two decimals (ISO 4217)."""


def in_words(value: object, type: Type, language: str, zone: tzinfo, labels: Labels | None = None) -> str:
    """A value that an expression of this type gave. Instants are told in `zone`; choices by their label when
    there is one.
    """
    language = language[:2].lower()
    if isinstance(value, bool):
        return _yes_no(value, language)
    if isinstance(value, datetime):
        return instant_in_words(value, language, zone)
    if isinstance(value, date):
        return date_in_words(value, language)
    if isinstance(value, int | Decimal):
        currency = type.currency if isinstance(type, Number) else ""
        return (
            money_in_words(Decimal(value), currency, language)
            if currency
            else number_in_words(Decimal(value), language)
        )
    if isinstance(value, list | tuple):
        item = type.item if isinstance(type, ListOf) else type
        return ", ".join(in_words(each, item, language, zone, labels) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    text = str(value)
    return localised(labels[text], language) if labels and text in labels else text


def can_be_told(type: Type) -> bool:
    """Whether a value of this type fits in a sentence: a whole form or table does not."""
    return not isinstance(type.item if isinstance(type, ListOf) else type, Record)


def date_in_words(day: date, language: str) -> str:
    """23 November 2026; 23. November 2026; 2026-11-23."""
    months = _MONTHS.get(language)
    if months is None:
        return day.isoformat()
    return f"{day.day}{'.' if language == 'de' else ''} {months[day.month - 1]} {day.year}"


_ZONES_IN_GERMAN = {"CET": "MEZ", "CEST": "MESZ"}


def instant_in_words(at: datetime, language: str, zone: tzinfo) -> str:
    """23 November 2026, 14:30 CET; 23. November 2026, 14:30 Uhr (MEZ); 2026-11-23 14:30 CET."""
    try:
        local = at.astimezone(zone)
    except (OverflowError, ValueError):  # a day before year 1 or behind 9999 there
        local = at
    name = local.tzname() or ""
    name = f"UTC{name}" if name[:1] in ("+", "-") else name
    clock = f"{local:%H:%M}"
    if language == "de":
        return f"{date_in_words(local.date(), language)}, {clock} Uhr ({_ZONES_IN_GERMAN.get(name, name)})"
    return f"{date_in_words(local.date(), language)}{',' if language in _MONTHS else ''} {clock} {name}"


def number_in_words(number: Decimal, language: str) -> str:
    """The digits as they are: 1250.5; 1250,5. Not grouped, since a number may be a year or an article's."""
    return f"{number:f}".replace(".", _SIGNS.get(language, ("", "."))[1])


def money_in_words(amount: Decimal, currency: str, language: str) -> str:
    """1,250.00 EUR; 1.250,00 EUR; 1250.00 EUR. At least the currency's decimals, and never fewer than the
    amount has.
    """
    digits = f"{abs(amount):f}"
    whole, _, decimals = digits.partition(".")
    decimals = decimals.ljust(_MINOR.get(currency, 2), "0")
    if _MINOR.get(currency, 2) == 0 and not decimals.strip("0"):
        decimals = ""
    between, point = _SIGNS.get(language, ("", "."))
    whole = f"{int(whole):,}".replace(",", between)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}{point if decimals else ''}{decimals} {currency}"


def _yes_no(value: bool, language: str) -> str:
    yes, no = _YES_NO.get(language, ("true", "false"))
    return yes if value else no
