"""The reader against files made to hurt: bounded time and memory, and nothing raised but DefinitionError."""

from __future__ import annotations

import json
import re
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.definition import reader
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, plain
from engine.definition.reader import read
from engine.errors import DefinitionError
from tests.pace import at_most

N = 500_000
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 30)
)
HOSTILE = {
    "a megabyte": ("x" * 1_000_000, "too-large"),
    "a megabyte of bytes": (b"a: " * 333_333, "too-large"),
    "open lists": ("[" * N, "too-deep"),
    "open mappings": ("{" * N, "too-deep"),
    "open pairs": ("{a: " * (N // 4), "too-deep"),
    "lists in lists": ("- " * (N // 2), "too-deep"),
    "complex keys": ("? " * (N // 2), "too-deep"),
    "deeper and deeper": ("".join(" " * level + "a:\n" for level in range(900)), "too-deep"),
    "colons": ("a: " * (N // 3), "yaml-syntax"),
    "a long text": ("a: " + "x" * N, "too-large"),
    "a long text in quotes": ('a: "' + "x" * N + '"', "too-large"),
    "a long block": ("a: |\n" + " x\n" * (N // 4), "too-large"),
    "a quote never closed": ('a: "' + "x\n" * (N // 3), "yaml-syntax"),
    "many items": ("- a\n" * (N // 4), "too-large"),
    "many keys": ("".join(f"k{number}: 1\n" for number in range(40_000)), "too-large"),
    "one key again and again": ("a: 1\n" * (N // 5), "repeated-key"),
    "tags": ("- !x a\n" * (N // 8), "tag-refused"),
    "laughs": (LAUGHS, "alias-limit"),
    "aliases": ("- &a b\n" + "- *a\n" * 20_000, "alias-limit"),
    "marks": ("".join(f"- &a{number} b\n" for number in range(25_000)) + "- *z\n" * 3_000, "yaml-syntax"),
    "depth through aliases": ("- &a " + "[" * 38 + "]" * 38 + "\n- [[*a]]\n", "too-deep"),
    "comments in braces": ("{a " + "# " * (N // 2) + "\n}", "yaml-syntax"),
    "keys without values": ("{" + "a, " * (N // 6) + "}", "repeated-key"),
    "nothing": ("\0" * N, "bad-character"),
    "turned around": ("\u202e" * (N // 4), "bad-character"),
    "look-alikes": ("".join(f"\u043a{number}: 1\n" for number in range(20_000)), "look-alike"),
    "a long number": ("a: " + "1" * 10_000, "too-large"),
    "a great power": ("a: 1e999999999", "too-large"),
    "a great version": ("%YAML " + "1" * 10_000 + "\n---\na: b", "yaml-syntax"),
    "documents": ("---\n" * (N // 4), "several-documents"),
    "spaces": (" " * N, "empty"),
    "lines": ("\n" * N, "empty"),
    "brackets in braces": ("a: {b: " + "x{" * (N // 2), "yaml-syntax"),
    "not utf-8": (b"\x80" * N, "bad-character"),
    "half a character": ("a: \ud800", "bad-character"),
    "an impossible escape": ('a: "\\UFFFFFFFF"', "yaml-syntax"),
    "code": ("!!python/object/apply:os.system ['true']", "tag-refused"),
}
PIECES = [  # signs and words that mean something to YAML
    "a",
    "b: ",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    "'",
    '"',
    "#",
    " #",
    "&a ",
    "*a",
    "!x ",
    "|",
    ">",
    "%",
    "@",
    "`",
    "<<: ",
    "---\n",
    "...\n",
    "\\",
    "\\x00",
    "1.5",
    "1e9",
    "~",
    "ä",
    "а",
    "\u202e",
    "\0",
    "\r",
    "\x85",
    "\u2028",
    "\ufeff",
    "😀",
    "\ud800",
    "key: value",
    ">-\n",
    "|2\n",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(name: str) -> None:
    text, code = HOSTILE[name]
    with at_most(1), pytest.raises(DefinitionError) as caught:
        read(text, "f")
    assert code in {problem.code for problem in caught.value.problems}
    assert len(caught.value.problems) <= 200
    assert all(len(str(problem)) < 1_000 for problem in caught.value.problems)
    str(caught.value).encode()


@pytest.mark.parametrize("name", ["open lists", "laughs", "many items", "one key again and again", "a long block"])
def test_a_hostile_file_costs_little_memory(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DefinitionError):
            read(HOSTILE[name][0], "f")
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_three_hundred_lines_are_read_in_no_time() -> None:
    state = "  s{}:\n    title: {{en: One, de: Zwei}}\n    task:\n      candidates: [a, b]\n    on:\n"
    state += "      - {{when: x == S1, go: a}}\n"
    text = "states:\n" + "".join(state.format(number) for number in range(50))
    read(text, "f")
    with at_most(5 * 0.03):
        for _ in range(5):
            read(text, "f")


def leaves(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Sequence):
        return [leaf for item in node for leaf in leaves(item)]
    return [leaf for key, child in node.entries for leaf in [key, *leaves(child)]]


def check(text: str | bytes) -> None:
    """Either nodes whose places are right, or problems that can be shown."""
    try:
        node = read(text, "f")
    except DefinitionError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.place.line >= 1
            assert problem.place.column >= 1
            assert problem.message
            assert problem.advice
            str(problem).encode()
        return
    plain(node)
    source = text.decode().removeprefix("\ufeff") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    rows = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for leaf in leaves(node):
        if leaf.text and not leaf.quoted:
            row = rows[leaf.place.line - 1]
            first = re.split("[ \n]", leaf.text)[0]
            assert row[leaf.place.column - 1 :].startswith(first), (leaf, row)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=600, deadline=None)
@example("a: &x\n  b")
@example("a: | # comment\n  b")
def test_any_mixture_of_yaml_is_read_or_refused(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=200, deadline=None)
def test_the_parser_in_python_is_as_safe(text: str) -> None:
    kept, reader._PARSER = reader._PARSER, reader.yaml.SafeLoader
    try:
        check(text)
    finally:
        reader._PARSER = kept


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    check(text)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check(content)


DOCUMENT = """\
process: inquiry
title: {en: Inquiry, de: "Anfrage"}
start: {form: inquiry-intake, by: [customer, intake], go: received}
states:
  received:
    set: {reopened: reopened + 1}
    task:
      title: Triage {reference}
      due: 1bd
    on:
      - {when: severity == S1, go: a}
      - else: b
"""


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_damaged_process_is_read_or_refused(data: st.DataObject) -> None:
    text = DOCUMENT
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = min(len(text), begin + data.draw(st.integers(0, 5)))
        text = text[:begin] + data.draw(st.sampled_from(PIECES)) + text[end:]
    check(text)


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8)
KEYS = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_json_means_the_same_as_yaml(data: object) -> None:
    text = json.dumps({"k": data}, ensure_ascii=False)
    if reader.characters.first_refused(text) is None:
        assert plain(read(text, "f")) == {"k": data}


def test_the_empty_mapping_is_no_empty_document() -> None:
    node = read("{}", "f")
    assert isinstance(node, Mapping)
    assert node.entries == ()
