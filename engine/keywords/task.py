"""Work for a person: it waits in the inbox of its candidates until somebody completes it with an outcome.

```yaml
task:
  title: Assess {reference}
  help: Read the complaint twice before you judge its severity.
  candidates: [complaint-officer]
  assignee: handler
  form: complaint-assessment
  exclude: [handler]
  due: 1bd
```

`title` may hold `{expressions}`; without one it is the state's title. `form` is what has to be filled in, whatever
the outcome (an outcome may bring its own instead). `assignee` is a name of `people` or a path to a person: the task
is theirs at once when they hold a candidate's role and are not excluded; else it waits for the candidates. When
somebody is excluded and nobody else may do it, an incident tells the process's owner at once. The outcomes stand
under the state's `on`. When the case leaves the state another way, the task is withdrawn; what was typed stays as a
draft in the history of the person.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from engine.core.draft import Draft, nobody
from engine.core.instance import Task
from engine.definition.model import TaskPlan
from engine.definition.shapes import Entry, Got, Localised, Record, Sentence, Text, name
from engine.definition.texts import localised
from engine.errors import Stuck
from engine.keywords import candidates as candidates_word
from engine.keywords import due, exclude
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

SHAPE = Record(
    {
        "title": Entry(Sentence(), "what there is to do, such as Assess {reference}"),
        "help": Entry(Localised(), "a sentence or two for the person who does it"),
        "candidates": Entry(candidates_word.SHAPE, candidates_word.WORD.line, required=True),
        "assignee": Entry(Text("a name of `people` or a path to a person", r"[a-z][a-z0-9_.-]*"), "who gets it first"),
        "form": Entry(name("a form's id"), "what has to be filled in"),
        "exclude": Entry(exclude.SHAPE, exclude.WORD.line),
        "due": Entry(due.SHAPE, due.WORD.line),
    },
    "a mapping with `candidates`",
    elsewhere=dict.fromkeys(
        ("on", "after", "wait-for", "go", "send", "set", "milestone", "label", "final"),
        "it belongs to the state: write it below `task`, in the same column as `task`",
    ),
)


def _bind(source: Got, binder: Binder) -> TaskPlan | None:
    pick = candidates_word.bind_candidates(source["candidates"], binder) if "candidates" in source else None
    if pick is None:
        return None
    assignee = source.get("assignee")
    return TaskPlan(
        title=binder.line(source["title"]) if "title" in source else None,
        candidates=pick,
        assignee=binder.person(assignee) if assignee is not None else "",
        form=binder.form(source["form"]) if "form" in source else None,
        exclude=binder.relations(source.get("exclude", ())),
        due=due.bind_due(source["due"], binder) if "due" in source else None,
        help=source.get("help", ""),
        place=source.place,
    )


def _enter(draft: Draft, token: str, plan: TaskPlan) -> None:
    values = draft.values(token)
    state = draft.definition.states[draft.tokens[token].state]
    language = draft.definition.languages[0]
    zone = ZoneInfo(draft.definition.calendar.zone)
    excluded = exclude.excluded(draft, plan.exclude, token)
    candidates = plan.candidates.choose(values)
    assignee = designated(draft, plan, token)
    # Who holds the roles is asked only where the answer matters: of a task that anybody of them may do, it does not.
    asked = bool(assignee or excluded)
    may = frozenset[str]().union(*(draft.roll(role) for role in candidates)) - excluded if asked else frozenset()
    if assignee not in may:
        assignee = ""
    task = draft.open_task(
        Task(
            id=draft.next_id(),
            token=token,
            state=state.id,
            title=plan.title.render(values, language, zone)
            if plan.title is not None
            else localised(state.title, language),
            opened_at=draft.at,
            candidates=candidates,
            excluded=tuple(sorted(excluded)),
            status="claimed" if assignee else "open",
            assignee=assignee,
            due_at=draft.due_time(plan.due, token, draft.at) if plan.due is not None else None,
        )
    )
    if excluded and not may and draft.roll is not nobody and CUSTOMER not in candidates:
        message = f"Nobody may do '{task.title}': it asks for {', '.join(candidates)}"
        message += f", and {', '.join(sorted(excluded))} already had a part in this case"
        retry = {"actor": ["system", ["system"], "system"], "do": "reach", "task": task.id}
        draft.raise_incident(Stuck(message, plan.place), state.id, retry)


CUSTOMER = "customer"
"""Who is no member of the house, and on no roll."""


def designated(draft: Draft, plan: TaskPlan, token: str) -> str:
    """The person whom the definition names for this task, as things stand now; empty when it names nobody or they are
    not known.
    """
    if not plan.assignee:
        return ""
    if plan.assignee in draft.definition.people:
        # By what they have completed: holding this very task must not make somebody its rightful owner.
        states = draft.definition.people[plan.assignee]
        return next((person for state, person in reversed(draft.doers) if state in states), "")
    value: Any = draft.values(token)
    for part in plan.assignee.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _leave(draft: Draft, token: str, plan: TaskPlan) -> None:
    draft.withdraw_tasks(token)


WORD = Keyword("task", ("state",), SHAPE, __doc__, bind=_bind, enter=_enter, leave=_leave)
