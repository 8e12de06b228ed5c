"""What is declared is used, what is used is there, and people outside know where they stand."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.linter import lint, lint_file, lint_home
from tests.builders import CALENDAR, HEAD, PROCESS
from tests.definition.planting import FORM, PEOPLE, TASK, codes, home, linted, the_one, word_at

SOUND = f"""
variables: {{rounds: 0}}
people: {{handler: [received]}}
decisions:
  track: {{inputs: [intake.kind], rows: [[goods, fast], [else, slow]]}}
states:
  received: {{{TASK}, set: {{rounds: rounds + 1}}, on: {{check: checked, reject: closed}}}}
  checked:
    task: {{title: "{{track}}", candidates: lead, exclude: [handler]}}
    on: {{approve: closed}}
  closed: {{final: done}}
"""
MESSAGES = {"order-thanks": "Thank you | We have {reference}."}
BY_CUSTOMER = "start: {by: [customer, agent], form: order-intake, go: received}\n"
CUSTOMER = HEAD + "customer: {email: intake.kind}\n"


def test_what_is_declared_and_used_is_sound() -> None:
    assert linted(SOUND) == ()


@pytest.mark.parametrize(
    ("used", "instead", "code", "at"),
    [
        ("set: {rounds: rounds + 1}, ", "", "unused-variable", "rounds"),
        ('"{track}"', "Look", "unused-decision", "track"),
        (", exclude: [handler]", "", "unused-person", "handler"),
    ],
)
def test_what_nothing_uses_is_a_warning(used: str, instead: str, code: str, at: str) -> None:
    body = SOUND.replace(used, instead)
    problem = the_one(linted(body), code)
    assert problem.severity == "warning"
    assert word_at(problem, home(body)).startswith(at)


def test_a_variable_that_only_a_form_or_a_message_reads_is_used() -> None:
    form = "properties:\n  why: {type: string, required-when: rounds > 1}\n"
    body = SOUND.replace("set: {rounds: rounds + 1}, ", "").replace(
        "candidates: lead,", "candidates: lead, form: order-why,"
    )
    assert linted(body, forms={"order-why": form}) == ()
    body = SOUND.replace("set: {rounds: rounds + 1}, ", "send: {message: order-thanks, to: starter}, ")
    assert linted(body, messages={"order-thanks": "Hello | Round {rounds}."}) == ()


def test_a_decision_that_only_another_decision_reads_is_used() -> None:
    body = SOUND.replace(
        "states:\n", "  lane: {inputs: [track], rows: [[fast, left], [slow, right]]}\nstates:\n"
    ).replace('"{track}"', '"{lane}"')
    assert linted(body) == ()


def test_unused_names_are_not_told_while_there_are_errors() -> None:
    assert codes(linted(SOUND.replace(", exclude: [handler]", ", exclude: [handlr]"))) == ["unknown-relation"]


# --- files of the home


def test_files_that_no_process_uses_are_warnings() -> None:
    files = home(SOUND, forms={"order-old": FORM}, messages={"order-bye": "Bye | Bye."})
    files["processes/calendars/shop.yaml"] = CALENDAR.replace("calendar: office", "calendar: shop")
    problems = lint_home(Catalog(files)).problems
    assert [(problem.code, problem.place.file) for problem in problems] == [
        ("unused-file", "forms/order-old.yaml"),
        ("unused-file", "processes/calendars/shop.yaml"),
        ("unused-file", "processes/messages/order-bye.en.md"),
    ]


def test_a_broken_file_that_no_process_uses_is_told_with_its_problems() -> None:
    files = home(SOUND, forms={"order-old": "propertis: {}\n"})
    assert {"unused-file", "form-shape"} <= set(codes(lint_home(Catalog(files)).problems))


def test_a_problem_of_a_shared_file_is_told_once_for_all_processes() -> None:
    files = home(SOUND)
    files["processes/calendars/office.yaml"] = CALENDAR.replace("zone: Europe/Berlin", "zone: Europe/Berln")
    files["processes/again.yaml"] = (
        files["processes/order.yaml"].replace("process: order", "process: again").replace("ORD", "AGN")
    )
    problems = lint_home(Catalog(files)).problems
    assert [problem.place.file for problem in problems].count("processes/calendars/office.yaml") == 1


def test_a_home_without_processes_says_so() -> None:
    assert codes(lint_home(Catalog({})).problems) == ["no-process"]


# --- roles


def test_a_role_that_nobody_holds_is_a_warning_once_people_are_listed() -> None:
    people = PEOPLE.replace(", lead", "")
    problem = the_one(linted(SOUND, people=people), "role-nobody-holds")
    assert problem.severity == "warning"
    assert "'lead'" in problem.message
    assert linted(SOUND, people=PEOPLE) == ()


def test_roles_that_a_decision_chooses_are_asked_for_too() -> None:
    body = SOUND.replace("[[goods, fast], [else, slow]]", "[[goods, expert], [else, agent]]").replace(
        "candidates: lead", "candidates: {by: track}"
    )
    body = body.replace('title: "{track}", ', "")
    assert "'expert'" in the_one(linted(body, people=PEOPLE.replace(", expert", "")), "role-nobody-holds").message


@pytest.mark.parametrize(
    "more",
    [
        "tasks:\n  letter: {candidates: auditor, on: {done: {}}}\non: {write: {by: agent, open: letter}}\n",
        "on: {ring: {by: agent, notify: auditor}}\n",
        "on: {ring: {by: agent, notify: {to: [lead, auditor], urgent: true}}}\n",
        "on: {ring: {by: auditor, set: {rounds: 0}}}\n",
        "on: {ring: {by: agent, needs: [lead, auditor], set: {rounds: 0}}}\n",
        "clocks:\n  promise: {target: 1bd, stops-on: state closed, escalate: {100%: {reassign: [auditor]}}}\n",
        "on: {ring: {by: agent, send: {message: order-thanks, to: auditor}}}\n",
    ],
)
def test_a_role_is_asked_for_wherever_it_is_named(more: str) -> None:
    people = PEOPLE + "  bo: {name: Bo, roles: [lead, expert]}\n"
    found = the_one(linted(SOUND + more, people=people, messages=MESSAGES), "role-nobody-holds")
    assert "'auditor'" in found.message
    assert word_at(found, home(SOUND + more, people=people)).startswith("auditor")


def test_of_a_role_that_nobody_holds_the_people_with_a_similar_one_are_told() -> None:
    people = "people:\n  ann: {name: Ann, roles: [agent, owner]}\n  bo: {name: Bo, roles: [leader]}\n"
    files = home(SOUND, people=people)
    files["processes/organisation.yaml"] = files["processes/organisation.yaml"].replace(
        "roles:\n", "roles:\n  leader: {title: L}\n", 1
    )
    found = the_one(lint(Catalog(files), PROCESS).problems, "role-nobody-holds")
    assert "but nobody does; Bo holds 'leader', which is similar" in found.message


def test_customers_need_not_be_listed() -> None:
    body = SOUND.replace("received: {", "received: {label: We read it, ").replace(
        "{final: done}", "{final: done, label: Done}"
    )
    assert linted(body, people=PEOPLE, start=BY_CUSTOMER) == ()


# --- what customers see


def test_a_process_for_customers_without_any_label_is_a_warning() -> None:
    problem = the_one(linted(SOUND, start=BY_CUSTOMER), "no-label")
    assert "no state has a `label`" in problem.message


def test_a_first_state_without_a_label_and_an_end_without_one_are_warnings() -> None:
    body = SOUND.replace("  checked:\n", "  checked:\n    label: Nearly done\n")
    first, last = linted(body, start=BY_CUSTOMER)
    assert (first.code, last.code) == ("no-label", "no-label")
    assert "'received'" in first.message and "until then" in first.message
    assert "'closed'" in last.message and "has ended" in last.message


def test_a_state_between_two_labels_may_keep_the_last_one() -> None:
    body = SOUND.replace("received: {", "received: {label: We read it, ").replace(
        "{final: done}", "{final: done, label: Done}"
    )
    assert linted(body, start=BY_CUSTOMER) == ()


def test_a_process_that_customers_do_not_start_needs_no_labels() -> None:
    assert linted(SOUND) == ()


def test_a_message_to_the_customer_needs_their_address() -> None:
    body = SOUND.replace("received: {", "received: {send: order-thanks, ")
    problem = the_one(linted(body, messages=MESSAGES), "no-customer")
    assert problem.severity == "warning"
    assert word_at(problem, home(body)).startswith("order-thanks")
    assert linted(body, messages=MESSAGES, head=CUSTOMER) == ()
    assert (
        linted(body.replace("send: order-thanks", "send: {message: order-thanks, to: lead}"), messages=MESSAGES) == ()
    )


# --- people, moves at the head, retention, scenarios


def test_a_state_without_a_task_has_nobody_who_did_it() -> None:
    problem = the_one(linted(SOUND.replace("[received]", "[received, closed]")), "nobody-does-it")
    assert "'closed' has no task" in problem.message
    assert codes(linted(SOUND.replace("exclude: [handler]", "exclude: [handler, closed]"))) == ["nobody-does-it"]


def test_an_outcome_called_like_a_move_at_the_head_is_a_warning() -> None:
    body = "on:\n  approve: {by: lead, go: closed}" + SOUND
    problem = the_one(linted(body), "move-twice")
    assert "'approve' in 'checked'" in problem.message
    assert linted(body.replace("by: lead, go", "by: lead, from: received, go")) == ()


def test_it_has_to_be_said_how_long_records_are_kept() -> None:
    problem = the_one(linted(SOUND, head=HEAD.replace("retention:", "description: kept\n# ")), "no-retention")
    assert problem.severity == "warning"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{class: record}", "missing-word"),
        ("{class: record, years: six}", "wrong-shape"),
        ("{class: record, years: 0}", "wrong-shape"),
        ("{class: record, yeers: 6}", "unknown-word"),
        ("six years", "wrong-shape"),
    ],
)
def test_a_malformed_retention_is_told(said: str, code: str) -> None:
    assert code in codes(linted(SOUND, head=HEAD.replace("{class: record, years: 6}", said)))


@pytest.mark.parametrize("said", ["8.2.1.c", "[8.2.1.c]", "{iso9001-2015: {a: b}}", "{}"])
def test_malformed_clauses_are_told(said: str) -> None:
    assert codes(linted(SOUND, head=f"{HEAD}clauses: {said}\n")) == ["wrong-shape"]


def test_clauses_are_kept_as_they_were_written() -> None:
    from engine.definition.linter import lint

    definition = lint(
        Catalog(home(SOUND, head=HEAD + "clauses: {iso10002-2018: [7.10, 7.2.1]}\n")), "processes/order.yaml"
    ).definition
    assert definition is not None
    assert definition.clauses == {"iso10002-2018": ("7.10", "7.2.1")}


def test_a_process_without_scenarios_is_a_warning() -> None:
    files = home(SOUND)
    del files["processes/order.scenarios.yaml"]
    problem = the_one(lint_home(Catalog(files)).problems, "no-scenarios")
    assert "processes/order.scenarios.yaml" in problem.message


# --- a text that is not there in every language


IN_TWO = """
process: order
title: {de: Auftrag, en: Order}
owner: owner
reference: ORD
languages: [de, en]
retention: {class: record, years: 6}
"""
FORM_IN_TWO = """
form: order-intake
title: {de: Auftrag, en: Order}
required: [kind, amount]
sections: {what: {de: Was, en: What}}
properties:
  kind: {title: {de: Art, en: Kind}, enum: [goods], labels: {goods: {de: Ware, en: Goods}}}
  amount: {title: {de: Menge, en: Amount}, type: integer}
"""
STATES_IN_TWO = """
states:
  received:
    title: {de: Eingegangen, en: Received}
    task: {title: "{reference}", candidates: agent}
    on: {done: {title: {de: Fertig, en: Done}, go: closed}}
  closed: {title: {de: Zu, en: Closed}, final: done}
"""


def in_two(form: str = FORM_IN_TWO) -> dict[str, str]:
    return home(STATES_IN_TWO, IN_TWO) | {"forms/order-intake.yaml": form}


@pytest.mark.parametrize(
    ("right", "wrong", "language"),
    [
        ("{de: Auftrag, en: Order}\nowner", "{de: Auftrag}\nowner", "en"),
        ("{de: Auftrag, en: Order}\nowner", "{en: Order}\nowner", "de"),
        ("{de: Auftrag, en: Order}\nowner", "Auftrag\nowner", "en"),
        ("{de: Fertig, en: Done}", "Fertig", "en"),
        ("done: {title: {de: Fertig, en: Done}, go: closed}", "done: closed", "en"),
        ("title: {de: Zu, en: Closed}, final", "final", "en"),
        ('"{reference}"', '"{reference} lesen"', "en"),
        ("{de: Ware, en: Goods}", "{de: Ware}", "en"),
        ("{de: Was, en: What}", "Was", "en"),
        ("title: {de: Menge, en: Amount}, ", "", "en"),
    ],
)
def test_a_text_that_lacks_a_language_of_the_process_is_a_warning(right: str, wrong: str, language: str) -> None:
    files = in_two()
    assert lint(Catalog(files), PROCESS).problems == ()
    slipped = {path: text.replace(right, wrong, 1) for path, text in files.items()}
    assert slipped != files
    problem = the_one(lint(Catalog(slipped), PROCESS).problems, "missing-translation")
    assert f"there is no '{language}'" in problem.message and problem.severity == "warning"


NAMED = """
variables:
  asked: {title: {de: Rückfragen, en: Questions}, first: 0}
  size: {one-of: [s, m], first: s, title: {de: Größe, en: Size}}
people: {doer: {title: {de: wer es tat, en: whoever did it}, worked-on: received}}
milestones: {seen: {title: {de: Gesehen, en: Seen}}}
decisions:
  team:
    title: {de: Team, en: Team}
    inputs: [asked]
    results: [few, many]
    labels: {few: {de: Wenige, en: Few}}
    rows: [["< 2", few], [any, many]]
    hit: first
wait-for:
  rung:
    {title: {de: Anruf, en: Call}, exclude: [doer], when: team == few and size == s, milestone: seen, set: {asked: 1}}
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("{title: {de: Rückfragen, en: Questions}, first: 0}", "0"),
        ("{title: {de: wer es tat, en: whoever did it}, worked-on: received}", "received"),
        ("title: {de: Anruf, en: Call}, ", ""),
        ("few: {de: Wenige, en: Few}", "few: Wenige"),
        ("milestones: {seen: {title: {de: Gesehen, en: Seen}}}\n", ""),
        ("    title: {de: Team, en: Team}\n", ""),
    ],
)
def test_a_name_of_the_authors_own_that_people_read_has_a_title_in_every_language(right: str, wrong: str) -> None:
    files = {path: text.replace("\nstates:", NAMED + "states:") for path, text in in_two().items()}
    assert lint(Catalog(files), PROCESS).problems == ()
    slipped = {path: text.replace(right, wrong, 1) for path, text in files.items()}
    assert slipped != files
    assert the_one(lint(Catalog(slipped), PROCESS).problems, "missing-translation").severity == "warning"


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("{few: {", "{fewer: {", "decision-result"),
        ("milestones: {seen:", "milestones: {seem:", "unknown-milestone"),
        ("first: s,", "first: s, labels: {l: {de: Groß, en: Large}},", "not-in-enum"),
        ("first: 0}", "first: 0, labels: {l: {de: Groß, en: Large}}}", "not-in-enum"),
    ],
)
def test_a_name_is_given_only_to_what_is_there(right: str, wrong: str, code: str) -> None:
    files = {
        path: text.replace("\nstates:", NAMED + "states:").replace(right, wrong) for path, text in in_two().items()
    }
    assert code in {problem.code for problem in lint(Catalog(files), PROCESS).problems}


def test_all_texts_that_lack_one_language_are_told_once_with_their_places() -> None:
    files = in_two(FORM_IN_TWO.replace(", en: ", ", fr: "))
    problem = the_one(lint(Catalog(files), PROCESS).problems, "missing-translation")
    assert problem.place.file == "forms/order-intake.yaml" and len(problem.also) == 4


def test_what_a_form_calls_its_values_and_fields_is_no_text() -> None:
    form = FORM_IN_TWO + "  title: {title: {de: Anrede, en: Title}, type: string, default: Frau}\n"
    assert lint(Catalog(in_two(form)), PROCESS).problems == ()


def test_a_role_lacks_a_language_of_the_organisation() -> None:
    files = home(SOUND)
    path = "processes/organisation.yaml"
    files[path] = files[path].replace("languages: [en]", "languages: [en, de]")
    problem = the_one(lint_file(Catalog(files), path), "missing-translation")
    assert problem.message == "Expected `title` in en and de, but there is no 'de'" and len(problem.also) == 5
