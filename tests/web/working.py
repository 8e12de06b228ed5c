"""Cases brought to a point where somebody has work to do, and what stands on their page."""

from __future__ import annotations

import html
import re
from typing import Any

from engine.core.commands import Complete
from tests.web.cases import INQUIRY
from tests.web.conftest import Browser
from web.house import House

TRIAGE = {"category": "other", "impact": "team", "urgency": "high", "is_complaint": False, "queue": "support-l1"}
ANSWER = {"answer_text": "From nine to five.", "resolution_code": "answered", "kb_action": "none"}


def begun(house: House, **more: Any) -> str:
    """An inquiry that Dieter took down; the id of the task of sorting it."""
    made = house.engine.start("inquiry", house.directory.actor("dieter", "web"), {**INQUIRY, **more})
    return only_task(house, made.instance)


def only_task(house: House, case: str) -> str:
    (task,) = house.engine.instance(case).tasks
    return task


def done(house: House, task: str, person: str, outcome: str, **values: Any) -> str:
    """The task completed; the id of the one that follows."""
    case = task.rpartition(".")[0]
    actor = house.directory.actor(person, "web")
    house.engine.do(case, Complete(at=house.clock(), actor=actor, task=task, outcome=outcome, values=values))
    return only_task(house, case)


def to_answer(house: House, **more: Any) -> str:
    """An inquiry that Ben has taken and is to answer; the id of that task."""
    return done(house, done(house, begun(house, **more), "dieter", "triage", **TRIAGE), "ben", "take")


def sheet(page: str) -> dict[str, str]:
    """What the page's work form would send by itself: its hidden fields."""
    form = page.partition('class="work"')[2].partition("</form>")[0]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in pairs if name != "csrf_token"}


def opened(client: Browser, task: str, query: str = "") -> str:
    """The page of a task."""
    answer = client.get(f"/tasks/{task}{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)
