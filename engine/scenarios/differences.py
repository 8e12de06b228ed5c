"""The scenarios of two versions compared, in sentences for somebody who reads no YAML.

Owns these sentences. A scenario is known by its name: one that is called otherwise is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from engine.core.drawing.comparing import Difference
from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.errors import DefinitionError
from engine.scenarios.retold import otherwise, told

PART = "scenarios"
"""The chapter of these differences."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "added": "The scenario “{}” is new.",
        "removed": "The scenario “{}” is gone.",
        "start": "The scenario “{}” begins otherwise. {}.",
        "step": "The scenario “{}” goes otherwise in step {}. {}.",
        "step-added": "The scenario “{}” has a new step {}. {}.",
        "step-removed": "The scenario “{}” has lost step {}. {}.",
        "away": "In the scenario “{}” others are away. {}.",
        "people": "Others act in the scenarios. {}.",
        "first": "Scenarios come with it ({}); before there were none.",
        "none": "No scenarios come with it any more.",
        "unread": "The scenarios are different, and cannot be read.",
    },
    "de": {
        "added": "Das Szenario „{}“ ist neu.",
        "removed": "Das Szenario „{}“ entfällt.",
        "start": "Das Szenario „{}“ beginnt anders. {}.",
        "step": "Das Szenario „{}“ verläuft im Schritt {} anders. {}.",
        "step-added": "Das Szenario „{}“ hat einen neuen Schritt {}. {}.",
        "step-removed": "Im Szenario „{}“ entfällt der Schritt {}. {}.",
        "away": "Im Szenario „{}“ sind andere abwesend. {}.",
        "people": "In den Szenarien handeln andere. {}.",
        "first": "Szenarien kommen dazu ({}); zuvor gab es keine.",
        "none": "Szenarien sind keine mehr dabei.",
        "unread": "Die Szenarien sind anders und nicht lesbar.",
    },
}


def scenario_differences(old: str | None, new: str | None, language: str) -> tuple[Difference, ...]:
    """What is different in the text `new` of a scenarios file; None where there is none."""
    if old == new:
        return ()
    tongue = "de" if language.startswith("de") else "en"
    try:
        return tuple(_compared(_read(old), _read(new), tongue))
    except DefinitionError:
        return (Difference("changed", PART, _WORDS[tongue]["unread"]),)


def _compared(old: Mapping[str, Any], new: Mapping[str, Any], tongue: str) -> Iterator[Difference]:
    was, now, words = _by_name(old), _by_name(new), _WORDS[tongue]
    if not was and now:
        yield Difference("added", PART, words["first"].format(len(now)))
        return
    if was and not now:
        yield Difference("removed", PART, words["none"])
        return
    for name in was:
        if name not in now:
            yield Difference("removed", PART, words["removed"].format(name))
    for name, scenario in now.items():
        if name not in was:
            yield Difference("added", PART, words["added"].format(name))
        else:
            for key, *said in _changed(was[name], scenario, tongue):
                yield Difference("changed", PART, words[key].format(name, *said))
    if old.get("people") != new.get("people"):
        yield Difference(
            "changed", PART, words["people"].format(otherwise(old.get("people"), new.get("people"), tongue))
        )


def _changed(was: Mapping[str, Any], now: Mapping[str, Any], tongue: str) -> Iterator[tuple[str, ...]]:
    """What of one scenario is different: the sentence, and what is filled into it."""
    for key, sentence in (("start", "start"), ("absent", "away")):
        if was.get(key) != now.get(key):
            yield sentence, otherwise(was.get(key), now.get(key), tongue)
    before, after = _steps(was), _steps(now)
    pairs = SequenceMatcher(None, [repr(one) for one in before], [repr(one) for one in after], autojunk=False)
    for _how, since, until, begin, end in (one for one in pairs.get_opcodes() if one[0] != "equal"):
        both = min(until - since, end - begin)
        for place in range(both):
            said = otherwise(before[since + place], after[begin + place], tongue)
            yield "step", str(begin + place + 1), said
        for place in range(since + both, until):
            yield "step-removed", str(place + 1), told(before[place], tongue)
        for place in range(begin + both, end):
            yield "step-added", str(place + 1), told(after[place], tongue)


def _read(text: str | None) -> Mapping[str, Any]:
    found = plain(read(text, "")) if text is not None and text.strip() else {}
    return found if isinstance(found, dict) else {}


def _by_name(file: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    every = file.get("scenarios")
    told = [one for one in every if isinstance(one, dict)] if isinstance(every, list) else []
    return {str(one.get("scenario", "")): one for one in told}


def _steps(scenario: Mapping[str, Any]) -> list[Any]:
    steps = scenario.get("steps")
    return steps if isinstance(steps, list) else []
