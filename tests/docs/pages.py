"""The examples of the documentation, taken out of their pages.

Owns how a page marks them, and how the pieces it shows become the files that a reader has in front of them:

* a `yaml` block that begins with `# processes/inquiry.yaml` is that whole file;
* one that begins with `# in processes/inquiry.yaml` is a piece of it, put where its words belong; a word
  marked `# instead …` takes the place of what stood there;
* `# below, in …` is put at the end of the file;
* `# wrong, in …` is a mistake on purpose, and the `text` block that follows tells what Heard says about it;
* a comment `edit processes/inquiry.yaml: old => new` is what the sentence above it asks for, in words;
* a `markdown` block is the file that the line above names between backquotes;
* where files stand above the first section, each section begins with those; on other pages each goes on where
  the one before ended.

Judges nothing: `test_examples.py` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"

_FENCE = re.compile(r"(?P<indent> *)```(?P<kind>[a-z]*)\n(?P<text>.*?)\n?(?P=indent)```\n", re.S)
_MARK = re.compile(r"# (?P<how>in |wrong, in |below, in )?(?P<path>(?:processes|forms)/[\w./-]+\.yaml)\n")
_EDIT = re.compile(r"<!-- edit (?P<path>\S+): (?P<old>.*?) => (?P<new>.*?) -->")
_NAMED = re.compile(r"`(?P<path>processes/messages/[\w.-]+\.md)`[^`]*\n\s*$")
_SECTION = re.compile(r"^## +(.+)$", re.M)
_DEEP = {"states": 2, "clocks": 2, "tasks": 2} | dict.fromkeys(
    ("variables", "people", "decisions", "on", "wait-for", "properties"), 1
)
"""How far down a piece is put in word by word; what stands deeper is replaced as a whole."""

Files = dict[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A marked block. `how` is whole, piece, more, wrong, edit, console or text; the first five have a path."""

    how: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading, or above the first one: its title and its blocks in order."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(slots=True)
class Page:
    """A page with its sections."""

    path: Path
    sections: list[Section] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.relative_to(DOCS).as_posix()

    @property
    def goes_on(self) -> bool:
        return not any(block.how == "whole" for block in self.sections[0].blocks)


def page_of(path: Path) -> Page:
    """The page, read."""
    text = path.read_text(encoding="utf-8")
    page = Page(path)
    marks = [(0, 0, "")] + [(m.start(), m.end(), m[1]) for m in _headings(text)]
    for number, (_, begin, title) in enumerate(marks):
        end = marks[number + 1][0] if number + 1 < len(marks) else len(text)
        page.sections.append(Section(title, tuple(_blocks(text[begin:end]))))
    return page


def _headings(text: str) -> Iterator[re.Match[str]]:
    fences = [match.span() for match in _FENCE.finditer(text)]
    for match in _SECTION.finditer(text):
        if not any(begin <= match.start() < end for begin, end in fences):
            yield match


def _blocks(text: str) -> Iterator[Block]:
    for match in sorted((*_FENCE.finditer(text), *_EDIT.finditer(text)), key=lambda match: match.start()):
        if match.re is _EDIT:
            yield Block("edit", match["path"], f"{match['old']} => {match['new']}")
            continue
        body = "\n".join(line.removeprefix(match["indent"]) for line in match["text"].split("\n")) + "\n"
        kind = match["kind"]
        if kind == "yaml" and (mark := _MARK.match(body)):
            how = {"in ": "piece", "wrong, in ": "wrong", "below, in ": "more"}.get(mark["how"], "whole")
            yield Block(how, mark["path"], body)
        elif kind == "markdown" and (named := _NAMED.search(text[: match.start()])):
            yield Block("whole", named["path"], body)
        elif kind in ("console", "text"):
            yield Block(kind, "", body)


def put(files: Files, block: Block) -> None:
    """The files after the reader has done what the block shows."""
    if block.how == "whole":
        files[block.path] = block.text
    elif block.how == "more":
        files[block.path] += "\n" + block.text.partition("\n")[2]
    elif block.how == "edit" and block.path in files:  # else it is a file of the shipped home
        old, _, new = block.text.partition(" => ")
        assert files[block.path].count(old) == 1, block.text
        files[block.path] = files[block.path].replace(old, new)
    elif block.how in ("piece", "wrong"):
        files[block.path] = _into(files[block.path], block.text)


def _into(text: str, piece: str, depth: int | None = None) -> str:
    """The text with the words of the piece put in: known ones changed, new ones at the end."""
    order: dict[str, list[str]] = _words(text)
    for word, lines in _words(piece).items():
        left = _DEEP.get(word, 0) if depth is None else depth
        both = word in order and len(order[word]) > 1 and len(lines) > 1
        if both and word and left and "# instead" not in lines[0]:
            inner = _into(_inside(order[word]), _inside(lines), left - 1)
            order[word] = [order[word][0], *(f"  {line}" if line else line for line in inner.splitlines())]
        elif word:
            order[word] = lines
    return "\n".join(line for lines in order.values() for line in lines) + "\n"


def _words(text: str) -> dict[str, list[str]]:
    """The words in the first column, each with the lines below it; what stands above them is under ''."""
    found: dict[str, list[str]] = {"": []}
    word = ""
    for line in text.rstrip("\n").split("\n"):
        match = re.match(r"([a-z][\w-]*):", line)
        if match:
            word = match[1]
            found[word] = []
        if word or line.startswith("#"):
            found[word].append(line)
    return found


def _inside(lines: list[str]) -> str:
    return "\n".join(line.removeprefix("  ") for line in lines[1:])


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block with what it writes."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield command, output
