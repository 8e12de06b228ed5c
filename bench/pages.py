"""What a page costs: a full inbox among a hundred thousand open tasks, through the whole application.

Owns the measuring of one request without a network. The floor is an empty Flask application that renders the same rows
with a template of its own: what nobody could save.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from flask import Flask, render_template_string

from bench.promises import company
from bench.steps import prepared
from bench.workload import NOW
from engine.store import inbox, people, sessions
from engine.store.database import Store
from engine.store.sessions import Session
from web import create_app
from web.house import Settings

PERSON, ROLES, WORD = "person0", ("role0", "role1"), "bench"

TABLE = """<!doctype html><html lang="en"><title>Inbox</title><table>
{% for row in rows %}<tr><td><input type="checkbox" name="task" value="{{ row.task }}"></td><td>{{ row.title }}</td>
<td>{{ row.subject }} {{ row.reference }}</td><td>{{ row.assignee }}</td><td>{{ row.next_at }}</td></tr>{% endfor %}
</table></html>"""


@dataclass(frozen=True, slots=True)
class Served:
    """Milliseconds of server time: of ours in the middle and at worst but one in twenty, and of the floor."""

    median: float
    slow: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.floor / self.median


def inbox_page(folder: Path, tasks: int, times: int = 100) -> Served:
    """The inbox of somebody with two roles, 50 rows of so many open tasks, with all its views counted."""
    path = folder / "pages.db"
    store, loaded = prepared(path)
    assert loaded.bundle is not None
    with store:
        with store.transaction():
            people.put(store, [people.Person(PERSON, "Pat", roles=ROLES)])
            for table, rows in company(tasks, loaded.bundle.digest):
                for first in range(0, len(rows), 500):
                    store.alter(table.insert_many(rows[first : first + 500]))
        store.database.execute_sql("ANALYZE")
        _sign_in(store)
        shown = inbox.inbox(store, PERSON, ROLES).rows
    ours = create_app(Settings(database=f"sqlite:///{path}", clock=lambda: NOW)).test_client()
    ours.set_cookie("heard", WORD)
    bare = Flask("floor")
    bare.add_url_rule("/inbox", "inbox", lambda: render_template_string(TABLE, rows=shown))
    floor = bare.test_client()
    taken, least = [], []
    for number in range(times + 10):
        began = perf_counter()
        page = ours.get("/inbox").get_data(as_text=True)
        between = perf_counter()
        floor.get("/inbox").get_data(as_text=True)
        if number >= 10:
            taken.append((between - began) * 1000)
            least.append((perf_counter() - between) * 1000)
        if page.count("data-row") != len(shown):
            raise RuntimeError(f"Expected {len(shown)} rows, but the page has {page.count('data-row')}")
    return Served(statistics.median(taken), statistics.quantiles(taken, n=20)[18], statistics.median(least))


def _sign_in(store: Store) -> None:
    id = sha256(WORD.encode()).hexdigest()
    sessions.begin(store, Session(id, PERSON, NOW, NOW, NOW + timedelta(hours=12), NOW, "bench"))
