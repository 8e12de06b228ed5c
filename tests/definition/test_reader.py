"""The reader: YAML 1.2 values with exact places, and advice that says how the line should be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine.definition import reader
from engine.definition.nodes import Mapping, Scalar, Sequence, plain
from engine.definition.reader import read
from engine.definition.suggest import closest, near
from engine.errors import DefinitionError, Place, Problem

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "yaml.md"
CODES = """yaml-syntax repeated-key tag-refused alias-limit merge-refused bad-character look-alike
too-large too-deep several-documents empty key-not-text"""


def problems(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        read(text, "inquiry.yaml")
    return caught.value.problems


def only(text: str | bytes) -> Problem:
    found = problems(text)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def value(text: str) -> object:
    node = read(f"key: {text}\n", "inquiry.yaml")
    assert isinstance(node, Mapping)
    return plain(node.entries[0][1])


TEXTS = """on off yes no Yes NO y n 17:00 1:30:00 2026-12-25 0123 00.5 1_000 0x1F 0o17 .inf -.INF .nan
1.2.3 8.2.1.b 75% tRUE nULL = 30m 1bd INQ-2026-00042 1e 2026-12-25T10:00:00Z ٣"""


@pytest.mark.parametrize("text", TEXTS.split())
def test_what_looks_like_something_else_stays_text(text: str) -> None:
    assert value(text) == text
    assert isinstance(value(text), str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("FALSE", False),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-3", -3),
        ("+5", 5),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("1.10", Decimal("1.10")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1e5", Decimal("1E+5")),
        ("-2.50E-3", Decimal("-0.00250")),
        ("'1'", "1"),
        ('"true"', "true"),
        ("''", ""),
        ("[1, a]", [1, "a"]),
        ("{a: 1.0}", {"a": Decimal("1.0")}),
        ("|\n  a\n  b", "a\nb\n"),
        (">-\n  a\n  b", "a b"),
    ],
)
def test_values_are_those_of_yaml_1_2(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_a_number_keeps_its_text() -> None:
    node = read("[1.10, 9.1]", "f")
    assert isinstance(node, Sequence)
    assert [item.text for item in node if isinstance(item, Scalar)] == ["1.10", "9.1"]


def test_a_key_called_on_is_text() -> None:
    node = read("on: {no: x, yes: y}", "f")
    assert plain(node) == {"on": {"no": "x", "yes": "y"}}


@pytest.mark.parametrize("parser", [reader.yaml.SafeLoader, reader._PARSER])
def test_places_are_where_the_text_begins(parser: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_PARSER", parser)
    text = '\ufeffa: äb\n"c":   "😀 d"\ne:\n  - &x f\n  - \'g\'\n  - *x\nh: |\n\n    i\nj: &y\n  k\n'
    node = read(text, "f")
    assert isinstance(node, Mapping)
    assert [key.place for key, _ in node.entries] == [
        Place("f", row, column) for row, column in [(1, 1), (2, 2), (3, 1), (7, 1), (10, 1)]
    ]
    listed = node.get("e")
    assert isinstance(listed, Sequence)
    found = [node.get("a"), node.get("c"), *listed, node.get("h")]
    where = [(each.place.line, each.place.column) for each in found if each is not None]
    assert where == [(1, 4), (2, 9), (4, 8), (5, 6), (4, 8), (9, 5)]


def test_windows_line_ends_do_not_move_places() -> None:
    node = read("a: 1\r\nb:\r\n  c: 2\r\n", "f")
    assert isinstance(node, Mapping)
    inner = node.get("b")
    assert inner is not None
    assert inner.place == Place("f", 3, 3)


def test_bytes_may_begin_with_a_byte_order_mark() -> None:
    assert plain(read(b"\xef\xbb\xbfa: 1", "f")) == {"a": 1}


def test_a_second_key_is_refused_with_both_places() -> None:
    found = only("a: 1\nb: 2\na: 3\n")
    assert found.code == "repeated-key"
    assert found.place == Place("inquiry.yaml", 3, 1)
    assert "line 1, column 1" in found.message


@pytest.mark.parametrize(
    "text", ['1: x\n"1": y', "true: x\nTrue: y", "a: x\n'a': y", "{a: 1, a: 2}", "1.0: x\n1.00: y"]
)
def test_keys_are_compared_as_they_are_read(text: str) -> None:
    assert only(text).code == "repeated-key"


def test_all_problems_are_told_at_once_even_with_a_syntax_error_behind_them() -> None:
    found = problems("a: 1\na: 2\nb: !x 3\n<<: {c: d}\n\u0430ge: 4\n? [e]\n: f\ng: h: i\n")
    assert [each.code for each in found] == [
        "repeated-key",
        "tag-refused",
        "merge-refused",
        "look-alike",
        "key-not-text",
        "yaml-syntax",
    ]
    assert [each.place.line for each in found] == [2, 3, 4, 5, 6, 8]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: !!python/object:os.system {}", "tag-refused", (1, 4)),
        ("a: !!str 1", "tag-refused", (1, 4)),
        ("a: ! 1", "tag-refused", (1, 4)),
        ("%TAG ! x\n---\na: b", "tag-refused", (1, 1)),
        ("<<: {a: b}", "merge-refused", (1, 1)),
        ("a: b\n---\nc: d", "several-documents", (2, 1)),
        ("", "empty", (1, 1)),
        ("# nothing\n", "empty", (1, 1)),
        ("---\n", "empty", (1, 1)),
        ("a: 1\n? {b: c}\n: d", "key-not-text", (2, 3)),
        ("~: x", "key-not-text", (1, 1)),
        ("'': x", "key-not-text", (1, 2)),
        ("? |\n  a\n  b\n: x", "key-not-text", (2, 3)),
        ("a: &a [*a]", "alias-limit", (1, 8)),
        ("a: *b", "yaml-syntax", (1, 4)),
        ("- &a b\n- &a c", "yaml-syntax", (2, 6)),
        ("%YAML 1.1\n---\na: b", "yaml-syntax", (1, 1)),
        ("a: " + "1" * 31, "too-large", (1, 4)),
        ("a: 1e31", "too-large", (1, 4)),
        ("a: b\u202ec", "bad-character", (1, 5)),
        ("a: b\nc: \u200bd", "bad-character", (2, 4)),
        ("a: b\x00", "bad-character", (1, 5)),
        ("a: b\x85c", "bad-character", (1, 5)),
        ("a: b\ud800", "bad-character", (1, 5)),
        ('a: "\\u202e"', "bad-character", (1, 5)),
        ('a: "\\0"', "bad-character", (1, 5)),
        ("a\u00a0b: c", "bad-character", (1, 2)),
        (b"a: b\nc: \xe4", "bad-character", (2, 4)),
        (b"\xff\xfea\0:\0", "bad-character", (1, 1)),
        ("gr\u00f6\u00dfe: 1", "look-alike", (1, 3)),
        ("a: p\u0430per", "look-alike", (1, 5)),
        ('"p\u0430per": 1', "look-alike", (1, 3)),
    ],
)
def test_what_is_refused_has_its_code_and_place(text: str | bytes, code: str, place: tuple[int, int]) -> None:
    found = only(text)
    assert (found.code, (found.place.line, found.place.column)) == (code, place)
    assert found.message
    assert found.advice


@pytest.mark.parametrize(
    "text",
    [
        "title: Größe und Gewicht",
        "title: Ευρώ",
        "title: 見積もり",
        "title: Привет",
        "'größe': 1",
        "'размер': 1",
        "a: 5 kΩ µm naïve",
        "a: «Anna» – 5 €",
    ],
)
def test_ordinary_text_of_any_language_is_fine(text: str) -> None:
    read(text, "f")


def test_a_look_alike_is_named_with_what_it_looks_like() -> None:
    assert "U+0430 CYRILLIC SMALL LETTER A, which looks like the Latin 'a'" in only("\u0430ge: 1").message


def test_a_part_may_be_used_again() -> None:
    node = read("a: &office {zone: Europe/Berlin}\nb: *office\n", "f")
    assert plain(node) == {"a": {"zone": "Europe/Berlin"}, "b": {"zone": "Europe/Berlin"}}


def test_an_unknown_mark_gets_a_suggestion() -> None:
    assert "did you mean 'office'?" in only("a: &office 1\nb: *ofice").message


def test_of_one_kind_fifty_problems_are_told() -> None:
    found = problems("".join(f"- !x {number}\n" for number in range(80)))
    assert len(found) == 50
    assert found[-1].witness == ("There are more of this kind below.",)


def test_a_near_miss_is_suggested_and_a_stranger_is_not() -> None:
    assert near("tilte", ["title", "task"]) == ", did you mean 'title'?"
    assert near("linked_existing", ["linked-existing"]) == ", did you mean 'linked-existing'?"
    assert near("Title", ["title"]) == ", did you mean 'title'?"
    assert near("zebra", ["title", "task"]) == ""
    assert near("", ["title"]) == ""
    assert closest("x" * 10_000, ["x"]) is None


def test_every_problem_code_is_explained_in_the_reference() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [code for code in CODES.split() if f"`{code}`" not in page] == []
