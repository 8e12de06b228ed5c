"""Nobody approves what they wrote themselves.

Owns `author-approves`. A form that an approval binds may be filled in by a task, an outcome, a move or a message; that
whoever did one of these tasks is excluded is seen, for the rest there is `authors`. The customer, who decides for
themselves, is nobody's second pair of eyes.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Definition, State
from engine.definition.moves import FormUse
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.keywords.exclude import AUTHORS

CUSTOMER = frozenset({"customer"})


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    for state in sight.bound.states.values():
        plan = state.approval
        if plan is None or AUTHORS in plan.exclude:
            continue
        if all(CUSTOMER.issuperset(branch.rule.of) for branch in plan.rules):
            continue
        ways = dict.fromkeys(_writing(sight.bound, plan.binds, _covered(sight.bound, plan.exclude)))
        if ways:
            report.warning(
                plan.place,
                "author-approves",
                f"Expected the approval in '{state.id}' to exclude whoever wrote what it binds, but it does not: "
                f"{', '.join(plan.binds)} may be filled in by {listed(tuple(ways), 4)}",
                f"write exclude: [{', '.join((AUTHORS, *plan.exclude))}]",
            )


def _covered(definition: Definition, relations: tuple[str, ...]) -> frozenset[str]:
    """The states and tasks whose doers are excluded, and `starter`."""
    return frozenset(name for relation in relations for name in definition.people.get(relation, (relation,)))


def _writing(definition: Definition, binds: tuple[str, ...], covered: frozenset[str]) -> Iterator[str]:
    """The ways on which one of the forms is filled in by staff who are not excluded."""

    def writes(use: FormUse | None) -> bool:
        return use is not None and use.alias in binds

    if writes(definition.start.form) and "starter" not in covered and not CUSTOMER.issuperset(definition.starters):
        yield "the start"
    for place in (*definition.states.values(), *definition.tasks.values()):
        if place.task is not None and place.id not in covered:
            forms = (place.task.form, *(move.form for move in place.on.values()))
            if any(map(writes, forms)) and not _the_customers(place):
                yield f"the task '{place.id}'"
    for state, move in definition.moves():
        of_task = move.kind in ("start", "beside") or (move.kind == "on" and state is not None and state.task)
        if not of_task and writes(move.form) and not (move.by and CUSTOMER.issuperset(move.by)):
            yield f"'{move.name or move.kind}'"


def _the_customers(place: State) -> bool:
    return place.task is not None and all(CUSTOMER.issuperset(roles) for roles in place.task.candidates.all())


RULE = Rule(
    {
        "author-approves": (
            "An approval does not exclude everybody who may have filled in what it binds, so that somebody could "
            "approve their own words."
        ),
    },
    _check,
)
