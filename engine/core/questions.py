"""Questions to colleagues: asked beside the case's own work, answered in writing, kept in the history.

Owns these two handlers. A question stops nothing and moves nothing; whoever is asked may see the case.
"""

from __future__ import annotations

from engine.core.authority import works
from engine.core.commands import Answer, Ask
from engine.core.draft import Draft
from engine.core.instance import Question
from engine.core.instances import takes_part
from engine.definition.roles import CUSTOMER, STAFF
from engine.errors import Rejected
from engine.keywords.told import say_to


def ask(draft: Draft, command: Ask) -> None:
    """One of the staff asks another."""
    takes_part(draft)
    if draft.actor.kind != STAFF:
        raise Rejected("not-allowed", f"Expected one of the staff to ask a colleague, but {draft.actor.id} is none")
    text = _text(command.text)
    if command.to == draft.actor.id:
        raise Rejected("invalid-values", "Expected somebody else to ask, but that is you", {"to": ("That is you.",)})
    if not command.to_roles - {CUSTOMER}:
        raise Rejected(
            "invalid-values",
            f"Expected a colleague to ask, but {command.to or 'nobody'} is none",
            {"to": ("Please choose a colleague.",)},
        )
    works(command.to, command.to_kind)
    question = Question(draft.next_id(), draft.actor.id, command.to, text, draft.at)
    draft.questions = {**draft.questions, question.id: question}
    draft.record("question-asked", question=question.id, to=question.to, text=text)
    say_to(draft, question.to, text, {"asked_by": draft.actor.id})


def answer(draft: Draft, command: Answer) -> None:
    """For whoever was asked, or stands in for them; whoever asked may settle it."""
    question = draft.questions.get(command.question)
    if question is None:
        raise Rejected("no-such-question", "Expected an open question, but it has been answered in the meantime")
    text = _text(command.text)
    actor = draft.actor
    if question.to in actor.stands_in:
        draft.act_for(question.to)
    elif actor.id not in (question.to, question.by):
        raise Rejected("not-allowed", f"Expected an answer of {question.to}, but {actor.id} was not asked")
    draft.questions = {id: one for id, one in draft.questions.items() if id != question.id}
    draft.record("question-answered", question=question.id, to=question.by, text=text)
    if question.by != actor.id:
        say_to(draft, question.by, text, {"answered_by": actor.id})


def _text(said: str) -> str:
    if not said.strip():
        raise Rejected("invalid-values", "Expected some words, but it is empty", {"text": ("Please write it down.",)})
    return said.strip()
