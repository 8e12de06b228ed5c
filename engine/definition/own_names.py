"""The names that a process gives: its own, which is its file's, and those within it, each of which means one thing.

Owns these two checks.
"""

from __future__ import annotations

from dataclasses import replace

from engine.definition.catalog import Catalog, stem, used_forms
from engine.definition.flow import BUILT_IN
from engine.definition.outline import Outline
from engine.definition.shapes import Report


def called_like_its_file(outline: Outline, path: str, report: Report) -> Outline:
    """The outline under the name that its forms are called by, so that a wrong name is one problem and not one for each
    form.
    """
    name = stem(path)
    if name == outline.key:
        return outline
    place = outline.head["process"].place
    report.problem(
        place,
        "file-name",
        f"Expected the process to be called like its file '{name}', but it is '{outline.key}'",
        "rename one of the two",
    )
    return (
        outline
        if any(form.startswith(f"{outline.key}-") for form in used_forms(outline))
        else replace(outline, key=name)
    )


def names_once(outline: Outline, catalog: Catalog, report: Report) -> None:
    """A name means one thing: no variable, person, decision or row is called like another, like a form's values or like
    a built-in name; and nobody of `people` like a role, because both may stand where it is said who may do something.
    """
    head = outline.head
    for said, _ in head.get("people", ()):
        if said.text in catalog.organisation.roles:
            report.problem(
                said.place,
                "name-twice",
                f"Expected a new name for a name of `people`, but '{said.text}' is already a role",
                f"choose another name, such as {said.text.replace('-', '_')}_of_the_case",
            )
    taken: dict[str, str] = dict.fromkeys(
        (*BUILT_IN, "milestones", "promises", "due", "claimed", "authors"), "a built-in name"
    )
    for form in sorted(used_forms(outline)):
        taken.setdefault(outline.alias(form), f"the values of the form '{form}'")
    groups = [
        ("a variable", head.get("variables", ())),
        ("a name of `people`", head.get("people", ())),
        ("a decision", head.get("decisions", ())),
    ]
    rows = [
        (state.fork.name, None)
        for state in outline.states.values()
        if state.fork is not None and state.fork.name is not None
    ]
    for what, entries in (*groups, ("a row of `for-each`", rows)):
        for said, _ in entries:
            if said.text in taken and not (what == "a row of `for-each`" and taken[said.text] == what):
                report.problem(
                    said.place,
                    "name-twice",
                    f"Expected a new name for {what}, but '{said.text}' is already {taken[said.text]}",
                    "choose another name",
                )
            taken.setdefault(said.text, what)
    for call in outline.calls:
        said, what = call.name, f"the name of a case of '{call.process.text}'"
        if taken.setdefault(said.text, what) != what:
            report.problem(
                said.place,
                "name-twice",
                f"Expected a new name for a called case, but '{said.text}' is already {taken[said.text]}",
                "choose another name with `as`",
            )
