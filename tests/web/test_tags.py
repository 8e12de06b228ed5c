"""Tags on a case's page: put on and taken off by those who work with it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.web.cases import INQUIRY
from tests.web.conftest import Browser
from web.house import House

Browsers = Callable[..., Browser]


@pytest.fixture
def reference(house: House) -> str:
    return house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).reference


def tags_of(house: House, reference: str) -> tuple[str, ...]:
    return house.engine.instance(house.engine.find(reference)).tags


def test_tags_are_put_on_and_taken_off_and_stand_in_the_history(
    browser: Browsers, house: House, reference: str
) -> None:
    dieter = browser("dieter")
    dieter.get(f"/cases/{reference}")
    page = dieter.follow(dieter.post(f"/cases/{reference}/tags", {"tags": "VIP, call-back"})).get_data(as_text=True)
    assert tags_of(house, reference) == ("call-back", "vip")
    assert "tags changed" in page and "none → call-back, vip" in page
    assert 'href="/cases?q=tag:vip"' in page.replace("%3A", ":")
    page = dieter.follow(dieter.post(f"/cases/{reference}/tags", {"remove": "vip", "tags": ""})).get_data(as_text=True)
    assert tags_of(house, reference) == ("call-back",)
    assert "call-back, vip → call-back" in page


def test_the_enter_key_puts_on_what_was_typed_and_takes_nothing_off(
    browser: Browsers, house: House, reference: str
) -> None:
    dieter = browser("dieter")
    dieter.get(f"/cases/{reference}")
    dieter.post(f"/cases/{reference}/tags", {"tags": "first"})
    form = re.search(r'<form[^>]*class="tags.*?</form>', dieter.get(f"/cases/{reference}").get_data(as_text=True), re.S)
    assert form is not None
    first = re.search(r"<button[^>]*>", form[0])
    assert first is not None and "hidden" in first[0] and "name=" not in first[0]


def test_a_word_that_is_no_tag_is_told_beside_it_and_kept(browser: Browsers, house: House, reference: str) -> None:
    dieter = browser("dieter")
    dieter.get(f"/cases/{reference}")
    answer = dieter.post(f"/cases/{reference}/tags", {"tags": 'good <b>"bad'})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and tags_of(house, reference) == ()
    assert "Please use letters, digits and hyphens" in page
    assert 'value="good &lt;b&gt;&#34;bad"' in page and "<b>&#34;bad" not in page
    assert dieter.post(f"/cases/{reference}/tags", {"tags": " "}).status_code == 422


def test_only_those_who_work_with_the_case_tag_it(browser: Browsers, house: House, reference: str) -> None:
    for person, status in (("udo", 404), ("lena", 404)):
        client = browser(person)
        client.get("/inbox")
        assert client.post(f"/cases/{reference}/tags", {"tags": "x"}).status_code == status, person
    assert tags_of(house, reference) == ()


def test_who_only_reads_sees_tags_and_no_form(browser: Browsers, house: House, reference: str) -> None:
    dieter = browser("dieter")
    dieter.get(f"/cases/{reference}")
    dieter.post(f"/cases/{reference}/tags", {"tags": "vip"})
    auditor = browser(next(one.id for one in house.directory.people() if "auditor" in one.roles))
    page = auditor.get(f"/cases/{reference}").get_data(as_text=True)
    assert ">vip</a>" in page and f"/cases/{reference}/tags" not in page
    assert auditor.post(f"/cases/{reference}/tags", {"tags": "x"}).status_code == 403
