"""How the rule of an approval is written: what has to come together, alone or in branches with guards.

Owns the words of a rule and their meaning; `approval` and `needs` are made with them. Counts nothing.
"""

from __future__ import annotations

from typing import Any

from engine.core.ballots import Mode, Rule
from engine.definition.moves import RuleBranch
from engine.definition.nodes import Node
from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Flag,
    Got,
    ListOf,
    OneOrMore,
    Record,
    Report,
    Whole,
    name,
)
from engine.keywords.binder import Binder

MODES: tuple[Mode, ...] = ("any", "quorum", "majority", "all", "sequential")

ROLES = OneOrMore(name("a role"))
RULE_ENTRIES = {
    "any": Entry(ROLES, "one yes of somebody who holds one of these roles"),
    "quorum": Entry(Whole(), "so many people who hold one of the roles in `of`"),
    "of": Entry(ROLES, "the roles a quorum is taken of"),
    "majority": Entry(ROLES, "more than half of the people who hold one of these roles"),
    "at-least": Entry(Whole(), "the least number of yeses for a majority"),
    "all": Entry(ROLES, "a yes for each role, each of a different person"),
    "sequential": Entry(ROLES, "a yes for each role, one after the other"),
    "veto": Entry(ROLES, "roles whose no refuses alone"),
    "reauthenticate": Entry(Flag(), "true: the password is asked for once more"),
}
_RULE = Record(RULE_ENTRIES, "a rule such as {any: [quality-manager]}")
_BRANCH = Record(
    {
        "when": Entry(EXPRESSION, "this rule counts when it holds and no earlier one did"),
        "else": Entry(_RULE, "the rule when no guard holds"),
        **RULE_ENTRIES,
    },
    "a rule with `when`, or `else`",
)


class Rules:
    """A rule, or rules with guards; read as a tuple of (when or None, rule)."""

    words = "a rule such as {any: [quality-manager]}, or a list of them with `when`"
    _shape = Either(sequence=ListOf(_BRANCH), mapping=_RULE)

    def read(self, node: Node, report: Report) -> tuple[tuple[Any, Got], ...] | None:
        value = self._shape.read(node, report)
        if isinstance(value, Got):
            return ((None, value),)
        if value is None:
            return None
        found = []
        for number, got in enumerate(value):
            if "else" in got.places:
                if number != len(value) - 1:
                    report.problem(
                        got.place,
                        "else-not-last",
                        "Expected `else` as the last rule, but more follow that can never count",
                        "move `else` to the end",
                    )
                for extra in set(got.places) - {"else"}:
                    report.problem(
                        got.places[extra],
                        "wrong-shape",
                        f"Expected nothing beside `else`, but found '{extra}'",
                        "write {else: {any: […], …}} to say more",
                    )
                if "else" in got:
                    found.append((None, got["else"]))
            elif "when" in got:
                found.append((got["when"], got))
            elif "when" not in got.places:
                report.problem(
                    got.place,
                    "missing-word",
                    "Expected `when` or `else` in a rule of a list, but it has neither",
                    "write {when: …, any: […]} or {else: {any: […]}}",
                )
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        branch = _BRANCH.schema()
        guarded = {
            **branch,
            "properties": {key: value for key, value in branch["properties"].items() if key != "else"},
            "required": ["when"],
        }
        last = {
            "type": "object",
            "properties": {"else": branch["properties"]["else"]},
            "required": ["else"],
            "additionalProperties": False,
        }
        return {"anyOf": [_RULE.schema(), {"type": "array", "minItems": 1, "items": {"anyOf": [guarded, last]}}]}


def bind_rule(when: Any, got: Got, binder: Binder) -> RuleBranch | None:
    """The rule with its roles looked up; None after reporting problems."""
    modes = [mode for mode in MODES if mode in got.places]
    if len(modes) != 1:
        binder.report.problem(
            got.place,
            "missing-word",
            f"Expected one of {', '.join(MODES)} in a rule, but found {', '.join(modes) or 'none'}",
            "write {any: [quality-manager]}, say",
        )
        return None
    mode = modes[0]
    roles = got.get("of" if mode == "quorum" else mode, ())
    if mode == "quorum" and "of" not in got.places:
        binder.report.problem(
            got.place,
            "missing-word",
            "Expected `of` beside `quorum`, but it is not there",
            "write {quorum: 2, of: [quality-manager, legal]}",
        )
    for misplaced, owner in (("of", "quorum"), ("at-least", "majority")):
        if misplaced in got.places and mode != owner:
            binder.report.problem(
                got.places[misplaced],
                "wrong-shape",
                f"Expected `{misplaced}` beside `{owner}` only, but it stands beside `{mode}`",
                "remove it",
            )
    for said in (*roles, *got.get("veto", ())):
        binder.role(said)
    for number, said in enumerate(roles):
        if said.text in {earlier.text for earlier in roles[:number]}:
            binder.report.problem(
                said.place,
                "name-twice",
                f"Expected each role once, but '{said.text}' stands here twice",
                "ask for several people of one role with {quorum: 2, of: […]}",
            )
    for said in got.get("veto", ()):
        if roles and said.text not in {role.text for role in roles}:
            binder.report.problem(
                said.place,
                "veto-not-asked",
                f"Expected a role that this rule asks to have the veto, but '{said.text}' is not asked",
                f"add it to `{'of' if mode == 'quorum' else mode}`, or remove it here",
            )
    if not roles:
        return None
    need = got.get("quorum", 1) if mode == "quorum" else got.get("at-least", 1)
    rule = Rule(
        mode,
        tuple(said.text for said in roles),
        need,
        tuple(said.text for said in got.get("veto", ())),
        bool(got.get("reauthenticate", False)),
    )
    guard = binder.guard(when)
    if when is not None and guard is None:
        return None
    return RuleBranch(guard, rule, got.place)
