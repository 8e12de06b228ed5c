"""What can be asked of a case outside its tasks: moves, the way back of one that has ended, and messages it hears.

Owns this part of `heard case`. Which moves there are is `engine.core.correlation`'s to say, who may is judged when
somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from engine.cli.asking import fields_of, show_fields
from engine.telling.values import clean

if TYPE_CHECKING:
    from engine.core.draft import Draft
    from engine.definition.moves import Move


def _open(draft: Draft) -> Iterator[tuple[str, Move, str]]:
    """The command that asks for it, the move, and why it is not possible now (empty: it is)."""
    from engine.core.correlation import heard_now, ways
    from engine.core.instance import COMPLETED, RUNNING
    from engine.core.tasks import not_offered
    from engine.errors import Stuck

    case = draft.before
    if case.status == COMPLETED and case.states:
        ending = draft.definition.states[case.states[0]].ending
        if ending is not None and ending.reopen is not None:
            yield "reopen", ending.reopen, ""
    if case.status != RUNNING:
        return
    for token, move in ways(draft):
        try:
            why = not_offered(draft, token, move)
        except Stuck as stuck:
            why = stuck.message
        yield "trigger", move, why
    for _, move in heard_now(draft):
        yield "message", move, ""


def show_moves(draft: Draft, reference: str, whole: bool) -> None:
    """A line each; with `whole` also what its form asks."""
    language = draft.definition.languages[0]
    found = list(_open(draft))
    if found:
        click.secho("\ncan be asked for", bold=True)
    for command, move, why_not in found:
        typed = f"heard {command} {reference}{'' if command == 'reopen' else f' {move.name}'}"
        who = f"  by {', '.join(move.by)}" if move.by else ""
        note = f"  (not now: {why_not})" if why_not else ""
        click.echo(clean(f"  {typed}{_title(move, language)} → {_leads(move)}{who}{note}"))
        if whole and move.form is not None:
            show_fields(move.form.form, language, "      ")
    if found and not whole and any(move.form is not None for _, move, _ in found):
        click.echo("  (--moves shows what each asks)")


def moves_of(draft: Draft) -> list[dict[str, Any]]:
    """The same for programs."""
    language = draft.definition.languages[0]
    return [
        {
            "command": command,
            "name": move.name,
            "by": move.by,
            "leads_to": list(dict.fromkeys(branch.go for branch in move.branches if branch.go)),
            "why_not": why_not,
            "form": move.form.form.id if move.form is not None else "",
            "fields": fields_of(move.form.form, language) if move.form is not None else [],
        }
        for command, move, why_not in _open(draft)
    ]


def _title(move: Move, language: str) -> str:
    from engine.definition.texts import localised

    title = localised(move.title, language)
    return f" — {title}" if title else ""


def _leads(move: Move) -> str:
    return ", ".join(dict.fromkeys(branch.go for branch in move.branches if branch.go)) or "stays"
