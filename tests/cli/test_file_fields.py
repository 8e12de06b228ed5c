"""Files in forms on the command line: the path of a file keeps it, and what is not kept is refused."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.shell import Shell, deployed
from tests.definition.planting import PEOPLE, home

BODY = """
states:
  received:
    task: {title: Prove it, candidates: agent, form: order-proof}
    on: {done: closed}
  closed: {final: done}
"""
PROOF = {
    "order-proof": """
required: [papers]
properties:
  papers: {type: array, items: {type: string, format: file}}
  lines: {type: array, items: {type: object, properties: {photo: {type: string, format: file}}}}
"""
}


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return deployed(tmp_path, capsys, home(BODY, forms=PROOF, people=PEOPLE))


def begun(shell: Shell) -> str:
    return shell.good("start", "order", "--as", "ann", "--set", "kind=goods", "--set", "amount=1").split()[0]


def test_a_file_field_takes_the_path_of_a_file_and_keeps_it(shell: Shell) -> None:
    (shell.folder / "bill.txt").write_text("Paid.")
    reference = begun(shell)
    shell.good(
        *("complete", reference, "done", "--as", "ann", "--file", "papers=bill.txt", "--file", "lines.0.photo=bill.txt")
    )
    proof = shell.json("case", reference)["case"]["data"]["proof"]
    paper = {"name": "bill.txt", "type": "text/plain", "size": 5, "sha256": sha256(b"Paid.").hexdigest()}
    assert proof == {"papers": [paper], "lines": [{"photo": paper}]}


def test_a_file_that_is_not_there_and_one_that_somebody_made_up_are_refused(shell: Shell) -> None:
    reference = begun(shell)
    assert "[unreadable]" in shell.refused("complete", reference, "done", "--as", "ann", "--file", "papers=gone.txt")
    invented = {"papers": [{"name": "a.pdf", "type": "application/pdf", "size": 3, "sha256": "0" * 64}]}
    (shell.folder / "values.json").write_text(json.dumps(invented))
    told = shell.refused("complete", reference, "done", "--as", "ann", "--values", "values.json")
    assert "papers.0" in told and "has been uploaded" in told
