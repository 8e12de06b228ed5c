"""The noun of these pages: a case."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("cases", __name__)
