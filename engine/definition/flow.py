"""What is surely known where: the names of a process with their types, and which of them every path to a place has set.

Owns the definite-assignment analysis over the outline's graph (a forward must-analysis) and turns it into scopes for
expressions, each missing name with the path that comes without it. Knows no keyword and compiles nothing but decisions
and the tables of `for-each`.
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


KEPT_SCOPES = 16
"""Scopes that are kept for the next who asks: a state's words ask one after the other, and all of them together would
be large.
"""


class _Way:
    """The clause that tells which run comes to a place without a name; worked out when somebody reads it, which is only
    when there is a problem.
    """

    __slots__ = ("flow", "name", "place", "before")

    def __init__(self, flow: Flow, name: str, place: str, before: str = "") -> None:
        self.flow, self.name, self.place, self.before = flow, name, place, before

    def __str__(self) -> str:
        way = self.flow.way_without(self.name, self.place) if self.place else ()
        shown = way if len(way) <= LONGEST_WAY else (*way[: LONGEST_WAY // 2], "…", *way[-LONGEST_WAY // 2 :])
        told = f"the way {' → '.join(shown)} comes here without it" if way else "nothing has set it before this place"
        return f"{self.before}{told}"


LONGEST_WAY = 12
"""States that are told of a run; of a longer one, its two ends."""


class Flow:
    """See the module.

    `people` maps a name to the states it stands for, `variables` a name to its type, `first` are the variables that
    have a first value.
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
        self._after: dict[str, list[Edge]] = {}
        for edge in outline.edges():
            self._after.setdefault(edge.source, []).append(edge)
        self._within = {name: self._done(state.actions) for name, state in outline.states.items()}
        self._milestone_names = self._every_milestone()
        self._aliases = self._used_forms()
        self._records = {alias: replace(form.record, name=alias) for alias, (form, _) in self._aliases.items()}
        self._rows: dict[str, Type] = {}
        self._arriving: dict[str, Known] = {}
        self._befores: dict[str, dict[str, str]] = {}
        self._scopes: dict[tuple[Known, str], Scope] = {}
        self._settle()

    # --- which names a move brings

    def gains(self, state: SourceState | None, move: SourceMove) -> Known:
        """The names that are set once the move's form is filled in and the task is done, before its own `set`."""
        found = set()
        form = state.form_of(move) if state is not None else move.form
        if form is not None:
            found.add(self.outline.alias(form.text))
        if state is not None and move.kind == "on" and state.work is not None:
            found.update(name for name, states in self.people.items() if state.id.text in states)
        return frozenset(found)

    @staticmethod
    def _done(*doing: SourceActions) -> Known:
        names = {variable.text for actions in doing for variable, _ in actions.settings}
        names.update(MILESTONE + said.text for actions in doing for said in actions.milestones)
        return frozenset(names)

    def _brought(self, edge: Edge) -> Known | None:
        """What a step sets; None for a join that not enough branches have come to yet."""
        if edge.how == "branch":
            return frozenset()
        state = self.outline.states.get(edge.source)
        brought = self.gains(state, edge.move) | self._done(edge.move.actions)
        if edge.branch is not None:
            brought |= self._done(edge.branch.actions)
        if edge.how != "joined":
            return brought
        joined = self._from_join(edge.source)
        return None if joined is None else brought | joined

    def _from_join(self, owner: str) -> Known | None:
        """What the branches have surely set when enough of them have joined, None as long as they cannot. A for-each
        keeps its branches' forms as tables, which are always there.
        """
        state = self.outline.states[owner]
        fork = state.fork
        assert fork is not None
        if fork.rows is not None:
            return frozenset()
        ends = [end for start in fork.starts if (end := self._at_join(start.text)) is not None]
        need = fork.need or len(fork.branches)
        if not ends or len(ends) < need:
            return None
        if need == len(fork.branches):
            return frozenset[str]().union(*ends)
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
        self._arriving = {BEGIN: frozenset(self.first)}
        self._spread(deque([BEGIN]))
        # Where a join starves (a problem of its own), what follows it is judged as if it came about, with nothing from
        # the branches.
        for owner, state in self.outline.states.items():
            if state.fork is not None and owner in self._arriving and self._from_join(owner) is None:
                self._spread(deque([owner]), frozenset())

    def _spread(self, todo: deque[str], starved: Known | None = None) -> None:
        while todo:
            source = todo.popleft()
            inside = self.inside(source)
            for edge in self._after.get(source, ()):
                brought = self._brought(edge)
                if brought is None:
                    brought = starved
                if brought is None:
                    continue
                known = inside | brought
                old = self._arriving.get(edge.target)
                new = known if old is None else old & known
                if new != old:
                    self._arriving[edge.target] = new
                    todo.append(edge.target)
                    owner = self.outline.owners.get(edge.target)
                    if owner is not None and owner in self._arriving:
                        todo.append(owner)

    def arriving(self, state: str) -> Known:
        """What every path to the state has set when a token arrives.

        A state that no path reaches lacks nothing: not being reached is its one problem.
        """
        if state in self._arriving or state not in self.outline.states:
            return self._arriving.get(state, frozenset(self.first))
        milestones = (
            MILESTONE + said.text for one in self.outline.states.values() for said in self._all_milestones(one)
        )
        return frozenset((*self.variables, *self.people, *self._aliases, *milestones))

    def inside(self, state: str) -> Known:
        """The same, once the state's own `set` and `milestone` are done."""
        return self.arriving(state) | self._within.get(state, frozenset())

    @property
    def reached(self) -> frozenset[str]:
        """The states that some path reaches."""
        return frozenset(self._arriving) - {BEGIN}

    def way_without(self, name: str, place: str) -> tuple[str, ...]:
        """The shortest run to `place` on which nothing sets `name`: the states it goes through."""
        before = self._without(name)
        if place not in before or place == BEGIN:
            return ()
        way = [place]
        while before[way[-1]]:
            way.append(before[way[-1]])
        return tuple(reversed(way))

    def _without(self, name: str) -> dict[str, str]:
        """Every state that a run can come to without `name`, with the state before it on the shortest one."""
        if name in self._befores:
            return self._befores[name]
        before: dict[str, str] = {BEGIN: ""}
        todo = deque([BEGIN])
        while todo:
            here = todo.popleft()
            if name in self._within.get(here, ()):
                continue
            for edge in self._after.get(here, ()):
                if edge.target not in before and name not in (self._brought(edge) or ()):
                    before[edge.target] = here
                    todo.append(edge.target)
        self._befores[name] = before
        return before

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

    def tables_of(self, each: str) -> tuple[str, ...]:
        """The short names of the forms that the branches of a for-each state fill in."""
        return tuple(alias for alias, (_, owner) in self._aliases.items() if owner == each)

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
        found = self._scopes.get((known, place))
        if found is None:
            if len(self._scopes) >= KEPT_SCOPES:
                self._scopes.clear()
            found = self._scopes[known, place] = self._new_scope(known, place)
        return found

    def _new_scope(self, known: Known, place: str) -> Scope:
        names = {name: Name(kind) for name, kind in BUILT_IN.items()}
        fields = {name: Field(Instant(), always=MILESTONE + name in known) for name in self._milestone_names}
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
                names[alias] = self._name(alias, self._records[alias], known, place)
        while each:
            fork = self.outline.states[each].fork
            assert fork is not None and fork.name is not None
            names[fork.name.text] = Name(self._row(each))
            each = self._each_of(each)
        for name, decision in self.decisions.items():
            missing = min((used for used in self.needed(name) if used in names and not names[used].always), default="")
            names[name] = Name(
                decision.type, not missing, _Way(self, missing, place, f"it needs {missing}, and ") if missing else ""
            )
        return Scope(names)

    def _of_task(self, state: str) -> dict[str, Name]:
        """What is known of the task of a state while it is open."""
        found = self.outline.states.get(state)
        task = found.work if found is not None else None
        if found is None or task is None:
            return {}
        claimed = {"claimed": Name(Boolean())} if "task" in found.words else {}  # nobody claims an approval
        return {**claimed, **({"due": Name(Instant())} if "due" in task else {})}

    def _name(self, name: str, kind: Type, known: Known, place: str) -> Name:
        return Name(kind) if name in known else Name(kind, False, _Way(self, name, place))

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

    def _every_milestone(self) -> tuple[str, ...]:
        named = {said.text for state in self.outline.states.values() for said in self._all_milestones(state)}
        return tuple(
            sorted(
                named
                | {
                    said.text
                    for move in (self.outline.start, *self.outline.anywhere)
                    for said in self._milestones(move)
                }
            )
        )

    def _milestones(self, move: SourceMove) -> tuple[Said, ...]:
        return (*move.actions.milestones, *(said for branch in move.branches for said in branch.actions.milestones))

    def _all_milestones(self, state: SourceState) -> tuple[Said, ...]:
        return (*state.actions.milestones, *(said for move in state.moves for said in self._milestones(move)))

    def scope_at_start(self) -> Scope:
        """Once the start form is filled in."""
        return self._scope(self.arriving(BEGIN) | self.gains(None, self.outline.start), "")

    def scope_arriving(self, state: str) -> Scope:
        return self._scope(self.arriving(state), state)

    def scope_opening(self, state: str) -> Scope:
        """Once the state's own `set` and `milestone` are done, before its task is open."""
        return self._scope(self.inside(state), state)

    def scope_in(self, state: str) -> Scope:
        return self.scope_opening(state).with_names(self._of_task(state))

    def scope_along(self, scope: Scope, state: SourceState | None, move: SourceMove) -> Scope:
        """`scope`, once the move's form is filled in and the task is done."""
        more = {
            name: replace(scope.names[name], always=True, why="")
            for name in self.gains(state, move)
            if name in scope.names
        }
        place = state.id.text if state is not None else ""
        if state is not None and move.kind == "on":
            done = "the task is done by then"
            more |= {name: replace(entry, always=False, why=done) for name, entry in self._of_task(place).items()}
        each = self._each_of(place)
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
        return scope.with_names(more)

    def scope_joined(self, owner: str) -> Scope:
        return self._scope(self.inside(owner) | (self._from_join(owner) or frozenset()), owner)

    def scope_anywhere(self, move: SourceMove) -> Scope:
        """What is known in every state the move may be asked for in."""
        sources = [name for name in self.outline.sources_of(move) if name in self.outline.states]
        states = [name for name in sources if name in self._arriving] or sources
        known = frozenset.intersection(*(self.inside(name) for name in states)) if states else frozenset(self.first)
        poorest = min(states, key=lambda name: len(self.inside(name)), default="")
        tasks = [self._of_task(name) for name in states]
        shared = (
            {name: entry for name, entry in tasks[0].items() if all(name in task for task in tasks)} if tasks else {}
        )
        return self._scope(known, poorest).with_names(shared)

    def lenient(self, scope: Scope) -> Scope:
        """The same names as if every one were surely there: for what may be missing without harm."""
        return Scope({name: Name(_always(entry.type)) for name, entry in scope.names.items()})

    def with_tables(self, scope: Scope) -> Scope:
        """The same names, an optional table in a form that is there counting as there: left out, it has no rows."""
        return Scope({name: replace(entry, type=_tables(entry.type)) for name, entry in scope.names.items()})

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
        self._scopes.clear()

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


def _tables(kind: Type) -> Type:
    if not isinstance(kind, Record):
        return kind
    fields = {
        name: replace(field, always=True) if isinstance(field.type, ListOf) else field
        for name, field in kind.fields.items()
    }
    return replace(kind, fields=fields)
