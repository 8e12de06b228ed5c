"""Promised times on the case: what begins, pauses and keeps them, and what happens when they run out.

`clocks` at the head of the process, beside `states`.

```yaml
clocks:
  final-response:
    title: {en: Final response, de: Abschließende Antwort}
    target: {by: severity, S1: 5bd, S2: 10bd, else: 20bd, not-yet-known: 5bd}
    hard-stop: 30d
    pauses-in: [waiting-for-customer]
    stops-on: [sent complaint-decision, milestone decision-communicated]
    escalate:
      75%: {notify: assignee}
      100%: {notify: [assignee, team-lead], open: holding-letter}
  response:
    target: 1bd
    starts-on: received customer-replied
    stops-on: sent by a person
  keep-in-loop:
    target: 5bd
    restarts-on: sent
    stops-on: sent complaint-decision
```

`target` is a duration, or one by an answer: `none` promises nothing for that answer, `not-yet-known` counts until there
is an answer, and is needed where the answer is not surely there when the clock begins. When the answer changes, the
deadline is worked out anew from the original beginning, with the pauses kept.

`starts-on`, `stops-on` and `restarts-on` name what happens in the case: `start` (the receipt of the case, and what is
meant when `starts-on` is left out), `sent` (any message to the customer), `sent <message>`, `sent by a person`, `sent
<message> by a person`, `received`, `received <message>`, `milestone <name>`, `state <id>`. `by a person` means that one
of the staff did it: by completing a task, by deciding, or by asking for a move. What goes out by itself does not count.

`since` names a date or instant of the case from which the promise counts, where that is not when it begins: `since:
forward.sent_on`. It has to be known by then. A date counts from its end, so `15d` end with the fifteenth day after it.
One that lies ahead counts from the end of today: it postpones nothing. It is read whenever something under `starts-on`
happens; what `restarts-on` or a reopening begins anew counts from that moment.

A clock that runs is not moved by another beginning: what is promised is an answer to the oldest message. Once stopped,
it may begin again. `pauses-in` names the states in which it stands still, `runs-in` instead those in which it does not.
A pause moves the deadline by the working time it took. `hard-stop` is a limit of its own that no pause moves. What a
clock misses stays missed, whatever happens later.

`promise` is what customers call it, as in `promise: {en: Our decision, de: Unsere Entscheidung}`: their page shows by
when, as soon as that is known, and once it is kept, when that was. What they ended themselves, by a move that they may
ask for, stands there with when and by which. Before they ask, the page says what they are promised then: the promises
that begin with the move. What has no `promise` is the house's own. A letter may tell the customer another date: `told:
{complaint-delay: delay.new_date}`. The page shows that one from then on, until a pause moves the promise or it begins
anew. The message has to contain the same expression in every language.

When the case ends, clocks that still run are cancelled; when it is reopened they go on without the time between
(`on-reopen: continue`, the default) or begin anew (`restart`). Everything a clock does is in the history, and `heard
case` explains each deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.core.durations import Duration
from engine.definition.expressions import Scope
from engine.definition.moves import BREACH, HARD_STOP, Pick, Rung
from engine.definition.nodes import Node, Scalar
from engine.definition.plans import ClockPlan, Target
from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Got,
    Length,
    Localised,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Said,
    Text,
    duration,
    name,
)
from engine.definition.sources import SourceMove, SourcePick
from engine.keywords import dates_told, escalate, move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.clock_facts import FACT, START, STATE, check, since_when
from engine.keywords.due import unread

CLOCK = "clock"
NOTHING = "none"


class _Promise:
    """A duration, or `none`; read as a Duration, or as the word."""

    words = "a duration such as 30m, 2bh, 1bd or 30d, or none"

    def read(self, node: Node, report: Report) -> Duration | Said | None:
        if isinstance(node, Scalar) and node.text == NOTHING:
            return Said(NOTHING, node.place)
        return Length().read(node, report)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"const": NOTHING}, Length().schema()]}


_BY = Record(
    {
        "by": Entry(EXPRESSION, "the answer that decides, often a decision's name", required=True),
        "else": Entry(_Promise(), "for every other answer"),
        "not-yet-known": Entry(_Promise(), "as long as there is no answer"),
    },
    "a mapping with `by`",
    MapOf(Text("an answer"), _Promise()),
)
_STATES = OneOrMore(move.TARGET)
SHAPE = MapOf(
    name("a clock's name"),
    Record(
        {
            "title": Entry(Localised(), "what people call the promise"),
            "promise": Entry(Localised(), "what customers call it; they are not shown it when nothing is said"),
            "told": Entry(MapOf(name("a message"), EXPRESSION), "messages that tell the customer another date for it"),
            "target": Entry(Either(scalar=Length(), mapping=_BY), "how long it gives", required=True),
            "starts-on": Entry(OneOrMore(FACT), "what it begins with; the receipt of the case when nothing is said"),
            "since": Entry(EXPRESSION, "the date or instant from which it counts, where that is not when it begins"),
            "stops-on": Entry(OneOrMore(FACT), "what keeps the promise", required=True),
            "restarts-on": Entry(OneOrMore(FACT), "what makes a running clock begin anew"),
            "pauses-in": Entry(_STATES, "the states in which it stands still"),
            "runs-in": Entry(_STATES, "the states in which it runs; it stands still in all others"),
            "hard-stop": Entry(Length(), "a limit that no pause moves"),
            "on-reopen": Entry(
                Text("continue or restart", "continue|restart"), "what becomes of it when the case is reopened"
            ),
            "escalate": Entry(escalate.SHAPE, escalate.WORD.line),
        },
        "a clock with `target` and `stops-on`",
    ),
    "a mapping of clocks",
)


def _moves(source: Iterable[tuple[Said, Got]]) -> Iterable[SourceMove]:
    for said, got in source:
        yield from escalate.moves(got.get("escalate", ()), CLOCK, said.text)


def _bind(source: Iterable[tuple[Said, Got]], binder: Binder) -> dict[str, ClockPlan]:
    bound = {}
    for said, got in source:
        if said.text in binder.outline.tasks:
            binder.report.problem(
                said.place,
                "name-twice",
                f"Expected a new name for a clock, but '{said.text}' is already a task",
                "choose another name",
            )
        plan = _clock(said, got, binder)
        if plan is not None:
            bound[said.text] = plan
    return bound


def _clock(said: Said, got: Got, binder: Binder) -> ClockPlan | None:
    target = _target(got["target"], got, binder) if "target" in got else None
    for key in ("starts-on", "stops-on", "restarts-on"):
        for fact in got.get(key, ()):
            check(fact, key, binder)
    paused = _paused(got, binder)
    dates_told.check(got.get("told", ()), binder)
    since = since_when(got["since"], got, binder) if "since" in got else None
    hard_stop = got.get("hard-stop")
    if hard_stop is not None:
        binder.needs_calendar(hard_stop, got.places["hard-stop"])
    rungs = escalate.bind_rungs(got.get("escalate", ()), binder, CLOCK, said.text)
    _hard_stop_has_its_rung(got, rungs, binder)
    if target is None or "stops-on" not in got:
        return None
    if not any(rung.percent == BREACH for rung in rungs):
        rungs.append(escalate.BARE)
    if hard_stop is not None and not any(rung.percent == HARD_STOP for rung in rungs):
        rungs.append(Rung(HARD_STOP, None))
    reopen = got.get("on-reopen")
    return ClockPlan(
        said.text,
        got.get("title", said.text.replace("-", " ").capitalize()),
        target,
        hard_stop,
        tuple(fact.text for fact in got.get("starts-on", ())) or (START,),
        since,
        tuple(fact.text for fact in got["stops-on"]),
        tuple(fact.text for fact in got.get("restarts-on", ())),
        paused,
        reopen is not None and reopen.text == "restart",
        tuple(sorted(rungs, key=lambda rung: rung.percent)),
        said.place,
        got.get("promise", ""),
    )


def _target(source: Duration | Got, got: Got, binder: Binder) -> Target | None:
    place = got.places["target"]
    if isinstance(source, Duration):
        binder.needs_calendar(source, place)
        return Target(Pick(fixed=source), frozenset(), None)
    for value in (*(value for _, value in source["rest"]), source.get("else"), source.get("not-yet-known")):
        if isinstance(value, Duration):
            binder.needs_calendar(value, place)
    if "by" not in source:
        return None
    sure = _known_at_start(source["by"], got, binder)
    if not sure and "not-yet-known" not in source.places:
        binder.report.problem(
            source.place,
            "maybe-missing",
            f"Expected `not-yet-known` beside `by`, because {source['by'].text} may not be known when the clock begins",
            "say what is promised until then: {by: …, not-yet-known: 1bd}",
        )
    said = {option.text for option, value in source["rest"] if isinstance(value, Said)}
    otherwise = source.get("else")
    # What promises nothing is left out of the durations, and of the check that every answer has one.
    pick = SourcePick(
        source.place,
        by=source["by"],
        options=tuple(_lengths(source["rest"])),
        otherwise=_length(otherwise, binder),
        unread=unread(source) - {"not-yet-known"},
    )
    picked = binder.leniently().pick(pick, lambda value: duration(value, binder.report))
    unknown = source.get("not-yet-known")
    if picked is None:
        return None
    return Target(picked, frozenset(said), unknown if isinstance(unknown, Duration) else None)


_FOREVER = Duration(())


def _lengths(rest: Iterable[tuple[Said, Duration | Said]]) -> Iterator[tuple[Said, Duration]]:
    for option, value in rest:
        yield option, value if isinstance(value, Duration) else _FOREVER


def _length(value: Duration | Said | None, binder: Binder) -> Duration | None:
    if isinstance(value, Said):
        binder.report.problem(
            value.place,
            "wrong-shape",
            "Expected a duration for `else`, but it promises nothing",
            "name the answers for which nothing is promised: {by: …, S4: none}",
        )
        return _FOREVER
    return value


def _known_at_start(by: Said, got: Got, binder: Binder) -> bool:
    """Whether the answer is there whenever the clock may begin."""
    scopes: list[Scope | None] = []
    for fact in got.get("starts-on", ()):
        kind, _, which = fact.text.partition(" ")
        if kind == START:
            scopes.append(binder.flow.scope_at_start())
        else:
            scopes.append(binder.at(which).scope if kind == STATE and which in binder.outline.states else None)
    if not scopes:
        scopes = [binder.flow.scope_at_start()]
    return all(scope is not None and binder.compiles(by, scope) for scope in scopes)


def _paused(got: Got, binder: Binder) -> frozenset[str]:
    for key in ("pauses-in", "runs-in"):
        for said in got.get(key, ()):
            binder.target(said)
    paused = frozenset(said.text for said in got.get("pauses-in", ()))
    if "runs-in" not in got:
        return paused
    if "pauses-in" in got.places:
        binder.report.problem(
            got.places["runs-in"],
            "wrong-shape",
            "Expected either `pauses-in` or `runs-in`, but this clock has both",
            "keep the shorter one",
        )
    return frozenset(binder.outline.states) - {said.text for said in got["runs-in"]}


def _hard_stop_has_its_rung(got: Got, rungs: Iterable[Rung], binder: Binder) -> None:
    if any(rung.percent == HARD_STOP for rung in rungs) and "hard-stop" not in got.places:
        binder.report.problem(
            got.places["escalate"],
            "threshold-never-fires",
            "Expected `hard-stop` in this clock, because a rung is named after it, but it has none",
            "write hard-stop: 30d, or remove the rung",
        )


WORD = Keyword("clocks", ("process",), SHAPE, __doc__, bind=_bind, moves=_moves)
