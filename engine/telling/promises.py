"""What an event says of a promise: of a clock, and of a timer.

Owns these sentences; `engine.telling.sentences` knows which type of event has which. Nobody is late for what was
promised only after it was due: such a deadline is told as that.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.core.durations import parse_duration
from engine.definition.texts import localised
from engine.telling.facts import HARD_STOP_RUNG, begun, happened
from engine.telling.purposes import purpose, whose
from engine.telling.voice import Body, Voice


def clock(voice: Voice, body: Body) -> str:
    run = f" (run {body['run']})" if "run" in body else ""
    plan = voice.definition.clocks.get(body["clock"])
    return f"{localised(plan.title, voice.definition.languages[0]) if plan else body['clock']}{run}"


def _promised(voice: Voice, body: Body) -> str:
    if body["target"] == "none":
        return "nothing is promised so far"
    return f"{_length(body['target'])} promised" + (f", due {voice.at(body['due_at'])}" if "due_at" in body else "")


def started(voice: Voice, body: Body) -> str:
    since = f"since {voice.at(body['since'])}, {begun(voice.definition, body['clock'], body['by'])}"
    voice.promised[body["clock"]] = voice.now
    voice.passed.discard(body["clock"])
    voice.fired = {rung for rung in voice.fired if rung[0] != body["clock"]}
    if body["target"] == "none":
        return f"{clock(voice, body)}: {_promised(voice, body)} ({since})"
    return f"{clock(voice, body)} runs {since}: {_promised(voice, body)}"


def paused(voice: Voice, body: Body) -> str:
    return f"{clock(voice, body)} stands still: {_promised(voice, body)}"


def resumed(voice: Voice, body: Body) -> str:
    return f"{clock(voice, body)} runs again: {_promised(voice, body)}"


def retargeted(voice: Voice, body: Body) -> str:
    (old, new), (was, due) = body["changes"]["target"], body["changes"]["due_at"]
    voice.promised[body["clock"]] = voice.now
    moved = f", due {voice.at(due)}" if due else ""
    before = f" (before: {voice.at(was)})" if was else ""
    why = ", ".join(f"{path} = {voice.value(value)}" for path, value in body.get("values", {}).items())
    because = f", because {why}" if why else ""
    return f"{clock(voice, body)}: {_length(old)} → {_length(new)} promised{moved}{before}{because}"


def breached(voice: Voice, body: Body) -> str:
    since = voice.promised.get(body["clock"])
    if since is not None and datetime.fromisoformat(body["due_at"]) < since:
        voice.passed.add(body["clock"])
        return f"{clock(voice, body)} was due {voice.at(body['due_at'])}, {_had_passed(voice, since, 'promised')}"
    return f"{clock(voice, body)} was due {voice.at(body['due_at'])} and not kept"


def stopped(voice: Voice, body: Body) -> str:
    late = "done after a deadline that was past when it was promised"
    kept = "kept in time" if body["kept"] else late if body["clock"] in voice.passed else "done too late"
    how = "is over, nothing was promised" if body["target"] == "none" else f"was {kept}"
    return f"{clock(voice, body)} {how}: {happened(voice.definition, body['by'])}"


def restored(voice: Voice, body: Body) -> str:
    now = "has not begun" if body["target"] == "none" else f"goes on as before: {_promised(voice, body)}"
    return f"{clock(voice, body)} {now}"


def cancelled(voice: Voice, body: Body) -> str:
    nothing = "; nothing was promised" if body.get("target") == "none" else ""
    had = "it had been due before that was promised" if body["clock"] in voice.passed else "it had been missed"
    return f"{clock(voice, body)} ended with the case{f'; {had}' if body['missed'] else nothing}"


def timer_set(voice: Voice, body: Body) -> str:
    voice.timers[body["timer"]] = what = _timer(voice, body)
    voice.timers_set[body["timer"]] = voice.now
    return f"{voice.at(body['due_at'])}: {what}"


def timer_fired(voice: Voice, body: Body) -> str:
    """Whose it was; what then really happened is told by the lines that follow."""
    due = datetime.fromisoformat(body["due_at"])
    try:
        was = whose(voice.definition, body.get("word", "after"), body["state"], body["index"])
    except (KeyError, IndexError):
        was = _timer(voice, body)
    since = _since(voice, body)
    if since is not None and due < since:
        done = "promised" if body.get("word") == "clock" else "set"
        return f"{was} (it was for {voice.at(body['due_at'])}, {_had_passed(voice, since, done)})"
    late = f" (late: it was for {voice.at(body['due_at'])})" if voice.now - due >= timedelta(minutes=1) else ""
    return f"{was}{late}"


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


def timer_cancelled(voice: Voice, body: Body) -> str:
    return voice.timers.get(body["timer"]) or f"a timer of {body['state']}"


def _timer(voice: Voice, body: Body) -> str:
    try:
        return purpose(voice.definition, body.get("word", "after"), body["state"], body["index"])
    except (KeyError, IndexError):  # of a definition that this program reads otherwise
        return f"number {body['index']} of {body['state']}"


def _had_passed(voice: Voice, since: datetime, done: str) -> str:
    return f"already past when it was {done}, {voice.at(since.isoformat())}"


def _length(target: str) -> str:
    return parse_duration(target).words() if target else "nothing"
