"""Questions to colleagues: asked on a task's or a case's page, found and answered by whoever was asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.conftest import Browser
from tests.web.working import opened, to_answer
from web.house import House

Browsers = Callable[..., Browser]
CASE = "/cases/INQ-2026-00001"


@pytest.fixture
def task(house: House) -> str:
    return to_answer(house)


def ask(ben: Browser, task: str, to: str = "samir", text: str = "Was it <you>?") -> str:
    opened(ben, task)
    answer = ben.post(f"{CASE}/questions", {"to": to, "text": text, "next": f"/tasks/{task}"})
    return ben.follow(answer).get_data(as_text=True)


def question_of(house: House, task: str) -> str:
    (question,) = house.engine.instance(task.rpartition(".")[0]).questions
    return question


def test_whoever_is_asked_finds_it_and_may_see_the_case_from_then_on(browser: Browsers, task: str) -> None:
    samir = browser("samir")
    assert samir.get(CASE).status_code == 404
    page = ask(browser("ben"), task)
    assert "Samir Nasser was asked" in page and "Was it &lt;you&gt;?" in page
    page = samir.get("/questions").get_data(as_text=True)
    assert "Ben Osei" in page and "Was it &lt;you&gt;?" in page and "<you>" not in page
    assert samir.get(CASE).status_code == 200
    assert "/questions" in samir.get("/inbox").get_data(as_text=True)


def test_the_answer_stands_in_the_history_and_the_question_is_gone(browser: Browsers, house: House, task: str) -> None:
    ask(browser("ben"), task)
    samir = browser("samir")
    samir.get("/questions")
    samir.follow(samir.post(f"/questions/{question_of(house, task)}/answer", {"text": "No, it was Jana."}))
    assert "No, it was Jana." in opened(browser("ben"), task)
    assert "Was it" not in samir.get("/questions").get_data(as_text=True)
    assert samir.get(CASE).status_code == 200


def test_an_empty_answer_is_refused_at_its_field(browser: Browsers, house: House, task: str) -> None:
    ask(browser("ben"), task)
    samir = browser("samir")
    samir.get("/questions")
    answer = samir.post(f"/questions/{question_of(house, task)}/answer", {"text": " "})
    assert answer.status_code == 422 and 'class="fault"' in answer.get_data(as_text=True)


def test_who_was_not_asked_does_not_answer(browser: Browsers, house: House, task: str) -> None:
    ask(browser("ben"), task)
    ann = browser("ann")
    ann.get("/inbox")
    assert ann.post(f"/questions/{question_of(house, task)}/answer", {"text": "Me"}).status_code == 404


def test_an_answer_that_comes_too_late_is_shown_and_not_lost(browser: Browsers, house: House, task: str) -> None:
    ben, samir = browser("ben"), browser("samir")
    ask(ben, task)
    question = question_of(house, task)
    samir.get("/questions")
    ben.follow(ben.post(f"/questions/{question}/answer", {"text": "Settled"}))
    answer = samir.post(f"/questions/{question}/answer", {"text": "It was Jana."})
    assert answer.status_code == 409 and "It was Jana." in answer.get_data(as_text=True)


def test_a_customer_is_nobody_to_ask(browser: Browsers, task: str) -> None:
    assert "Please choose a colleague." in ask(browser("ben"), task, to="lena")
