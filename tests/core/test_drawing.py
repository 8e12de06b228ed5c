"""Pictures of processes: everything is in them once, and no text of a definition becomes more than text."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from engine.core.drawing import Picture, as_dot, as_mermaid, picture_of, trail_of
from engine.core.drawing.notes import quiet
from engine.core.drawing.picture import Edge, Node
from engine.core.drawing.prose import prose_of
from engine.core.machine import transitions_of
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.library import catalog_of
from tests.builders import ANN, CUSTOMER, Case, define

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = catalog_of(ROOT)

EVERYTHING = """
start: {by: [customer, agent], form: order-intake, go: sort}
variables: {rounds: 0}
people: {handler: [check]}
states:
  sort:
    go:
      - {when: intake.amount > 100, go: check}
      - {else: work}
  check:
    title: {en: Check it, de: Prüfen}
    task: {candidates: [agent, expert], exclude: [handler], due: 2bd}
    on:
      accept: {title: Accept, only-when: rounds < 3, go: work}
      again: {set: {rounds: rounds + 1}, go: check}
      refuse: refused
    after:
      1bd: {set: {rounds: rounds + 1}, repeat: 2bd}
      5bd: {when: rounds > 1, go: refused}
    wait-for:
      customer-replied: [{when: rounds > 2, go: refused}, {else: work}]
  work:
    title: Work
    parallel:
      branches: {tools: make, papers: write}
      join: 1
      go: [{when: rounds > 5, go: refused}, {else: rows}]
  make: {task: {candidates: [agent]}, on: {done: join, ask: ask}}
  ask: {wait-for: {customer-replied: make}}
  write: {task: {candidates: {by: intake.kind, big: [expert], else: [agent]}}, on: {done: join}}
  rows:
    for-each: {row: intake.documents, as: document, start: amend, go: closed}
  amend: {task: {candidates: [agent]}, on: {done: join}}
  closed: {final: {outcome: done, reopen: {go: check, within: 20bd, by: [customer]}}}
  refused: {final: refused}
  withdrawn: {final: withdrawn}
on:
  withdraw: {by: [customer], go: withdrawn}
  stop: {title: Stop it, by: [lead], only-when: rounds > 1, go: refused}
  note: {by: [agent], set: {rounds: rounds + 1}}
  hurry: {by: [customer], from: [check], go: work}
wait-for:
  reminder: {set: {rounds: rounds + 1}}
"""
FORMS = {
    "order-intake": """
required: [amount, kind, documents]
properties:
  amount: {type: integer}
  kind: {enum: [big, small]}
  documents: {type: array, items: {type: object, required: [name], properties: {name: {type: string}}}}
"""
}


def everything() -> Definition:
    return define(EVERYTHING, FORMS)


def shipped(process: str) -> Definition:
    definition = examine(SHIPPED, f"processes/{process}.yaml").definition
    assert definition is not None
    return definition


def node(picture: Picture, id: str) -> Node:
    return next(node for node in picture.nodes if node.id == id)


def edge(picture: Picture, source: str, target: str, style: str = "") -> Edge:
    found = [
        edge for edge in picture.edges if (edge.source, edge.target) == (source, target) and style in (edge.style, "")
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("process", ["everything", "inquiry", "referred-complaint"])
def test_every_state_and_every_transition_is_in_the_picture_once(process: str) -> None:
    definition = everything() if process == "everything" else shipped(process)
    picture = picture_of(definition)
    states = [node.id for node in picture.nodes if not node.id.startswith(".")]
    assert sorted(states) == sorted(definition.states)
    unseen = {"branch:ask"}  # the machine could put a branch there, but none begins there
    unseen |= {move.trigger for _, move in definition.moves() if move.kind in ("escalate", "rung") and quiet(move)}
    wanted = Counter(t for t in transitions_of(definition) if t[0] not in unseen)
    assert Counter(t for way in picture.ways() for t in way.stands_for) == wanted


def test_every_arrow_has_both_its_ends() -> None:
    picture = picture_of(everything())
    ids = {node.id for node in picture.nodes}
    assert all({edge.source, edge.target} <= ids for edge in picture.edges)
    assert {box.id for box in picture.boxes} == {"work", "rows"}
    assert {node.id for node in picture.nodes if node.box == "work"} == {
        "work", "make", "ask", "write", ".join-work",
    }  # fmt: skip


def test_a_state_says_who_does_its_task_and_by_when() -> None:
    assert node(picture_of(everything()), "check").lines == (
        "agent, expert",
        "not: handler",
        "due: 2 working days",
    )


def test_what_happens_while_the_case_stays_is_a_line_in_the_state() -> None:
    way = node(picture_of(everything()), "check").ways[0]
    assert (way.words, way.sign) == ("after 1 working day, then every 2 working days: sets rounds", "clock")


def test_arrows_say_outcome_guard_time_and_message() -> None:
    picture = picture_of(everything())
    said = {(way.words, way.guard, way.sign) for edge in picture.edges for way in edge.ways}
    assert said >= {
        ("Accept", "only if rounds is less than 3", ""),
        ("after 5 working days", "if rounds is more than 1", "clock"),
        ("Customer replied", "if rounds is more than 2", "envelope"),
        ("Customer replied", "else", "envelope"),
        ("Reopen", "customer, within 20 working days", ""),
        ("", "if “Amount” is more than 100", ""),
        ("tools", "", ""),
    }
    assert edge(picture, "check", "check").style == "outcome"


def test_what_is_possible_anywhere_is_a_row_of_one_note_and_not_an_arrow_from_each_state() -> None:
    picture = picture_of(everything())
    assert [(way.words, way.guard) for way in node(picture, ".anywhere").ways] == [
        ("Withdraw → Withdrawn", "customer"),
        ("Stop it → Refused", "lead, only if rounds is more than 1"),
        ("Note: sets rounds", "agent"),
        ("Reminder: sets rounds", ""),
    ]
    assert [edge.target for edge in picture.edges if edge.source == ".anywhere"] == ["withdrawn"]
    assert [way.words for way in edge(picture, "check", "work", "outcome").ways] == ["Accept", "Hurry"]


def test_a_join_says_how_many_it_needs() -> None:
    picture = picture_of(everything())
    assert (node(picture, ".join-work").title, node(picture, ".join-rows").title) == (
        "the first",
        "all of them",
    )


def test_the_words_are_in_the_language_asked_for() -> None:
    picture = picture_of(shipped("inquiry"), "de")
    assert node(picture, "received").title == "Eingegangen"
    assert node(picture, "received").lines == ("dispatcher", "fällig: 4 Arbeitsstunden")
    assert "nicht: wer es verfasst hat" in " ".join(node(picture, "quote-review").lines)
    assert picture.language == "de"


def test_a_case_marks_where_it_stands_and_the_way_it_took() -> None:
    intake = {"amount": 5, "kind": "big", "documents": [{"name": "plan"}]}
    case = Case(define(EVERYTHING, FORMS)).start(CUSTOMER, **intake).do(ANN, "ask", state="make")
    picture = picture_of(case.definition, "en", trail_of(case.here, case.history))
    marked = {node.id: node.marks for node in picture.nodes if node.marks}
    assert set(marked) == {".begin", "sort", "work", "make", "ask", "write"}
    assert [id for id, marks in marked.items() if "current" in marks] == ["work", "ask", "write"]
    taken = {(edge.source, edge.target) for edge in picture.edges if edge.taken}
    assert taken == {
        (".begin", "sort"), ("sort", "work"), ("work", "make"), ("work", "write"), ("make", "ask"),
    }  # fmt: skip
    assert picture.told[0] == "Case ORD-2026-00001 is in Work, Ask, Write."


def test_a_way_taken_from_anywhere_is_an_arrow_of_its_own() -> None:
    intake = {"amount": 5, "kind": "big", "documents": [{"name": "plan"}]}
    case = Case(define(EVERYTHING, FORMS)).start(CUSTOMER, **intake).trigger(CUSTOMER, "withdraw")
    picture = picture_of(case.definition, "en", trail_of(case.here, case.history))
    way = edge(picture, "work", "withdrawn")
    assert (way.taken, [one.words for one in way.ways]) == (True, ["Withdraw"])
    assert not edge(picture, ".anywhere", "withdrawn").taken


HOSTILE = [
    'quote " and \\" and \\\\',
    "</b><script>alert(1)</script>",
    "]] --> x[(evil)] %% comment",
    "`backticks` ${x} {{y}} {z}",
    'URL="javascript:alert(1)" href=x',
    "a|b|c;d#35;e&amp;f",
    "end",
    "click s_open call alert()",
    "x" * 300,
    "Grüße – 你好 – 🙂",
    "]\n}\nsubgraph x\n--> y\r\t",
]


def titled(text: str) -> Definition:
    quoted = '"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"'
    body = f"""
title: {quoted}
start: {{by: customer, go: open}}
states:
  open: {{title: {quoted}, task: {{candidates: [agent]}}, on: {{done: {{title: {quoted}, go: end}}}}}}
  end: {{title: {quoted}, final: true}}
on:
  stop: {{title: {quoted}, by: [agent], go: end}}
"""
    head = "\n".join(line for line in HEAD_WITHOUT_TITLE)
    return define(body, head=head)


HEAD_WITHOUT_TITLE = ["process: order", "owner: owner", "reference: ORD", "languages: [en]", ""]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable()])
def test_a_hostile_title_stays_text_in_dot(text: str) -> None:
    dot = as_dot(picture_of(titled(text)))
    labels = re.findall(r"label=<((?:[^<>]|<[^<>]*>)*)>", dot)
    assert len(labels) == 5  # two states, one note, two arrows
    allowed = r"</?(TABLE|TR|TD|FONT|B)( [A-Z-]+=\"[A-Za-z0-9#]*\")*>"
    assert all(re.fullmatch(allowed, tag) for label in labels for tag in re.findall(r"<[^>]*>", label))
    outside = re.sub(r"label=<(?:[^<>]|<[^<>]*>)*>", "", dot)
    assert not re.search("URL|href|javascript|script|evil", outside)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable()])
def test_a_hostile_title_stays_text_in_mermaid(text: str) -> None:
    parsed(as_mermaid(picture_of(titled(text))))


def test_control_characters_never_reach_a_picture() -> None:
    definition = define(
        """
start: {by: customer, go: open}
states:
  open: {title: "one\\ntwo\\tthree", task: {candidates: [agent]}, on: {done: end}}
  end: {final: true}
"""
    )
    assert node(picture_of(definition), "open").title == "one two three"


@pytest.mark.parametrize("process", ["everything", "inquiry", "referred-complaint"])
def test_mermaid_has_every_node_box_and_arrow_in_its_own_grammar(process: str) -> None:
    picture = picture_of(everything() if process == "everything" else shipped(process))
    nodes, boxes, arrows = parsed(as_mermaid(picture))
    assert len(nodes) == len(set(nodes)) == len(picture.nodes)
    assert boxes == len(picture.boxes)
    assert len(arrows) == len(picture.edges)
    assert {end for arrow in arrows for end in arrow} <= set(nodes)


SAFE = r"[^\"`<>\[\]{}()|&\\;%]|#\d+;|<br/>"
NAME = r"[sx]_[a-z0-9_]+"
LABEL = rf'"(?:{SAFE})*"'
NODE = re.compile(rf"({NAME})(?:\({LABEL}\)|\(\({LABEL}\)\)|\(\(\({LABEL}\)\)\)|\{{\{{{LABEL}\}}\}}|\[{LABEL}\])")
ARROW = re.compile(rf"({NAME}) (?:-->|-\.->)(?:\|{LABEL}\|)? ({NAME})")
BOX = re.compile(rf"subgraph box_{NAME} \[{LABEL}\]")


def parsed(text: str) -> tuple[list[str], int, list[tuple[str, str]]]:
    """The names of the nodes, how many boxes, and the arrows; every line has to be one of ours."""
    first, title, *lines = text.splitlines()
    assert first == "flowchart TB"
    assert re.fullmatch(rf"  accTitle: (?:{SAFE})*", title)
    nodes, boxes, arrows, depth = [], 0, [], 0
    for line in lines:
        words = line.strip()
        if found := NODE.fullmatch(words):
            nodes.append(found[1])
        elif found := ARROW.fullmatch(words):
            arrows.append((found[1], found[2]))
        elif BOX.fullmatch(words):
            boxes, depth = boxes + 1, depth + 1
        else:
            assert words == "end", words
            depth -= 1
    assert depth == 0
    return nodes, boxes, arrows


CALLING = """
start: {by: [agent], go: work}
variables: {seen: 0}
states:
  work:
    call: {process: order, as: next, go: [{when: next.outcome == done, go: over}, {else: check}]}
  check:
    task: {candidates: [agent]}
    on: {accept: over}
    wait-for: {reminder: {call: {process: order, as: other}}}
  over: {final: done}
"""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("starts “Order”", "once “Order” has ended")),
        ("de", ("beginnt „Order“", "sobald „Order“ beendet ist")),
    ],
)
def test_a_state_shows_what_it_starts_and_where_that_leads(language: str, words: tuple[str, str]) -> None:
    picture = picture_of(define(CALLING), language)
    nodes = {node.id: node for node in picture.nodes}
    assert words[0] in nodes["work"].lines
    assert words[0] in nodes["check"].ways[0].words
    (edge,) = [edge for edge in picture.edges if (edge.source, edge.target) == ("work", "over")]
    assert edge.ways[0].words == words[1]


NAMED = """
start: {by: [agent], go: work}
variables: {rounds: {title: {en: Rounds, de: Runden}, first: 0}}
people: {doer: {title: {en: whoever did it, de: wer es tat}, worked-on: work}}
milestones: {told: {title: {en: Told, de: Gesagt}}}
decisions:
  much:
    {title: {en: How much, de: Wie viel}, inputs: rounds, results: [few, many], hit: first,
     labels: {few: {en: Few, de: Wenige}}, rows: [["< 2", few], [any, many]]}
states:
  work:
    task: {candidates: [agent], due: {by: much, few: 1bd, many: 2bd}}
    on: {done: {set: {rounds: 1}, milestone: told, go: [{when: much == few, go: check}, {else: work}]}}
  check:
    task: {candidates: [agent], exclude: [doer]}
    on: {again: {only-when: milestones.told is set, go: work}, done: over}
    wait-for: {called: {title: {en: Call, de: Anruf}, go: over}}
  over: {final: done}
"""


def test_what_has_a_title_is_told_by_it_in_the_readers_language() -> None:
    definition = define(NAMED)
    told = " ".join(picture_of(definition, "de").told)
    prose = prose_of(definition, "de")
    stops = {stop.id: stop for stop in prose.stops}
    assert "wenn „Wie viel“ ist „Wenige“" in told and "nur wenn Meilenstein „Gesagt“ ist erreicht" in told
    assert stops["work"].ways[0].does == "setzt „Runden“, erreicht „Gesagt“"
    assert stops["work"].due == "je nach „Wie viel“: Wenige 1 Arbeitstag; many 2 Arbeitstage"
    assert stops["check"].excluded == "wer es tat"
    assert stops["check"].ways[-1].name == "„Anruf“ geht ein"
    assert "Runden" not in " ".join(picture_of(definition, "en").told)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "2 working days before “Until”: reaches “told”"),
        ("de", "2 Arbeitstage vor „Until“: erreicht „told“"),
    ],
)
def test_a_time_ahead_of_a_date_says_how_long_before_it(language: str, words: str) -> None:
    body = """
    start: {by: [customer], form: order-intake, go: check}
    states:
      check:
        task: {candidates: [agent], due: {at: intake.until, before: 2bd}}
        on: {done: closed}
        after: [{time: {at: intake.until, before: 2bd}, milestone: told}]
      closed: {final: true}
    """
    form = "required: [until]\nproperties: {until: {type: string, format: date}}"
    check = node(picture_of(define(body, {"order-intake": form}), language=language), "check")
    assert check.ways[0].words == words
    assert check.lines[-1].endswith(words.partition(": ")[0])


def test_a_beginning_with_branches_is_told_way_by_way() -> None:
    branches = "go: [{when: intake.amount > 100, milestone: big, go: check}, {else: sort}]"
    body = EVERYTHING.replace("form: order-intake, go: sort", f"form: order-intake, {branches}", 1)
    told = prose_of(define(body, FORMS)).start
    assert [(way.leads_to, way.when, way.does, way.by) for way in told] == [
        ("check", "if “Amount” is more than 100", "reaches “big”", "customer, agent"),
        ("sort", "else", "", "customer, agent"),
    ]


def test_a_form_or_a_state_that_is_called_as_a_role_is_told_by_its_own_title() -> None:
    body = """
    start: {form: order-agent, by: [agent], go: lead}
    states:
      lead: {title: To be led, task: {candidates: [agent]}, on: {go: agreed}}
      agreed: {approval: {by: {any: [lead]}, exclude: [lead], binds: [agent]}, on: {approved: end, rejected: end}}
      end: {final: true}
    """
    definition = define(body, {"order-agent": "properties: {amount: {type: integer}}"})
    prose = prose_of(definition, "en", {"agent": "Clerk", "lead": "Team lead"})
    lead, agreed, _end = prose.stops
    assert (lead.who, agreed.rules) == ("Clerk", ("one of Team lead",))
    assert (agreed.about, agreed.excluded) == ("“order-agent”", "“To be led”")
