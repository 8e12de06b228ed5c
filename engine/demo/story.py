"""The stories as data: what happens in each, and one agenda over all of them in the order of time.

Owns the shape of the files in `stories/`. Plays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.demo.workdays import Times

START, AWAY = "start", "away"
VERBS = (
    *("do", "decide", "trigger", "message", "reopen", "claim", "release", "assign", "delegate", "save"),
    *("attach", "suspend", "resume", "comment"),
)
"""What can happen after the start.

The text of the verb is an outcome, a state, a person or a remark; `comment` may also go with another verb.
"""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody does.

    `process` is that of the case, `called_by` the story whose case has called this one. `behalf` is the person whose
    deputy decides; `move` the one that is to be confirmed, where several decisions wait; `refused` is the code with
    which it must be refused; `text` the content of an attached file. Of an absence `what` is the deputy, and `begins`
    and `ends` say how long it lasts.
    """

    story: str
    at: datetime
    who: str
    verb: str
    what: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    behalf: str = ""
    text: str = ""
    refused: str = ""
    received: datetime | None = None
    process: str = ""
    called_by: str = ""
    move: str = ""
    begins: datetime | None = None
    ends: datetime | None = None


def agenda(times: Times) -> tuple[Act, ...]:
    """Everything that has happened by now, in the order of time; what belongs to one minute, in the order of
    the files.
    """
    acts = [_absence(absence, times) for file in _files() for absence in file.get("absences", ())]
    acts += [act for story in stories() for act in _acts(story, times)]
    return tuple(sorted((act for act in acts if act.at <= times.now), key=lambda act: act.at))


def stories() -> list[Mapping[str, Any]]:
    """The stories as they stand in the files, each with what its file says of all: `process`, and the `usual` values
    of an act.
    """
    return [
        {"process": file["process"], "usual": file.get("usual", {}), **story}
        for file in _files()
        for story in file.get("stories", ())
    ]


def _files() -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    folder = files("engine.demo") / "stories"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            data = plain(read(file.read_bytes(), file.name))
            assert isinstance(data, dict)
            found.append(data)
    return found


def _acts(story: Mapping[str, Any], times: Times) -> list[Act]:
    begin = [_act(story, START, story["start"], times)] if START in story else []
    return begin + [
        _act(story, next(verb for verb in VERBS if verb in step), step, times) for step in story.get("then", ())
    ]


def _act(story: Mapping[str, Any], verb: str, step: Mapping[str, Any], times: Times) -> Act:
    received, what = step.get("received"), str(step.get(verb, ""))
    usual = story["usual"].get(START if verb == START else what, {})
    return Act(
        story=story["story"],
        at=times.at(step["at"]),
        who=step["as"],
        verb=verb,
        what=what,
        values=_dated({**usual, **step.get("values", {})}, times),
        comment=step.get("comment", "") if verb != "comment" else "",
        behalf=step.get("on-behalf-of", ""),
        text=step.get("text", ""),
        refused=step.get("refused", ""),
        received=times.at(received) if received is not None else None,
        process=story["process"],
        called_by=story.get("called-by", ""),
        move=step.get("move", ""),
    )


def _absence(absence: Mapping[str, Any], times: Times) -> Act:
    return Act(
        story="",
        at=times.at(absence["at"]),
        who=absence["as"],
        verb=AWAY,
        what=absence["deputy"],
        begins=times.at(absence["from"]),
        ends=times.end_of_day(absence["until"]["day"]),
    )


def _dated(value: Any, times: Times) -> Any:
    """`{day: 30}` is the date thirty days from now, `{workday: -3}` that of the third working day before the present
    one.
    """
    if isinstance(value, list):
        return [_dated(item, times) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"day"}:
        return times.day(value["day"]).isoformat()
    if set(value) == {"workday"}:
        return times.workday(value["workday"]).isoformat()
    return {name: _dated(item, times) for name, item in value.items()}
