"""What the drivers raise, in words that tell a person what to do.

Owns the translation alone. It goes by the drivers' messages and class names, because SQLite, Peewee and
psycopg share no base class; what PostgreSQL says it goes by its codes, which do not depend on a language.
"""

from __future__ import annotations

from engine.errors import Rejected
from engine.store.fields import invalid_text


class Constraint(Exception):
    """A row that is there already, or one that points to nothing. The store's callers say what it means."""


class Interrupted(Exception):
    """The database took a unit of work back for a reason that is not the unit's own: done again it may well pass.

    `refusal` is for the person who has to do it again, where nobody else can. Not a Rejected itself, so that nobody
    who judges refusals takes it for one.
    """

    def __init__(self, refusal: Rejected) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Unreached(Interrupted):
    """The same, where nobody answered who could have begun it."""


_ONLY_READ = "Expected to write to the database, but it is read-only."

# What the driver says, in small letters; the code; what to tell a person.
_SAYINGS: tuple[tuple[str, str, str], ...] = (
    (
        "is locked",
        "database-busy",
        "Expected to write to the database, but another program keeps it. Try again, or end that program.",
    ),
    (
        "readonly database",
        "database-read-only",
        f"{_ONLY_READ} Allow writing to the file and to its folder.",
    ),
    ("read-only transaction", "database-read-only", _ONLY_READ),
    (
        "is full",
        "database-full",
        "Expected room for the database, but the disk is full. Nothing was written: make room and try again.",
    ),
    (
        "not a database",
        "database-file",
        "Expected a SQLite database, but the file is none. Choose another file.",
    ),
    (
        "malformed",
        "database-damaged",
        "Expected a whole database, but the file is damaged. Restore it from a backup.",
    ),
    (
        "unable to open",
        "database-file",
        "Expected to open the database file, but it cannot be opened. Check that you may write to its folder.",
    ),
    (
        "no such table",
        "database-old",
        "Expected the database to be up to date, but it is not. Any `heard` command brings it up to date.",
    ),
    (
        "append-only",
        "history-append-only",
        "Expected the history to stay as it is: what happened is neither changed nor deleted.",
    ),
    (
        "nul (0x00)",
        "invalid-text",
        "Expected text, but it holds a NUL character. Remove it and try again.",
    ),
    (
        "disk i/o error",
        "database-unreadable",
        "Expected to read and write the database, but the disk reports an error. Check the disk.",
    ),
)

_MEANWHILE = (
    "database-busy",
    "Expected to write to the database, but somebody else changed the same at that moment. Nothing was written: "
    "try again.",
)
_LOST = (
    "database-unreachable",
    "Expected the database to go on answering, but the connection was lost. Nothing was written: try again.",
)

# PostgreSQL's own codes: those after which the same work can be done again …
_PASSING: dict[str, tuple[str, str]] = {
    "40001": _MEANWHILE,  # serialisation failure
    "40P01": _MEANWHILE,  # deadlock
    "25P03": _LOST,  # we were silent for too long
    "57P01": _LOST,  # the server was stopped
    "57P02": _LOST,  # it crashed
    "57P03": _LOST,  # it is starting
}
# … and those that a person has to know of.
_STATES: dict[str, tuple[str, str]] = {
    "55P03": (
        "database-busy",
        "Expected to write to the database, but somebody else keeps the same rows. Try again in a moment.",
    ),
    "57014": (
        "database-slow",
        "Expected an answer from the database in time, but it took too long and was stopped. Ask for less.",
    ),
    "53100": (
        "database-full",
        "Expected room for the database, but the disk is full. Nothing was written: make room and try again.",
    ),
    "25006": ("database-read-only", f"{_ONLY_READ} Connect to the server that writes."),
    "42501": (
        "database-read-only",
        "Expected to be allowed to do this in the database, but its user is not. Let that user own the database.",
    ),
    "42P01": (
        "database-old",
        "Expected the database to be up to date, but it is not. Any `heard` command brings it up to date.",
    ),
    "22003": ("invalid-value", "Expected a whole number of at most 19 digits, but got a greater one."),
}


def lost() -> Interrupted:
    """The connection broke, and what was done in it is taken back."""
    return Interrupted(Rejected(*_LOST))


def translated(error: Exception) -> Exception:
    """The error to raise in place of `error`: Rejected when a person can do something, Constraint for a
    broken one, Interrupted when the work can be done again, else the error itself.
    """
    if isinstance(error, Rejected | Constraint | Interrupted):
        return error
    if isinstance(error, UnicodeError):
        return invalid_text(error)
    state = _state(error)
    if state in _PASSING:
        return Interrupted(Rejected(*_PASSING[state]))
    if state in _STATES:
        return refuse(*_STATES[state])
    words = str(error)
    low = words.lower()
    for saying, code, message in _SAYINGS:
        if saying in low and _from_driver(error):
            return refuse(code, message)
    names = {cls.__name__ for cls in type(error).__mro__}
    if "IntegrityError" in names:
        return Constraint(words)
    if "MaxConnectionsExceeded" in names:
        return refuse(
            "database-busy",
            "Expected a free connection to the database, but all are in use. Try again in a moment.",
        )
    if isinstance(error, OverflowError):
        return refuse("invalid-value", "Expected a whole number of at most 19 digits, but got a greater one.")
    if "psycopg" in low and "install" in low or "ImproperlyConfigured" in names:
        return refuse(
            "database-driver",
            "Expected a driver for PostgreSQL, but none is installed. Install heard[postgres].",
        )
    return error


def unreachable(error: Exception) -> Exception:
    """As `translated`, for an error met while connecting: whatever the driver says then, a person has to
    mend.
    """
    known = translated(error)
    if isinstance(known, Interrupted):
        return known.refusal
    if known is error and _from_driver(error):
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return refuse("database-unreachable", f"Expected to reach the database, but: {said}")
    return known


def _state(error: Exception) -> str:
    """PostgreSQL's code for it; empty for what SQLite or Python itself says. Peewee wraps what it runs itself."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def _from_driver(error: Exception) -> bool:
    return any(cls.__name__ in ("DatabaseError", "Error") for cls in type(error).__mro__)


def refuse(code: str, message: str) -> Rejected:
    return Rejected(code, message)
