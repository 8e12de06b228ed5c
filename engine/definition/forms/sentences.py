"""What a form says to the person who fills it in, in every language it speaks.

Owns the sentences, each saying what is expected. Knows no field and no rule; whoever finds a fault gives its
code and the details.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.definition.texts import localised, shown
from engine.definition.wording import date_in_words, number_in_words

_SENTENCES: dict[str, tuple[str, str]] = {
    "required": ("Please fill in this field.", "Bitte füllen Sie dieses Feld aus."),
    "required-choice": ("Please choose one of: {allowed}.", "Bitte wählen Sie aus: {allowed}."),
    "required-answer": ("Please answer yes or no.", "Bitte antworten Sie mit Ja oder Nein."),
    "required-file": ("Please attach a file.", "Bitte fügen Sie eine Datei hinzu."),
    "required-list": ("Please give at least one entry.", "Bitte geben Sie mindestens einen Eintrag an."),
    "unknown": ("This form has no field '{name}'.", "Dieses Formular hat kein Feld '{name}'."),
    "unknown-near": (
        "This form has no field '{name}'; did you mean '{near}'?",
        "Dieses Formular hat kein Feld '{name}'; meinten Sie '{near}'?",
    ),
    "more-unknown": (
        "There are {count} more fields this form does not have.",
        "Es gibt {count} weitere Felder, die dieses Formular nicht hat.",
    ),
    "computed": (
        "This field is worked out and cannot be given.",
        "Dieses Feld wird berechnet und kann nicht angegeben werden.",
    ),
    "object": ("Expected fields with their values.", "Erwartet werden Felder mit ihren Werten."),
    "text": ("Expected a text.", "Erwartet wird ein Text."),
    "characters": (
        "Expected a text without control characters or broken characters.",
        "Erwartet wird ein Text ohne Steuerzeichen und ohne beschädigte Zeichen.",
    ),
    "too-long": ("Expected at most {limit} characters.", "Erwartet werden höchstens {limit} Zeichen."),
    "too-short": ("Expected at least {limit} characters.", "Erwartet werden mindestens {limit} Zeichen."),
    "pattern": ("Expected another form of text: {help}", "Erwartet wird eine andere Schreibweise: {help}"),
    "pattern-example": ("Expected a text such as {example}.", "Erwartet wird ein Text wie {example}."),
    "pattern-bare": ("Expected a text of another form.", "Erwartet wird ein Text in anderer Schreibweise."),
    "integer": ("Expected a whole number such as 3.", "Erwartet wird eine ganze Zahl wie 3."),
    "number": (
        "Expected a number such as 12 or 12.50, with a point and at most 30 digits.",
        "Erwartet wird eine Zahl wie 12 oder 12,50, mit Komma und mit höchstens 30 Ziffern.",
    ),
    "money": (
        "Expected an amount such as 1250.00, with a point.",
        "Erwartet wird ein Betrag wie 1250,00 oder 1.250,00, mit Komma.",
    ),
    "minimum": ("Expected {limit} or more.", "Erwartet wird {limit} oder mehr."),
    "maximum": ("Expected {limit} or less.", "Erwartet wird {limit} oder weniger."),
    "above": ("Expected more than {limit}.", "Erwartet wird mehr als {limit}."),
    "below": ("Expected less than {limit}.", "Erwartet wird weniger als {limit}."),
    "multiple": ("Expected a multiple of {limit}.", "Erwartet wird ein Vielfaches von {limit}."),
    "boolean": ("Expected yes or no (true or false).", "Erwartet wird Ja oder Nein (true oder false)."),
    "choice": ("Expected one of: {allowed}.", "Erwartet wird eines von: {allowed}."),
    "constant": ("Expected {wanted} here.", "Erwartet wird hier {wanted}."),
    "accepted": ("Please confirm this with yes.", "Bitte bestätigen Sie dies mit Ja."),
    "declined": ("Expected no here.", "Erwartet wird hier Nein."),
    "date": ("Expected a day such as 2026-11-23.", "Erwartet wird ein Tag wie 2026-11-23."),
    "date-time": (
        "Expected a day and time such as 2026-11-23T14:30.",
        "Erwartet werden Tag und Uhrzeit wie 2026-11-23T14:30.",
    ),
    "earliest": (
        "Please give a day that is not before {limit}.",
        "Bitte geben Sie einen Tag an, der nicht vor dem {limit} liegt.",
    ),
    "latest": (
        "Please give a day that is not after {limit}.",
        "Bitte geben Sie einen Tag an, der nicht nach dem {limit} liegt.",
    ),
    "past": ("Please give a time that is not over.", "Bitte geben Sie einen Zeitpunkt an, der noch nicht vorbei ist."),
    "future": (
        "Please give a time that is not in the future.",
        "Bitte geben Sie einen Zeitpunkt an, der nicht in der Zukunft liegt.",
    ),
    "time": ("Expected a time such as 14:30.", "Erwartet wird eine Uhrzeit wie 14:30."),
    "email": (
        "Expected an e-mail address such as ann@example.com.",
        "Erwartet wird eine E-Mail-Adresse wie ann@example.com.",
    ),
    "uri": (
        "Expected a link such as https://example.com/page.",
        "Erwartet wird ein Link wie https://example.com/seite.",
    ),
    "phone": (
        "Expected a phone number such as +49 30 1234567.",
        "Erwartet wird eine Telefonnummer wie +49 30 1234567.",
    ),
    "duration": (
        "Expected a duration such as 30m, 2bh, 1bd or 30d.",
        "Erwartet wird eine Dauer wie 30m, 2bh, 1bd oder 30d.",
    ),
    "language": ("Expected a language such as en or de.", "Erwartet wird eine Sprache wie en oder de."),
    "person": ("Expected a person's id.", "Erwartet wird die Kennung einer Person."),
    "cannot-do-it": (
        "{who} cannot do what follows (“{task}”): that takes one of {roles}. Choose {allowed}.",
        "{who} kann nicht tun, was folgt („{task}“): Das ist für {roles}. Möglich: {allowed}.",
    ),
    "has-a-part": (
        "{who} already has a part in this case, so somebody else has to do what follows (“{task}”). Choose {allowed}.",
        "{who} hat an diesem Vorgang schon mitgewirkt, also muss jemand anderes tun, was folgt („{task}“). "
        "Möglich: {allowed}.",
    ),
    "file": (
        "Expected a file with its name, type, size and sha256.",
        "Erwartet wird eine Datei mit Namen, Typ, Größe und sha256.",
    ),
    "file-name": (
        "Expected a file name of at most 255 characters without slashes and control characters.",
        "Erwartet wird ein Dateiname mit höchstens 255 Zeichen ohne Schrägstriche und Steuerzeichen.",
    ),
    "file-gone": (
        "Expected a file that has been uploaded, but its content is not here; attach it again.",
        "Erwartet wird eine Datei, die hochgeladen wurde; ihr Inhalt ist nicht da. Bitte noch einmal anhängen.",
    ),
    "list": ("Expected a list.", "Erwartet wird eine Liste."),
    "row": ("Expected a row with its columns.", "Erwartet wird eine Zeile mit ihren Spalten."),
    "too-many": ("Expected at most {limit} entries.", "Erwartet werden höchstens {limit} Einträge."),
    "too-few": ("Expected at least {limit} entries.", "Erwartet werden mindestens {limit} Einträge."),
    "twice": ("Expected each entry only once.", "Erwartet wird jeder Eintrag nur einmal."),
    "stuck": (
        "This leads to a calculation that is not possible: {reason}",
        "Dies führt zu einer Berechnung, die nicht möglich ist: {reason}",
    ),
    "uncomputed": (
        "This field cannot be worked out: {reason}",
        "Dieses Feld lässt sich nicht berechnen: {reason}",
    ),
    "other": ("Expected another value.", "Erwartet wird ein anderer Wert."),
}


def sentence(code: str, details: Mapping[str, object], language: str) -> str:
    """The sentence for a fault in `language` (German for de and its kinds, else English); details are
    shortened and made harmless.
    """
    english, german = _SENTENCES.get(code, _SENTENCES["other"])
    plain: dict[str, object] = {}
    for key, value in details.items():
        if key == "help" and isinstance(value, str | Mapping):
            plain[key] = localised(value, language)
        elif isinstance(value, Decimal):
            plain[key] = number_in_words(value, language[:2])
        elif isinstance(value, date):
            plain[key] = date_in_words(value, language[:2])
        else:
            plain[key] = (
                value
                if isinstance(value, int) or key in ("allowed", "roles")
                else shown(str(value), 300 if key == "reason" else 60)
            )
    return (german if language[:2] == "de" else english).format(**plain)


def sentence_codes() -> tuple[str, ...]:
    """Every code there is a sentence for."""
    return tuple(_SENTENCES)
