"""A process with scenarios, put to the test: what the tests of this folder share."""

from __future__ import annotations

from textwrap import dedent

from engine.definition.catalog import Catalog
from engine.scenarios.trial import Trial, try_process
from tests.builders import PROCESS, files

BESIDE = "processes/order.scenarios.yaml"
BODY = """
start: {by: [customer, agent], form: order, go: open}
customer: {email: order.email}
variables: {asked: 0}
people: {handler: open}
decisions:
  urgency:
    inputs: [order.size]
    results: [high, low]
    rows: [["> 100", high], ["<= 100", low]]
states:
  open:
    label: We read it
    milestone: acknowledged
    send: received
    task: {title: "Read {reference}", candidates: [agent], due: 1bd}
    on:
      answer: {milestone: answered, go: answered}
      ask: {set: {asked: asked + 1}, go: waiting}
    after: {due: {send: {message: late, to: lead}}}
  waiting:
    wait-for: {replied: {form: order-reply, go: open}}
    after: {3bd: answered}
  answered: {task: {candidates: [agent], exclude: [handler]}, on: {approve: end}}
  end: {final: {outcome: resolved, reopen: {by: customer, within: 2bd, go: open}}}
"""
FORMS = {
    "order": """
required: [size]
properties: {size: {type: integer}, email: {type: string, format: email}}
""",
    "order-reply": "required: [text]\nproperties: {text: {type: string}}",
}
MESSAGES = {"received": "Received | {reference}", "late": "Late | {reference}"}


def home(scenarios: str, body: str = BODY, **more: str) -> dict[str, str]:
    """The files, with the scenarios as given: a list under `scenarios`, or a whole document."""
    text = dedent(scenarios)
    whole = text if "scenarios:" in text else f"scenarios:\n{text}"
    return {**files(body, FORMS, MESSAGES), BESIDE: whole, **more}


def tell(scenarios: str, body: str = BODY) -> Trial:
    return try_process(Catalog(home(scenarios, body)), PROCESS)


def steps(*lines: str, start: str = "{as: customer, values: {size: 1, email: a@example.org}}") -> Trial:
    """One scenario with these steps."""
    written = "\n".join(f"  - {line}" for line in lines)
    return tell(f"- scenario: it goes like this\n  start: {start}\n" + (f"  steps:\n{written}\n" if lines else ""))


def said(trial: Trial) -> list[str]:
    """The messages of the problems."""
    return [problem.message for problem in trial.problems]
