"""One slip of the pen is one finding: what only follows from it is not told. Tried on the shipped complaint."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.linter import lint, lint_home
from engine.home import shipped
from engine.library import read_files

COMPLAINT = "processes/complaint.yaml"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(read_files(shipped()))


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("        go: frontline\n", "        go: frontlin\n", "unknown-state"),
        ("worked-on: investigation}", "worked-on: investigatoin}", "unknown-state"),
        ("form: complaint-decision", "form: complaint-decison", "unknown-form"),
        ("form: complaint-assessment", "form: complaint-assesment", "unknown-form"),
        ("form: complaint-intake", "form: complaint-intak", "unknown-form"),
        ("candidates: [investigator]", "candidates: [investigater]", "unknown-role"),
        ("owner: process-owner", "owner: proces-owner", "unknown-role"),
        ("owner: process-owner", "owner: system", "system-works"),
        ("candidates: [investigator]", "candidates: [system]", "system-works"),
        ("quorum: 2, of: [quality-manager,", "quorum: 2, of: [system,", "system-works"),
        ("inputs: [assessment.impact,", "inputs: [assessment.impct,", "unknown-field"),
        ("inputs: [alarm]", "inputs: [alrm]", "unknown-name"),
        ("- [organisation, medium, S2]", "- [organisation, medium, S22]", "decision-result"),
        ("- {when: severity == S1, set", "- {when: severity == S5, set", "not-in-enum"),
        ("only-when: asked < 2", "only-when: asked < yes", "unknown-name"),
        ("set: {asked: asked + 1}", "set: {asked: asked == 1}", "type-mismatch"),
        ("set: {asked: asked + 1}", "set: {askd: asked + 1}", "unknown-variable"),
        ("send: complaint-received", "send: complaint-recieved", "unknown-message"),
        ("calendar: office", "calendar: ofice", "unknown-calendar"),
        ("    task:\n", "    tsk:\n", "unknown-word"),
        ("      candidates: [", "      candiates: [", "unknown-word"),
        ("variables:\n", "variabels:\n", "unknown-word"),
        ("decisions:\n", "decision:\n", "unknown-word"),
    ],
)
def test_one_slip_is_one_error(files: dict[str, bytes], right: str, wrong: str, code: str) -> None:
    text = files[COMPLAINT].decode()
    assert right in text
    slipped = files | {COMPLAINT: text.replace(right, wrong, 1).encode()}
    found = [problem for problem in lint(Catalog(slipped), COMPLAINT).problems if problem.severity == "error"]
    assert [problem.code for problem in found] == [code], "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("declared", "slipped", "code", "more"),
    [
        ("\n  investigation:\n", "\n  investigaton:\n", "unknown-state", 13),
        ("\n  asked: {", "\n  askd: {", "unknown-name", 2),
        ("\n  severity:\n    title", "\n  severety:\n    title", "unknown-name", 27),
        ("\n  handler: {", "\n  handlr: {", "unknown-relation", 6),
    ],
)
def test_a_misspelt_declaration_is_one_error_whatever_asks_for_it(
    files: dict[str, bytes], declared: str, slipped: str, code: str, more: int
) -> None:
    text = files[COMPLAINT].decode()
    assert text.count(declared) == 1
    (found,) = lint(Catalog(files | {COMPLAINT: text.replace(declared, slipped).encode()}), COMPLAINT).problems
    assert (found.code, found.place.file, len(found.also)) == (code, COMPLAINT, more)
    assert f"(and {more} more places: {str(found.also[0]).removeprefix(f'{COMPLAINT}:')}, " in str(found)
    inside = [place for place in found.also if place.file == COMPLAINT]
    assert inside == sorted(inside) and found.place < inside[0]


def test_a_role_that_three_people_have_and_nobody_declared_is_one_error(files: dict[str, bytes]) -> None:
    path = "processes/organisation.yaml"
    text = files[path].decode()
    slipped = text.replace("\n  complaint-officer:", "\n  complaint-oficer:")
    (found,) = lint_home(Catalog(files | {path: slipped.encode()})).problems
    assert (found.code, found.place.file, len(found.also)) == ("unknown-role", path, 2)


def test_the_same_wrong_name_in_two_processes_is_two_errors(files: dict[str, bytes]) -> None:
    slipped = dict(files)
    for path in (COMPLAINT, "processes/inquiry.yaml"):
        text = files[path].decode()
        assert "go: withdrawn" in text
        slipped[path] = text.replace("go: withdrawn", "go: withdrwan", 1).encode()
    found = lint_home(Catalog(slipped)).problems
    assert [(one.code, one.place.file, one.also) for one in found] == [
        ("unknown-state", COMPLAINT, ()),
        ("unknown-state", "processes/inquiry.yaml", ()),
    ]


@pytest.mark.parametrize("of", ["S1", "not-yet-known"])
def test_a_duration_that_cannot_be_read_is_not_also_missing(files: dict[str, bytes], of: str) -> None:
    text = files[COMPLAINT].decode()
    right = "target: {by: severity, S1: 5bd, S2: 10bd, S3: 15bd, S4: 20bd, not-yet-known: 5bd}"
    assert right in text
    wrong = text.replace(right, right.replace(f"{of}: 5bd", f"{of}: 12bdd"))
    (found,) = lint(Catalog(files | {COMPLAINT: wrong.encode()}), COMPLAINT).problems
    assert found.code == "not-a-duration" and "12bdd" in found.message


@pytest.mark.parametrize("due", ["2hb", "", "{by: severity, S1: 2bh}"])
def test_a_due_that_cannot_be_read_is_not_also_missing_for_what_speaks_of_it(files: dict[str, bytes], due: str) -> None:
    inquiry = "processes/inquiry.yaml"
    text = files[inquiry].decode()
    right = "form: inquiry-triage\n      due: 4bh"
    assert right in text and b"{due}" in files["processes/messages/inquiry-received.en.md"]
    wrong = text.replace(right, f"form: inquiry-triage\n      due: {due}")
    found = lint(Catalog(files | {inquiry: wrong.encode()}), inquiry).problems
    assert {problem.place.file for problem in found} == {inquiry}, "\n".join(map(str, found))


def test_an_answer_without_any_duration_is_still_told(files: dict[str, bytes]) -> None:
    text = files[COMPLAINT].decode()
    wrong = text.replace("{by: severity, S1: 5bd, S2: 10bd, S3: 15bd,", "{by: severity, S1: 5bdd, S3: 15bd,", 1)
    assert wrong != text
    found = lint(Catalog(files | {COMPLAINT: wrong.encode()}), COMPLAINT).problems
    assert [one.code for one in found] == ["no-else", "not-a-duration"]
    assert found[0].message.endswith("nothing for S2")


# --- a milestone under a name that nobody hears


def test_a_milestone_that_is_nearly_one_that_a_clock_waits_for_is_a_warning(files: dict[str, bytes]) -> None:
    text = files[COMPLAINT].decode()
    wrong = text.replace("milestone: decision-communicated, go", "milestone: decision-comunicated, go", 1)
    (found,) = lint(Catalog(files | {COMPLAINT: wrong.encode()}), COMPLAINT).problems
    assert (found.code, found.severity) == ("milestone-unheard", "warning")
    assert "did you mean 'decision-communicated'?" in found.message


@pytest.mark.parametrize("name", ["told-by-letter", "decision-communicated-2", "communicated"])
def test_a_milestone_that_nothing_asks_for_may_have_any_other_name(files: dict[str, bytes], name: str) -> None:
    text = files[COMPLAINT].decode()
    other = text.replace("milestone: decision-communicated, go", f"milestone: {name}, go", 1)
    assert other != text
    other = other.replace("\nmilestones:\n", f"\nmilestones:\n  {name}: {{title: {{en: Told, de: Gesagt}}}}\n")
    assert not lint(Catalog(files | {COMPLAINT: other.encode()}), COMPLAINT).problems


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("send: complaint-received", "send: complaint-recieved", "unknown-message"),
        ("form: complaint-decision", "form: complaint-decison", "unknown-form"),
    ],
)
def test_a_file_that_is_named_with_a_slip_is_not_also_unused(
    files: dict[str, bytes], right: str, wrong: str, code: str
) -> None:
    slipped = files | {COMPLAINT: files[COMPLAINT].replace(right.encode(), wrong.encode())}
    assert {problem.code for problem in lint_home(Catalog(slipped)).problems} == {code}


def test_a_file_that_nobody_means_is_unused(files: dict[str, bytes]) -> None:
    path = "processes/messages/wholly-different.en.md"
    (found,) = lint_home(Catalog(files | {path: b"---\nsubject: x\n---\nx\n"})).problems
    assert (found.code, found.place.file) == ("unused-file", path)
