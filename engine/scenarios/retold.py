"""A step of a scenario in plain words: what is said in it, and what is said otherwise in another.

Owns these words, in English and German. Compares no whole scenarios: `engine.scenarios.differences` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "as": "who acts",
        "do": "what is done",
        "trigger": "move asked for",
        "message": "message that arrives",
        "wait": "time that passes",
        "until": "time passes until",
        "decide": "decision",
        "child": "called case that ends",
        "claim": "takes the task of",
        "release": "gives back the task of",
        "assign": "gives the task to",
        "delegate": "delegates to",
        "suspend": "halted because",
        "resume": "goes on because",
        "cancel": "ended from outside because",
        "reopen": "opened again because",
        "comment": "comment",
        "at": "when",
        "received": "received",
        "state": "task of the state",
        "move": "move to confirm",
        "on-behalf-of": "as deputy of",
        "to": "to whom",
        "from": "from",
        "outcome": "outcome",
        "values": "filled in",
        "refused": "refused because",
        "fields": "fields refused",
        "expect": "expected",
    },
    "de": {
        "as": "wer handelt",
        "do": "was getan wird",
        "trigger": "verlangter Schritt",
        "message": "eingehende Nachricht",
        "wait": "vergehende Zeit",
        "until": "Zeit vergeht bis",
        "decide": "Entscheidung",
        "child": "endender aufgerufener Vorgang",
        "claim": "übernimmt die Aufgabe in",
        "release": "gibt die Aufgabe zurück in",
        "assign": "gibt die Aufgabe an",
        "delegate": "delegiert an",
        "suspend": "angehalten, weil",
        "resume": "fortgesetzt, weil",
        "cancel": "von außen beendet, weil",
        "reopen": "wieder geöffnet, weil",
        "comment": "Kommentar",
        "at": "wann",
        "received": "eingegangen",
        "state": "Aufgabe im Zustand",
        "move": "zu bestätigender Schritt",
        "on-behalf-of": "in Vertretung von",
        "to": "an wen",
        "from": "ab",
        "outcome": "Ergebnis",
        "values": "ausgefüllt",
        "refused": "abgelehnt wegen",
        "fields": "abgelehnte Felder",
        "expect": "erwartet",
    },
}
"""The words of a step, as one says them."""

_EXPECTED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "unaddressed": "sent to nobody",
        "called": "called processes",
        "milestone": "milestones reached",
        "offered": "outcomes on offer",
        "rule": "who has to agree",
        "needed": "how many more have to agree",
        "breached": "promises broken",
        "clocks": "clock",
        "deadlines": "deadline of",
    },
    "de": {
        "state": "Zustand",
        "status": "Status",
        "outcome": "Ergebnis",
        "sent": "gesendet",
        "unaddressed": "an niemanden gesendet",
        "called": "aufgerufene Prozesse",
        "milestone": "erreichte Meilensteine",
        "task": "Aufgabe",
        "assignee": "zugeteilt",
        "due": "Fälligkeit",
        "offered": "angebotene Ergebnisse",
        "rule": "wer zustimmen muss",
        "needed": "wie viele noch zustimmen müssen",
        "breached": "gebrochene Zusagen",
        "escalated": "eskaliert",
        "notified": "benachrichtigt",
        "opened": "eröffnete Aufgaben",
        "clocks": "Uhr",
        "deadlines": "Frist von",
        "priority": "Priorität",
        "label": "Wort an den Kunden",
        "subject": "Titel des Vorgangs",
    },
}
"""What can be expected, where it is not called so already."""

_NOTHING = {"en": "nothing", "de": "nichts"}
_YES_NO = {"en": ("yes", "no"), "de": ("ja", "nein")}
LONGEST = 80
"""Most characters of one value in a sentence."""


def told(step: object, language: str) -> str:
    """Everything that a step says: `Who acts: agent; what is done: answer`."""
    return _listed(((path, _said(value, language)) for path, value in _leaves(step)), language)


def otherwise(old: object, new: object, language: str) -> str:
    """What the one says otherwise than the other: `Expected state: open → closed`; empty when nothing."""
    was, now = dict(_leaves(old)), dict(_leaves(new))
    changed = [path for path in dict.fromkeys((*was, *now)) if was.get(path) != now.get(path)]
    return _listed(
        ((path, f"{_said(was.get(path), language)} → {_said(now.get(path), language)}") for path in changed), language
    )


def _listed(every: Iterable[tuple[tuple[str, ...], str]], language: str) -> str:
    words = "; ".join(": ".join(part for part in (_name(path, language), said) if part) for path, said in every)
    return words[:1].upper() + words[1:]


def _leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value with the words that it stands under."""
    if isinstance(node, Mapping) and (node or not path):
        for key, child in node.items():
            yield from _leaves(child, (*path, str(key)))
    else:
        yield path, node


def _name(path: tuple[str, ...], language: str) -> str:
    words = [_WORDS[language].get(path[0], path[0])] if path else []
    rest = list(path[1:])
    if path[:1] == ("expect",) and rest:
        rest[0] = _EXPECTED[language].get(rest[0], rest[0])
    return " ".join((*words, *rest)).replace("_", " ")


def _said(value: object, language: str) -> str:
    if value is None or value == [] or value == {}:
        return _NOTHING[language]
    if isinstance(value, bool):
        return _YES_NO[language][not value]
    if isinstance(value, list):
        return ", ".join(_said(one, language) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(one, language)}" for key, one in value.items())
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
