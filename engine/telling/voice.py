"""How anything of a case is said: in which language, with which names, values cut short, times in a zone, and what
earlier events have told already.

Owns this memory, and the ways of saying values, names and changes that all sentences share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.wording import Wording
from engine.core.durations import parse_duration
from engine.definition.expressions.telling import Spoken
from engine.definition.model import BEGIN, JOIN, Definition, State
from engine.definition.texts import Localised, localised
from engine.keywords.needs import title_of
from engine.telling.german import GERMAN
from engine.telling.values import local, said

LONGEST = 100

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tongue:
    """For whom is told: their language, and what people, roles and processes are called, by their ids.

    Without a language it is English with the names as the process has them, for who types them again.
    """

    language: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What is said of an outcome of another process, by its key and the outcome."""


AS_WRITTEN = Tongue()


class Voice:
    """Speaks of one case; times in `zone`. What is told goes by the number of what it is about."""

    def __init__(self, definition: Definition, zone: str, tongue: Tongue = AS_WRITTEN) -> None:
        self.definition = definition
        self.zone = zone
        self.tongue = tongue
        self.language = tongue.language or definition.languages[0]
        self.spoken = spoken_in(definition) if tongue.language else Spoken()
        """What the process calls its names; nothing for who types them again."""
        self.wording = Wording(tongue.language or "en", roles=tongue.roles, spoken=self.spoken)
        self.titles: dict[str, str] = {}
        self.timers: dict[str, str] = {}
        self.timers_set: dict[str, datetime] = {}
        self.promised: dict[str, datetime] = {}
        """When a clock came to what it promises now."""
        self.fired: set[tuple[str, int]] = set()
        """The rungs of clocks that have fired in this run."""
        self.passed: set[str] = set()
        """The clocks whose deadline had passed when it was promised."""
        self.incidents: dict[str, str] = {}
        self.subjects: dict[str, str] = {}
        self.questions: dict[str, str] = {}
        self.branches: dict[str, str] = {}
        """The state that a branch begins in, by its name."""
        self.written: list[str] = []
        """The expressions behind the words of the line that is being told."""
        self.now = datetime.min.replace(tzinfo=UTC)

    def say(self, words: str, **parts: object) -> str:
        """The English words, or what they are in the reader's language, with these parts filled in."""
        return (GERMAN[words] if self.tongue.language == "de" else words).format(**parts)

    # --- names

    def place(self, id: str) -> str:
        """A state, or a task beside the case's own work."""
        if not self.tongue.language:
            return id
        if id == JOIN:
            return self.say("where the branches come together")
        return self.titled(id) or (self.wording.say("start") if id == BEGIN else id)

    def titled(self, id: str) -> str:
        """The title that a state has, in quotes; empty where it has none."""
        known = self._known(id)
        title = localised(known.title, self.language) if known is not None else ""
        return self.say("'{title}'", title=title) if title else ""

    def _known(self, id: str) -> State | None:
        named = self.definition
        return named.states.get(id) or named.tasks.get(id) or named.house.get(id)

    def outcome(self, place: str, name: str) -> str:
        """An outcome of a state, a move or an end."""
        return self.move(name, place) if self.tongue.language else name

    def move(self, name: str, place: str) -> str:
        """What a person calls a move that was asked for in a state, or in a task beside the case's own work."""
        known = self._known(place)
        found = (known.on.get(name) if known is not None else None) or self.definition.anywhere.get(name)
        if found is not None:
            return title_of(found, self.language)
        return self.words(name)

    def trigger(self, body: Body, place: str) -> str:
        """By what the case moved: as the process has it, or what people call it."""
        kind, _, name = body["trigger"].partition(":")
        if not self.tongue.language:
            return str(body["trigger"]).removesuffix(":")
        if kind in ("on", "anywhere", "wait-for", "heed", "beside", "reopen"):
            move = self.definition.move_by(place, body["trigger"])
            return self.say("'{title}'", title=self.wording.move(move) if move is not None else self.words(name))
        return self.say("time") if kind in ("after", "clock", "escalate", "rung") else self.say("itself")

    def words(self, id: str) -> str:
        """An id that has no title."""
        return self.wording.name(id) if self.tongue.language else id

    def process(self, key: str) -> str:
        """In quotes where it has a title."""
        if not self.tongue.language:
            return key
        own = localised(self.definition.title, self.language) if key == self.definition.key else ""
        title = own or self.tongue.processes.get(key)
        return self.say("'{title}'", title=title) if title else key

    def milestone(self, name: str) -> str:
        return self._called(self.spoken.milestones, name)

    def _called(self, titles: Mapping[str, Localised], name: str) -> str:
        return localised(titles[name], self.language) if name in titles else self.words(name)

    def end(self, outcome: str) -> str:
        """By the state in which the case ends so."""
        states = self.definition.states.values() if self.tongue.language else ()
        found = next((one for one in states if one.ending is not None and one.ending.outcome == outcome), None)
        return localised(found.title, self.language) if found is not None else self.words(outcome)

    def letter(self, name: str) -> str:
        """A message that goes out or comes in, by its subject or the title of what it brings about."""
        return self._called(self.spoken.messages, name)

    def person(self, id: str) -> str:
        return self.tongue.people.get(id, id)

    def people(self, ids: Iterable[str]) -> str:
        return ", ".join(self.tongue.people.get(one) or self.tongue.roles.get(one, one) for one in ids)

    def whom(self, told: Body) -> str:
        """Who gets a notice, by what is kept of it: `team-lead`, `ben`, or `ben for ann` who stands in for her."""
        name = self.people([str(told["to"]).partition(":")[2]])
        behalf = self.both(self.person(one) for one in told.get("on_behalf_of", ()))
        return self.say("{name} for {behalf}", name=name, behalf=behalf) if behalf else name

    def both(self, names: Iterable[str]) -> str:
        return self.say(" and ").join(names)

    def clock(self, body: Body) -> str:
        run = self.say(" (run {run})", run=body["run"]) if "run" in body else ""
        plan = self.definition.clocks.get(body["clock"])
        return f"{localised(plan.title, self.language) if plan else body['clock']}{run}"

    def task(self, body: Body) -> str:
        title = self.titles.get(body["task"])
        return self.say("'{title}'", title=title) if title else self.say("the task of {place}", place=self._of(body))

    def _of(self, body: Body) -> str:
        return self.place(body["state"])

    # --- values

    def raw(self, body: Body) -> str:
        return "; ".join(f"{key}: {self.value(item)}" for key, item in body.items())

    def value(self, value: object) -> str:
        """As people read it: instants in the zone, no value as a line, cut when it is long."""
        text = said(value, self.zone, self.tongue.language)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def at(self, text: str) -> str:
        return local(datetime.fromisoformat(text), self.zone, self.tongue.language)

    def length(self, target: str) -> str:
        return parse_duration(target).words(self.tongue.language or "en") if target else self.say("nothing")

    def why(self, body: Body, key: str) -> str:
        return f": {body[key]}" if body.get(key) else ""
