"""What is told about `call` when a process is checked: against the process that it calls, and in itself."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.interfaces import Interface
from engine.definition.linter import lint
from engine.definition.loader import Loaded, examine, load
from engine.definition.model import Definition
from tests.builders import PROCESS, files

FIX = """
process: fix
title: Fix
owner: owner
reference: FIX
start: {form: fix-intake, by: [expert], go: doing}
states:
  doing: {task: {title: Do it, candidates: [expert]}, on: {done: good, fail: bad, leave: left}}
  good: {final: effective}
  bad: {final: {outcome: not-effective}}
  left: {final: true}
"""
BARE = """
process: bare
title: Bare
owner: owner
reference: BAR
start: {by: expert, go: done}
states: {done: {final: true}}
"""
FORMS = {
    "order-intake": """
required: [text, kind, amount, rows]
properties:
  text: {type: string}
  kind: {enum: [a, b]}
  colour: {enum: [red, blue]}
  hue: {enum: [a, b]}
  amount: {type: integer}
  price: {type: number}
  day: {type: string, format: date}
  who: {type: string, format: person}
  rows: {type: array, items: {type: object, required: [part], properties: {part: {type: string}}}}
  others: {type: array, items: {type: object, properties: {what: {type: string}}}}
""",
    "fix-intake": """
required: [problem, severity]
properties:
  problem: {type: string}
  severity: {enum: [a, b, c]}
  pieces: {type: integer}
  price: {type: number}
  day: {type: string, format: date}
  who: {type: string, format: person}
  urgent: {type: boolean, default: false}
  twice: {type: integer, compute: pieces * 2}
  rows: {type: array, items: {type: object, required: [part], properties: {part: {type: string}, note: {type: string}}}}
""",
}


def home(call: str, more: str = "", **others: str) -> dict[str, str]:
    """A process whose one outcome has this `call`; `more` stands at its end."""
    body = f"""
start: {{form: order-intake, by: [agent], go: received}}
states:
  received:
    task: {{title: Read, candidates: [agent]}}
    on:
      go:
        call: {call}
        go: asked
  asked:
    task: {{title: Ask, candidates: [agent]}}
    on: {{done: closed}}
  closed: {{final: closed}}
{more}"""
    return files(body, FORMS, {}, processes__fix_dot_yaml=FIX, processes__bare_dot_yaml=BARE, **others)


def told(home: dict[str, str]) -> list[str]:
    """The errors, as `line code: message — advice`."""
    loaded = lint(Catalog(home), PROCESS)
    return [f"{error.code}: {error.message} — {error.advice}" for error in loaded.errors]


def whole(home: dict[str, str]) -> Loaded:
    loaded = lint(Catalog(home), PROCESS)
    assert loaded.bundle is not None, "\n".join(map(str, loaded.errors))
    return loaded


def test_a_sound_call_is_bound_with_all_it_says() -> None:
    call = (
        "{process: fix, with: {problem: intake.text, severity: intake.kind, rows: intake.rows}, as: capa, blocks: true}"
    )
    definition = whole(home(call)).definition
    assert definition is not None
    (calling,) = definition.callings()
    assert (calling.process, calling.name, calling.link, calling.prefix) == ("fix", "capa", "spawned", "FIX")
    assert calling.outcomes == ("effective", "not-effective", "left")
    assert [(passed.field, passed.optional) for passed in calling.fields] == [
        ("problem", False),
        ("severity", False),
        ("rows", True),
    ]


def test_a_lone_process_is_called_with_nothing() -> None:
    definition = whole(home("bare")).definition
    assert definition is not None and next(definition.callings()).name == "bare"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            "fixx",
            "unknown-process: Expected a process, but there is no 'fixx', did you mean 'fix'? — "
            "write processes/fixx.yaml",
        ),
        (
            "fix",
            "missing-field: Expected everything that 'fix' needs to begin, but nothing is passed for problem, severity "
            "— add them under `with`",
        ),
        (
            "{process: fix, with: {problem: intake.text, severty: intake.kind, severity: a}}",
            "unknown-field: Expected a field of the form that starts 'fix', but there is no 'severty', did you mean "
            "'severity'? — its fields are problem, severity, pieces, price, day, who, urgent, twice, rows",
        ),
        (
            "{process: bare, with: {problem: intake.text}}",
            "unknown-field: Expected a field of the form that starts 'bare', but there is no 'problem' — "
            "it asks for nothing",
        ),
        (
            "{process: fix, with: {problem: intake.amount, severity: a}}",
            "type-mismatch: Expected text for 'problem' of 'fix', but intake.amount is a number — "
            "pass a value of that kind",
        ),
        (
            "{process: fix, with: {problem: intake.text, severity: intake.text}}",
            "type-mismatch: Expected one of a, b, c, but `intake.text` is text. — Use a field or value of that kind.",
        ),
        (
            '{process: fix, with: {problem: "default(intake.colour, red)", severity: intake.hue}}',
            "maybe-missing: `intake.hue` may not be there. — Write `intake.hue is set and …`, or "
            "`default(intake.hue, …)`.",
        ),
        (
            '{process: fix, with: {problem: intake.text, severity: "default(intake.colour, red)"}}',
            "type-mismatch: Expected one of a, b, c, but `default(intake.colour, red)` is one of red, blue. — "
            "Use a field or value of that kind.",
        ),
        (
            "{process: fix, with: {problem: intake.text, severity: \"'d'\"}}",
            "not-in-enum: `severity` has no value `d`. — Use one of a, b, c.",
        ),
        (
            "{process: fix, with: {problem: intake.text, severity: a, pieces: intake.price}}",
            "type-mismatch: Expected a number for 'pieces' of 'fix', but intake.price is a number that need not be "
            "whole — pass a value of that kind",
        ),
        (
            "{process: fix, with: {problem: intake.text, severity: a, twice: intake.amount}}",
            "computed-field: Expected a field that is filled in, but 'twice' of 'fix' is computed there — remove it",
        ),
        (
            "{process: fix, with: {problem: intake.text, severity: a, rows: intake.others}}",
            "type-mismatch: Expected a table for 'rows' of 'fix', but intake.others is a table — "
            "pass a value of that kind",
        ),
        (
            "{process: bare, as: intake}",
            "name-twice: Expected a new name for a called case, but 'intake' is already the values of the form "
            "'order-intake' — choose another name with `as`",
        ),
        (
            "[{process: bare, as: other}, {process: fix, with: {problem: intake.text, severity: a}, as: other}]",
            "name-twice: Expected a new name for a called case, but 'other' is already the name of a case of 'bare' — "
            "choose another name with `as`",
        ),
        (
            "{process: bare, as: blocked}",
            "name-twice: Expected a new name for a called case, but 'blocked' is already a built-in name — "
            "choose another name with `as`",
        ),
        (
            "{process: bare, link: child}",
            "wrong-shape: Expected one of spawned, follows, duplicate-of, relates, caused-by, but found 'child' — "
            "write one of spawned, follows, duplicate-of, relates, caused-by",
        ),
        (
            "{process: bare, received: intake.text}",
            "type-mismatch: Expected a point in time, but `intake.text` is text. — Use a field or value of that kind.",
        ),
        (
            "{process: bare, blocks: intake.amount}",
            "type-mismatch: Expected true or false, but `intake.amount` is a number. — Compare it with something.",
        ),
        (
            "{process: bare, go: closed}",
            "unknown-word: Expected one of process, when, with, received, link, as, blocks, but found 'go' — "
            "use one of these words, or remove it",
        ),
    ],
)
def test_a_call_that_does_not_fit_is_told(call: str, expected: str) -> None:
    assert told(home(call)) == [expected]


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"forms__fix-intake_dot_yaml": "form: fix-intake\ntitle: [\n"}, "form"),
        ({"processes__fix_dot_yaml": "process: fix\nstates: [\n"}, "file"),
        ({"processes__fix_dot_yaml": "process: fix\ntitle: Nothing more\n"}, "shape"),
    ],
)
def test_a_process_that_cannot_be_read_cannot_be_called(broken: dict[str, str], where: str) -> None:
    there = home("{process: fix, with: {problem: intake.text, severity: a}}")
    for path, text in broken.items():
        there[path.replace("__", "/").replace("_dot_", ".")] = text
    assert told(there) == [
        "broken-process: Expected a process that can be called, but 'fix' or the form that starts it cannot be read — "
        "mend it first; see heard lint fix"
    ], where


def test_a_called_case_is_surely_known_nowhere_but_on_its_own_way_on() -> None:
    more = """
  waiting:
    call:
      process: bare
      go:
        - {when: "bare.outcome == done and contains(bare.reference, 'BAR')", go: closed}
        - {else: asked}
on: {wait: {by: agent, go: waiting}}
"""
    whole(home("bare", more))
    assert told(home("bare", "on: {late: {by: agent, only-when: bare.outcome == done, go: closed}}")) == [
        "maybe-missing: `bare` may not be there: it is known only once the case has been called. — "
        "Write `bare.outcome is set and …`, or `default(bare.outcome, …)`."
    ]


def test_the_outcomes_of_a_called_case_are_a_choice_and_its_end_may_be_cancelled() -> None:
    more = """
  waiting:
    call:
      process: fix
      with: {{problem: intake.text, severity: a}}
      go:
        - {{when: "fix.outcome in [effective, not-effective, left]", go: closed}}
        - {{{last}}}
on: {{wait: {{by: agent, go: waiting}}}}
"""
    whole(home("bare", more.format(last="when: fix.outcome == cancelled, go: asked")))
    gaps = told(home("bare", more.format(last="when: fix.outcome == left, go: asked")))
    assert any("none is taken when fix.outcome is cancelled" in gap for gap in gaps)
    (wrong,) = told(home("bare", more.format(last="when: fix.outcome == effectve, go: asked")))
    assert "`outcome` has no value `effectve`" in wrong


def test_a_state_that_waits_for_a_case_calls_it_surely() -> None:
    more = """
  waiting: {call: {process: bare, when: intake.amount > 1, go: closed}}
on: {wait: {by: agent, go: waiting}}
"""
    assert told(home("bare", more)) == [
        "wrong-shape: Expected a case that is surely called where the state waits for its end, but it has `when` — "
        "decide in the move that leads here, or in a state before this one"
    ]


def test_a_state_that_waits_for_a_case_does_not_move_on_at_once() -> None:
    more = "  waiting:\n    call: {process: bare, go: closed}\n    go: asked\non: {wait: {by: agent, go: waiting}}"
    assert [error.partition(":")[0] for error in told(home("bare", more))] == ["go-beside-task"]
    more = "  waiting:\n    call: {process: bare, go: closed}\n    final: true\non: {wait: {by: agent, go: waiting}}"
    assert [error.partition(":")[0] for error in told(home("bare", more))] == ["final-with-more"]


def test_a_state_whose_call_waits_for_nothing_is_stuck() -> None:
    more = "  waiting: {call: bare}\non: {wait: {by: agent, from: asked, go: waiting}}"
    assert "stuck-state" in [error.partition(":")[0] for error in told(home("bare", more))]


def test_every_way_on_from_a_called_case_leads_somewhere() -> None:
    more = """
  waiting:
    call: {process: bare, go: [{when: bare.outcome == done, go: closed}, {else: {milestone: seen}}]}
on: {wait: {by: agent, go: waiting}}
"""
    assert [error.partition(":")[0] for error in told(home("bare", more))] == ["call-without-go"]


@pytest.mark.parametrize(
    "more",
    [
        "on: {leave: {by: agent, call: {process: bare, blocks: true}, go: closed}}",
        "on: {leave: {by: agent, go: [{when: intake.amount > 1, call: {process: bare, blocks: intake.amount > 2}, "
        "go: closed}, {else: asked}]}}",
        "  over: {call: {process: bare, blocks: true}, final: over}\non: {leave: {by: agent, go: over}}",
    ],
)
def test_what_holds_back_the_end_is_not_called_on_the_way_to_it(more: str) -> None:
    assert [error.partition(":")[0] for error in told(home("bare", more))] == ["blocks-too-late"]
    whole(
        home(
            "bare", more.replace("blocks: true", "blocks: false").replace("blocks: intake.amount > 2", "link: relates")
        )
    )


ENDLESS = """
process: bare
title: Bare
owner: owner
reference: BAR
start: {by: expert, go: doing}
states:
  doing: {task: {title: Do it, candidates: [expert]}, on: {again: doing}}
  done: {final: true}
"""
WAITS = """
  waiting: {call: {process: bare, go: closed}MORE}
on: {wait: {by: agent, from: asked, go: waiting}}
"""


def endless(call: str, more: str = "") -> Loaded:
    there = {**home(call, more), "processes/bare.yaml": ENDLESS}
    return lint(Catalog(there), PROCESS)


def test_a_case_that_is_waited_for_can_end() -> None:
    (found,) = endless("{process: fix, with: {problem: intake.text, severity: a}}", WAITS.replace("MORE", "")).errors
    assert found.code == "child-never-ends" and "since 'waiting' waits for it" in found.message
    loaded = endless(
        "{process: fix, with: {problem: intake.text, severity: a}}", WAITS.replace("MORE", ", after: {9d: closed}")
    )
    assert loaded.errors == ()
    assert "child-never-ends" in [problem.code for problem in loaded.problems]


def test_a_case_that_holds_back_the_end_can_end() -> None:
    (found,) = endless("{process: bare, blocks: intake.amount > 5}").errors
    assert found.code == "child-never-ends" and "this case cannot end before" in found.message
    assert endless("{process: bare}").errors == ()
    assert told(home("{process: bare, blocks: true}")) == []


def test_beginnings_that_call_one_another_in_a_circle_are_told() -> None:
    again = "{process: order, with: {text: \"'x'\", kind: a, amount: 1, rows: intake.rows}}"
    there = home("bare")
    there[PROCESS] = there[PROCESS].replace("  received:\n", "  received:\n    call: {process: bare, as: first}\n", 1)
    assert told(there) == []
    there["processes/bare.yaml"] = BARE.replace("go: done}", "go: passing}").replace(
        "{done: {final: true}}", "\n  passing: {call: fix, go: done}\n  done: {final: true}"
    )
    there["processes/fix.yaml"] = FIX.replace("{task: ", f"{{call: {again}, task: ", 1)
    (found,) = [problem for problem in lint(Catalog(there), PROCESS).errors if problem.code == "calls-in-a-circle"]
    assert found.witness == ("order → bare → fix → order",) and "leads back to 'order'" in found.message
    there["processes/fix.yaml"] = there["processes/fix.yaml"].replace(
        "process: order,", "process: order, when: now > now,"
    )
    assert told(there) == []


# --- what a version was held against


def test_a_bundle_carries_what_it_was_held_against_and_is_read_without_the_other_process() -> None:
    loaded = whole(home("{process: fix, with: {problem: intake.text, severity: a}}"))
    assert loaded.bundle is not None and loaded.definition is not None
    assert "processes/fix.yaml" not in loaded.bundle.files and "forms/fix-intake.yaml" not in loaded.bundle.files
    again = load(loaded.bundle)
    assert again.digest == loaded.definition.digest == loaded.bundle.digest
    assert callings(again) == callings(loaded.definition)


def callings(definition: Definition) -> list[tuple[object, ...]]:
    return [(one.process, one.name, one.prefix, one.outcomes, one.place) for one in definition.callings()]


def test_what_people_read_in_the_other_form_does_not_make_a_new_version_but_a_new_field_does() -> None:
    call = "{process: fix, with: {problem: intake.text, severity: a}}"
    first = whole(home(call))
    worded = home(call)
    worded["forms/fix-intake.yaml"] = worded["forms/fix-intake.yaml"].replace("title: fix-intake", "title: Mend it")
    wider = home(call)
    wider["forms/fix-intake.yaml"] += "  place: {type: string}\n"
    digests = [one.bundle.digest for one in (first, whole(worded), whole(wider)) if one.bundle is not None]
    assert digests[0] == digests[1] != digests[2]


def test_an_interface_survives_writing_and_reading() -> None:
    interface = Catalog(home("bare")).interface("fix")
    assert interface is not None
    again = Interface.from_json(interface.to_json())
    assert again.to_json() == interface.to_json()
    assert again.fields["day"] == interface.fields["day"] and again.outcomes == interface.outcomes
    assert set(interface.fields) == {
        *("problem", "severity", "pieces", "price", "day", "who", "urgent", "twice", "rows"),
    }


def test_a_process_may_call_itself() -> None:
    body = """
start: {by: [agent], go: received}
states:
  received:
    task: {title: Read, candidates: [agent]}
    on: {again: {call: {process: order, as: next}, go: closed}}
  closed: {final: closed}
"""
    assert examine(Catalog(files(body)), PROCESS).definition is not None
