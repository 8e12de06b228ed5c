"""The arithmetic of approvals: who may still decide, what has been decided, and whether the outcome is certain.

Pure counting over plain values, so that it can be checked against brute force. Knows no instance, no definition and no
clock.

A person counts once, whatever roles they hold. `any`, `quorum` and `majority` count people; `all` and `sequential` ask
each named role for one person's yes, of different people. An approval passes as soon as enough have said yes, and fails
as soon as it can no longer pass. When it can no longer pass although nobody refused, it is not refused but stuck.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

Mode = Literal["any", "all", "quorum", "majority", "sequential"]
Decision = Literal["approve", "reject", "request-changes", "abstain", "recuse"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
Outcome = Literal["open", "approved", "rejected", "changes-requested", "stuck"]

AWAY = ("abstain", "recuse")


@dataclass(frozen=True, slots=True)
class Rule:
    """What has to come together. `of` are roles; `need` counts for a quorum, and is the least for a majority."""

    mode: Mode
    of: tuple[str, ...]
    need: int = 1
    veto: tuple[str, ...] = ()
    reauthenticate: bool = False


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's decision, with the roles they held when they decided.

    A deputy's counts as the person's for whom they act.
    """

    person: str
    decision: Decision
    roles: frozenset[str]
    by: str = ""
    """Who pressed the button, when it was a deputy; empty when it was the person."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Where an approval stands.

    `needed`: how many more have to say yes; `may`: who may still decide now; `turn`: of a sequence, the role whose turn
    it is.
    """

    outcome: Outcome
    approvals: int
    refusals: int
    needed: int
    may: frozenset[str]
    turn: str = ""


def tally(rule: Rule, ballots: Sequence[Ballot], holders: Mapping[str, Collection[str]]) -> Tally:
    """Count.

    `holders`: each role's people now, those excluded from this approval already left out; ballots are in the order
    given.
    """
    approvals = [ballot for ballot in ballots if ballot.decision == "approve"]
    refusals = [ballot for ballot in ballots if ballot.decision == "reject"]
    decided = {ballot.person for ballot in ballots} | {ballot.by for ballot in ballots if ballot.by}
    eligible = {person for role in rule.of for person in holders.get(role, ())}
    left = frozenset(eligible - decided)
    if any(ballot.decision == "request-changes" for ballot in ballots):
        return Tally("changes-requested", len(approvals), len(refusals), 0, frozenset())
    if any(ballot.roles & set(rule.veto) for ballot in refusals):
        return Tally("rejected", len(approvals), len(refusals), 0, frozenset())
    if rule.mode in ("all", "sequential"):
        return _by_role(rule, approvals, refusals, left, holders)
    return _by_head(rule, ballots, approvals, refusals, left)


def _by_head(
    rule: Rule, ballots: Sequence[Ballot], approvals: list[Ballot], refusals: list[Ballot], left: frozenset[str]
) -> Tally:
    need = rule.need
    if rule.mode == "any":
        need = 1
    elif rule.mode == "majority":
        voters = len(left) + sum(1 for ballot in ballots if ballot.decision not in AWAY)
        need = max(rule.need, voters // 2 + 1)
    return _outcome(
        len(approvals) >= need, len(approvals) + len(left) >= need, approvals, refusals, need - len(approvals), left
    )


def _by_role(
    rule: Rule,
    approvals: list[Ballot],
    refusals: list[Ballot],
    left: frozenset[str],
    holders: Mapping[str, Collection[str]],
) -> Tally:
    said_yes = {ballot.person: [role for role in rule.of if role in ballot.roles] for ballot in approvals}
    could = {person: [role for role in rule.of if person in holders.get(role, ())] for person in left}
    filled = _filled(rule.of, said_yes)
    possible = not refusals and len(_filled(rule.of, {**said_yes, **could})) == len(rule.of)
    may, turn = left, ""
    if rule.mode == "sequential":
        # The next role is the first that the yeses so far, each taken for the earliest role it can be, leave open.
        turn = next((role for role in rule.of if role not in _in_order(rule.of, said_yes)), "")
        may = frozenset(person for person in left if person in holders.get(turn, ()))
    passed = not refusals and len(filled) == len(rule.of)
    counted = _outcome(passed, possible, approvals, refusals, len(rule.of) - len(filled), may)
    return replace(counted, turn=turn) if counted.outcome == "open" else counted


def _outcome(
    passed: bool, possible: bool, approvals: list[Ballot], refusals: list[Ballot], needed: int, may: frozenset[str]
) -> Tally:
    outcome: Outcome = "approved" if passed else "open" if possible else "rejected" if refusals else "stuck"
    over = outcome in ("approved", "rejected")
    return Tally(outcome, len(approvals), len(refusals), 0 if passed else max(needed, 0), frozenset() if over else may)


def _filled(roles: Sequence[str], people: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """As many roles as can be filled, each by a different person (a matching in a graph, by augmenting paths)."""
    taken: dict[str, str] = {}

    def place(person: str, seen: set[str]) -> bool:
        for role in people[person]:
            if role not in seen:
                seen.add(role)
                if role not in taken or place(taken[role], seen):
                    taken[role] = person
                    return True
        return False

    for person in people:
        place(person, set())
    return {role: taken[role] for role in roles if role in taken}


def _in_order(roles: Sequence[str], people: Mapping[str, Sequence[str]]) -> set[str]:
    """The roles filled in their order: each yes counts for the earliest role it can that is still open."""
    filled: set[str] = set()
    for mine in people.values():
        role = next((role for role in roles if role in mine and role not in filled), None)
        if role is not None:
            filled.add(role)
    return filled
