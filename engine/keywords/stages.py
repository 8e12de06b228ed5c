"""The stations of a case that people outside look for, from its receipt to what follows it.

`stages` at the head of the process, beside `states`, in the order in which a case passes them.

```yaml
stages:
  receipt: {reached: start}
  acknowledgement: {reached: milestone acknowledged, clock: acknowledgement}
  decision:
    title: {en: Decision, de: Entscheidung}
    reached: [state remedy, state resolved]
    clock: final-response
  closure: {reached: end}
  follow-up: {reached: end capa}
```

A process has many states, and an auditor asks for few of them. `reached` names what brings a case there, the first time
counts: `start`, `end` (the case has ended), `end <name>` (a called case has), `milestone <name>`, `state <id>`, `sent
<message>` or `received <message>`. `clock` names the promise whose deadline is the stage's. A stage that the case has
passed by is not needed.

The page of a case shows them as a strip, with the time that was promised and the time it was. The first that is still
to be reached, behind the last that was, is under way. They change nothing about how a case runs. A process without them
shows its clocks instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.plans import Stage
from engine.definition.shapes import Entry, Got, Localised, MapOf, OneOrMore, Record, Said, Text, name
from engine.definition.suggest import near
from engine.keywords import clock_facts
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

END = "end"
_ID = clock_facts.ID
FACT = Text(
    "a fact such as state resolved",
    rf"start|end(?: {_ID})?|(?:sent|received|milestone|state) {_ID}",
    "write start, end, end <called case>, sent <message>, received <message>, milestone <name> or state <id>",
)
SHAPE = MapOf(
    name("a stage's name"),
    Record(
        {
            "title": Entry(Localised(), "what people call it; the name in words when nothing is said"),
            "reached": Entry(OneOrMore(FACT), "what brings a case there; the first time counts", required=True),
            "clock": Entry(name("a clock's name"), "the promise whose deadline is the stage's"),
        },
        "a stage with `reached`",
    ),
    "a mapping of stages",
)


def _bind(source: Iterable[tuple[Said, Got]], binder: Binder) -> tuple[Stage, ...]:
    return tuple(_stage(said, got, binder) for said, got in source)


def _stage(said: Said, got: Got, binder: Binder) -> Stage:
    for fact in got.get("reached", ()):
        _check(fact, binder)
    clock = got.get("clock")
    clocks = [known.text for known, _ in binder.outline.head.get("clocks", ())]
    if clock is not None and clock.text not in clocks:
        binder.report.problem(
            clock.place,
            "unknown-clock",
            f"Expected a clock of this process, but there is no '{clock.text}'{near(clock.text, clocks)}",
            "name a clock under `clocks`",
        )
    return Stage(
        said.text,
        got.get("title", said.text.replace("-", " ").capitalize()),
        tuple(fact.text for fact in got.get("reached", ())),
        clock.text if clock is not None else "",
    )


def _check(fact: Said, binder: Binder) -> None:
    kind, _, which = fact.text.partition(" ")
    if kind != END:
        clock_facts.check(fact, "starts-on", binder)
        return
    called = tuple(call.name.text for call in binder.outline.calls)
    if which and which not in called:
        binder.report.problem(
            fact.place,
            "unknown-call",
            f"Expected the name of a called case, but there is no '{which}'{near(which, called)}",
            "name what some `call` is known as (`as`)",
        )


WORD = Keyword("stages", ("process",), SHAPE, __doc__, bind=_bind)
