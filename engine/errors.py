"""Errors, sorted by whose fault they are.

Owns the four ways in which something can be wrong: the author's (`DefinitionError`), the caller's (`Rejected`), the
process's own at run time (`Stuck`); whatever else is raised is ours. Knows nothing of YAML, of storage or of pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

FIRST = 3
"""How many of a slip's other places are named; the rest are counted."""


class Place(NamedTuple):
    """Where something stands: a file's name as the person knows it, line and column counted from 1.

    A tuple, since every value of every file has one: it is made, hashed and compared in a fraction of the time.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing an author has to mend: where, a stable code, what is wrong, and what to do about it.

    `witness` is the shortest run or example that shows it, one line each; empty when the message says it all. `also`
    are the other places of the same slip.
    """

    place: Place
    code: str
    message: str
    advice: str
    severity: Severity = "error"
    witness: tuple[str, ...] = ()
    also: tuple[Place, ...] = ()

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        line = f"{self.place}: {self.code} {mark}{self.message}{self._more()} — {self.advice}"
        return "\n".join([line, *(f"    {step}" for step in self.witness)])

    def _more(self) -> str:
        """How many other places there are, and the first of them."""
        if not self.also:
            return ""
        first = [str(one).removeprefix(f"{self.place.file}:") for one in self.also[:FIRST]]
        rest = ", …" if len(self.also) > FIRST else ""
        return f" (and {len(self.also)} more {'place' if len(self.also) == 1 else 'places'}: {', '.join(first)}{rest})"

    def as_json(self) -> dict[str, object]:
        """The problem as plain data: file, line, column, code, severity, message, advice, witness, and `also`: the
        file, line and column of each other place.
        """
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "advice": self.advice,
            "witness": list(self.witness),
            "also": [place._asdict() for place in self.also],
        }


class DefinitionError(Exception):
    """The author's: a definition, form, table, calendar or message that cannot be used. Carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.place, p.code, p.message)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Rejected(Exception):
    """The caller's: a command that may not or cannot be done now. Nothing was written.

    `code` is stable and meant for programs; `message` for people. `fields` maps a form's field path (`lines.0.qty`) to
    what is wrong with it.
    """

    def __init__(self, code: str, message: str, fields: Mapping[str, tuple[str, ...]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields: dict[str, tuple[str, ...]] = dict(fields or {})

    @property
    def by_field(self) -> tuple[str, ...]:
        """What is wrong with each field, a line each that begins with its path."""
        return tuple(f"{path}: {' '.join(said)}" for path, said in self.fields.items())

    @property
    def reason(self) -> str:
        """All of it in one line, for who does not see the form: the message, and what is wrong with each field."""
        return "; ".join((self.message, *self.by_field))

    @property
    def sentence(self) -> str:
        """What its fields say, for who sees but one of them; the message where they say nothing."""
        return " ".join(one for said in self.fields.values() for one in said) or self.message

    @property
    def apart(self) -> str:
        """What is to be said beside a form that tells each field its own: the message, unless a field says it."""
        return "" if self.fields else self.message


@dataclass
class Stuck(Exception):
    """The process's: an expression without its value, a move that no guard allows.

    Becomes an incident; the person's work is kept. `kind` says which of `engine.reasons` it is, and `parts` what is
    filled in there; `message` is that in English.
    """

    message: str
    place: Place | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def at(self, place: Place) -> Stuck:
        """The same at this place, unless it has one of its own, which says more."""
        return self if self.place else replace(self, place=place)
