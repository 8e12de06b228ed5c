"""What the reader says about text that is not YAML: the line as it should be."""

from __future__ import annotations

import pytest

from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.errors import DefinitionError, Place, Problem


def only(text: str) -> Problem:
    with pytest.raises(DefinitionError) as caught:
        read(text, "inquiry.yaml")
    assert len(caught.value.problems) == 1, caught.value
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        (
            "a: {when: severity in [S3, S4], go: x}",
            (1, 23),
            'Write `a: {when: "severity in [S3, S4]", go: x}`',
        ),
        ("a: {title: Assess {reference}}", (1, 19), 'Write `a: {title: "Assess {reference}"}`'),
        ("title: {reference} is late", (1, 8), 'Write `title: "{reference} is late"`'),
        ("title: {reference}", (1, 8), 'Put the text in quotes: `"{reference}"`'),
        ("go: [a] or b", (1, 5), 'Write `go: "[a] or b"`'),
        (
            '- {when: a == "x" and b in ["y"], go: x}',
            (1, 28),
            'Write `- {when: \'a == "x" and b in ["y"]\', go: x}`',
        ),
        ("a: {b: c: d}", (1, 9), 'Write `a: {b: "c: d"}`'),
        ("title: Note: read me # really", (1, 12), 'Write `title: "Note: read me" # really`'),
        ("a: {b:c}", (1, 5), "Write `b: c`"),
        ("a:b\nc: d", (1, 3), "Write `a: b`"),
        ("c: d\na:b\ne: f", (2, 3), "Write `a: b`"),
        ("- a\n-b", (2, 1), "Write `- b`"),
        ("a: 'it's'", (1, 8), 'Write `a: "it\'s"`'),
        ('a: "b" c', (1, 8), "Write `a: '\"b\" c'`"),
        ("a: @x", (1, 4), 'Write `a: "@x"`'),
        ("a: `x`", (1, 4), 'Write `a: "`x`"`'),
        ("a: %x", (1, 4), 'Write `a: "%x"`'),
        ("%x: 1", (1, 1), 'Write `"%x: 1"`'),
        ("a: *", (1, 4), 'Write `a: "*"`'),
        ("a: >x", (1, 4), 'Write `a: ">x"`'),
        ("a:\n\tb: c", (2, 1), "Indent with spaces"),
        ('a: "b\nc: d\n', (1, 4), 'Close it with " at the end of the text'),
        ('a: "b\nc: "d"\n', (1, 4), 'Close it with "'),
        ("a: [1,\nb: 2", (1, 4), "Close it with `]`"),
        ("a: {b: c\nd: e", (1, 4), "Close it with `}`"),
        ("a: {b: c}}", (1, 10), "Remove it"),
        ("a: ]", (1, 4), "Remove it"),
        ("a: - b", (1, 4), "Begin the list on the next line"),
        ("a: 1\n- b", (2, 1), "Indent it under the key"),
        ("- a\nb: c", (2, 1), "Write `- ` before it"),
        ("a: 1\n  b: 2", (2, 3), "Begin it in column 1"),
        ("a: b\nhello\nc: d", (2, 1), "Write a colon and a space after the key"),
        ('a: "\\q"', (1, 5), "Write `\\\\` for a backslash"),
    ],
)
def test_a_syntax_error_says_how_the_line_should_be(text: str, place: tuple[int, int], advice: str) -> None:
    found = only(text)
    assert found.code == "yaml-syntax"
    assert (found.place.line, found.place.column) == place, found
    assert advice in found.advice, found


def test_wrong_indentation_names_the_columns_expected() -> None:
    found = only("states:\n  x:\n    task: a\n   on: b\n")
    assert found.place == Place("inquiry.yaml", 4, 4)
    assert "column 3 or 5" in found.message


def test_the_advised_line_is_yaml() -> None:
    advice = only('- {when: a == "it\'s" and b in [c], go: x}').advice
    line = advice.removeprefix("Write `").removesuffix("`")
    assert plain(read(line, "f")) == [{"when": 'a == "it\'s" and b in [c]', "go": "x"}]
