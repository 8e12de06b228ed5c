"""A form that is being written, as people will meet it: on a page of its own, to fill in and to have judged.

Keeps nothing of what is filled in, no file either. Belongs to `web.editor`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request
from werkzeug.datastructures import FileStorage

from engine.definition.catalog import FORMS
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.definition.moves import FormUse
from engine.manuscript import Manuscript
from web.cases.moves import people_to_choose
from web.forms import shown, typed
from web.forms.reading import media_type
from web.house import house
from web.language import language, said


def preview(now: Manuscript, file: str) -> str | tuple[str, int]:
    """The page; 404 for what is no form of the process."""
    if not file.startswith(FORMS) or file not in now.files:
        abort(404)
    name = file.removeprefix(FORMS).removesuffix(".yaml")
    loaded = examine(now.catalog, now.path)
    use = _use(loaded.definition, name) if loaded.definition is not None else None
    values: dict[str, Any] = {}
    errors: Mapping[str, Any] = {}
    judged = request.method == "POST" and request.form.get("do") != "look"
    form, status, definition = None, 200, loaded.definition
    if use is not None and definition is not None:
        at, zone = house().clock(), definition.calendar.zone
        if request.method == "POST":
            values = typed(use.form, request.form, request.files, _described, {})
        if judged:
            errors = use.bound.judge(values, {}, at, language(), zone).errors
            status = 422 if errors else 200
        form = shown(use.form, values, use.bound.look(values, {}, at, zone), errors, people_to_choose())
    problems = [one for one in loaded.problems if one.severity == "error"]
    page = render_template(
        "editor/form.html",
        key=now.process,
        file=file,
        form=form,
        problems=problems,
        accepted=judged and not errors,
        title=said(definition.title) if definition is not None else now.process,
    )
    return (page, status) if status != 200 else page


def _use(definition: Definition, form: str) -> FormUse | None:
    """The form as some place of the process uses it; None when none does."""
    plans = [state.task for state in (*definition.states.values(), *definition.tasks.values())]
    uses = [plan.form for plan in plans if plan is not None] + [move.form for _, move in definition.moves()]
    return next((use for use in uses if use is not None and use.form.id == form), None)


def _described(file: FileStorage) -> Mapping[str, Any]:
    """What a form would have of a file; its content goes nowhere."""
    content, name = file.read(), file.filename or ""
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "type": media_type(name), "size": len(content), "sha256": digest}
