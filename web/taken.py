"""What is taken along as a file: CSV for spreadsheets, JSON for programs.

Owns these two forms and the answer's headers. What is in it, and what of it somebody may see, is the page's.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

FORMS = ("csv", "json")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def as_json(data: Any, name: str) -> Response:
    return _file(json.dumps(data, ensure_ascii=False, indent=2), "application/json", f"{name}.json")


def as_csv(rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    """Comma-separated, with headings; a text that a spreadsheet would reckon with is kept a text."""
    made = io.StringIO()
    writer = csv.writer(made)
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row.keys())
        writer.writerow([f"'{value}" if str(value).startswith(_RISKY) else value for value in row.values()])
    return _file("\ufeff" + made.getvalue(), "text/csv; charset=utf-8", f"{name}.csv")


def _file(body: str, kind: str, name: str) -> Response:
    answer = Response(body, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
