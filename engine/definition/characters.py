"""Which characters a file may hold, and which letters only look like others.

Owns the refusal of what nobody can see (control, direction and zero-width characters, broken encodings) and
of letters from another script in a word. Knows the text of a file, not its structure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from engine.errors import Place, Problem

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TOLD = 100
_BREAKS = re.compile(r"\r\n|\r|\n")
_GREEK = "\N{GREEK CAPITAL LETTER HETA}"
"""The first letter of the two alphabets; all of theirs come behind it."""
_FOREIGN_WORD = re.compile(r"[^\W_]*[^\W\x00-\x7f][^\W_]*")
_LATIN = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝᴦгпЗбвкмнтΑΒΕΖΗΙΚΜΝΟΡΤΥΧονικρυ",
        "ABESIJKMHOPCTYXaesijopcyxhdqwrrn36bkmhtABEZHIKMNOPTYXovikpu",
        strict=True,
    )
)


def decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """The text of a file's bytes, which have to be UTF-8 (with or without a byte order mark). A byte that is
    not stays as a lone
    surrogate, for `refuse` to find."""
    for mark, name in (
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"\0\0\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
    ):
        if content.startswith(mark):
            problem = Problem(Place(file), "bad-character", f"The file is written in {name}", "Save it as UTF-8")
            return "", [problem]
    return content.decode("utf-8", "surrogateescape"), []


def refuse(text: str, file: str) -> tuple[str, list[Problem]]:
    """The text with every refused character replaced one for one, and problems for the first hundred."""
    if _REFUSED.search(text) is None:
        return text, []
    starts = line_starts(text)
    problems: list[Problem] = []
    line = 0
    for found in islice(_REFUSED.finditer(text), _TOLD):
        while line + 1 < len(starts) and starts[line + 1] <= found.start():
            line += 1
        place = Place(file, line + 1, found.start() - starts[line] + 1)
        message, advice = describe(found[0])
        problems.append(Problem(place, "bad-character", message, advice))
    return replaced(text), problems


def replaced(text: str) -> str:
    """The text with every refused character replaced one for one."""
    return _REFUSED.sub(REPLACEMENT, text)


def first_refused(text: str) -> str | None:
    """The first character of the text that a file may not hold."""
    found = _REFUSED.search(text)
    return found[0] if found else None


def without_controls(text: str) -> str:
    """Somebody's text without control characters and what turns its direction; each becomes a space. Tabs and
    line feeds stay.
    """
    return _CONTROLS.sub(" ", text)


def split_lines(text: str) -> list[str]:
    """The text's lines as YAML counts them."""
    return _BREAKS.split(text)


def line_starts(text: str) -> list[int]:
    """The index at which each line begins."""
    return [0, *(found.end() for found in _BREAKS.finditer(text))]


def describe(character: str) -> tuple[str, str]:
    """What is wrong with a refused character, and what to do."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        byte = code - 0xDC00
        return f"The byte {byte:#04x} is not UTF-8", "Save the file as UTF-8 and write the character again"
    if 0xD800 <= code <= 0xDFFF:
        return f"U+{code:04X} is half a character", "Remove it"
    name = f"U+{code:04X} {unicodedata.name(character, 'control character')}"
    if character in _DIRECTION:
        return (
            f"{name} turns the direction of the text, so that a reader sees something else than Heard",
            "Remove it",
        )
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return f"{name} is not text", "Remove it; in quotes `\\n` is a new line and `\\t` a tab"
    return f"{name} cannot be seen", "Remove it, or write an ordinary space or line break where one is meant"


def resembles(character: str) -> str:
    """The plain letter that this one can be mistaken for; empty when there is none."""
    alike = _LATIN.get(character, "")
    if alike:
        return alike
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() and plain.isalnum() else ""


def foreign_letters(text: str) -> Iterator[tuple[int, str]]:
    """Each character outside ASCII with its index; what `refuse` has replaced is left out, since it is
    reported already.
    """
    if not text.isascii():
        yield from ((index, letter) for index, letter in enumerate(text) if letter > "\x7f" and letter != REPLACEMENT)


def mixed_letters(text: str) -> Iterator[tuple[int, str]]:
    """Each Cyrillic or Greek letter that stands in one word with Latin ones and looks like one, with its
    index.
    """
    if text.isascii():
        return
    for word in _FOREIGN_WORD.finditer(text):
        if max(word[0]) < _GREEK:
            continue
        latin = any(_script(letter) == "LATIN" for letter in word[0])
        for index, letter in enumerate(word[0], word.start()):
            script = _script(letter)
            if latin and (script == "CYRILLIC" or (script == "GREEK" and letter in _LATIN)):
                yield index, letter


def look_alike(character: str) -> str:
    """A letter in words: `'е' is U+0435 CYRILLIC SMALL LETTER IE, which looks like the Latin 'e'`."""
    name = f"'{character}' is U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"
    alike = resembles(character)
    return f"{name}, which looks like the Latin '{alike}'" if alike else name


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
