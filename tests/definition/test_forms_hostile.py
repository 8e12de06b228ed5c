"""Forms that are wrong on purpose: nothing but `DefinitionError`, within a second."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.expressions import Scope
from engine.definition.forms import read_form
from engine.definition.forms.patterns import PatternError, check_pattern, matches
from engine.definition.nodes import Mapping, Node, Scalar, Sequence
from engine.definition.reader import read
from engine.errors import DefinitionError, Place
from tests.pace import at_most

HERE = Place("form.yaml")


def codes(text: str) -> set[str]:
    with pytest.raises(DefinitionError) as caught:
        read_form(read(text, "form.yaml"), "form")
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    "text",
    [
        "$defs: {a: {$ref: '#/$defs/a'}}\nproperties: {x: {$ref: '#/$defs/a'}}",
        "$defs: {a: {$ref: '#/$defs/b'}, b: {$ref: '#/$defs/a'}}\nproperties: {x: {$ref: '#/$defs/a'}}",
        "$defs: {a: {type: array, items: {$ref: '#/$defs/a'}}}\nproperties: {x: {$ref: '#/$defs/a'}}",
        "$defs: {a: {type: array, items: {type: object, properties: {b: {$ref: '#/$defs/a'}}}}}\n"
        "properties: {x: {$ref: '#/$defs/a'}}",
    ],
)
def test_a_part_that_refers_back_to_itself_is_refused(text: str) -> None:
    assert "recursive-ref" in codes(text)


def test_a_table_within_a_table_is_refused() -> None:
    inner = "{type: array, items: {type: object, properties: {a: {type: string}}}}"
    assert codes(f"properties: {{t: {{type: array, items: {{type: object, properties: {{u: {inner}}}}}}}}}") == {
        "too-deep"
    }


def test_more_than_two_hundred_fields_are_refused_with_columns_counted() -> None:
    columns = ", ".join(f"c{index}: {{type: string}}" for index in range(150))
    fields = "\n".join(f"  f{index}: {{type: string}}" for index in range(60))
    text = f"properties:\n  t: {{type: array, items: {{type: object, properties: {{{columns}}}}}}}\n{fields}\n"
    assert codes(text) == {"too-many-fields"}


@pytest.mark.parametrize(
    "word",
    [
        "enum: [ok, 'p\u0430id']",  # a Cyrillic a within a Latin word
        "enum: [ok, '\u0441\u043e']",  # two Cyrillic letters that look like co
        "type: string, title: 'p\u0430id'",
    ],
)
def test_letters_that_look_like_others_are_refused(word: str) -> None:
    assert "look-alike" in codes(f"properties: {{it: {{{word}}}}}")


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u200b", "\x07", "\ud800"])
def test_invisible_characters_are_refused_even_when_the_reader_did_not_see_them(letter: str) -> None:
    def text(value: str) -> Scalar:
        return Scalar(HERE, value, value)

    def mapping(**entries: Node) -> Mapping:
        return Mapping(HERE, tuple((text(key), node) for key, node in entries.items()))

    spoilt = text(f"pa{letter}id")
    for words in (
        mapping(type=text("string"), title=spoilt),
        mapping(type=text("string"), help=mapping(en=spoilt)),
        mapping(enum=Sequence(HERE, (spoilt,))),
        mapping(enum=Sequence(HERE, (text("a"),)), labels=mapping(a=spoilt)),
    ):
        with pytest.raises(DefinitionError) as caught:
            read_form(mapping(properties=mapping(it=words)), "form")
        assert {problem.code for problem in caught.value.problems} == {"bad-character"}
    with pytest.raises(DefinitionError):
        read_form(
            Mapping(HERE, ((text("properties"), Mapping(HERE, ((spoilt, mapping(type=text("string"))),))),)),
            "form",
        )


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "^(a*)*$",
        "^(a|a)*$",
        "^(a|ab)*$",
        "^(a?b?)+$",
        "^([a-z]+)*$",
        "^(.*,){11}P",
        "^.*.*.*x$",
        r"\d+\d+x",
        "^" + "a?" * 30 + "a" * 30 + "$",
        "^" + "[a-z]{1,30}" * 20 + "$",
        "^" + "(a|ab)" * 20 + "$",
        r"^(\w+\s?)*$",
        r"(a)\1",
        "(?=a)b",
        "(?<!a)b",
        "(?P<n>a)",
        "(?i)a",
        "a**",
        "a{2,1}",
        "a{1,99999}",
        "a{",
        "[z-a]",
        "[]",
        "[a",
        "(a",
        "a)",
        "*a",
        "\\",
        "\\Z",
        "\\u0041",
        "(^a)+",
        "a" * 201,
        "(" * 100 + ")" * 100,
    ],
)
def test_a_pattern_that_could_run_for_long_or_means_something_else_elsewhere_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("^[A-Z]{3}-[0-9]{4,6}$", "ABC-12345", "ABC-1"),
        (r"^[^@]+@[^@]+\.[a-z]{2,}$", "a@b.de", "a@b"),
        (r"^(INV|CRN)-\d+$", "INV-1", "INV-"),
        (r"^\+?[0-9]{5,15}$", "+12345", "12+345"),
        (r"^(\d{3}-)*\d{3}$", "123-456", "123-45"),
        (r"^v?\d+\.\d+(\.\d+)?$", "v1.2.3", "1"),
        ("^[äöü]+$", "äö", "ao"),
        ("^a|b$", "ax", "xa"),
        (r"^[\w.-]+$", "a.b-c", "a b"),
        (r"^\$[0-9]+$", "$5", "5"),
        ("^a$", "a", "a\n"),
        ("^[^a]$", "b", "a"),
    ],
)
def test_an_ordinary_pattern_is_allowed_and_means_what_it_says(pattern: str, good: str, bad: str) -> None:
    check_pattern(pattern)
    assert matches(pattern, good)
    assert not matches(pattern, bad)


@settings(max_examples=500, deadline=None)
@given(
    pattern=st.text(alphabet="ab.|?*+()[]{}^$,12\\dw-", max_size=24),
    text=st.sampled_from(["a" * 1000, "ab" * 500, "a1" * 499 + "!", "b" * 999 + "!", "1" * 1000]),
)
def test_whatever_pattern_is_allowed_runs_quickly(pattern: str, text: str) -> None:
    try:
        check_pattern(pattern)
    except PatternError:
        return
    with at_most(0.5):
        matches(pattern, text)


WORDS = st.sampled_from(
    [
        "form",
        "title",
        "properties",
        "required",
        "order",
        "sections",
        "$defs",
        "type",
        "format",
        "enum",
        "items",
        "labels",
        "default",
        "const",
        "pattern",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "multipleOf",
        "show-when",
        "required-when",
        "compute",
        "widget",
        "section",
        "currency",
        "examples",
        "help",
        "$ref",
        "string",
        "integer",
        "number",
        "boolean",
        "array",
        "object",
        "money",
        "date",
        "date-time",
        "now",
        "today",
        "email",
        "a",
        "b",
        "it",
        "#/$defs/a",
        "EUR",
        "EN",
        "en",
        "de",
    ]
)
SCALARS = WORDS | st.text(max_size=10) | st.integers() | st.decimals() | st.booleans() | st.none()


def scalar(value: object) -> Scalar:
    return Scalar(HERE, value, "" if value is None else str(value).lower() if isinstance(value, bool) else str(value))  # type: ignore[arg-type]


def mapping(entries: dict[str, Node]) -> Mapping:
    return Mapping(HERE, tuple((scalar(key), child) for key, child in entries.items()))


NODES: st.SearchStrategy[Node] = st.recursive(
    SCALARS.map(scalar),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: Sequence(HERE, tuple(items)))
        | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=5).map(mapping)
    ),
    max_leaves=15,
)
FIELDS = st.dictionaries(WORDS, NODES, max_size=5).map(mapping)
TYPED = st.builds(
    lambda words, of, format_: mapping(
        {**words, "type": scalar(of), **({"format": scalar(format_)} if format_ else {})}
    ),
    st.dictionaries(WORDS, NODES, max_size=3),
    st.sampled_from(["string", "integer", "number", "boolean", "array"]),
    st.sampled_from(["", "", "date", "money", "file"]),
)
FORMS = st.builds(
    lambda words, fields, parts: mapping(
        {**words, "properties": mapping(fields), **({"$defs": mapping(parts)} if parts else {})}
    ),
    st.dictionaries(st.sampled_from(["title", "required", "order", "sections", "nonsense"]), NODES, max_size=2),
    st.dictionaries(st.sampled_from(["a", "b", "it", "Ä", ""]), FIELDS | TYPED | NODES, max_size=4),
    st.dictionaries(st.sampled_from(["a", "b"]), FIELDS | TYPED, max_size=2),
)


@settings(max_examples=500, deadline=None)
@given(node=FORMS | NODES)
def test_a_form_of_any_shape_is_read_or_refused_and_never_raises_anything_else(node: Node) -> None:
    try:
        read_form(node, "form").bind(Scope({}))
    except DefinitionError as error:
        assert error.problems
        for problem in error.problems:
            str(problem).encode()


@pytest.mark.parametrize(
    "text",
    [
        "properties: {a: {enum: [" + ", ".join(f"v{index}" for index in range(5_000)) + "]}}",
        "required: [" + ", ".join(f"v{index}" for index in range(5_000)) + "]\nproperties: {a: {type: string}}",
        "properties:\n" + "\n".join(f"  f{index}: {{type: strnig, titel: x}}" for index in range(2_000)),
        "properties: {a: {type: string, show-when: " + "not " * 240 + "a}}",
    ],
)
def test_a_large_wrong_form_is_refused_within_a_second(text: str) -> None:
    node = read(text, "form.yaml")
    with at_most(1), pytest.raises(DefinitionError):
        read_form(node, "form").bind(Scope({}))


def test_two_hundred_fields_that_hang_on_each_other_bind_within_a_second() -> None:
    fields = ["  f0: {type: string}"]
    fields += [f"  f{index}: {{type: string, show-when: f{index - 1} is set}}" for index in range(1, 200)]
    node = read("properties:\n" + "\n".join(reversed(fields)), "form.yaml")
    with at_most(1):
        read_form(node, "form").bind(Scope({}))
