"""Messages and short texts: read with places, checked against the scope, filled in harmlessly."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.expressions import Name, Scope
from engine.definition.messages import (
    Rendered,
    read_line,
    read_template,
    read_text,
)
from engine.definition.placeholders import split
from engine.definition.reader import read
from engine.definition.types import (
    Boolean,
    Choice,
    Date,
    Field,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
)
from engine.errors import DefinitionError, Place, Stuck

BERLIN = ZoneInfo("Europe/Berlin")
FILE = "processes/messages/inquiry-late.en.md"
QUOTE = Record(
    {
        "total": Field(Number(currency="EUR")),
        "yen": Field(Number(currency="JPY")),
        "weight": Field(Number()),
        "count": Field(Number(integer=True)),
        "ok": Field(Boolean()),
        "kind": Field(Choice(("new", "old"), "kind")),
        "kinds": Field(ListOf(Choice(("new", "old"), "kinds"))),
        "note": Field(Text()),
        "discount": Field(Number(currency="EUR"), always=False),
        "lines": Field(ListOf(Record({"item": Field(Text())}))),
    }
)
SCOPE = Scope(
    {
        "reference": Name(Text()),
        "now": Name(Instant()),
        "today": Name(Date()),
        "starter": Name(Person()),
        "quote": Name(QUOTE),
    }
)
VALUES: dict[str, object] = {
    "reference": "INQ-2026-00042",
    "now": "2026-11-23T13:30:00+00:00",
    "today": "2026-11-23",
    "starter": "ann",
    "quote": {
        "total": "1250",
        "yen": 1250,
        "weight": "1250.5",
        "count": 2026,
        "ok": True,
        "kind": "new",
        "kinds": ["old", "new"],
        "note": "one",
        "lines": [{"item": "a"}, {"item": "b"}],
    },
}
QUOTED = VALUES["quote"]
assert isinstance(QUOTED, dict)
LABELS = {"quote.kind": {"new": {"en": "New one", "de": "Neues"}}, "quote.kinds": {"new": "N", "old": "O"}}


def codes(text: str | bytes, file: str = FILE) -> list[tuple[str, int, int]]:
    with pytest.raises(DefinitionError) as caught:
        read_template(text, file).bind(SCOPE)
    assert all(problem.message and problem.advice for problem in caught.value.problems)
    return [(each.code, each.place.line, each.place.column) for each in caught.value.problems]


def message(body: str, subject: str = "x") -> str:
    return f'---\nsubject: "{subject}"\n---\n{body}\n'


def told(text: str, language: str = "en", values: dict[str, object] = VALUES) -> str:
    return read_text(text, Place("f")).bind(SCOPE, LABELS).render(values, language, BERLIN)


def rendered(text: str, note: str, language: str = "en") -> Rendered:
    values = {**VALUES, "quote": {**QUOTED, "note": note}}
    return read_template(text, FILE).bind(SCOPE).render(values, language, BERLIN)


def test_a_line_whose_value_may_be_missing_is_left_out_with_it() -> None:
    source = read_template(
        message("Dear all,\n\n- Total: {quote.total}\n- Less: {quote.discount?} on {quote.note}\n\nBye"), FILE
    )
    template = source.bind(SCOPE)
    assert template.render(VALUES, "en", BERLIN).body == "Dear all,\n\n- Total: 1,250.00 EUR\n\nBye\n"
    values = {**VALUES, "quote": {**QUOTED, "discount": "20"}}
    assert "- Less: 20\\.00 EUR on one\n" in template.render(values, "en", BERLIN).body
    assert codes(message("Less: {quote.discount}")) == [("maybe-missing", 4, 14)]


def test_a_text_of_one_line_has_no_line_to_leave_out() -> None:
    assert codes(message("Hi", "Less {quote.discount?}")) == [("optional-in-line", 2, 17)]


def test_the_file_name_says_message_and_language() -> None:
    source = read_template(message("Hi"), FILE)
    assert (source.id, source.language) == ("inquiry-late", "en")


def test_placeholders_have_exact_places() -> None:
    source = read_template(
        '---\n# late\nsubject: "Re: {reference}"\n---\n\n\nDear { starter },\n{{no}} {today}\n', FILE
    )
    assert [(each.text, each.place.line, each.place.column) for each in source.placeholders] == [
        ("reference", 3, 16),
        ("starter", 7, 8),
        ("today", 8, 9),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi", [("no-front-matter", 1, 1)]),
        ("", [("empty", 1, 1), ("no-front-matter", 1, 1)]),
        ("---\nsubject: x\nHi", [("no-front-matter", 1, 1)]),
        ("---\n---\nHi", [("no-subject", 1, 1)]),
        ("---\nsubject:\n---\nHi", [("no-subject", 2, 9)]),
        ("---\nsubject: [a]\n---\nHi", [("no-subject", 2, 10)]),
        ("---\nsubject: x\nsubjct: y\n---\nHi", [("unknown-key", 3, 1)]),
        ("---\nsubject: {reference} late\n---\nHi", [("yaml-syntax", 2, 10)]),
        ("---\nsubject: x\n---\n\n", [("empty", 5, 1)]),
        (message("Hi {reference"), [("unclosed-brace", 4, 4)]),
        (message("Hi {reference {today}"), [("unclosed-brace", 4, 4)]),
        (message("Hi {\nreference}"), [("stray-brace", 5, 10), ("unclosed-brace", 4, 4)]),
        (message("Hi }"), [("stray-brace", 4, 4)]),
        (message("Hi { }"), [("empty-placeholder", 4, 4)]),
        (message("Hi {?}"), [("empty-placeholder", 4, 4)]),
        (message("Hi\u202e {reference"), [("bad-character", 4, 3), ("unclosed-brace", 4, 5)]),
        (message("a\x00"), [("bad-character", 4, 2)]),
        (message("x" * 20_001), [("too-large", 1, 1)]),
        ((message("x") * 10_000).encode(), [("too-large", 1, 1)]),
        (message("Hi", "{reference"), [("unclosed-brace", 2, 11)]),
        (message("Hi {refrence}"), [("unknown-name", 4, 5)]),
        (message("Hi {quote.nope}", "{today} {nope}"), [("unknown-field", 4, 11), ("unknown-name", 2, 20)]),
        (message("{quote} {quote.lines}"), [("type-mismatch", 4, 2), ("type-mismatch", 4, 10)]),
    ],
)
def test_every_problem_has_its_place(text: str | bytes, found: list[tuple[str, int, int]]) -> None:
    assert sorted(codes(text)) == sorted(found)


def test_a_file_that_does_not_say_its_language_is_refused() -> None:
    assert codes(message("Hi"), "late.md") == [("template-name", 1, 1)]


@pytest.mark.parametrize(
    ("text", "english", "german", "french"),
    [
        ("{today}", "23 November 2026", "23. November 2026", "2026-11-23"),
        (
            "{now}",
            "23 November 2026, 14:30 CET",
            "23. November 2026, 14:30 Uhr (MEZ)",
            "2026-11-23 14:30 CET",
        ),
        ("{quote.total}", "1,250.00 EUR", "1.250,00 EUR", "1250.00 EUR"),
        ("{quote.yen}", "1,250 JPY", "1.250 JPY", "1250 JPY"),
        ("{quote.weight}", "1250.5", "1250,5", "1250.5"),
        ("{quote.count}", "2026", "2026", "2026"),
        ("{quote.ok}", "yes", "ja", "true"),
        ("{quote.kind}", "New one", "Neues", "New one"),
        ("{quote.kinds}", "O, N", "O, N", "O, N"),
        ("{starter}", "ann", "ann", "ann"),
        ("{quote.lines.item}", "a, b", "a, b", "a, b"),
        ("{{{reference}}}", "{INQ-2026-00042}", "{INQ-2026-00042}", "{INQ-2026-00042}"),
        ('{reference + "}"}', "INQ-2026-00042}", "INQ-2026-00042}", "INQ-2026-00042}"),
    ],
)
def test_values_are_told_in_the_readers_language(text: str, english: str, german: str, french: str) -> None:
    assert [told(text, language) for language in ("en", "de", "fr")] == [english, german, french]


@pytest.mark.parametrize(
    ("total", "words"), [("-1250.5", "-1,250.50 EUR"), ("0.0045", "0.0045 EUR"), ("0", "0.00 EUR")]
)
def test_money_is_never_rounded(total: str, words: str) -> None:
    quote = VALUES["quote"]
    assert isinstance(quote, dict)
    assert told("{quote.total}", values={**VALUES, "quote": {**quote, "total": total}}) == words


def test_summer_time_is_told_as_such() -> None:
    assert told("{now}", values={**VALUES, "now": "2026-07-01T10:00:00Z"}) == "1 July 2026, 12:00 CEST"


def test_a_missing_value_is_stuck_with_its_place() -> None:
    with pytest.raises(Stuck) as caught:
        told("Re: {reference}", values={})
    assert caught.value.place == Place("f", 1, 6)


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\0"])
def test_a_subject_is_one_line_whatever_its_values_hold(sign: str) -> None:
    subject = rendered(message("Hi", "Re: {quote.note}"), f"a{sign}Bcc: all@example.org").subject
    assert subject == "Re: a Bcc: all@example.org"


def test_a_long_subject_is_cut() -> None:
    subject = rendered(message("Hi", "{quote.note}"), "x" * 5_000).subject
    assert len(subject) == 250
    assert subject.endswith("…")


def test_a_line_may_speak_several_languages() -> None:
    line = read_line(read('{en: "Assess {reference}", de: "{reference} prüfen"}', "f")).bind(SCOPE)
    assert [line.render(VALUES, language, BERLIN) for language in ("en", "de", "de-AT", "fr")] == [
        "Assess INQ-2026-00042",
        "INQ-2026-00042 prüfen",
        "INQ-2026-00042 prüfen",
        "Assess INQ-2026-00042",
    ]
    assert {expression.text for expression in line.expressions} == {"reference"}


def test_a_line_that_is_no_text_is_refused() -> None:
    with pytest.raises(DefinitionError, match="Expected a text, but got a list"):
        read_line(read("[a]", "f"))


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    for attempt in (lambda: read_template(message(text), FILE), lambda: read_template(text, FILE)):
        try:
            attempt()
        except DefinitionError as error:
            assert error.problems
            str(error).encode()


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_taken_apart_or_refused(content: bytes) -> None:
    try:
        read_template(b"---\nsubject: x\n---\n" + content, FILE)
    except DefinitionError as error:
        assert error.problems


@given(st.text("ab{}'\"\\ \n", max_size=30))
@settings(max_examples=300, deadline=None)
def test_doubled_braces_come_back_single(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert "".join(piece for piece in split(doubled, Place("f")) if isinstance(piece, str)) == text
