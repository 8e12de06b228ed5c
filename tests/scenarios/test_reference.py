"""The reference page tells every word, verb and code there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

from engine.core.instance import RUNNING
from engine.definition.nodes import Mapping
from engine.definition.reader import read
from engine.scenarios.acts import VERBS
from engine.scenarios.coverage import KINDS
from engine.scenarios.names import OUTCOMES
from engine.scenarios.parts import ABSENT
from engine.scenarios.reading import read_scenarios

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/scenarios.md").read_text(encoding="utf-8")
HOW_TO = (ROOT / "docs/how-to/write-scenarios.md").read_text(encoding="utf-8")

NOT_IN_SCENARIOS = {
    *("already-started", "no-such-case", "conflict", "no-transition", "stuck"),
    *("no-address", "with-them-already", "no-such-incident", "still-stuck", "timer-gone", "not-due"),
    *("invalid-absence", "absence-overlaps", "deputy-away", "invalid-moment"),
}
"""Refusals of the core that no step of a scenario can meet."""


def told_under(heading: str) -> set[str]:
    """The names in the first column of the tables under a heading."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))


def test_every_verb_is_told() -> None:
    beside = {"as", "at", "values", "state", "move", "outcome", "on-behalf-of", "refused", "fields", "expect"}
    assert told_under("Steps") == {*VERBS, *beside}


def test_every_word_of_an_absence_is_told_and_what_it_must_not_be() -> None:
    assert told_under("Who is away") == set(ABSENT.entries)
    section = PAGE.split("## Who is away\n", 1)[1].split("\n## ", 1)[0]
    assert {"invalid-absence", "absence-overlaps", "deputy-away"} <= set(re.findall(r"`([a-z-]+)`", section))


def test_everything_that_can_be_expected_is_told() -> None:
    assert told_under("What can be expected") == set(OUTCOMES)


def test_everything_that_is_counted_is_told() -> None:
    for kind in KINDS:
        assert f"\n| {kind} | " in PAGE
    assert RUNNING in PAGE


def test_every_refusal_is_told() -> None:
    raised = set()
    for path in (ROOT / "engine/core").glob("*.py"):
        raised |= set(re.findall(r'Rejected\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert told_under("Refusals") == raised - NOT_IN_SCENARIOS


def test_the_examples_can_be_read() -> None:
    examples = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE + HOW_TO, re.DOTALL) if "scenarios:" in text]
    assert examples
    for text in examples:
        node = read(text, "processes/example.scenarios.yaml")
        assert isinstance(node, Mapping)
        read_scenarios(node, "processes/example.scenarios.yaml")
