"""Judging what was sent: canonical values, and a sentence at each field that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.expressions import Name, Scope
from engine.definition.forms import BoundForm, Judged, read_form
from engine.definition.forms.sentences import sentence, sentence_codes
from engine.definition.reader import read
from engine.definition.schema import Dialect
from engine.definition.types import Choice

AT = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

EVERYTHING = """
required: [subject]
properties:
  subject: {type: string, minLength: 2, maxLength: 20}
  note: {type: string}
  code: {type: string, pattern: "^[A-Z]{3}-[0-9]+$", examples: [ABC-1]}
  kind: {enum: [bug, wish, "no"]}
  remedies: {type: array, items: {enum: [refund, apology]}}
  mail: {type: string, format: email}
  link: {type: string, format: uri}
  phone: {type: string, format: phone}
  day: {type: string, format: date}
  at: {type: string, format: date-time}
  clock: {type: string, format: time}
  wait: {type: string, format: duration}
  tongue: {type: string, format: language}
  who: {type: string, format: person}
  count: {type: integer, minimum: 1, maximum: 10}
  rate: {type: number, exclusiveMinimum: 0, multipleOf: 0.05}
  amount: {type: string, format: money, currency: EUR, minimum: 0}
  agreed: {type: boolean, const: true}
  paper: {type: string, format: file}
  papers: {type: array, items: {type: string, format: file}, maxItems: 2}
  tags: {type: array, items: {type: string}, uniqueItems: true}
  lines:
    type: array
    maxItems: 3
    items:
      type: object
      required: [item]
      properties:
        item: {type: string}
        qty: {type: integer}
        price: {type: string, format: money, currency: EUR}
        cost: {type: string, format: money, currency: EUR, compute: "default(qty, 1) * default(price, 0)"}
"""
FILE = {"name": "a.pdf", "type": "application/pdf", "size": 12, "sha256": "0" * 64}


def form(text: str, scope: Mapping[str, Name] | None = None) -> BoundForm:
    return read_form(read(text, "form.yaml"), "form").bind(Scope(scope or {}))


def judge(text: str, values: Any, **more: Any) -> Judged:
    return form(text).judge(values, {}, AT, **more)


@pytest.fixture(scope="module")
def everything() -> BoundForm:
    return form(EVERYTHING)


def one(bound: BoundForm, name: str, value: object, **more: Any) -> Judged:
    return bound.judge({"subject": "Hello", name: value}, {}, AT, **more)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("amount", "1.10", "1.10"),
        ("amount", 5, "5"),
        ("amount", Decimal("1.10"), "1.10"),
        ("amount", 1.1, "1.1"),
        ("amount", Decimal("1E+2"), "100"),
        ("rate", "0.10", "0.10"),
        ("rate", 1e22, "10000000000000000000000"),
        ("count", 3, 3),
        ("count", 3.0, 3),
        ("day", "2026-11-23", "2026-11-23"),
        ("at", "2026-11-23T14:30:00Z", "2026-11-23T14:30:00+00:00"),
        ("at", "2026-11-23T14:30+01:00", "2026-11-23T13:30:00+00:00"),
        ("note", "one\r\ntwo", "one\ntwo"),
        ("kind", "no", "no"),
        ("clock", "14:30", "14:30"),
        ("wait", "2bh", "2bh"),
        ("wait", "P1DT2H", "P1DT2H"),
        ("tongue", "de-AT", "de-AT"),
        ("who", "ann@customer", "ann@customer"),
        ("phone", "+49 (30) 123-4567", "+49 (30) 123-4567"),
        ("paper", FILE, FILE),
        ("papers", [FILE], [FILE]),
        ("remedies", ["refund"], ["refund"]),
        ("agreed", True, True),
    ],
)
def test_a_value_is_kept_in_its_canonical_form(everything: BoundForm, name: str, given: object, kept: object) -> None:
    judged = one(everything, name, given)
    assert judged.errors == {}
    assert judged.values[name] == kept
    again = everything.judge(judged.values, {}, AT)
    assert again.values == judged.values, "a canonical value is canonical"


def test_a_time_without_an_offset_is_read_in_the_zone_of_the_calendar(everything: BoundForm) -> None:
    assert one(everything, "at", "2026-11-23T14:30", zone="Europe/Berlin").values["at"] == "2026-11-23T13:30:00+00:00"
    assert one(everything, "at", "2026-11-23T14:30").values["at"] == "2026-11-23T14:30:00+00:00"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("subject", "x", "Expected at least 2 characters."),
        ("subject", "x" * 21, "Expected at most 20 characters."),
        ("subject", 5, "Expected a text."),
        ("note", "x" * 20_001, "Expected at most 20000 characters."),
        ("note", "a\x00b", "Expected a text without control characters or broken characters."),
        ("note", "a\ud800b", "Expected a text without control characters or broken characters."),
        ("code", "abc", "Expected a text such as ABC-1."),
        ("code", "ABC-1\n", "Expected a text such as ABC-1."),
        ("code", "ABC-" + "1" * 1000, "Expected a text such as ABC-1."),
        ("kind", "bugs", "Expected one of: bug, wish, no."),
        ("kind", False, "Expected a text."),
        (
            "mail",
            "ann@example.com\nBcc: all@example.com",
            "Expected an e-mail address such as ann@example.com.",
        ),
        ("mail", "ann", "Expected an e-mail address such as ann@example.com."),
        ("link", "javascript:alert(1)", "Expected a link such as https://example.com/page."),
        ("phone", "call me", "Expected a phone number such as +49 30 1234567."),
        ("day", "2026-02-30", "Expected a day such as 2026-11-23."),
        ("day", "23.11.2026", "Expected a day such as 2026-11-23."),
        ("day", "٢٠٢٦-١١-٢٣", "Expected a day such as 2026-11-23."),
        ("at", "2026-11-23", "Expected a day and time such as 2026-11-23T14:30."),
        ("at", "0001-01-01T00:00+14:00", "Expected a day and time such as 2026-11-23T14:30."),
        ("clock", "25:00", "Expected a time such as 14:30."),
        ("wait", "P", "Expected a duration such as 30m, 2bh, 1bd or 30d."),
        ("wait", "P1DT", "Expected a duration such as 30m, 2bh, 1bd or 30d."),
        ("who", "two people", "Expected a person's id."),
        ("count", 3.5, "Expected a whole number such as 3."),
        ("count", True, "Expected a whole number such as 3."),
        ("count", "3", "Expected a whole number such as 3."),
        ("count", 11, "Expected 10 or less."),
        pytest.param(
            "count",
            10**5000,
            "Expected a number such as 12 or 12.50, with a point and at most 30 digits.",
            id="huge",
        ),
        ("rate", 0, "Expected more than 0."),
        ("rate", "0.12", "Expected a multiple of 0.05."),
        ("rate", float("nan"), "Expected a number such as 12 or 12.50, with a point and at most 30 digits."),
        ("rate", float("inf"), "Expected a number such as 12 or 12.50, with a point and at most 30 digits."),
        (
            "rate",
            Decimal("1E+999999"),
            "Expected a number such as 12 or 12.50, with a point and at most 30 digits.",
        ),
        (
            "amount",
            "1.234,56",
            "Expected an amount such as 1250.00, with a point.",
        ),
        ("amount", "-1", "Expected 0 or more."),
        ("agreed", False, "Please confirm this with yes."),
        ("agreed", "yes", "Expected yes or no (true or false)."),
        (
            "paper",
            {**FILE, "name": "../etc/passwd"},
            "Expected a file name of at most 255 characters without slashes and control characters.",
        ),
        ("paper", {**FILE, "more": 1}, "Expected a file with its name, type, size and sha256."),
        ("papers", [FILE] * 3, "Expected at most 2 entries."),
        ("tags", ["a", "a"], "Expected each entry only once."),
        ("remedies", ["refund", "refund"], "Expected each entry only once."),
        ("remedies", "refund", "Expected a list."),
        ("lines", [{"item": "a"}] * 4, "Expected at most 3 entries."),
    ],
    ids=lambda given: given[:20] if isinstance(given, str) and given.isascii() and given.isprintable() else None,
)
def test_a_value_that_does_not_fit_is_told_what_is_expected(
    everything: BoundForm, name: str, given: object, said: str
) -> None:
    judged = one(everything, name, given)
    assert judged.errors == {name: (said,)}
    assert not judged.ok
    assert name not in judged.values


def test_a_fault_within_a_list_names_the_entry(everything: BoundForm) -> None:
    judged = one(everything, "remedies", ["refund", "cash"])
    assert judged.errors == {"remedies.1": ("Expected one of: refund, apology.",)}


def test_a_fault_within_a_table_names_the_row_and_the_column(everything: BoundForm) -> None:
    judged = one(everything, "lines", [{"item": "a", "qty": "two"}, 7, {"qtty": 1}])
    assert judged.errors == {
        "lines.0.qty": ("Expected a whole number such as 3.",),
        "lines.1": ("Expected a row with its columns.",),
        "lines.2.qtty": ("This form has no field 'qtty'; did you mean 'qty'?",),
        "lines.2.item": ("Please fill in this field.",),
    }
    assert "lines" not in judged.values


def test_an_unknown_field_gets_the_near_miss_in_the_persons_language(everything: BoundForm) -> None:
    judged = everything.judge({"subject": "Hello", "amunt": "3"}, {}, AT, "de")
    assert judged.errors == {"amunt": ("Dieses Formular hat kein Feld 'amunt'; meinten Sie 'amount'?",)}


@pytest.mark.parametrize("blank", [None, "", "   ", "\n"])
def test_blank_text_counts_as_missing(everything: BoundForm, blank: object) -> None:
    assert everything.judge({"subject": blank}, {}, AT).errors == {"subject": ("Please fill in this field.",)}
    assert "note" not in one(everything, "note", blank).values


def test_a_day_and_a_time_keep_to_how_early_and_how_late_they_may_be() -> None:
    text = """
    properties:
      happened: {type: string, format: date, latest: today, default: today}
      due: {type: string, format: date, earliest: today, latest: today + 14d}
      said: {type: string, format: date-time, latest: now}
      rows: {type: array, items: {type: object, properties: {on: {type: string, format: date, earliest: today - 1d}}}}
    """
    berlin = {"zone": "Europe/Berlin"}  # where it is the 24th already
    fit = {"happened": "2026-11-24", "due": "2026-12-08", "said": "2026-11-24T00:30", "rows": [{"on": "2026-11-23"}]}
    assert judge(text, fit, **berlin).ok and judge(text, {}, **berlin).ok
    wrong = {"happened": "2026-11-25", "due": "2026-11-23", "said": "2026-11-24T00:31", "rows": [{"on": "2026-11-22"}]}
    assert judge(text, wrong, **berlin, language="de").errors == {
        "happened": ("Bitte geben Sie einen Tag an, der nicht nach dem 24. November 2026 liegt.",),
        "due": ("Bitte geben Sie einen Tag an, der nicht vor dem 24. November 2026 liegt.",),
        "said": ("Bitte geben Sie einen Zeitpunkt an, der nicht in der Zukunft liegt.",),
        "rows.0.on": ("Bitte geben Sie einen Tag an, der nicht vor dem 23. November 2026 liegt.",),
    }
    assert not judge(text, {"happened": "2026-11-24"}).ok, "in UTC it is the 23rd"
    assert judge(text, {"due": "2026-12-09"}, **berlin).errors["due"][0].endswith("not after 8 December 2026.")


def test_a_limit_reads_in_the_language_of_the_sentence() -> None:
    text = "properties: {rate: {type: number, minimum: 0.5}}"
    assert judge(text, {"rate": "0.1"}, language="de").errors == {"rate": ("Erwartet wird 0,5 oder mehr.",)}


def test_no_is_an_answer_to_a_required_question() -> None:
    text = "required: [danger]\nproperties: {danger: {type: boolean}}"
    assert judge(text, {"danger": False}).values == {"danger": False}
    assert judge(text, {}).errors == {"danger": ("Please answer yes or no.",)}


def test_an_empty_list_does_not_satisfy_required() -> None:
    text = "required: [tags]\nproperties: {tags: {type: array, items: {type: string}}}"
    assert judge(text, {"tags": []}).errors == {"tags": ("Please give at least one entry.",)}


def test_defaults_fill_what_is_missing_and_now_and_today_come_from_the_time_of_judging() -> None:
    text = """
    properties:
      at: {type: string, format: date-time, default: now}
      day: {type: string, format: date, default: today}
      price: {type: string, format: money, currency: EUR, default: 1.10}
      word: {type: string, default: now}
      tags: {type: array, items: {type: string}, default: []}
    """
    assert judge(text, {}, zone="Europe/Berlin").values == {
        "at": "2026-11-23T23:30:00+00:00",
        "day": "2026-11-24",
        "price": "1.10",
        "word": "now",
        "tags": [],
    }


CONDITIONAL = """
required: [category]
properties:
  category: {enum: [technical, billing, other]}
  product: {type: string, show-when: "category in [technical, billing]", required-when: category == technical}
  version: {type: string, maxLength: 3, show-when: product is set}
  reason: {type: string, show-when: category == other or version == 'b', required-when: category == other}
"""


def test_a_hidden_field_is_dropped_whatever_was_sent_for_it() -> None:
    judged = judge(CONDITIONAL, {"category": "other", "product": 7, "version": "far too long", "reason": "because"})
    assert judged.errors == {}
    assert judged.values == {"category": "other", "reason": "because"}


def test_a_field_required_when_shown_never_blocks_while_it_is_hidden() -> None:
    text = "required: [why]\nproperties: {kind: {enum: [a, b]}, why: {type: string, show-when: kind == b}}"
    assert judge(text, {"kind": "a"}).ok
    assert judge(text, {}).ok
    assert judge(text, {"kind": "b"}).errors == {"why": ("Please fill in this field.",)}


def test_required_when_asks_only_where_it_holds() -> None:
    assert judge(CONDITIONAL, {"category": "technical"}).errors == {"product": ("Please fill in this field.",)}
    assert judge(CONDITIONAL, {"category": "billing"}).ok


def test_a_missing_answer_does_not_hide_what_the_other_side_of_an_or_shows() -> None:
    text = "properties: {a: {enum: [x]}, b: {enum: [y]}, c: {type: string, show-when: a == x or b == y}}"
    assert judge(text, {"b": "y", "c": "seen"}).values == {"b": "y", "c": "seen"}
    assert judge(text, {"c": "unseen"}).values == {}


def test_a_condition_may_read_the_case_and_the_forms_own_field_wins() -> None:
    text = "properties: {kind: {enum: [a, b]}, why: {type: string, required-when: severity == S1 and kind == b}}"
    names = {"severity": Name(Choice(("S1", "S2"))), "kind": Name(Choice(("c",)))}
    bound = form(text, names)
    assert bound.names == {"severity"}
    assert not bound.judge({"kind": "b"}, {"severity": "S1", "kind": "c"}, AT).ok
    assert bound.judge({"kind": "b"}, {"severity": "S2"}, AT).ok
    assert bound.judge({}, {"severity": "S1", "kind": "b"}, AT).ok, (
        "the case's value never stands in for a missing own field"
    )


QUOTE = """
required: [lines]
properties:
  lines:
    type: array
    items: {type: object, required: [qty, price], properties: {
      qty: {type: integer}, price: {type: string, format: money, currency: EUR},
      sum: {type: string, format: money, currency: EUR, compute: qty * price}}}
  gross: {type: string, format: money, currency: EUR, compute: net * 1.19}
  net: {type: string, format: money, currency: EUR, compute: "sum(line.sum for line in lines)"}
"""


def test_computed_fields_are_worked_out_in_the_order_they_need_each_other_and_never_taken_from_outside() -> None:
    judged = judge(
        QUOTE, {"lines": [{"qty": 2, "price": "1.10"}, {"qty": 1, "price": "0.80", "sum": "99"}], "net": "1"}
    )
    assert judged.errors == {}
    assert judged.values["net"] == "3.00"
    assert judged.values["gross"] == "3.5700"
    assert [row["sum"] for row in judged.values["lines"]] == ["2.20", "0.80"]


def test_a_calculation_that_cannot_be_done_is_told_at_its_field() -> None:
    text = """
    required: [a, b]
    properties: {a: {type: integer}, b: {type: integer}, c: {type: number, compute: a / b}}
    """
    judged = judge(text, {"a": 1, "b": 0})
    assert list(judged.errors) == ["c"]
    assert judged.errors["c"][0].startswith("This field cannot be worked out:")
    assert list(judge(text, {"a": 1}).errors) == ["b"], "a missing answer is told once, at itself"


def test_a_condition_that_cannot_be_worked_out_is_told_at_an_answer_it_reads() -> None:
    text = "properties: {a: {type: integer}, c: {type: string, required-when: 1 / a > 2}}"
    judged = judge(text, {"a": 0})
    assert list(judged.errors) == ["a"]


def test_texts_become_typed_json_and_what_does_not_convert_stays_for_judging(everything: BoundForm) -> None:
    typed = everything.form.parse_text(
        {
            "subject": " Hello ",
            "agreed": "on",
            "count": "3",
            "amount": " 1.10 ",
            "remedies": "refund, apology",
            "lines.0.item": "a",
            "lines[0].qty": "2",
            "lines.7.item": "b",
            "lines.9.item": "",
            "tags.1": "two",
            "tags.0": "one",
            "nonsense.999999": "x",
        }
    )
    assert typed == {
        "subject": " Hello ",
        "agreed": True,
        "count": 3,
        "amount": "1.10",
        "remedies": ["refund", "apology"],
        "lines": [{"item": "a", "qty": 2}, {"item": "b"}],
        "tags": ["one", "two"],
        "nonsense.999999": "x",
    }
    typed = everything.form.parse_text({"subject": "Hello", "agreed": "maybe", "count": "three", "amount": "1.234,56"})
    assert set(everything.judge(typed, {}, AT).errors) == {"agreed", "count", "amount"}


def test_a_list_may_come_as_several_values_of_one_name(everything: BoundForm) -> None:
    assert everything.form.parse_text({"remedies": ["refund", "apology"], "subject": ["x"]}) == {
        "remedies": ["refund", "apology"],
        "subject": "x",
    }


def test_every_sentence_exists_in_both_languages_and_ends() -> None:
    names = ("allowed", "name", "near", "limit", "wanted", "help", "example", "reason", "who", "task", "roles")
    details = dict.fromkeys(names, "x") | {"count": 2}
    for code in sentence_codes():
        english, german = sentence(code, details, "en"), sentence(code, details, "de-AT")
        assert english != german
        for said in (english, german):
            assert said.endswith((".", "?", "x")) and "{" not in said


def test_the_note_at_a_field_explains_its_pattern() -> None:
    text = """
    properties:
      code: {type: string, pattern: "^[A-Z]$", help: {en: One capital letter., de: Ein Großbuchstabe.}}
    """
    assert judge(text, {"code": "a"}, language="de").errors == {
        "code": ("Erwartet wird eine andere Schreibweise: Ein Großbuchstabe.",)
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters())
    | st.decimals()
    | st.sampled_from(
        [
            "2026-11-23",
            "2026-11-23T10:00Z",
            "1.10",
            "bug",
            "refund",
            10**40,
            -(10**4000),
            "\ud800",
            "x" * 30_000,
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["item", "qty", "price", "cost", "name", "size"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
NAMES = tuple(field.name for field in form(EVERYTHING).form.fields)


@settings(max_examples=300, deadline=None)
@given(
    values=st.dictionaries(st.sampled_from(NAMES) | st.text(), JSON, max_size=6) | JSON,
    language=st.sampled_from(["en", "de"]),
)
def test_judging_never_raises_whatever_is_sent(values: Any, language: str) -> None:
    judged = form_of_everything.judge(values, {}, AT, language)
    for path, said in judged.errors.items():
        assert isinstance(path, str) and said and all(isinstance(text, str) and text for text in said)
        path.encode()
        " ".join(said).encode()
    if judged.ok:
        assert form_of_everything.judge(judged.values, {}, AT) == judged


@settings(max_examples=200, deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(NAMES) | st.text() | st.from_regex(r"[a-z]{1,5}\[[0-9]+\]", fullmatch=True),
        st.text(),
        max_size=6,
    )
)
def test_parsing_text_never_raises_and_judging_takes_what_it_gives(values: dict[str, str]) -> None:
    form_of_everything.judge(form_of_everything.form.parse_text(values), {}, AT)


form_of_everything = form(EVERYTHING)


def test_deep_nesting_and_unusual_keys_are_told_and_not_raised(everything: BoundForm) -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    for name in ("subject", "lines", "tags", "papers", "count", "unknown"):
        assert not one(everything, name, deep).ok
    odd: Any = {1: 2, None: 3, ("a",): 4, "x" * 100_000: 5}
    assert not everything.judge(odd, {}, AT).ok
    many = everything.judge({f"field{index}": 1 for index in range(5_000)}, {}, AT)
    assert len(many.errors) < 30


def test_what_is_accepted_is_valid_by_the_pure_schema(everything: BoundForm) -> None:
    schema = Dialect({}, lambda pattern, text: True).schema(everything.form.schema)
    values = {
        "subject": "Hello",
        "kind": "bug",
        "day": "2026-11-23",
        "count": 3,
        "lines": [{"item": "a"}],
        "papers": [],
    }
    assert everything.judge(values, {}, AT).ok
    assert list(schema.violations(values)) == []


WITH_FILES = """
properties:
  paper: {type: string, format: file}
  papers: {type: array, items: {type: string, format: file}}
  lines:
    type: array
    items: {type: object, properties: {proof: {type: string, format: file}, item: {type: string}}}
"""


def test_the_files_among_the_values_are_found_with_the_paths_of_their_fields() -> None:
    bound = form(WITH_FILES)
    judged = bound.judge({"paper": FILE, "papers": [FILE, FILE], "lines": [{"item": "a"}, {"proof": FILE}]}, {}, AT)
    assert judged.ok
    found = [path for path, _ in bound.form.attached(judged.values)]
    assert found == ["paper", "papers.0", "papers.1", "lines.1.proof"]
    assert list(bound.form.attached({})) == []
