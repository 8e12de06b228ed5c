"""What will happen when somebody chooses an outcome: where the case goes, who has it next, what the customer is told.

Owns this look ahead and its sentence. It follows the definition with what is known of the case now, and says "or" where
that does not decide. Does nothing: what really happens is the step's matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from engine.core.ballots import Rule
from engine.core.draft import Draft
from engine.core.tasks import acting_for
from engine.definition.expressions import Expression
from engine.definition.lines import Bound
from engine.definition.model import JOIN, State
from engine.definition.moves import Actions, Branch, Calling, FormUse, Move, Sending
from engine.definition.roles import CUSTOMER
from engine.definition.texts import Localised, localised
from engine.errors import Stuck
from engine.keywords.exclude import excluded
from engine.keywords.opening import designated

_MOST_STATES = 20
_NOBODY: Mapping[str, str] = {}
_MOST_NAMES = 2

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "stays": "The case stays where it is", "ends": "the case ends", "part": "this part is done",
        "waits": "waits", "for": "{} ({})", "or": " or ", "and": " and ",
        "gets": "the customer gets {}", "may": "the customer may get {}",
        "unreachable": "the customer has no e-mail address and has to be told {}",
        "confirm": "first {} has to confirm it", "opens": "also to do: {}", "calls": "a case of {} begins",
        "list": ", ", "quote": "“{}”", "you": "you",
    },
    "de": {
        "stays": "Der Vorgang bleibt, wo er ist", "ends": "der Vorgang endet", "part": "dieser Teil ist erledigt",
        "waits": "wartet", "for": "{} ({})", "or": " oder ", "and": " und ",
        "gets": "der Kunde erhält {}", "may": "der Kunde erhält vielleicht {}",
        "unreachable": "der Kunde hat keine E-Mail-Adresse und muss es erfahren: {}",
        "confirm": "vorher muss {} zustimmen", "opens": "außerdem zu tun: {}", "calls": "ein Vorgang {} beginnt",
        "list": ", ", "quote": "„{}“", "you": "Sie",
    },
}  # fmt: skip


@dataclass(slots=True)
class Ahead:
    """What is ahead: `stops` are the places where the case may come to rest (empty: it stays), `whose` the roles that
    have it there and `who` the person whom the work there is meant for, by the place; `ends` whether it ends for
    certain, `sends` what the customer surely gets and `may` what they perhaps get, by subject, `confirm` the roles that
    are asked first, `opens` the titles of tasks and `calls` the processes that begin.
    """

    stops: list[State] = field(default_factory=list)
    whose: dict[str, tuple[str, ...]] = field(default_factory=dict)
    who: dict[str, str] = field(default_factory=dict)
    part: bool = False
    sends: list[str] = field(default_factory=list)
    may: list[str] = field(default_factory=list)
    confirm: tuple[str, ...] = ()
    opens: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def ends(self) -> bool:
        return bool(self.stops) and all(state.ending is not None for state in self.stops)


def ahead(draft: Draft, token: str, move: Move, use: FormUse | None, typed: Mapping[str, object]) -> Ahead:
    """What lies ahead of the draft's actor when they choose this move now, with so much typed into its form. The draft
    is used up by it.
    """
    if use is not None:
        draft.keep_form(token, use.alias, use.form.id, typed)
    # Who has done this may be meant for what follows.
    here = draft.tokens[token].state if move.kind == "on" else ""
    done = next((task for task in draft.tasks.values() if task.token == token and task.state == here), None)
    if done is not None:
        draft.doers += [(done.state, who) for who in (draft.actor.id, acting_for(draft, done.id)) if who]
        del draft.tasks[done.id]
        draft.changed()
    seer = _Seer(draft, token)
    seer.along(move.actions, sure=True)
    if move.needs is not None:
        seer.found.confirm = tuple(dict.fromkeys(role for branch in move.needs.rules for role in branch.rule.of))
    seer.branches(move.branches, sure=True)
    return seer.found


class _Seer:
    """Walks through the places that a case passes by itself. `set` are the variables that change on the way."""

    def __init__(self, draft: Draft, token: str) -> None:
        self.found = Ahead()
        self._draft, self._token = draft, token
        self._values = draft.values(token)
        self._set: set[str] = set()
        self._seen: set[str] = set()

    def branches(self, branches: Iterable[Branch], sure: bool) -> None:
        open_ways = list(self._possible(branches))
        for branch in open_ways:
            certain = sure and len(open_ways) == 1
            self.along(branch.actions, certain)
            if branch.go:
                self._arrive(branch.go, certain)

    def _possible(self, branches: Iterable[Branch]) -> Iterator[Branch]:
        """Those whose guard may hold, up to the first that surely does."""
        for branch in branches:
            holds = True if branch.when is None else self._holds(branch.when)
            if holds is not False:
                yield branch
            if holds is True:
                return

    def _holds(self, guard: Expression) -> bool | None:
        """None when it cannot be told yet."""
        if guard.names & self._set:
            return None
        try:
            return bool(guard.evaluate(self._values))
        except Stuck:
            return None

    def along(self, doing: Actions, sure: bool) -> None:
        self._set |= {setting.variable for setting in doing.settings}
        for sending in doing.sendings:
            if sending.to == CUSTOMER:
                self._send(sending, sure)
        for opening in doing.openings:
            if opening.when is None or self._holds(opening.when):
                self.found.opens.append(self._title(self._draft.definition.tasks[opening.task]))
        self._call(doing.callings)

    def _call(self, callings: Iterable[Calling]) -> None:
        for calling in callings:
            if calling.when is None or self._holds(calling.when):
                self.found.calls.append(calling.process)

    def _send(self, sending: Sending, sure: bool) -> None:
        holds = True if sending.when is None else self._holds(sending.when)
        if holds is not False:
            (self.found.sends if sure and holds else self.found.may).append(self._subject(sending))

    def _subject(self, sending: Sending) -> str:
        """The subject as it will stand in the message."""
        template = sending.templates.get(self._draft.customer.get("language", ""))
        template = template or next(iter(sending.templates.values()))
        return self._filled(template.subject, template.language)

    def _title(self, task: State) -> str:
        line = task.task.title if task.task is not None else None
        if line is None:
            return task.id.replace("-", " ")
        language = self._draft.actor.language or self._draft.definition.languages[0]
        return self._filled(line.languages.get(language) or next(iter(line.languages.values())), language)

    def _filled(self, pieces: Bound, language: str) -> str:
        """On one line, with a gap for what is not known yet."""
        zone = ZoneInfo(self._draft.definition.calendar.zone)
        words = []
        for piece in pieces:
            try:
                words.append(piece if isinstance(piece, str) else piece.words(self._values, language, zone))
            except Stuck:
                words.append("…")
        return " ".join("".join(words).split())

    def _arrive(self, name: str, sure: bool) -> None:
        if name == JOIN:
            self.found.part = True
            return
        state = self._draft.definition.states[name]
        if name in self._seen or len(self._seen) > _MOST_STATES:
            return
        self._seen.add(name)
        for word in ("set", "send", "open"):
            doing = state.words.get(word)
            if isinstance(doing, Actions):
                self.along(doing, sure)
        self._call(state.calls)
        if state.fork is not None:
            for _, start in state.fork.branches:
                self._arrive(start, sure)
        elif state.each is not None:
            self._arrive(state.each.start, sure)
        elif state.go is not None:
            self.branches(state.go.branches, sure)
        else:
            self.found.stops.append(state)
            self.found.whose[name] = self._roles(state)
            self.found.who[name] = self._meant(state, self.found.whose[name])

    def _roles(self, state: State) -> tuple[str, ...]:
        """The roles that have the case there, as far as it is known by now which."""
        if state.task is not None:
            candidates = state.task.candidates
            try:
                if candidates.by is None or not candidates.by.names & self._set:
                    return candidates.choose(self._values)
            except Stuck:
                pass
            return tuple(dict.fromkeys(role for roles in candidates.all() for role in roles))
        if state.approval is not None:
            rules: list[Rule] = []
            for branch in state.approval.rules:
                holds = True if branch.when is None else self._holds(branch.when)
                rules += [branch.rule] if holds is not False else []
                if holds:
                    break
            return tuple(dict.fromkeys(role for rule in rules for role in rule.of))
        return ()

    def _meant(self, state: State, roles: tuple[str, ...]) -> str:
        """Whom the task there will be for, if it is sure by now and they may have it; empty when it is nobody's."""
        plan, draft = state.task, self._draft
        if plan is None:
            return ""
        try:
            person = designated(draft, plan, self._token)
            kept_out = person in excluded(draft, plan.exclude, self._token)
        except Stuck:
            return ""
        return person if not kept_out and any(person in draft.roll(role) for role in roles) else ""


def in_words(
    found: Ahead,
    language: str,
    roles: Mapping[str, Localised],
    processes: Mapping[str, Localised],
    reachable: bool = True,
    people: Mapping[str, str] = _NOBODY,
    me: str = "",
) -> str:
    """One sentence: `Decision sent (agent); the customer gets “Our decision”`. `roles`, `processes` and `people` are
    what people call them, `me` is whoever reads it; `reachable` tells whether the customer has an address. Of
    more than two roles none is named: that says nothing.
    """
    words = _WORDS.get(language, _WORDS["en"])

    def named(ids: Iterable[str], titles: Mapping[str, Localised]) -> list[str]:
        return list(dict.fromkeys(localised(titles.get(id, id.replace("-", " ")), language) for id in ids))

    def theirs(state: State) -> str:
        who = found.who.get(state.id, "")
        if who:
            return words["you"] if who == me else people.get(who, who)
        called = named(found.whose.get(state.id, ()), roles)
        return words["or"].join(called) if len(called) <= _MOST_NAMES else ""

    where = [_place(state, words, language, theirs(state)) for state in found.stops]
    if found.part:
        where.append(words["part"])
    said = []
    if found.confirm:
        said.append(words["confirm"].format(words["or"].join(named(found.confirm, roles))))
    said.append(words["or"].join(dict.fromkeys(where)) if where else words["stays"])
    for key, subjects in (("gets" if reachable else "unreachable", found.sends), ("may", found.may)):
        told = [words["quote"].format(subject) for subject in dict.fromkeys(subjects)]
        if told and (reachable or key != "may"):
            said.append(words[key].format(words["and"].join(told)))
    if found.opens:
        said.append(words["opens"].format(words["list"].join(dict.fromkeys(found.opens))))
    if found.calls:
        said.append(words["calls"].format(words["or"].join(named(found.calls, processes))))
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _place(state: State, words: Mapping[str, str], language: str, who: str) -> str:
    title = localised(state.title, language) or state.id.replace("-", " ").capitalize()
    return words["for"].format(title, who) if who and who != title else title
