"""What a refusal says in the language of the page.

The engine says every refusal in English, exactly: "Expected …, but …". A page in another language says what it comes
to, by its code. What the pages themselves refuse they say in the right language already.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.tags import LONGEST, MOST
from engine.errors import Rejected
from web.language import gettext as _
from web.language import language

_ENGINES = "Expected "
"""How what the engine says begins."""


def worded(rejected: Rejected) -> Rejected:
    """The same refusal for whoever reads this page."""
    if language() == "en":
        return rejected
    known = {**_fields(), **_about_tags()}
    fields = {path: tuple(known.get(one, one) for one in said) for path, said in rejected.fields.items()}
    message = rejected.message
    if message.startswith(_ENGINES):  # a page of ours in another language says "Erwartet …"
        message = _sentences().get(rejected.code) or _("This is not possible, or not possible now. Nothing was done.")
    return Rejected(rejected.code, message, fields)


def _fields() -> Mapping[str, str]:
    """What is said at a field, where it is not the form's own."""
    return {
        "Please say why.": _("Please say why."),
        "Please write it down.": _("Please write it down."),
        "That is you.": _("That is you."),
        "Please choose a colleague.": _("Please choose a colleague."),
        **_about_absences(),
        "Please write something.": _("Please write something."),
        "Please write one or more words.": _("Please write one or more words."),
        "Please give a time that is not in the future.": _("Please give a time that is not in the future."),
    }


def _about_absences() -> Mapping[str, str]:
    return {
        "Please choose somebody who does more than read.": _("Please choose somebody who does more than read."),
        "Please choose a last day that is not before the first.": _(
            "Please choose a last day that is not before the first."
        ),
        "Please choose a last day that is not over.": _("Please choose a last day that is not over."),
        "Please choose a role that they hold.": _("Please choose a role that they hold."),
        "Please choose somebody else than who is away.": _("Please choose somebody else than who is away."),
        "Please choose other days, or end the other absence first.": _(
            "Please choose other days, or end the other absence first."
        ),
        "Please choose somebody who is there on these days.": _("Please choose somebody who is there on these days."),
    }


def _about_tags() -> Mapping[str, str]:
    letters = _("Please use letters, digits and hyphens, and at most %(count)s characters a tag.")
    many = _("Please take some off first: a case has at most %(count)s tags.")
    return {
        f"Please use letters, digits and hyphens, and at most {LONGEST} characters a tag.": letters
        % {"count": LONGEST},
        f"Please take some off first: a case has at most {MOST} tags.": many % {"count": MOST},
    }


def _sentences() -> Mapping[str, str]:
    moved_on = _("The case has moved on in the meantime. Nothing was done; look at it again.")
    return {
        "not-allowed": _("You may not do this: it is for others, or somebody else has it."),
        "excluded": _("Somebody else has to do this: who had a part in this case already must not (four eyes)."),
        "only-reads": _("You can read everything here, and change nothing."),
        "claimed-by-other": _("Somebody else has this task in the meantime."),
        "conflict": _("Somebody else was faster. Nothing of yours is lost; look at it again."),
        "content-changed": _("What is decided about has changed in the meantime. Read it again before you decide."),
        "already-decided": _("You have decided about this already. Nobody counts twice."),
        "already-asked": _("Somebody has asked for this already, and it waits to be confirmed."),
        "reauthenticate": _("Give your password once more first."),
        "still-stuck": _("It was tried again, and it still fails. Correct what is wrong first, or let it go."),
        "suspended": _("The case is suspended. Somebody who oversees the process has to let it go on first."),
        "ended": _("The case has ended."),
        "not-now": moved_on,
        "no-transition": moved_on,
        "not-offered": moved_on,
        "no-longer-possible": _("It is too late for that."),
        "not-reopenable": _("This case has ended for good. Start a new one instead."),
        "too-late": _("The time for that is over."),
        "comment-needed": _("A reason is needed."),
        "invalid-values": _("Something is missing or not as it has to be."),
        "invalid-value": _("Something is missing or not as it has to be."),
        "invalid-text": _("The text holds signs that cannot be kept."),
        "too-often": _("That were too many tries. Wait a little and try again."),
        "too-large": _("That is too large."),
        "file-too-large": _("A file may have 20 MB at most."),
        "file-damaged": _("The file is damaged."),
        "received-early": _("The time of receipt lies too far back."),
        "past": _("That time is over already."),
        "not-yet": _("The time for that has not come."),
        "unknown-person": _("There is no such person."),
        "person-left": _("This person does not work here any more. Name somebody else."),
        "with-them-already": _("It waits for those who oversee the process already."),
        "nobody-above": _("Nobody above may do it: everybody there had a part in this case already."),
        "invalid-absence": _("The absence is not possible like this, and nothing was noted."),
        "invalid-moment": _("That is no day, and no time."),
        "invalid-delegation": _("It cannot be delegated so: the last day has to lie ahead, after the first."),
        "absence-overlaps": _("There is another deputy for these days already."),
        "deputy-away": _("The deputy is away then too."),
        "key-reused": _("This was sent already. Load the page again."),
        "no-such-task": _("There is no such task any more."),
        "no-such-case": _("There is no such case."),
        "no-such-process": _("There is no such process."),
        "no-such-file": _("There is no such file."),
        "no-such-question": _("This question is answered already."),
        "nothing-changed": _("Nothing is changed, so there is nothing to publish."),
        "has-problems": _("The definition still has problems."),
        "weak-password": _("The password is too short, or too well known."),
    }
