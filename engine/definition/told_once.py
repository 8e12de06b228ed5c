"""One slip, one problem: what of a process's problems only follows from another is not told, and what other files have
is told with it, once.

Owns this choice among the problems. Finds none itself.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import replace

from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, ORGANISATION, Catalog, used_forms
from engine.definition.flow import Flow
from engine.definition.outline import Outline
from engine.definition.shapes import Report
from engine.errors import Problem


def told_once(outline: Outline, catalog: Catalog, flow: Flow, report: Report) -> None:
    """The problems of the other files that this process uses; and none that only follow from them."""
    absent = [form for form in used_forms(outline) if form not in catalog.forms]
    named = replace(outline, forms_meant={})
    lost = {named.alias(form) for form in (*absent, *(outline.forms_meant.get(form, form) for form in absent))}
    lost |= {said.text for said, _ in outline.head.get("decisions", ()) if said.text not in flow.decisions}
    report.problems = [problem for problem in report.problems if not _follows(problem, lost)]
    if catalog.problems_of(ORGANISATION):
        # Of a broken organisation no role is known: what is to be mended stands in its own file.
        report.problems = [
            problem for problem in report.problems if problem.code not in ("unknown-role", "unknown-recipient")
        ]
    forms = {f"{FORMS}{form}.yaml" for form in used_forms(outline)}
    messages = outline.sent
    for path, error in (
        *catalog.problems_of(FORMS),
        *catalog.problems_of(MESSAGES),
        *catalog.problems_of(CALENDARS),
        *catalog.problems_of(ORGANISATION),
    ):
        name = path.removeprefix(MESSAGES).split(".")[0]
        if (
            path in forms
            or (path.startswith(MESSAGES) and name in messages)
            or path == ORGANISATION
            or path.startswith(CALENDARS)
        ):
            report.absorb(error)


def _follows(problem: Problem, lost: Set[str]) -> bool:
    """Whether it only follows from names that are lost: their own form or decision has a problem."""
    if problem.code in ("unknown-name", "not-in-enum"):
        return any(f"`{name}`" in problem.message for name in lost)
    return problem.code == "maybe-missing" and not lost.isdisjoint(re.findall(r"[a-z_]+", problem.message))
