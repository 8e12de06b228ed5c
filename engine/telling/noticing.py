"""What a notice says, in one line and in the reader's language: in the process's own words, or in those that fit the
occasion.

Owns these words. Decides neither who is told nor when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.actors import GUEST
from engine.definition.model import Definition
from engine.definition.texts import localised
from engine.telling.facts import DUE, HARD_STOP_RUNG

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "asked_by": "{who} asks: {say}", "answered_by": "{who} answers: {say}",
        "mentioned_by": "{who} names you: {say}",
        "guest": "The customer", "written_by": "{who} writes: {say}", "sent_by": "{who} sends a file: {say}",
        "due": "{what} was to be kept by now", "hard": "{what} has come to its hard stop",
        "share": "{share} of the time for {what} is used up", "in": "The case is in {what}",
        "case": "It is about this case", "quote": "“{}”", "behalf": "You stand in for {}.",
    },
    "de": {
        "asked_by": "{who} fragt: {say}", "answered_by": "{who} antwortet: {say}",
        "mentioned_by": "{who} nennt Sie: {say}",
        "guest": "Der Kunde", "written_by": "{who} schreibt: {say}", "sent_by": "{who} schickt eine Datei: {say}",
        "due": "{what} wäre jetzt einzuhalten gewesen", "hard": "{what} ist am äußersten Ende angelangt",
        "share": "{share} der Zeit für {what} sind verbraucht", "in": "Der Vorgang steht bei {what}",
        "case": "Es geht um diesen Vorgang", "quote": "„{}“", "behalf": "Sie vertreten {}.",
    },
}  # fmt: skip


def in_words(definition: Definition, body: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    """`75% of the time for “Decision” is used up`. `names` are what people are called, by their ids."""
    words = _WORDS.get(language, _WORDS["en"])
    about, say = body["about"], str(body.get("says", {}).get(language) or body.get("say", ""))
    for occasion in ("asked_by", "answered_by", "mentioned_by", "written_by", "sent_by"):
        if occasion in about:
            who = str(about[occasion])
            called = words["guest"] if who == GUEST.id else names.get(who, who)
            return words[occasion].format(who=called, say=say)
    if say:
        return say
    what = words["quote"].format(_title(definition, about, language))
    if "rung" not in about:
        return words["in"].format(what=what) if "state" in about else words["case"]
    if about["rung"] == HARD_STOP_RUNG:
        return words["hard"].format(what=what)
    if about["rung"] == DUE:
        return words["due"].format(what=what)
    return words["share"].format(share=str(about["rung"]).replace("%", " %" if language == "de" else "%"), what=what)


def behalf(body: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    """For whom the reader stands in, or nothing."""
    absent = [names.get(one, one) for one in body.get("on_behalf_of", ())]
    return _WORDS.get(language, _WORDS["en"])["behalf"].format(", ".join(absent)) if absent else ""


def _title(definition: Definition, about: Mapping[str, Any], language: str) -> str:
    if "clock" in about:
        clock = definition.clocks.get(about["clock"])
        return (localised(clock.title, language) if clock is not None else "") or str(about["clock"])
    name = str(about.get("task") or about.get("state") or "")
    known = definition.states.get(name) or definition.tasks.get(name)
    return (localised(known.title, language) if known is not None else "") or name.replace("-", " ")
