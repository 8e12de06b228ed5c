"""What an event says of a delegation: who does whose task, from when and until when, and whose it is afterwards."""

from __future__ import annotations

from engine.core.delegating import BEGINS
from engine.telling.voice import Body, Voice


def delegated(voice: Voice, body: Body) -> str:
    to = voice.say("{task} to {person}", task=voice.task(body), person=voice.person(body["to"]))
    begins = voice.say(", from {at}", at=voice.at(body["from"])) if "from" in body else ""
    ends = voice.say(", until {at}", at=voice.at(body["until"])) if "until" in body else ""
    return to + voice.say(", on behalf of {person}", person=voice.person(body["on_behalf_of"])) + begins + ends


def ended(voice: Voice, body: Body) -> str:
    task, person = voice.task(body), voice.person(body["person"])
    had = voice.say("; {person} had it", person=voice.person(body["deputy"]))
    if "barred" not in body:
        return voice.say("{task} back to {person}", task=task, person=person) + had
    why = barred(voice, body)
    free = voice.say("{task} is free: it was to come back to {person}, who {why}", task=task, person=person, why=why)
    return free + had


def dropped(voice: Voice, body: Body) -> str:
    task, person, deputy = voice.task(body), voice.person(body["person"]), voice.person(body["deputy"])
    stays = voice.say("{task} stays with {person}", task=task, person=person)
    if "barred" not in body:
        return stays + voice.say("; {person} was to have it", person=deputy)
    why, who = barred(voice, body), voice.person(body["barred"])
    return stays + voice.say("; {deputy} was to have it, but {person} {why}", deputy=deputy, person=who, why=why)


def barred(voice: Voice, body: Body) -> str:
    """Why somebody does not get a task; a verb begins it."""
    if body.get("left"):
        return voice.say("does no work here any more")
    if body.get("excluded"):
        who = ", ".join(voice.titled(one) or voice.words(one) for one in body["excluded"])
        return voice.say("already had a part in this case (four eyes: {who})", who=who)
    return voice.say("holds none of {roles}", roles=voice.people(body.get("roles", ())))


def purpose(voice: Voice, state: str, index: int) -> str:
    """What its timer is for."""
    place = voice.place(state)
    if index == BEGINS:
        return voice.say("the delegation of {place} begins", place=place)
    return voice.say("the delegation of {place} ends", place=place)
