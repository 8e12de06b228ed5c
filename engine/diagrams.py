"""Pictures of processes as SVG: Graphviz lays them out, and a style sheet lets them follow the page they
stand in.

Owns the call of Graphviz (the `graphviz-pure` program that comes with Heard, else `dot` on the PATH) and what
a picture has in a page: role, title and description for those who cannot see it, drawn signs in place of
letters that a font may lack, and these hooks for a style sheet:

* `svg.heard`, the picture; `--heard-page`, `--heard-ink`, `--heard-quiet`, `--heard-paper`, `--heard-line`,
  `--heard-accent` and `--heard-tint` set its colours;
* `.state` with `data-state`, the id `<process>-<state>` and the classes `task`, `approval`, `wait`, `automatic`,
  `split`, `final`, `current`, `visited`; the notes at the foot are `.note`;
* `.move` with the classes `outcome`, `timer`, `message`, `automatic`, `anywhere`, `taken`; what is written beside an
  arrow is `.words`, on top of all arrows.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

from engine.core.drawing import CLOCK, ENVELOPE, PAUSE, Picture, as_dot
from engine.core.drawing.dot import ACCENT, INK, LINE, PAPER, QUIET, TINT, element
from engine.core.drawing.telling import about
from engine.errors import Rejected

SVG = "http://www.w3.org/2000/svg"
PATIENCE = 30.0  # seconds; a hundred states take a twentieth of one

_SHAPES = ":is(path, polygon, ellipse):not(.sign)"
STYLE = f"""
svg.heard {{
  max-width: 100%; height: auto;
  color: {INK}; background: var(--heard-page, var(--page)); --page: {PAPER};
  --quiet: {QUIET}; --paper: {PAPER}; --line: {LINE}; --accent: {ACCENT}; --tint: {TINT};
}}
@media (prefers-color-scheme: dark) {{
  svg.heard {{
    color: #e8ecf1; --page: #12171d;
    --quiet: #a9b4c0; --paper: #1d252f; --line: #8492a2; --accent: #7db9f5; --tint: #17385c;
  }}
}}
.heard text {{ fill: var(--heard-ink, currentColor) }}
.heard text {{ font-family: Arial, Helvetica, "Liberation Sans", sans-serif }}
.heard text.quiet {{ fill: var(--heard-quiet, var(--quiet)) }}
.heard .words text {{ paint-order: stroke; stroke: var(--heard-page, var(--page)); stroke-width: 3px }}
.heard .sign {{ stroke: var(--heard-ink, currentColor) }}
.heard :is(.state, .box, .move) > {_SHAPES} {{ stroke: var(--heard-line, var(--line)) }}
.heard .state > {_SHAPES}:not([fill="none"]) {{ fill: var(--heard-paper, var(--paper)) }}
.heard .state.begin > {_SHAPES}:not([fill="none"]) {{ fill: var(--heard-ink, currentColor) }}
.heard .state.current > {_SHAPES}:not([fill="none"]) {{ fill: var(--heard-tint, var(--tint)) }}
.heard :is(.visited, .taken) > {_SHAPES} {{ stroke: var(--heard-accent, var(--accent)) }}
.heard .move > polygon {{ fill: var(--heard-line, var(--line)) }}
.heard .move.taken > polygon {{ fill: var(--heard-accent, var(--accent)) }}
"""
"""What goes into each picture. A page that allows no style elements can have it in its own sheet instead."""

_OUTLINES = {
    CLOCK: "M0,-.37a.37,.37 0 1 1 .74,0a.37,.37 0 1 1 -.74,0m.37,-.26v.26h.2",
    ENVELOPE: "M0,-.56h.78v.56h-.78zl.39,.34l.39,-.34",
    PAUSE: "M.14,-.66h.14v.6h-.14zM.46,-.66h.14v.6h-.14z",
}
"""For a letter one unit high."""

_MOVED = re.compile(r"translate\(([-0-9.]+)[ ,]([-0-9.]+)\)")
ROW, GAP, EDGE = 1100.0, 16.0, 8.0
"""How wide a row of notes may be though the flow is narrower, and the room between notes and around them, in pixels."""


def svg_of(picture: Picture) -> str:
    """The picture as SVG, for a file or to be put into a page.

    Raises Rejected("no-graphviz") and Rejected("not-drawn").
    """
    flow, notes = picture.parted()
    root = _parsed(laid_out(as_dot(flow)))
    if notes.nodes:
        _set_below(root, _parsed(laid_out(as_dot(notes))))
    return dressed(root, picture)


def laid_out(dot: str) -> bytes:
    """What Graphviz makes of a DOT text, as bare SVG."""
    program = _program()
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Rejected("not-drawn", f"Expected {program} to lay the picture out, but: {error}") from error
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode(errors="replace").strip()[:500]
        raise Rejected("not-drawn", f"Expected {program} to lay the picture out, but it said: {said or 'nothing'}")
    return done.stdout


def _program() -> str:
    found = _own() or shutil.which("graphviz-pure") or shutil.which("dot")
    if found is None:
        raise Rejected(
            "no-graphviz",
            "Expected Graphviz to lay the picture out, but there is none: `pip install graphviz-pure`, "
            "install Graphviz, or ask for --format mermaid or dot, which need neither",
        )
    return found


def _own() -> str | None:
    """The program beside this Python, which need not be on the PATH."""
    scripts = shutil.which("graphviz-pure", path=sysconfig.get_path("scripts"))
    if scripts is not None:
        return scripts
    try:
        files = metadata.files("graphviz-pure") or ()
    except metadata.PackageNotFoundError:
        return None
    programs = (
        Path(str(file.locate())) for file in files if file.stem == "graphviz-pure" and "bin" in file.parts[-2:-1]
    )
    return next((str(program.resolve()) for program in programs if program.is_file()), None)


def _parsed(svg: bytes) -> ElementTree.Element:
    ElementTree.register_namespace("", SVG)
    return ElementTree.fromstring(svg)


@dataclass(frozen=True, slots=True)
class _Note:
    """A note as it was laid out, and where its frame is."""

    group: ElementTree.Element
    left: float
    top: float
    width: float
    height: float


def _set_below(root: ElementTree.Element, foot: ElementTree.Element) -> None:
    """Put the notes of one SVG below the flow of another: side by side, as many as fit into a row, in the middle."""
    _, _, wide, bottom = _size(root)
    graph = root.find(f"{{{SVG}}}g")
    assert graph is not None
    right, down = map(float, _MOVED.findall(graph.get("transform", ""))[0])
    widest = wide
    for row in _rows(_notes(foot), max(wide, ROW)):
        taken = sum(note.width + GAP for note in row) - GAP
        widest = max(widest, taken + 2 * EDGE)
        x = (wide - taken) / 2
        for note in row:
            across, below = x - right - note.left, bottom + GAP - down - note.top
            note.group.set("transform", f"translate({across:.2f} {below:.2f})")
            graph.append(note.group)
            x += note.width + GAP
        bottom += GAP + max(note.height for note in row)
    root.set("viewBox", f"{(wide - widest) / 2:.2f} 0.00 {widest:.2f} {bottom + EDGE:.2f}")


def _notes(foot: ElementTree.Element) -> Iterator[_Note]:
    for group in list(foot.iter(f"{{{SVG}}}g")):
        frame = group.find(f"{{{SVG}}}polygon")
        if "note" in group.get("class", "").split() and frame is not None:
            corners = [corner.split(",") for corner in frame.get("points", "").split()]
            across, down = ([float(corner[axis]) for corner in corners] for axis in (0, 1))
            yield _Note(group, min(across), min(down), max(across) - min(across), max(down) - min(down))


def _rows(notes: Iterable[_Note], width: float) -> list[list[_Note]]:
    rows: list[list[_Note]] = [[]]
    for note in notes:
        if rows[-1] and sum(each.width + GAP for each in rows[-1]) + note.width > width:
            rows.append([])
        rows[-1].append(note)
    return rows


def _size(root: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, width and height."""
    left, top, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    return left, top, width, height


def dressed(root: ElementTree.Element, picture: Picture) -> str:
    """The bare SVG with its style, its titles, its description and its drawn signs."""
    names = f"{picture.key}-picture-title", f"{picture.key}-picture-told"
    _, _, width, height = _size(root)
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    root.attrib |= {
        "class": "heard",
        "role": "img",
        "aria-labelledby": names[0],
        "aria-describedby": names[1],
        "lang": picture.language,
    }
    graph = root.find(f"{{{SVG}}}g")
    assert graph is not None
    _name(graph, picture)
    for group in list(graph.iter(f"{{{SVG}}}g")):
        _sign(group)
    _lift(graph)
    title = f"{picture.title} — {picture.case}" if picture.case else picture.title
    for number, (tag, id, text) in enumerate(
        (("title", names[0], title), ("desc", names[1], "\n".join(picture.told)), ("style", "", STYLE))
    ):
        child = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": id} if id else {})
        child.text = text
        root.insert(number, child)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _name(graph: ElementTree.Element, picture: Picture) -> None:
    """Titles that a person can read, which browsers show on hovering, in place of Graphviz's own."""
    graph.set("id", f"{picture.key}-picture")
    titles = {node.id: node.title for node in picture.nodes}
    said = {element(picture.key, node.id): about(node) for node in picture.nodes}
    said |= {
        f"{picture.key}-move-{n}": f"{titles[edge.source]} → {titles[edge.target]}"
        for n, edge in enumerate(picture.edges, 1)
    }
    states = {element(picture.key, node.id): node.id for node in picture.nodes if not node.id.startswith(".")}
    for child in graph.iter(f"{{{SVG}}}g"):
        id = child.get("id", "")
        own = child.find(f"{{{SVG}}}title")
        if own is not None and id in said:
            own.text = said[id]
        elif own is not None:
            child.remove(own)
        if id in states:
            child.set("data-state", states[id])


def _lift(graph: ElementTree.Element) -> None:
    """Put the words beside an arrow on top of all arrows, so that none that crosses them strikes them out."""
    for group in [child for child in graph if "move" in child.get("class", "").split()]:
        words = [child for child in group if child.tag == f"{{{SVG}}}text" or child.get("class") == "sign"]
        if words:
            above = ElementTree.SubElement(graph, f"{{{SVG}}}g", {"class": "words"})
            own = group.find(f"{{{SVG}}}title")
            above.extend([deepcopy(own), *words] if own is not None else words)
            for child in words:
                group.remove(child)


def _sign(group: ElementTree.Element) -> None:
    """Give each text its class, and draw the clock and the envelope."""
    texts = [(index, child) for index, child in enumerate(group) if child.tag == f"{{{SVG}}}text"]
    signed = {child.get("y") for _, child in texts if (child.text or "").strip() in _OUTLINES}
    for index, text in texts:
        if text.get("fill") == QUIET:
            text.set("class", "quiet")
        x, y, size = (float(text.get(name, "0")) for name in ("x", "y", "font-size"))
        if text.get("y") in signed:  # Graphviz sets a line of two runs a little higher than one of one
            y += 0.16 * size
            text.set("y", f"{y:.2f}")
        if (text.text or "").strip() in _OUTLINES:
            group[index] = _drawn((text.text or "").strip(), x, y, size)


def _drawn(sign: str, x: float, y: float, size: float) -> ElementTree.Element:
    """A clock or an envelope that stands on the base line like a letter of this size."""
    look = {"fill": "none", "stroke": INK, "stroke-width": "0.08", "stroke-linejoin": "round"}
    place = f"translate({x:.2f} {y:.2f}) scale({size:g})"
    return ElementTree.Element(f"{{{SVG}}}path", {"class": "sign", "d": _OUTLINES[sign], "transform": place, **look})
