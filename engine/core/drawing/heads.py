"""The heads of two versions of a process compared: what holds for it as a whole.

Owns these sentences: the words at its top, how a case begins, what it keeps and reckons, and what its names are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from engine.core.drawing.comparing import Comparing, Difference
from engine.core.drawing.meaning import meaning
from engine.core.drawing.prose import Prose, WayOn, prose_of
from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.wording import Wording
from engine.definition.decisions import Decision
from engine.definition.model import Definition, Variable
from engine.definition.texts import Localised, localised

Kept = Mapping[str, Variable | Decision]


class ComparingHeads(Comparing):
    """The chapter about the process as a whole. The names of both versions are those of the new one."""

    def __init__(self, old: Definition, new: Definition, language: str, roles: Mapping[str, Localised]) -> None:
        super().__init__(language)
        self.old, self.new = old, new
        spoken = spoken_in(new)
        self.words = Wording(language, 300, roles, spoken)
        # What only has another name is told once, and not wherever the name stands.
        self.was: Prose = prose_of(old, language, roles, spoken.over(spoken_in(old)))
        self.now: Prose = prose_of(new, language, roles, spoken)

    def process(self) -> Iterator[Difference]:
        what = self.say("process")
        yield from self.titles(what)
        before, after = self.head(self.old), self.head(self.new)
        for aspect, said in after.items():
            yield from self.value("process", what, aspect, before[aspect], said)
        if self.old.calendar.id == self.new.calendar.id and self.old.calendar.to_data() != self.new.calendar.to_data():
            yield Difference("changed", "process", self.say("detail", f"{what}, {self.say('calendar-days')}"))
        yield from self.details("process", self.say("start"), _start(self.old), _start(self.new), self.started())
        yield from self.kept("variable", {one.name: one for one in self.old.variables},
                             {one.name: one for one in self.new.variables})  # fmt: skip
        yield from self.kept("table", self.old.decisions, self.new.decisions)
        yield from self.stages()
        yield from self.people()
        yield from self.milestones()

    def titles(self, what: str) -> Iterator[Difference]:
        """Its name and description."""
        for aspect in ("title", "description"):
            was, now = (getattr(one, aspect) for one in (self.old, self.new))
            yield from self.text(what, self.say(aspect), was, now)

    def text(self, what: str, name: str, was: Localised, now: Localised) -> Iterator[Difference]:
        """A text of something that both have, in every language: customers read the others too."""
        told: list[tuple[str, str]] = []
        for language in dict.fromkeys((self.language, *self.old.languages, *self.new.languages)):
            before, after = (self.words.line(localised(one, language)) for one in (was, now))
            if (before, after) not in told:
                named = name if language == self.language else f"{name} ({language})"
                yield from self.named("process", what, named, before, after)
            told.append((before, after))

    def stages(self) -> Iterator[Difference]:
        was, now = ({one.name: one for one in stages} for stages in (self.old.stages, self.new.stages))
        yield from self.listed("process", lambda one: self.say("stage", self.words.text(one.title)), was, now)
        for id, stage in now.items():
            if id in was:
                name = self.say("stage", self.words.text(stage.title))
                yield from self.details("process", name, was[id], stage, ())

    def people(self) -> Iterator[Difference]:
        """Who is meant by a name that rules of two different people use, by where they worked."""
        was, now = self.old.people, self.new.people
        titles = {**self.new.groups, **self.old.groups}
        names = {id: self.words.text(titles[id]) if id in titles else self.words.name(id) for id in (*was, *now)}
        names = {id: self.say("people", name) for id, name in names.items()}
        yield from self.listed("process", str, {id: names[id] for id in was}, {id: names[id] for id in now})
        for id in now:
            if id in was:
                called = (one.groups.get(id, "") for one in (self.old, self.new))
                yield from self.text(names[id], self.say("title"), *called)
                worked = [
                    [self.words.text(one.place_of(at).title) for at in one.people[id]] for one in (self.old, self.new)
                ]
                yield from self.several("process", names[id], "worked", *worked)

    def milestones(self) -> Iterator[Difference]:
        """What people call them; that one is reached, stands with what reaches it."""
        was, now = self.old.milestones, self.new.milestones
        for id in dict.fromkeys((*now, *was)):
            name = self.say("milestone", self.words.text(was.get(id) or now[id]))
            yield from self.text(name, self.say("title"), was.get(id, ""), now.get(id, ""))

    def head(self, definition: Definition) -> dict[str, str]:
        """What stands at the top of it, in words."""
        words = self.words
        return {
            "owner": words.name(definition.owner),
            "supervisors": words.names(definition.supervisors),
            "reference": definition.reference,
            "languages": ", ".join(definition.languages),
            "clauses": "; ".join(f"{key}: {', '.join(said)}" for key, said in definition.clauses.items()),
            "retention": ", ".join(str(said) for said in definition.retention.values()),
            "calendar": words.text(definition.calendar.title) or definition.calendar.id,
            "starters": words.names(definition.starters),
        }

    def kept(
        self, kind: str, was: Mapping[str, Variable | Decision], now: Mapping[str, Variable | Decision]
    ) -> Iterator[Difference]:
        """Variables, or tables: what only one of the two has, what means something else, and what it is called."""
        names = {id: self.say(kind, self.called(one)) for id, one in {**now, **was}.items()}
        yield from self.listed("process", str, {id: names[id] for id in was}, {id: names[id] for id in now})
        for id, one in now.items():
            if id not in was:
                continue
            old, what = was[id], names[id]
            yield from self.text(what, self.say("title"), old.title, one.title)
            for word in dict.fromkeys((*old.labels, *one.labels)):
                yield from self.text(what, self.say("label", word), old.labels.get(word, ""), one.labels.get(word, ""))
            if meaning(replace(old, title="", labels={})) != meaning(replace(one, title="", labels={})):
                yield Difference("changed", "process", self.say("rows" if kind == "table" else "detail", what))

    def called(self, one: Variable | Decision) -> str:
        return self.words.text(one.title) if one.title else self.words.name(one.name)

    def started(self) -> list[Difference]:
        name = self.say("start")
        was, now = self.was.start, self.now.start
        return [
            *self.value("process", name, "form-used", _all(way.form for way in was), _all(way.form for way in now)),
            *self.value("process", name, "leads", _all(map(_leads, was)), _all(map(_leads, now))),
            *self.value("process", name, "does", _all(way.does for way in was), _all(way.does for way in now)),
        ]


def _all(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(word for word in words if word))


def _leads(way: WayOn) -> str:
    return f"{way.leads_to_title} ({way.when})" if way.when else way.leads_to_title


def _start(one: Definition) -> object:
    return [one.start, one.received, one.public, one.mail, one.customer, one.subject]
