"""What an editor is told, what the reader accepts and what the reference says are one thing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from engine.cli.schema import SCHEMAS, text_of
from engine.definition import document, nodes
from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.definition.nodes import Node, Scalar, plain
from engine.definition.reader import read
from engine.definition.shapes import Report
from engine.errors import Place
from engine.keywords.action_entries import ACTION_ENTRIES
from tests.definition.planting import home
from tests.definition.test_loader import BODY, CUSTOMER, FORMS, MESSAGES
from tools.reference import pages

ROOT = Path(__file__).resolve().parents[2]
HERE = Place("processes/order.yaml")
VALIDATOR = Draft7Validator(document.schema())
MORE = """
wait-for:
  called: {from: received, by: [agent], when: rounds > 1, send: order-thanks}
clocks:
  answer:
    title: {en: Answer, de: Antwort}
    target: {by: rounds > 1, true: 2bd, false: none, not-yet-known: 1bd}
    hard-stop: 30d
    pauses-in: received
    starts-on: [start, received called, state received]
    stops-on: [sent order-thanks by a person, milestone a]
    restarts-on: sent
    on-reopen: restart
    escalate:
      75%: {notify: assignee}
      200%: {notify: {to: [lead, agent], urgent: true, say: "{reference} is late", when: rounds > 1}, priority: high}
      hard-stop: {reassign: [lead], open: [call-back], repeat: 1bd}
  silence: {target: 5bd, runs-in: [received], stops-on: state closed}
stages:
  receipt: {title: {en: Receipt, de: Eingang}, reached: start}
  answered: {reached: [sent order-thanks, received called, milestone a, end second], clock: answer}
  closure: {reached: end}
milestones:
  a: {title: {en: Told, de: Gesagt}}
tasks:
  call-back:
    title: Call about {reference}
    candidates: [agent]
    due: 1bd
    escalate: {100%: {notify: lead}}
    on: {called: {send: order-thanks}}
"""
BRANCHES = """
  both:
    {parallel: {branches: {left: one, right: two}, join: first, go: [{when: rounds > 1, go: each-row}, {else:
    closed}]}}
  one: {task: {candidates: agent}, on: {done: join}}
  two: {task: {candidates: agent}, on: {done: join}}
  each-row: {for-each: {row: intake.rows, as: row, start: three, join: 2, go: closed}}
  elsewhere:
    call:
      process: order
      when: rounds > 1
      with: {rows: intake.rows}
      received: received_at
      link: follows
      as: other
      blocks: true
      go: [{when: rounds > 1, go: closed}, {else: received}]
  three: {go: join, notify: [lead, agent], open: {task: call-back, when: rounds > 1}}
  board:
    approval:
      title: Approve it
      help: Read it first.
      by:
        - {when: rounds > 1, quorum: 2, of: [agent, lead], veto: lead, reauthenticate: true}
        - {when: rounds > 0, sequential: [lead, expert]}
        - {else: {majority: [agent], at-least: 3}}
      exclude: [received]
      binds: intake
      due: 1bd
      comment: true
    on: {approved: closed, rejected: closed}
  asked:
    call:
      - process: order
        with: {kind: goods, amount: 1}
        received: received_at
        link: follows
        as: second
        blocks: rounds > 1
        go: [{when: second.outcome == closed, go: closed}, {else: board}]
      - {process: order, when: rounds > 2, with: {kind: goods, amount: 1}, as: third}
  desk: {approval: {by: {any: lead}, binds: [intake]}, on: {approved: closed, rejected: closed}}
  listed:
    {after: [{time: due, go: closed}, {time: {at: today}, repeat: 1d, milestone: [a, b]}],
     label: {en: Hello, de: Hallo}}
  in-force: {publish: {version: intake.kind, after: intake.kind, note: intake.kind, from: today}, final: published}
"""
HEAD = CUSTOMER + ("clauses: {iso9001-2015: [8.2.1.a, 8.2.1.b]}\ndescription: {en: An order, de: Ein Auftrag}\n")
WHOLE = home(MORE + BODY + BRANCHES, head=HEAD, forms=FORMS, messages=MESSAGES)["processes/order.yaml"]

KNOWN_DRIFT = ("else-not-last",)
"""What the reader refuses and JSON Schema cannot say: that the `else` of a list comes last."""

ON_THEIR_OWN = {("decisions", "rows"), ("variables", "first")}
"""Kept as they are by the shapes: a table's rows and a variable's first value are judged by the word itself,
which knows the types.
"""
ROWS = ("decisions", "track", "rows")


def data(value: object) -> Any:
    """As JSON: exact decimals as numbers."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: data(child) for key, child in value.items()}
    return [data(child) for child in value] if isinstance(value, list) else value


def node(value: Any) -> Node:
    """As the reader gives it."""
    if isinstance(value, dict):
        return nodes.Mapping(HERE, tuple((Scalar(HERE, key, key), node(child)) for key, child in value.items()))
    if isinstance(value, list):
        return nodes.Sequence(HERE, tuple(node(child) for child in value))
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Scalar(HERE, Decimal(str(value)) if isinstance(value, float) else value, text)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part that the shapes look into, and to those that they keep as they are."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in () if on_its_own(path) else entries:
        yield from places(child, (*path, key))


def on_its_own(path: tuple[Any, ...]) -> bool:
    return len(path) == 3 and (path[0], path[2]) in ON_THEIR_OWN


def changed(value: Any, path: tuple[Any, ...], into: Any) -> Any:
    if not path:
        return into(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], into)
    return copy


def without(value: Any, path: tuple[Any, ...]) -> Any:
    def drop(parent: Any) -> Any:
        copy = dict(parent) if isinstance(parent, dict) else list(parent)
        del copy[path[-1]]
        return copy

    return changed(value, path[:-1], drop)


SOUND = data(plain(read(WHOLE, "processes/order.yaml")))
EVERYWHERE = list(places(SOUND))
WORDS = sorted({key for path in EVERYWHERE for key in path if isinstance(key, str)})
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from(
        [
            1.5,
            "",
            " ",
            "closed",
            "Not an id",
            "2bd",
            "P1D",
            "soon",
            "due",
            "ORD",
            "de",
            "2026-11-23",
            "a.b",
            "join",
            "5",
            "all",
            "first",
        ]
    ),
    st.sampled_from(
        [
            [],
            {},
            ["closed"],
            [1],
            [None],
            {"en": "Hello"},
            {"en": True},
            {"go": "closed"},
            {"when": "rounds > 1", "go": "closed"},
            {"else": "closed"},
        ]
    ),
    st.sampled_from(
        [
            [{"else": "closed"}],
            [{"when": "x", "go": "closed"}],
            {"by": "track"},
            {"at": "today"},
            {"by": "track", "else": "1d"},
            {"message": "order-thanks"},
        ]
    ),
    st.sampled_from(EVERYWHERE).map(lambda path: part(SOUND, path)),
)


def part(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def nearly_sound(draw: st.DrawFn) -> Any:
    """The sound process with one to three things changed."""
    document_data = SOUND
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document_data))[1:] or [()]))
        if not path:
            break
        how = draw(st.sampled_from(["replace", "replace", "remove", "rename", "add"]))
        if how == "replace":
            new = draw(VALUES)
            document_data = changed(document_data, path, lambda _, new=new: new)
        elif how == "remove":
            document_data = without(document_data, path)
        elif isinstance(path[-1], str):
            key = draw(st.sampled_from([*WORDS, "colour", "Not an id", "x y", "3d"]))
            value = part(document_data, path)
            if how == "rename":
                document_data = without(document_data, path)
            document_data = changed(document_data, path[:-1], lambda parent, k=key, v=value: {**parent, k: v})
    return document_data


def accepted(value: Any) -> list[str]:
    """What the reader says against it, as far as shapes go."""
    report = Report()
    document.process_shape().read(node(value), report)
    return [f"{problem.code}: {problem.message}" for problem in report.problems]


def test_the_sound_process_uses_every_word_and_is_sound() -> None:
    assert accepted(SOUND) == []
    assert list(VALIDATOR.iter_errors(SOUND)) == []
    assert set(document.state_shape().entries) <= set(WORDS)
    assert set(document.process_shape().entries) <= {*WORDS, "supervisors", "owner"}


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(nearly_sound())
def test_the_schema_accepts_exactly_what_the_shapes_accept(value: Any) -> None:
    kept = [path for path in places(value) if on_its_own(path)]
    assume(kept in ([], [ROWS]) and (not kept or part(value, ROWS) == part(SOUND, ROWS)))
    against = accepted(value)
    assume(not any(said.startswith(KNOWN_DRIFT) for said in against))
    errors = [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(value)]
    assert bool(against) == bool(errors), f"reader: {against}\nschema: {errors}"


# --- the shipped schema and the shipped files


def test_what_is_generated_is_fresh() -> None:
    stale = [path for path, text in pages().items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run `python tools/reference.py`"


def test_every_word_has_its_page_and_no_page_is_left_over() -> None:
    written = {file.relative_to(ROOT).as_posix() for file in (ROOT / "docs/reference/language").glob("*.md")}
    assert written == {path for path in pages() if path.startswith("docs/reference/language/")}


@pytest.mark.parametrize(
    ("word", "places"),
    [
        ("escalate", ["tasks", "clocks", "task", "approval"]),
        ("due", ["tasks", "task", "approval", "needs"]),
        ("on", ["a state", "tasks"]),
        ("open", ["a state", "a move"]),
        ("needs", ["a move"]),
        ("clocks", ["the process"]),
    ],
)
def test_a_words_page_names_every_place_that_takes_it_up(word: str, places: list[str]) -> None:
    told = re.findall(r"^It stands in (.*?)\.(?: |$)", pages()[f"docs/reference/language/{word}.md"], re.MULTILINE)
    without_links = re.sub(r"\[`?([^]`]+)`?\]\([^)]*\)", r"\1", told[-1])
    assert re.split(", | and ", without_links) == places


def test_the_page_of_moves_names_all_that_may_happen_along_the_way() -> None:
    told = f"there may be {', '.join(f'`{key}`' for key in [*ACTION_ENTRIES][:-1])} and `call`."
    assert told in pages()["docs/reference/language/moves.md"]


def test_every_link_of_the_generated_pages_leads_somewhere() -> None:
    for path, text in pages().items():
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if path.endswith(".md") else ():
            assert link.startswith("http") or ((ROOT / path).parent / link).exists(), f"{path}: {link}"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_schema_is_a_valid_schema_with_a_hover_text_for_each_word(kind: str) -> None:
    schema = json.loads(text_of(kind))
    Draft7Validator.check_schema(schema)
    for name, word in schema["properties"].items():
        assert word.get("description") or kind == "process" and name == "states", name


FILES = {
    "process": ["processes/inquiry.yaml", "processes/referred-complaint.yaml"],
    "form": sorted(str(path.relative_to(ROOT)) for path in (ROOT / "forms").glob("*.yaml")),
    "calendar": sorted(str(path.relative_to(ROOT)) for path in (ROOT / "processes/calendars").glob("*.yaml")),
    "organisation": ["processes/organisation.yaml"],
    "scenarios": sorted(str(path.relative_to(ROOT)) for path in (ROOT / "processes").glob("*.scenarios.yaml")),
}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in FILES.items() for path in paths])
def test_every_shipped_file_fits_its_schema(kind: str, path: str) -> None:
    shipped = data(plain(read((ROOT / path).read_bytes(), path)))
    assert [
        f"{error.json_path}: {error.message[:200]}" for error in Draft7Validator(SCHEMAS[kind]()).iter_errors(shipped)
    ] == []


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("process", {"process": "order", "start": {"by": "agent", "goo": "a"}}),
        ("process", {**SOUND, "colour": "red"}),
        ("process", {**SOUND, "states": {"a": {"tsak": {"candidates": "agent"}}}}),
        ("process", {**SOUND, "states": {"a": {"task": {"candidates": "agent", "due": "soon"}}}}),
        ("form", {"properties": {"a": {"type": "strin"}}}),
        ("form", {"properties": {"a": {"titel": "A"}}}),
        ("form", {"title": "No fields"}),
        ("calendar", {"calendar": "office", "zone": "UTC", "hours": {"mon": ["nine to five"]}}),
        ("calendar", {"calendar": "office", "zone": "UTC", "holidays": [{"county": "DE"}]}),
        ("organisation", {"organisation": "X", "roles": {"agent": {"titel": "Agent"}}}),
        (
            "scenarios",
            {"scenarios": [{"scenario": "x", "start": {"as": "agent"}, "steps": [{"as": "agent", "doo": "x"}]}]},
        ),
    ],
)
def test_planted_mistakes_are_seen_by_the_schema(kind: str, planted: dict[str, Any]) -> None:
    assert list(Draft7Validator(SCHEMAS[kind]()).iter_errors(planted))


def test_an_independent_tool_accepts_the_shipped_processes_and_sees_a_planted_mistake(tmp_path: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(ROOT / "processes/schema.json")]
    good = subprocess.run(
        [*check, *(str(ROOT / path) for path in FILES["process"])], capture_output=True, text=True, timeout=60
    )
    assert good.returncode == 0, good.stdout + good.stderr
    planted = tmp_path / "inquiry.yaml"
    planted.write_text(
        (ROOT / "processes/inquiry.yaml").read_text(encoding="utf-8").replace("due: 4bh", "deu: 4bh"), encoding="utf-8"
    )
    bad = subprocess.run([*check, str(planted)], capture_output=True, text=True, timeout=60)
    assert bad.returncode == 1
    assert "deu" in bad.stdout


def test_what_the_linter_accepts_the_schema_accepts() -> None:
    loaded = lint(Catalog(home(BODY, head=CUSTOMER, forms=FORMS, messages=MESSAGES)), "processes/order.yaml")
    assert loaded.definition is not None
