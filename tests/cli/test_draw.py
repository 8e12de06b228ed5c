"""`heard draw`: SVG that stands in any page, the other formats, the way of a case, and clear refusals."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine import diagrams
from engine.cli import main
from engine.core.drawing import as_dot, picture_of
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.diagrams import SVG, svg_of
from engine.library import catalog_of
from engine.runtime import Engine
from engine.store.database import open_database
from tests.builders import ANN, PROCESS, files

BODY = """
start: {by: [customer, agent], go: open}
states:
  open:
    title: Look & <see>
    task: {candidates: [agent]}
    on: {done: end}
    after: {3d: end}
    wait-for: {customer-replied: end}
  end: {title: The end, final: resolved}
"""


def home(folder: Path, body: str = BODY) -> Path:
    for path, text in files(body).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "forms").mkdir(exist_ok=True)
    return folder


def heard(folder: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(folder), "--database", f"sqlite:///{folder}/heard.db", *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def groups(svg: str) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(svg)
    return {group.get("id", ""): group for group in root.iter(f"{{{SVG}}}g")}


def test_draw_writes_an_svg_with_a_title_a_description_and_a_group_for_each_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert heard(home(tmp_path), "draw", "order") == 0
    svg = capsys.readouterr().out
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("lang") == "en"
    title, told = (root.find(f"{{{SVG}}}{tag}") for tag in ("title", "desc"))
    assert title is not None and title.text == "Order" and title.get("id") == root.get("aria-labelledby")
    assert told is not None and "In Look & <see>: Done leads to The end." in (told.text or "")
    found = groups(svg)
    assert found["order-open"].get("class") == "node state task"
    assert found["order-open"].get("data-state") == "open"
    assert found["order-end"].get("class") == "node state final"
    assert {"order-move-1", "order-move-2", "order-move-3", "order-move-4"} <= set(found)


def test_an_svg_loads_nothing_links_nowhere_and_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = BODY.replace("Look & <see>", "'URL=javascript:alert(1) <a href=\"x\"><script>'")
    assert heard(home(tmp_path, hostile), "draw", "order") == 0
    root = ElementTree.fromstring(capsys.readouterr().out)
    tags = {element.tag.removeprefix(f"{{{SVG}}}") for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "g", "path", "polygon", "ellipse", "text", "polyline"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not any("href" in name or name.startswith("on") for name in names)
    style = root.find(f"{{{SVG}}}style")
    assert style is not None and "url(" not in (style.text or "") and "import" not in (style.text or "")


def test_clock_and_envelope_are_drawn_and_not_left_to_a_font(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard(home(tmp_path), "draw", "order")
    svg = capsys.readouterr().out
    assert svg.count('class="sign"') == 2
    texts = "".join(text.text or "" for text in ElementTree.fromstring(svg).iter(f"{{{SVG}}}text"))
    assert "◷" not in texts and "✉" not in texts and "after 3 days" in texts


def test_the_format_follows_the_files_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home(tmp_path)
    for name, beginning in (("a.svg", "<svg "), ("a.mmd", "flowchart TB"), ("a.dot", 'digraph "order"')):
        assert heard(folder, "draw", "order", "--output", str(tmp_path / name)) == 0
        assert (tmp_path / name).read_text().startswith(beginning)
    assert heard(folder, "draw", "order", "--format", "dot", "--output", str(tmp_path / "b.svg")) == 0
    assert (tmp_path / "b.svg").read_text().startswith("digraph")
    assert "Wrote " in capsys.readouterr().out


def test_a_case_is_drawn_in_the_version_it_began_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home(tmp_path)
    store = open_database(f"sqlite:///{folder}/heard.db")
    store.upgrade()
    engine = Engine(store)
    engine.deploy(examine(Catalog(files(BODY)), PROCESS), "ann")
    reference = engine.start("order", ANN, {}).reference
    store.close()
    home(tmp_path, BODY.replace("Look & <see>", "Something else"))
    assert heard(folder, "draw", "--case", reference) == 0
    svg = capsys.readouterr().out
    assert "Something else" not in svg and f"Order — {reference}" in svg
    assert groups(svg)["order-open"].get("class") == "node state task current visited"
    taken = [id for id, group in groups(svg).items() if "taken" in (group.get("class") or "").split()]
    assert taken == ["order-move-1"]
    assert heard(folder, "draw", "inquiry", "--case", reference) == 1
    assert "[other-process]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["oder"], 1, "did you mean 'order'? [no-such-process]"),
        (["order", "--language", "fr"], 1, "[no-such-language]"),
        (["order", "--output", "/nowhere/at/all.svg"], 1, "[unwritable]"),
        (["--case", "ORD-2026-09999"], 1, "[no-such-case]"),
        ([], 2, "Expected a process such as inquiry"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(
    arguments: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert heard(home(tmp_path), "draw", *arguments) == code
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_a_broken_definition_shows_its_problems_and_no_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert heard(home(tmp_path, BODY.replace("done: end", "done: nowhere")), "draw", "order") == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "unknown-state" in shown.err


def test_without_graphviz_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagrams, "_own", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda *given, **more: None)
    assert heard(home(tmp_path), "draw", "order") == 1
    assert "pip install graphviz-pure" in capsys.readouterr().err
    assert heard(tmp_path, "draw", "order", "--format", "mermaid") == 0


def test_a_big_process_is_drawn_within_a_second_or_two() -> None:
    states = "\n".join(
        f"  s{n}: {{task: {{candidates: [agent]}}, on: {{next: s{n + 1}, back: s{max(0, n - 3)}}}}}" for n in range(100)
    )
    body = f"start: {{by: customer, go: s0}}\nstates:\n{states}\n  s100: {{final: done}}\n"
    definition = examine(Catalog(files(body)), PROCESS).definition
    assert definition is not None
    picture = picture_of(definition)
    assert as_dot(picture).count(" -> ") == len(picture.edges)
    assert svg_of(picture).count('data-state="s') == 101


@pytest.mark.parametrize("process", ["inquiry", "referred-complaint"])
def test_the_documentations_pictures_have_every_state(process: str) -> None:
    root = Path(__file__).resolve().parents[2]
    definition = examine(catalog_of(root), f"processes/{process}.yaml").definition
    assert definition is not None
    drawn = groups((root / "docs" / "images" / f"{process}.svg").read_text(encoding="utf-8"))
    states = {group.get("data-state") for group in drawn.values()} - {None}
    assert states == set(definition.states), "run `python tools/pictures.py`"
