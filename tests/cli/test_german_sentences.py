"""The history in German: everything that is said has its German, and names are those that people read."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.core.events import Event
from engine.core.messages import CAME_BACK, NOT_DELIVERED, SERVER_SAYS
from engine.reasons import SAID
from engine.telling.conditions import changed, condition, seen
from engine.telling.german import GERMAN
from engine.telling.purposes import whose
from engine.telling.sentences import Teller
from engine.telling.voice import Tongue, Voice
from tests.builders import ANN, CUSTOMER, HEAD, LEA, Case, define

TELLING = Path(__file__).resolve().parents[2] / "engine" / "telling"
BODY = """
customer: {email: "'cleo@example.org'"}
start: {by: customer, form: order-intake, go: received}
clocks:
  answer:
    title: {en: Answer, de: Antwort}
    target: 2bd
    stops-on: sent order-answer
    escalate: {100%: {notify: lead, send: order-late}}
stages:
  answer: {title: {en: Answered, de: Beantwortet}, reached: milestone told}
states:
  received:
    title: {en: Received, de: Eingegangen}
    task: {title: {en: "Sort {reference}", de: "{reference} einordnen"}, candidates: [agent], due: 1bd}
    on:
      sort: {title: {en: Sort it, de: Einordnen}, go: agreeing}
  agreeing:
    title: {en: Agreeing, de: Einigung}
    approval: {by: {any: [lead]}, binds: [intake]}
    on:
      approved: {title: {en: Agree, de: Zustimmen}, send: order-answer, milestone: told, go: closed}
      rejected: {title: {en: Refuse, de: Ablehnen}, go: received}
    after:
      8bd: {go: closed}
  closed: {title: {en: Closed, de: Abgeschlossen}, final: done}
variables: {rounds: {title: {en: Rounds, de: Runden}, first: 0}}
on:
  drop: {title: {en: Drop it, de: Fallen lassen}, by: [agent], needs: lead, set: {rounds: 1}, go: closed}
"""
FORMS = {"order-intake": "required: [size]\nproperties: {size: {enum: [small]}}"}
MESSAGES = {
    "order-answer.en": "{reference}: our answer | Yes.",
    "order-answer.de": "{reference}: unsere Antwort | Ja.",
    "order-late.en": "{reference}: we are late | Soon.",
    "order-late.de": "{reference}: es dauert | Bald.",
}
ORDER = define(BODY, FORMS, MESSAGES, HEAD.replace("[en]", "[en, de]"))
READER = Tongue("de", {"ann": "Ann Keller", "lea": "Lea Brandt"}, {"agent": "Sachbearbeitung", "lead": "Leitung"})


def said() -> Iterator[str]:
    """Every text that is said."""
    for file in sorted(TELLING.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self" | "voice"), attr="say"), args=[words]):
                    assert isinstance(words, ast.Constant), f"{file.name}:{node.lineno} says what cannot be looked up"
                    yield str(words.value)


def parts(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_everything_that_is_said_has_its_german_and_nothing_else_has() -> None:
    assert sorted(set(said())) == sorted(GERMAN)


@pytest.mark.parametrize("words", GERMAN)
def test_the_german_fills_in_the_same_parts(words: str) -> None:
    assert parts(GERMAN[words]) == parts(words)


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    case = Case(ORDER).start(CUSTOMER, size="small").wait("3bd").claim(ANN).do(ANN, "sort").decide(LEA, "approve")
    teller = Teller(ORDER, "Europe/Berlin", READER)
    return [(event.type, line) for event in case.history for line in teller.tell(event)]


@pytest.mark.parametrize(
    ("type", "line"),
    [
        ("moved", "„Eingegangen“ → „Einigung“ durch „Einordnen“"),
        ("task-opened", "„ORD-2026-00001 einordnen“: für Sachbearbeitung; fällig 24.11.2026 17:00"),
        ("task-completed", "„ORD-2026-00001 einordnen“: Einordnen"),
        ("milestone-reached", "Beantwortet"),
        ("clock-breached", "Antwort war 25.11.2026 17:00 fällig und wurde nicht eingehalten"),
        ("clock-stopped", "Antwort zu spät eingehalten, als die Nachricht „unsere Antwort“ hinausging"),
        ("timer-set", "08.12.2026 17:00: „Einigung“, nach 8 Arbeitstagen: weiter zu „Abgeschlossen“"),
        ("decision-given", "sagte ja als Leitung bei „Einigung“, Runde 1 (Inhalt e220aa2780ec)"),
        ("approval-closed", "„Einigung“ endete mit „Zustimmen“: Lea Brandt sagte ja"),
        ("message-sent", "an cleo@example.org: ORD-2026-00001: our answer"),
        ("completed", "Abgeschlossen"),
    ],
)
def test_it_is_told_in_german_with_the_names_that_people_read(
    lines: list[tuple[str, str]], type: str, line: str
) -> None:
    of_type = [told for kind, told in lines if kind == type]
    assert line in of_type, "\n".join(of_type)


WEIGHED = """
start: {by: customer, form: order-intake, go: here}
variables: {grave: {title: {en: Grave, de: Schwerwiegend}, first: false}}
states:
  here: {task: {candidates: [agent]}, on: {go: there}}
  there: {final: done}
"""
WEIGHED_FORMS = {
    "order-intake": "properties: {size: {title: {en: Size, de: Größe}, enum: [small, large], "
    "labels: {small: {en: Small, de: Klein}, large: {en: Large, de: Groß}}}, "
    "lots: {title: {en: Lots, de: Anzahl}, type: integer}}"
}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("intake.size == small", "„Größe“ ist „Klein“"),
        ("intake.size != large and not grave", "„Größe“ ist nicht „Groß“ und „Schwerwiegend“: nein"),
        ("grave and (intake.size in [small, large] or intake.lots is set)",
         "„Schwerwiegend“: ja und („Größe“ ist eines von „Klein“, „Groß“ oder „Anzahl“ ist ausgefüllt)"),
        ("intake.lots is not set or intake.lots < 2", "„Anzahl“ ist nicht ausgefüllt oder „Anzahl“ ist kleiner als 2"),
        ("intake.lots + 1 > 2", "„Anzahl“ + 1 ist größer als 2"),
        ("sum(intake.lots)", ""),
        ("else", "sonst"),
    ],
)  # fmt: skip
def test_a_condition_is_said_by_titles_and_labels_and_what_is_written_is_kept_behind_it(
    written: str, said: str
) -> None:
    voice = Voice(define(WEIGHED, WEIGHED_FORMS, {}, HEAD.replace("[en]", "[en, de]")), "Europe/Berlin", Tongue("de"))
    assert condition(voice, written) == (said or f"`{written}`")
    assert voice.written == ([written] if said and written != "else" else [])
    assert condition(Voice(voice.definition, "UTC"), written) == f"`{written}`"
    assert (
        seen(voice, {"intake.size": ["large", "small"], "grave": True}) == "„Größe“ = Groß, Klein, „Schwerwiegend“ = ja"
    )
    assert seen(voice, {"claimed": False}) == "von jemandem übernommen = nein"


def test_somebody_is_told_by_their_name_a_row_by_its_cells_and_a_file_by_its_name() -> None:
    forms = {"order-intake": "properties: {who: {title: {en: Who, de: Wer}, type: string, format: person}}"}
    definition = define(WEIGHED.replace("small", "ann"), forms, {}, HEAD.replace("[en]", "[en, de]"))
    page, shell = Voice(definition, "UTC", READER), Voice(definition, "UTC")
    assert changed(page, {"who": [None, "ann"]}, "intake") == ["„Wer“: — → Ann Keller"]
    assert changed(shell, {"who": [None, "ann"]}, "intake") == ["who: — → ann"]
    rows = [{"what": "Paper", "many": 2}, {"what": "Ink", "many": 1}]
    assert changed(shell, {"lines": [None, rows]}) == ["lines: — → what: Paper, many: 2; what: Ink, many: 1"]
    files = [{"name": "a.txt", "type": "text/plain", "size": 1, "sha256": "00"}] * 2
    assert changed(shell, {"proof": [None, files]}) == ["proof: — → a.txt, a.txt"]


def test_in_english_a_page_says_titles_and_the_command_line_says_what_the_process_says() -> None:
    case = Case(ORDER).start(CUSTOMER, size="small").claim(ANN).do(ANN, "sort")
    (moved,) = [event for event in case.history if event.type == "moved" and event.body["from"] == "received"]

    def says(tongue: Tongue, event: Event) -> str:
        return Teller(ORDER, "Europe/Berlin", tongue).tell(event)[0]

    assert says(Tongue("en"), moved) == "'Received' → 'Agreeing'  by 'Sort it'"
    assert says(Tongue(), moved) == "received → agreeing  by on:sort"


@pytest.mark.parametrize(
    ("kind", "german"),
    [
        (NOT_DELIVERED, "„Re: {to}, “to” me“ konnte lea@example.org nicht zugestellt werden"),
        (CAME_BACK, "„Re: {to}, “to” me“ hat lea@example.org nicht erreicht und kam zurück"),
    ],
)
def test_a_letter_that_did_not_arrive_is_told_from_its_parts_and_an_older_incident_as_it_lies_there(
    kind: str, german: str
) -> None:
    parts = {"about": "Re: {to}, “to” me", "to": "lea@example.org", "error": f"{SERVER_SAYS}550 No, but: why"}
    message = SAID["en"][kind].format(**parts)
    older = {"incident": "1", "message": message, "state": "", "place": "", "values": {}}
    for body, said in (
        ({**older, "kind": kind, "parts": parts}, f"{german}: der Mailserver sagt: 550 No, but: why"),
        (older, message),
    ):
        event = Event("incident-raised", datetime(2026, 11, 23, tzinfo=UTC), "system", "worker", body)
        assert Teller(ORDER, "Europe/Berlin", Tongue("de")).tell(event) == [f"{said} (der Vorgang war beendet)"]
        assert Teller(ORDER, "Europe/Berlin", Tongue("en")).tell(event) == [f"{message} (the case had ended)"]


def test_what_is_written_stands_behind_the_line_that_says_it_and_behind_no_other() -> None:
    definition = define(WEIGHED, WEIGHED_FORMS, {}, HEAD.replace("[en]", "[en, de]"))
    guards = [{"when": "intake.size == small", "result": True, "values": {"intake.size": "small"}}]
    body = {"from": "here", "to": "there", "trigger": "on:go", "decided": guards}
    moved, why = Teller(definition, "UTC", Tongue("de")).sentences(
        Event("moved", datetime(2026, 11, 23, tzinfo=UTC), "ann", "web", body)
    )
    assert moved.written == ()
    assert why.text == "Bedingung „Größe“ ist „Klein“ traf zu mit „Größe“ = Klein"
    assert why.written == ("intake.size == small",)


ENDINGS = {("corrective-action", "closed_ok"): "Wirksam abgeschlossen"}


@pytest.mark.parametrize(
    ("type", "body", "page", "shell"),
    [
        (
            "case-called",
            {"name": "capa", "process": "corrective-action", "kind": "spawned", "blocks": True},
            "ein Vorgang von „Korrekturmaßnahme“; er entstand aus diesem Vorgang, ohne dessen Ende dieser Vorgang "
            "nicht enden kann",
            "a case of corrective-action, as capa (spawned), without whose end this case cannot end",
        ),
        (
            "case-linked",
            {"name": "capa", "process": "corrective-action", "kind": "spawned", "reference": "CAR-2026-00001"},
            "CAR-2026-00001 („Korrekturmaßnahme“)",
            "CAR-2026-00001, known as capa",
        ),
        ("values-set", {"changes": {"rounds": [0, 1]}}, "„Runden“: 0 → 1", "rounds: 0 → 1"),
        (
            "approval-opened",
            {"task": "9", "state": "received", "rule": "one of lead, yes or no", "content": "ab" * 32},
            "die Aufgabe von „Eingegangen“: eine Person von Leitung, kann allein ablehnen: Leitung "
            "(Inhalt abababababab)",
            "the task of received: one of lead, yes or no (content abababababab)",
        ),
        (
            "child-ended",
            {"name": "capa", "process": "corrective-action", "reference": "CAR-2026-00001", "outcome": "closed_ok"},
            "CAR-2026-00001 („Korrekturmaßnahme“): Wirksam abgeschlossen",
            "CAR-2026-00001, known as capa: closed_ok",
        ),
        (
            "notified",
            {
                "to": "role:lead",
                "about": {"state": "received", "message": "order-answer"},
                "urgent": True,
                "not_before": "2026-11-23T00:00:00+00:00",
            },
            "Leitung, sofort: in „Eingegangen“, „unsere Antwort“",
            "lead, at once: in received, message: order-answer",
        ),
        (
            "branch-started",
            {"branch": "", "row": {"who": "ann", "for": "lead", "text": "As it is"}},
            "ein Zweig für Ann Keller, Leitung, As it is",
            "a branch for ann, lead, As it is",
        ),
        (
            "move-held",
            {"state": "received", "trigger": "on:sort", "children": ["CAR-2026-00001"]},
            "„Einordnen“ in „Eingegangen“ wartet auf CAR-2026-00001",
            "on:sort in received waits for CAR-2026-00001",
        ),
    ],
)
def test_on_a_page_nothing_is_called_by_its_id(type: str, body: dict[str, object], page: str, shell: str) -> None:
    event = Event(type, datetime(2026, 11, 23, tzinfo=UTC), "ann", "web", body)
    names = {"corrective-action": "Korrekturmaßnahme"}
    reader = Tongue("de", READER.people, READER.roles, processes=names, endings=ENDINGS)
    assert Teller(ORDER, "UTC", reader).tell(event) == [page]
    assert Teller(ORDER, "UTC").tell(event) == [shell]


def test_when_a_timer_fires_is_said_by_the_title_of_the_date_that_it_waits_for() -> None:
    body = WEIGHED.replace("{go: there}}", "{go: there}, after: [{time: {at: intake.until}, set: {grave: true}}]}")
    forms = {"order-intake": "properties: {until: {title: {en: Until, de: Bis wann}, type: string, format: date}}"}
    voice = Voice(define(body, forms, {}, HEAD.replace("[en]", "[en, de]")), "UTC", Tongue("de"))
    assert whose(voice, "after", "here", 0) == "„Here“, am „Bis wann“" and voice.written == ["intake.until"]
    assert whose(Voice(voice.definition, "UTC"), "after", "here", 0) == "here, on intake.until"


def test_a_branch_is_called_by_the_state_it_begins_in_and_by_the_number_of_its_row() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    for name, page in (("reader 2", "der Zweig „Einigung“ 2"), ("law", "der Zweig „Einigung“")):
        page_teller, shell_teller = Teller(ORDER, "UTC", READER), Teller(ORDER, "UTC")
        begun = Event("branch-started", at, "ann", "web", {"branch": name, "state": "agreeing"})
        ended = Event("branch-ended", at, "ann", "web", {"branch": name, "how": "joined"})
        assert page_teller.tell(begun) + page_teller.tell(ended) == [page, f"{page} ist fertig"]
        assert shell_teller.tell(begun) == [f"the branch {name}"]
        assert shell_teller.tell(ended) == [f"the branch {name} is done"]


def test_what_a_message_or_a_reopening_brought_about_is_told_by_its_title() -> None:
    replied = "{title: {en: Reply, de: Antwort}, go: here}"
    rated = "{title: {en: Rating, de: Bewertung}, from: [here]}"
    waits = f"here: {{wait-for: {{replied: {replied}}}, task: {{candidates: [agent]}}"
    body = WEIGHED.replace("here: {task: {candidates: [agent]}", waits) + f"wait-for: {{rated: {rated}}}\n"
    body = body.replace("final: done", "final: {outcome: done, reopen: {by: [agent], go: here}}")
    definition = define(body, WEIGHED_FORMS, {}, HEAD.replace("[en]", "[en, de]"))
    told = []
    for at, trigger in (("here", "wait-for:replied"), ("here", "heed:rated"), ("there", "reopen:"), ("here", "go:")):
        event = Event("stayed", datetime(2026, 11, 23, tzinfo=UTC), "ann", "web", {"state": at, "trigger": trigger})
        told += [line.rpartition("durch ")[2] for line in Teller(definition, "UTC", Tongue("de")).tell(event)]
    assert told == ["„Antwort“", "„Bewertung“", "„Wieder öffnen“", "sich selbst"]
