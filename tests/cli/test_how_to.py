"""The commands of the how-to page about cases write what the page shows, one after the other, on the shipped
processes.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine import runtime
from engine.cli import main
from engine.home import shipped

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/work-with-cases.md"


def test_the_commands_of_the_page_write_what_it_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEARD_PERSON", raising=False)
    monkeypatch.delenv("HEARD_DATABASE_URL", raising=False)
    monkeypatch.setenv("HEARD_HOME", str(shipped()))
    (question,) = re.findall(r"```yaml\n# question\.yaml\n(.*?)```", text, re.S)
    (tmp_path / "question.yaml").write_text(question, encoding="utf-8")
    year = str(runtime.wall_clock().year)
    asked = 0
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for piece in re.split(r"^\$ heard ", block, flags=re.M)[1:]:
            line, _, shown = piece.partition("\n")
            words = [word.replace("INQ-2026", f"INQ-{year}") for word in shlex.split(line)]
            capsys.readouterr()
            with pytest.raises(SystemExit):
                main(words)
            out, err = capsys.readouterr()
            assert "own fault" not in err, err
            if shown.strip():
                assert (out + err).replace(f"INQ-{year}", "INQ-2026").strip() == shown.strip(), line
            else:
                assert out.strip() and not err, (line, err)
            asked += 1
    assert asked > 10
