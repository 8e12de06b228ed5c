"""One slip, one problem: what of a process's problems only follows from another is not told, what other files have is
told with it, once, and a name that nothing has is told at its first place with the number of the others.

Owns this choice among the problems. Finds none itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, ORGANISATION, PROCESSES, Catalog, used_forms
from engine.definition.flow import Flow
from engine.definition.outline import Outline
from engine.definition.shapes import Report
from engine.errors import Place, Problem


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


# --- a name that stands in many places

OF_THE_HOUSE: Mapping[str, str] = {
    "unknown-role": "person",
    "unknown-message": "message",
    "unknown-form": "form",
    "unknown-process": "process",
    "missing-translation": "language",
}
"""What a name would be of, by the code: these mean the same in every process."""

OF_A_PROCESS: Mapping[str, str] = {
    **OF_THE_HOUSE,
    "unknown-state": "state",
    "unknown-recipient": "person",
    "unknown-relation": "person",
    "unknown-name": "value",
    "unknown-variable": "value",
    "unknown-field": "field",
    "unknown-milestone": "milestone",
    "unknown-task": "task",
    "unknown-clock": "clock",
    "unknown-call": "call",
}
"""A misspelt variable is no variable for `set` and nothing at all for a guard: one slip."""

_NAME = re.compile(
    r"(?:there is no '|is called `|`milestones` has no field `)(?P<name>[^'`]+)|`[^`]+` has no field `[^`]+`"
)


def each_name_once(problems: Iterable[Problem], kinds: Mapping[str, str]) -> Iterator[Problem]:
    """The same problems, but of all that say that one name is nothing only the first, with the places of the others.

    The first is the one in a process, else the one in the file that comes first.
    """
    found: dict[object, list[Problem]] = {}
    for problem in problems:
        named = _NAME.search(problem.message) if problem.code in kinds else None
        found.setdefault((_kind(problem, kinds), named["name"] or named[0]) if named else len(found), []).append(
            problem
        )
    for same in found.values():
        first = min(same, key=lambda problem: _first(problem.place))
        places = {place for problem in same for place in (problem.place, *problem.also)} - {first.place}
        yield replace(first, also=tuple(sorted(places, key=_first)))


def _kind(problem: Problem, kinds: Mapping[str, str]) -> str:
    return "milestone" if problem.message.startswith("`milestones`") else kinds[problem.code]


def apart(problem: Problem) -> Iterator[Problem]:
    """A problem at each of its places."""
    for place in (problem.place, *problem.also):
        yield replace(problem, place=place, also=())


def _first(place: Place) -> tuple[bool, Place]:
    return not place.file.startswith(PROCESSES), place
