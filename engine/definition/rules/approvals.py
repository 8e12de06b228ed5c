"""An approval can come to its outcomes, and there are enough people for it; so it is with what a move `needs`.

Owns `approval-outcomes`, `approval-outcome-asks` and `quorum-never-met`. Counts people only when the organisation's
file lists them.
"""

from __future__ import annotations

from engine.core.ballots import Rule as Counted
from engine.core.ballots import tally
from engine.definition.model import ApprovalPlan, Move, State
from engine.definition.outline import SourceState
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.suggest import near
from engine.keywords.approval import OUTCOMES
from engine.keywords.deciding import in_words


def _check(sight: Sight, report: Report) -> None:
    for name, state in sight.outline.states.items():
        if "approval" not in state.words.places:
            continue
        named = {said.text: said for said, _ in state.words.get("on", ())}
        for outcome, said in named.items():
            if outcome not in OUTCOMES:
                report.problem(
                    said.place,
                    "approval-outcomes",
                    f"Expected {listed(OUTCOMES)} after an approval, but found '{outcome}'{near(outcome, OUTCOMES)}",
                    "use one of these outcomes",
                )
        for outcome in OUTCOMES[:2]:
            if named and outcome not in named:
                report.problem(
                    state.words.places["on"],
                    "approval-outcomes",
                    f"Expected '{outcome}' among the outcomes of the approval in '{name}', but it is not there",
                    f"say where the case goes then: {outcome}: …",
                )
        _asks_nothing(name, state, report)
        _enough(sight, sight.bound.states[name].approval, set(), report)
    for bound, move in sight.bound.moves():
        _enough(sight, move.needs, _askers(sight, bound, move), report)


def _asks_nothing(name: str, state: SourceState, report: Report) -> None:
    """An outcome follows from the counting: nobody chooses it, so nobody fills anything in for it."""
    for move in state.moves:
        if move.kind == "on":
            for word in _ASKING:
                if word in move.words:
                    report.problem(
                        move.place,
                        "approval-outcome-asks",
                        f"Expected nothing like `{word}` beside an outcome of the approval in '{name}', but found "
                        "it: the outcome follows from the counting, and nobody chooses it",
                        "remove it; whoever decides gives their reason, and a state behind it can have a task",
                    )


def _enough(sight: Sight, plan: ApprovalPlan | None, askers: set[str], report: Report) -> None:
    """Too few people even before anybody is excluded; and too few once one of them had a part in the case.

    `askers` may ask for what is to be confirmed, and whichever of them does is always excluded.
    """
    if plan is None or not sight.catalog.organisation.people:
        return
    for branch in plan.rules:
        holders = {role: _people(sight, role) for role in branch.rule.of}
        people = [f"{role}: {', '.join(sorted(people)) or 'nobody'}" for role, people in holders.items()]
        short = {person for person in askers if _short_without(person, branch.rule, holders)}
        if tally(branch.rule, (), holders).outcome == "stuck" or (askers and short == askers):
            left_out = " who have not asked themselves" if askers else ""
            report.problem(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)}{left_out}, but there are too few",
                "give the roles to more people in processes/organisation.yaml, or ask for fewer",
                *people,
            )
            continue
        excludable = sorted(_excludable(sight, plan))
        lost = next((person for person in excludable if _short_without(person, branch.rule, holders)), None)
        if short or lost is not None:
            whoever, out = ("asks", f"{min(short)} does") if short else ("is excluded", f"{lost} is")
            report.warning(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)} whoever {whoever}, but there are too few "
                f"once {out}",
                "give the roles to more people in processes/organisation.yaml",
            )


def _people(sight: Sight, role: str) -> set[str]:
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
            roles.update(
                role
                for name in definition.people[who]
                if name in definition.states
                for role in _asked(definition.states[name])
            )
        else:
            roles.add(who)
    place = state or definition.tasks.get(move.within)
    if not move.by and place is not None:
        roles = _asked(place)
    return {person for role in roles for person in _people(sight, role)}


def _excludable(sight: Sight, plan: ApprovalPlan) -> set[str]:
    """The people whom `exclude` may come to mean: who may do the tasks it speaks of; anybody whom a form may name."""
    definition = sight.bound
    roles: set[str] = set()
    for relation in plan.exclude:
        states = definition.people.get(relation, (relation,))
        if relation == "starter":
            roles.update(definition.starters)
        elif all(state in definition.states for state in states):
            for state in states:
                roles.update(_asked(definition.states[state]))
        else:
            return set(sight.catalog.organisation.people)
    return {person for role in roles for person in _people(sight, role)}


def _asked(state: State) -> set[str]:
    """The roles that a state's task or approval asks."""
    found = {role for roles in state.task.candidates.all() for role in roles} if state.task is not None else set()
    if state.approval is not None:
        found.update(role for branch in state.approval.rules for role in branch.rule.of)
    return found


def _short_without(person: str, rule: Counted, holders: dict[str, set[str]]) -> bool:
    return tally(rule, (), {role: people - {person} for role, people in holders.items()}).outcome == "stuck"


_ASKING = ("form", "by", "only-when", "comment", "needs")
CUSTOMER = "customer"

RULE = Rule(
    {
        "approval-outcome-asks": (
            "An outcome of an approval follows from the counting; it cannot ask anybody for something."
        ),
        "approval-outcomes": (
            "An approval leads on with `approved` and `rejected`, and with `changes-requested` where changes may "
            "be asked for."
        ),
        "quorum-never-met": (
            "Too few people hold the roles that an approval asks, or too few once one of them is excluded."
        ),
    },
    _check,
)
