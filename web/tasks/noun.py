"""The blueprint of tasks, which the modules beside it hang their views on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("tasks", __name__)
