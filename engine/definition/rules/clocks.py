"""A clock can begin, can be stopped, and does not stand still wherever it could run.

Owns `clock-never-starts`, `clock-never-stops` and `clock-always-paused`.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.rules.clock_runs import ClockRun
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Got, Report, Said
from engine.keywords.clock_facts import START


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    for said, got in sight.outline.head.get("clocks", ()):
        plan = sight.bound.clocks.get(said.text)
        run = sight.walks.clocks.of(plan) if plan is not None else None
        if run is None:
            continue
        if not run.begins:
            starts: tuple[Said, ...] = got.get("starts-on", ())
            report.problem(
                starts[0].place,
                "clock-never-starts",
                f"Expected the clock '{said.text}' to begin somewhere, but {_why(run, starts)}",
                "name something that happens in this process, or leave `starts-on` out to begin with the case",
            )
        elif not run.stops:
            stops: tuple[Said, ...] = got["stops-on"]
            end = run.unstopped()
            report.problem(
                stops[0].place,
                "clock-never-stops",
                f"Expected something to stop the clock '{said.text}' once it has begun, but {_why(run, stops, START)}",
                "name something that keeps the promise after it has been given",
                *([end] if end else []),
            )
        elif run.running and not run.ticking and not _shares(got):
            report.warning(
                got.places["pauses-in" if "pauses-in" in got.places else "runs-in"],
                "clock-always-paused",
                f"Expected a state in which the clock '{said.text}' runs, but it stands still in each that the case "
                f"can be in by then: {listed(run.running)}",
                "let it run in one of these",
                run.way_to(next(iter(run.running.values()))),
            )


def _shares(got: Got) -> bool:
    """Whether it has rungs whose time never comes: then that is told of them."""
    return any(said.text != "hard-stop" for said, _ in got.get("escalate", ()))


def _why(run: ClockRun, facts: Iterable[Said], begun: str = "") -> str:
    return " and ".join(dict.fromkeys(_of(run, said.text, begun) for said in facts))


def _of(run: ClockRun, fact: str, begun: str) -> str:
    known = run.known(fact)
    if known == "unpersonal":
        what = fact.removesuffix(" by a person").removeprefix("sent").strip()
        return f"{f'{what!r}' if what else 'what the customer gets'} is sent only by itself or by the customer"
    if known == "never" or not begun:
        return f"`{fact}` never happens"
    return f"`{fact}` happens only before that"


RULE = Rule(
    {
        "clock-never-starts": "Nothing that begins this clock can happen.",
        "clock-never-stops": (
            "Nothing that stops this clock can happen once it has begun: the promise could never be kept."
        ),
        "clock-always-paused": "This clock stands still in every state that the case can be in once it has begun.",
    },
    _check,
)
