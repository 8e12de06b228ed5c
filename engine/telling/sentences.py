"""What an event says, in sentences for people.

Owns which type of event has which sentence, and those of the case and of tasks. Reads nothing but the
events in their order and the definition: what an event only names by its number (a task, a timer, an incident) is said
as an earlier event has told it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.core.events import Event
from engine.telling import deciding, delegations, outside, promises
from engine.telling.conditions import cell_of, changed, condition, seen
from engine.telling.facts import form
from engine.telling.voice import Body, Voice


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line for people, and the expressions `written` behind its words, for whoever looks closer."""

    text: str
    written: tuple[str, ...] = ()


class Teller(Voice):
    """Tells the events of one case, in their order."""

    def tell(self, event: Event) -> list[str]:
        """Lines for people; none where the type alone says everything."""
        return [sentence.text for sentence in self.sentences(event)]

    def sentences(self, event: Event) -> list[Sentence]:
        """The same, each with what is written behind it."""
        self.now = event.at
        try:
            return [line for line in self._sentences(event) if line.text]
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            # Somebody has been at this line: it is shown as it lies there, and `--verify` tells the rest.
            return [Sentence(self.raw(event.body))] if event.body else []

    def _sentences(self, event: Event) -> Iterator[Sentence]:
        self.written = []
        sentence = SENTENCES.get(event.type)
        lines = (sentence(self, event.body),) if sentence is not None else LISTS[event.type](self, event.body)
        for line in lines:
            yield Sentence(line, tuple(dict.fromkeys(self.written)))
            self.written = []

    # --- the case

    def started(self, body: Body) -> str:
        caller = body.get("called_by")
        called = ""
        if caller:
            called = outside.called_by(self, caller)
        other = self.say(", {id} elsewhere", id=body["external_id"]) if "external_id" in body else ""
        received = (
            self.say("received {at}", at=self.at(body["received_at"])) + other + called + outside.by_mail(self, body)
        )
        case, version = body["reference"], body["version"][:12]
        return self.say(
            "{case} of {process}, {received}; version {version}",
            case=case,
            process=self.process(body["process"]),
            received=received,
            version=version,
        )

    def moved(self, body: Body) -> Iterable[str]:
        way = f"{self.place(body['from'])} → {self.place(body['to'])}"
        yield way + self.say("  by {trigger}", trigger=self.trigger(body, body["from"]))
        yield from self.guards(body)

    def stayed(self, body: Body) -> Iterable[str]:
        name = body["trigger"].partition(":")[2]
        title = self.move(name, body["state"])
        called = f" ('{title}')" if title != name and not self.tongue.language else ""
        stays = self.say("stays in {place}", place=self.place(body["state"]))
        yield stays + self.say("  by {trigger}", trigger=self.trigger(body, body["state"])) + called
        yield from self.guards(body)
        if "only_in" in body:
            places = ", ".join(self.place(one) for one in body["only_in"])
            yield self.say("it is for {places} alone", places=places)
        if body.get("nothing"):
            yield self.say("so nothing was done")

    def guards(self, body: Body) -> Iterable[str]:
        for decided in body.get("decided", ()):
            values, guard = seen(self, decided["values"]), condition(self, decided["when"])
            held = (
                self.say("guard {guard} held", guard=guard)
                if decided["result"]
                else self.say("guard {guard} did not hold", guard=guard)
            )
            yield held + (self.say(" with {values}", values=values) if values else "")

    def submitted(self, body: Body) -> Iterable[str]:
        yield form(self, body["name"], body["form"])
        yield from changed(self, body["changes"], body["name"])

    def branch(self, body: Body) -> str:
        row = body.get("row")
        cells = (cell_of(self, name, cell) for name, cell in (row or {}).items())
        about = self.say(" for {row}", row=", ".join(cells)) if row else ""
        self.branches[body["branch"]] = body.get("state", "")
        return self.branch_called(body) + about

    def branch_called(self, body: Body) -> str:
        """By the state that it begins in, and the number of its row, if it is one of many."""
        name = body["branch"]
        if not name:
            return self.say("a branch")
        title = self.titled(self.branches.get(name, "")) if self.tongue.language else ""
        called = f"{title} {name.partition(' ')[2]}".rstrip() if title else self.words(name)
        return self.say("the branch {name}", name=called)

    def branch_ended(self, body: Body) -> str:
        which = self.branch_called(body)
        if body["how"] == "joined":
            return self.say("{branch} is done", branch=which)
        return self.say("{branch} was no longer needed", branch=which)

    # --- tasks and approvals

    def opened(self, body: Body) -> str:
        self.titles[body["task"]] = body.get("titles", {}).get(self.tongue.language) or body["title"]
        if "assignee" in body:
            who = self.say("{person} has it", person=self.person(body["assignee"]))
        else:
            who = self.say("for {roles}", roles=self.people(body["candidates"]))
        due = self.say("; due {at}", at=self.at(body["due_at"])) if "due_at" in body else ""
        out = self.say("; not for {people}", people=self.people(body["excluded"])) if "excluded" in body else ""
        return f"{self.task(body)}: {who}{due}{out}"

    def passed_over(self, body: Body) -> str:
        person, why = self.person(body["person"]), delegations.barred(self, body)
        return self.say("{task} was meant for {person}, who {why}", task=self.task(body), person=person, why=why)

    def released(self, body: Body) -> str:
        had = self.person(body["was"]) if body["was"] else self.say("nobody")
        return self.task(body) + self.say("; {person} had it", person=had)

    def assigned(self, body: Body) -> str:
        had = self.say("; {person} had it", person=self.person(body["was"])) if body["was"] else ""
        return self.say("{task} to {person}", task=self.task(body), person=self.person(body["to"])) + had

    def completed(self, body: Body) -> str:
        outcome = self.outcome(body["state"], body["outcome"])
        return f"{self.task(body)}: {outcome}{self.why(body, 'comment')}"

    def reassigned(self, body: Body) -> str:
        task, now, was = self.task(body), self.people(body["candidates"]), self.people(body["was"])
        before = "" if now == was else self.say("; it was for {roles}", roles=was)
        if "assignee" in body:
            person = self.person(body["assignee"])
            taken = self.say("{task} is taken from {person}, and free for {roles}", task=task, person=person, roles=now)
            return taken + before
        return self.say("{task} is for {roles} now", task=task, roles=now) + before

    def escalated(self, body: Body) -> str:
        now = self.say("{task} is for {roles} now", task=self.task(body), roles=self.people(body["candidates"]))
        had = self.say("; {person} had it", person=self.person(body["assignee"])) if "assignee" in body else ""
        return f"{now}{had}: {body['reason']}"

    def priority(self, body: Body) -> str:
        was, now = (one if one == "normal" else self.wording.say(one) for one in (body["was"], body["now"]))
        return f"{was} → {now}"

    def tagged(self, body: Body) -> str:
        none = self.say("none")
        return f"{', '.join(body['was']) or none} → {', '.join(body['now']) or none}"

    def shown(self, body: Body) -> str:
        return self.say("what it is needed for: {reason}", reason=body["reason"])


SENTENCES: Mapping[str, Callable[[Teller, Body], str]] = {
    "case-started": Teller.started,
    "branch-started": Teller.branch,
    "branch-ended": Teller.branch_ended,
    "milestone-reached": lambda teller, body: teller.milestone(body["milestone"]),
    "task-opened": Teller.opened,
    "assignee-passed-over": Teller.passed_over,
    "task-claimed": Teller.task,
    "task-released": Teller.released,
    "task-assigned": Teller.assigned,
    "task-delegated": delegations.delegated,
    "delegation-began": delegations.delegated,
    "delegation-ended": delegations.ended,
    "delegation-dropped": delegations.dropped,
    "task-escalated": Teller.escalated,
    "task-completed": Teller.completed,
    "task-withdrawn": Teller.task,
    "task-reassigned": Teller.reassigned,
    "task-reopened": outside.waits_again,
    "approval-opened": deciding.opened,
    "decision-given": deciding.given,
    "approval-voided": deciding.voided,
    "approval-closed": deciding.closed,
    "clock-started": promises.started,
    "clock-paused": promises.paused,
    "clock-resumed": promises.resumed,
    "clock-retargeted": promises.retargeted,
    "clock-breached": promises.breached,
    "clock-stopped": promises.stopped,
    "clock-restored": promises.restored,
    "clock-cancelled": promises.cancelled,
    "priority-raised": Teller.priority,
    "notified": promises.notified,
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
    "tagged": Teller.tagged,
    "personal-data-shown": Teller.shown,
    "private-address-sent": outside.address_sent,
    "private-address-withheld": outside.address_withheld,
    "private-address-ended": outside.address_ended,
    "question-asked": outside.asked_colleague,
    "question-answered": outside.answered_colleague,
    "file-attached": outside.attached,
    "suspended": lambda teller, body: str(body["reason"]),
    "resumed": lambda teller, body: str(body["reason"]),
    "cancelled": lambda teller, body: str(body["reason"]),
    "completed": lambda teller, body: teller.end(body["outcome"]),
    "reopened": outside.reopened,
    "case-called": outside.case_called,
    "case-linked": outside.child,
    "child-ended": outside.child_ended,
    "child-reopened": outside.child,
    "move-held": outside.held,
    "move-dropped": promises.dropped,
    "version-published": outside.published,
    "incident-raised": outside.incident,
    "incident-reopened": outside.incident_reopened,
}
LISTS: Mapping[str, Callable[[Teller, Body], Iterable[str]]] = {
    "moved": Teller.moved,
    "stayed": Teller.stayed,
    "form-submitted": Teller.submitted,
    "values-set": lambda teller, body: changed(teller, body["changes"]),
    "confirmation-asked": deciding.confirmation_asked,
    "incident-resolved": outside.resolved,
}
"""Those that take several lines."""
