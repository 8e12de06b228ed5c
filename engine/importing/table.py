"""Reading a CSV file row by row, whatever its size, and telling where it is not what the map says.

Owns encodings, delimiters, quotes and ragged rows. Gives only the columns that the map uses; knows nothing of
what they mean.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from engine.definition.suggest import near
from engine.errors import DefinitionError, Problem, Rejected
from engine.importing.mapping import Map

LARGEST_CELL = 1_048_576
_CHUNK = 1 << 18
_DELIMITERS = {";": '";"', "\t": "tab", "|": '"|"', ",": '","'}


@dataclass(frozen=True, slots=True)
class Line:
    """A row: the line of the file where it begins, and its cells by heading, or why it cannot be read."""

    number: int
    cells: dict[str, str]
    fault: str = ""


class Table:
    """A file that is read as the map says.

    Raises Rejected for one that is no such file, DefinitionError for columns that it does not have.
    """

    def __init__(self, path: Path, mapping: Map) -> None:
        self.path = path
        self._mapping = mapping
        self._encoding = _encoding(mapping)
        _check_text(path, self._encoding, mapping)
        try:
            self.size = path.stat().st_size
        except OSError as error:
            raise _unreadable(path, error) from error
        self.position = 0
        """How many bytes have been read so far."""
        with closing(self._text(self._raw())) as file:
            self.headings = self._headings(self._reader(file))
        self._check_columns()

    def lines(self) -> Iterator[Line]:
        """Each row in turn; after one whose quotes do not fit nothing is read, since nobody knows where the
        next begins.
        """
        used = {column for column, _ in self._mapping.columns}
        wanted = [(number, heading) for number, heading in enumerate(self.headings) if heading in used]
        width = len(self.headings)
        with closing(self._raw()) as raw, closing(self._text(raw)) as file:
            reader = self._reader(file)
            next(reader)
            while True:
                begin = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Line(
                        begin,
                        {},
                        f"Expected a row of a CSV file, but {error}. This row and those after it "
                        "were not read: mend the quotes, or say `quote` in the map",
                    )
                    return
                self.position = raw.tell()
                if len(cells) > width and not any(cells[width:]):
                    del cells[width:]
                if len(cells) != width:
                    if any(cell.strip() for cell in cells):
                        yield Line(begin, {}, f"Expected {width} cells, but the row has {len(cells)}")
                    continue
                row = {heading: cells[number] for number, heading in wanted}
                if any("\0" in cell for cell in row.values()):
                    yield Line(begin, {}, "Expected text, but the row holds a NUL character")
                elif any(row.values()) or any(cell.strip() for cell in cells):
                    yield Line(begin, row)

    def _raw(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def _text(self, raw: BinaryIO) -> io.TextIOWrapper:
        return io.TextIOWrapper(raw, encoding=self._encoding, newline="")

    def _reader(self, file: io.TextIOWrapper) -> Any:
        csv.field_size_limit(LARGEST_CELL)
        mapping = self._mapping
        if not mapping.quote:
            return csv.reader(file, delimiter=mapping.delimiter, quoting=csv.QUOTE_NONE, quotechar=None, strict=True)
        return csv.reader(file, delimiter=mapping.delimiter, quotechar=mapping.quote, strict=True)

    def _headings(self, reader: Any) -> list[str]:
        try:
            headings = [heading.strip().removeprefix("\ufeff").strip() for heading in next(reader)]
        except (StopIteration, csv.Error):
            headings = []
        if not any(headings):
            raise Rejected("no-headings", f"Expected headings in the first line of {self.path}, but there are none")
        if any("\0" in heading for heading in headings):
            raise Rejected(
                "encoding",
                f"Expected text in {self.path}, but its first line holds NUL bytes; it may be "
                "utf-16: say `encoding: utf-16` in the map",
            )
        return headings

    def _check_columns(self) -> None:
        problems = []
        for column, place in dict.fromkeys(self._mapping.columns):
            times = self.headings.count(column)
            if times == 0:
                message = f"Expected a column of the file, but there is no '{column}'{near(column, self.headings)}"
                problems.append(Problem(place, "unknown-column", message, self._advice()))
            elif times > 1:
                message = f"Expected one column '{column}', but the file has {times}"
                problems.append(Problem(place, "unknown-column", message, "give them different headings in the file"))
        if problems:
            raise DefinitionError(problems)

    def _advice(self) -> str:
        if len(self.headings) == 1:
            for delimiter, written in _DELIMITERS.items():
                if delimiter in self.headings[0] and delimiter != self._mapping.delimiter:
                    return f"the file seems to be separated otherwise: write `delimiter: {written}` in the map"
        shown = ", ".join(heading[:60] for heading in self.headings[:30])
        return f"name one of the file's columns: {shown}{' …' if len(self.headings) > 30 else ''}"


def _encoding(mapping: Map) -> str:
    """The codec. A byte order mark at the beginning of UTF-8 is no part of the text."""
    try:
        found = codecs.lookup(mapping.encoding)
    except (LookupError, ValueError):
        found = None
    if (
        found is None
        or not getattr(found, "_is_text_encoding", True)
        or found.name in ("undefined", "idna", "punycode")
    ):
        raise Rejected(
            "encoding",
            f"Expected an encoding such as utf-8 or cp1252 in the map, but there is no '{mapping.encoding[:60]}'",
        )
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _check_text(path: Path, encoding: str, mapping: Map) -> None:
    """The whole file is decoded once before anything is imported, a piece at a time: a wrong encoding must
    not show in the middle.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    done = lines = 0
    try:
        with path.open("rb") as file:
            first = file.read(4)
            if (advice := _marked(first, encoding)) is not None:
                raise Rejected(
                    "encoding",
                    f"Expected {path} to be {mapping.encoding}, but it begins with the mark of "
                    f"{advice}; say `encoding: {advice}` in the map",
                )
            file.seek(0)
            while chunk := file.read(_CHUNK):
                try:
                    lines += decoder.decode(chunk).count("\n")
                except UnicodeError as error:
                    start = error.start if isinstance(error, UnicodeDecodeError) else 0
                    line = lines + 1 + chunk[:start].count(b"\n")
                    raise _undecodable(path, mapping, done + start + 1, line) from None
                done += len(chunk)
            try:
                decoder.decode(b"", True)
            except UnicodeError:
                raise _undecodable(path, mapping, done, lines + 1) from None
    except OSError as error:
        raise _unreadable(path, error) from error


def _marked(first: bytes, encoding: str) -> str | None:
    """The encoding whose byte order mark the file begins with, when that is not the one it is read with."""
    if first.startswith(codecs.BOM_UTF8):
        return None if encoding == "utf-8-sig" else "utf-8"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None if encoding.startswith(("utf-16", "utf-32")) else "utf-16"
    return None


def _undecodable(path: Path, mapping: Map, byte: int, line: int) -> Rejected:
    guess = (
        "it may be cp1252, as spreadsheets on Windows write it"
        if mapping.encoding.lower().startswith("utf")
        else "it may be utf-8"
    )
    return Rejected(
        "encoding",
        f"Expected {path} to be {mapping.encoding}, but byte {byte} (line {line}) is not; {guess}: "
        "say the right `encoding` in the map",
    )


def _unreadable(path: Path, error: OSError) -> Rejected:
    return Rejected("unreadable", f"Expected to read {path}, but {error.strerror}")
