"""What an event says, in sentences for people.

Owns these sentences, one function a type of event. Reads nothing but the events in their order and the definition: what
an event only names by its number (a task, a timer, an incident) is said as an earlier event has told it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.core.durations import parse_duration
from engine.core.events import Event
from engine.definition.model import Definition
from engine.definition.texts import localised
from engine.telling.facts import ANSWERS, DUE, answered, begun, happened, move, share, share_of_task, state
from engine.telling.purposes import purpose
from engine.telling.values import local, said

LONGEST = 100
Body = Mapping[str, Any]


class Teller:
    """Tells the events of one case, in their order; times in `zone`."""

    def __init__(self, definition: Definition, zone: str) -> None:
        self.definition = definition
        self.zone = zone
        self._titles: dict[str, str] = {}
        self._timers: dict[str, str] = {}
        self._incidents: dict[str, str] = {}
        self._now = datetime.min.replace(tzinfo=UTC)

    def tell(self, event: Event) -> list[str]:
        """Lines for people; none where the type alone says everything."""
        self._now = event.at
        sentence = SENTENCES.get(event.type)
        try:
            lines = [sentence(self, event.body)] if sentence is not None else list(LISTS[event.type](self, event.body))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            # Somebody has been at this line: it is shown as it lies there, and `--verify` tells the rest.
            return [self.raw(event.body)] if event.body else []
        return [line for line in lines if line]

    def raw(self, body: Body) -> str:
        return "; ".join(f"{key}: {self.value(item)}" for key, item in body.items())

    def value(self, value: object) -> str:
        """As people read it: instants in the zone, no value as a line, cut when it is long."""
        text = said(value, self.zone)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def at(self, text: str) -> str:
        return local(datetime.fromisoformat(text), self.zone)

    def changes(self, changes: Mapping[str, Any]) -> list[str]:
        return [f"{name}: {self.value(old)} → {self.value(new)}" for name, (old, new) in changes.items()]

    # --- the case

    def started(self, body: Body) -> str:
        caller = body.get("called_by")
        called = f", called by {caller['reference']} ({caller['process']}; {caller['kind']})" if caller else ""
        other = f", {body['external_id']} elsewhere" if "external_id" in body else ""
        received = f"received {self.at(body['received_at'])}{other}{called}"
        return f"{body['reference']} of {body['process']}, {received}; version {body['version'][:12]}"

    def moved(self, body: Body) -> Iterable[str]:
        yield f"{body['from']} → {body['to']}  by {body['trigger'].removesuffix(':')}"
        for decided in body.get("decided", ()):
            seen = ", ".join(f"{path} = {self.value(value)}" for path, value in decided["values"].items())
            held = "held" if decided["result"] else "did not hold"
            yield f"guard `{decided['when']}` {held}{f' with {seen}' if seen else ''}"

    def branch(self, body: Body) -> str:
        row = body.get("row")
        about = f" for {', '.join(self.value(cell) for cell in row.values())}" if row else ""
        return f"the branch {body['branch']}{about}" if body["branch"] else f"a branch{about}"

    def branch_ended(self, body: Body) -> str:
        which = f"the branch {body['branch']}" if body["branch"] else "a branch"
        return f"{which} is done" if body["how"] == "joined" else f"{which} was no longer needed"

    # --- tasks and approvals

    def opened(self, body: Body) -> str:
        self._titles[body["task"]] = body["title"]
        who = f"{body['assignee']} has it" if "assignee" in body else f"for {', '.join(body['candidates'])}"
        due = f"; due {self.at(body['due_at'])}" if "due_at" in body else ""
        out = f"; not for {', '.join(body['excluded'])}" if "excluded" in body else ""
        return f"{self.task(body)}: {who}{due}{out}"

    def task(self, body: Body) -> str:
        title = self._titles.get(body["task"])
        return f"'{title}'" if title else f"the task of {body['state']}"

    def released(self, body: Body) -> str:
        return f"{self.task(body)}; {body['was'] or 'nobody'} had it"

    def assigned(self, body: Body) -> str:
        had = f"; {body['was']} had it" if body["was"] else ""
        return f"{self.task(body)} to {body['to']}{had}"

    def reassigned(self, body: Body) -> str:
        now, was = ", ".join(body["candidates"]), ", ".join(body["was"])
        before = "" if now == was else f"; it was for {was}"
        if "assignee" in body:
            return f"{self.task(body)} is taken from {body['assignee']}, and free for {now}{before}"
        return f"{self.task(body)} is for {now} now{before}"

    def decided(self, body: Body) -> str:
        return f"said {ANSWERS[body['decision']]} in {self.task(body)}, round {body['round']}{_why(body, 'comment')}"

    def voided(self, body: Body) -> str:
        changed = ", ".join(body.get("changed") or ()) or "what is decided about"
        lost = ", ".join(body["decided"]) or "nobody yet"
        now = f"{self.task(body)} is in round {body['round']} now"
        return f"{changed} has changed: what was decided ({lost}) is void; {now}"

    def closed(self, body: Body) -> str:
        answers = ", ".join(answered(*ballot) for ballot in body["decided"])
        return f"{self.task(body)} ended as {body['outcome']}{f': {answers}' if answers else ''}"

    def asked(self, body: Body) -> Iterable[str]:
        asked, here = move(self.definition, body["move"], body["state"]), state(self.definition, body["state"])
        yield f"'{asked}' was asked for in {here}, and others have to confirm it{_why(body, 'comment')}"
        yield from (f"{name}: {self.value(value)}" for name, value in body.get("values", {}).items())

    # --- clocks and timers

    def clock(self, body: Body) -> str:
        run = f" (run {body['run']})" if "run" in body else ""
        plan = self.definition.clocks.get(body["clock"])
        return f"{localised(plan.title, self.definition.languages[0]) if plan else body['clock']}{run}"

    def promised(self, body: Body) -> str:
        if body["target"] == "none":
            return "nothing is promised so far"
        return f"{_length(body['target'])} promised" + (f", due {self.at(body['due_at'])}" if "due_at" in body else "")

    def clock_started(self, body: Body) -> str:
        since = f"since {self.at(body['since'])}, {begun(self.definition, body['clock'], body['by'])}"
        if body["target"] == "none":
            return f"{self.clock(body)}: {self.promised(body)} ({since})"
        return f"{self.clock(body)} runs {since}: {self.promised(body)}"

    def retargeted(self, body: Body) -> str:
        (old, new), (was, due) = body["changes"]["target"], body["changes"]["due_at"]
        moved = f", due {self.at(due)}" if due else ""
        before = f" (before: {self.at(was)})" if was else ""
        return f"{self.clock(body)}: {_length(old)} → {_length(new)} promised{moved}{before}"

    def clock_stopped(self, body: Body) -> str:
        kept = "kept in time" if body["kept"] else "done too late"
        how = "is over, nothing was promised" if body["target"] == "none" else f"was {kept}"
        return f"{self.clock(body)} {how}: {happened(self.definition, body['by'])}"

    def clock_cancelled(self, body: Body) -> str:
        missed = "; it had been missed" if body["missed"] else ""
        return f"{self.clock(body)} ended with the case{missed}"

    def timer_set(self, body: Body) -> str:
        self._timers[body["timer"]] = what = self.timer(body)
        return f"{self.at(body['due_at'])}: {what}"

    def timer(self, body: Body) -> str:
        try:
            return purpose(self.definition, body.get("word", "after"), body["state"], body["index"])
        except (KeyError, IndexError):  # of a definition that this program reads otherwise
            return f"number {body['index']} of {body['state']}"

    def timer_fired(self, body: Body) -> str:
        late = self._now - datetime.fromisoformat(body["due_at"]) >= timedelta(minutes=1)
        due = self.at(body["due_at"])
        return f"{self.timer(body)}{f' (late: it was for {due})' if late else ''}"

    def timer_cancelled(self, body: Body) -> str:
        return self._timers.get(body["timer"]) or f"a timer of {body['state']}"

    def notified(self, body: Body) -> str:
        about = body["about"]
        what = body.get("say") or self.occasion(about)
        when = " (an imported past: nobody was told)" if body.get("withheld") else ""
        if not when and "not_before" in body:
            when = ", at once" if body.get("urgent") else f", not before {self.at(body['not_before'])}"
        return f"{body['to'].partition(':')[2]}{when}{f': {what}' if what else ''}"

    def occasion(self, about: Body) -> str:
        if "clock" in about and about["rung"] == DUE:
            return f"{self.clock(about)} missed (it was due {self.at(about['due_at'])})"
        if "rung" in about:
            return self.rung(about)
        rest = self.raw({key: value for key, value in about.items() if key not in ("state", "timer", "due_at")})
        return f"in {about['state']}{f', {rest}' if rest else ''}" if "state" in about else rest

    def rung(self, about: Body) -> str:
        task, rung = about.get("task"), about["rung"]
        return share_of_task(rung, task) if task is not None else share(rung, self.clock(about))

    # --- the outside, called cases, and what went wrong

    def message(self, body: Body) -> str:
        return f"{body['template']} ({body['language']}) to {body['to'] or 'nobody'}: {body['subject']}"

    def received(self, body: Body) -> str:
        heeded = ", which the process does not heed" if body.get("unheeded") else ""
        return f"{body['message']}, in {body['state']}{heeded}"

    def attached(self, body: Body) -> str:
        file = body["file"]
        note = f": {body['note']}" if "note" in body else ""
        return f"{file['name']} ({file['size']} bytes, SHA-256 {file['sha256']}){note}"

    def case_called(self, body: Body) -> str:
        blocks = ", without whose end this case cannot end" if body.get("blocks") else ""
        return f"a case of {body['process']}, as {body['name']} ({body['kind']}){blocks}"

    def child(self, body: Body) -> str:
        return f"{body['reference'] or 'a case of ' + body['process']}, known as {body['name']}"

    def incident(self, body: Body) -> str:
        self._incidents[body["incident"]] = body["message"]
        seen = ", ".join(f"{path} = {self.value(value)}" for path, value in body["values"].items())
        return f"{body['message']} (in {body['state']}, {body['place'] or 'no place'}{f'; {seen}' if seen else ''})"

    def resolved(self, body: Body) -> Iterable[str]:
        about = self._incidents.get(body["incident"])
        yield f"{_DONE.get(body['action'], body['action'])}: {body['reason']}{f' (it was: {about})' if about else ''}"
        yield from self.changes(body.get("corrected", {}))


_DONE = {"retry": "tried again", "dismiss": "dismissed"}


def _length(target: str) -> str:
    return parse_duration(target).words() if target else "nothing"


def _why(body: Body, key: str) -> str:
    return f": {body[key]}" if body.get(key) else ""


SENTENCES: Mapping[str, Callable[[Teller, Body], str]] = {
    "case-started": Teller.started,
    "branch-started": Teller.branch,
    "branch-ended": Teller.branch_ended,
    "milestone-reached": lambda teller, body: str(body["milestone"]),
    "task-opened": Teller.opened,
    "task-claimed": Teller.task,
    "task-released": Teller.released,
    "task-assigned": Teller.assigned,
    "task-delegated": lambda teller, body: f"{teller.task(body)} to {body['to']}, on behalf of {body['on_behalf_of']}",
    "task-completed": lambda teller, body: f"{teller.task(body)}: {body['outcome']}{_why(body, 'comment')}",
    "task-withdrawn": Teller.task,
    "task-reassigned": Teller.reassigned,
    "approval-opened": lambda teller, body: f"{teller.task(body)}: {body['rule']} (content {body['content'][:12]})",
    "decision-given": Teller.decided,
    "approval-voided": Teller.voided,
    "approval-closed": Teller.closed,
    "clock-started": Teller.clock_started,
    "clock-paused": lambda teller, body: f"{teller.clock(body)} stands still: {teller.promised(body)}",
    "clock-resumed": lambda teller, body: f"{teller.clock(body)} runs again: {teller.promised(body)}",
    "clock-retargeted": Teller.retargeted,
    "clock-breached": lambda teller, body: f"{teller.clock(body)} was due {teller.at(body['due_at'])} and not kept",
    "clock-stopped": Teller.clock_stopped,
    "clock-cancelled": Teller.clock_cancelled,
    "priority-raised": lambda teller, body: f"{body['was']} → {body['now']}",
    "notified": Teller.notified,
    "timer-set": Teller.timer_set,
    "timer-fired": Teller.timer_fired,
    "timer-cancelled": Teller.timer_cancelled,
    "message-sent": Teller.message,
    "message-unaddressed": Teller.message,
    "message-withheld": Teller.message,
    "message-received": Teller.received,
    "commented": lambda teller, body: str(body["text"]),
    "file-attached": Teller.attached,
    "suspended": lambda teller, body: str(body["reason"]),
    "resumed": lambda teller, body: str(body["reason"]),
    "cancelled": lambda teller, body: str(body["reason"]),
    "completed": lambda teller, body: str(body["outcome"]),
    "reopened": lambda teller, body: str(body.get("comment", "")),
    "case-called": Teller.case_called,
    "case-linked": Teller.child,
    "child-ended": lambda teller, body: f"{teller.child(body)}: {body['outcome']}",
    "child-reopened": Teller.child,
    "move-held": lambda _, body: f"{body['trigger']} in {body['state']} waits for {', '.join(body['children'])}",
    "move-dropped": lambda teller, body: f"{teller.rung(body)}: what was to follow is no longer needed",
    "incident-raised": Teller.incident,
}
LISTS: Mapping[str, Callable[[Teller, Body], Iterable[str]]] = {
    "moved": Teller.moved,
    "form-submitted": lambda teller, body: teller.changes(body["changes"]),
    "values-set": lambda teller, body: teller.changes(body["changes"]),
    "confirmation-asked": Teller.asked,
    "incident-resolved": Teller.resolved,
}
"""Those that take several lines."""
