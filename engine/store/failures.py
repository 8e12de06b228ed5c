"""What the drivers raise, in words that tell a person what to do.

Owns the translation alone. It goes by the drivers' messages and class names, because SQLite, Peewee and
psycopg share no base class.
"""

from __future__ import annotations

from engine.errors import Rejected
from engine.store.fields import invalid_text


class Constraint(Exception):
    """A row that is there already, or one that points to nothing. The store's callers say what it means."""


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


def translated(error: Exception) -> Exception:
    """The error to raise in place of `error`: Rejected when a person can do something, Constraint for a
    broken one, else the error itself.
    """
    if isinstance(error, Rejected | Constraint):
        return error
    if isinstance(error, UnicodeError):
        return invalid_text(error)
    words = str(error)
    low = words.lower()
    for saying, code, message in _SAYINGS:
        if saying in low and _from_driver(error):
            return refuse(code, message)
    names = {cls.__name__ for cls in type(error).__mro__}
    if "IntegrityError" in names:
        return Constraint(words)
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
    if known is error and _from_driver(error):
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return refuse("database-unreachable", f"Expected to reach the database, but: {said}")
    return known


def _from_driver(error: Exception) -> bool:
    return any(cls.__name__ in ("DatabaseError", "Error") for cls in type(error).__mro__)


def refuse(code: str, message: str) -> Rejected:
    return Rejected(code, message)
