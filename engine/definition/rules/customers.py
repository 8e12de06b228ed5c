"""A message to the customer has somewhere to go.

Owns `no-customer`.
"""

from __future__ import annotations

from engine.definition.roles import CUSTOMER
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    customer = sight.outline.head.get("customer")
    if customer is not None and "email" in customer.places:
        return
    for send in (one for actions in sight.outline.doing for one in actions.sendings):
        if send.to is None or send.to.text == CUSTOMER:
            report.warning(
                send.message.place,
                "no-customer",
                f"Expected it to be known where the customer is written to, but '{send.message.text}' is "
                "sent and the process has no `customer` with `email`",
                "add at the head of the process, such as customer: {email: intake.email}, or say `to`",
            )
            return


RULE = Rule(
    {"no-customer": ("A message goes to the customer, but the process does not say where their address stands.")},
    _check,
)
