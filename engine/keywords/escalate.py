"""What happens when a promise runs out: one rung after the other.

Each key is a share of the time, its value what happens then. It stands in a clock, or in a task or an approval that has
a `due`.

```yaml
escalate:
  75%: {notify: assignee}
  100%: {notify: [assignee, team-lead], open: holding-letter}
  150%: {notify: process-owner, priority: high}
  200%: {notify: {to: [quality-manager, management], urgent: true}, reassign: [team-lead], repeat: 1bd}
  hard-stop: {go: overdue}
```

Shares are of the working time that the promise gives: 75 per cent of ten working hours are used up after seven and a
half; 150 per cent lie five working hours behind the deadline. A rung may do whatever happens along the way of a move,
and also `reassign` the case's open tasks to other roles. Its `go` moves the whole case, from wherever it stands. With
`when` nothing happens unless it holds; with `from` nothing happens in other states than these; with `repeat` it happens
again and again until the promise is kept or the case has ended. `hard-stop` belongs to a clock that has one. Each rung
fires once, and the history says when it was due and when it fired. Where its `go` leads to an end that
a called case holds back, it waits; and when the promise is over by then, kept or late, it is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.moves import BREACH, HARD_STOP, Rung
from engine.definition.shapes import Got, MapOf, Said, Text
from engine.definition.sources import SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

KEY = Text(
    "a share such as 75%, or hard-stop", r"[1-9][0-9]{0,2}%|1000%|hard-stop", "write 75%, 100%, 150% or hard-stop"
)
RUNG = move.move("when", "repeat", "reassign", "from")


SHAPE = MapOf(KEY, RUNG, "a mapping of shares to what happens, such as {100%: {notify: team-lead}}")


def moves(source: Iterable[tuple[Said, SourceMove]], kind: str, within: str = "") -> Iterable[SourceMove]:
    """The rungs as moves."""
    return (way.named(kind, said, within=within) for said, way in source)


def percent(said: str) -> int:
    """75 for `75%`; the hard stop has a number of its own."""
    return HARD_STOP if said == "hard-stop" else int(said.removesuffix("%"))


def bind(source: Got, binder: Binder, kind: str, within: str = "") -> tuple[Rung, ...]:
    """The rungs of a task or an approval, in the order in which they are reached."""
    written = source.get("escalate", ())
    if written and "due" not in source.places:
        binder.report.problem(
            source.places["escalate"],
            "threshold-never-fires",
            "Expected `due` beside `escalate`, but there is none that could run out",
            "say when the task is due: due: 1bd",
        )
    for said, _ in written:
        if said.text == "hard-stop":
            binder.report.problem(
                said.place,
                "threshold-never-fires",
                "Expected `hard-stop` in a clock, but this is the escalation of a task",
                "write a share such as 200%",
            )
    for _, way in written:
        if binder.state and "from" in way.words:
            binder.report.problem(
                way.place,
                "wrong-shape",
                "Expected no `from` here, because a task is open in its own state alone",
                "remove it",
            )
    inside = binder.at(binder.state) if binder.state else binder  # the task is open by then
    return tuple(sorted(bind_rungs(written, inside, kind, within), key=lambda rung: rung.percent))


def bind_rungs(source: Iterable[tuple[Said, SourceMove]], binder: Binder, kind: str, within: str) -> list[Rung]:
    """Each rung with its move bound."""
    rungs = []
    for way in moves(source, kind, within):
        for state in way.words.get("from", ()):
            binder.target(state)
        # A rung of the whole process knows what is known in every state in which it may do something.
        one = move.bind_move(way, binder if binder.state else binder.anywhere(way))
        if one.repeat is not None:
            binder.needs_calendar(one.repeat, way.place)
        assert way.name is not None
        rungs.append(Rung(percent(way.name.text), one))
    return rungs


WORD = Keyword("escalate", ("task",), SHAPE, __doc__)
BARE = Rung(BREACH, None)
"""A breach that nothing is done about, but that is written down."""
