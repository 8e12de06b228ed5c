"""The floor: the same rows as Heard writes, by the plainest code there could be.

Hand-written SQL on sqlite3 with one well-prepared statement a table, one transaction a step, and nothing
between: no permissions, no forms judged, no expressions, no working time, no hashes (a constant stands where
one would be). Faster than this one cannot be and write these rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bench.workload import CUSTOMER, INTAKE, PROCESS
from engine.core.actors import Actor
from engine.ids import new_id

_DAY = 86_400_000_000
_AT = 1_795_426_200_000_000
_WHEN = "2026-11-23T09:30:00+00:00"
_HASH = "0" * 64

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_DECODE = json.JSONDecoder().decode
_WORDS = re.compile(r"\w+")

GUARDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "triage": lambda data: "investigate" if data["triage"]["impact"] in ("high", "critical") else "propose",
    "investigate": lambda data: "triage" if data["finding"]["cause"] == "unknown" else "propose",
    "propose": lambda data: "approve" if data["proposal"]["refund"] > 1000 else "approve",
    "approve": lambda data: "close" if data["approval"]["decision"] == "approved" else "propose",
    "close": lambda data: "closed" if data["closing"]["satisfied"] else "closed-disputed",
}
ROLES = {"approve": "lead"}


def _insert(table: str, *columns: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'


KNOWN = 'SELECT "command", "fingerprint", "result" FROM "idempotency" WHERE "key" = ?'
REMEMBER = _insert("idempotency", "key", "command", "fingerprint", "instance", "result", "at")
COUNT = (
    'INSERT INTO "counter" ("prefix", "year", "last") VALUES (?, ?, 1) '
    'ON CONFLICT ("prefix", "year") DO UPDATE SET "last" = "counter"."last" + 1 RETURNING "last"'
)
BEGIN = _insert(
    *("instance", "id", "process", "digest", "reference", "status", "revision", "seq", "states", "starter"),
    *("received_at", "started_at", "updated_at", "ended_at", "outcome", "priority", "external_id", "subject"),
    *("customer_name", "customer_email", "next_due_at", "snapshot"),
)
SEARCH = _insert("search", "instance", "words")
FOUND_BY = 'UPDATE "search" SET "words" = "words" || \' \' || ? WHERE "instance" = ?'
LOAD = 'SELECT "process", "status", "revision", "seq", "reference", "snapshot" FROM "instance" WHERE "id" = ?'
SAVE = (
    'UPDATE "instance" SET "revision" = ?, "seq" = ?, "states" = ?, "updated_at" = ?, "next_due_at" = ?, '
    '"snapshot" = ? WHERE "id" = ? AND "revision" = ?'
)
END = (
    'UPDATE "instance" SET "revision" = ?, "seq" = ?, "states" = ?, "updated_at" = ?, "next_due_at" = NULL, '
    '"snapshot" = ?, "status" = \'completed\', "ended_at" = ?, "outcome" = ? '
    'WHERE "id" = ? AND "revision" = ?'
)
CLOSE = 'UPDATE "task" SET "status" = \'completed\', "closed_at" = ?, "completed_by" = ?, "outcome" = ? WHERE "id" = ?'
OPEN = _insert(
    *("task", "id", "instance", "process", "state", "title", "status", "assignee", "on_behalf_of", "due_at", "next_at"),
    *("opened_at", "closed_at", "completed_by", "outcome", "excluded", "roles", "kind"),
)
OFFER = _insert("candidate", "task", "role", "process", "due_at")
UNOFFER = 'DELETE FROM "candidate" WHERE "task" = ?'
EXCLUDE = _insert("exclusion", "task", "person")
UNEXCLUDE = 'DELETE FROM "exclusion" WHERE "task" = ?'
SET = _insert("timer", "id", "instance", "process", "state", "index", "due_at")
UNSET = 'DELETE FROM "timer" WHERE "id" = ?'
TELL = _insert(
    *("history", "instance", "seq", "type", "at", "recorded_at", "actor", "on_behalf_of", "via", "roles"),
    *("body", "prev_hash", "hash"),
)


class Floor:
    """The workload over one connection to a database that Heard's own migrations have made: to SQLite, or one that
    speaks as if it were.
    """

    def __init__(self, connection: Any, digest: str) -> None:
        self._digest = digest
        self._connection = connection

    def close(self) -> None:
        self._connection.close()

    def open_tasks(self) -> list[tuple[str, str]]:
        """(case, task) of everything that waits."""
        return self._connection.execute("SELECT instance, id FROM task WHERE status = 'open'").fetchall()

    def start(self, key: str) -> str:
        """One new case; its id."""
        do = self._connection.execute
        case = new_id()
        do("BEGIN IMMEDIATE")
        assert do(KNOWN, (key,)).fetchone() is None
        reference = f"CMB-2026-{do(COUNT, ('CMB', 2026)).fetchone()[0]:05d}"
        snapshot = {
            "starter": CUSTOMER.id, "received_at": _WHEN, "started_at": _WHEN, "counter": 2,
            "tokens": [["0", "triage", _WHEN]],
            "data": {"intake": INTAKE}, "variables": {"reminded": 0},
            "tasks": [self._task(case, "triage", reference, 1)],
            "timers": [[f"{case}.2", "0", "triage", 0, _WHEN, 0, "after"]],
            "customer": {"name": INTAKE["name"], "email": INTAKE["email"]},
        }  # fmt: skip
        do(
            BEGIN,
            (case, PROCESS, self._digest, reference, "running", 1, 5, "triage", CUSTOMER.id, _AT, _AT, _AT,
             None, "", "", "", INTAKE["subject"], INTAKE["name"], INTAKE["email"], _AT + _DAY, _ENCODE(snapshot)),
        )  # fmt: skip
        found_by = " ".join((reference, INTAKE["subject"], INTAKE["name"], INTAKE["email"])).lower()
        do(SEARCH, (case, " ".join((*_WORDS.findall(found_by), *_filled(INTAKE)))))
        events = [
            (
                "case-started",
                f'{{"process":"{PROCESS}","received_at":"{_WHEN}","reference":"{reference}","version":"{self._digest}"}}',
            ),
            ("form-submitted", _submitted("intake", INTAKE)),
            ("moved", '{"from":"start","to":"triage","token":"0","trigger":"start:"}'),
        ]
        self._opened(case, "triage", 1, reference, [], events)
        self._tell(case, 0, events, CUSTOMER)
        do(
            REMEMBER,
            (
                key,
                "Start",
                _HASH,
                case,
                f'{{"instance":"{case}","reference":"{reference}","revision":1,"stuck":""}}',
                _AT,
            ),
        )
        do("COMMIT")
        return case

    def complete(self, case: str, task: str, name: str, actor: Actor, values: Mapping[str, Any], key: str) -> None:
        """One task handed in."""
        do = self._connection.execute
        do("BEGIN IMMEDIATE")
        assert do(KNOWN, (key,)).fetchone() is None
        _, status, revision, seq, reference, text = do(LOAD, (case,)).fetchone()
        snapshot = _DECODE(text)
        opened = snapshot["tasks"][0]
        state = opened[2]
        timer = snapshot["timers"][0][0]
        assert status == "running" and opened[0] == task
        data = snapshot["data"]
        data[name] = values
        target = GUARDS[state](data)
        number = snapshot["counter"]
        doers = snapshot.setdefault("doers", [])
        doers.append([state, actor.id])
        snapshot["tokens"][0][1] = target
        events = [
            ("form-submitted", _submitted(name, values)),
            ("task-completed", f'{{"outcome":"done","state":"{state}","task":"{task}"}}'),
            (
                "moved",
                f'{{"decided":[{{"result":true,"values":{{"{name}.is":"so"}},"when":"{name}.is == so"}}],'
                f'"from":"{state}","to":"{target}","token":"0","trigger":"on:done"}}',
            ),
            ("timer-cancelled", f'{{"state":"{state}","timer":"{timer}"}}'),
        ]  # fmt: skip
        do(CLOSE, (_AT, actor.id, "done", task))
        do(UNOFFER, (task,))
        if state == "approve":
            do(UNEXCLUDE, (task,))
        do(UNSET, (timer,))
        if target == "closed":
            del snapshot["tasks"], snapshot["timers"]
            events.append(("completed", '{"outcome":"resolved"}'))
            done = do(
                END, (revision + 1, seq + 5, target, _AT, _ENCODE(snapshot), _AT, "resolved", case, revision)
            ).rowcount
        else:
            excluded = sorted({person for _, person in doers}) if target == "approve" else []
            snapshot["counter"] = number + 2
            snapshot["tasks"] = [self._task(case, target, reference, number + 1)]
            snapshot["timers"] = [[f"{case}.{number + 2}", "0", target, 0, _WHEN, 0, "after"]]
            self._opened(case, target, number + 1, reference, excluded, events)
            done = do(
                SAVE, (revision + 1, seq + 6, target, _AT, _AT + _DAY, _ENCODE(snapshot), case, revision)
            ).rowcount
        assert done == 1
        do(FOUND_BY, (" ".join(_filled(values)), case))
        self._tell(case, seq, events, actor)
        answer = f'{{"instance":"{case}","reference":"{reference}","revision":{revision + 1},"stuck":""}}'
        do(REMEMBER, (key, "Complete", _HASH, case, answer, _AT))
        do("COMMIT")

    def _task(self, case: str, state: str, reference: str, number: int) -> list[Any]:
        return [
            f"{case}.{number}",
            "0",
            state,
            f"Do {state} of {reference}",
            _WHEN,
            [ROLES.get(state, "officer")],
            [],
            "open",
            "",
            "",
            _WHEN,
        ]

    def _opened(
        self,
        case: str,
        state: str,
        number: int,
        reference: str,
        excluded: list[str],
        events: list[tuple[str, str]],
    ) -> None:
        do = self._connection.execute
        task, timer, role = f"{case}.{number}", f"{case}.{number + 1}", ROLES.get(state, "officer")
        title = f"Do {state} of {reference}"
        do(
            OPEN,
            (
                task,
                case,
                PROCESS,
                state,
                title,
                "open",
                "",
                "",
                _AT + _DAY,
                _AT + _DAY,
                _AT,
                None,
                "",
                "",
                '["ann"]' if excluded else "[]",
                f'["{role}"]',
                "task",
            ),
        )
        do(OFFER, (task, role, PROCESS, _AT + _DAY))
        for person in excluded:
            do(EXCLUDE, (task, person))
        do(SET, (timer, case, PROCESS, state, 0, _AT + 2 * _DAY))
        events.append(
            (
                "task-opened",
                f'{{"candidates":["{role}"],"due_at":"{_WHEN}","state":"{state}","task":"{task}","title":"{title}"}}',
            )
        )
        events.append(("timer-set", f'{{"due_at":"{_WHEN}","index":0,"state":"{state}","timer":"{timer}"}}'))

    def _tell(self, case: str, seq: int, events: list[tuple[str, str]], actor: Actor) -> None:
        roles = _ENCODE(sorted(actor.roles))
        rows = [
            (case, seq + n, kind, _AT, _AT, actor.id, "", actor.via, roles, body, _HASH, _HASH)
            for n, (kind, body) in enumerate(events, 1)
        ]
        self._connection.executemany(TELL, rows)


def _filled(values: Mapping[str, Any]) -> list[str]:
    """The first words of each value, under the name of its field."""
    return [f"{name}:{word}" for name, value in values.items() for word in _WORDS.findall(str(value).lower())[:8]]


def _submitted(name: str, values: Mapping[str, Any]) -> str:
    return _ENCODE(
        {
            "changes": {key: [None, value] for key, value in values.items()},
            "form": f"{PROCESS}-{name}",
            "name": name,
        }
    )
