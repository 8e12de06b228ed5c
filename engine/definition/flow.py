"""What is surely known where: the names of a process with their types, and which of them every path to a place has set.

Owns the turning of what is assigned where (`engine.definition.assignment`) into scopes for expressions, each missing
name with the path that comes without it. Knows no keyword and compiles nothing but decisions and the tables of
`for-each`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.definition.assignment import MILESTONE, Assignment, Known, Way
from engine.definition.decisions import Decision, read_decision
from engine.definition.expressions import Name, Scope, compile_expression
from engine.definition.forms import Form
from engine.definition.leniency import lenient
from engine.definition.model import BEGIN
from engine.definition.nodes import Mapping as MappingNode
from engine.definition.outline import Outline
from engine.definition.shapes import Report, Said
from engine.definition.sources import SourceMove, SourceState
from engine.definition.types import Boolean, Date, Field, Instant, ListOf, Person, Record, Text, Type, always
from engine.errors import DefinitionError

BUILT_IN: Mapping[str, Type] = {
    "reference": Text(),
    "received_at": Instant(),
    "now": Instant(),
    "today": Date(),
    "starter": Person(),
    "blocked": Boolean(),
}
KEPT_SCOPES = 16
"""Scopes that are kept for the next who asks: a state's words ask one after the other, and all of them together would
be large.
"""


class Flow:
    """See the module.

    `people` maps a name to the states it stands for, `variables` a name to its type, `first` are the variables that
    have a first value, `calls` maps the name of a called case to what is known of it. `milestones` are the names of all
    that some state or move reaches.
    """

    def __init__(
        self,
        outline: Outline,
        forms: Mapping[str, Form],
        variables: Mapping[str, Type],
        first: Iterable[str],
        people: Mapping[str, tuple[str, ...]],
        languages: tuple[str, ...],
        calendar: bool,
        calls: Mapping[str, Record] | None = None,
    ) -> None:
        self.outline = outline
        self.forms = forms
        self.variables = variables
        self.people = people
        self.languages = languages
        self.calendar = calendar
        self.calls = calls or {}
        self.decisions: dict[str, Decision] = {}
        self._needed: dict[str, frozenset[str]] = {}
        self.milestones = sorted({said.text for actions in outline.doing for said in actions.milestones})
        self._aliases = self._used_forms()
        self._records = {alias: replace(form.record, name=alias) for alias, (form, _) in self._aliases.items()}
        milestones = (MILESTONE + name for name in self.milestones)
        everything = frozenset((*variables, *people, *self._aliases, *milestones))
        self.assigned = Assignment(outline, first, people, everything)
        self._rows: dict[str, Type] = {}
        self._scopes: dict[tuple[Known, str], Scope] = {}

    # --- scopes

    def _used_forms(self) -> dict[str, tuple[Form, str]]:
        """Short name -> (form, the for-each state whose branches fill it in, or empty)."""
        used: dict[str, tuple[Form, str]] = {}

        def use(said: Said | None, state: str) -> None:
            form = self.outline.forms_meant.get(said.text, said.text) if said is not None else ""
            if form in self.forms:
                used.setdefault(self.outline.alias(form), (self.forms[form], self.each_of(state)))

        use(self.outline.start_form, "")
        for state in self.outline.states.values():
            for move in state.moves:
                use(state.form_of(move), state.id.text)
        for move in self.outline.anywhere:
            use(move.form, "")
        return used

    def form_names(self) -> tuple[str, ...]:
        """The short names of the forms this process uses."""
        return tuple(self._aliases)

    def tables_of(self, each: str) -> tuple[str, ...]:
        """The short names of the forms that the branches of a for-each state fill in."""
        return tuple(alias for alias, (_, owner) in self._aliases.items() if owner == each)

    def each_of(self, state: str) -> str:
        """The for-each state in whose branch this state lies, nearest first; empty when in none."""
        owner = self.outline.owners.get(state)
        while owner:
            fork = self.outline.states[owner].fork
            if fork is not None and fork.rows is not None:
                return owner
            owner = self.outline.owners.get(owner)
        return ""

    def _scope(self, known: Known, place: str) -> Scope:
        found = self._scopes.get((known, place))
        if found is None:
            if len(self._scopes) >= KEPT_SCOPES:
                self._scopes.clear()
            found = self._scopes[known, place] = self._new_scope(known, place)
        return found

    def _new_scope(self, known: Known, place: str) -> Scope:
        names = {name: Name(kind) for name, kind in BUILT_IN.items()}
        fields = {name: Field(Instant(), always=MILESTONE + name in known) for name in self.milestones}
        names["milestones"] = Name(Record(fields, "milestones"))
        for name, kind in self.variables.items():
            names[name] = self._name(name, kind, known, place)
        for name in self.people:
            names[name] = self._name(name, Person(), known, place)
        for name, record in self.calls.items():
            names[name] = Name(record, False, "it is known only once the case has been called")
        each = self.each_of(place)
        for alias, (form, owner) in self._aliases.items():
            if owner and owner != each:
                row = self._row(owner)
                fields = {**(row.fields if isinstance(row, Record) else {}), **form.record.fields}
                names[alias] = Name(ListOf(Record(fields, alias)), always=True)
            else:
                names[alias] = self._name(alias, self._records[alias], known, place)
        while each:
            fork = self.outline.states[each].fork
            assert fork is not None and fork.name is not None
            names[fork.name.text] = Name(self._row(each))
            each = self.each_of(each)
        for name, decision in self.decisions.items():
            missing = min((used for used in self.needed(name) if used in names and not names[used].always), default="")
            names[name] = Name(
                decision.type,
                not missing,
                Way(self.assigned, missing, place, f"it needs {missing}, and ") if missing else "",
            )
        return Scope(names)

    def _of_task(self, state: str) -> dict[str, Name]:
        """What is known of the task of a state while it is open."""
        found = self.outline.states.get(state)
        task = found.work if found is not None else None
        if found is None or task is None:
            return {}
        claimed = {"claimed": Name(Boolean())} if "task" in found.words else {}  # nobody claims an approval
        return {**claimed, **({"due": Name(Instant())} if "due" in task.places else {})}

    def _name(self, name: str, kind: Type, known: Known, place: str) -> Name:
        return Name(kind) if name in known else Name(kind, False, Way(self.assigned, name, place))

    def _row(self, each: str) -> Type:
        """The type of a row of a for-each's table."""
        if each not in self._rows:
            self._rows[each] = Record({}, "row")
            fork = self.outline.states[each].fork
            assert fork is not None and fork.rows is not None
            try:
                kind = compile_expression(fork.rows.text, lenient(self.scope_in(each)), fork.rows.place).type
            except DefinitionError:
                kind = Text()
            if isinstance(kind, ListOf):
                self._rows[each] = kind.item
        return self._rows[each]

    def scope_at_start(self) -> Scope:
        """Once the start form is filled in."""
        return self._scope(self.assigned.arriving(BEGIN) | self.assigned.gains(None, self.outline.start), "")

    def scope_arriving(self, state: str) -> Scope:
        return self._scope(self.assigned.arriving(state), state)

    def scope_opening(self, state: str) -> Scope:
        """Once the state's own `set` and `milestone` are done, before its task is open."""
        return self._scope(self.assigned.inside(state), state)

    def scope_in(self, state: str) -> Scope:
        return self.scope_opening(state).with_names(self._of_task(state))

    def scope_along(self, scope: Scope, state: SourceState | None, move: SourceMove) -> Scope:
        """`scope`, once the move's form is filled in and the task is done."""
        more = {
            name: replace(scope.names[name], always=True, why="")
            for name in self.assigned.gains(state, move)
            if name in scope.names
        }
        place = state.id.text if state is not None else ""
        if state is not None and move.kind == "on":
            done = "the task is done by then"
            more |= {name: replace(entry, always=False, why=done) for name, entry in self._of_task(place).items()}
        if move.kind == "call" and move.name is not None:
            more[move.name.text] = Name(always(self.calls[move.name.text]))
        each = self.each_of(place)
        for name in more:
            form = self._aliases.get(name)
            if form is not None and (not form[1] or form[1] == each):
                more[name] = Name(self._records[name])
        if not more:
            return scope
        known = {name for name, entry in {**scope.names, **more}.items() if entry.always}
        for name, decision in self.decisions.items():
            if self.needed(name) <= known:
                more[name] = Name(decision.type)
                known.add(name)  # a later one may read it
        return scope.with_names(more)

    def scope_joined(self, owner: str) -> Scope:
        return self._scope(self.assigned.inside(owner) | (self.assigned.from_join(owner) or frozenset()), owner)

    def scope_anywhere(self, move: SourceMove) -> Scope:
        """What is known in every state the move may be asked for in."""
        sources = [name for name in self.outline.sources_of(move) if name in self.outline.states]
        states = [name for name in sources if name in self.assigned.reached] or sources
        known = (
            frozenset.intersection(*(self.assigned.inside(name) for name in states))
            if states
            else frozenset(self.assigned.first)
        )
        poorest = min(states, key=lambda name: len(self.assigned.inside(name)), default="")
        tasks = [self._of_task(name) for name in states]
        shared = (
            {name: entry for name, entry in tasks[0].items() if all(name in task for task in tasks)} if tasks else {}
        )
        return self._scope(known, poorest).with_names(shared)

    def read_decisions(self, tables: Iterable[tuple[Said, MappingNode]], report: Report) -> None:
        """Compile the decision tables, each seeing the ones before it.

        Whether their inputs are set is judged where they are used.
        """
        for said, node in tables:
            scope = self._new_scope(frozenset(), "")
            scope = Scope({name: replace(entry, always=True) for name, entry in scope.names.items()})
            try:
                decision = self.decisions[said.text] = read_decision(said.text, node, scope)
            except DefinitionError as error:
                report.absorb(error)
                continue
            read = frozenset[str]().union(*(expression.names for expression in decision.expressions))
            spared = frozenset(name for name in read if _without(decision, name, scope))
            self._needed[said.text] = read - spared
            if spared:
                # Read again with these as they really are, or the table would look as if its defaults were never taken.
                lacking = scope.with_names({name: replace(scope.names[name], always=False) for name in spared})
                try:
                    self.decisions[said.text] = read_decision(said.text, node, lacking)
                except DefinitionError as error:
                    report.absorb(error)
        self._scopes.clear()

    def needed(self, decision: str) -> frozenset[str]:
        """The top-level names without which a decision cannot be made."""
        return self._needed[decision]


def _without(decision: Decision, name: str, scope: Scope) -> bool:
    """Whether the decision can be made when `name` has no value: it is given a default, or asked whether it is set."""
    lacking = scope.with_names({name: replace(scope.names[name], always=False)})
    try:
        for expression in decision.expressions:
            if name in expression.names:
                compile_expression(expression.text, lacking, expression.place)
    except DefinitionError:
        return False
    return True
