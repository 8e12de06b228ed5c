"""What the importer's tests share: a small process, a store in which it is deployed, and one call that
imports a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.demo.company import load_people
from engine.home import shipped
from engine.importing.cases import sources
from engine.importing.reading import read_map
from engine.importing.running import Importer, Report
from engine.importing.table import Table
from engine.library import read_files
from engine.runtime import Engine
from engine.store import Store, history, instances, open_database, queries
from engine.store.history import Line
from tests.databases import Databases

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

TICKET = """
process: ticket
title: Ticket
owner: process-owner
reference: TCK
calendar: office
languages: [en]
subject: "{intake.subject}"
customer: {name: intake.name, email: intake.email, language: intake.language}
start: {form: ticket-intake, by: [intake], go: open}
states:
  open:
    send: ticket-received
    task: {title: "Take {reference}", candidates: [agent], due: 1bd}
    on:
      take: {go: working}
    after: {1d: {send: ticket-reminder, repeat: 1d}}
  working:
    task: {title: "Solve {reference}", candidates: [agent]}
    on:
      resolve:
        form: ticket-solution
        go:
        - {when: 100 / intake.weight > 3, go: resolved}
        - {else: resolved}
      ask: {go: waiting}
  waiting:
    wait-for: {customer-replied: {form: ticket-reply, go: working}}
    after: {10d: {go: closed}}
  resolved:
    wait-for: {customer-replied: {form: ticket-reply, go: working}}
    after: {5d: {go: closed}}
  closed: {final: done}
  withdrawn: {final: withdrawn}
on:
  withdraw: {by: [intake, agent], go: withdrawn}
"""
FORMS = {
    "ticket-intake": """
form: ticket-intake
title: Ticket
required: [subject, weight]
properties:
  subject: {type: string, maxLength: 40}
  weight: {type: integer, default: 1}
  amount: {type: string, format: money, currency: EUR}
  topics: {type: array, items: {enum: [app, web, post]}}
  due_on: {type: string, format: date}
  urgent: {type: boolean}
  name: {type: string}
  email: {type: string, format: email}
  language: {enum: [en], default: en}
""",
    "ticket-solution": """
form: ticket-solution
title: Solution
properties: {text: {type: string}}
""",
    "ticket-reply": """
form: ticket-reply
title: Reply
properties: {text: {type: string}}
""",
}
MAP = """
import: ticket
external-id: {column: id}
received: {column: when, format: "%Y-%m-%d %H:%M"}
by: intake
values:
  subject: {column: what}
  email: a@b.example
"""


def catalog() -> Catalog:
    files = dict(read_files(shipped()))
    message = "---\nsubject: About {reference}\n---\n\nHello.\n"
    files |= {f"processes/messages/ticket-{name}.en.md": message.encode() for name in ("received", "reminder")}
    files |= {f"forms/{form}.yaml": text.encode() for form, text in FORMS.items()}
    return Catalog({**files, "processes/ticket.yaml": TICKET.encode()})


@dataclass
class House:
    """A store in which the ticket and the shipped processes are deployed, and what one asks of it."""

    store: Store
    folder: Path
    url: str

    def file(self, content: str | bytes, name: str = "file.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def bring(self, content: str | bytes, text: str = MAP, *, dry_run: bool = False, now: datetime = NOW) -> Report:
        mapping = read_map(text, "map.yaml")
        table = Table(self.file(content), mapping)
        importer = Importer(self.store, mapping, now)
        report = Report()
        bring = importer.try_out if dry_run else importer.bring_in
        list(bring(sources(table.lines(), mapping), report))
        return report

    def states(self) -> dict[str, str]:
        """Where each case stands, by its external id."""
        return {case.external_id: case.states for case in queries.cases(self.store, limit=500).rows}

    def references(self, process: str = "ticket") -> list[str]:
        return sorted(case.reference for case in queries.cases(self.store, process=process, limit=500).rows)

    def lines(self, external: str, process: str = "ticket") -> list[Line]:
        case = instances.by_external_id(self.store, process, external)
        assert case is not None
        return history.read(self.store, case)

    def happened(self, external: str, type: str) -> list[Line]:
        return [line for line in self.lines(external) if line.event.type == type]

    def data(self, external: str, process: str = "ticket") -> dict[str, object]:
        case = instances.by_external_id(self.store, process, external)
        assert case is not None
        found = instances.load(self.store, case)
        assert found is not None
        return dict(found.data["intake"])

    def standing(self) -> Counter[str]:
        return Counter({(one.states): one.cases for one in queries.counts(self.store)})


def deploy(store: Store) -> None:
    found = catalog()
    load_people(store, found)
    engine = Engine(store, lambda: datetime(2010, 1, 1, tzinfo=UTC))
    for path in found.process_files():
        loaded = examine(found, path)
        assert not loaded.errors, "\n".join(map(str, loaded.errors))
        engine.deploy(loaded, "test")


@pytest.fixture(scope="session")
def deployed(shared: Databases) -> str:
    """A database in which everything is deployed, for each test to take a copy of."""
    url = shared.new()
    with open_database(url) as store:
        deploy(store)
    return url


@pytest.fixture
def house(deployed: str, databases: Databases, tmp_path: Path) -> Iterator[House]:
    url = databases.copy(deployed)
    with open_database(url) as store:
        yield House(store, tmp_path, url)
