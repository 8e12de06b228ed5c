"""What the customer can do with their case now: write, ask for something, decide.

Owns this choice of what is offered; whether it may be done is judged again in the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.core.authority import holds
from engine.core.correlation import asked_of_customer, customers_message, ways
from engine.core.draft import Draft
from engine.core.instance import COMPLETED, RUNNING
from engine.core.tasks import not_offered
from engine.definition.moves import FormUse, Move
from engine.definition.roles import CUSTOMER
from engine.telling.approvals import standing
from engine.telling.until import promised_then
from web.language import gettext as _
from web.language import said, titled
from web.reading import Filled, answers, forms_by_alias
from web.status.noun import Visit


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that the customer can do: a move, with its title, and what they are promised then, each with by when.
    `here`: the state in which the case is asks for it; else it is open to them besides.
    """

    name: str
    title: str
    help: str
    here: bool
    promised: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An approval that waits for the customer, what it is about; `changes` is empty where they can ask for none."""

    id: str
    title: str
    content: str
    bound: tuple[Filled, ...]
    yes: str
    no: str
    changes: str


def message_of(visit: Visit) -> tuple[str, FormUse | None] | None:
    """The message by which the customer writes to us now: what the case waits for, else what it always hears."""
    move = customers_message(visit.draft)
    return None if move is None else (move.name, move.form)


def asked(visit: Visit) -> list[tuple[str, FormUse]]:
    """What we ask the customer besides, once the letter that says so has left."""
    known = {move.trigger for move in asked_of_customer(visit.known)}
    found = [(move.name, move.form) for move in asked_of_customer(visit.draft) if move.trigger in known]
    return [(name, use) for name, use in found if use is not None]


def moves_of(visit: Visit) -> list[tuple[str, Move]]:
    """The moves that the customer may ask for now, each with its token; `reopen` among them once it has ended."""
    return moves_in(visit, visit.draft)


def moves_in(visit: Visit, draft: Draft) -> list[tuple[str, Move]]:
    """The same of the case as it stands here."""
    case, definition = draft.before, visit.definition
    if case.status == COMPLETED and case.states:
        state = definition.states.get(case.states[0])
        move = state.ending.reopen if state is not None and state.ending is not None else None
        return [(next(iter(case.tokens)), move)] if move is not None and holds(draft, move.by, visit.actor) else []
    if case.status != RUNNING:
        return []
    return [
        (token, move)
        for token, move in ways(draft)
        if CUSTOMER in move.by and holds(draft, move.by, visit.actor) and not not_offered(draft, token, move)
    ]


def offered(visit: Visit) -> list[Offered]:
    """The same as the page offers them: nothing that tells what a letter will. What its state asks for comes first."""
    known = {move.trigger for _token, move in moves_in(visit, visit.known)}
    found = [offer_of(visit, token, move) for token, move in moves_of(visit) if move.trigger in known]
    return sorted(found, key=lambda one: not one.here)


def offer_of(visit: Visit, token: str, move: Move) -> Offered:
    """What the page says of one of them."""
    here = move.kind != "anywhere"
    then = tuple(promised_then(visit.draft, token, move, visit.tongue))
    return Offered(name_of(move), title_of(move), said(move.help), here, then)


def title_of(move: Move) -> str:
    return said(move.title) or (_("Reopen") if move.kind == "reopen" else move.name)


def name_of(move: Move) -> str:
    return "reopen" if move.kind == "reopen" else move.name


def to_decide(visit: Visit) -> list[ToDecide]:
    """What waits for the customer's own yes or no, once they have the letter that asks for it."""
    draft, forms = visit.known, forms_by_alias(visit.definition)
    found = []
    for id, approval in draft.before.approvals.items():
        if id not in visit.case.approvals:
            continue
        task = draft.before.tasks[id]
        stands = standing(draft, task, ())
        if visit.actor.id not in stands.may or approval.asked is not None:
            continue
        known = draft.values(approval.token)
        bound = []
        for alias in stands.plan.binds:
            form, values = forms.get(alias), known.get(alias)
            for one in values if isinstance(values, list) else [values]:
                if isinstance(one, Mapping):
                    bound.append(Filled(alias, said(form.title) if form else alias, tuple(answers(form, one))))
        titles = {name: said(move.title) for name, move in visit.definition.states[approval.state].on.items()}
        yes, no = titles.get("approved") or _("Yes"), titles.get("rejected") or _("No")
        changes = (titles.get("changes-requested") or _("Ask for changes")) if stands.changes else ""
        about = said(stands.plan.help) or titled(task)
        found.append(ToDecide(id, about, approval.content, tuple(bound), yes, no, changes))
    return found
