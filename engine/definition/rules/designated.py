"""Whom a field of a form names for a task is somebody who could do it.

Owns `names-others`. That people are of the house or customers is all that a form says of them; which colleague could do
the task is asked of each case.
"""

from __future__ import annotations

from engine.definition.forms import FormField
from engine.definition.forms.vocabulary import CUSTOMERS_ALONE, STAFF_ALONE
from engine.definition.moves import FormUse
from engine.definition.roles import CUSTOMER
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    uses = {move.form.alias: move.form for _, move in sight.bound.moves() if move.form is not None}
    for alias, designations in sight.bound.designations.items():
        for one in designations:
            plan = sight.bound.place_of(one.place).task
            field = _field(uses[alias], one.field) if alias in uses else None
            if plan is None or field is None:
                continue
            may = {role for roles in plan.candidates.all() for role in roles}
            if field.whom == CUSTOMERS_ALONE and CUSTOMER not in may:
                who, instead = "customers", "colleagues"
            elif field.whom == STAFF_ALONE and may == {CUSTOMER}:
                who, instead = "colleagues", "customers"
            else:
                continue
            report.warning(
                plan.place,
                "names-others",
                f"Expected {alias}.{one.field} to name {instead}, for whom the task in '{one.place}' is, but it is for "
                f"{who}: nobody whom it offers can have the task",
                f"write another `of` at the field {one.field} of the form {uses[alias].form.id}, or another `assignee`",
            )


def _field(use: FormUse, path: str) -> FormField | None:
    name, _, column = path.partition(".")
    field = use.form.field(name)
    if field is None or not column:
        return field
    return next((one for one in field.columns if one.name == column), None)


RULE = Rule(
    {
        "names-others": (
            "A field that names who a task is for is about customers, and the task is for colleagues; or the other way."
        )
    },
    _check,
)
