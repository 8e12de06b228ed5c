"""The map itself: what is wrong with it is told before the first row, with its place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.definition.loader import examine
from engine.errors import DefinitionError
from engine.home import shipped
from engine.importing.reading import read_map
from engine.importing.running import Importer
from engine.library import catalog_of
from tests.importing.conftest import MAP, NOW, House

STEPS = MAP + "then:\n- {do: take, as: agent, at: {column: when}}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        read_map(text, "map.yaml")
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("by: intake\n", ""), "Expected 'by' in a map"),
        (("external-id: {column: id}\n", ""), "Expected 'external-id' in a map without `case`"),
        (("external-id:", "external_id:"), "did you mean 'external-id'?"),
        (("{column: id}", "{colum: id}"), "did you mean 'column'?"),
        (("{column: id}", "{column: id, text: x}"), "Expected `column` or `text`"),
        (
            ('format: "%Y-%m-%d %H:%M"', 'format: "%Q"'),
            "Expected a date's format, but 'Q' is a bad directive",
        ),
        (('format: "%Y-%m-%d %H:%M"', 'format: "dd.mm.yyyy"'), "it holds no % directive"),
        (('format: "%Y-%m-%d %H:%M"', 'format: "%"'), "Expected a date's format"),
        (('format: "%Y-%m-%d %H:%M"', 'format: "%d.%d"'), "Expected a date's format"),
        (('format: "%Y-%m-%d %H:%M"', "zone: Europe/Berln"), "write Europe/Berlin"),
        (('format: "%Y-%m-%d %H:%M"', 'time: "25:00"'), "Expected a time of day"),
        (('format: "%Y-%m-%d %H:%M"', "decimal: x"), "Expected `,` or `.`"),
        (("by: intake", "by: intake\ndelimiter: semicolon"), "Expected one character, but found 'semicolon'"),
        (("by: intake", "by: intake\nquote: both"), "quote: none"),
        (("by: intake", "by: intake\nby: agent"), "by"),
        (("do: take, ", ""), "Expected one of `do`, `decide`, `message`, `trigger` or `note`"),
        (("do: take", "do: take, message: x"), "Expected one of `do`, `decide`, `message`, `trigger` or `note`"),
        ((", at: {column: when}", ""), "Expected 'at' in a step"),
        (("as: agent", "as: agent, when: {column: id}"), "Expected one of `is`, `in`, `not-in` or `empty`"),
        (("as: agent", "as: agent, when: {column: id, is: x, in: [y]}"), "Expected one of `is`, `in`"),
        (("as: agent", "as: agent, when: {is: x}"), "Expected 'column' in a condition"),
        (("as: agent", "as: agent, when: {column: id, empty: maybe}"), "Expected true or false"),
    ],
)
def test_a_word_that_does_not_fit_is_told_with_its_place(change: tuple[str, str], told: str) -> None:
    assert change[0] in STEPS
    found = problems(STEPS.replace(*change))
    assert any(told in line for line in found), found
    assert all(line.startswith("map.yaml:") for line in found)


def test_all_problems_are_told_at_once() -> None:
    text = STEPS.replace("by:", "bye:").replace("as: agent", "as: agent, wen: x").replace('"%Y', '"%Q')
    assert len(problems(text)) >= 3


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "import: ticket", "a: &a [*a]", "\x00", "import: [1]\nvalues: 7"]
)
def test_what_is_no_map_is_refused(text: str) -> None:
    assert problems(text)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("do: take", "do: tak"), "there is no 'tak', did you mean 'take'?"),
        (
            ("do: take", "message: customer-reply"),
            "there is no 'customer-reply', did you mean 'customer-replied'?",
        ),
        (("do: take", "trigger: take"), "Expected a move that belongs to no task, but there is no 'take'"),
        (("as: agent", "as: agnet"), "there is no 'agnet', did you mean 'agent'?"),
        (
            ("by: intake", "by: {column: id, map: {a: intake}, else: nobody-here}"),
            "there is no 'nobody-here'",
        ),
        (
            ("subject:", "subjekt:"),
            "Expected a field of ticket-intake, but there is no 'subjekt', did you mean 'subject'?",
        ),
        (("do: take", "values: {text: x}, do: take"), "but nothing is asked for here"),
        (
            ("do: take", "values: {txt: x}, do: resolve"),
            "Expected a field of ticket-solution, but there is no 'txt'",
        ),
    ],
)
def test_what_the_process_or_the_organisation_does_not_have_is_told_before_the_first_row(
    house: House, change: tuple[str, str], told: str
) -> None:
    assert change[0] in STEPS
    with pytest.raises(DefinitionError) as raised:
        Importer(house.store, read_map(STEPS.replace(*change), "map.yaml"), NOW)
    found = [str(problem) for problem in raised.value.problems]
    assert len(found) == 1, found
    assert told in found[0]
    assert found[0].startswith("map.yaml:")


def test_columns_are_found_wherever_the_map_names_them_and_nowhere_else() -> None:
    text = STEPS + "until: {column: u}\n"
    text = text.replace(
        "email: a@b.example",
        'name: {text: "{a} {b}"}\n  text: "{no column}"\n  column: literal\n'
        '  map: {column: m, map: {column: x, text: "{y}"}}',
    )
    text = text.replace("as: agent", "as: {column: who}, when: [{column: w, is: x}], values: {t: {column: v}}")
    assert {column for column, _ in read_map(text, "map.yaml").columns} == {
        *("id", "when", "what", "a", "b", "m", "u", "who", "w", "v")
    }


def test_numbers_in_a_map_keep_the_form_in_which_they_are_written() -> None:
    values = read_map(MAP + "  amount: 1.10\n  weight: 7\n  urgent: true\n  due_on: 2026-12-24\n", "map.yaml").values
    assert [values[name].literal for name in ("amount", "weight", "urgent", "due_on")] == [
        "1.10",
        7,
        True,
        "2026-12-24",
    ]


def test_the_maps_in_the_documentation_and_those_that_are_shipped_can_be_read() -> None:
    maps = sorted((shipped() / "processes" / "imports").glob("*.map.yaml"))
    assert maps
    for path in maps:
        mapping = read_map(path.read_bytes(), path.name)
        assert examine(catalog_of(shipped()), f"processes/{mapping.process}.yaml").definition is not None


def test_the_public_complaints_are_imported_without_a_refusal_and_twice_adds_nothing(house: House) -> None:
    folder = Path(shipped()) / "processes" / "imports"
    content = (folder / "consumer-complaints.csv").read_bytes()
    text = (folder / "consumer-complaints.map.yaml").read_text()
    report = house.bring(content, text)
    assert (report.added, report.refused) == (349, [])
    assert house.standing() == {"closed": 239, "extended": 69, "second-review": 41}
    assert house.references("referred-complaint") == [f"RCM-2016-{number:05}" for number in range(1, 350)]
    assert house.bring(content, text).known == 349
