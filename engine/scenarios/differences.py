"""The scenarios of two versions compared, in sentences for somebody who reads no YAML.

Owns these sentences. A scenario is known by its name: one that is called otherwise is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.core.drawing.differences import Difference
from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.errors import DefinitionError

PART = "scenarios"
"""The chapter of these differences."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "added": "The scenario “{}” is new.", "removed": "The scenario “{}” is gone.",
        "start": "The scenario “{}” begins otherwise.", "step": "The scenario “{}” goes otherwise in step {}.",
        "steps": "The scenario “{}” goes otherwise in the steps {}.",
        "more": "The number of steps of the scenario “{}” is {}; it was {}.",
        "away": "In the scenario “{}” others are away.", "people": "Others act in the scenarios.",
        "first": "Scenarios come with it ({}); before there were none.", "none": "No scenarios come with it any more.",
        "unread": "The scenarios are different, and cannot be read.",
    },
    "de": {
        "added": "Das Szenario „{}“ ist neu.", "removed": "Das Szenario „{}“ entfällt.",
        "start": "Das Szenario „{}“ beginnt anders.", "step": "Das Szenario „{}“ verläuft im Schritt {} anders.",
        "steps": "Das Szenario „{}“ verläuft in den Schritten {} anders.",
        "more": "Die Zahl der Schritte des Szenarios „{}“ ist {}; sie war {}.",
        "away": "Im Szenario „{}“ sind andere abwesend.", "people": "In den Szenarien handeln andere.",
        "first": "Szenarien kommen dazu ({}); zuvor gab es keine.", "none": "Szenarien sind keine mehr dabei.",
        "unread": "Die Szenarien sind anders und nicht lesbar.",
    },
}  # fmt: skip


def scenario_differences(old: str | None, new: str | None, language: str) -> tuple[Difference, ...]:
    """What is different in the text `new` of a scenarios file; None where there is none."""
    if old == new:
        return ()
    try:
        return tuple(_compared(_read(old), _read(new), _WORDS["de" if language.startswith("de") else "en"]))
    except DefinitionError:
        return (Difference("changed", PART, _WORDS["de" if language.startswith("de") else "en"]["unread"]),)


def _compared(old: Mapping[str, Any], new: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[Difference]:
    was, now = _by_name(old), _by_name(new)
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
            for key, *said in _changed(was[name], scenario):
                yield Difference("changed", PART, words[key].format(name, *said))
    if old.get("people") != new.get("people"):
        yield Difference("changed", PART, words["people"])


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """What of one scenario is different: the sentence, and what is filled into it."""
    if was.get("start") != now.get("start"):
        yield ("start",)
    if was.get("absent") != now.get("absent"):
        yield ("away",)
    before, after = _steps(was), _steps(now)
    if len(before) != len(after):
        yield ("more", str(len(after)), str(len(before)))
        return
    pairs = enumerate(zip(before, after, strict=True), 1)
    other = [str(number) for number, (one, another) in pairs if one != another]
    if other:
        yield ("step" if len(other) == 1 else "steps", ", ".join(other))


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
