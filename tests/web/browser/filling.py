"""Filling in a form in a browser the way a person does: each field by its name, whatever control it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def fill(page: Any, values: Mapping[str, Any], scripts: bool = True) -> None:
    """Fill in the form of the page. A field that is not there yet appears once another one is filled in: with scripts
    by itself, else after the button that looks at the form again.
    """
    for name, value in values.items():
        first = _cell(name, value)
        if not _there(page, first):
            if scripts:
                page.locator(f'[name="{first}"]').first.wait_for(state="attached")
                page.locator(f'[data-field="{name}"]:not([hidden])').wait_for()
            else:
                page.locator('button[name="do"][value="look"]').first.click()
        _put(page, name, value)


def _cell(name: str, value: Any) -> str:
    return f"{name}.0.{next(iter(value[0]))}" if _is_table(value) else name


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _there(page: Any, name: str) -> bool:
    found = page.locator(f'[name="{name}"]')
    shown = page.locator(f'[data-field="{name.split(".")[0]}"]:not([hidden])')
    return bool(found.count()) and bool(shown.count())


def _put(page: Any, name: str, value: Any) -> None:
    if _is_table(value):
        for number, row in enumerate(value):
            for column, cell in row.items():
                if not page.locator(f'[name="{name}.{number}.{column}"]').count():
                    page.locator('button[name="do"][value="look"]').first.click()
                _put(page, f"{name}.{number}.{column}", cell)
        return
    if isinstance(value, Path):
        page.locator(f'input[type="file"][name="{name}"]').set_input_files(str(value))
        return
    text = "yes" if value is True else "no" if value is False else value
    control = page.locator(f'[name="{name}"]:not([type="hidden"])')
    kind = control.first.evaluate("one => one.type || one.tagName.toLowerCase()")
    if kind in ("radio", "checkbox"):
        for one in text if isinstance(text, Sequence) and not isinstance(text, str) else [text]:
            page.locator(f'[name="{name}"][value="{one}"]').check()
    elif kind.startswith("select"):
        control.first.select_option(str(text))
    else:
        control.first.fill("\n".join(text) if isinstance(text, list) else str(text))
