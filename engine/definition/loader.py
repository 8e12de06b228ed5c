"""From files to a process definition: read, outlined, bound and checked, or every problem at once.

Owns the order of these and what a definition is made of. The words know how to bind themselves; the rules know what a
sound process is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.core.calendars import Calendar
from engine.core.hours import DAY, Span
from engine.definition import document
from engine.definition.catalog import (
    CALENDARS,
    Bundle,
    Catalog,
    used_forms,
)
from engine.definition.designations import designations
from engine.definition.flow import Flow
from engine.definition.interfaces import Interface
from engine.definition.limits import too_large
from engine.definition.model import Definition, State, Variable
from engine.definition.moves import Move
from engine.definition.outline import Outline
from engine.definition.own_names import called_like_its_file, names_once
from engine.definition.shapes import Got, Report, Said
from engine.definition.suggest import closest, near
from engine.definition.told_once import OF_A_PROCESS, each_name_once, told_once
from engine.definition.types import Record
from engine.errors import DefinitionError, Place, Problem, Rejected
from engine.keywords import words
from engine.keywords.binder import Binder
from engine.keywords.by_mail import bind_mail
from engine.keywords.clock_facts import facts
from engine.keywords.start import bind_public
from engine.keywords.writing_again import house_tasks


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: the definition (None when it has errors), what it is made of, and every problem, warnings
    too.

    `bound` is the definition as far as it could be bound, for the rules: with errors, whatever had one is missing in
    it.
    """

    path: str
    definition: Definition | None
    bundle: Bundle | None
    outline: Outline | None
    flow: Flow | None
    problems: tuple[Problem, ...]
    bound: Definition | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(bundle: Bundle) -> Definition:
    """A pinned version again.

    It was whole when it was deployed; raises DefinitionError when this program can no longer read it.
    """
    loaded = examine(bundle.catalog(), bundle.path)
    if loaded.definition is None:
        raise DefinitionError(loaded.errors)
    return loaded.definition


def sound(loaded: Loaded) -> tuple[Bundle, Definition]:
    """What a process file came to. Raises Rejected("has-problems")."""
    if loaded.bundle is None or loaded.definition is None:
        raise Rejected(
            "has-problems",
            f"Expected a definition without errors, but {loaded.path} has {len(loaded.errors)}; see `heard lint`",
        )
    return loaded.bundle, loaded.definition


def examine(catalog: Catalog, path: str) -> Loaded:
    """Read and bind one process file, once for a catalog; problems with the forms and messages it uses are among its
    own.

    No rule of soundness is applied yet.
    """
    found: Loaded | None = catalog.examined.get(path)
    if found is None:
        try:
            found = _examined(catalog, path)
        except DefinitionError as error:
            found = Loaded(path, None, None, None, None, error.problems)
        catalog.examined[path] = found
    return found


def _examined(catalog: Catalog, path: str) -> Loaded:
    """Raises DefinitionError when the file cannot be read, or has too many problems to go on."""
    report = Report()
    node = catalog.node(path)
    outline = document.outline(node, report)
    if outline is None:
        return Loaded(path, None, None, None, None, tuple(report.problems))
    if huge := too_large(outline, catalog):
        return Loaded(path, None, None, None, None, (*report.problems, *huge))
    outline = _forms_meant(called_like_its_file(outline, path, report), catalog)
    calendar = _calendar(outline, catalog, report)
    flow = _flow(outline, catalog, report)
    definition = _bind(outline, catalog, flow, calendar, report, path)
    told_once(outline, catalog, flow, report)
    bundle = None
    if not any(problem.severity == "error" for problem in report.problems):
        bundle = catalog.bundle(outline, path, calendar)
        definition = replace(definition, digest=bundle.digest)
    told = each_name_once(dict.fromkeys(report.problems), OF_A_PROCESS)
    problems = sorted(told, key=lambda problem: problem.place)
    return Loaded(path, definition if bundle is not None else None, bundle, outline, flow, tuple(problems), definition)


def _forms_meant(outline: Outline, catalog: Catalog) -> Outline:
    """The outline that takes a misspelt form for the one that was probably meant; where it is used it is told."""
    absent = used_forms(outline).difference(catalog.form_names)
    guesses = {form: closest(form, catalog.form_names) for form in absent}
    return (
        replace(outline, forms_meant={form: guess for form, guess in guesses.items() if guess}) if guesses else outline
    )


def _calendar(outline: Outline, catalog: Catalog, report: Report) -> Calendar | None:
    said = outline.head.get("calendar")
    if said is None:
        return None
    calendar = catalog.calendar(said.text)
    if calendar is None and f"{CALENDARS}{said.text}.yaml" not in catalog.files:
        known = catalog.calendar_names()
        report.problem(
            said.place,
            "unknown-calendar",
            f"Expected a calendar, but there is no '{said.text}'{near(said.text, known)}",
            f"name one that is there, or write {CALENDARS}{said.text}.yaml",
        )
    return calendar


def _flow(outline: Outline, catalog: Catalog, report: Report) -> Flow:
    head = outline.head
    names_once(outline, catalog, report)
    variables = {said.text: one.type for said, one in head.get("variables", ())}
    first = [said.text for said, one in head.get("variables", ()) if one.first is not None]
    people = document.people(head)
    for _, group in head.get("people", ()):
        for state in group.states:
            if state.text not in outline.states and state.text not in outline.tasks:
                report.problem(
                    state.place,
                    "unknown-state",
                    "Expected a state of this process, but there is no "
                    f"'{state.text}'{near(state.text, outline.states)}",
                    "name a state under `states`",
                )
    flow = Flow(
        outline,
        catalog.forms,
        variables,
        first,
        people,
        document.languages(head),
        "calendar" in head,
        _calls(outline, catalog),
    )
    flow.read_decisions(head.get("decisions", ()), report)
    return flow


def _calls(outline: Outline, catalog: Catalog) -> dict[str, Record]:
    """The names of called cases with what is known of each; a misspelt process is taken for what was meant."""
    found = {}
    for call in outline.calls:
        process = call.process.text
        interface = catalog.interface(process) or catalog.interface(closest(process, catalog.processes()) or "")
        known = interface or Interface(process, "", {}, ())
        found[call.name.text] = known.record
    return found


def _bind(
    outline: Outline, catalog: Catalog, flow: Flow, calendar: Calendar | None, report: Report, path: str
) -> Definition:
    head = outline.head
    binder = Binder(report, outline, catalog, flow, flow.scope_at_start())
    starting = replace(binder, scope=flow.scope_arriving(""))
    process = words("process")
    for said in (head.get("owner"), *head.get("supervisors", ())):
        if isinstance(said, Said):
            binder.role(said)
    bound: dict[str, Any] = {}
    for key in ("start", "on", "wait-for", "customer", "tasks", "clocks", "stages", "milestones"):
        word = process[key]
        if key in head and word.bind is not None:
            bound[key] = word.bind(head[key], starting if key == "start" else binder)
    states = {name: _state(outline, name, binder) for name in outline.states}
    start: Move = bound["start"]
    return Definition(
        key=outline.key,
        title=head.get("title", outline.key),
        description=head.get("description", ""),
        owner=_text(head, "owner"),
        supervisors=tuple(said.text for said in head.get("supervisors", ())),
        reference=_text(head, "reference"),
        languages=document.languages(head),
        clauses={
            standard.text: tuple(clause.text for clause in clauses) for standard, clauses in head.get("clauses", ())
        },
        retention=_retention(head),
        calendar=calendar if calendar is not None else _always_open(),
        subject=binder.line(head["subject"]) if "subject" in head else None,
        customer=bound.get("customer", {}),
        starters=start.by,
        start=start,
        public=bind_public(outline.start, start, binder),
        mail=bind_mail(outline.start, start, binder),
        received=received.text if (received := outline.start.words.get("received")) is not None else "",
        variables=tuple(
            Variable(said.text, one.first, one.title, one.labels) for said, one in head.get("variables", ())
        ),
        people=flow.people,
        groups={said.text: one.title for said, one in head.get("people", ()) if one.title},
        milestones=bound.get("milestones", {}),
        decisions=flow.decisions,
        states=states,
        anywhere=bound.get("on", {}),
        heeded=bound.get("wait-for", {}),
        place=Place(path),
        tasks=bound.get("tasks", {}),
        clocks=bound.get("clocks", {}),
        facts=facts(bound.get("clocks", {})),
        stages=bound.get("stages", ()),
        house=house_tasks(),
        designations=designations(states, bound.get("tasks", {}).values()),
    )


def _state(outline: Outline, name: str, binder: Binder) -> State:
    source = outline.states[name]
    inside = binder.at(name)
    arriving = replace(inside, scope=binder.flow.scope_arriving(name))
    opening = replace(inside, scope=binder.flow.scope_opening(name))
    earlier = {"set": arriving, "milestone": arriving, "task": opening, "approval": opening}
    bound = {}
    for key, word in words("state").items():
        if key in source.words and word.bind is not None:
            meaning = word.bind(source.words[key], earlier.get(key, inside))
            if meaning is not None:
                bound[key] = meaning
    got = source.words
    return State(
        name,
        source.id.place,
        got.get("title", name.replace("-", " ").capitalize()),
        got.get("label", ""),
        bound,
        outline.owners.get(name, ""),
    )


def _text(head: Got, key: str) -> str:
    value = head.get(key)
    return value.text if isinstance(value, Said) else ""


def _retention(head: Got) -> dict[str, Any]:
    said = head.get("retention")
    return (
        {"class": said["class"].text, "years": said["years"]}
        if isinstance(said, Got) and {"class", "years"} <= set(said.values)
        else {}
    )


def _always_open() -> Calendar:
    return Calendar("always", "Always open", "UTC", tuple((Span(0, DAY),) for _ in range(7)))
