"""What lies on the desk of somebody who opens a task: the case, the form, the outcomes with what each will bring.

Owns how these are put together for a page. Decides nothing: whether somebody may is asked of the engine, and asked
again when they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort

from engine.core import authority
from engine.core.draft import Draft
from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.wording import Wording
from engine.core.instance import Instance, Task
from engine.core.tasks import offers
from engine.definition.forms import Form, Shown
from engine.definition.model import Definition, State
from engine.definition.moves import FormUse, Move
from engine.errors import Rejected
from engine.store import drafts, queries
from engine.store.drafts import Typed
from engine.store.tasks import TaskRow
from engine.telling.ahead import ahead, in_words
from web.access import visitor
from web.hints import why_not
from web.house import house
from web.language import either, language, said
from web.language import gettext as _
from web.reading import case_of, colleagues, names, process_names
from web.refusals import worded


@dataclass(frozen=True, slots=True)
class Desk:
    """A task with its case. `task` is None when it is done or withdrawn; `row` tells of it in any case."""

    case: Instance
    definition: Definition
    row: TaskRow
    task: Task | None
    state: State

    @property
    def token(self) -> str:
        return self.task.token if self.task is not None else next(iter(self.case.tokens))

    def draft(self) -> Draft:
        """A working copy for whoever asks, to look at and to throw away."""
        the, actor = house(), visitor().actor
        return Draft(self.definition, self.case, actor, the.clock(), the.engine.roster)


@dataclass(frozen=True, slots=True)
class Choice:
    """An outcome as a button: what it is called, what will happen then, why it cannot be chosen now (empty: it can)."""

    name: str
    title: str
    help: str
    then: str
    why_not: str
    comment: bool
    here: bool
    """Whether it belongs to the form that is shown; the others ask for something else."""


def _holders(role: str) -> frozenset[str]:
    return frozenset(house().directory.holders(role))


def desk_of(id: str) -> Desk:
    """404 for a task that is not there, or whose case they may not see."""
    row = queries.task(house().store, id)
    if row is None:
        abort(404)
    case, definition = case_of(row.instance)
    return Desk(case, definition, row, case.tasks.get(id), definition.place_of(row.state))


def barred(desk: Desk) -> tuple[str, str]:
    """Why whoever asks cannot work on it: a code and a sentence; both empty when they can."""
    assert desk.task is not None
    draft = desk.draft()
    try:
        authority.running(draft)
        authority.may_work_on(draft, desk.task)
    except Rejected as rejected:
        who = names().get(desk.task.assignee, desk.task.assignee)
        roles = house().directory.roles()
        said_so = {
            "suspended": _("The case is suspended. Somebody who oversees the process has to let it go on first."),
            "claimed-by-other": _("%(who)s has this task.") % {"who": who},
            "excluded": _("You have had a part in this case already, so somebody else has to do this: four eyes."),
            "not-allowed": _("This task is for %(roles)s.")
            % {"roles": either(said(roles.get(role, role)) for role in desk.task.candidates)},
        }
        return rejected.code, said_so.get(rejected.code, worded(rejected).message)
    return "", ""


# --- the form


def group_of(move: Move) -> str:
    """Outcomes that ask for the same form belong together."""
    return f"{move.form.form.id}/{move.form.alias}" if move.form is not None else ""


def chosen(desk: Desk, asked: str, kept: Typed | None) -> Move:
    """The outcome whose form is shown: what was asked for, what was chosen before, or the first that can be chosen."""
    moves = desk.state.on
    for name in (asked, kept.outcome if kept is not None else ""):
        if name in moves:
            return moves[name]
    offered = [offer.move for offer in offers(desk.draft(), desk.row.id) if not offer.why_not]
    return next(iter(offered), next(iter(moves.values())))


def kept_draft(desk: Desk) -> Typed | None:
    """What whoever asks had typed here and not handed in."""
    return drafts.load(house().store, desk.row.id, visitor().person.id)


def first_values(desk: Desk, use: FormUse | None, kept: Typed | None) -> Mapping[str, Any]:
    """What stands in the form at first: what was typed and kept, or what it said the last time round. An outcome's own
    form begins empty, unless others decide about it: then it is one text that is written on. Empty begins, too, what is
    kept from all who wrote it before: whoever has it is to look anew.
    """
    if kept is not None:
        return kept.values
    plan = desk.state.task
    if use is None or plan is None:
        return {}
    own = plan.form is not None and plan.form.alias == use.alias
    decided = any(state.approval and use.alias in state.approval.binds for state in desk.definition.states.values())
    if not own and not decided:
        return {}
    draft = desk.draft()
    wrote = draft.authors_of(desk.token, use.alias)
    if wrote and desk.task is not None and wrote <= authority.left_out(draft, desk.task):
        return {}
    known = draft.values(desk.token).get(use.alias)
    return known if isinstance(known, Mapping) else {}


def look_at(desk: Desk, use: FormUse, values: Mapping[str, Any]) -> Shown:
    """How the form looks with so much typed into it."""
    known = desk.draft().values(desk.token) if use.bound.names else {}
    return use.bound.look(values, known, house().clock(), desk.definition.calendar.zone)


def field_names(desk: Desk) -> set[str]:
    """The fields of all forms that this task may ask for."""
    forms: list[Form] = [move.form.form for move in desk.state.on.values() if move.form is not None]
    return {field.name for form in forms for field in form.fields}


# --- the outcomes


def choices(desk: Desk, shown: Move, look: Shown | None) -> list[Choice]:
    """Every outcome, in the order of the process. `look` is how the form that is shown looks now."""
    roles, titles = house().directory.roles(), process_names()
    wording = Wording(language(), roles=roles, spoken=spoken_in(desk.definition))
    found = []
    for offer in offers(desk.draft(), desk.row.id):
        move = offer.move
        here = group_of(move) == group_of(shown)
        typed = look.values if here and look is not None else {}
        sight = ahead(desk.draft(), desk.token, move, move.form, typed)
        reachable = bool(desk.case.customer.get("email"))
        then = in_words(sight, language(), roles, titles, reachable, names(), visitor().person.id)
        title = said(move.title) or wording.move(move)
        barred = why_not(desk.draft(), desk.token, move, wording)
        found.append(Choice(move.name, title, said(move.help), then, barred, move.comment, here))
    return found


# --- whom it can be handed to


def takers(desk: Desk) -> Sequence[tuple[str, str]]:
    """The colleagues who hold a role that the task is for, and are not kept out of it; by name."""
    assert desk.task is not None
    wanted = set(desk.task.candidates)
    found = [
        (person.id, person.name)
        for person in house().directory.workers()
        if wanted & set(person.roles) and person.id not in desk.task.excluded
    ]
    return sorted((one for one in found if one[0] != desk.task.assignee), key=lambda one: one[1])


def others() -> Sequence[tuple[str, str]]:
    """Everybody who can be given work but whoever asks, by name."""
    me = visitor().person.id
    return [one for one in colleagues() if one[0] != me]
