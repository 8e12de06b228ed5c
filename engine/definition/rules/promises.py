"""Customers read by when they hear from us.

Owns `no-promise`.
"""

from __future__ import annotations

from engine.definition.roles import CUSTOMER
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    clocks = sight.outline.head.get("clocks", ())
    for said, got in clocks:
        if "told" in got.places and "promise" not in got.places:
            report.warning(
                got.places["told"],
                "no-promise",
                f"Expected a `promise` beside `told`, since customers are told a date of the clock '{said.text}', but "
                "there are no words for it on their page",
                "say what customers call it, such as promise: Our decision",
            )
    by_customer = any(said.text == CUSTOMER for said in sight.outline.start.words.get("by", ()))
    if by_customer and clocks and not any({"promise", "told"} & got.places.keys() for _, got in clocks):
        first, _ = clocks[0]
        report.warning(
            first.place,
            "no-promise",
            "Expected a clock with a `promise`, since customers may start this process, but their page tells no date",
            "say of each clock that is for them what they call it, such as promise: Our answer",
        )


RULE = Rule(
    {"no-promise": "Customers may start the process or are told a date, but no clock says what they call its promise."},
    _check,
)
