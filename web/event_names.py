"""What the types of events are called on a page.

Owns these names. What an event says is told by `engine.telling`.
"""

from __future__ import annotations

from web.language import gettext as _


def event_names() -> dict[str, str]:
    """A few words for every type, in the language of this page."""
    return {
        "case-started": _("case begun"),
        "moved": _("moved on"),
        "stayed": _("stayed where it is"),
        "branch-started": _("branch begun"),
        "branch-ended": _("branch ended"),
        "form-submitted": _("form filled in"),
        "values-set": _("values set"),
        "milestone-reached": _("milestone reached"),
        "task-opened": _("task opened"),
        "task-claimed": _("task taken"),
        "task-released": _("task given back"),
        "task-assigned": _("task assigned"),
        "task-delegated": _("task delegated"),
        "task-escalated": _("task handed up"),
        "task-completed": _("task done"),
        "task-withdrawn": _("task no longer needed"),
        "assignee-passed-over": _("not given to whom it was meant for"),
        "task-reassigned": _("task given to others"),
        "approval-opened": _("approval opened"),
        "decision-given": _("decision given"),
        "approval-voided": _("decisions void"),
        "approval-closed": _("approval closed"),
        "confirmation-asked": _("second person asked for"),
        "clock-started": _("promise begun"),
        "clock-paused": _("promise stands still"),
        "clock-resumed": _("promise goes on"),
        "clock-retargeted": _("promise changed"),
        "clock-breached": _("promise missed"),
        "clock-stopped": _("promise over"),
        "clock-restored": _("promise as before"),
        "clock-cancelled": _("promise ended with the case"),
        "priority-raised": _("priority raised"),
        "notified": _("colleagues told"),
        "timer-set": _("timer set"),
        "timer-fired": _("time reached"),
        "timer-cancelled": _("timer no longer needed"),
        "message-sent": _("message sent"),
        "message-unaddressed": _("message without an address"),
        "message-withheld": _("message withheld"),
        "message-withdrawn": _("message taken back"),
        "message-received": _("message received"),
        "commented": _("comment"),
        "question-asked": _("question to a colleague"),
        "question-answered": _("question answered"),
        "file-attached": _("file attached"),
        "personal-data-shown": _("personal data shown"),
        "suspended": _("suspended"),
        "resumed": _("let go on"),
        "cancelled": _("cancelled"),
        "completed": _("case ended"),
        "reopened": _("reopened"),
        "case-called": _("another case called"),
        "case-linked": _("called case begun"),
        "child-ended": _("called case ended"),
        "child-reopened": _("called case reopened"),
        "move-held": _("way to the end held"),
        "move-dropped": _("held way dropped"),
        "version-published": _("version published"),
        "incident-raised": _("could not go on"),
        "incident-resolved": _("incident resolved"),
    }
