"""The editor of a process in a real browser: with scripts as one types, without them with its buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.definition.loader import examine
from engine.home import shipped
from engine.library import catalog_of
from engine.store import deployments
from web.house import House

HERE = "/processes/inquiry/editor"


def test_problems_are_marked_as_one_types_and_what_was_typed_is_kept(visit: Callable[..., Any]) -> None:
    page = visit("katrin")
    page.goto(HERE)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("ownr: somebody\n")
    page.wait_for_selector(".cm-lintRange-error")
    assert "ownr" in page.locator("#result").inner_text()
    page.goto(HERE)
    assert page.locator(".cm-line").first.inner_text() == "ownr: somebody"


def test_words_of_the_language_are_offered_and_explained(visit: Callable[..., Any]) -> None:
    page = visit("katrin")
    page.goto(HERE)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("cal")
    offered = page.locator(".cm-tooltip-autocomplete")
    offered.wait_for()
    assert "calendar" in offered.inner_text()
    page.keyboard.press("Escape")
    page.locator(".cm-line", has_text="owner: process-owner").get_by_text("owner", exact=True).first.hover()
    page.locator(".cm-help").wait_for()
    assert "answers for the process" in page.locator(".cm-help").inner_text()


def test_a_definition_edited_without_scripts_is_published_and_used(visit: Callable[..., Any], house: House) -> None:
    page = visit("katrin", scripts=False)
    page.goto(HERE)
    text = page.locator("#text").input_value()
    page.locator("#text").fill(text.replace("owner: process-owner", "owner: quality-manager", 1))
    page.locator('button[value="differences"]').click()
    assert page.locator("ul.differences li").count() == 1
    page.locator("#note").fill("Somebody else answers for it")
    page.locator('button[value="publish"]').click()
    page.wait_for_url("**/processes/inquiry")
    assert house.engine.in_force("inquiry").owner == "quality-manager"


def test_a_definition_edited_with_scripts_is_published_as_it_was_typed_last(
    visit: Callable[..., Any], house: House
) -> None:
    page = visit("katrin")
    page.goto(HERE)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# typed just now\n")
    page.locator("#note").fill("A remark")
    page.locator('button[value="publish"]').click()
    page.wait_for_url("**/processes/inquiry")
    bundle = deployments.bundle(house.store, house.engine.in_force("inquiry").digest)
    assert bundle is not None and "# typed just now" in bundle


def test_what_one_person_hands_in_and_another_agrees_to_is_what_the_next_case_begins_with(
    visit: Callable[..., Any], house: House
) -> None:
    house.engine.deploy(examine(catalog_of(shipped()), "processes/definition-change.yaml"), "katrin")
    page = visit("katrin")
    page.goto(HERE)
    page.locator(".cm-content").click()
    line = page.locator(".cm-line", has_text="title: {en: Inquiry, de: Anfrage}")
    line.click()
    page.keyboard.press("End")
    for _letter in "Inquiry, de: Anfrage}":
        page.keyboard.press("Backspace")
    page.keyboard.type("A question, de: Anfrage}")
    page.locator("#note").fill("A word that everybody knows")
    page.locator('button[value="publish"]').click()
    page.wait_for_url("**/cases/DEF-*")
    assert "A question" in page.locator("#proposed").locator("..").inner_text()
    liam = visit("liam")
    liam.goto("/inbox?view=approvals")
    liam.get_by_role("link", name="Agree to the change of Inquiry").click()
    assert "A question" in liam.locator("main").inner_text()
    liam.locator('button[name="decision"][value="approve"]').click()
    liam.wait_for_url(lambda url: "/approvals/" not in url)
    emma = visit("emma")
    emma.goto("/start")
    assert emma.get_by_role("link", name="A question").count() == 1


def test_a_state_of_the_picture_leads_to_its_words_by_mouse_and_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit("katrin")
    page.goto("/processes/inquiry")
    page.locator(".picture [data-state=triaged]").click()
    assert page.url.endswith("#triaged")
    page.get_by_role("link", name="Waiting for a colleague").first.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#waiting-internal")
