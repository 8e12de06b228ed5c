"""Looks names up: what the words of a definition use to turn what was written into its meaning.

Owns the turning of expressions, texts, forms and values by an answer that every word shares; whether a state, a role or
a task exists is `engine.keywords.naming`. Knows no particular word. A binder stands at one place of the process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from engine.core.durations import Duration
from engine.definition.catalog import MESSAGES
from engine.definition.expressions import Expression, Scope, compile_expression
from engine.definition.leniency import lenient
from engine.definition.messages import Line, LineSource, Template
from engine.definition.model import BEGIN, JOIN
from engine.definition.moves import FormUse, Pick
from engine.definition.shapes import Said
from engine.definition.sources import SourceMove, SourcePick
from engine.definition.types import Boolean, Choice, Type
from engine.errors import DefinitionError, Place
from engine.keywords.dates_promised import with_promises
from engine.keywords.naming import Names

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Binder(Names):
    """See the module, and `Names` for the names of things."""

    # --- other places

    def at(self, state: str) -> Binder:
        """Inside a state: what is known when a token stands there."""
        return replace(self, state=state, scope=self.flow.scope_in(state))

    def after_form(self, way: SourceMove) -> Binder:
        """Along a move, once its form has been filled in and the task is done."""
        if not self.state:
            return replace(self, scope=self.flow.scope_along(self.scope, None, way))
        return replace(self, scope=self.flow.scope_along(self.scope, self.outline.states[self.state], way))

    def joined(self) -> Binder:
        """Where enough branches have joined."""
        return replace(self, scope=self.flow.scope_joined(self.state))

    def anywhere(self, way: SourceMove) -> Binder:
        """Where a process-level move may be asked for: what is known in all of those states."""
        return replace(self, scope=self.flow.scope_anywhere(way))

    def knowing(self, guard: Expression | None) -> Binder:
        """Behind a guard that holds."""
        return self if guard is None else replace(self, scope=self.scope.knowing(guard))

    def leniently(self) -> Binder:
        """The same names as if every one were surely there."""
        return replace(self, scope=lenient(self.scope))

    def compiles(self, said: Said, scope: Scope) -> bool:
        """Whether an expression can be worked out where these names are known."""
        try:
            compile_expression(said.text, scope, said.place)
        except DefinitionError:
            return False
        return True

    # --- expressions and texts

    def expression(self, said: Said, expect: Any = None) -> Expression | None:
        try:
            return compile_expression(said.text, self.scope, said.place, expect)
        except DefinitionError as error:
            self.report.absorb(error)
            return None

    def guard(self, said: Said | None) -> Expression | None:
        """The condition that stands here; None where none does."""
        return self.expression(said, Boolean) if said is not None else None

    def variable(self, said: Said) -> Any:
        """The type class that a variable's new value has to have."""
        if not self._known(
            said,
            self.flow.variables,
            "unknown-variable",
            "a variable",
            "declare it under `variables`, with its first value",
        ):
            return None
        kind = self.flow.variables[said.text]
        return type(kind)

    def line(self, source: LineSource) -> Line | None:
        try:
            return source.bind(self.scope, self.catalog.labels(self.outline))
        except DefinitionError as error:
            self.report.absorb(error)
            return None

    def templates(self, said: Said) -> Mapping[str, Template]:
        """The message in each of the process's languages, bound to the names known here."""
        found = self.catalog.templates.get(said.text, {})
        if not found:
            if any(self._broken_message(said.text, language) for language in self.flow.languages):
                return {}
            self._known(
                said,
                self.catalog.templates,
                "unknown-message",
                "a message",
                f"name one that is there, or write processes/messages/{said.text}.{self.flow.languages[0]}.md",
            )
            return {}
        bound, scope = {}, with_promises(self.scope, self.outline)
        for language in self.flow.languages:
            source = found.get(language)
            if source is None and self._broken_message(said.text, language):
                continue
            if source is None:
                self.report.problem(
                    said.place,
                    "message-language",
                    f"Expected the message '{said.text}' in every language of the process, but it is missing "
                    f"in '{language}'",
                    f"write processes/messages/{said.text}.{language}.md",
                )
                continue
            try:
                bound[language] = source.bind(scope, self.catalog.labels(self.outline))
            except DefinitionError as error:
                self.report.absorb(error)
        return bound

    def _broken_message(self, message: str, language: str) -> bool:
        """The file is there, and what is wrong with it is told where it stands."""
        return f"{MESSAGES}{message}.{language}.md" in self.catalog.files

    # --- forms

    def form_of(self, way: SourceMove) -> Said | None:
        return self.outline.states[self.state].form_of(way) if self.state else way.form

    def form(self, said: Said) -> FormUse | None:
        """The form bound to what is known here. A form's own problems are told once, by the catalog."""
        form = self.catalog.forms.get(said.text)
        if form is None:
            known = self.catalog.form_names
            if said.text not in known:
                longer = f"{self.outline.key}-{said.text}"
                advice = (
                    f"write form: {longer}"
                    if longer in known
                    else f"name one that is there, or write forms/{said.text}.yaml"
                )
                self._known(said, known, "unknown-form", "a form", advice)
            form = self.catalog.forms.get(self.outline.forms_meant.get(said.text, ""))
        if form is None:
            return None
        try:
            return FormUse(form, form.bind(self.scope), self.outline.alias(said.text))
        except DefinitionError as error:
            if said.text not in self.outline.forms_meant:
                self.report.absorb(error)
            return None

    def form_name(self, said: Said) -> None:
        """A form's short name, surely filled in here."""
        known = self.scope.names.get(said.text)
        if (
            self._known(
                said,
                self.flow.form_names(),
                "unknown-form",
                "a form's short name",
                "name a form that has been filled in by then",
            )
            and known is not None
            and not known.always
        ):
            self.report.problem(
                said.place,
                "maybe-missing",
                f"Expected {said} to be filled in by then, but {known.why}",
                "let every way to this state fill it in",
            )

    # --- values by an answer

    def pick(self, source: SourcePick, of: Callable[[Any], T | None]) -> Pick[T] | None:
        """The values turned by `of`; with `by` they have to cover every answer.

        Without values, the answers themselves are turned.
        """
        if source.by is None:
            fixed = source.fixed if not isinstance(source.fixed, (Said, tuple)) else of(source.fixed)
            return Pick(fixed=fixed) if fixed is not None else None
        by = self.expression(source.by)
        options: dict[str, T] = {}
        answers = _answers(by.type) if by is not None else None
        for said, value in source.options:
            turned = value if not isinstance(value, (Said, tuple)) else of(value)
            if turned is not None:
                options[said.text] = turned
            if answers is not None:
                self._known(
                    said, answers, "not-in-enum", f"an answer of {source.by.text}", f"write one of {', '.join(answers)}"
                )
        otherwise = source.otherwise if not isinstance(source.otherwise, (Said, tuple)) else of(source.otherwise)
        if by is None:
            return None
        if not source.options and source.otherwise is None and not source.unread:
            if answers is None:
                self.report.problem(
                    source.by.place,
                    "type-mismatch",
                    f"Expected a choice, but {source.by.text} is none",
                    "list the values: {by: …, <answer>: …, else: …}",
                )
                return None
            turned_answers = {answer: of(Said(answer, source.by.place)) for answer in answers}
            return Pick(by=by, options={answer: value for answer, value in turned_answers.items() if value is not None})
        given = source.unread | {said.text for said, _ in source.options}
        missing = [answer for answer in answers or () if answer not in given]
        if source.otherwise is None and "else" not in given and (missing or answers is None):
            what = f"nothing for {', '.join(missing)}" if missing else "no `else`"
            self.report.problem(
                source.place,
                "no-else",
                f"Expected a value for every answer of {source.by.text}, but there is {what}",
                "add the missing answers, or `else`",
            )
        return Pick(by=by, options=options, otherwise=otherwise)

    # --- time

    def needs_calendar(self, length: Duration, place: Place) -> None:
        if length.working and not self.flow.calendar:
            self.report.problem(
                place,
                "timer-without-calendar",
                f"Expected a calendar for {length}, but the process names none",
                "write `calendar: office` at the head, or use wall-clock time such as 2h or 3d",
            )

    def needs_due(self, place: Place) -> None:
        task = self.outline.states[self.state].work
        if task is None or "due" not in task.places:
            self.report.problem(
                place,
                "no-due",
                "Expected a task or approval with `due` in this state, but there is none for `after: {due: …}`",
                "give the task a `due`, or write a duration",
            )


def _answers(kind: Type) -> tuple[str, ...] | None:
    if isinstance(kind, Choice):
        return kind.values
    return ("true", "false") if isinstance(kind, Boolean) else None


RESERVED = (BEGIN, JOIN)
"""Ids that no state may have."""
