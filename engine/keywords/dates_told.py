"""The dates that a message tells of a promise: `told` of a clock.

Owns that such a date is worked out where the message is sent, and that it stands in the message in every language: what
a customer's page shows is what they have read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.definition.expressions import Expression
from engine.definition.messages import Template
from engine.definition.shapes import Said
from engine.definition.suggest import near
from engine.definition.types import Date, Instant
from engine.keywords.binder import Binder


def check(told: Iterable[tuple[Said, Said]], binder: Binder) -> None:
    """Each names a message that this process sends."""
    for message, _ in told:
        if message.text not in binder.outline.sent:
            binder.report.problem(
                message.place,
                "unknown-message",
                "Expected a message that this process sends, but there is no "
                f"'{message.text}'{near(message.text, tuple(binder.outline.sent))}",
                "name a message that tells the customer a date",
            )


def tells_of(message: str, templates: Mapping[str, Template], binder: Binder) -> dict[str, Expression]:
    """Which clocks' dates this message tells where it is sent."""
    found = {}
    for clock, got in binder.outline.head.get("clocks", ()):
        for name, said in got.get("told", ()):
            date = binder.expression(said, (Date, Instant)) if name.text == message else None
            if date is not None:
                found[clock.text] = date
                _stands_in(said, message, templates, binder)
    return found


def _stands_in(said: Said, message: str, templates: Mapping[str, Template], binder: Binder) -> None:
    lacking = [
        language
        for language, template in templates.items()
        if said.text not in {expression.text.strip() for expression in template.expressions}
    ]
    if lacking:
        binder.report.problem(
            said.place,
            "date-not-told",
            f"Expected the message '{message}' to tell this date, but it lacks {{{said.text}}} in {', '.join(lacking)}",
            "write the same expression in the message, so that a customer's page shows what they have read",
        )
