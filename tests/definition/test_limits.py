"""How large a process may be."""

from __future__ import annotations

import pytest

from engine.definition.limits import LIMITS
from tests.builders import files, problems_of

BODY = """
start: {by: customer, form: order, go: open}
tasks:
  letter: {candidates: [agent], on: {done: {}}}
states:
  open: {task: {candidates: [agent]}, on: {done: {DOING, go: end}}}
  end: {final: true}
"""
FORMS = {"order": "required: [size]\nproperties: {size: {type: integer}}"}
GUARD = " or ".join(["order.size > 1"] * 20)


@pytest.mark.parametrize("word", ["send: [{message: told, to: agent", "notify: [{to: agent", "open: [{task: letter"])
def test_every_guard_of_what_is_done_counts(word: str) -> None:
    """No single one of them is too long; all of them together are."""
    (doing, one) = word.split("[")
    number = LIMITS["expressions"].most // len(GUARD) + 1
    body = BODY.replace("DOING", f"{doing}[{', '.join([one + f', when: {GUARD}' + '}'] * number)}]")
    problems = problems_of(files(body, FORMS, {"told": "Told|Told."}))
    assert [problem.message.partition(", but")[0] for problem in problems if problem.code == "too-large"] == [
        "Expected at most 60,000 characters in conditions"
    ]
