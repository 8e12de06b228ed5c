"""Two versions of a process compared, in sentences for somebody who reads no YAML.

Owns these sentences. What a version says in words is `engine.core.drawing.prose`'s; what differs, but in none of
these words, is told as a detail of the place where it stands, so that nothing changes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.core.drawing.comparing import Difference
from engine.core.drawing.heads import ComparingHeads
from engine.core.drawing.meaning import form_meaning, meaning, texts_of
from engine.core.drawing.prose import Stop, WayOn
from engine.definition.forms import Form
from engine.definition.forms.describing import Row
from engine.definition.model import Definition, State
from engine.definition.texts import Localised


def differences(
    old: Definition, new: Definition, language: str = "", roles: Mapping[str, Localised] | None = None
) -> tuple[Difference, ...]:
    """What is different in `new`, chapter by chapter; nothing when both mean the same."""
    tongue = language or new.languages[0]
    return tuple(_Comparing(old, new, tongue, roles or {}).all())


class _Comparing(ComparingHeads):
    def all(self) -> Iterator[Difference]:
        yield from self.process()
        yield from self.places("states", "state", self.was.stops, self.now.stops, self.old.states, self.new.states)
        yield from self.anywhere()
        yield from self.places("tasks", "beside", self.was.beside, self.now.beside, self.old.tasks, self.new.tasks)
        yield from self.promises()
        yield from self.messages()
        yield from self.forms()

    # --- chapters

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


def _when(way: WayOn) -> str:
    return f" ({way.when})" if way.when else ""


def _called(row: Row) -> str:
    return row.title or row.name
