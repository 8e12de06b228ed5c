"""`heard draw`: SVG that stands in any page, the other formats, the way of a case, and clear refusals."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
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

ROOT = Path(__file__).resolve().parents[2]
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


def moved(group: ElementTree.Element) -> tuple[float, float]:
    """How far a group is moved to the right and down."""
    found = re.search(r"translate\(([-0-9.]+) ([-0-9.]+)\)", group.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0, 0)


def frame(group: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the outline that a group has."""
    outlines = [child for child in group if child.get("class") != "sign"]
    drawn = [child.get("points") or child.get("d") or "" for child in outlines]
    points = [tuple(map(float, point)) for each in drawn for point in re.findall(r"(-?[\d.]+),(-?[\d.]+)", each)]
    right, down = moved(group)
    across, below = ([point[axis] for point in points] for axis in (0, 1))
    return min(across) + right, min(below) + down, max(across) + right, max(below) + down


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


def test_the_notes_lie_below_the_flow_side_by_side_and_all_of_it_is_in_the_picture() -> None:
    head = "on: {stop: {by: [agent], go: end}}\nclocks: {answer: {target: 3d, stops-on: state end}}\n"
    tasks = "tasks: {letter: {title: Write, candidates: [agent], on: {done: {}}}}\n"
    opening = BODY.replace("    after: {3d: end}", "    open: letter\n    after: {3d: end}")
    definition = examine(Catalog(files(head + tasks + opening)), PROCESS).definition
    assert definition is not None
    svg = svg_of(picture_of(definition))
    found = groups(svg)
    notes = [frame(found[f"order--{note}"]) for note in ("anywhere", "beside", "promised")]
    assert len({round(top) for _, top, _, _ in notes}) == 1
    assert all(one[2] < next_one[0] for one, next_one in pairwise(notes))
    assert notes[0][1] > max(frame(found[state])[3] for state in ("order-open", "order-end"))
    left, top, width, height = map(float, ElementTree.fromstring(svg).get("viewBox", "").split())
    right, down = moved(found["order-picture"])
    for note in notes:
        assert left < note[0] + right < note[2] + right < left + width
        assert top < note[1] + down < note[3] + down < top + height


def test_notes_that_do_not_fit_beside_each_other_go_into_the_next_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagrams, "GAP", diagrams.ROW)  # so far apart that no row has room for two
    definition = examine(catalog_of(ROOT), "processes/corrective-action.yaml").definition
    assert definition is not None
    found = groups(svg_of(picture_of(definition)))
    anywhere, promised = (frame(found[f"corrective-action--{note}"]) for note in ("anywhere", "promised"))
    assert promised[1] > anywhere[3]


def test_what_is_written_beside_an_arrow_lies_on_top_of_every_arrow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert heard(home(tmp_path), "draw", "order") == 0
    root = ElementTree.fromstring(capsys.readouterr().out)
    kinds = [(group.get("class") or "").split() for group in root.iter(f"{{{SVG}}}g")]
    words = [number for number, classes in enumerate(kinds) if "words" in classes]
    assert len(words) == 4 and min(words) > max(n for n, classes in enumerate(kinds) if "move" in classes)
    moves = [group for group in root.iter(f"{{{SVG}}}g") if "move" in (group.get("class") or "").split()]
    assert not any(group.findall(f"{{{SVG}}}text") for group in moves)


@pytest.mark.parametrize("process", ["inquiry", "referred-complaint"])
def test_the_documentations_pictures_have_every_state(process: str) -> None:
    definition = examine(catalog_of(ROOT), f"processes/{process}.yaml").definition
    assert definition is not None
    drawn = groups((ROOT / "docs" / "images" / f"{process}.svg").read_text(encoding="utf-8"))
    states = {group.get("data-state") for group in drawn.values()} - {None}
    assert states == set(definition.states), "run `python tools/pictures.py`"
