"""What the history says of a decision by several people: in an approval, or of a move that has to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from engine.keywords.deciding import in_words
from engine.telling.conditions import Told, name, value_of
from engine.telling.facts import answer, answered
from engine.telling.voice import Body, Voice


def opened(voice: Voice, body: Body) -> str:
    content = voice.say(" (content {content})", content=body["content"][:12])
    return f"{voice.task(body)}: {_rule(voice, body)}{content}"


def _rule(voice: Voice, body: Body) -> str:
    """Who decides; by the rule of the process that reads like what was written down."""
    plans = [voice.definition.place_of(body["state"]).approval, *(move.needs for _, move in voice.definition.moves())]
    rules = [one for plan in plans if plan is not None for one in plan.rules] if voice.tongue.language else []
    found = next((one for one in rules if in_words(one.rule) == body["rule"]), None)
    return Told(voice).rule(found, 1) if found is not None else str(body["rule"])


def given(voice: Voice, body: Body) -> str:
    counted = voice.both(voice.people([role]) for role in body.get("counted", ()))
    roles = voice.say(" as {roles}", roles=counted) if counted else ""
    proved = voice.say(", after proving once more who they are") if body.get("reauthenticated") else ""
    said = voice.say("said {answer}", answer=answer(voice, body["decision"]))
    where = voice.say(" in {task}, round {round}", task=voice.task(body), round=body["round"])
    content = voice.say(" (content {content})", content=body["content"][:12])
    return f"{said}{roles}{where}{content}{proved}{voice.why(body, 'comment')}"


def voided(voice: Voice, body: Body) -> str:
    what = ", ".join(name(voice, one) for one in body.get("changed") or ()) or voice.say("what is decided about")
    lost = voice.people(body["decided"]) or voice.say("nobody yet")
    void = voice.say("{what} has changed: what was decided ({people}) is void", what=what, people=lost)
    return void + voice.say("; {task} is in round {round} now", task=voice.task(body), round=body["round"])


def closed(voice: Voice, body: Body) -> str:
    answers = ", ".join(answered(voice, *ballot) for ballot in body["decided"])
    outcome = voice.outcome(body["state"], body["outcome"])
    ended = voice.say("{task} ended as {outcome}", task=voice.task(body), outcome=outcome)
    return f"{ended}{f': {answers}' if answers else ''}"


def confirmation_asked(voice: Voice, body: Body) -> Iterable[str]:
    place = voice.titled(body["state"]) or body["state"]
    asked = voice.say(
        "'{move}' was asked for in {place}, and others have to confirm it",
        move=voice.move(body["move"], body["state"]),
        place=place,
    )
    yield asked + voice.why(body, "comment")
    at = f"{body['name']}." if "name" in body and voice.tongue.language else ""
    for own, value in body.get("values", {}).items():
        yield f"{name(voice, at + own)}: {value_of(voice, at + own, value)}"
