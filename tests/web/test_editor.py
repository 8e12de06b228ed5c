"""The page on which an owner writes a process's next version."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.editing import UNPROVEN
from engine.home import shipped
from engine.library import read_files
from engine.store import deployments
from tests.web.cases import INQUIRY
from tests.web.conftest import MONDAY, Browser
from web.house import House

Browsers = Callable[..., Browser]
HERE = "/processes/inquiry/editor"
PATH = "processes/inquiry.yaml"


def field(page: str, name: str) -> str:
    """What a hidden field or the text of a page holds."""
    if name == "text":
        found = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page, re.S)
    else:
        found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def typed(client: Browser, old: str, new: str, do: str, **more: str) -> TestResponse:
    """Change the open file, and press a button."""
    text = field(client.page, "text")
    assert old in text
    values = {name: field(client.page, name) for name in ("file", "base", "seen")}
    return client.post(HERE, {**values, "text": text.replace(old, new, 1), "do": do, **more})


def open_editor(browser: Browsers, person: str = "katrin", query: str = "") -> Browser:
    client = browser(person)
    client.get("/account")
    client.post("/account/preferences", {"language": "en", "zone": "Europe/Berlin"})
    assert client.get(f"{HERE}?{query}").status_code == 200
    return client


def test_only_the_owner_may_open_it_and_customers_do_not_know_of_it(browser: Browsers) -> None:
    assert browser("ben").get(HERE).status_code == 403
    assert browser("lena").get(HERE).status_code == 404
    assert browser("katrin").get("/processes/nothing/editor").status_code == 404
    assert browser("katrin").get(f"{HERE}?file=../etc/passwd").status_code == 404


def test_somebody_else_cannot_publish_by_sending_the_form(browser: Browsers, house: House) -> None:
    client = browser("ben")
    client.get("/inbox")
    for do in ("save", "publish"):
        assert client.post(HERE, {"file": PATH, "text": "x", "do": do, "note": "why"}).status_code == 403
    assert client.post(f"{HERE}/draft", {"file": PATH, "text": "x"}).status_code == 403
    for path in ("words", "picture", "files.zip"):
        assert client.get(f"{HERE}/{path}").status_code == 403


def test_what_was_typed_is_there_again_on_another_day(browser: Browsers) -> None:
    client = open_editor(browser)
    client.follow(typed(client, "title:", "# <b>mine</b>\ntitle:", "save"))
    assert "# <b>mine</b>" in field(open_editor(browser).page, "text")
    assert "<b>mine" not in client.page


def test_opening_another_file_keeps_what_was_typed_in_this_one(browser: Browsers) -> None:
    client = open_editor(browser)
    client.follow(typed(client, "title:", "# mine\ntitle:", "open:forms/inquiry-intake.yaml"))
    assert field(client.page, "file") == "forms/inquiry-intake.yaml"
    assert "# mine" in field(open_editor(browser).page, "text")


def test_problems_are_told_with_a_link_to_their_line(browser: Browsers) -> None:
    client = open_editor(browser)
    client.follow(typed(client, "owner: ", "ownr: ", "check"))
    lines = field(client.page, "text").split("\n")
    line = next(number for number, one in enumerate(lines, 1) if one.startswith("ownr"))
    assert f"line={line}&amp;" in client.page and "did you mean &#39;owner&#39;?" in client.page


def test_a_sound_process_has_nothing_to_mend_and_is_drawn(browser: Browsers) -> None:
    client = open_editor(browser, query="show=check")
    assert "Nothing to mend." in client.page
    client.get(f"{HERE}?show=picture")
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in client.page and "<style" not in client.page


def test_differences_are_told_in_words(browser: Browsers) -> None:
    client = open_editor(browser, query="show=differences")
    assert "Nothing that a case or a person would notice." in client.page
    client.follow(typed(client, "owner: process-owner", "owner: quality-manager", "differences"))
    assert "the owner is now" in client.page


def test_the_scenarios_run_in_the_page_with_what_they_reach(browser: Browsers) -> None:
    client = open_editor(browser, query="show=scenarios")
    assert "and everything is reached." in client.page and "ways on" in client.page


def test_scenarios_without_end_are_stopped(browser: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.proofs.PATIENCE", 0.0)
    client = open_editor(browser, query="show=scenarios")
    assert "they take too long" in client.page


def test_what_is_published_is_used_by_new_cases_and_old_ones_stay(browser: Browsers, house: House) -> None:
    directory = house.directory
    old = house.engine.start("inquiry", directory.actor("dieter", "web"), INQUIRY)
    client = open_editor(browser)
    answer = typed(client, "title:", "# mine\ntitle:", "publish", note="A remark", when="now")
    assert "Version 2 is in force" in client.follow(answer).get_data(as_text=True)
    new = house.engine.start("inquiry", directory.actor("dieter", "web"), INQUIRY)
    digests = [house.engine.instance(one.instance).digest for one in (old, new)]
    assert digests[0] != digests[1] == house.engine.in_force("inquiry").digest
    assert "What changed" in client.page
    client.get("/processes/inquiry/changes?version=2")
    assert "A remark" in client.page and "<h3>Scenarios</h3>" in client.page  # the version before had none
    assert client.page.count('<span class="mark') == 1
    assert client.get("/processes/inquiry/changes?version=1").status_code == 404


def test_a_version_can_take_effect_on_a_later_day(browser: Browsers, house: House) -> None:
    client = open_editor(browser)
    first = house.engine.in_force("inquiry").digest
    answer = typed(client, "title:", "# mine\ntitle:", "publish", note="Later", when="day", day="2026-12-01")
    assert "takes effect on Tue 1 Dec 2026" in client.follow(answer).get_data(as_text=True)
    assert house.engine.in_force("inquiry").digest == first
    assert "Version 2 is to take effect" in open_editor(browser).page
    assert "Version 2 takes effect on Tue 1 Dec 2026" in client.get("/processes/inquiry").get_data(as_text=True)
    house.clock.set(MONDAY + timedelta(days=8))  # type: ignore[attr-defined]
    assert house.engine.in_force("inquiry").digest != first
    page = open_editor(browser).get("/processes/inquiry?version=1").get_data(as_text=True)
    assert "until Tue 1 Dec 2026" in page and "takes effect" not in page


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"note": ""}, "Expected a note"),
        ({"note": "why", "when": "day", "day": ""}, "but none was chosen"),
        ({"note": "why", "when": "day", "day": "2026-11-01"}, "it has begun already"),
    ],
)
def test_a_publication_that_lacks_something_is_refused_and_nothing_typed_is_lost(
    browser: Browsers, more: dict[str, str], told: str
) -> None:
    client = open_editor(browser)
    answer = typed(client, "title:", "# mine\ntitle:", "publish", **more)
    assert answer.status_code == 422
    assert told in client.page and "# mine" in field(client.page, "text")
    assert more["note"] in client.page


def test_what_has_problems_is_not_published_and_they_are_told(browser: Browsers, house: House) -> None:
    client = open_editor(browser)
    answer = typed(client, "owner: ", "ownr: ", "publish", note="why")
    assert answer.status_code == 422
    assert "did you mean &#39;owner&#39;?" in client.page
    assert house.engine.in_force("inquiry").owner == "process-owner"


def test_a_file_saved_in_another_window_is_not_written_over_unseen(browser: Browsers) -> None:
    client, other = open_editor(browser), open_editor(browser)
    typed(other, "title:", "# other\ntitle:", "save")
    answer = typed(client, "title:", "# mine\ntitle:", "save")
    assert answer.status_code == 409
    assert "# mine" in field(client.page, "text")
    client.follow(typed(client, "# mine", "# mine again", "save"))
    assert "# mine again" in field(client.page, "text")


def test_somebody_elses_newer_version_is_told_and_gone_on_from(browser: Browsers, house: House) -> None:
    client = open_editor(browser)
    client.follow(typed(client, "title:", "# mine\ntitle:", "save"))
    files = read_files(shipped())
    house.engine.deploy(examine(Catalog({**files, PATH: b"# theirs\n" + files[PATH]}), PATH), "liam", "theirs")
    client.get(HERE)
    assert "Liam Byrne has published version 2 meanwhile" in client.page
    answer = typed(client, "# mine", "# mine", "publish", note="why")
    assert answer.status_code == 409
    client.follow(typed(client, "# mine", "# mine", "catch-up"))
    assert "Both of you changed processes/inquiry.yaml" in client.page
    client.follow(typed(client, "# mine", "# mine", "publish", note="why"))
    assert house.engine.in_force("inquiry").digest


def test_files_can_be_put_beside_and_taken_back(browser: Browsers) -> None:
    client = open_editor(browser)
    client.follow(typed(client, "title:", "title:", "add", path="forms/brand-new.yaml"))
    assert "title: Brand new" in field(client.page, "text")
    client.follow(typed(client, "Brand new", "Quite new", "take-back:forms/brand-new.yaml"))
    assert 'value="open:forms/brand-new.yaml"' not in client.page
    answer = typed(client, "title:", "title:", "add", path="../../etc/passwd")
    assert answer.status_code == 404


def test_all_files_can_be_taken_along_as_they_stand(browser: Browsers) -> None:
    client = open_editor(browser)
    client.follow(typed(client, "title:", "# mine\ntitle:", "save"))
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{HERE}/files.zip").data))
    assert "# mine" in packed.read(PATH).decode()
    assert "processes/inquiry.scenarios.yaml" in packed.namelist()


def test_while_somebody_types_the_text_is_kept_and_its_problems_come_back(browser: Browsers) -> None:
    client = open_editor(browser)
    values = {name: field(client.page, name) for name in ("file", "base", "seen")}
    text = field(client.page, "text").replace("owner: ", "ownr: ", 1)
    answer = client.post(f"{HERE}/draft", {**values, "text": text}).get_json()
    assert {"file", "line", "column", "severity", "message"} <= set(answer["problems"][0])
    again = client.post(f"{HERE}/draft", {**values, "seen": answer["seen"], "text": text + "# more\n"})
    assert again.status_code == 200
    assert client.post(f"{HERE}/draft", {**values, "text": "stale"}).status_code == 409
    assert "# more" in field(open_editor(browser).page, "text")


@pytest.mark.parametrize("show", ["check", "picture", "differences", "scenarios"])
def test_whatever_is_typed_the_page_answers(browser: Browsers, show: str) -> None:
    client = open_editor(browser)
    nasty = ("", "\x00", "- " * 3000, "a: &a [*a]", "{" * 5000, "states: 1\nprocess: [", "é" * 190_000)
    for text in nasty:
        values = {name: field(client.page, name) for name in ("file", "base", "seen")}
        assert client.follow(client.post(HERE, {**values, "text": text, "do": show})).status_code == 200


def test_too_long_a_text_is_refused_and_stays_on_the_page(browser: Browsers) -> None:
    client = open_editor(browser)
    answer = typed(client, "title:", "x" * 200_000, "save")
    assert answer.status_code == 422
    assert "x" * 200_000 in client.page


def test_the_words_for_completion_are_the_languages_own(browser: Browsers) -> None:
    client = open_editor(browser)
    found = client.get(f"{HERE}/words").get_json()
    assert {"states", "owner"} <= set(found["process"]["properties"])
    assert set(found) == {"process", "form", "scenarios", "names"}
    assert "agent" in found["names"]["roles"] and "inquiry-intake" in found["names"]["forms"]


# --- the scenarios as a gate


def test_a_version_whose_scenarios_fail_is_published_only_by_saying_so_and_its_note_tells(
    browser: Browsers, house: House
) -> None:
    client = open_editor(browser)
    answer = typed(client, "target: {by: severity, S1: 2bh", "target: {by: severity, S1: 9bh", "publish", note="Slower")
    assert answer.status_code in (409, 422) and "do not" in client.page and 'name="anyway"' in client.page
    assert "Slower" in client.page
    values = {name: field(client.page, name) for name in ("file", "base", "seen", "text")}
    client.post(HERE, {**values, "do": "publish", "note": "Slower", "anyway": "It is urgent."})
    assert deployments.all_of(house.store, "inquiry")[-1].note == f"Slower{UNPROVEN}"


# --- a form as people will see it


FORM = "forms/inquiry-answer.yaml"
PREVIEW = f"{HERE}/form?file={FORM}"


def test_a_form_is_shown_as_people_will_see_it_and_nothing_typed_into_it_is_kept(browser: Browsers) -> None:
    client = open_editor(browser, query=f"file={FORM}")
    assert "Show the form" in client.page
    typed(client, "title:", "description: Written a moment ago\ntitle:", "form")
    assert client.get(PREVIEW).status_code == 200
    assert "Written a moment ago" in client.page and 'name="answer_text"' in client.page
    assert all(f"show={one}#result" in client.page for one in ("check", "differences", "scenarios"))
    assert client.post(PREVIEW, {"answer_text": "Only to try"}).status_code == 422
    assert "not right yet" in client.page and "Only to try" in client.page
    client.get(PREVIEW)
    assert "Only to try" not in client.page


def test_a_form_that_cannot_be_read_says_what_to_do_and_what_is_no_form_is_not_found(browser: Browsers) -> None:
    client = open_editor(browser, query=f"file={FORM}")
    typed(client, "type: string", "type: nothing", "save")
    assert client.get(PREVIEW).status_code == 200
    assert "something to mend" in client.page
    assert client.get(f"{HERE}/form?file={PATH}").status_code == 404
    assert browser("ben").get(PREVIEW).status_code == 403
