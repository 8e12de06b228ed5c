"""The words in which two versions of a process are compared, in English and German.

Owns these words alone; each `{}` is filled in by `engine.core.drawing.differences`.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "process": "The process", "state": "“{}”", "beside": "The task “{}”", "clock": "The promise “{}”",
        "message": "The message “{}”", "form": "The form “{}”", "way": "“{}”, the way “{}”",
        "any": "At any time, “{}”", "table": "The table “{}”", "variable": "The variable “{}”", "start": "The start",
        "onwards": "the way on", "added": "{} is new.", "removed": "{} is gone.",
        "leads-new": "{} now leads to “{}”{}.", "leads-old": "{} no longer leads to “{}”{}.",
        "stays": "the same state", "now": "{}: {} is now “{}”; it was “{}”.",
        "set": "{}: {} is now “{}”; there was none.", "unset": "{}: {} “{}” is gone.",
        "more": "{}: {}, now also “{}”.", "less": "{}: {}, no longer “{}”.",
        "called": "{} is now called “{}”.", "detail": "{} works differently in a detail.",
        "text": "{} has another text ({}).", "field-new": "{} asks for “{}” too ({}, {}).",
        "field-old": "{} no longer asks for “{}”.", "field": "{}: “{}” is now {}, {}; it was {}, {}.",
        "field-detail": "{}: “{}” has changed in its help, limits or choices.", "rows": "{} has other rows.",
        "owner": "the owner", "supervisors": "who oversees it", "title": "the name", "description": "the description",
        "calendar": "the working time", "reference": "the references", "languages": "the languages",
        "clauses": "the clauses", "retention": "how long records are kept", "starters": "who may start a case",
        "who": "who does it", "rules": "who decides", "about": "what it is about", "excluded": "who must not",
        "due": "by when", "form-used": "the form", "help": "the help", "does": "what is done on the way",
        "late": "what happens when it takes long", "when": "when", "by": "who may ask for it",
        "leads": "where it leads", "target": "how long", "begins": "from when", "ends": "until when",
        "pauses": "when it stands still", "rungs": "what happens as it runs out", "to": "to whom",
        "sent": "when it is sent", "calendar-days": "working days", "customers": "what customers call it",
        "milestone": "The milestone “{}”", "label": "what “{}” is called",
        "stage": "The stage “{}”", "people": "The group “{}”", "worked": "those who worked on",
    },
    "de": {
        "process": "Der Prozess", "state": "„{}“", "beside": "Die Aufgabe „{}“", "clock": "Die Zusage „{}“",
        "message": "Die Nachricht „{}“", "form": "Das Formular „{}“", "way": "„{}“, der Weg „{}“",
        "any": "Jederzeit, „{}“", "table": "Die Tabelle „{}“", "variable": "Die Variable „{}“", "start": "Der Beginn",
        "onwards": "der Weg weiter", "added": "{} ist neu.", "removed": "{} entfällt.",
        "leads-new": "{} führt jetzt zu „{}“{}.", "leads-old": "{} führt nicht mehr zu „{}“{}.",
        "stays": "demselben Zustand", "now": "{}, {}: jetzt „{}“, zuvor „{}“.",
        "set": "{}, {}: jetzt „{}“, zuvor nichts.", "unset": "{}, {}: „{}“ entfällt.",
        "more": "{}, {}: jetzt auch „{}“.", "less": "{}, {}: nicht mehr „{}“.",
        "called": "{} heißt jetzt „{}“.", "detail": "{}: Eine Einzelheit ist anders.",
        "text": "{} hat einen anderen Text ({}).", "field-new": "{} fragt auch nach „{}“ ({}, {}).",
        "field-old": "{} fragt nicht mehr nach „{}“.", "field": "{}: „{}“ ist jetzt {}, {}; zuvor {}, {}.",
        "field-detail": "{}: „{}“ ist in Hilfe, Grenzen oder Auswahl anders.", "rows": "{} hat andere Zeilen.",
        "owner": "wer ihn verantwortet", "supervisors": "wer ihn beaufsichtigt", "title": "der Name",
        "description": "die Beschreibung", "calendar": "die Arbeitszeit", "reference": "die Vorgangsnummern",
        "languages": "die Sprachen", "clauses": "die Abschnitte der Norm", "retention": "wie lange aufbewahrt wird",
        "starters": "wer einen Vorgang beginnen darf", "who": "wer es tut", "rules": "wer entscheidet",
        "about": "worum es geht", "excluded": "wer es nicht darf", "due": "bis wann", "form-used": "das Formular",
        "help": "die Hilfe", "does": "was dabei geschieht", "late": "was geschieht, wenn es lange dauert",
        "when": "wann", "by": "wer es verlangen darf", "leads": "wohin es führt", "target": "wie lange",
        "begins": "ab wann", "ends": "bis wann", "pauses": "wann sie stillsteht",
        "rungs": "was geschieht, wenn sie abläuft", "to": "an wen", "sent": "wann sie gesendet wird",
        "calendar-days": "die Arbeitstage", "customers": "wie Kunden sie nennen",
        "milestone": "Der Meilenstein „{}“", "label": "wie „{}“ heißt",
        "stage": "Die Station „{}“", "people": "Die Gruppe „{}“", "worked": "wer gearbeitet hat an",
    },
}  # fmt: skip
