"""What an event says of a promise: of a clock, of a timer, and of colleagues who were told of it.

Owns these sentences; `engine.telling.sentences` knows which type of event has which. Nobody is late for what was
promised only after it was due: such a deadline is told as that.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.telling.conditions import seen
from engine.telling.facts import DUE, HARD_STOP_RUNG, begun, happened, share, share_of_task
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
    voice.promised[body["clock"]] = voice.now
    voice.passed.discard(body["clock"])
    voice.fired = {rung for rung in voice.fired if rung[0] != body["clock"]}
    if body["target"] == NOTHING:
        return f"{clock}: {what} ({since})"
    return voice.say("{clock} runs {since}: {promised}", clock=clock, since=since, promised=what)


def paused(voice: Voice, body: Body) -> str:
    return voice.say("{clock} stands still: {promised}", clock=voice.clock(body), promised=promised(voice, body))


def resumed(voice: Voice, body: Body) -> str:
    return voice.say("{clock} runs again: {promised}", clock=voice.clock(body), promised=promised(voice, body))


def retargeted(voice: Voice, body: Body) -> str:
    (old, new), (was, due) = body["changes"]["target"], body["changes"]["due_at"]
    voice.promised[body["clock"]] = voice.now
    moved = voice.say(", due {at}", at=voice.at(due)) if due else ""
    before = voice.say(" (before: {at})", at=voice.at(was)) if was else ""
    why = seen(voice, body.get("values", {}))
    because = voice.say(", because {why}", why=why) if why else ""
    changed = f"{voice.length(old)} → {voice.length(new)}"
    return f"{voice.clock(body)}: {voice.say('{length} promised', length=changed)}{moved}{before}{because}"


def breached(voice: Voice, body: Body) -> str:
    since = voice.promised.get(body["clock"])
    clock, at = voice.clock(body), voice.at(body["due_at"])
    if since is not None and datetime.fromisoformat(body["due_at"]) < since:
        voice.passed.add(body["clock"])
        past = _past_when_promised(voice, since)
        return voice.say("{clock} was due {at}, {past}", clock=clock, at=at, past=past)
    return voice.say("{clock} was due {at} and not kept", clock=clock, at=at)


def stopped(voice: Voice, body: Body) -> str:
    if body["target"] == NOTHING:
        how = voice.say("is over, nothing was promised")
    elif body["kept"]:
        how = voice.say("was kept in time")
    elif body["clock"] in voice.passed:
        how = voice.say("was done after a deadline that was past when it was promised")
    else:
        how = voice.say("was done too late")
    return f"{voice.clock(body)} {how}{voice.say(': {what}', what=happened(voice, body['by']))}"


def restored(voice: Voice, body: Body) -> str:
    if body["target"] == NOTHING:
        return voice.say("{clock} has not begun", clock=voice.clock(body))
    return voice.say("{clock} goes on as before: {promised}", clock=voice.clock(body), promised=promised(voice, body))


def cancelled(voice: Voice, body: Body) -> str:
    said = voice.say("{clock} ended with the case", clock=voice.clock(body))
    if body["missed"] and body["clock"] in voice.passed:
        return said + voice.say("; it had been due before that was promised")
    if body["missed"]:
        return said + voice.say("; it had been missed")
    return said + (voice.say("; nothing was promised") if body.get("target") == NOTHING else "")


def timer_set(voice: Voice, body: Body) -> str:
    voice.timers[body["timer"]] = what = timer(voice, body)
    voice.timers_set[body["timer"]] = voice.now
    return f"{voice.at(body['due_at'])}: {what}"


def timer(voice: Voice, body: Body) -> str:
    try:
        return purpose(voice, body.get("word", "after"), body["state"], body["index"])
    except (KeyError, IndexError):  # of a definition that this program reads otherwise
        return voice.say("number {index} of {place}", index=body["index"], place=voice.place(body["state"]))


def timer_fired(voice: Voice, body: Body) -> str:
    """Whose it was; what then really happened is told by the lines that follow."""
    due, at = datetime.fromisoformat(body["due_at"]), voice.at(body["due_at"])
    try:
        was = whose(voice, body.get("word", "after"), body["state"], body["index"])
    except (KeyError, IndexError):
        was = timer(voice, body)
    since = _since(voice, body)
    if since is not None and due < since:
        of_clock = body.get("word") == "clock"
        past = _past_when_promised(voice, since) if of_clock else _past_when_set(voice, since)
        return was + voice.say(" (it was for {at}, {past})", at=at, past=past)
    late = voice.now - due >= timedelta(minutes=1)
    return was + (voice.say(" (late: it was for {at})", at=at) if late else "")


def _since(voice: Voice, body: Body) -> datetime | None:
    """When it came to be that this timer would fire then; None when that is not known. An answer that changes what is
    promised moves neither a hard stop nor what repeats.
    """
    if body.get("word") != "clock":
        return voice.timers_set.get(body["timer"])
    rung = (body["state"], body["index"])
    again = rung in voice.fired
    voice.fired.add(rung)
    return None if again or body.get("rung") == HARD_STOP_RUNG else voice.promised.get(body["state"])


def _past_when_promised(voice: Voice, since: datetime) -> str:
    return voice.say("already past when it was promised, {since}", since=voice.at(since.isoformat()))


def _past_when_set(voice: Voice, since: datetime) -> str:
    return voice.say("already past when it was set, {since}", since=voice.at(since.isoformat()))


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
    if voice.tongue.language and set(about) == {"state", "message"}:
        rest = voice.say("'{title}'", title=voice.letter(about["message"]))
    if "state" not in about:
        return rest
    return voice.say("in {place}", place=voice.place(about["state"])) + (f", {rest}" if rest else "")


def rung(voice: Voice, about: Body) -> str:
    task, step = about.get("task"), about["rung"]
    return share_of_task(voice, step, task) if task is not None else share(voice, step, voice.clock(about))


def dropped(voice: Voice, body: Body) -> str:
    return voice.say("{rung}: what was to follow is no longer needed", rung=rung(voice, body))
