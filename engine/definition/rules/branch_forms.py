"""Branches that run at the same time do not write the same form.

Owns `same-form-in-two-branches` and `form-in-and-out-of-branch`.
"""

from __future__ import annotations

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report, Said


def _check(sight: Sight, report: Report) -> None:
    forms = {
        name: [form for move in state.moves if (form := state.form_of(move)) is not None]
        for name, state in sight.outline.states.items()
    }
    for owner in sight.graph.forks():
        fork = owner.fork
        if fork is None or fork.rows is not None or fork.need == 1:
            continue
        written: dict[str, str] = {}
        told: set[str] = set()
        for branch, start in fork.branches:
            mine: dict[str, Said] = {}
            for name in sight.outline.states:
                if name in sight.graph.branch(start.text) and name not in sight.graph.main:
                    for form in forms[name]:
                        mine.setdefault(form.text, form)
            for form_id, form in mine.items():
                if form_id in written and form_id not in told:
                    told.add(form_id)
                    report.problem(
                        form.place,
                        "same-form-in-two-branches",
                        f"Expected each branch of '{owner.id.text}' to have forms of its own, but "
                        f"'{written[form_id]}' and '{branch.text}' both fill in '{form_id}'",
                        "give one of them a form of its own: the later answer would take the place of the earlier one",
                    )
                written.setdefault(form_id, branch.text)
    _in_and_out(sight, forms, report)


def _in_and_out(sight: Sight, forms: dict[str, list[Said]], report: Report) -> None:
    """A form is either a table, one row for each branch of a `for-each`, or a single form."""
    inside = {
        name: owner.id.text
        for owner in sight.graph.forks()
        if owner.fork is not None and owner.fork.rows is not None
        for start in owner.fork.starts
        for name in sight.graph.branch(start.text) - sight.graph.main
    }
    alone = {
        move.form.text: move.form for state, move in sight.graph.moves() if state is None and move.form is not None
    }
    for name, used in forms.items():
        if name not in inside:
            alone.update({form.text: form for form in used})
    told: set[str] = set()
    for name, used in forms.items():
        for form in used:
            if name in inside and form.text in alone and form.text not in told:
                told.add(form.text)
                report.problem(
                    alone[form.text].place,
                    "form-in-and-out-of-branch",
                    f"Expected '{form.text}' to belong to the branches of '{inside[name]}' alone, since "
                    "there it is a table, but it is filled in here too",
                    "use another form in one of the two places",
                )


RULE = Rule(
    {
        "same-form-in-two-branches": "Two branches that run at the same time fill in the same form.",
        "form-in-and-out-of-branch": (
            "A form of a `for-each` branch, which becomes a table, is filled in elsewhere too."
        ),
    },
    _check,
)
