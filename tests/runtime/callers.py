"""Two processes of which one calls the other, and the cases of both.

Owns what the tests of calls share. Judges nothing.
"""

from __future__ import annotations

from typing import Any

from engine.core.actors import Actor
from engine.core.commands import Complete
from engine.core.instance import Instance
from engine.core.links import Link
from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.runtime import Engine, VirtualClock
from engine.store import history
from engine.store.database import Store, open_database
from tests.runtime.worlds import ANN, CARLA, NOON, ORGANISATION, form, people

GRIEF = """
process: grief
title: Grief
owner: process-owner
supervisors: [team-lead]
reference: GRF
languages: [en]
customer: {name: intake.subject, email: intake.email}
start: {form: grief-intake, by: [customer, agent], go: read}
states:
  read:
    task: {title: "Read {reference}", candidates: [agent], form: grief-reading}
    on:
      mend:
        call:
          process: mending
          with: {what: reading.what, weight: reading.weight}
          received: received_at
          blocks: reading.blocks is set and reading.blocks
        go: answering
      wait: waiting
      both: both
    wait-for:
      demanded: {by: [customer], call: {process: mending, with: {what: "'demanded'"}, link: follows}, go: answering}
  waiting:
    call:
      process: mending
      with: {what: reading.what}
      go:
        - {when: mending.outcome == mended, go: answering, send: grief-done}
        - {else: read}
    wait-for: {hurry: answering}
  both:
    call:
      - {process: mending, with: {what: "'one'"}, as: first, blocks: true}
      - {process: mending, with: {what: "'two'"}, as: second, blocks: true}
    go: closed
  answering:
    task: {title: Answer, candidates: [agent], form: grief-answer}
    on: {answer: closed, read-again: read}
  closed: {final: {outcome: closed, reopen: {go: read, by: [agent, customer], within: 20d}}}
on:
  withdraw: {by: [customer, agent], go: closed}
"""
MENDING = """
process: mending
title: Mending
owner: process-owner
supervisors: [team-lead]
reference: MND
languages: [en]
customer: {email: intake.email}
start: {form: mending-intake, by: team-lead, go: [{when: intake.what == 'broken', go: unmended}, {else: doing}]}
states:
  doing:
    task: {title: Mend, candidates: [team-lead, agent], form: mending-note}
    on: {done: mended, fail: unmended}
    send: mending-begun
  mended: {final: {outcome: mended, reopen: {go: doing, by: team-lead, within: 20d}}}
  unmended: {final: unmended}
"""
ROUND = """
process: round
title: Round
owner: process-owner
reference: RND
start: {by: agent, go: going}
states:
  going: {call: {process: round, when: received_at <= now}, task: {title: Go, candidates: agent}, on: {done: gone}}
  gone: {final: gone}
"""
FILES: dict[str, str] = {
    "processes/organisation.yaml": ORGANISATION,
    "processes/grief.yaml": GRIEF,
    "processes/mending.yaml": MENDING,
    "processes/round.yaml": ROUND,
    "forms/grief-intake.yaml": form(
        "grief-intake", "subject", subject="type: string", email="type: string, format: email"
    ),
    "forms/grief-reading.yaml": form(
        "grief-reading", "what", what="type: string", weight="type: integer", blocks="type: boolean"
    ),
    "forms/grief-answer.yaml": form("grief-answer", "text", text="type: string"),
    "forms/mending-intake.yaml": form(
        "mending-intake",
        "what",
        what="type: string, maxLength: 20",
        weight="type: integer, maximum: 10",
        email="type: string, format: email",
    ),
    "forms/mending-note.yaml": form("mending-note", "note", note="type: string"),
    "processes/messages/grief-done.en.md": "---\nsubject: Done {reference}\n---\nMended.\n",
    "processes/messages/mending-begun.en.md": "---\nsubject: Begun {reference}\n---\nWe mend it.\n",
}


def built(url: str, *processes: str) -> Engine:
    clock = VirtualClock(NOON)
    engine = Engine(opened(url), clock, clock)
    people(engine.store)
    deploy(engine, *processes)
    return engine


def opened(url: str) -> Store:
    store = open_database(url, 30.0)
    store.upgrade()
    return store


def deploy(engine: Engine, *processes: str, **changed: str) -> None:
    catalog = Catalog({**FILES, **{f"processes/{name}.yaml": text for name, text in changed.items()}})
    for name in (*processes, *changed):
        loaded = lint(catalog, f"processes/{name}.yaml")
        assert loaded.bundle is not None, "\n".join(map(str, loaded.errors))
        engine.deploy(loaded, "olga")


def started(engine: Engine, who: Actor = CARLA) -> str:
    return engine.start("grief", who, {"subject": "Wet", "email": "carla@example.net"}).instance


def complete(engine: Engine, case: str, outcome: str, who: Actor = ANN, /, key: str = "", **values: Any) -> Complete:
    (task,) = engine.instance(case).tasks
    return Complete(at=NOON, actor=who, task=task, outcome=outcome, values=values, key=key)


def do(engine: Engine, case: str, outcome: str, who: Actor = ANN, /, **values: Any) -> str:
    return engine.do(case, complete(engine, case, outcome, who, **values)).stuck


def links(engine: Engine, case: str) -> list[Link]:
    return list(engine.instance(case).links.values())


def child(engine: Engine, case: str, number: int = 0) -> Instance:
    return engine.instance(links(engine, case)[number].instance)


def types(engine: Engine, case: str) -> list[str]:
    return [line.event.type for line in history.read(engine.store, case)]


def mending(engine: Engine, **values: Any) -> tuple[str, Instance]:
    """A case that has called another."""
    case = started(engine)
    assert do(engine, case, "mend", what="the tap", **values) == ""
    return case, child(engine, case)
