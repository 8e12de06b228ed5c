"""Whether what is to go out does, and what is to come in: the outbox, mail both ways, webhooks.

Owns these checks of `engine.doctor` and their limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from engine.announcing import listeners
from engine.errors import Rejected
from engine.findings import BAD, GOOD, NOTE, Finding, ago
from engine.signatures import MAIL, SECRET, secret_for, variable_of
from engine.store import mails, people, vitals
from engine.store.database import Store
from engine.workers.delivering import Handlers, in_words
from engine.workers.forgetting import kept_for

OUTBOX_MAY_WAIT = timedelta(minutes=15)

Probe = Callable[[], str]
"""Looks at something outside, and says how it is. Raises what is wrong with it."""


def outbox(
    store: Store, waits: Sequence[vitals.Waiting], later: vitals.Later, handlers: Handlers, now: datetime
) -> Iterator[Finding]:
    for one in waits:
        said = _waiting(one, now)
        if one.kind not in handlers:
            yield Finding("outbox", NOTE, said, "They go out as soon as a mail server is named: see `mail` below.")
        elif now - one.since > OUTBOX_MAY_WAIT and (first := vitals.oldest(store, one.kind, now)) is not None:
            yield Finding("outbox", BAD, said, _next(first, now))
        else:  # or it has gone out while we looked
            yield Finding("outbox", GOOD, said)
    if later.until is not None:
        said = "1 message is" if later.put_off == 1 else f"{later.put_off} messages are"
        said += f" held back, because so much went to one address; the next may go out in {ago(later.until - now)},"
        said += f" at {later.until:%H:%M} UTC"
        yield Finding("outbox", NOTE, said, "Nothing has to be done, unless it is a program that answers ours.")
    if later.meant:
        how = "1 goes out later" if later.meant == 1 else f"{later.meant} go out later"
        yield Finding("outbox", GOOD, how if waits else f"nothing is due; {how}")
    elif not waits and later.until is None:
        yield Finding("outbox", GOOD, "nothing waits")


def _next(oldest: vitals.Oldest, now: datetime) -> str:
    """What to do about what should have gone out long ago."""
    if not oldest.why:
        return f"Nobody has tried it: see that a worker is at work. `heard case {oldest.reference}` shows the oldest."
    when = f"in {ago(oldest.next_at - now)}" if oldest.next_at > now else "as soon as a worker is at work"
    return f"Mend what it failed at, in {oldest.reference}: {oldest.why}. It is tried again by itself, {when}."


def mail(probe: Probe | None, waits: Sequence[vitals.Waiting]) -> Iterator[Finding]:
    if probe is None:
        said = "no server is named, so that nothing goes out"
        yield Finding("mail", BAD if waits else NOTE, said, "Set HEARD_SMTP_URL and HEARD_MAIL_FROM.")
        return
    try:
        yield Finding("mail", GOOD, probe())
    except Exception as error:
        yield Finding("mail", BAD, in_words(error), "See to the server, or to HEARD_SMTP_URL and HEARD_SMTP_PASSWORD.")


def mailbox(probe: Probe | None) -> Iterator[Finding]:
    if probe is None:
        return
    try:
        yield Finding("mailbox", GOOD, probe())
    except Exception as error:
        advice = "See to the server, or to HEARD_IMAP_URL and HEARD_IMAP_PASSWORD."
        yield Finding("mailbox", BAD, in_words(error), advice)


def parked(store: Store, now: datetime) -> Iterator[Finding]:
    count, since = mails.standing(store)
    if since is not None:
        days = kept_for(store)
        said = f"{count} parked, the oldest for {ago(now - since)}"
        said += f"; what has come to no case is forgotten after {days} days" if days is not None else ""
        yield Finding("mail in", NOTE, said, "`heard parked` lists them, with the reasons; so does the page `Mail`.")


def webhooks(store: Store, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Of each program that is told something, and of each that may bring something: is there a secret, and a person?"""
    told = {one.name for one in listeners(store)}
    named = {one.removeprefix(SECRET) for one, said in environ.items() if one.startswith(SECRET) and said.strip()}
    bring = {one.lower().replace("_", "-") for one in named} - told
    advice = "Make one with `openssl rand -base64 32`; whoever does the work needs it in its environment."
    fine = []
    for name in sorted(told | bring):
        try:
            if secret_for(name, environ) is None:
                yield Finding("webhooks", BAD, f"there is no {variable_of(name)} here for '{name}'", advice)
            elif name in bring - {MAIL} and people.load(store, name) is None:
                said = f"'{name}' has a secret here, but nobody is called so, and nothing that it brings is taken"
                load = "Name it under `people` in organisation.yaml: `heard people --load`."
                yield Finding("webhooks", BAD, said, load)
            else:
                fine.append(name)
        except Rejected as rejected:
            yield Finding("webhooks", BAD, rejected.message, advice)
    if fine:
        yield Finding("webhooks", GOOD, f"there is a secret for {', '.join(fine)}")


_KINDS = {
    "message": ("message", "messages"),
    "notice": ("notice", "notices"),
    "letter": ("mail to a colleague", "mails to colleagues"),
    "webhook": ("webhook", "webhooks"),
}


def _waiting(one: vitals.Waiting, now: datetime) -> str:
    """How many of a kind, and for how long: `2 messages wait, the oldest for 2 hours, 1 of them tried before`."""
    single, several = _KINDS.get(one.kind, (one.kind, one.kind))
    since = ago(now - one.since)
    if one.count == 1:
        return f"1 {single} waits, for {since}{', tried before' if one.failed else ''}"
    failed = f", {one.failed} of them tried before" if one.failed else ""
    return f"{one.count} {several} wait, the oldest for {since}{failed}"
