"""What an event says of the outside, of colleagues who were asked, of called cases and of what went wrong.

Owns these sentences; `engine.telling.sentences` knows which type of event has which.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.telling import conditions
from engine.telling.facts import answered
from engine.telling.failures import in_words, reason
from engine.telling.voice import Body, Voice


def message(voice: Voice, body: Body) -> str:
    absent = voice.both(voice.person(one) for one in body.get("on_behalf_of", ()))
    behalf = voice.say(" for {names}", names=absent) if absent else ""
    to = body["to"] or voice.say("nobody")
    if voice.tongue.language:
        said = voice.say("to {to}", to=voice.whom(body) if ":" in to else to)
    else:
        said = f"{body['template']} ({body['language']}) to {to}"
    names = ", ".join(one["name"] for one in body.get("attachments", ()))
    files = voice.say(", with {files}", files=names) if names else ""
    return f"{said}{behalf}: {body['subject']}{files}"


def sent(voice: Voice, body: Body) -> str:
    voice.subjects[body["message"]] = body["subject"]
    return message(voice, body)


def address_sent(voice: Voice, body: Body) -> str:
    voice.subjects[body["message"]] = body["subject"]
    return voice.say("to {to}", to=body["to"])


def address_withheld(voice: Voice, body: Body) -> str:
    return voice.say("it had been ended, so none was sent")


def address_ended(voice: Voice, body: Body) -> str:
    return voice.say("whoever has it sees nothing more")


def asked_colleague(voice: Voice, body: Body) -> str:
    voice.questions[body["question"]] = body["text"]
    return f"{voice.person(body['to'])}: {body['text']}"


def answered_colleague(voice: Voice, body: Body) -> str:
    question = voice.questions.get(body["question"])
    asked = voice.say(" (asked: {question})", question=voice.value(question)) if question else ""
    return f"{body['text']}{asked}"


def received(voice: Voice, body: Body) -> str:
    heeded = voice.say(", which the process does not heed") if body.get("unheeded") else ""
    name, place = voice.letter(body["message"]), voice.place(body["state"])
    return voice.say("{message}, in {place}", message=name, place=place) + heeded + by_mail(voice, body)


def by_mail(voice: Voice, body: Body) -> str:
    """The mail that brought it, and the files that did not come in with it."""
    mail = body.get("mail")
    if not mail:
        return ""
    left = ", ".join(mail.get("left_out", ()))
    return voice.say(", by mail of {sender}", sender=mail["from"]) + (
        voice.say(", without the files {files}", files=left) if left else ""
    )


def attached(voice: Voice, body: Body) -> str:
    file = body["file"]
    note = f": {body['note']}" if "note" in body else ""
    said = voice.say("{name} ({size} bytes, SHA-256 {sum})", name=file["name"], size=file["size"], sum=file["sha256"])
    return said + note


def case_called(voice: Voice, body: Body) -> str:
    blocks = voice.say(", without whose end this case cannot end") if body.get("blocks") else ""
    process = voice.process(body["process"])
    if voice.tongue.language:
        kin = kinship(voice, body["kind"], voice.say("this case"))
        return voice.say("a case of {process}, which {kin}", process=process, kin=kin) + blocks
    return f"a case of {process}, as {body['name']} ({body['kind']}){blocks}"


def called_by(voice: Voice, caller: Body) -> str:
    """What began the case, behind when it was received."""
    case, process, kind = caller["reference"], voice.process(caller["process"]), caller["kind"]
    if voice.tongue.language:
        return f", {kinship(voice, kind, f'{case} ({process})')}"
    return f", called by {case} ({process}; {kind})"


def kinship(voice: Voice, kind: str, case: str) -> str:
    """What one case is to another that called it."""
    match kind:
        case "spawned":
            return voice.say("arose from {case}", case=case)
        case "follows":
            return voice.say("follows {case}", case=case)
        case "duplicate-of":
            return voice.say("is a duplicate of {case}", case=case)
        case "relates":
            return voice.say("has to do with {case}", case=case)
        case "caused-by":
            return voice.say("was caused by {case}", case=case)
    raise KeyError(kind)


def child(voice: Voice, body: Body) -> str:
    process = voice.process(body["process"])
    case = body["reference"] or voice.say("a case of {process}", process=process)
    if voice.tongue.language:
        return f"{case} ({process})" if body["reference"] else case
    return f"{case}, known as {body['name']}"


def child_ended(voice: Voice, body: Body) -> str:
    known = voice.tongue.endings.get((body["process"], body["outcome"]))
    return f"{child(voice, body)}: {known or voice.words(body['outcome'])}"


def held(voice: Voice, body: Body) -> str:
    children = ", ".join(body["children"])
    place, move = voice.place(body["state"]), voice.trigger(body, body["state"])
    return voice.say("{move} in {place} waits for {cases}", move=move, place=place, cases=children)


def incident(voice: Voice, body: Body) -> str:
    kind, parts = body.get("kind", ""), body.get("parts", {})
    message = voice.incidents[body["incident"]] = in_words(body["message"], kind, parts, voice.tongue.language)
    seen = conditions.seen(voice, body["values"])
    where = voice.say("the case had ended")
    if body["state"]:
        where = voice.say("in {place}", place=voice.place(body["state"]))
        where += f", {body['place']}" if body["place"] else ""
    return f"{message} ({where}{f'; {seen}' if seen else ''})"


def resolved(voice: Voice, body: Body) -> Iterable[str]:
    about = voice.incidents.get(body["incident"])
    done = voice.say("tried again") if body["action"] == "retry" else voice.say("dismissed")
    was = voice.say(" (it was: {message})", message=about) if about else ""
    yield f"{done}: {body['reason']}{was}"
    yield from conditions.changed(voice, body.get("corrected", {}))


def incident_reopened(voice: Voice, body: Body) -> str:
    about = voice.incidents.get(body["incident"])
    was = voice.say(" (it was: {message})", message=about) if about else ""
    return f"{voice.say('opened again')}: {body['reason']}{was}"


def taken_back(voice: Voice, body: Body) -> str:
    subject = voice.subjects.get(body["message"])
    return f"{voice.letter(body['template'])}{f': {subject}' if subject else ''}"


def undone(voice: Voice, body: Body) -> str:
    first, last = body["lines"]
    places = ", ".join(dict.fromkeys(voice.place(state) for _token, state in body["tokens"]))
    if first == last:
        return voice.say(
            "line {line} does not count any more; the case stands in {places} again", line=first, places=places
        )
    return voice.say(
        "lines {first} to {last} do not count any more; the case stands in {places} again",
        first=first,
        last=last,
        places=places,
    )


def reopened(voice: Voice, body: Body) -> str:
    if "message" not in body:
        return str(body.get("comment", ""))
    subject = voice.subjects.get(body["message"]) or voice.say("a message")
    return voice.say("{subject} was taken back and is to be written again", subject=subject)


def waits_again(voice: Voice, body: Body) -> str:
    whose = voice.say(", for {person}", person=voice.person(body["assignee"])) if "assignee" in body else ""
    given = body.get("decided", ())
    stands = ", ".join(answered(voice, *ballot) for ballot in given)
    return voice.task(body) + whose + (voice.say("; what stands: {decisions}", decisions=stands) if stands else "")


def published(voice: Voice, body: Body) -> str:
    withheld = voice.say(" (not done: an import tells what has been)") if body.get("withheld") else ""
    version, since = body["version"][:12], voice.at(body["from"])
    said = voice.say("version {version} is in force from {at}: {note}", version=version, at=since, note=body["note"])
    return said + withheld


def undelivered(voice: Voice, body: Body) -> str:
    subject = voice.subjects.get(body["message"])
    why = reason(body["error"], voice.tongue.language)
    return f"{voice.say('to {to}', to=body['to'])}{f': {subject}' if subject else ''}; {why}"
