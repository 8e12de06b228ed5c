"""What has happened: the vocabulary of the history, one participle each.

Owns the event's shape and the list of types with their meaning (the reference page is made from it). Never holds a
whole snapshot: an event says what changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TYPES: Mapping[str, str] = {
    "case-started": "A case began: reference, process, version, the starter's form, when it was received.",
    "moved": "A token went from one state to another: the trigger, and which guard with which values decided.",
    "stayed": "A move left the case where it is, or its guard prevented it: the trigger, and which guard with which "
    "values decided.",
    "branch-started": "A parallel branch, or the branch of one row, began.",
    "branch-ended": "A branch reached its join, or was cancelled because the join was already satisfied.",
    "form-submitted": "A form was filled in: each changed field before → after.",
    "values-set": "The process set variables: before → after.",
    "milestone-reached": "A milestone of the case was reached.",
    "task-opened": "A task waits for somebody: title, candidates, due.",
    "assignee-passed-over": "The person for whom a task was meant does not get it: who, and why.",
    "task-claimed": "Somebody took the task.",
    "task-released": "The task was given back to its candidates.",
    "task-assigned": "The task was given to somebody by somebody else.",
    "task-delegated": "The assignee lets another person act on their behalf; from when and until when, where that was "
    "said.",
    "delegation-began": "The time came from which another person does the task on the assignee's behalf.",
    "delegation-ended": "The task came back to whoever had delegated it, because its time was over, they took it "
    "back or the other gave it back; to everybody it is for, when it could not be theirs any more, and why.",
    "delegation-dropped": "What was to be delegated later stays with the assignee: they took it back, or why the "
    "other could not have it.",
    "task-escalated": "Somebody handed the task to those who oversee the process: why, and who had it.",
    "task-completed": "The task was completed with an outcome; the roles held at that moment are recorded.",
    "task-withdrawn": "The task is no longer needed, because the case moved on without it.",
    "task-reopened": "A task that was done, or not needed any more, waits again, because that was undone; of an "
    "approval, the decisions that stand.",
    "approval-opened": "An approval began: its rule, which round it is, what is decided about and its hash.",
    "decision-given": "Somebody decided in an approval: how, in which round, about which content, with which of the "
    "roles that the rule asks for, and whether they had to prove once more who they are.",
    "approval-voided": "What is decided about changed: the decisions so far are void, and everybody is asked again.",
    "approval-closed": "The outcome of an approval is certain.",
    "confirmation-asked": "Somebody asked for a move that others have to confirm: which, with which values.",
    "task-reassigned": "The task was given to other candidates, because a promise ran out.",
    "clock-started": "A promised time began to run: since when, what is promised, when it is due.",
    "clock-paused": "A clock stands still: the case is in a state in which it does not run.",
    "clock-resumed": "A clock runs again, with its deadline moved by the time it stood still.",
    "clock-retargeted": "What a clock promises has changed: target and deadline, before → after, and the answers "
    "that decide it.",
    "clock-breached": "A promise was not kept: when it was due. This stays, whatever happens later.",
    "clock-stopped": "What was promised was done: whether in time, and by what.",
    "clock-restored": "What had stopped or begun a clock did not happen: the message was taken back in time.",
    "clock-cancelled": "The case ended while a clock was still running: its promise is neither kept nor missed.",
    "priority-raised": "The case's priority was raised: before → after.",
    "notified": "Colleagues were told: who, as whose deputy, what about, and from when it may be delivered.",
    "timer-set": "A timer waits: what it will do and when it is due.",
    "timer-fired": "A timer fired: when it was due and when it really fired.",
    "timer-cancelled": "A timer is no longer needed.",
    "message-sent": "A message to somebody outside was handed to the outbox, exactly as recorded.",
    "message-unaddressed": "A message could not be addressed, because the customer gave no e-mail: somebody "
    "must tell them another way.",
    "message-withheld": "A message of an imported case's past: recorded as the process would have sent it, "
    "and sent to nobody.",
    "message-withdrawn": "A message was taken back before it went out: whoever caused it thought better of it.",
    "step-undone": "A step was undone, because what it sent was taken back before it went out: which lines of this "
    "history do not count any more, and where the case stands again.",
    "delivery-failed": "What was sent could not be delivered, and is tried no more: to whom, and why.",
    "message-returned": "A letter that had gone out came back: for whom it was, and what the other mail server says.",
    "message-received": "A message from outside was matched to the case.",
    "commented": "Somebody wrote a comment; colleagues who are named in it were told.",
    "tagged": "Somebody marked the case with words, or took some off: before → after.",
    "question-asked": "Somebody asked a colleague about the case.",
    "question-answered": "A colleague answered, or the question was settled by whoever had asked it.",
    "file-attached": "A file was attached: name, size, SHA-256.",
    "personal-data-shown": "Somebody was shown who the customer is, and what they need it for.",
    "private-address-sent": "The address of the customer's private page was mailed to them once more; it stands in the "
    "mail as it goes out, and in no history.",
    "private-address-withheld": "Somebody asked for the address of the customer's private page, which a colleague had "
    "ended: none was sent.",
    "private-address-ended": "Somebody ended the address of the customer's private page: whoever has it sees nothing "
    "more.",
    "suspended": "The case was halted: no timer fires, no task can be completed.",
    "resumed": "The case goes on; timers that fell due meanwhile fire now.",
    "cancelled": "The case was ended from outside its process, with a reason.",
    "completed": "The case reached its end, with an outcome.",
    "reopened": "A case that had ended goes on.",
    "case-called": "The process called another case: which process, under which name, and what it is to this case.",
    "case-linked": "The case that was called has begun: its reference.",
    "child-ended": "A case that was called has ended, with an outcome.",
    "child-reopened": "A case that was called and had ended goes on.",
    "move-held": "A way into a final state is held, because cases that were called are still open.",
    "move-dropped": "A held way was dropped: it belonged to a promise that ran out, and that is over meanwhile.",
    "version-published": "A version of a process was put in force, as it was agreed to: which, and from when.",
    "incident-raised": "The process could not do what it should; the person's work was kept.",
    "incident-resolved": "An incident was retried or dismissed, with a reason.",
    "incident-reopened": "An incident that had been dismissed waits for somebody again, with a reason.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of history. `type` is a key of TYPES; `body` is plain JSON."""

    type: str
    at: datetime
    actor: str
    via: str
    body: Mapping[str, Any] = field(default_factory=dict)
    on_behalf_of: str = ""
    roles: tuple[str, ...] = ()
