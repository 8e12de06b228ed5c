"""Expressions are told in plain words, by what people call the fields and their choices."""

from __future__ import annotations

import pytest

from engine.definition.expressions import compile_expression
from engine.definition.expressions.scope import Name, Scope
from engine.definition.expressions.telling import Spoken, in_plain_words, written_in_plain_words
from engine.definition.types import Boolean, Choice, Date, Field, ListOf, Number, Record, Text
from engine.errors import Place

ORDER = Record(
    {
        "kind": Field(Choice(("goods", "service"))),
        "price": Field(Number(currency="EUR")),
        "urgent": Field(Boolean()),
        "until": Field(Date(), False),
        "note": Field(Text(), False),
        "wishes": Field(ListOf(Choice(("money", "words")))),
    }
)
SCOPE = Scope(
    {
        "order": Name(ORDER),
        "rounds": Name(Number(integer=True)),
        "in_favour": Name(Boolean()),
        "claimed": Name(Boolean()),
        "severity": Name(Choice(("S1", "S2"))),
        "today": Name(Date()),
        "milestones": Name(Record({"told": Field(Date(), False)})),
    }
)
SPOKEN = Spoken(
    {
        "order": {"en": "Order", "de": "Auftrag"},
        "order.kind": {"en": "Kind", "de": "Art"},
        "order.price": {"en": "Price", "de": "Preis"},
        "order.urgent": {"en": "Is it urgent?", "de": "Eilt es?"},
        "order.until": {"en": "Until", "de": "Bis"},
        "order.wishes": {"en": "Wishes", "de": "Wünsche"},
        "severity": {"en": "Severity", "de": "Schwere"},
    },
    {
        "order.kind": {"goods": {"en": "Goods", "de": "Ware"}},
        "order.wishes": {"money": {"en": "Money", "de": "Geld"}},
    },
    milestones={"told": {"en": "Told", "de": "Gesagt"}},
)


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("severity == S1", "“Severity” is S1", "„Schwere“ ist S1"),
        ("order.kind == goods", "“Kind” is “Goods”", "„Art“ ist „Ware“"),
        ("order.kind != service", "“Kind” is not service", "„Art“ ist nicht service"),
        ("order.kind in [goods, service]", "“Kind” is one of “Goods”, service", "„Art“ ist eines von „Ware“, service"),
        ("money in order.wishes", "“Wishes” includes “Money”", "„Wünsche“ enthält „Geld“"),
        ("order.price > 1250.5", "“Price” is more than 1,250.50 EUR", "„Preis“ ist größer als 1.250,50 EUR"),
        ("order.urgent", "“Is it urgent?”: yes", "„Eilt es?“: ja"),
        ("not order.urgent", "“Is it urgent?”: no", "„Eilt es?“: nein"),
        ("order.urgent == false", "“Is it urgent?”: no", "„Eilt es?“: nein"),
        ("in_favour and rounds < 2", "in favour: yes and rounds is less than 2",
         "in favour: ja und rounds ist kleiner als 2"),
        ("not claimed", "taken by somebody: no", "von jemandem übernommen: nein"),
        ("order.note is set", "“Order”: note is filled in", "„Auftrag“: note ist ausgefüllt"),
        ("milestones.told is not set", "milestone “Told” is not reached", "Meilenstein „Gesagt“ ist nicht erreicht"),
        ("order.until is set and order.until > 2026-12-01",
         "“Until” is filled in and “Until” is more than 1 December 2026",
         "„Bis“ ist ausgefüllt und „Bis“ ist größer als 1. Dezember 2026"),
        ("in_favour and (claimed or rounds == 1)", "in favour: yes and (taken by somebody: yes or rounds is 1)",
         "in favour: ja und (von jemandem übernommen: ja oder rounds ist 1)"),
        ("order.until is set and add_days(order.until, 3) < max(today, order.until)",
         "“Until” is filled in and 3 days after “Until” is less than the later of today and “Until”",
         "„Bis“ ist ausgefüllt und 3 Tage nach „Bis“ ist kleiner als der spätere Tag von heute und „Bis“"),
        ("not (claimed or in_favour)", "not (taken by somebody: yes or in favour: yes)",
         "nicht (von jemandem übernommen: ja oder in favour: ja)"),
    ],
)  # fmt: skip
def test_a_condition_is_told_as_somebody_would_say_it(text: str, english: str, german: str) -> None:
    condition = compile_expression(text, SCOPE, Place("p.yaml"), Boolean)
    assert in_plain_words(condition, "en", SPOKEN) == english
    assert in_plain_words(condition, "de-AT", SPOKEN) == german
    assert in_plain_words(condition, "fr", SPOKEN) == text


def test_a_value_with_a_default_says_both() -> None:
    value = compile_expression("default(order.until, 2026-12-01)", SCOPE, Place("p.yaml"))
    assert in_plain_words(value, "de", SPOKEN) == "„Bis“ (sonst 1. Dezember 2026)"


@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("kind == goods", "„Art“ ist „Ware“"),
        ("kind", "„Art“: ja"),
        ("kind == 'goods' or later", "„Art“ ist „Ware“ oder later: ja"),
        ("kind ==", "kind =="),
    ],
)
def test_a_condition_of_a_form_is_told_by_its_own_fields(text: str, german: str) -> None:
    own = Spoken({"kind": {"de": "Art"}}, {"kind": {"goods": {"de": "Ware"}}})
    assert written_in_plain_words(text, "de", own, condition=True) == german


def test_an_answer_that_is_yes_or_no_is_told_in_words() -> None:
    assert [Spoken().label("known", value, "de") for value in (True, False)] == ["ja", "nein"]
    assert Spoken().label("known", False, "en") == "no" and Spoken().label("weight", 0, "de") == "0"
