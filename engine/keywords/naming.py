"""The names of things at one place of a process: whether what a word names exists, and what was probably meant.

Owns these checks and their near misses. Knows no particular word, and turns nothing into its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.definition.catalog import Catalog
from engine.definition.expressions import Scope, compile_expression
from engine.definition.flow import Flow
from engine.definition.interfaces import Interface
from engine.definition.leniency import lenient
from engine.definition.model import JOIN
from engine.definition.outline import Outline
from engine.definition.roles import CUSTOMER
from engine.definition.shapes import Report, Said
from engine.definition.suggest import near
from engine.definition.types import Person
from engine.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Names:
    """See the module. `state` is the id of the state whose words are looked at, or empty at the head of the process;
    `scope` holds the names known there.
    """

    report: Report
    outline: Outline
    catalog: Catalog
    flow: Flow
    scope: Scope
    state: str = ""

    def _known(self, said: Said, known: Iterable[str], code: str, what: str, advice: str) -> bool:
        names = tuple(known)
        if said.text in names:
            return True
        self.report.problem(
            said.place, code, f"Expected {what}, but there is no '{said.text}'{near(said.text, names)}", advice
        )
        return False

    def target(self, said: Said) -> None:
        if said.text == JOIN:
            if self.state not in self.outline.owners:
                self.report.problem(
                    said.place,
                    "join-outside",
                    "Expected a state, but `join` ends a branch and this state is in none",
                    "name the state to go to",
                )
            return
        self._known(
            said,
            self.outline.states,
            "unknown-state",
            "a state of this process",
            "name a state that stands under `states`, or add it there",
        )

    def role(self, said: Said) -> None:
        self._known(
            said,
            self.catalog.organisation.roles,
            "unknown-role",
            "a role",
            "use a role of processes/organisation.yaml, or add it there",
        )

    def who(self, said: Said) -> None:
        known = (*self.catalog.organisation.roles, "starter", *self.flow.people)
        self._known(
            said,
            known,
            "unknown-role",
            "a role, `starter` or a name of `people`",
            "use a role of processes/organisation.yaml, or add it there",
        )

    def recipient(self, said: Said) -> None:
        known = (CUSTOMER, "starter", *self.flow.people, *self.catalog.organisation.roles)
        self._known(
            said,
            known,
            "unknown-recipient",
            "somebody to send it to",
            "write customer, starter, a role or a name of `people`",
        )

    def colleague(self, said: Said) -> None:
        """Somebody of the house to be told: customers are written to, with a message of their own."""
        roles = (role for role in self.catalog.organisation.roles if role != CUSTOMER)
        self._known(
            said,
            ("assignee", "starter", *self.flow.people, *roles),
            "unknown-recipient",
            "a colleague to be told",
            "write assignee, starter, a role or a name of `people`; to the customer, `send` a message",
        )

    def side_task(self, said: Said) -> None:
        self._known(
            said,
            self.outline.tasks,
            "unknown-task",
            "a task of this process",
            "name a task that stands under `tasks` at the head of the process, or add it there",
        )

    def relations(self, source: Iterable[Said], *also: str) -> tuple[str, ...]:
        """Names that stand for people who did something, or paths to people; `also` are names that mean something
        here alone.
        """
        for said in source:
            if said.text not in (*also, "starter", *self.flow.people, *self.outline.states, *self.outline.tasks):
                self._person_path(said, "a name of `people`, a state, `starter` or a path to a person")
        return tuple(said.text for said in source)

    def person(self, said: Said) -> str:
        """A name of `people`, or a path to a person."""
        if said.text not in ("starter", *self.flow.people):
            self._person_path(said, "a name of `people` or a path to a person")
        return said.text

    def _person_path(self, said: Said, what: str) -> None:
        try:
            expression = compile_expression(said.text, lenient(self.scope), said.place)
        except DefinitionError:
            known = ("starter", *self.flow.people, *self.outline.states)
            self._known(
                said, known, "unknown-relation", what, "declare it under `people`, or name a field of the format person"
            )
            return
        kind = getattr(expression.type, "item", expression.type)
        if not isinstance(kind, Person):
            self.report.problem(
                said.place,
                "type-mismatch",
                f"Expected {what}, but {said.text} is no person",
                "give the field `format: person`",
            )

    def process(self, said: Said) -> Interface | None:
        """What the process of this name shows to those that call it."""
        found = self.catalog.interface(said.text)
        if found is not None:
            return found
        if said.text in self.catalog.processes():
            self.report.problem(
                said.place,
                "broken-process",
                f"Expected a process that can be called, but '{said.text}' or the form that starts it cannot be read",
                f"mend it first; see heard lint {said.text}",
            )
        else:
            self._known(
                said,
                self.catalog.processes(),
                "unknown-process",
                "a process",
                f"write processes/{said.text}.yaml",
            )
        return None
