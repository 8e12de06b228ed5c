"""What an event says of the outside, of colleagues who were asked, of called cases and of what went wrong.

Owns these sentences; `engine.telling.sentences` knows which type of event has which.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.telling.voice import Body, Voice

_DONE = {"retry": "tried again", "dismiss": "dismissed"}


def message(voice: Voice, body: Body) -> str:
    behalf = f" for {' and '.join(body['on_behalf_of'])}" if "on_behalf_of" in body else ""
    return f"{body['template']} ({body['language']}) to {body['to'] or 'nobody'}{behalf}: {body['subject']}"


def sent(voice: Voice, body: Body) -> str:
    voice.subjects[body["message"]] = body["subject"]
    return message(voice, body)


def asked_colleague(voice: Voice, body: Body) -> str:
    voice.questions[body["question"]] = body["text"]
    return f"{body['to']}: {body['text']}"


def answered_colleague(voice: Voice, body: Body) -> str:
    question = voice.questions.get(body["question"])
    return f"{body['text']}{f' (asked: {voice.value(question)})' if question else ''}"


def received(voice: Voice, body: Body) -> str:
    heeded = ", which the process does not heed" if body.get("unheeded") else ""
    return f"{body['message']}, in {body['state']}{heeded}{by_mail(body)}"


def by_mail(body: Body) -> str:
    """The mail that brought it, and the files that did not come in with it."""
    mail = body.get("mail")
    if not mail:
        return ""
    without = f", without the files {', '.join(mail['left_out'])}" if mail.get("left_out") else ""
    return f", by mail of {mail['from']}{without}"


def attached(voice: Voice, body: Body) -> str:
    file = body["file"]
    note = f": {body['note']}" if "note" in body else ""
    return f"{file['name']} ({file['size']} bytes, SHA-256 {file['sha256']}){note}"


def case_called(voice: Voice, body: Body) -> str:
    blocks = ", without whose end this case cannot end" if body.get("blocks") else ""
    return f"a case of {body['process']}, as {body['name']} ({body['kind']}){blocks}"


def child(voice: Voice, body: Body) -> str:
    return f"{body['reference'] or 'a case of ' + body['process']}, known as {body['name']}"


def incident(voice: Voice, body: Body) -> str:
    voice.incidents[body["incident"]] = body["message"]
    seen = ", ".join(f"{path} = {voice.value(value)}" for path, value in body["values"].items())
    where = f"in {body['state']}, {body['place'] or 'no place'}" if body["state"] else "the case had ended"
    return f"{body['message']} ({where}{f'; {seen}' if seen else ''})"


def resolved(voice: Voice, body: Body) -> Iterable[str]:
    about = voice.incidents.get(body["incident"])
    yield f"{_DONE.get(body['action'], body['action'])}: {body['reason']}{f' (it was: {about})' if about else ''}"
    yield from voice.changes(body.get("corrected", {}))


def taken_back(voice: Voice, body: Body) -> str:
    subject = voice.subjects.get(body["message"])
    return f"{body['template']}{f': {subject}' if subject else ''}"


def undone(teller: Voice, body: Body) -> str:
    first, last = body["lines"]
    which = f"lines {first} to {last} do" if first != last else f"line {first} does"
    where = ", ".join(dict.fromkeys(state for _token, state in body["tokens"]))
    return f"{which} not count any more; the case stands in {where} again"


def reopened(teller: Voice, body: Body) -> str:
    if "message" in body:
        return f"{teller.subjects.get(body['message'], 'a message')} was taken back and is to be written again"
    return str(body.get("comment", ""))


def waits_again(body: Body) -> str:
    whose = f", for {body['assignee']}" if "assignee" in body else ""
    stands = ", ".join(f"{person}: {decision}" for person, decision, *_ in body.get("decided", ()))
    return f"{whose}{f'; what stands: {stands}' if stands else ''}"


def published(teller: Voice, body: Body) -> str:
    withheld = " (not done: an import tells what has been)" if body.get("withheld") else ""
    return f"version {body['version'][:12]} is in force from {teller.at(body['from'])}: {body['note']}{withheld}"


def undelivered(voice: Voice, body: Body) -> str:
    subject = voice.subjects.get(body["message"])
    return f"to {body['to']}{f': {subject}' if subject else ''}; {body['error']}"
