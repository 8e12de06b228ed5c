"""A syntax error with the lines it is about.

Owns what the guesses at an author's mistake look at. Knows neither the parser nor any guess.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition.quoting import in_quotes


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the parser says: its words, where it stopped, and what it was reading since where. Lines and
    columns count from 0.
    """

    problem: str
    line: int
    column: int
    context: str = ""
    opened: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The complaint together with the lines it is about."""

    rows: list[str]
    complaint: Complaint

    def row(self, line: int) -> str:
        return self.rows[line] if 0 <= line < len(self.rows) else ""

    @property
    def here(self) -> str:
        return self.row(self.complaint.line)

    @property
    def before(self) -> str:
        return self.here[: self.complaint.column]

    @property
    def character(self) -> str:
        return self.here[self.complaint.column : self.complaint.column + 1]

    @property
    def opened(self) -> tuple[int, int]:
        return self.complaint.opened or (self.complaint.line, self.complaint.column)

    def says(self, *words: str) -> bool:
        text = f"{self.complaint.context}; {self.complaint.problem}"
        return any(word in text for word in words)

    def line_above(self) -> int:
        """The nearest line above that is neither empty nor a comment, or -1."""
        line = min(self.complaint.line, len(self.rows)) - 1
        while line >= 0 and (not self.rows[line].strip() or self.rows[line].lstrip().startswith("#")):
            line -= 1
        return line

    def rewritten(self, start: int, end: int) -> str:
        """The advice to put a text of this line in quotes."""
        return in_quotes(self.here, start, end)


Finding = tuple[int, int, str, str]
"""Line and column from 0, message, advice."""
