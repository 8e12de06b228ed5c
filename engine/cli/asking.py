"""What a form asks, for somebody who types the answers: each field by the name and the codes that `--set` takes.

Owns this listing. The kinds in words are the form's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.telling.values import clean

if TYPE_CHECKING:
    from engine.definition.forms import Form, Row


def show_fields(form: Form, language: str, indent: str) -> None:
    """A line a field."""
    for row in form.describe(language):
        need = f", {row.required}" if row.required else ""
        click.echo(clean(f"{indent}{row.name}: {_kind(row, form)}{need} — {row.title}"))


def fields_of(form: Form, language: str) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "name": row.name,
            "title": row.title,
            "type": row.type,
            "required": row.required,
            "choices": [{"code": code, "label": label} for code, label in row.choices],
        }
        for row in form.describe(language)
    ]


def _kind(row: Row, form: Form) -> str:
    """With the code of each choice, and its label where that says more."""
    if row.choices:
        of = row.type.partition(":")[0]
        return f"{of}: {', '.join(f'{code} ({label})' if label != code else code for code, label in row.choices)}"
    return f"{row.type} (--file {row.name}=PATH)" if row.name in form.files and "." not in row.name else row.type
