"""From files to a definition: every name is looked up, every mistake told with its place and what was
meant.
"""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.definition.loader import examine, load
from tests.builders import HEAD, PROCESS
from tests.definition.planting import FORM, TASK, codes, home, linted, word_at

MESSAGES = {"order-thanks": "Thank you | We have {reference}, {intake.kind}."}
BODY = """
variables: {rounds: 0, note: {type: text}}
people: {handler: [received]}
decisions:
  track:
    {inputs: [intake.kind], results: [fast, slow], rows: [[goods, fast], [else, slow]],
     at-least: {fast: intake.amount > 9}}
on:
  withdraw: {by: [agent, handler], from: received, form: order-why, go: closed}
states:
  received:
    set: {rounds: rounds + 1}
    send: {message: order-thanks, to: handler, when: rounds > 1}
    task:
      title: "{intake.kind}"
      candidates: {by: track, fast: [expert], else: [agent]}
      assignee: intake.by_whom
      exclude: [starter, intake.by_whom]
      form: order-check
      due: {by: track, fast: 2bh, else: 1bd}
    on:
      check:
        - {when: check.kind == goods, go: checked, set: {rounds: rounds + 1}, milestone: looked-at}
        - {else: {go: checked, send: order-thanks}}
    after: {due: {send: order-thanks, repeat: 1bd}}
    wait-for: {reply: {form: order-why, go: checked}}
  checked:
    task: {candidates: lead, exclude: [handler, received]}
    on:
      accept: {only-when: milestones.looked-at is not set or rounds > 0, go: closed}
      reject: {form: order-why, by: [lead], go: closed}
  closed: {final: {outcome: done, reopen: {by: agent, within: 5bd, go: checked}}}
"""
WHY = "required: [text]\nproperties:\n  text: {type: string}\n"
FORMS = {"order-check": FORM, "order-why": WHY}
CUSTOMER = HEAD + 'subject: "{intake.kind}"\ncustomer: {email: intake.kind}\n'


def told(body: str = BODY, head: str = CUSTOMER):  # type: ignore[no-untyped-def]
    return linted(body, head=head, forms=FORMS, messages=MESSAGES)


def test_a_definition_that_uses_every_word_loads() -> None:
    assert [str(problem) for problem in told() if problem.severity == "error"] == []
    loaded = lint(Catalog(home(BODY, head=CUSTOMER, forms=FORMS, messages=MESSAGES)), PROCESS)
    assert loaded.definition is not None and loaded.bundle is not None
    assert load(loaded.bundle).digest == loaded.definition.digest


@pytest.mark.parametrize(
    ("right", "wrong", "code", "meant"),
    [
        # words
        ("    send: {message", "    sned: {message", "unknown-word", "send"),
        ("      due: {by", "      deu: {by", "unknown-word", "due"),
        ("{else: {go: checked, send", "{esle: {go: checked, send", "unknown-word", "else"),
        ("on:\n  withdraw", "onn:\n  withdraw", "unknown-word", "on"),
        ("at-least:", "at_least:", "unknown-word", "at-least"),
        # states
        ("go: checked, set", "go: chekced, set", "unknown-state", "checked"),
        ("{else: {go: checked", "{else: {go: cheked", "unknown-state", "checked"),
        ("from: received", "from: recieved", "unknown-state", "received"),
        (
            "reopen: {by: agent, within: 5bd, go: checked}",
            "reopen: {by: agent, within: 5bd, go: check}",
            "unknown-state",
            "checked",
        ),
        ("{handler: [received]}", "{handler: [recieved]}", "unknown-state", "received"),
        ("form: order-why, go: checked}", "form: order-why, go: cheked}", "unknown-state", "checked"),
        # roles and people
        ("by: [agent, handler]", "by: [agnet, handler]", "unknown-role", "agent"),
        ("by: [agent, handler]", "by: [agent, handlr]", "unknown-role", "handler"),
        ("fast: [expert]", "fast: [exprt]", "unknown-role", "expert"),
        ("candidates: lead", "candidates: leed", "unknown-role", "lead"),
        ("by: [lead]", "by: [laed]", "unknown-role", "lead"),
        ("to: handler", "to: handlr", "unknown-recipient", "handler"),
        ("exclude: [handler", "exclude: [handlr", "unknown-relation", "handler"),
        ("exclude: [handler, received]", "exclude: [handler, recieved]", "unknown-relation", "received"),
        # forms, messages
        ("form: order-check", "form: order-chek", "unknown-form", "order-check"),
        ("from: received, form: order-why", "from: received, form: order-wy", "unknown-form", "order-why"),
        ("{message: order-thanks", "{message: order-thank", "unknown-message", "order-thanks"),
        ("go: checked, send: order-thanks", "go: checked, send: order-tanks", "unknown-message", "order-thanks"),
        # fields, variables, decisions, enums
        ('title: "{intake.kind}"', 'title: "{intake.kin}"', "unknown-field", "kind"),
        ("when: check.kind ==", "when: chek.kind ==", "unknown-name", "check"),
        ("when: check.kind ==", "when: check.knd ==", "unknown-field", "kind"),
        ("when: rounds > 1", "when: ronds > 1", "unknown-name", "rounds"),
        ("inputs: [intake.kind]", "inputs: [intake.kid]", "unknown-field", "kind"),
        ("due: {by: track", "due: {by: trak", "unknown-name", "track"),
        ("set: {rounds: rounds + 1}\n", "set: {ronds: rounds + 1}\n", "unknown-variable", "rounds"),
        ("assignee: intake.by_whom", "assignee: intake.by_hom", "unknown-relation", ""),
        ("check.kind == goods", "check.kind == godos", "not-in-enum", "goods"),
        ("[[goods, fast]", "[[godos, fast]", "not-in-enum", "goods"),
        ("[[goods, fast]", "[[goods, fsat]", "decision-result", "fast"),
        ("{by: track, fast: 2bh", "{by: track, fsat: 2bh", "not-in-enum", "fast"),
        ("{by: track, fast: [expert]", "{by: track, fsat: [expert]", "not-in-enum", "fast"),
        ("milestones.looked-at", "milestones.loked-at", "unknown-field", "looked-at"),
    ],
)
def test_a_misspelt_name_is_told_with_its_place_and_what_was_meant(
    right: str, wrong: str, code: str, meant: str
) -> None:
    assert BODY.count(right) >= 1
    body = BODY.replace(right, wrong, 1)
    problems = [problem for problem in told(body) if problem.severity == "error"]
    assert code in codes(tuple(problems)), "\n".join(map(str, problems))
    problem = next(problem for problem in problems if problem.code == code)
    was, now = (home(text, head=CUSTOMER)[PROCESS].splitlines() for text in (BODY, body))
    assert problem.place.file == PROCESS
    assert now[problem.place.line - 1] != was[problem.place.line - 1]
    assert meant in problem.message


@pytest.mark.parametrize(
    ("right", "wrong", "code", "meant"),
    [
        ("owner: owner", "owner: ower", "unknown-role", "owner"),
        ("supervisors: [lead]", "supervisors: [laed]", "unknown-role", "lead"),
        ("calendar: office", "calendar: ofice", "unknown-calendar", "office"),
        ('subject: "{intake.kind}"', 'subject: "{intake.kidn}"', "unknown-field", "kind"),
        ("customer: {email: intake.kind}", "customer: {emial: intake.kind}", "unknown-word", "email"),
        ("customer: {email: intake.kind}", "customer: {email: intake.knid}", "unknown-field", "kind"),
        ("reference: ORD", "refrence: ORD", "unknown-word", "reference"),
    ],
)
def test_a_misspelt_name_in_the_head_is_told(right: str, wrong: str, code: str, meant: str) -> None:
    problem = next(problem for problem in told(head=CUSTOMER.replace(right, wrong)) if problem.code == code)
    assert f"'{meant}'" in problem.message


def test_a_message_that_speaks_of_an_unknown_name_is_told_in_its_own_file() -> None:
    messages = {"order-thanks": "Thank you | We have {refrence}."}
    problem = next(
        problem
        for problem in linted(BODY, head=CUSTOMER, forms=FORMS, messages=messages)
        if problem.code == "unknown-name"
    )
    assert str(problem.place) == "processes/messages/order-thanks.en.md:4:10"
    assert "'reference'" in problem.message


def test_a_message_that_is_missing_in_a_language_is_told() -> None:
    problems = told(head=CUSTOMER.replace("[en]", "[en, de]"))
    missing = [problem for problem in problems if problem.code == "message-language"]
    assert missing and "write processes/messages/order-thanks.de.md" in missing[0].advice


def test_a_name_that_one_way_has_not_set_is_told_with_that_way() -> None:
    body = BODY.replace(
        "accept: {only-when: milestones.looked-at is not set or rounds > 0", ("accept: {only-when: check.amount > 3")
    )
    problem = next(problem for problem in told(body) if problem.code == "maybe-missing")
    assert "the way start → received → checked comes here without it" in problem.message
    assert word_at(problem, home(body, head=CUSTOMER)).startswith("check.amount")


def test_a_variable_without_a_first_value_has_to_be_set_before_it_is_read() -> None:
    body = BODY.replace("only-when: milestones", "only-when: note == reference and milestones")
    assert "maybe-missing" in codes(told(body))
    assert "maybe-missing" not in codes(told(body.replace("set: {rounds: rounds + 1}\n", "set: {note: reference}\n")))


@pytest.mark.parametrize(
    "timed",
    [
        "due: {by: track, fast: 2bh, else: 1bd}",
        "after: {due: {send: order-thanks, repeat: 1bd}}",
        "within: 5bd",
    ],
)
def test_business_time_needs_a_calendar(timed: str) -> None:
    wall = (
        BODY.replace("fast: 2bh, else: 1bd", "fast: 2h, else: 1d")
        .replace("repeat: 1bd", "repeat: 1d")
        .replace("within: 5bd", "within: 5d")
    )
    head = CUSTOMER.replace("calendar: office\n", "")
    assert "timer-without-calendar" not in codes(told(wall, head))
    kept = timed.replace("bd", "d").replace("bh", "h")
    assert "timer-without-calendar" in codes(told(wall.replace(kept, timed), head))


def test_a_calendar_that_never_opens_is_told() -> None:
    files = home(BODY, head=CUSTOMER, forms=FORMS, messages=MESSAGES)
    files["processes/calendars/office.yaml"] = "calendar: office\nzone: Europe/Berlin\nhours: {}\n"
    assert "calendar-never-opens" in codes(lint(Catalog(files), PROCESS).problems)


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("check.kind == goods", "check.kind > 3", "type-mismatch"),
        ("rounds: rounds + 1}\n", "rounds: reference}\n", "type-mismatch"),
        ("when: rounds > 1", "when: rounds", "type-mismatch"),
        ("exclude: [starter, intake.by_whom]", "exclude: [starter, intake.kind]", "type-mismatch"),
        ("due: {by: track, fast: 2bh, else: 1bd}", "due: {at: intake.kind}", "type-mismatch"),
        ("due: {by: track, fast: 2bh, else: 1bd}", "due: soon", "not-a-duration"),
        ("due: {by: track, fast: 2bh, else: 1bd}", "due: {by: track, fast: 2bh}", "no-else"),
        ("after: {due:", "after: {1x:", "not-a-duration"),
        ("form: order-check\n      due: {by: track, fast: 2bh, else: 1bd}", "form: order-check", "no-due"),
    ],
)
def test_a_mistake_of_kind_is_told(right: str, wrong: str, code: str) -> None:
    assert right in BODY
    assert code in codes(told(BODY.replace(right, wrong, 1)))


def test_all_problems_of_a_file_are_told_at_once() -> None:
    body = BODY
    for right, wrong in (
        ("when: rounds > 1", "when: ronds > 1"),
        ("candidates: lead", "candidates: leed"),
        ("go: checked, set", "go: chekced, set"),
    ):
        body = body.replace(right, wrong)
    body += f"  lost: {{{TASK}, on: {{done: closed}}}}\n"
    assert codes(told(body)) == ["unknown-name", "unknown-state", "unknown-role", "unreachable-state"]


def test_a_process_called_otherwise_than_its_file_is_told() -> None:
    assert "file-name" in codes(told(head=CUSTOMER.replace("process: order", "process: oder")))


def test_a_state_may_not_be_called_join() -> None:
    body = BODY.replace("  checked:", "  join:").replace("go: checked", "go: join")
    assert "reserved-id" in codes(told(body))


def test_a_name_means_one_thing() -> None:
    assert "name-twice" in codes(told(BODY.replace("{rounds: 0,", "{rounds: 0, track: 1,")))
    assert "name-twice" in codes(told(BODY.replace("{rounds: 0,", "{rounds: 0, intake: 1,")))


@pytest.mark.parametrize(
    "text", ["", "process: order\n", "- a\n- b\n", "just text\n", "process: order\nstates: {}\n", "states:\n  a: 3\n"]
)
def test_a_file_that_is_hardly_a_process_is_told_and_nothing_breaks(text: str) -> None:
    files = home(BODY, forms=FORMS, messages=MESSAGES)
    files[PROCESS] = text
    loaded = examine(Catalog(files), PROCESS)
    assert loaded.definition is None
    assert loaded.problems


def test_the_same_files_always_give_the_same_digest() -> None:
    files = home(BODY, head=CUSTOMER, forms=FORMS, messages=MESSAGES)
    first, second = (lint(Catalog(dict(files)), PROCESS).bundle for _ in range(2))
    assert first is not None and second is not None
    assert first.digest == second.digest
    files["forms/order-why.yaml"] += "# changed\n"
    third = lint(Catalog(files), PROCESS).bundle
    assert third is not None and third.digest != first.digest
