"""What comparing two things in sentences is made of: one value, several entries, what only one of the two has.

Owns the sentence that a comparison gives, and how it is put together. Knows no process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from engine.core.drawing.difference_words import WORDS
from engine.core.drawing.meaning import meaning

Kind = Literal["added", "removed", "changed"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence. `kind` says what happened to the thing it is about; `part` is the chapter: process, states, ways,
    tasks, promises, messages or forms.
    """

    kind: Kind
    part: str
    said: str


class Comparing:
    """Sentences in one language about what was and what is."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, key: str, *parts: str) -> str:
        return WORDS["de" if self.language.startswith("de") else "en"][key].format(*parts)

    def value(self, part: str, what: str, aspect: str, was: str, now: str) -> Iterator[Difference]:
        """One value of something that both have."""
        yield from self.named(part, what, self.say(aspect), was, now)

    def named(self, part: str, what: str, name: str, was: str, now: str) -> Iterator[Difference]:
        """The same of a value that has its name already."""
        if was == now:
            return
        if not was:
            yield Difference("changed", part, self.say("set", what, name, now))
        elif not now:
            yield Difference("changed", part, self.say("unset", what, name, was))
        else:
            yield Difference("changed", part, self.say("now", what, name, now, was))

    def several(
        self, part: str, what: str, aspect: str, was: Sequence[str], now: Sequence[str]
    ) -> Iterator[Difference]:
        """One value of several entries: those alone that are not in both."""
        gone, come = ("; ".join(one for one in ones if one not in other) for ones, other in ((was, now), (now, was)))
        if gone and come:
            yield from self.value(part, what, aspect, gone, come)
        elif gone or come:
            key = "less" if gone else "more"
            yield Difference("changed", part, self.say(key, what, self.say(aspect), gone or come))

    def listed(
        self, part: str, name: Callable[[T], str], was: Mapping[str, T], now: Mapping[str, T]
    ) -> Iterator[Difference]:
        """What only one of the two has."""
        for id, thing in was.items():
            if id not in now:
                yield Difference("removed", part, self.say("removed", name(thing)))
        for id, thing in now.items():
            if id not in was:
                yield Difference("added", part, self.say("added", name(thing)))

    def details(
        self, part: str, name: str, was: object, now: object, told: Sequence[Difference]
    ) -> Iterator[Difference]:
        """What was told of it; or that it is different in something that these words do not say."""
        yield from told
        if not told and meaning(was) != meaning(now):
            yield Difference("changed", part, self.say("detail", name))
