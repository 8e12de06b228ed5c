"""The words in a picture: short, in the reader's language, of one line each.

Owns how a duration, a time, a guard, a role and a message are said beside an arrow. Knows no picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.core.durations import Duration
from engine.definition.model import Actions, After, ApprovalPlan, Branch, Due, Move, Pick, RuleBranch
from engine.definition.texts import Localised, localised

LONGEST = 90
"""Most characters of one text in a picture; the whole of it stands in the process."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "after": "after {}", "overdue": "when overdue", "on": "on {}", "by": "by {}",
        "every": "then every {}", "if": "if {}", "only": "only if {}", "else": "else",
        "within": "within {}", "due": "due: {}", "except": "not: {}",
        "sends": "sends {}", "sets": "sets {}", "reaches": "reaches {}",
        "calls": "starts {}", "once": "once {} has ended",
        "parallel": "at the same time", "for-each": "for each {}",
        "all": "all of them", "first": "the first", "number": "{} of them", "join": "the join of {}",
        "anywhere": "From anywhere", "from": "from {}", "not-from": "not from {}",
        "reopen": "Reopen", "start": "Start",
        "rule-any": "one of {}", "rule-quorum": "{} of {}", "rule-all": "each of {}",
        "rule-majority": "more than half of {}", "rule-sequential": "one after the other: {}",
        "least": "at least {}", "veto": "may refuse alone: {}", "about": "about: {}",
        "needs": "confirmed by {}",
        "begins": "The process begins in {}.", "leads": "In {}: {} leads to {}.", "here": "In {}: {}.",
        "case": "Case {} is in {}.", "ended": "{} is an end.",
    },
    "de": {
        "after": "nach {}", "overdue": "wenn überfällig", "on": "am {}", "by": "je nach {}",
        "every": "dann alle {}", "if": "wenn {}", "only": "nur wenn {}", "else": "sonst",
        "within": "innerhalb von {}", "due": "fällig: {}", "except": "nicht: {}",
        "sends": "sendet {}", "sets": "setzt {}", "reaches": "erreicht {}",
        "calls": "beginnt {}", "once": "sobald {} beendet ist",
        "parallel": "gleichzeitig", "for-each": "je {}",
        "all": "alle", "first": "der erste", "number": "{} davon", "join": "die Zusammenführung von {}",
        "anywhere": "Von überall", "from": "aus {}", "not-from": "nicht aus {}",
        "reopen": "Wieder öffnen", "start": "Beginn",
        "rule-any": "eine Person von {}", "rule-quorum": "{} von {}", "rule-all": "je eine Person von {}",
        "rule-majority": "mehr als die Hälfte von {}", "rule-sequential": "nacheinander: {}",
        "least": "mindestens {}", "veto": "kann allein ablehnen: {}", "about": "über: {}",
        "needs": "bestätigt: {}",
        "begins": "Der Prozess beginnt in {}.", "leads": "In {}: {} führt zu {}.", "here": "In {}: {}.",
        "case": "Der Vorgang {} ist in {}.", "ended": "{} ist ein Ende.",
    },
}  # fmt: skip


class Wording:
    """The words of one language; English where there is no other."""

    def __init__(self, language: str, process: str) -> None:
        self.language = language
        self._process = process
        self._words = _WORDS.get(language[:2], _WORDS["en"])

    def say(self, key: str, *parts: str) -> str:
        return self._words[key].format(*parts)

    def text(self, value: Localised) -> str:
        return one_line(localised(value, self.language))

    def name(self, id: str) -> str:
        """An id as words: `team-lead` is team lead, and a process's own message goes without the process's
        name.
        """
        return id.removeprefix(f"{self._process}-").replace("-", " ").replace("_", " ")

    def names(self, ids: tuple[str, ...]) -> str:
        return ", ".join(dict.fromkeys(self.name(id) for id in ids))

    def move(self, move: Move) -> str:
        """What a person calls this move."""
        if move.title:
            return self.text(move.title)
        if move.kind == "reopen":
            return self.say("reopen")
        words = self.name(move.name)
        return words[:1].upper() + words[1:]

    def length(self, length: Duration) -> str:
        return length.words(self.language)

    def pick(self, pick: Pick[Duration]) -> str:
        """`4 working hours`, or what it depends on."""
        return (
            self.length(pick.fixed)
            if pick.by is None and pick.fixed
            else self.say("by", one_line(pick.by.text) if pick.by else "")
        )

    def due(self, due: Due) -> str:
        if due.length is not None:
            return self.pick(due.length)
        return one_line(due.at.text) if due.at is not None else ""

    def time(self, after: After) -> str:
        """When a timer fires."""
        if after.due is None:
            said = self.say("overdue")
        elif after.due.length is not None and after.due.length.by is None:
            said = self.say("after", self.due(after.due))
        elif after.due.length is not None:
            said = self.due(after.due)
        else:
            said = self.say("on", self.due(after.due))
        return f"{said}, {self.say('every', self.length(after.move.repeat))}" if after.move.repeat else said

    def roles(self, pick: Pick[tuple[str, ...]]) -> str:
        if pick.by is None:
            return self.names(pick.fixed or ())
        return self.say("by", one_line(pick.by.text))

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
        when = self.say("if", one_line(branch.when.text)) if branch.when else self.say("else") if of > 1 else ""
        return one_line(": ".join(part for part in (when, ", ".join(said)) if part))

    def confirmed(self, plan: ApprovalPlan) -> str:
        """Who has to say yes to a move that somebody else asks for."""
        written = plan.rules[0]
        of_anybody = written.rule.mode == "any" and set(written.rule.veto) == set(written.rule.of)
        rule = replace(written, rule=replace(written.rule, veto=())) if of_anybody else written
        return self.say("needs", self.rule(rule, 1))

    def guard(self, move: Move, branch: Branch) -> str:
        """The condition beside an arrow; empty when there is none."""
        said = []
        if branch.when is not None:
            said.append(self.say("if", one_line(branch.when.text)))
        elif len(move.branches) > 1:
            said.append(self.say("else"))
        if move.only_when is not None:
            said.append(self.say("only", one_line(move.only_when.text)))
        if move.needs is not None:
            said.append(self.confirmed(move.needs))
        return ", ".join(said)

    def effects(self, *doing: Actions) -> str:
        """What is done without moving: which messages go out, which variables are set, which milestones
        reached.
        """
        sent = tuple(sending.message for actions in doing for sending in actions.sendings)
        settings = tuple(setting.variable for actions in doing for setting in actions.settings)
        milestones = tuple(name for actions in doing for name in actions.milestones)
        called = tuple(calling.process for actions in doing for calling in actions.callings)
        said = [("sends", sent), ("sets", settings), ("reaches", milestones), ("calls", called)]
        return ", ".join(self.say(key, self.names(ids)) for key, ids in said if ids)

    def join(self, need: int) -> str:
        return self.say("all") if need == 0 else self.say("first") if need == 1 else self.say("number", str(need))


def one_line(text: str) -> str:
    """On one line, without what a picture cannot hold, and not too long."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1].rstrip() + "…"
