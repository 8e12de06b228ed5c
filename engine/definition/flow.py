"""What is surely known where: the names of a process with their types, and which of them every path to a place has set.

Owns the definite-assignment analysis over the outline's graph (a forward must-analysis) and turns it into scopes for expressions, each missing name with the path
that comes without it. Knows no keyword and compiles nothing but decisions and the tables of `for-each`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.definition.decisions import Decision, read_decision
from engine.definition.expressions import Expression, Name, Scope, compile_expression
from engine.definition.forms import Form
from engine.definition.model import BEGIN, JOIN
from engine.definition.nodes import Mapping as MappingNode
from engine.definition.outline import Edge, Outline, SourceActions, SourceMove, SourceState
from engine.definition.shapes import Report, Said
from engine.definition.types import Boolean, Date, Field, Instant, ListOf, Person, Record, Text, Type
from engine.errors import DefinitionError

BUILT_IN: Mapping[str, Type] = {
    "reference": Text(),
    "received_at": Instant(),
    "now": Instant(),
    "today": Date(),
    "starter": Person(),
}
MILESTONE = "milestones."

Known = frozenset[str]


class Flow:
    """See the module. `people` maps a name to the states it stands for, `variables` a name to its type, `first` are the variables that have a first value."""

    def __init__(
        self,
        outline: Outline,
        forms: Mapping[str, Form],
        variables: Mapping[str, Type],
        first: Iterable[str],
        people: Mapping[str, tuple[str, ...]],
        languages: tuple[str, ...],
        calendar: bool,
    ) -> None:
        self.outline = outline
        self.forms = forms
        self.variables = variables
        self.first = frozenset(first)
        self.people = people
        self.languages = languages
        self.calendar = calendar
        self.decisions: dict[str, Decision] = {}
        self._needed: dict[str, frozenset[str]] = {}
        self._edges = tuple(outline.edges())
        self._aliases = self._used_forms()
        self._rows: dict[str, Type] = {}
        self._arriving: dict[str, Known] = {}
        self._settle()

    # --- which names a move brings

    def gains(self, state: SourceState | None, move: SourceMove) -> Known:
        """The names that are set once the move's form is filled in and the task is done, before its own `set`."""
        found = set()
        form = state.form_of(move) if state is not None else move.form
        if form is not None:
            found.add(self.outline.alias(form.text))
        if state is not None and move.kind == "on" and ("task" in state.words or "approval" in state.words):
            found.update(name for name, states in self.people.items() if state.id.text in states)
        return frozenset(found)

    @staticmethod
    def _done(*doing: SourceActions) -> Known:
        names = {variable.text for actions in doing for variable, _ in actions.settings}
        names.update(MILESTONE + said.text for actions in doing for said in actions.milestones)
        return frozenset(names)

    def _brought(self, edge: Edge) -> Known:
        if edge.how == "branch":
            return frozenset()
        state = self.outline.states.get(edge.source)
        brought = self.gains(state, edge.move) | self._done(edge.move.actions)
        if edge.branch is not None:
            brought |= self._done(edge.branch.actions)
        return brought | self._from_join(edge.source) if edge.how == "joined" else brought

    def _from_join(self, owner: str) -> Known:
        """What the branches have surely set when enough of them have joined. A for-each keeps its branches' forms as tables, which are always there."""
        state = self.outline.states[owner]
        fork = state.fork
        assert fork is not None
        if fork.rows is not None:
            return frozenset()
        ends = [end for start in fork.starts if (end := self._at_join(start.text)) is not None]
        if not ends:
            return frozenset()
        if fork.need in (0, len(fork.branches)):
            return frozenset().union(*ends)
        return frozenset.intersection(*ends)

    def _at_join(self, start: str) -> Known | None:
        found: Known | None = None
        for name in self._reach(start):
            state = self.outline.states[name]
            for move in state.moves:
                for branch in move.branches:
                    if branch.go is not None and branch.go.text == JOIN and name in self._arriving:
                        known = self.inside(name) | self.gains(state, move) | self._done(move.actions, branch.actions)
                        found = known if found is None else found & known
        return found

    def _reach(self, start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            if name in seen or name not in self.outline.states:
                continue
            seen.add(name)
            for move in self.outline.states[name].moves:
                todo += [target.text for target in move.targets]
        return seen

    # --- the analysis

    def _settle(self) -> None:
        start = frozenset(self.first)
        after: dict[str, list[Edge]] = {}
        for edge in self._edges:
            after.setdefault(edge.source, []).append(edge)
        self._arriving = {BEGIN: start}
        todo = deque([BEGIN])
        while todo:
            source = todo.popleft()
            for edge in after.get(source, ()):
                known = self.inside(source) | self._brought(edge)
                old = self._arriving.get(edge.target)
                new = known if old is None else old & known
                if new != old:
                    self._arriving[edge.target] = new
                    todo.append(edge.target)
                    owner = self.outline.owners.get(edge.target)
                    if owner is not None and owner in self._arriving:
                        todo.append(owner)

    def arriving(self, state: str) -> Known:
        """What every path to the state has set when a token arrives. A state that cannot be reached knows nothing more than the start does."""
        return self._arriving.get(state, frozenset(self.first))

    def inside(self, state: str) -> Known:
        """The same, once the state's own `set` and `milestone` are done."""
        found = self.outline.states.get(state)
        if found is None:
            return self.arriving(state)
        return self.arriving(state) | self._done(found.actions)

    @property
    def reached(self) -> frozenset[str]:
        """The states that some path reaches."""
        return frozenset(self._arriving) - {BEGIN}

    def way_without(self, name: str, place: str) -> tuple[str, ...]:
        """The shortest run to `place` on which nothing sets `name`: the states it goes through."""
        before: dict[str, str] = {BEGIN: ""}
        todo = deque([BEGIN])
        while todo:
            here = todo.popleft()
            if here == place and here != BEGIN:
                way = [here]
                while before[way[-1]]:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            for edge in self._edges:
                if edge.source != here or edge.target in before or name in self._brought(edge):
                    continue
                state = self.outline.states.get(here)
                if state is not None and name in self._done(state.actions):
                    continue
                before[edge.target] = here
                todo.append(edge.target)
        return ()

    # --- scopes

    def _used_forms(self) -> dict[str, tuple[Form, str]]:
        """Short name -> (form, the for-each state whose branches fill it in, or empty)."""
        used: dict[str, tuple[Form, str]] = {}

        def use(said: Said | None, state: str) -> None:
            if said is not None and said.text in self.forms:
                used.setdefault(self.outline.alias(said.text), (self.forms[said.text], self._each_of(state)))

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

    def _each_of(self, state: str) -> str:
        """The for-each state in whose branch this state lies, nearest first; empty when in none."""
        owner = self.outline.owners.get(state)
        while owner:
            fork = self.outline.states[owner].fork
            if fork is not None and fork.rows is not None:
                return owner
            owner = self.outline.owners.get(owner)
        return ""

    def _scope(self, known: Known, place: str) -> Scope:
        names = {name: Name(kind) for name, kind in BUILT_IN.items()}
        reached = {said.text for state in self.outline.states.values() for said in self._all_milestones(state)}
        reached |= {said.text for move in (self.outline.start, *self.outline.anywhere) for said in self._milestones(move)}
        fields = {name: Field(Instant(), always=MILESTONE + name in known) for name in sorted(reached)}
        names["milestones"] = Name(Record(fields, "milestones"))
        for name, kind in self.variables.items():
            names[name] = self._name(name, kind, known, place)
        for name in self.people:
            names[name] = self._name(name, Person(), known, place)
        each = self._each_of(place)
        for alias, (form, owner) in self._aliases.items():
            if owner and owner != each:
                row = self._row(owner)
                fields = {**(row.fields if isinstance(row, Record) else {}), **form.record.fields}
                names[alias] = Name(ListOf(Record(fields, alias)), always=True)
            else:
                names[alias] = self._name(alias, replace(form.record, name=alias), known, place)
        while each:
            fork = self.outline.states[each].fork
            assert fork is not None and fork.name is not None
            names[fork.name.text] = Name(self._row(each))
            each = self._each_of(each)
        state = self.outline.states.get(place)
        task = state.words.get("task") or state.words.get("approval") if state is not None else None
        if task is not None:
            names["claimed"] = Name(Boolean())
            if "due" in task:
                names["due"] = Name(Instant())
        for name, decision in self.decisions.items():
            missing = sorted(used for used in self.needed(name) if used in names and not names[used].always)
            why = f"it needs {missing[0]}, and {names[missing[0]].why}" if missing else ""
            names[name] = Name(decision.type, not missing, why)
        return Scope(names)

    def _name(self, name: str, kind: Type, known: Known, place: str) -> Name:
        if name in known:
            return Name(kind)
        way = self.way_without(name, place) if place else ()
        return Name(kind, False, f"the way {' → '.join(way)} comes here without it" if way else "nothing has set it before this place")

    def _row(self, each: str) -> Type:
        """The type of a row of a for-each's table."""
        if each not in self._rows:
            self._rows[each] = Record({}, "row")
            fork = self.outline.states[each].fork
            assert fork is not None and fork.rows is not None
            try:
                kind = compile_expression(fork.rows.text, self.lenient(self.scope_in(each)), fork.rows.place).type
            except DefinitionError:
                kind = Text()
            if isinstance(kind, ListOf):
                self._rows[each] = kind.item
        return self._rows[each]

    def _milestones(self, move: SourceMove) -> tuple[Said, ...]:
        return (*move.actions.milestones, *(said for branch in move.branches for said in branch.actions.milestones))

    def _all_milestones(self, state: SourceState) -> tuple[Said, ...]:
        return (*state.actions.milestones, *(said for move in state.moves for said in self._milestones(move)))

    def scope_at_start(self) -> Scope:
        """Once the start form is filled in."""
        return self._scope(self.arriving(BEGIN) | self.gains(None, self.outline.start), "")

    def scope_arriving(self, state: str) -> Scope:
        return self._scope(self.arriving(state), state)

    def scope_in(self, state: str) -> Scope:
        return self._scope(self.inside(state), state)

    def scope_along(self, scope: Scope, state: SourceState | None, move: SourceMove) -> Scope:
        """`scope`, once the move's form is filled in and the task is done."""
        more = {name: replace(scope.names[name], always=True, why="") for name in self.gains(state, move) if name in scope.names}
        place = state.id.text if state is not None else ""
        each = self._each_of(place)
        for name in more:
            form = self._aliases.get(name)
            if form is not None and (not form[1] or form[1] == each):
                more[name] = Name(replace(form[0].record, name=name))
        known = {name for name, entry in {**scope.names, **more}.items() if entry.always}
        for name, decision in self.decisions.items():
            if self.needed(name) <= known:
                more[name] = Name(decision.type)
        return scope.with_names(more)

    def scope_joined(self, owner: str) -> Scope:
        return self._scope(self.inside(owner) | self._from_join(owner), owner)

    def scope_anywhere(self, move: SourceMove) -> Scope:
        """What is known in every state the move may be asked for in."""
        states = [name for name in self.outline.sources_of(move) if name in self._arriving]
        known = frozenset.intersection(*(self.inside(name) for name in states)) if states else frozenset(self.first)
        poorest = min(states, key=lambda name: len(self.inside(name)), default="")
        return self._scope(known, poorest)

    def lenient(self, scope: Scope) -> Scope:
        """The same names as if every one were surely there: for what may be missing without harm."""
        return Scope({name: Name(_always(entry.type)) for name, entry in scope.names.items()})

    def read_decisions(self, tables: Iterable[tuple[Said, MappingNode]], report: Report) -> None:
        """Compile the decision tables, each seeing the ones before it. Whether their inputs are set is judged where they are used."""
        for said, node in tables:
            scope = self._scope(frozenset(), "")
            scope = Scope({name: replace(entry, always=True) for name, entry in scope.names.items()})
            try:
                decision = self.decisions[said.text] = read_decision(said.text, node, scope)
            except DefinitionError as error:
                report.absorb(error)
                continue
            read = frozenset[str]().union(*(expression.names for expression in _read_by(decision)))
            spared = frozenset(name for name in read if _without(decision, name, scope))
            self._needed[said.text] = read - spared
            if spared:
                # Read again with these as they really are, or the table would look as if its defaults were never taken.
                lacking = scope.with_names({name: replace(scope.names[name], always=False) for name in spared})
                try:
                    self.decisions[said.text] = read_decision(said.text, node, lacking)
                except DefinitionError as error:
                    report.absorb(error)

    def needed(self, decision: str) -> frozenset[str]:
        """The top-level names without which a decision cannot be made."""
        return self._needed[decision]


def _without(decision: Decision, name: str, scope: Scope) -> bool:
    """Whether the decision can be made when `name` has no value: it is given a default, or asked whether it is set."""
    lacking = scope.with_names({name: replace(scope.names[name], always=False)})
    try:
        for expression in _read_by(decision):
            if name in expression.names:
                compile_expression(expression.text, lacking, expression.place)
    except DefinitionError:
        return False
    return True


def _read_by(decision: Decision) -> tuple[Expression, ...]:
    lifting = tuple(raising for _, raising in decision.at_least)
    return (*decision.inputs, *lifting, *((decision.raise_by_one,) if decision.raise_by_one is not None else ()))


def _always(kind: Type) -> Type:
    if isinstance(kind, ListOf):
        return ListOf(_always(kind.item))
    if isinstance(kind, Record):
        return replace(kind, fields={name: Field(_always(field.type)) for name, field in kind.fields.items()})
    return kind
