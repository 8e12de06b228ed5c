"""What an event says of promises, of timers, and of colleagues who were told.

Owns these sentences; `engine.telling.sentences` knows which type of event has which.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.telling.facts import DUE, begun, happened, share, share_of_task
from engine.telling.purposes import purpose, whose
from engine.telling.voice import Body, Voice

NOTHING = "none"


def promised(voice: Voice, body: Body) -> str:
    if body["target"] == NOTHING:
        return voice.say("nothing is promised so far")
    due = voice.say(", due {at}", at=voice.at(body["due_at"])) if "due_at" in body else ""
    return voice.say("{length} promised", length=voice.length(body["target"])) + due


def started(voice: Voice, body: Body) -> str:
    clock, what = voice.clock(body), promised(voice, body)
    since = voice.say("since {at}, {begun}", at=voice.at(body["since"]), begun=begun(voice, body["clock"], body["by"]))
    if body["target"] == NOTHING:
        return f"{clock}: {what} ({since})"
    return voice.say("{clock} runs {since}: {promised}", clock=clock, since=since, promised=what)


def paused(voice: Voice, body: Body) -> str:
    return voice.say("{clock} stands still: {promised}", clock=voice.clock(body), promised=promised(voice, body))


def resumed(voice: Voice, body: Body) -> str:
    return voice.say("{clock} runs again: {promised}", clock=voice.clock(body), promised=promised(voice, body))


def retargeted(voice: Voice, body: Body) -> str:
    (old, new), (was, due) = body["changes"]["target"], body["changes"]["due_at"]
    moved = voice.say(", due {at}", at=voice.at(due)) if due else ""
    before = voice.say(" (before: {at})", at=voice.at(was)) if was else ""
    why = voice.seen(body.get("values", {}))
    because = voice.say(", because {why}", why=why) if why else ""
    changed = f"{voice.length(old)} → {voice.length(new)}"
    return f"{voice.clock(body)}: {voice.say('{length} promised', length=changed)}{moved}{before}{because}"


def breached(voice: Voice, body: Body) -> str:
    return voice.say("{clock} was due {at} and not kept", clock=voice.clock(body), at=voice.at(body["due_at"]))


def stopped(voice: Voice, body: Body) -> str:
    if body["target"] == NOTHING:
        how = voice.say("is over, nothing was promised")
    else:
        how = voice.say("was kept in time") if body["kept"] else voice.say("was done too late")
    return f"{voice.clock(body)} {how}{voice.say(': {what}', what=happened(voice, body['by']))}"


def restored(voice: Voice, body: Body) -> str:
    if body["target"] == NOTHING:
        return voice.say("{clock} has not begun", clock=voice.clock(body))
    return voice.say("{clock} goes on as before: {promised}", clock=voice.clock(body), promised=promised(voice, body))


def cancelled(voice: Voice, body: Body) -> str:
    nothing = voice.say("; nothing was promised") if body.get("target") == NOTHING else ""
    missed = voice.say("; it had been missed") if body["missed"] else nothing
    return voice.say("{clock} ended with the case", clock=voice.clock(body)) + missed


def timer_set(voice: Voice, body: Body) -> str:
    voice.timers[body["timer"]] = what = timer(voice, body)
    return f"{voice.at(body['due_at'])}: {what}"


def timer(voice: Voice, body: Body) -> str:
    try:
        return purpose(voice, body.get("word", "after"), body["state"], body["index"])
    except (KeyError, IndexError):  # of a definition that this program reads otherwise
        return voice.say("number {index} of {place}", index=body["index"], place=voice.place(body["state"]))


def timer_fired(voice: Voice, body: Body) -> str:
    """Whose it was; what then really happened is told by the lines that follow."""
    late = voice.now - datetime.fromisoformat(body["due_at"]) >= timedelta(minutes=1)
    try:
        was = whose(voice, body.get("word", "after"), body["state"], body["index"])
    except (KeyError, IndexError):
        was = timer(voice, body)
    return was + (voice.say(" (late: it was for {at})", at=voice.at(body["due_at"])) if late else "")


def timer_cancelled(voice: Voice, body: Body) -> str:
    return voice.timers.get(body["timer"]) or voice.say("a timer of {place}", place=voice.place(body["state"]))


def notified(voice: Voice, body: Body) -> str:
    what = body.get("says", {}).get(voice.tongue.language) or body.get("say") or occasion(voice, body["about"])
    when = voice.say(" (an imported past: nobody was told)") if body.get("withheld") else ""
    if not when and "not_before" in body:
        not_before = voice.say(", not before {at}", at=voice.at(body["not_before"]))
        when = voice.say(", at once") if body.get("urgent") else not_before
    return f"{voice.whom(body)}{when}{f': {what}' if what else ''}"


def occasion(voice: Voice, about: Body) -> str:
    if "clock" in about and about["rung"] == DUE:
        return voice.say("{clock} missed (it was due {at})", clock=voice.clock(about), at=voice.at(about["due_at"]))
    if "rung" in about:
        return rung(voice, about)
    rest = voice.raw({key: value for key, value in about.items() if key not in ("state", "timer", "due_at")})
    if "state" not in about:
        return rest
    return voice.say("in {place}", place=voice.place(about["state"])) + (f", {rest}" if rest else "")


def rung(voice: Voice, about: Body) -> str:
    task, step = about.get("task"), about["rung"]
    return share_of_task(voice, step, task) if task is not None else share(voice, step, voice.clock(about))


def dropped(voice: Voice, body: Body) -> str:
    return voice.say("{rung}: what was to follow is no longer needed", rung=rung(voice, body))
