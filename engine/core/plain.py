"""What comes in from outside is plain JSON of a bearable size, whatever door it came through.

Owns the limits and their sentences. Knows no form: whether a value fits its field is judged there, later;
here it is only made sure that it can be looked at, kept and shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.errors import Rejected

DEEPEST = 20
MOST_DIGITS = 30
LARGEST = 1_000_000
"""Characters and entries of one command together."""

_DEEP = f"Expected values that nest at most {DEEPEST} deep, but these go deeper."
_LARGE = f"Expected at most {LARGEST:,} characters and entries together, but there are more."
_BROKEN = "Expected text without NUL and broken characters. Remove them and try again."
_NUMBER = f"Expected a number of at most {MOST_DIGITS} digits."
_NAME = "Expected text as the name of a value."


def refuse_text(named: Mapping[str, object]) -> None:
    """Each of these has to be a text that can be kept. Raises Rejected("invalid-values") with every name."""
    faults = {name: _text(value) for name, value in named.items()}
    _refuse({name: (said,) for name, said in faults.items() if said})


def refuse_values(values: object) -> None:
    """What was filled in: a mapping of names to plain JSON.

    Raises Rejected("invalid-values") with the path of each fault.
    """
    if _is_ordinary(values):
        return
    if not isinstance(values, Mapping):
        raise Rejected("invalid-values", f"Expected names and values, but got {_kind(values)}")
    faults: dict[str, tuple[str, ...]] = {}
    size = 0
    for path, value, depth in _walk(values):
        size += len(value) if isinstance(value, (str, list, tuple, Mapping)) else 1
        said = _DEEP if depth > DEEPEST else _LARGE if size > LARGEST else _single(value)
        if said:
            faults[path] = (said,)
        if size > LARGEST or len(faults) > 100:
            break  # before what is too large is looked into
    _refuse(faults)


def _is_ordinary(values: object) -> bool:
    """A first look, which clears most forms: a few names with short plain texts.

    What it does not clear is looked at in full.
    """
    return (
        type(values) is dict
        and len(values) < 100
        and all(
            (type(name) is str and len(name) < 100 and name.isascii() and name.isprintable())
            and (
                value is None
                or type(value) is bool
                or (type(value) is str and len(value) < 5_000 and value.isascii() and "\0" not in value)
            )
            for name, value in values.items()
        )
    )


def _walk(values: Mapping[Any, object]) -> Iterator[tuple[str, object, int]]:
    """Every name, mapping, list and single value, with its path; nothing below what is too deep.

    Not by recursion: that would end where the depth does harm.
    """
    todo: list[tuple[str, object, int]] = [("", values, 0)]
    while todo:
        path, value, depth = todo.pop()
        yield path, value, depth
        if depth > DEEPEST:
            continue
        if isinstance(value, Mapping):
            for name, inner in value.items():
                shown = _shown(name)
                yield f"{path}.{shown}" if path else shown, _Name(name), depth
                todo.append((f"{path}.{shown}" if path else shown, inner, depth + 1))
        elif isinstance(value, (list, tuple)):
            todo += [(f"{path}.{number}", inner, depth + 1) for number, inner in enumerate(value)]


class _Name:
    __slots__ = ("name",)

    def __init__(self, name: object) -> None:
        self.name = name


def _single(value: object) -> str:
    if isinstance(value, _Name):
        return _text(value.name) if isinstance(value.name, str) else _NAME
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, (bool, Mapping, list, tuple)):
        return ""
    if isinstance(value, int):
        return "" if -(10**MOST_DIGITS) < value < 10**MOST_DIGITS else _NUMBER
    if isinstance(value, float):
        return "" if math.isfinite(value) else _NUMBER
    if isinstance(value, Decimal):
        return (
            ""
            if value.is_finite()
            and len(value.as_tuple().digits) <= MOST_DIGITS
            and abs(value.adjusted()) <= MOST_DIGITS
            else _NUMBER
        )
    return f"Expected text, a number, true, false, a list or a mapping, but got {_kind(value)}."


def _text(value: object) -> str:
    if not isinstance(value, str):
        return f"Expected text, but got {_kind(value)}."
    if len(value) > LARGEST:
        return _LARGE
    return _BROKEN if "\0" in value or not _encodable(value) else ""


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(name: object) -> str:
    text = name[:100] if isinstance(name, str) else _kind(name)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def _kind(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return "bytes"
    if isinstance(value, (bool, int, float, Decimal)):
        return "a number" if not isinstance(value, bool) else "true or false"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else "nothing" if value is None else f"a {type(value).__name__}"


def _refuse(faults: Mapping[str, tuple[str, ...]]) -> None:
    if faults:
        first, said = next(iter(faults.items()))
        raise Rejected(
            "invalid-values",
            f"Expected values that can be kept, but {first or 'the whole'} cannot: {said[0]}",
            faults,
        )
