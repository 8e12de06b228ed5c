"""A small process with everything that can race: tasks, four eyes, a repeating timer, a wait, two branches,
guards that can fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.core.actors import Actor
from engine.definition.catalog import Catalog
from engine.definition.loader import Loaded, examine
from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.directory import Directory
from engine.runtime import Clock, Engine, VirtualClock, wall_clock
from engine.store.copying import copy
from engine.store.database import Store, open_database

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

ORGANISATION = """
organisation: Sample
languages: [en]
roles:
  agent: {title: Agent}
  team-lead: {title: Team lead}
  process-owner: {title: Owner}
  customer: {title: Customer}
people:
  ann: {name: Ann, email: ann@example.org, roles: [agent]}
  ben: {name: Ben, email: ben@example.org, roles: [agent]}
  tom: {name: Tom, email: tom@example.org, roles: [team-lead]}
  olga: {name: Olga, email: olga@example.org, roles: [process-owner]}
  carla: {name: Carla, email: carla@example.net, roles: [customer]}
  dora: {name: Dora, email: dora@example.net, roles: [customer]}
"""

PARCEL = """
process: parcel
title: Parcel
owner: process-owner
supervisors: [team-lead]
reference: PCL
languages: [en]
subject: "{intake.subject}"
customer: {name: intake.name, email: intake.email}
start: {form: parcel-intake, by: [customer, agent], go: received}
variables: {rounds: 0}
people: {handler: [received]}
states:
  received:
    task: {title: "Sort {reference}", candidates: [agent], form: parcel-sort, due: 2h}
    on:
      sort:
        go:
          - {when: sort.weight / sort.pieces > 10, go: heavy}
          - {else: packing}
      spam: {form: parcel-reason, go: spam}
    after:
      4h: {set: {rounds: rounds + 1}, send: parcel-late, repeat: 4h}
      3d: overdue
    wait-for: {customer-replied: {form: parcel-reply, send: parcel-thanks}}
  heavy:
    task: {title: Check, candidates: [agent, team-lead], exclude: [handler]}
    on: {approve: packing, back: received}
    after: {1d: received}
  packing:
    parallel: {branches: {pack: packed, bill: billed}, join: all, go: routing}
  packed:
    task: {title: Pack, candidates: [agent], form: parcel-pack}
    on:
      done:
        go:
          - {when: min(line.qty for line in pack.lines if line.qty >= 0) >= 0, go: join}
          - {else: packed}
    after: {6h: {send: parcel-late}}
  billed:
    task: {title: Bill, candidates: [team-lead]}
    on: {done: join}
    after: {2d: join}
  routing:
    go:
      - {when: rounds < 3, go: shipped}
      - {else: overdue}
  overdue:
    task: {title: Look after it, candidates: [team-lead]}
    on: {again: received, give-up: lost}
  shipped:
    final:
      outcome: shipped
      reopen: {go: received, within: 20d, by: [customer, agent], form: parcel-reply}
  lost: {final: lost}
  spam: {final: spam}
on:
  withdraw: {by: [customer, agent], form: parcel-reason, go: lost}
"""


def form(called: str, needed: str, /, **properties: str) -> str:
    """The text of a form file; each property is its JSON Schema as a YAML flow mapping without the braces."""
    lines = [f"form: {called}", f"title: {called}", f"required: [{needed}]", "properties:"]
    return "\n".join([*lines, *(f"  {key}: {{title: {key}, {said}}}" for key, said in properties.items()), ""])


FILES: dict[str, str] = {
    "processes/organisation.yaml": ORGANISATION,
    "processes/parcel.yaml": PARCEL,
    "forms/parcel-intake.yaml": form(
        "parcel-intake",
        "subject",
        subject="type: string, maxLength: 200",
        name="type: string",
        email="type: string, format: email",
    ),
    "forms/parcel-sort.yaml": form(
        "parcel-sort", "weight, pieces", weight="type: integer", pieces="type: integer", note="type: string"
    ),
    "forms/parcel-reason.yaml": form("parcel-reason", "reason", reason="type: string"),
    "forms/parcel-reply.yaml": form("parcel-reply", "text", text="type: string"),
    "forms/parcel-pack.yaml": form(
        "parcel-pack",
        "lines",
        lines="type: array, items: {type: object, required: [qty], properties: "
        "{item: {title: Item, type: string}, qty: {title: Quantity, type: integer}}}",
        box="type: string",
    ),
    "processes/messages/parcel-late.en.md": "---\nsubject: Late {reference}\n---\nYour parcel is late.\n",
    "processes/messages/parcel-thanks.en.md": "---\nsubject: Thanks {reference}\n---\nThank you.\n",
}

INTAKE: Mapping[str, Any] = {"subject": "A vase", "name": "Carla", "email": "carla@example.net"}
LIGHT: Mapping[str, Any] = {"weight": 5, "pieces": 1}
HEAVY: Mapping[str, Any] = {"weight": 50, "pieces": 1}
BROKEN: Mapping[str, Any] = {"weight": 50, "pieces": 0, "note": "typed with care"}
LINES: Mapping[str, Any] = {"lines": [{"item": "vase", "qty": 1}]}

AGREED = """
  agreed:
    approval:
      title: Agree on {reference}
      by:
        - {when: sort.pieces > 1, majority: [agent, team-lead, process-owner], veto: [process-owner]}
        - {else: {quorum: 2, of: [agent, team-lead]}}
      exclude: [handler]
      binds: [sort]
      due: 1d
    on: {approved: packing, rejected: lost, changes-requested: received}
    after: {2d: received}
    wait-for: {corrected: {form: parcel-sort}}
"""
AGREEING: dict[str, str] = {
    **FILES,
    "processes/parcel.yaml": PARCEL.replace(
        "      spam: {form: parcel-reason, go: spam}\n",
        "      spam: {form: parcel-reason, go: spam}\n      confer: agreed\n",
    ).replace("  heavy:\n", AGREED.lstrip("\n") + "  heavy:\n", 1),
}
"""The same, with an approval that sorting can lead to."""

ANN = Actor("ann", frozenset({"agent"}))
BEN = Actor("ben", frozenset({"agent"}))
TOM = Actor("tom", frozenset({"team-lead"}))
OLGA = Actor("olga", frozenset({"process-owner"}))
CARLA = Actor("carla", frozenset({"customer"}), "customer")
DORA = Actor("dora", frozenset({"customer"}), "customer")
STAFF = (ANN, BEN, TOM, OLGA)


def loaded(files: Mapping[str, str], process: str = "parcel") -> Loaded:
    """The process, bound; fails with its problems when it has any."""
    found = examine(Catalog(dict(files)), f"processes/{process}.yaml")
    assert found.definition is not None, "\n".join(map(str, found.errors))
    return found


def single(body: str, name: str = "small", forms: Mapping[str, str] | None = None) -> dict[str, str]:
    """Files with one process `name` whose states and more are `body`; everybody with the role agent may start
    it, without a form.
    """
    head = (
        f"process: {name}\ntitle: Small\nowner: process-owner\nsupervisors: [team-lead]\n"
        "reference: SML\nlanguages: [en]\n"
    )
    return {
        "processes/organisation.yaml": ORGANISATION,
        f"processes/{name}.yaml": head + body,
        **(forms or {}),
    }


def engine_on(
    url: str,
    *files: Mapping[str, str],
    clock: Clock = wall_clock,
    process: str = "parcel",
    patience: float = 30.0,
) -> Engine:
    """An engine over the database, with the organisation's people and these processes deployed in turn."""
    store = open_database(url, patience)
    store.upgrade()
    engine = Engine(store, clock, clock if isinstance(clock, VirtualClock) else wall_clock)
    people(store)
    for one in files:
        engine.deploy(loaded(one, process), "olga")
    return engine


def people(store: Store, text: str = ORGANISATION) -> None:
    data = plain(read(text, "processes/organisation.yaml"))
    assert isinstance(data, dict)
    Directory(store).load_organisation(data)


class Recording:
    """A recording clock that never gives the same instant twice, so that the history shows where each step ends."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


def copied(template: Engine, clock: VirtualClock, url: str) -> Engine:
    """An engine of its own on a copy of what another has in memory, with the definitions that are already compiled."""
    store = open_database(url)
    if store.locks_rows:
        copy(template.store, store)
    else:
        template.store.database.connection().backup(store.database.connection())
    engine = Engine(store, clock, Recording())
    engine.definition = template.definition
    return engine


def task_in(engine: Engine, case: str, state: str) -> str:
    """The id of the one open task in this state."""
    (found,) = (task.id for task in engine.instance(case).tasks.values() if task.state == state)
    return found


def changed(old: str, new: str) -> dict[str, str]:
    """FILES with one text in parcel.yaml exchanged: another version."""
    assert old in PARCEL
    return {**FILES, "processes/parcel.yaml": PARCEL.replace(old, new)}
