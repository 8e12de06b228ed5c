"""A process with everything that may happen by itself or wait for others: promised times with all kinds of rungs, a
task beside the case, moves that need a second person, an approval of three, branches, and cases that it calls.

Owns what the races, crashes and stateful tests of these words share. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.actors import Actor
from engine.core.commands import Complete, Decide, Trigger
from engine.core.instance import Instance
from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.runtime import Clock, Engine, VirtualClock, wall_clock
from engine.store.database import open_database
from tests.runtime.worlds import ANN, CARLA, ORGANISATION, form, people

CALENDAR = """
calendar: desk
title: Desk
zone: Europe/Berlin
hours: {mon-fri: ["08:00-18:00"]}
"""
CLAIM = """
process: claim
title: Claim
owner: process-owner
supervisors: [team-lead]
reference: CLM
calendar: desk
languages: [en]
customer: {name: intake.name, email: intake.email}
start: {form: claim-intake, by: [customer, agent], go: read}
variables: {parts: 1, share: 0}
people: {handler: [read]}
clocks:
  answer:
    target: {by: weighing.severity, S1: 4bh, S2: 5bd, S3: none, not-yet-known: 1bd}
    hard-stop: 10d
    pauses-in: [waiting]
    stops-on: [sent claim-answer, milestone refused]
    escalate:
      50%: {notify: assignee}
      100%: {notify: [assignee, team-lead], open: explain, priority: high}
      150%: {reassign: [team-lead], set: {share: 1 / parts}}
      200%: {notify: {to: process-owner, urgent: true}, repeat: 1bd}
      300%: {from: [read, both], go: late}
      hard-stop: {priority: urgent, notify: {to: process-owner, say: "{reference} is out of hand"}}
  response:
    target: 6h
    starts-on: received customer-wrote
    stops-on: sent by a person
    escalate: {100%: {notify: {to: assignee, urgent: true}}}
  silence:
    target: {by: weighing.severity, S1: 1d, else: 3d, not-yet-known: 2d}
    restarts-on: sent
    stops-on: [sent claim-answer, milestone refused]
    on-reopen: restart
    escalate: {100%: {send: claim-delay}}
tasks:
  explain:
    title: Explain {reference}
    candidates: [agent, team-lead]
    assignee: handler
    form: claim-reason
    due: 4bh
    escalate: {100%: {notify: assignee}, 200%: {reassign: [team-lead]}}
    on:
      explained: {send: claim-delay}
      give-up: {needs: team-lead, go: closed}
states:
  read:
    task:
      title: Read {reference}
      candidates: [agent, team-lead]
      form: claim-weighing
      due: 4bh
      escalate: {100%: {notify: team-lead, priority: high}, 300%: {reassign: [team-lead]}}
    on:
      weigh: read
      ask: {form: none, send: [claim-question, claim-delay], go: waiting}
      split: {form: none, go: both}
      agree: agreed
      mend: {call: {process: repair, with: {what: "'the tap'"}, blocks: true}, go: answering}
      await: repairing
      refuse: {form: claim-reason, needs: [team-lead, process-owner], milestone: refused, go: closed}
  waiting:
    wait-for: {customer-replied: {form: claim-reply, go: read}}
    after: {10d: read}
  both: {parallel: {branches: {left: packed, right: billed}, join: all, go: answering}}
  packed: {task: {candidates: [agent, team-lead]}, on: {done: join}, after: {2d: {notify: assignee}}}
  billed: {task: {candidates: [agent, team-lead], due: 1bd, escalate: {100%: {notify: team-lead}}}, on: {done: join}}
  agreed:
    approval: {by: {quorum: 3, of: [agent, team-lead, process-owner]}, binds: [weighing], due: 1bd}
    on: {approved: answering, rejected: read}
    wait-for: {corrected: {form: claim-weighing}}
  repairing:
    call:
      process: repair
      with: {what: "'the roof'"}
      go:
        - {when: repair.outcome == mended, go: answering}
        - {else: read}
    wait-for: {hurry: answering}
  answering:
    task: {candidates: [agent, team-lead]}
    on: {answer: {send: claim-answer, go: closed}, again: read}
  late:
    task: {candidates: [agent, team-lead]}
    on: {answer: {send: claim-answer, go: closed}, again: read}
  closed:
    final: {outcome: closed, reopen: {go: read, by: [agent, customer], form: claim-reply, within: 400d}}
on:
  withdraw: {by: [customer, agent], form: claim-reason, go: closed}
  count: {by: [agent, team-lead], form: claim-count, set: {parts: count.parts}}
  reclassify: {by: [agent, team-lead], form: claim-weighing, needs: [team-lead, process-owner]}
wait-for:
  customer-wrote: {form: claim-reply}
"""
REPAIR = """
process: repair
title: Repair
owner: process-owner
supervisors: [team-lead]
reference: RPR
languages: [en]
start: {form: repair-intake, by: team-lead, go: doing}
clocks:
  mended: {target: 2d, stops-on: state mended, escalate: {50%: {notify: assignee}, 100%: {notify: process-owner}}}
states:
  doing:
    task: {candidates: [agent, team-lead], form: repair-note}
    on: {done: mended, fail: {form: none, go: unmended}}
  mended: {final: {outcome: mended, reopen: {go: doing, by: team-lead, within: 400d}}}
  unmended: {final: unmended}
"""
_MESSAGES = ("question", "answer", "delay")
CLAIMS: dict[str, str] = {
    "processes/organisation.yaml": ORGANISATION,
    "processes/calendars/desk.yaml": CALENDAR,
    "processes/claim.yaml": CLAIM,
    "processes/repair.yaml": REPAIR,
    "forms/claim-intake.yaml": form("claim-intake", "", name="type: string", email="type: string, format: email"),
    "forms/claim-weighing.yaml": form("claim-weighing", "severity", severity="enum: [S1, S2, S3]"),
    "forms/claim-reason.yaml": form("claim-reason", "reason", reason="type: string"),
    "forms/claim-reply.yaml": form("claim-reply", "text", text="type: string"),
    "forms/claim-count.yaml": form("claim-count", "parts", parts="type: integer"),
    "forms/repair-intake.yaml": form("repair-intake", "what", what="type: string"),
    "forms/repair-note.yaml": form("repair-note", "note", note="type: string"),
    **{
        f"processes/messages/claim-{name}.en.md": f"---\nsubject: {name} {{reference}}\n---\nDear customer.\n"
        for name in _MESSAGES
    },
}
COMER: Mapping[str, Any] = {"name": "Carla", "email": "carla@example.net"}


def weighed(severity: str) -> dict[str, str]:
    return {"severity": severity}


def claims_on(
    url: str, clock: Clock = wall_clock, *, recording: Clock | None = None, files: Mapping[str, str] = CLAIMS
) -> Engine:
    """An engine over the database, with these processes and people."""
    store = open_database(url, 30.0)
    store.upgrade()
    engine = Engine(store, clock, recording or (clock if isinstance(clock, VirtualClock) else wall_clock))
    people(store)
    deploy_claims(engine, files)
    return engine


def deploy_claims(engine: Engine, files: Mapping[str, str] = CLAIMS) -> None:
    for name in ("claim", "repair"):
        loaded = lint(Catalog(dict(files)), f"processes/{name}.yaml")
        assert loaded.bundle is not None, "\n".join(map(str, loaded.errors))
        engine.deploy(loaded, "olga")


def claimed(engine: Engine, who: Actor = CARLA, **more: Any) -> str:
    return engine.start("claim", who, COMER, **more).instance


def completing(engine: Engine, case: str, state: str, outcome: str, /, who: Actor = ANN, **values: Any) -> Complete:
    """The completion of the one open task in this state."""
    here = engine.instance(case)
    (task,) = (task.id for task in here.tasks.values() if task.state == state and task.id not in here.approvals)
    return Complete(at=engine.clock(), actor=who, task=task, outcome=outcome, values=values)


def do(engine: Engine, case: str, state: str, outcome: str, /, who: Actor = ANN, **values: Any) -> str:
    """Complete the one open task in this state; why it got stuck, if it did."""
    return engine.do(case, completing(engine, case, state, outcome, who=who, **values)).stuck


def asking(engine: Engine, name: str, /, who: Actor = ANN, **values: Any) -> Trigger:
    return Trigger(at=engine.clock(), actor=who, name=name, values=values)


def deciding(engine: Engine, case: str, who: Actor, what: Any = "approve", **more: Any) -> Decide:
    """A decision in the one open approval."""
    (question,) = engine.instance(case).approvals
    return Decide(at=engine.clock(), actor=who, task=question, decision=what, comment="Because.", **more)


def called(engine: Engine, case: str, number: int = -1) -> Instance:
    return engine.instance(list(engine.instance(case).links.values())[number].instance)
