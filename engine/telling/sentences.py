"""What an event says, in sentences for people.

Owns these sentences, one function a type of event. Reads nothing but the events in their order and the definition: what
an event only names by its number (a task, a timer, an incident) is said as an earlier event has told it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.core.effects import whom
from engine.core.events import Event
from engine.telling import outside, promises
from engine.telling.facts import ANSWERS, DUE, answered, form, move, share, share_of_task, state
from engine.telling.voice import Body, Voice


class Teller(Voice):
    """Tells the events of one case, in their order."""

    def tell(self, event: Event) -> list[str]:
        """Lines for people; none where the type alone says everything."""
        self.now = event.at
        sentence = SENTENCES.get(event.type)
        try:
            lines = [sentence(self, event.body)] if sentence is not None else list(LISTS[event.type](self, event.body))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            # Somebody has been at this line: it is shown as it lies there, and `--verify` tells the rest.
            return [self.raw(event.body)] if event.body else []
        return [line for line in lines if line]

    # --- the case

    def started(self, body: Body) -> str:
        caller = body.get("called_by")
        called = f", called by {caller['reference']} ({caller['process']}; {caller['kind']})" if caller else ""
        other = f", {body['external_id']} elsewhere" if "external_id" in body else ""
        received = f"received {self.at(body['received_at'])}{other}{called}{outside.by_mail(body)}"
        return f"{body['reference']} of {body['process']}, {received}; version {body['version'][:12]}"

    def moved(self, body: Body) -> Iterable[str]:
        yield f"{body['from']} → {body['to']}  by {body['trigger'].removesuffix(':')}"
        yield from self.guards(body)

    def stayed(self, body: Body) -> Iterable[str]:
        name = body["trigger"].partition(":")[2]
        title = move(self.definition, name, body["state"])
        called = f" ('{title}')" if title != name else ""
        yield f"stays in {body['state']}  by {body['trigger']}{called}"
        yield from self.guards(body)
        if "only_in" in body:
            yield f"it is for {', '.join(body['only_in'])} alone"
        if body.get("nothing"):
            yield "so nothing was done"

    def guards(self, body: Body) -> Iterable[str]:
        for decided in body.get("decided", ()):
            seen = ", ".join(f"{path} = {self.value(value)}" for path, value in decided["values"].items())
            held = "held" if decided["result"] else "did not hold"
            yield f"guard `{decided['when']}` {held}{f' with {seen}' if seen else ''}"

    def submitted(self, body: Body) -> Iterable[str]:
        yield form(self.definition, body["name"], body["form"])
        yield from self.changes(body["changes"])

    def branch(self, body: Body) -> str:
        row = body.get("row")
        about = f" for {', '.join(self.value(cell) for cell in row.values())}" if row else ""
        return f"the branch {body['branch']}{about}" if body["branch"] else f"a branch{about}"

    def branch_ended(self, body: Body) -> str:
        which = f"the branch {body['branch']}" if body["branch"] else "a branch"
        return f"{which} is done" if body["how"] == "joined" else f"{which} was no longer needed"

    # --- tasks and approvals

    def opened(self, body: Body) -> str:
        self.titles[body["task"]] = body["title"]
        who = f"{body['assignee']} has it" if "assignee" in body else f"for {', '.join(body['candidates'])}"
        due = f"; due {self.at(body['due_at'])}" if "due_at" in body else ""
        out = f"; not for {', '.join(body['excluded'])}" if "excluded" in body else ""
        return f"{self.task(body)}: {who}{due}{out}"

    def passed_over(self, body: Body) -> str:
        out, roles = (", ".join(body.get(key, ())) for key in ("excluded", "roles"))
        why = f"already had a part in this case (four eyes: {out})" if out else f"holds none of {roles}"
        return f"{self.task(body)} was meant for {body['person']}, who {why}"

    def task(self, body: Body) -> str:
        title = self.titles.get(body["task"])
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

    def escalated(self, body: Body) -> str:
        had = f"; {body['assignee']} had it" if "assignee" in body else ""
        return f"{self.task(body)} is for {', '.join(body['candidates'])} now{had}: {body['reason']}"

    def decided(self, body: Body) -> str:
        roles = f" as {' and '.join(body['counted'])}" if body.get("counted") else ""
        proved = ", after proving once more who they are" if body.get("reauthenticated") else ""
        about = f"round {body['round']} (content {body['content'][:12]})"
        what = f"said {ANSWERS[body['decision']]}{roles} in {self.task(body)}, {about}"
        return f"{what}{proved}{_why(body, 'comment')}"

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

    def notified(self, body: Body) -> str:
        what = body.get("say") or self.occasion(body["about"])
        when = " (an imported past: nobody was told)" if body.get("withheld") else ""
        if not when and "not_before" in body:
            when = ", at once" if body.get("urgent") else f", not before {self.at(body['not_before'])}"
        return f"{whom(body)}{when}{f': {what}' if what else ''}"

    def occasion(self, about: Body) -> str:
        if "clock" in about and about["rung"] == DUE:
            return f"{promises.clock(self, about)} missed (it was due {self.at(about['due_at'])})"
        if "rung" in about:
            return self.rung(about)
        rest = self.raw({key: value for key, value in about.items() if key not in ("state", "timer", "due_at")})
        return f"in {about['state']}{f', {rest}' if rest else ''}" if "state" in about else rest

    def rung(self, about: Body) -> str:
        task, rung = about.get("task"), about["rung"]
        return share_of_task(rung, task) if task is not None else share(rung, promises.clock(self, about))


def _why(body: Body, key: str) -> str:
    return f": {body[key]}" if body.get(key) else ""


SENTENCES: Mapping[str, Callable[[Teller, Body], str]] = {
    "case-started": Teller.started,
    "branch-started": Teller.branch,
    "branch-ended": Teller.branch_ended,
    "milestone-reached": lambda teller, body: str(body["milestone"]),
    "task-opened": Teller.opened,
    "assignee-passed-over": Teller.passed_over,
    "task-claimed": Teller.task,
    "task-released": Teller.released,
    "task-assigned": Teller.assigned,
    "task-delegated": lambda teller, body: f"{teller.task(body)} to {body['to']}, on behalf of {body['on_behalf_of']}",
    "task-escalated": Teller.escalated,
    "task-completed": lambda teller, body: f"{teller.task(body)}: {body['outcome']}{_why(body, 'comment')}",
    "task-withdrawn": Teller.task,
    "task-reassigned": Teller.reassigned,
    "task-reopened": lambda teller, body: f"{teller.task(body)}{outside.waits_again(body)}",
    "approval-opened": lambda teller, body: f"{teller.task(body)}: {body['rule']} (content {body['content'][:12]})",
    "decision-given": Teller.decided,
    "approval-voided": Teller.voided,
    "approval-closed": Teller.closed,
    "clock-started": promises.started,
    "clock-paused": promises.paused,
    "clock-resumed": promises.resumed,
    "clock-retargeted": promises.retargeted,
    "clock-breached": promises.breached,
    "clock-stopped": promises.stopped,
    "clock-restored": promises.restored,
    "clock-cancelled": promises.cancelled,
    "priority-raised": lambda teller, body: f"{body['was']} → {body['now']}",
    "notified": Teller.notified,
    "timer-set": promises.timer_set,
    "timer-fired": promises.timer_fired,
    "timer-cancelled": promises.timer_cancelled,
    "message-sent": outside.sent,
    "message-withdrawn": outside.taken_back,
    "message-unaddressed": outside.message,
    "step-undone": outside.undone,
    "delivery-failed": outside.undelivered,
    "message-returned": outside.undelivered,
    "message-withheld": outside.message,
    "message-received": outside.received,
    "commented": lambda teller, body: str(body["text"]),
    "tagged": lambda _, body: f"{', '.join(body['was']) or 'none'} → {', '.join(body['now']) or 'none'}",
    "personal-data-shown": lambda teller, body: f"what it is needed for: {body['reason']}",
    "question-asked": outside.asked_colleague,
    "question-answered": outside.answered_colleague,
    "file-attached": outside.attached,
    "suspended": lambda teller, body: str(body["reason"]),
    "resumed": lambda teller, body: str(body["reason"]),
    "cancelled": lambda teller, body: str(body["reason"]),
    "completed": lambda teller, body: str(body["outcome"]),
    "reopened": outside.reopened,
    "case-called": outside.case_called,
    "case-linked": outside.child,
    "child-ended": lambda teller, body: f"{outside.child(teller, body)}: {body['outcome']}",
    "child-reopened": outside.child,
    "move-held": lambda _, body: f"{body['trigger']} in {body['state']} waits for {', '.join(body['children'])}",
    "move-dropped": lambda teller, body: f"{teller.rung(body)}: what was to follow is no longer needed",
    "version-published": outside.published,
    "incident-raised": outside.incident,
}
LISTS: Mapping[str, Callable[[Teller, Body], Iterable[str]]] = {
    "moved": Teller.moved,
    "stayed": Teller.stayed,
    "form-submitted": Teller.submitted,
    "values-set": lambda teller, body: teller.changes(body["changes"]),
    "confirmation-asked": Teller.asked,
    "incident-resolved": outside.resolved,
}
"""Those that take several lines."""
