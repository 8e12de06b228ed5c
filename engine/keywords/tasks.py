"""Work that is opened beside the case's own: a holding letter, a phone call, a containment.

`tasks` at the head of the process, beside `states`. Each entry is a task that `open` puts into the inbox when it is
needed; the case stays where it is, and goes on.

```yaml
tasks:
  holding-letter:
    title: Explain the delay of {reference}
    candidates: [complaint-officer]
    form: complaint-delay
    due: 1bd
    on:
      send-letter: {title: {en: Send it, de: Senden}, send: complaint-delay}
```

An entry has what a state's `task` has, and `on` with its outcomes. An outcome without `go` leaves the case where it is;
with `go` it moves the whole case. Nobody can be sure that such a task was ever opened: elsewhere its form is read with
`containment is set`. Such a task is open once at a time, and withdrawn when the case ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.definition.model import State
from engine.definition.plans import TaskPlan
from engine.definition.shapes import Entry, Got, MapOf, Record, Said, name
from engine.definition.sources import SourceMove
from engine.definition.texts import Localised
from engine.keywords import escalate, move, on, task
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

BESIDE, RUNG = "beside", "rung"

_ENTRY = Record(
    {**task.SHAPE.entries, "on": Entry(on.SHAPE, on.WORD.line, required=True)},
    "a task with `candidates` and `on`",
)
SHAPE = MapOf(name("a task's id"), _ENTRY, "a mapping of tasks")


def outcomes(said: Said, got: Got) -> Iterator[SourceMove]:
    """The outcomes of one task; each brings the task's form unless it names its own."""
    for outcome, way in got.get("on", ()):
        form = got.get("form")
        words = way.words if "form" in way.words or form is None else {**way.words, "form": form}
        yield replace(way, words=words).named(BESIDE, outcome, within=said.text)


def _moves(source: Iterable[tuple[Said, Got]]) -> Iterable[SourceMove]:
    for said, got in source:
        yield from outcomes(said, got)
        yield from escalate.moves(got.get("escalate", ()), RUNG, said.text)


def _bind(source: Iterable[tuple[Said, Got]], binder: Binder) -> dict[str, State]:
    bound = {}
    for said, got in source:
        if said.text in binder.outline.states:
            binder.report.problem(
                said.place,
                "name-twice",
                f"Expected a new id for a task, but '{said.text}' is already a state",
                "choose another id",
            )
            continue
        ways = tuple(outcomes(said, got))
        # The task and all its outcomes may be met in the same states: an outcome cannot say `from`.
        inside = binder.anywhere(ways[0]) if ways else binder
        moves = [move.bind_move(way, inside) for way in ways]
        plan: TaskPlan | None = task.bind_task(got, inside, RUNG, said.text)
        if plan is not None:
            title = _title(said.text, plan, binder.flow.languages)
            words = {"task": plan, "on": {one.name: one for one in moves}}
            bound[said.text] = State(said.text, said.place, title, "", words, beside=True)
    return bound


def _title(id: str, plan: TaskPlan, languages: tuple[str, ...]) -> Localised:
    """What it is called where no case is meant: its id in words, and in the process's other languages its title."""
    name = id.replace("-", " ").capitalize()
    outline = plan.title.outline() if plan.title is not None else name
    return name if isinstance(outline, str) else {**outline, languages[0]: name}


WORD = Keyword("tasks", ("process",), SHAPE, __doc__, bind=_bind, moves=_moves)
