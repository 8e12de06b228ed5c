"""Message templates: `processes/messages/<id>.<language>.md`.

Owns how such a file is read, checked against a scope, and filled in. Knows neither who gets a message nor how
it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from engine.definition import characters, markdown, nodes
from engine.definition.expressions import Expression, Scope
from engine.definition.lines import (
    NO_LABELS,
    AllLabels,
    Bound,
    Filled,
    Line,
    LineSource,
    bind,
    filled,
    one_line,
    pieces_of,
    read_line,
    read_text,
)
from engine.definition.markdown import to_html, to_text
from engine.definition.nodes import Scalar, kind
from engine.definition.placeholders import Piece, Placeholder, split
from engine.definition.reader import read
from engine.definition.suggest import near
from engine.errors import DefinitionError, Place, Problem

__all__ = [
    "Line", "LineSource", "Rendered", "Template", "TemplateSource",
    "read_line", "read_template", "read_text", "to_html", "to_text",
]  # fmt: skip

CHARACTERS = 20_000
SUBJECT = 250
"""Most characters of a template, and of a subject as sent."""

_NAME = re.compile(r"(?P<id>[a-z0-9][a-z0-9-]*)\.(?P<language>[a-z]{2})\.md")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r"---[ \t]*")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message filled in. `subject` is always one line; `body` is Markdown in which values are escaped."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """A message in one language, ready to be filled in."""

    id: str
    language: str
    place: Place
    subject: Bound
    body: Bound

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(piece.expression for piece in (*filled(self.subject), *filled(self.body)))

    def render(self, values: Mapping[str, object], language: str, zone: tzinfo) -> Rendered:
        """Filled in for a reader of `language`, instants in `zone`. Raises Stuck when a value is missing."""
        subject = one_line(self.subject, values, language, zone)
        if len(subject) > SUBJECT:
            subject = subject[: SUBJECT - 1] + "…"
        body: list[str] = []
        for piece in _told(self.body, values):
            if isinstance(piece, str):
                body.append(piece)
            elif piece.indent is None:
                body.append(markdown.escape_in_row(piece.words(values, language, zone)))
            else:
                body.append(markdown.escape(piece.words(values, language, zone), piece.indent))
        return Rendered(subject, "".join(body))


def _told(bound: Bound, values: Mapping[str, object]) -> Iterator[str | Filled]:
    """The pieces without the lines that are left out."""
    line: list[str | Filled] = []
    for piece in bound:
        for part in _LINES.findall(piece) if isinstance(piece, str) else (piece,):
            line.append(part)
            if isinstance(part, str) and part.endswith("\n"):
                yield from _whole(line, values)
                line = []
    yield from _whole(line, values)


def _whole(line: list[str | Filled], values: Mapping[str, object]) -> list[str | Filled]:
    gone = any(isinstance(piece, Filled) and piece.is_left_out(values) for piece in line)
    return [] if gone else line


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template as read: whose message in which language, and its two texts in pieces."""

    id: str
    language: str
    place: Place
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return tuple(piece for piece in (*self.subject, *self.body) if isinstance(piece, Placeholder))

    def bind(self, scope: Scope, labels: AllLabels = NO_LABELS) -> Template:
        """The template checked against the scope. Raises DefinitionError with all problems."""
        problems: list[Problem] = []
        subject = bind(self.subject, scope, labels, problems)
        body = bind(self.body, scope, labels, problems)
        if problems:
            raise DefinitionError(problems)
        return Template(self.id, self.language, self.place, subject, body)


def read_template(text: str | bytes, file: str) -> TemplateSource:
    """A template file; its name says message and language. Raises DefinitionError with all problems."""
    problems: list[Problem] = []
    name = _NAME.fullmatch(re.split(r"[/\\]", file)[-1])
    if name is None:
        message = "The file's name does not say which message it is, and in which language"
        advice = "Name it such as `inquiry-received.en.md`: the message, the language in two letters, md"
        problems.append(Problem(Place(file), "template-name", message, advice))
    lines = characters.split_lines(_checked(text, file, problems))
    end = next((number for number, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), 0)
    subject: tuple[Piece, ...] = ()
    begin = 0
    if end and _FENCE.fullmatch(lines[0]):
        # The empty first line stands for the fence, so that places are the file's.
        subject = _subject("\n".join(["", *lines[1:end]]), file, problems)
        begin = end + 1
    else:
        message = "Expected the file to begin with `---`, the subject and another `---`"
        advice = "Begin with the lines `---`, `subject: …`, `---`"
        problems.append(Problem(Place(file), "no-front-matter", message, advice))
    body = _body(lines, begin, file, problems)
    if problems or name is None:
        raise DefinitionError(problems)
    return TemplateSource(name["id"], name["language"], Place(file), subject, body)


def _checked(text: str | bytes, file: str, problems: list[Problem]) -> str:
    """The text without what nobody can see. Raises at once where it makes no sense to read on."""
    # A character has at most four bytes: what is longer need not be decoded to be known as too long.
    long = isinstance(text, bytes) and len(text) > 4 * CHARACTERS
    refused: list[Problem] = []
    if isinstance(text, bytes) and not long:
        text, refused = characters.decode(text, file)
    if long or len(text) > CHARACTERS:
        message = f"Expected at most {CHARACTERS:,} characters, but the message has {len(text):,}"
        refused = [Problem(Place(file), "too-large", message, "Shorten it, or attach a document")]
    if refused or isinstance(text, bytes):
        raise DefinitionError([*problems, *refused])
    source, unseen = characters.refuse(text.removeprefix("\ufeff"), file)
    problems.extend(unseen[:50])
    return source


def _body(lines: list[str], begin: int, file: str, problems: list[Problem]) -> tuple[Piece, ...]:
    while begin < len(lines) and not lines[begin].strip():
        begin += 1
    if begin >= len(lines):
        place = Place(file, len(lines))
        problems.append(Problem(place, "empty", "The message has no text", "Write it below the second `---`"))
    try:
        return split("\n".join(lines[begin:]).rstrip() + "\n", Place(file, begin + 1))
    except DefinitionError as error:
        problems.extend(error.problems)
        return ()


def _subject(front: str, file: str, problems: list[Problem]) -> tuple[Piece, ...]:
    advice = "Write `subject: …` between the two `---` lines"
    missing = Problem(Place(file), "no-subject", "The message has no subject", advice)
    try:
        node = read(front, file)
    except DefinitionError as error:
        problems.extend(missing if problem.code == "empty" else problem for problem in error.problems)
        return ()
    if not isinstance(node, nodes.Mapping):
        message = f"Expected `subject: …`, but got {kind(node)}"
        problems.append(Problem(node.place, "no-subject", message, advice))
        return ()
    for key, _ in node.entries:
        if key.text != "subject":
            message = f"`{key.text[:60]}` is not known here{near(key.text, ('subject',))}"
            problems.append(Problem(key.place, "unknown-key", message, "Only `subject` stands here; remove it"))
    subject = node.get("subject")
    if subject is None:
        problems.append(missing)
        return ()
    if not isinstance(subject, Scalar) or not subject.text.strip():
        message = f"Expected a text as the subject, but got {kind(subject)}"
        advice = "Write the subject, in quotes if it begins with a brace"
        problems.append(Problem(subject.place, "no-subject", message, advice))
        return ()
    try:
        return pieces_of(subject.text, subject.place)
    except DefinitionError as error:
        problems.extend(error.problems)
        return ()
