"""There are enough people for an approval, and for what a move `needs`, whoever is left out.

Owns `quorum-never-met`. Counts people only when the organisation's file lists them. The customer of a case is one
person.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from engine.core.ballots import Rule as Counted
from engine.core.ballots import tally
from engine.definition.model import BEGIN, State
from engine.definition.moves import ApprovalPlan, Move
from engine.definition.rules.graph import spread
from engine.definition.rules.happening import asked
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.keywords.deciding import in_words

CUSTOMER = "customer"
MOST_TOGETHER = 2_000
"""Sets of people that are left out together and counted without."""

Holders = dict[str, set[str]]


def _check(sight: Sight, report: Report) -> None:
    if not sight.catalog.organisation.people:
        return
    for name, state in sight.bound.states.items():
        if state.approval is not None:
            _enough(sight, state.approval, set(), name, report)
    for bound, move in sight.bound.moves():
        if move.needs is not None:
            _enough(sight, move.needs, _askers(sight, bound, move), bound.id if bound is not None else "", report)


def _enough(sight: Sight, plan: ApprovalPlan, askers: set[str], state: str, report: Report) -> None:
    """Too few people even before anybody is left out, or whoever is; and too few once certain people are.

    `askers` may ask for what is to be confirmed, and whichever of them does is always left out.
    """
    for branch in plan.rules:
        holders = {role: people_of(sight, role) for role in branch.rule.of}
        people = [f"{role}: {', '.join(sorted(people)) or 'nobody'}" for role, people in holders.items()]
        short = {person for person in askers if _short_without({person}, branch.rule, holders)}
        always = [askers] if askers else []
        done = [doers for relation in plan.exclude if (doers := _always_out(sight, relation, state))]
        never = bool(done) and _never(branch.rule, holders, [*always, *done])
        if _short_without(set(), branch.rule, holders) or (askers and short == askers) or never:
            left_out = " who have not asked themselves" if askers else ""
            left_out = " who have had no part in the case" if never and not short else left_out
            report.problem(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)}{left_out}, but there are too few",
                "give the roles to more people in processes/organisation.yaml, or ask for fewer",
                *people,
            )
            continue
        excludable = sorted(_excludable(sight, plan))
        lost = next((person for person in excludable if _short_without({person}, branch.rule, holders)), None)
        if short or lost is not None:
            whoever, out = ("asks", f"{min(short)} does") if short else ("is excluded", f"{lost} is")
            report.warning(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)} whoever {whoever}, but there are too few "
                f"once {out}",
                "give the roles to more people in processes/organisation.yaml",
            )


def _never(rule: Counted, holders: Holders, groups: list[set[str]]) -> bool:
    """Whether there are too few whichever person of each group is left out; False when there are too many to try."""
    together = list(islice(product(*groups), MOST_TOGETHER + 1))
    return len(together) <= MOST_TOGETHER and all(_short_without(set(out), rule, holders) for out in together)


def people_of(sight: Sight, role: str) -> set[str]:
    """Who holds a role. The customer of a case is one person, whoever it is and whether they have an account or not."""
    return {CUSTOMER} if role == CUSTOMER else set(sight.catalog.organisation.holders(role))


def _askers(sight: Sight, state: State | None, move: Move) -> set[str]:
    """The people who may ask for a move."""
    definition = sight.bound
    roles: set[str] = set()
    for who in move.by:
        if who == "starter":
            roles.update(definition.starters)
        elif who in definition.people:
            roles.update(role for place in _places(sight, definition.people[who]) for role in asked(place))
        else:
            roles.add(who)
    place = state or definition.tasks.get(move.within)
    if not move.by and place is not None:
        roles = set(asked(place))
    return {person for role in roles for person in people_of(sight, role)}


def _places(sight: Sight, names: tuple[str, ...]) -> Iterator[State]:
    """The states and the tasks beside the case's own work that are called so."""
    definition = sight.bound
    return (definition.place_of(name) for name in names if name in definition.states or name in definition.tasks)


def _meant(sight: Sight, relation: str) -> tuple[str, ...]:
    """The states and tasks whose doers a relation means; empty for a path to a person."""
    definition = sight.bound
    names = definition.people.get(relation, (relation,))
    known = all(name in definition.states or name in definition.tasks for name in names)
    return names if known else ()


def _excludable(sight: Sight, plan: ApprovalPlan) -> set[str]:
    """The people whom `exclude` may come to mean: who may do the tasks it speaks of; anybody whom a form may name."""
    roles: set[str] = set()
    for relation in plan.exclude:
        meant = _meant(sight, relation)
        if relation == "starter":
            roles.update(sight.bound.starters)
        elif meant:
            roles.update(role for place in _places(sight, meant) for role in asked(place))
        else:
            return set(sight.catalog.organisation.people)
    return {person for role in roles for person in people_of(sight, role)}


def _always_out(sight: Sight, relation: str, state: str) -> set[str]:
    """The people one of whom a relation always means in this state, because no way leads there on which none of them
    has done the task; empty when that is not sure.
    """
    meant = set(_meant(sight, relation)) - set(sight.bound.tasks)
    if not meant or not state or state in meant:
        return set()
    after: dict[str, list[str]] = {}
    for source, edges in sight.graph.steps.items():
        kept = (edge.target for edge in edges if not (source in meant and edge.move.kind == "on"))
        after.setdefault(source, []).extend(kept)
    if state in spread([BEGIN], after):
        return set()
    return {
        person for place in _places(sight, tuple(meant)) for role in asked(place) for person in people_of(sight, role)
    }


def _short_without(people: set[str], rule: Counted, holders: Holders) -> bool:
    return tally(rule, (), {role: those - people for role, those in holders.items()}).outcome == "stuck"


RULE = Rule(
    {
        "quorum-never-met": (
            "Too few people hold the roles that an approval asks, or too few once some of them are left out."
        ),
    },
    _check,
)
