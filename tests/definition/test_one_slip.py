"""One slip of the pen is one finding: what only follows from it is not told. Tried on the shipped complaint."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.linter import lint
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
        ("  investigated_by: investigation", "  investigated_by: investigatoin", "unknown-state"),
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
    ],
)
def test_one_slip_is_one_error(files: dict[str, bytes], right: str, wrong: str, code: str) -> None:
    text = files[COMPLAINT].decode()
    assert right in text
    slipped = files | {COMPLAINT: text.replace(right, wrong, 1).encode()}
    found = [problem for problem in lint(Catalog(slipped), COMPLAINT).problems if problem.severity == "error"]
    assert [problem.code for problem in found] == [code], "\n".join(map(str, found))
