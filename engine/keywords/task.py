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
  escalate: {100%: {notify: team-lead}}
```

`title` may hold `{expressions}`; without one it is the state's title. `form` is what has to be filled in, whatever
the outcome (an outcome may bring its own instead). `assignee` is a name of `people` or a path to a person: the task
is theirs at once when they hold a candidate's role and are not excluded; else it waits for the candidates, and the
history says who was meant and why they did not get it. The field of a form that such a path names takes only those who
could do the task as things stand then. When somebody is excluded and nobody else may do it, the
process's owner is told at once, and an incident waits until somebody may. The outcomes stand
under the state's `on`. When the case leaves the state another way, the task is withdrawn; what was typed stays as a
draft in the history of the person.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.draft import Draft
from engine.definition.plans import TaskPlan
from engine.definition.shapes import Entry, Got, Localised, Record, Sentence, Text, name
from engine.definition.sources import SourceMove
from engine.keywords import candidates as candidates_word
from engine.keywords import due, escalate, exclude, opening
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
        "escalate": Entry(escalate.SHAPE, escalate.WORD.line),
    },
    "a mapping with `candidates`",
    elsewhere=dict.fromkeys(
        ("on", "after", "wait-for", "go", "send", "set", "milestone", "label", "final"),
        "it belongs to the state: write it below `task`, in the same column as `task`",
    ),
)


def _moves(source: Got) -> Iterable[SourceMove]:
    return escalate.moves(source.get("escalate", ()), "escalate")


def bind_task(source: Got, binder: Binder, kind: str = "escalate", within: str = "") -> TaskPlan | None:
    """The work that waits for somebody; its rungs are moves of this kind."""
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
        escalate=escalate.bind(source, binder, kind, within),
    )


def _enter(draft: Draft, token: str, plan: TaskPlan) -> None:
    opening.open_work(draft, token, draft.definition.states[draft.tokens[token].state], plan)


def _leave(draft: Draft, token: str, plan: TaskPlan) -> None:
    draft.withdraw_tasks(token)


WORD = Keyword("task", ("state",), SHAPE, __doc__, bind=bind_task, moves=_moves, enter=_enter, leave=_leave)
