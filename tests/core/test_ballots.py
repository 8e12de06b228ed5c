"""Approvals are counted as brute force counts them: over every way in which the others still could."""

from __future__ import annotations

from itertools import permutations, product

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.core.ballots import Ballot, Rule, tally

ROLES = ("quality", "legal", "owner")
PEOPLE = ("ann", "bob", "cem", "dia")


def yes(person: str, *roles: str) -> Ballot:
    return Ballot(person, "approve", frozenset(roles))


def no(person: str, *roles: str) -> Ballot:
    return Ballot(person, "reject", frozenset(roles))


def test_a_person_with_two_roles_counts_once() -> None:
    rule = Rule("quorum", ("quality", "legal"), 2)
    holders = {"quality": ["ann", "bob"], "legal": ["ann"]}
    assert tally(rule, [yes("ann", "quality", "legal")], holders).outcome == "open"
    assert tally(rule, [yes("ann", "quality", "legal"), yes("bob", "quality")], holders).outcome == "approved"


def test_one_refusal_too_many_refuses_at_once() -> None:
    rule = Rule("quorum", ("quality",), 2)
    holders = {"quality": ["ann", "bob", "cem"]}
    assert tally(rule, [no("ann", "quality")], holders).outcome == "open"
    assert tally(rule, [no("ann", "quality"), no("bob", "quality")], holders).outcome == "rejected"


def test_a_recusal_that_makes_it_impossible_refuses_when_somebody_refused_and_else_is_stuck() -> None:
    rule = Rule("quorum", ("quality",), 2)
    holders = {"quality": ["ann", "bob", "cem"]}
    away = Ballot("bob", "recuse", frozenset({"quality"}))
    assert tally(rule, [no("ann", "quality"), away], holders).outcome == "rejected"
    assert tally(rule, [away, Ballot("ann", "recuse", frozenset({"quality"}))], holders).outcome == "stuck"


def test_a_veto_refuses_alone() -> None:
    rule = Rule("majority", ROLES, 1, veto=("legal",))
    holders = {"quality": ["ann", "bob"], "owner": ["cem"], "legal": ["dia"]}
    assert tally(rule, [yes("ann", "quality"), no("dia", "legal")], holders).outcome == "rejected"


def test_too_few_who_may_decide_is_stuck_from_the_start() -> None:
    assert tally(Rule("quorum", ("quality",), 2), [], {"quality": ["ann"]}).outcome == "stuck"
    assert tally(Rule("all", ("quality", "legal")), [], {"quality": ["ann"], "legal": ["ann"]}).outcome == "stuck"


def test_all_asks_each_role_for_a_different_person_whoever_came_first() -> None:
    rule = Rule("all", ("quality", "legal"))
    holders = {"quality": ["ann", "bob"], "legal": ["ann"]}
    first = tally(rule, [yes("ann", "quality", "legal")], holders)
    assert (first.outcome, first.needed) == ("open", 1)
    assert tally(rule, [yes("ann", "quality", "legal"), yes("bob", "quality")], holders).outcome == "approved"


def test_a_sequence_asks_one_role_after_the_other() -> None:
    rule = Rule("sequential", ("quality", "legal"))
    holders = {"quality": ["ann"], "legal": ["bob"]}
    assert tally(rule, [], holders).may == {"ann"}
    assert tally(rule, [yes("ann", "quality")], holders).may == {"bob"}


def test_a_deputy_does_not_count_a_second_time_for_themselves() -> None:
    rule = Rule("quorum", ("quality",), 2)
    holders = {"quality": ["ann", "bob"]}
    deputised = Ballot("ann", "approve", frozenset({"quality"}), by="bob")
    assert tally(rule, [deputised], holders).outcome == "stuck"


held = st.dictionaries(st.sampled_from(ROLES), st.lists(st.sampled_from(PEOPLE), unique=True), min_size=3, max_size=3)
rules = st.builds(Rule, st.sampled_from(["any", "quorum", "majority", "all"]), st.just(ROLES), st.integers(1, 3))


@st.composite
def approvals(draw: st.DrawFn) -> tuple[Rule, list[Ballot], dict[str, list[str]]]:
    holders = draw(held)
    eligible = sorted({person for people in holders.values() for person in people})
    voters = draw(st.permutations(eligible))[: draw(st.integers(0, len(eligible)))]
    roles = {person: frozenset(role for role in ROLES if person in holders[role]) for person in eligible}
    decisions = st.sampled_from(["approve", "approve", "reject", "abstain", "recuse"])
    return draw(rules), [Ballot(person, draw(decisions), roles[person]) for person in voters], holders


def passes(rule: Rule, ballots: list[Ballot], eligible: int) -> bool:
    """The end of an approval in which everybody has decided, counted in the most literal way."""
    said_yes = [ballot for ballot in ballots if ballot.decision == "approve"]
    if rule.mode == "all":
        seats = list(rule.of)
        fits = any(
            all(seat in b.roles for seat, b in zip(seats, order, strict=True))
            for order in permutations(said_yes, len(seats))
        )
        return fits and not any(ballot.decision == "reject" for ballot in ballots)
    voters = sum(1 for ballot in ballots if ballot.decision in ("approve", "reject"))
    need = {"any": 1, "quorum": rule.need, "majority": max(rule.need, voters // 2 + 1)}[rule.mode]
    return len(said_yes) >= need


@given(approvals())
def test_the_early_outcome_is_the_one_every_possible_end_agrees_on(
    case: tuple[Rule, list[Ballot], dict[str, list[str]]],
) -> None:
    rule, ballots, holders = case
    # Once every role has its yes nobody is asked any more: what would follow cannot happen.
    assume(not any(rule.mode == "all" and passes(rule, ballots[:n], 0) for n in range(len(ballots))))
    eligible = sorted({person for people in holders.values() for person in people})
    roles = {person: frozenset(role for role in ROLES if person in holders[role]) for person in eligible}
    left = [person for person in eligible if person not in {ballot.person for ballot in ballots}]
    ends = [
        passes(rule, [*ballots, *(Ballot(p, d, roles[p]) for p, d in zip(left, decisions, strict=True))], len(eligible))  # type: ignore[arg-type]
        for decisions in product(["approve", "reject"], repeat=len(left))
    ]
    refused = any(ballot.decision == "reject" for ballot in ballots)
    outcome = tally(rule, ballots, holders).outcome
    if rule.mode == "all":
        certain_yes = all(any(role in b.roles for b in ballots) for role in ROLES) and passes(
            rule, ballots, len(eligible)
        )
    else:
        certain_yes = all(ends)
    expected = "approved" if certain_yes else "open" if any(ends) else "rejected" if refused else "stuck"
    assert outcome == expected
