"""The words in a picture: short, in the reader's language, of one line each.

Owns how a duration, a time, a guard, a role and a message are said beside an arrow. Knows no picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.core.durations import Duration, in_dative
from engine.definition.expressions import Expression
from engine.definition.expressions.telling import (
    Spoken,
    answer_in_plain_words,
    in_plain_words,
    value_in_plain_words,
)
from engine.definition.moves import Actions, ApprovalPlan, Branch, Due, Move, Pick, RuleBranch
from engine.definition.plans import After
from engine.definition.texts import Localised, localised

LONGEST = 200
"""Most characters of one title or one expression in a picture; the whole of it stands in the process."""

_WHOM = ("assignee", "starter", "authors")
"""Whom every process can name, whatever its roles are."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "after": "after {}", "overdue": "when overdue", "on": "on {}", "before": "{} before {}", "by": "by {}",
        "every": "then every {}", "if": "if {}", "only": "only if {}", "else": "else",
        "within": "within {}", "due": "due: {}", "except": "not: {}",
        "quote": "“{}”", "sends": "sends {}", "sets": "sets {}", "reaches": "reaches {}",
        "calls": "starts {}", "once": "once {} has ended", "publishes": "puts the new version in force",
        "parallel": "at the same time", "for-each": "for each {}",
        "all": "all of them", "first": "the first", "number": "{} of them", "join": "the join of {}",
        "anywhere": "From anywhere", "from": "from {}", "not-from": "not from {}",
        "reopen": "Reopen", "start": "Start",
        "rule-any": "one of {}", "rule-quorum": "{} of {}", "rule-all": "each of {}",
        "rule-majority": "more than half of {}", "rule-sequential": "one after the other: {}",
        "least": "at least {}", "veto": "may refuse alone: {}", "about": "about: {}",
        "needs": "confirmed by {}", "second": "second person: {}",
        "tells": "tells {}", "opens": "opens {}", "reassigns": "gives it to {}", "priority": "priority {}",
        "high": "high", "urgent": "urgent", "beside": "Beside the case's own work",
        "rung": "at {} of its time", "hard-rung": "at the hard stop", "clock-rung": "{} at {}",
        "clock-hard": "{} at the hard stop",
        "promised": "What is promised", "none": "nothing", "unknown": "not yet known", "or": "{} or {}",
        "from-fact": "from: {}", "since": "counted from {}", "anew": "anew with: {}", "until": "until: {}",
        "hard-stop": "hard stop after {}", "still-in": "stands still in {}", "runs-in": "runs only in {}",
        "escalates": "escalates at {}", "still": "stands still: {}", "opened": "opened by: {}",
        "start-fact": "receipt", "sent": "a message to the customer", "sent-x": "{} sent",
        "sent-person": "a person's message to the customer", "sent-x-person": "{} sent by a person",
        "received": "a message comes in", "received-x": "{} comes in",
        "milestone-x": "{} reached", "state-x": "in {}", "noted": "{}: {}.",
        "begins": "The process begins in {}.", "leads": "In {}: {} leads to {}.", "here": "In {}: {}.",
        "assignee": "whoever works on it", "starter": "whoever began it", "authors": "whoever wrote it",
        "case": "Case {} is in {}.", "ended": "{} is an end.",
    },
    "de": {
        "after": "nach {}", "overdue": "wenn überfällig", "on": "am {}", "before": "{} vor {}", "by": "je nach {}",
        "every": "dann alle {}", "if": "wenn {}", "only": "nur wenn {}", "else": "sonst",
        "within": "innerhalb von {}", "due": "fällig: {}", "except": "nicht: {}",
        "quote": "„{}“", "sends": "sendet {}", "sets": "setzt {}", "reaches": "erreicht {}",
        "calls": "beginnt {}", "once": "sobald {} beendet ist", "publishes": "setzt die neue Fassung in Kraft",
        "parallel": "gleichzeitig", "for-each": "je {}",
        "all": "alle", "first": "der erste", "number": "{} davon", "join": "die Zusammenführung von {}",
        "anywhere": "Von überall", "from": "aus {}", "not-from": "nicht aus {}",
        "reopen": "Wieder öffnen", "start": "Beginn",
        "rule-any": "eine Person von {}", "rule-quorum": "{} von {}", "rule-all": "je eine Person von {}",
        "rule-majority": "mehr als die Hälfte von {}", "rule-sequential": "nacheinander: {}",
        "least": "mindestens {}", "veto": "kann allein ablehnen: {}", "about": "über: {}",
        "needs": "bestätigt: {}", "second": "zweite Person: {}",
        "tells": "sagt Bescheid: {}", "opens": "eröffnet {}", "reassigns": "gibt es an {}", "priority": "Vorrang {}",
        "high": "hoch", "urgent": "dringend", "beside": "Neben der eigentlichen Arbeit",
        "rung": "bei {} der Zeit", "hard-rung": "zur äußersten Frist", "clock-rung": "{} bei {}",
        "clock-hard": "{} zur äußersten Frist",
        "promised": "Was zugesagt ist", "none": "nichts", "unknown": "noch nicht bekannt", "or": "{} oder {}",
        "from-fact": "ab: {}", "since": "gerechnet ab {}", "anew": "von vorn mit: {}", "until": "bis: {}",
        "hard-stop": "äußerste Frist: {}", "still-in": "steht still in {}", "runs-in": "läuft nur in {}",
        "escalates": "eskaliert bei {}", "still": "steht still: {}", "opened": "eröffnet durch: {}",
        "start-fact": "Eingang", "sent": "eine Nachricht an den Kunden", "sent-x": "{} gesendet",
        "sent-person": "eine Nachricht eines Menschen an den Kunden",
        "sent-x-person": "{} von einem Menschen gesendet",
        "received": "eine Nachricht geht ein", "received-x": "{} geht ein",
        "milestone-x": "{} erreicht", "state-x": "in {}", "noted": "{}: {}.",
        "begins": "Der Prozess beginnt in {}.", "leads": "In {}: {} führt zu {}.", "here": "In {}: {}.",
        "assignee": "wer daran arbeitet", "starter": "wer begonnen hat", "authors": "wer es verfasst hat",
        "case": "Der Vorgang {} ist in {}.", "ended": "{} ist ein Ende.",
    },
}  # fmt: skip


class Wording:
    """The words of one language; English where there is no other.

    `longest` is the most characters of a text, `roles` what people call a role (or whatever else has an id), `spoken`
    what they call the names in expressions: without it these are told as they were written.
    """

    def __init__(
        self,
        language: str,
        longest: int = LONGEST,
        roles: Mapping[str, Localised] | None = None,
        spoken: Spoken | None = None,
    ) -> None:
        self.language = language
        self._spoken = spoken
        self._longest = longest
        self._roles = {**(spoken.groups if spoken is not None else {}), **(roles or {})}
        self._words = _WORDS.get(language[:2], _WORDS["en"])

    def say(self, key: str, *parts: str) -> str:
        return self._words[key].format(*parts)

    def text(self, value: Localised) -> str:
        return self.line(localised(value, self.language))

    def line(self, text: str) -> str:
        """On one line, and no longer than there is room."""
        return one_line(text, self._longest)

    def expression(self, expression: Expression) -> str:
        """A condition or a value, in plain words."""
        if self._spoken is None:
            return self.line(expression.text)
        return self.line(in_plain_words(expression, self.language, self._spoken))

    def deciding(self, expression: Expression) -> str:
        """What an answer is looked up by, also when that is yes or no."""
        if self._spoken is None:
            return self.line(expression.text)
        return self.line(value_in_plain_words(expression, self.language, self._spoken))

    def answer(self, expression: Expression, answer: str) -> str:
        """One of the answers that the expression can give."""
        spoken = self._spoken or Spoken()
        return self.line(answer_in_plain_words(expression, answer, self.language, spoken))

    def name(self, id: str) -> str:
        """An id as words: `team-lead` is team lead, or what the organisation calls that role."""
        if id in self._roles:
            return localised(self._roles[id], self.language) or id
        if id in _WHOM:
            return self.say(id)
        return id.replace("-", " ").replace("_", " ")

    def message(self, id: str) -> str:
        """A message as it stands in a sentence, where it reads as a name whatever it is called."""
        return self.say("quote", self._text_or_name(self._spoken.messages if self._spoken else {}, id))

    def milestone(self, id: str) -> str:
        """The same for a milestone."""
        return self.say("quote", self._text_or_name(self._spoken.milestones if self._spoken else {}, id))

    def _text_or_name(self, titles: Mapping[str, Localised], id: str) -> str:
        return self.text(titles[id]) if id in titles else self.name(id)

    def names(self, ids: Iterable[str]) -> str:
        return ", ".join(dict.fromkeys(self.called(id) for id in ids))

    def called(self, id: str) -> str:
        """What people call somebody: a role, a name of `people`; or else a thing of the process."""
        return self.name(id) if id in self._roles else self.thing(id)

    def things(self, ids: Iterable[str]) -> str:
        return ", ".join(dict.fromkeys(self.thing(id) for id in ids))

    def thing(self, id: str) -> str:
        """What people call a process, a value or a place to work in, also where a role has the same name."""
        spoken = self._spoken or Spoken()
        title = spoken.titles.get(id) or spoken.places.get(id) or spoken.processes.get(id)
        return self.say("quote", self.text(title)) if title and id not in spoken.groups else self.name(id)

    def move(self, move: Move) -> str:
        """What a person calls this move."""
        if move.title:
            return self.text(move.title)
        if move.kind in ("heed", "wait-for") and self._spoken is not None and move.name in self._spoken.messages:
            return self.text(self._spoken.messages[move.name])
        if move.kind == "reopen":
            return self.say("reopen")
        return capital(self.name(move.name))

    def length(self, length: Duration) -> str:
        return length.words(self.language)

    def dative(self, length: str) -> str:
        """As it stands behind a German preposition: `nach 3 Tagen`."""
        return in_dative(length) if self.language[:2] == "de" else length

    def pick(self, pick: Pick[Duration]) -> str:
        """`4 working hours`, or what it depends on."""
        return (
            self.length(pick.fixed)
            if pick.by is None and pick.fixed
            else self.say("by", self.deciding(pick.by) if pick.by else "")
        )

    def due(self, due: Due) -> str:
        if due.length is not None:
            return self.pick(due.length)
        date = self.expression(due.at) if due.at is not None else ""
        return self.say("before", self.length(due.before), date) if due.before is not None else date

    def time(self, after: After) -> str:
        """When a timer fires."""
        if after.due is None:
            said = self.say("overdue")
        elif after.due.length is not None and after.due.length.by is None:
            said = self.say("after", self.dative(self.due(after.due)))
        elif after.due.length is not None or after.due.before is not None:
            said = self.due(after.due)
        else:
            said = self.say("on", self.due(after.due))
        return f"{said}, {self.say('every', self.length(after.move.repeat))}" if after.move.repeat else said

    def roles(self, pick: Pick[tuple[str, ...]]) -> str:
        if pick.by is None:
            return self.names(pick.fixed or ())
        return self.say("by", self.deciding(pick.by))

    def by(self, move: Move) -> str:
        """Who may ask for a move, and who may not although they could."""
        out = self.say("except", self.things(move.exclude)) if move.exclude else ""
        return ", ".join(part for part in (self.names(move.by), out) if part)

    def rule(self, branch: RuleBranch, of: int) -> str:
        """What has to come together in an approval, and when that rule counts."""
        rule = branch.rule
        roles = self.names(rule.of)
        said = [
            self.say("rule-quorum", str(rule.need), roles)
            if rule.mode == "quorum"
            else self.say(f"rule-{rule.mode}", roles)
        ]
        if rule.mode == "majority" and rule.need > 1:
            said.append(self.say("least", str(rule.need)))
        if rule.veto:
            said.append(self.say("veto", self.names(rule.veto)))
        when = self.say("if", self.expression(branch.when)) if branch.when else self.say("else") if of > 1 else ""
        return ": ".join(part for part in (when, ", ".join(said)) if part)

    def confirmed(self, plan: ApprovalPlan) -> str:
        """Who has to say yes to a move that somebody else asks for, and by when."""
        who = self._confirming(plan)
        return f"{who} ({self.say('due', self.due(plan.due))})" if plan.due is not None else who

    def _confirming(self, plan: ApprovalPlan) -> str:
        written = plan.rules[0]
        of_anybody = written.rule.mode == "any" and set(written.rule.veto) == set(written.rule.of)
        if of_anybody:
            *others, last = (self.name(role) for role in written.rule.of)
            return self.say("second", self.say("or", ", ".join(others), last) if others else last)
        return self.say("needs", self.rule(written, 1))

    def guard(self, move: Move, branch: Branch | None) -> str:
        """The condition beside an arrow; empty when there is none. Without a branch, that of the whole move."""
        said = []
        if branch is not None and branch.when is not None:
            said.append(self.say("if", self.expression(branch.when)))
        elif branch is not None and len(move.branches) > 1:
            said.append(self.say("else"))
        if move.only_when is not None:
            said.append(self.say("only", self.expression(move.only_when)))
        if move.needs is not None:
            said.append(self.confirmed(move.needs))
        return ", ".join(said)

    def effects(self, *doing: Actions, telling: bool = True) -> str:
        """What is done without moving: which messages go out, which variables are set, which milestones reached.
        With `telling` also which colleagues are told.
        """
        sent = (self.message(sending.message) for actions in doing for sending in actions.sendings)
        said: list[tuple[str, Iterable[str]]] = [
            ("sends", sent),
            ("sets", (self.thing(setting.variable) for actions in doing for setting in actions.settings)),
            ("reaches", (self.milestone(name) for actions in doing for name in actions.milestones)),
            ("opens", (self.thing(one.task) for actions in doing for one in actions.openings)),
            ("calls", (self.thing(calling.process) for actions in doing for calling in actions.callings)),
            ("reassigns", (self.name(role) for actions in doing for role in actions.reassign)),
            ("priority", (self.say(actions.priority) for actions in doing if actions.priority)),
        ]
        if telling:
            said.append(("tells", (self.name(to) for actions in doing for one in actions.notices for to in one.to)))
        listed = ((key, ", ".join(dict.fromkeys(names))) for key, names in said)
        return ", ".join(self.say(key, names) for key, names in listed if names)

    def join(self, need: int) -> str:
        return self.say("all") if need == 0 else self.say("first") if need == 1 else self.say("number", str(need))


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def one_line(text: str, longest: int = LONGEST) -> str:
    """On one line, without what a picture cannot hold, and not too long."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"
