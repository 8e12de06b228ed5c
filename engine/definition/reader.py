"""Reading a YAML file into nodes with places, strictly; the only importer of yaml.

Owns which YAML is accepted: one document, YAML 1.2 values, no repeated keys, no tags, no merge keys, small
aliases, limits on size and depth. Knows nothing of what a document means. Takes the parser's events one by
one, so that no nesting can exhaust Python's own stack.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from engine.definition import characters
from engine.definition.building import Building, Stop
from engine.definition.nodes import Node, Scalar
from engine.definition.scene import Complaint
from engine.definition.syntax import explain
from engine.errors import DefinitionError, Place, Problem

BYTES = 512 * 1024
"""The largest file that is read."""

_PARSER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HAS_COLON = re.compile(r"\s*(?:#[^\r\n]*[\r\n]\s*)*:")
_PROPERTIES = re.compile(r"(?:(?:[&!]\S*|#[^\r\n]*)\s+)+")
_BREAK = re.compile(r"\r\n|\r|\n")


def read(text: str | bytes, file: str) -> Node:
    """The document in `text`; `file` is its name as the person knows it. Raises DefinitionError with every
    problem found.

    A scalar's place is where its text begins: behind the quote, or at the first line of a block.
    """
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(content) > BYTES:
        message = f"Expected at most {BYTES // 1024} kB, but the file has {len(content) // 1024} kB"
        advice = "Split it, or move long texts into message templates"
        raise DefinitionError([Problem(Place(file), "too-large", message, advice)])
    decoded, problems = characters.decode(text, file) if isinstance(text, bytes) else (text, [])
    if problems:
        raise DefinitionError(problems)
    source, problems = characters.refuse(decoded.removeprefix("\ufeff"), file)
    reading = _Reading(source, file)
    for problem in problems:
        reading.building.add(problem)
    root = reading.document()
    if reading.building.problems or root is None:
        raise DefinitionError(reading.building.problems)
    return root


class _Reading:
    """The parser's events of one source, told to a `Building`."""

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self.building = Building()
        self._flow: list[bool] = []
        self._key_end = 0

    def document(self) -> Node | None:
        """The document's root; None when none was read to its end."""
        building = self.building
        parser = None
        try:
            parser = _PARSER(self.source)
            self._consume(parser)
            if building.root is None or (isinstance(building.root, Scalar) and building.root.value is None):
                advice = "Write the document, or delete the file"
                building.report(Place(self.file), "empty", "The file says nothing", advice)
        except yaml.MarkedYAMLError as error:
            self._explain(error)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            message = f"This is not YAML: {str(error).partition(chr(10))[0]}"
            building.report(Place(self.file), "yaml-syntax", message, "Write the file anew in a text editor")
        except Stop:
            pass
        finally:
            if parser is not None:
                parser.dispose()
        return building.root

    def _consume(self, parser: Any) -> None:
        documents = 0
        while True:
            match event := parser.get_event():
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent():
                    self._start(event, "mapping")
                case yaml.SequenceStartEvent():
                    self._start(event, "list")
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._flow.pop()
                    self.building.end()
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent():
                    documents += 1
                    self._document_start(event, documents)
                case yaml.StreamEndEvent() | None:
                    return

    def _document_start(self, event: Any, count: int) -> None:
        place = self._place(event.start_mark)
        if count > 1:
            advice = "Put each document in a file of its own; `---` may stand at the beginning only"
            self.building.report(place, "several-documents", "A second document begins here", advice)
            raise Stop
        if event.tags:
            self.building.report(place, "tag-refused", "%TAG has no meaning here", "Leave the line out")
        if event.version and event.version != (1, 2):
            written = ".".join(str(part) for part in event.version)
            message = f"Expected YAML 1.2, but the file says {written}"
            self.building.report(place, "yaml-syntax", message, "Leave the %YAML line out")

    def _scalar(self, event: Any) -> None:
        if event.style or event.anchor is not None or event.tag is not None:
            if event.tag is not None:
                self._refuse_tag(event)
            place = self._text_place(event)
        else:
            place = self._place(event.start_mark)
            absent = event.value == "" and self._flow and self._flow[-1] and self.building.awaits_value()
            if absent and not _HAS_COLON.match(self.source, self._key_end):
                self.building.bare_key()
        self._key_end = event.end_mark.index
        self.building.scalar(place, event.value, event.anchor, bool(event.style))

    def _alias(self, event: Any) -> None:
        self._key_end = event.end_mark.index
        self.building.alias(self._place(event.start_mark), event.anchor)

    def _start(self, event: Any, kind: str) -> None:
        if event.tag is not None:
            self._refuse_tag(event)
        self._flow.append(bool(event.flow_style))
        self.building.start(self._place(event.start_mark), kind, event.anchor)

    def _refuse_tag(self, event: Any) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
        advice = "Leave it out: Heard knows from the place what kind of value is meant"
        self.building.report(self._place(event.start_mark), "tag-refused", f"The tag `{tag}` is refused", advice)

    def _explain(self, error: yaml.MarkedYAMLError) -> None:
        mark, context = error.problem_mark, error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        opened = (context.line, context.column) if context else None
        complaint = Complaint(str(error.problem), line, column, str(error.context or ""), opened)
        found = explain(self.source, self.file, complaint)
        # `title: {reference} is late` has been met as a mapping already; the explanation of the whole line
        # says more.
        known = self.building.problems
        known[:] = [each for each in known if (each.place, each.code) != (found.place, found.code)]
        self.building.add(found)

    def _place(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _text_place(self, event: Any) -> Place:
        """Where a scalar's text begins: behind its anchor and quote, or at the first line of its block."""
        mark = event.start_mark
        line, column, index = mark.line + 1, mark.column + 1, mark.index
        if event.anchor is not None or event.tag is not None:
            properties = _PROPERTIES.match(self.source, index)
            if properties:
                *above, last = _BREAK.split(properties[0])
                line += len(above)
                column = len(last) + (1 if above else column)
                index = properties.end()
        if event.style in ("'", '"'):
            return Place(self.file, line, column + 1)
        if event.style in ("|", ">"):
            return self._block_place(Place(self.file, line, column), index)
        return Place(self.file, line, column)

    def _block_place(self, header: Place, index: int) -> Place:
        """The first line with text below a block's `|` or `>` at `index`."""
        line = header.line
        found = _BREAK.search(self.source, index)
        while found:
            line += 1
            following = _BREAK.search(self.source, found.end())
            row = self.source[found.end() : following.start() if following else len(self.source)]
            if row.strip():
                return Place(self.file, line, len(row) - len(row.lstrip(" ")) + 1)
            found = following
        return header
