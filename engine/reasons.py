"""Why a process cannot go on, or a letter did not arrive: each reason by its kind, in the languages of the house.

Owns these kinds and their words. What stands in them by its name, such as an expression or a state, is what the author
called it.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Place, Stuck

_ENGLISH: Mapping[str, str] = {
    # letters
    "not-delivered": "Expected to deliver “{about}” to {to}, but: {error}",
    "came-back": "Expected “{about}” to reach {to}, but it came back: {error}",
    # values
    "no-value": "`{name}` has no value, but it is needed here.",
    "no-value-in-row": "`{name}` has no value in row {row}, but it is needed here.",
    "no-value-for-text": "`{name}` has no value, but the text needs it",
    "no-length": "Expected a value for {name} = {value}, but there is none",
    "other-type": "Expected `{name}` to be {type}, but it is {value}.",
    "no-people": "Expected {name} to name people, but it is {value}",
    "divides-by-zero": "This divides by zero.",
    "beyond-numbers": "The number becomes too large to calculate with.",
    "beyond-rounding": "The number is too large to round.",
    "none-smallest": "There is no smallest value, because the list is empty.",
    "none-largest": "There is no largest value, because the list is empty.",
    # ways
    "no-row": "No row of the decision `{name}` fits. Add a row for these values, or an `else` row.",
    "no-rule": "No rule of the approval in '{state}' holds",
    "no-way": "No guard of {trigger} in the state {state} holds",
    "round-and-round": "The process goes round: more than {most} moves followed one another by themselves",
    "not-begun": "Expected a case that has begun, but it got stuck at its beginning",
    "call-refused": "Expected to start '{process}' from here, but it was refused: {error}",
    # people
    "nobody": "Nobody may do '{title}': it asks for {roles}, and {people} already had a part in this case",
    "too-few": "Too few people may decide '{title}': {rule}, and {needed} more are needed",
    # time
    "part-of-a-day": "Expected a whole number of days, but it is {days}.",
    "no-such-day": "{days} days from {day} is outside the calendar.",
    "far-date": "Expected a date within the calendar, but {value} is too far away",
    "far-year": "The year {year} is outside what a calendar can reckon with.",
    "past-the-end": "{day} plus {length} leads past the year 9999.",
    "never-open": "The calendar has no opening hours in the {years} years after {day}.",
    "too-many-hours": "More than {years} years after {day} would be needed for so many open hours.",
    "too-far-apart": "{first} and {last} are more than {years} years apart.",
    "no-business-day": "The calendar has no business day in the {years} years after {day}.",
    "too-many-days": "More than {years} years after {day} would be needed to find enough business days.",
    "no-days-before": "Expected so many business days before {at}, but '{calendar}' has not had them",
    "not-open-before": "Expected the calendar '{calendar}' to have been open some time before {at}",
    "stands-still": "Expected a repetition that moves on, but it stands still",
}
_GERMAN: Mapping[str, str] = {
    "not-delivered": "„{about}“ konnte {to} nicht zugestellt werden: {error}",
    "came-back": "„{about}“ hat {to} nicht erreicht und kam zurück: {error}",
    "no-value": "`{name}` hat keinen Wert, hier wird aber einer gebraucht.",
    "no-value-in-row": "`{name}` hat in Zeile {row} keinen Wert, hier wird aber einer gebraucht.",
    "no-value-for-text": "`{name}` hat keinen Wert, der Text braucht aber einen",
    "no-length": "Für {name} = {value} ist nichts festgelegt",
    "other-type": "`{name}` hat mit {value} einen Wert, der hier nicht passt.",
    "no-people": "{name} müsste Personen nennen, hat aber den Wert {value}",
    "divides-by-zero": "Hier wird durch null geteilt.",
    "beyond-numbers": "Die Zahl wird zu groß zum Rechnen.",
    "beyond-rounding": "Die Zahl ist zu groß zum Runden.",
    "none-smallest": "Es gibt keinen kleinsten Wert, denn die Liste ist leer.",
    "none-largest": "Es gibt keinen größten Wert, denn die Liste ist leer.",
    "no-row": "Keine Zeile der Entscheidung `{name}` passt. Es fehlt eine für diese Werte, oder eine mit `else`.",
    "no-rule": "Keine Regel der Freigabe in „{state}“ trifft zu",
    "no-way": "Keine Bedingung von {trigger} in „{state}“ trifft zu",
    "round-and-round": "Der Prozess läuft im Kreis: Mehr als {most} Wege folgten von selbst aufeinander",
    "not-begun": "Der Vorgang hat noch nicht begonnen: Schon sein Beginn ist gescheitert",
    "call-refused": "„{process}“ sollte von hier aus beginnen, wurde aber abgelehnt: {error}",
    "nobody": "Niemand darf „{title}“ tun: Gefragt ist {roles}, und {people} war an diesem Vorgang schon beteiligt",
    "too-few": "Zu wenige können über „{title}“ entscheiden ({roles}): {needed} fehlen noch",
    "part-of-a-day": "Es müssten ganze Tage sein, es sind aber {days}.",
    "no-such-day": "{days} Tage ab {day} liegen außerhalb des Kalenders.",
    "far-date": "{value} liegt zu weit weg für den Kalender",
    "far-year": "Mit dem Jahr {year} kann kein Kalender rechnen.",
    "past-the-end": "{day} plus {length} liegt hinter dem Jahr 9999.",
    "never-open": "Der Kalender ist in den {years} Jahren nach {day} nie geöffnet.",
    "too-many-hours": "Für so viele geöffnete Stunden brauchte es mehr als {years} Jahre nach {day}.",
    "too-far-apart": "{first} und {last} liegen mehr als {years} Jahre auseinander.",
    "no-business-day": "Der Kalender hat in den {years} Jahren nach {day} keinen Arbeitstag.",
    "too-many-days": "Für so viele Arbeitstage brauchte es mehr als {years} Jahre nach {day}.",
    "no-days-before": "So viele Arbeitstage vor {at} hat der Kalender „{calendar}“ nicht",
    "not-open-before": "Der Kalender „{calendar}“ war vor {at} nie geöffnet",
    "stands-still": "Eine Wiederholung müsste weitergehen, steht aber still",
}
SAID: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "de": _GERMAN}
"""By language and kind."""


def stuck_on(
    kind: str, place: Place | None = None, values: Mapping[str, object] | None = None, /, **parts: object
) -> Stuck:
    """The process is stuck for this reason; `parts` are what its words name."""
    told = {name: str(part) for name, part in parts.items()}
    return Stuck(_ENGLISH[kind].format(**told), place, values or {}, kind, told)


def told(stuck: Stuck) -> dict[str, str]:
    """What it says, by language; nothing where its message is all there is."""
    return {language: words[stuck.kind].format(**stuck.parts) for language, words in SAID.items() if stuck.kind}
