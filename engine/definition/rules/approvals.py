"""An approval can come to its outcomes, and there are enough people for it.

Owns `approval-outcomes` and `quorum-never-met`. Counts people only when the organisation's file lists them.
"""

from __future__ import annotations

from engine.core.ballots import Rule as Counted
from engine.core.ballots import tally
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.suggest import near
from engine.keywords.approval import OUTCOMES, in_words


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
        _enough(sight, name, report)


def _enough(sight: Sight, name: str, report: Report) -> None:
    """Too few people even before anybody is excluded; and too few once one of them had a part in the case."""
    organisation = sight.catalog.organisation
    plan = sight.bound.states[name].approval
    if plan is None or not organisation.people:
        return
    for branch in plan.rules:
        holders = {role: set(organisation.holders(role)) for role in branch.rule.of}
        if tally(branch.rule, (), holders).outcome == "stuck":
            report.problem(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)}, but there are too few",
                "give the roles to more people in processes/organisation.yaml, or ask for fewer",
                *(f"{role}: {', '.join(sorted(people)) or 'nobody'}" for role, people in holders.items()),
            )
            continue
        lost = next((person for person in sorted(set().union(*holders.values())) if _short_without(person, branch.rule, holders)), None)
        if plan.exclude and lost is not None:
            report.warning(
                branch.place,
                "quorum-never-met",
                f"Expected enough people for {in_words(branch.rule)} whoever is excluded, but there are too few once {lost} is",
                "give the roles to more people in processes/organisation.yaml",
            )


def _short_without(person: str, rule: Counted, holders: dict[str, set[str]]) -> bool:
    return tally(rule, (), {role: people - {person} for role, people in holders.items()}).outcome == "stuck"


RULE = Rule(
    {
        "approval-outcomes": "An approval leads on with `approved` and `rejected`, and with `changes-requested` where changes may be asked for.",
        "quorum-never-met": "Too few people hold the roles that an approval asks, or too few once one of them is excluded.",
    },
    _check,
)
