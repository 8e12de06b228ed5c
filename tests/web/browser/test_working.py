"""A task in a real browser: typing is saved, a lost connection loses nothing, and a message is taken back in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.commands import Comment
from engine.store import drafts, outbox
from tests.web.cases import INQUIRY
from tests.web.working import to_answer
from web.house import House

Visit = Callable[..., Any]


def test_typing_is_saved_and_a_lost_connection_loses_nothing(visit: Visit, house: House) -> None:
    task = to_answer(house)
    page = visit("ben")
    page.goto(f"/tasks/{task}")
    page.fill("#f-answer_text", "From nine")
    page.wait_for_selector("#saved:text-matches('^saved ')")
    kept = drafts.load(house.store, task, "ben")
    assert kept is not None and kept.values["answer_text"] == "From nine"
    page.context.set_offline(True)
    page.fill("#f-answer_text", "From nine to five")
    page.wait_for_selector("#saved:text-matches('^No connection')")
    page.context.set_offline(False)
    page.wait_for_selector("#saved:text-matches('^saved ')")
    kept = drafts.load(house.store, task, "ben")
    assert kept is not None and kept.values["answer_text"] == "From nine to five"


def test_what_was_typed_without_a_connection_is_there_again_when_the_page_is(visit: Visit, house: House) -> None:
    task = to_answer(house)
    page = visit("ben")
    page.goto(f"/tasks/{task}")
    page.route("**/draft", lambda route: route.abort())
    page.fill("#f-answer_text", "Written in a tunnel")
    page.wait_for_selector("#saved:text-matches('^No connection')")
    page.unroute("**/draft")
    page.goto("/inbox")
    page.goto(f"/tasks/{task}")
    assert page.input_value("#f-answer_text") == "Written in a tunnel"


def test_of_two_savings_the_later_one_is_kept_however_slow_the_first_is(visit: Visit, house: House) -> None:
    task = to_answer(house)
    page = visit("ben")
    page.goto(f"/tasks/{task}")
    held: list[Any] = []
    page.route("**/draft", lambda route: route.continue_() if held else held.append(route))
    page.fill("#f-answer_text", "From nine")
    page.wait_for_event("request", lambda asked: asked.url.endswith("/draft"))
    page.fill("#f-answer_text", "From nine to five")
    page.wait_for_timeout(2_500)  # twice the pause after which it would be saved
    assert drafts.load(house.store, task, "ben") is None
    held[0].continue_()
    page.wait_for_selector("#saved:text-matches('^saved ')")
    page.wait_for_event("requestfinished", lambda asked: asked.url.endswith("/draft"))
    kept = drafts.load(house.store, task, "ben")
    assert kept is not None and kept.values["answer_text"] == "From nine to five"


def test_of_two_who_work_on_one_case_the_second_sees_what_the_first_did(visit: Visit, house: House) -> None:
    task = to_answer(house)
    page = visit("ben")
    page.goto(f"/tasks/{task}")
    page.fill("#f-answer_text", "From nine to five")
    page.select_option("select[name=resolution_code]", "answered")
    page.check("input[name=kb_action][value=none]")
    ann = house.directory.actor("ann", "web")
    house.engine.do(task.rpartition(".")[0], Comment(at=house.clock(), actor=ann, text="She rang again"))
    page.click("button[name=task-outcome][value=answer]")
    assert "She rang again" in page.text_content("#faults")
    assert page.input_value("#f-answer_text") == "From nine to five"
    page.click("button[name=task-outcome][value=answer]")
    page.wait_for_selector("form.recalled")
    page.click("form.recalled button")
    page.wait_for_selector(".flash.done")
    parcels = [one for one in outbox.of_case(house.store, task.rpartition(".")[0]) if one.kind == outbox.MESSAGE]
    assert parcels[-1].status == outbox.WITHDRAWN
    assert page.input_value("#f-answer_text") == "From nine to five"
    page.goto(f"/cases/{house.engine.instance(task.rpartition('.')[0]).reference}")
    reached = page.locator("ol.strip li", has_text="Answer").first
    assert "✓" not in (reached.text_content() or "")


def test_a_form_looks_as_its_last_change_wants_it_in_whatever_order_the_answers_come(visit: Visit) -> None:
    page = visit()
    page.goto("/contact/complaint")
    asked: list[Any] = []
    page.route("**/contact/complaint", lambda route: asked.append(route))
    with page.expect_request("**/contact/complaint"):
        page.check("input[name=complainant_type][value=consumer]")
    with page.expect_request("**/contact/complaint"):
        page.check("input[name=complainant_type][value=on_behalf]")
    for number in (1, 0):
        with page.expect_event("requestfinished"):
            asked[number].continue_()
    page.wait_for_timeout(200)  # for the page to read the later answer
    assert page.is_visible("[data-field=representative_name]")


def test_without_scripts_a_message_is_taken_back_and_its_form_is_there_again(visit: Visit, house: House) -> None:
    task = to_answer(house)
    page = visit("ben", scripts=False, narrow=True)
    page.goto(f"/tasks/{task}")
    page.fill("#f-answer_text", "From nine to five")
    page.select_option("select[name=resolution_code]", "answered")
    page.check("input[name=kb_action][value=none]")
    page.click("button[name=task-outcome][value=answer]")
    page.click("form.recalled button")
    assert "Taken back: nothing was sent." in page.text_content(".flash.done")
    assert page.input_value("#f-answer_text") == "From nine to five"
    assert house.engine.instance(task.rpartition(".")[0]).states == ("in-progress",)


def test_a_file_that_is_too_large_is_told_at_its_field_and_not_sent(visit: Visit) -> None:
    page = visit()
    page.goto("/contact/inquiry?language=en")
    field = page.locator('input[name="attachments"]')
    page.evaluate("document.querySelector('input[type=file]').dataset.most = 3")
    field.set_input_files([{"name": "photo.txt", "mimeType": "text/plain", "buffer": b"four"}])
    told = page.get_by_role("alert").filter(has_text="photo.txt is larger than 20 MB")
    assert told.is_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.locator('form[enctype] button[type="submit"]:visible').last.click()
    assert field.evaluate("one => one === document.activeElement") and "POST" not in asked
    field.set_input_files([{"name": "photo.txt", "mimeType": "text/plain", "buffer": b"two"}])
    assert told.count() == 0 and field.get_attribute("aria-invalid") is None


def test_on_a_phone_the_menu_leaves_the_page_to_the_work(visit: Visit) -> None:
    page = visit("katrin", narrow=True)
    page.goto("/inbox")
    assert page.evaluate("document.querySelector('header.top').offsetHeight") < 160


def test_the_keys_work_again_after_a_search_was_left(visit: Visit, house: House) -> None:
    house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    page = visit("dieter")
    page.goto("/inbox")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert "INQ-2026-00001" in page.evaluate("document.activeElement.innerText")
