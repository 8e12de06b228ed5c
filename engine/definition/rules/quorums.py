"""There are enough people for an approval, and for what a move `needs`, whoever is left out.

Owns `quorum-never-met`. Counts people only when the organisation's file lists them. The customer of a case is one
person.

Several who are left out count as several only where that is certain: every way here leads past the task of each, and
the later task excludes whoever did the earlier. Two relations that may mean one person, or one of which may mean nobody
yet, are looked at one by one; so are whoever asks for a move and whom a form names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, product

from engine.core.ballots import Rule as Counted
from engine.core.ballots import tally
from engine.definition.model import BEGIN, State
from engine.definition.moves import ApprovalPlan, Move
from engine.definition.roles import CUSTOMER
from engine.definition.rules.graph import listed, spread
from engine.definition.rules.happening import asked
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.keywords.deciding import in_words
from engine.keywords.exclude import AUTHORS

MOST_TOGETHER = 2_000
"""Sets of people that are left out together and counted without."""

Holders = dict[str, set[str]]
Apart = set[tuple["Out", "Out"]]
"""Pairs of which both are never the same person."""


@dataclass(frozen=True, slots=True)
class Out:
    """One of these people is surely left out: whoever did a task in one of the states, empty for whoever asks."""

    people: frozenset[str]
    states: frozenset[str] = frozenset()


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
    asking = [Out(frozenset(askers))] if askers else []
    done = [out for relation in plan.exclude if (out := _always_out(sight, relation, state, plan.binds)).people]
    apart = {(one, other) for one, other in combinations(done, 2) if _apart(sight, one, other)}
    for branch in plan.rules:
        holders = {role: people_of(sight, role) for role in branch.rule.of}
        people = [f"{role}: {', '.join(sorted(people)) or 'nobody'}" for role, people in holders.items()]
        short = {person for person in askers if _short_without({person}, branch.rule, holders)}
        never = bool(done) and _never(branch.rule, holders, [*asking, *done], apart)
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
        alone = ({person} for person in excludable)
        several = _several(done, apart)
        lost = next((out for out in chain(alone, several) if _short_without(out, branch.rule, holders)), None)
        if short or lost is not None:
            whoever, gone = ("asks", f"{min(short)} does") if short else ("is excluded", _are(sorted(lost or ())))
            report.warning(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)} whoever {whoever}, but there are too few "
                f"once {gone}",
                "give the roles to more people in processes/organisation.yaml",
            )


def _are(people: Sequence[str]) -> str:
    return f"{listed(people)} {'is' if len(people) == 1 else 'are'}"


def _never(rule: Counted, holders: Holders, outs: Sequence[Out], apart: Apart) -> bool:
    """Whether there are too few whichever person of each is left out; False when there are too many to try. Where
    nobody is left who could do the later of two tasks, anybody is taken to have done it.
    """
    choices = list(islice(_choices(outs), MOST_TOGETHER + 1))
    if len(choices) > MOST_TOGETHER:
        return False
    possible = [choice for choice in choices if _differ(outs, choice, apart)]
    return all(_short_without(set(choice), rule, holders) for choice in possible or choices)


def _several(done: Sequence[Out], apart: Apart) -> Iterator[set[str]]:
    """People who may be left out together, several and surely different ones; not more than can be tried."""
    groups = chain.from_iterable(combinations(done, size) for size in range(2, len(done) + 1))
    together = (group for group in islice(groups, MOST_TOGETHER) if apart.issuperset(combinations(group, 2)))
    choices = ((group, choice) for group in together for choice in _choices(group))
    return (set(choice) for group, choice in islice(choices, MOST_TOGETHER) if _differ(group, choice, apart))


def _choices(outs: Sequence[Out]) -> Iterator[tuple[str, ...]]:
    """One person of each."""
    return product(*(sorted(out.people) for out in outs))


def _differ(outs: Sequence[Out], choice: Sequence[str], apart: Apart) -> bool:
    """Whether those are different people who are never the same."""
    pairs = combinations(zip(outs, choice, strict=True), 2)
    return all(person != another for (one, person), (other, another) in pairs if (one, other) in apart)


def _apart(sight: Sight, one: Out, other: Out) -> bool:
    """Whether whoever did the one never did the other as well: each task of the later excludes the earlier's doers,
    and there is one by then.
    """
    return any(
        all(_excludes(sight, state, earlier) and _done_before(sight, earlier.states, state) for state in later.states)
        for earlier, later in ((one, other), (other, one))
    )


def _excludes(sight: Sight, state: str, out: Out) -> bool:
    """Whether nobody who did a task in one of the states may do the one in this state."""
    plan = sight.bound.states[state].task or sight.bound.states[state].approval
    if plan is None:
        return False
    binds = plan.binds if isinstance(plan, ApprovalPlan) else ()
    return out.states <= {name for relation in plan.exclude for name in _meant(sight, relation, binds)}


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


def _meant(sight: Sight, relation: str, binds: tuple[str, ...]) -> tuple[str, ...]:
    """The states and tasks whose doers a relation surely means; empty for a path to a person. Authors are those who did
    a task of which every outcome fills in one of the forms that are bound.
    """
    definition = sight.bound
    if relation == AUTHORS:
        places = (place for place in (*definition.states.values(), *definition.tasks.values()) if place.task)
        return tuple(place.id for place in places if place.on and all(_fills(way, binds) for way in place.on.values()))
    names = definition.people.get(relation, (relation,))
    known = all(name in definition.states or name in definition.tasks for name in names)
    return names if known else ()


def _excludable(sight: Sight, plan: ApprovalPlan) -> set[str]:
    """The people whom `exclude` may come to mean: who may do the tasks it speaks of; anybody whom a form may name."""
    roles: set[str] = set()
    for relation in plan.exclude:
        meant = _meant(sight, relation, plan.binds)
        if relation == "starter":
            roles.update(sight.bound.starters)
        elif relation == AUTHORS:
            roles.update(_writing(sight, plan.binds))
        elif meant:
            roles.update(role for place in _places(sight, meant) for role in asked(place))
        else:
            return set(sight.catalog.organisation.people)
    return {person for role in roles for person in people_of(sight, role)}


def _fills(move: Move, binds: tuple[str, ...]) -> bool:
    return move.form is not None and move.form.alias in binds


def _writing(sight: Sight, binds: tuple[str, ...]) -> Iterator[str]:
    """The roles that may fill in one of these forms."""
    definition = sight.bound
    if _fills(definition.start, binds):
        yield from definition.starters
    for place in (*definition.states.values(), *definition.tasks.values()):
        if any(_fills(way, binds) for way in place.on.values()):
            yield from asked(place)
    for _, move in definition.moves():
        if _fills(move, binds):
            yield from move.by


def _always_out(sight: Sight, relation: str, state: str, binds: tuple[str, ...]) -> Out:
    """The people one of whom a relation always means in this state; nobody when that is not sure."""
    meant = frozenset(_meant(sight, relation, binds)) - set(sight.bound.tasks)
    if not state or not _done_before(sight, meant, state):
        return Out(frozenset())
    roles = {role for place in _places(sight, tuple(meant)) for role in asked(place)}
    roles |= {said.text for actions in sight.outline.doing for said in actions.reassign}  # to whom it may be given
    return Out(frozenset(person for role in roles for person in people_of(sight, role)), meant)


def _done_before(sight: Sight, meant: frozenset[str], state: str) -> bool:
    """Whether no way leads to a state on which nobody has done a task in one of those meant."""
    if not meant or state in meant:
        return False
    after: dict[str, list[str]] = {}
    for source, edges in sight.graph.steps.items():
        kept = (edge.target for edge in edges if not (source in meant and edge.move.kind == "on"))
        after.setdefault(source, []).extend(kept)
    return state not in spread([BEGIN], after)


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
