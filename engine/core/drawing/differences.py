"""Two versions of a process compared, in sentences for somebody who reads no YAML.

Owns these sentences. What a version says in words is `engine.core.drawing.prose`'s; what differs, but in none of
these words, is told as a detail of the place where it stands, so that nothing changes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from engine.core.drawing.comparing import Comparing, Difference
from engine.core.drawing.meaning import form_meaning, meaning, texts_of
from engine.core.drawing.prose import Prose, Stop, WayOn, prose_of
from engine.core.drawing.wording import Wording
from engine.definition.forms import Form
from engine.definition.forms.describing import Row
from engine.definition.model import Definition, State
from engine.definition.texts import Localised, localised


def differences(
    old: Definition, new: Definition, language: str = "", roles: Mapping[str, Localised] | None = None
) -> tuple[Difference, ...]:
    """What is different in `new`, chapter by chapter; nothing when both mean the same."""
    tongue = language or new.languages[0]
    return tuple(_Comparing(old, new, tongue, roles or {}).all())


class _Comparing(Comparing):
    def __init__(self, old: Definition, new: Definition, language: str, roles: Mapping[str, Localised]) -> None:
        super().__init__(language)
        self.old, self.new = old, new
        self.words = Wording(language, 300, roles)
        self.was: Prose = prose_of(old, language, roles)
        self.now: Prose = prose_of(new, language, roles)

    def all(self) -> Iterator[Difference]:
        yield from self.process()
        yield from self.places("states", "state", self.was.stops, self.now.stops, self.old.states, self.new.states)
        yield from self.anywhere()
        yield from self.places("tasks", "beside", self.was.beside, self.now.beside, self.old.tasks, self.new.tasks)
        yield from self.promises()
        yield from self.messages()
        yield from self.forms()

    # --- chapters

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

    def titles(self, what: str) -> Iterator[Difference]:
        """Its name and description, in every language: customers read the others too."""
        for aspect in ("title", "description"):
            told: list[tuple[str, str]] = []
            for language in dict.fromkeys((self.language, *self.old.languages, *self.new.languages)):
                was, now = (self.words.line(localised(getattr(one, aspect), language)) for one in (self.old, self.new))
                name = self.say(aspect) if language == self.language else f"{self.say(aspect)} ({language})"
                if (was, now) not in told:
                    yield from self.named("process", what, name, was, now)
                told.append((was, now))

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
        names = {id: self.say("people", self.words.name(id)) for id in (*was, *now)}
        yield from self.listed("process", str, {id: names[id] for id in was}, {id: names[id] for id in now})
        for id in now:
            if id in was:
                worked = [
                    [self.words.text(one.place_of(at).title) for at in one.people[id]] for one in (self.old, self.new)
                ]
                yield from self.several("process", names[id], "worked", *worked)

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

    def kept(self, kind: str, was: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Difference]:
        """Variables, or tables: what only one of the two has, and what means something else."""
        names = {id: self.say(kind, self.words.name(id)) for id in (*was, *now)}
        yield from self.listed("process", str, {id: names[id] for id in was}, {id: names[id] for id in now})
        for id, one in now.items():
            if id in was and meaning(was[id]) != meaning(one):
                said = self.say("rows" if kind == "table" else "detail", names[id])
                yield Difference("changed", "process", said)

    def started(self) -> list[Difference]:
        name = self.say("start")
        was, now = self.was.start, self.now.start
        return [
            *self.value("process", name, "form-used", _all(way.form for way in was), _all(way.form for way in now)),
            *self.value("process", name, "leads", _all(map(_leads, was)), _all(map(_leads, now))),
            *self.value("process", name, "does", _all(way.does for way in was), _all(way.does for way in now)),
        ]

    def places(
        self,
        part: str,
        kind: str,
        was: Sequence[Stop],
        now: Sequence[Stop],
        old: Mapping[str, State],
        new: Mapping[str, State],
    ) -> Iterator[Difference]:
        before, after = {stop.id: stop for stop in was}, {stop.id: stop for stop in now}
        yield from self.listed(part, lambda stop: self.say(kind, stop.title), before, after)
        for id, stop in after.items():
            if id in before:
                told = list(self.place(part, self.say(kind, before[id].title), before[id], stop))
                yield from self.details(part, self.say(kind, stop.title), old[id], new[id], told)

    def place(self, part: str, name: str, was: Stop, now: Stop) -> Iterator[Difference]:
        if was.title != now.title:
            yield Difference("changed", part, self.say("called", name, now.title))
        for aspect, old, new in (
            ("who", was.who, now.who),
            ("about", was.about, now.about),
            ("excluded", was.excluded, now.excluded),
            ("due", was.due, now.due),
            ("form-used", was.form, now.form),
            ("help", was.help, now.help),
            ("does", was.does, now.does),
        ):
            yield from self.value(part, name, aspect, old, new)
        yield from self.several(part, name, "rules", was.rules, now.rules)
        yield from self.several(part, name, "late", was.late, now.late)
        yield from self.ways(part, lambda way: self.say("way", now.title, way), was.ways, now.ways)

    def ways(
        self, part: str, named: Callable[[str], str], was: Sequence[WayOn], now: Sequence[WayOn]
    ) -> Iterator[Difference]:
        """Ways on by their names; of one with several branches, each branch that only one of the two has."""
        for name in dict.fromkeys(way.name for way in (*was, *now)):
            before = [way for way in was if way.name == name and way not in now]
            after = [way for way in now if way.name == name and way not in was]
            what = named(name or self.say("onwards"))
            if not any(way.name == name for way in was):
                yield Difference("added", part, self.say("added", what))
                continue
            if not any(way.name == name for way in now):
                yield Difference("removed", part, self.say("removed", what))
                continue
            if len(before) == len(after) == 1:
                for aspect, attribute in (("when", "when"), ("by", "by"), ("form-used", "form"), ("does", "does")):
                    old, new = getattr(before[0], attribute), getattr(after[0], attribute)
                    yield from self.value(part, what, aspect, old, new)
                yield from self.value(part, what, "leads", self.target(before[0]), self.target(after[0]))
                continue
            for way in before:
                yield Difference("removed", part, self.say("leads-old", what, self.target(way), _when(way)))
            for way in after:
                yield Difference("added", part, self.say("leads-new", what, self.target(way), _when(way)))

    def anywhere(self) -> Iterator[Difference]:
        """What can be asked for, or come in, at any time."""
        yield from self.ways("ways", lambda name: self.say("any", name), self.was.anywhere, self.now.anywhere)
        before = {**self.old.anywhere, **self.old.heeded}
        for id, move in {**self.new.anywhere, **self.new.heeded}.items():
            name = self.words.move(move)
            was, now = ([way for way in ways if way.name == name] for ways in (self.was.anywhere, self.now.anywhere))
            if id in before and was == now:
                yield from self.details("ways", self.say("any", name), before[id], move, ())

    def target(self, way: WayOn) -> str:
        return way.leads_to_title or self.say("stays")

    def promises(self) -> Iterator[Difference]:
        before, after = {one.id: one for one in self.was.promises}, {one.id: one for one in self.now.promises}
        yield from self.listed("promises", lambda one: self.say("clock", one.title), before, after)
        for id, now in after.items():
            was = before.get(id)
            if was is None:
                continue
            name = self.say("clock", was.title)
            told = [Difference("changed", "promises", self.say("called", name, now.title))] * (was.title != now.title)
            for aspect in ("target", "begins", "ends", "pauses", "customers"):
                told += self.value("promises", name, aspect, getattr(was, aspect), getattr(now, aspect))
            rungs = [[f"{share}: {said}" for share, said in one.rungs] for one in (was, now)]
            told += self.several("promises", name, "rungs", *rungs)
            yield from self.details("promises", name, self.old.clocks[id], self.new.clocks[id], told)

    def messages(self) -> Iterator[Difference]:
        before, after = {one.id: one for one in self.was.messages}, {one.id: one for one in self.now.messages}
        yield from self.listed("messages", lambda one: self.say("message", one.name), before, after)
        texts, other = texts_of(self.old), texts_of(self.new)
        for id, now in after.items():
            if id not in before:
                continue
            name = self.say("message", now.name)
            yield from self.value("messages", name, "to", before[id].to, now.to)
            yield from self.several("messages", name, "sent", before[id].when, now.when)
            languages = [
                language
                for language in sorted({*texts.get(id, {}), *other.get(id, {})})
                if texts.get(id, {}).get(language) != other.get(id, {}).get(language)
            ]
            if languages:
                yield Difference("changed", "messages", self.say("text", name, ", ".join(languages)))

    def forms(self) -> Iterator[Difference]:
        before, after = {form.id: form for form in self.was.forms}, {form.id: form for form in self.now.forms}
        yield from self.listed("forms", lambda form: self.say("form", self.words.text(form.title)), before, after)
        for id, form in after.items():
            if id in before:
                told, name = list(self.fields(before[id], form)), self.say("form", self.words.text(form.title))
                yield from self.details("forms", name, form_meaning(before[id]), form_meaning(form), told)

    def fields(self, was: Form, now: Form) -> Iterator[Difference]:
        name = self.say("form", self.words.text(was.title))
        if self.words.text(was.title) != self.words.text(now.title):
            yield Difference("changed", "forms", self.say("called", name, self.words.text(now.title)))
        before = {row.name: row for row in was.describe(self.language)}
        after = {row.name: row for row in now.describe(self.language)}
        for path, row in before.items():
            if path not in after:
                yield Difference("removed", "forms", self.say("field-old", name, _called(row)))
        old, new = {field.name: field for field in was.fields}, {field.name: field for field in now.fields}
        for path, row in after.items():
            other = before.get(path)
            if other is None:
                yield Difference("added", "forms", self.say("field-new", name, _called(row), row.type, row.required))
            elif (other.type, other.required) != (row.type, row.required):
                said = self.say("field", name, _called(row), row.type, row.required, other.type, other.required)
                yield Difference("changed", "forms", said)
            elif other.title != row.title:
                yield Difference("changed", "forms", self.say("called", f"{name}: “{other.title}”", row.title))
            elif path in old and path in new and meaning(old[path]) != meaning(new[path]):
                yield Difference("changed", "forms", self.say("field-detail", name, _called(row)))


def _all(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(word for word in words if word))


def _leads(way: WayOn) -> str:
    return f"{way.leads_to_title} ({way.when})" if way.when else way.leads_to_title


def _when(way: WayOn) -> str:
    return f" ({way.when})" if way.when else ""


def _called(row: Row) -> str:
    return row.title or row.name


def _start(one: Definition) -> object:
    return [one.start, one.received, one.public, one.mail, one.customer, one.subject]
