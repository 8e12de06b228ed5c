"""The scenarios of a version: on its page, with a change that is handed in, and run by whoever wants to see."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.core.commands import Decide
from engine.definition.catalog import Catalog
from engine.definition.loader import examine, sound
from engine.definition.proof import Verdict, proof_of
from engine.editing import Editing
from engine.home import shipped
from engine.library import catalog_of, read_files
from engine.manuscript import mark
from engine.store import deployments
from tests.web.conftest import Browser
from web.house import House

Browsers = Callable[..., Browser]
PATH, SCENARIOS = "processes/inquiry.yaml", "processes/inquiry.scenarios.yaml"
ONE = """
scenarios:
- scenario: Ben answers at once
  start: {as: dieter, values: {}}
"""


def of_version(house: House, verdict: Verdict | None = None, scenarios: str = "") -> str:
    """A version of the inquiries that has scenarios; their digest."""
    files = dict(read_files(shipped()))
    files[PATH] += b"# the next\n"
    if scenarios:
        files[SCENARIOS] = scenarios.encode()
    catalog = Catalog(files)
    loaded = examine(catalog, PATH)
    proof = proof_of(catalog, sound(loaded)[0])
    return house.engine.deploy(loaded, "katrin", "the next", proof=proof, verdict=verdict).proof


def handed_in(house: House, verdict: Verdict) -> str:
    """Katrin's change of the inquiries, with one scenario less; the reference of the case."""
    house.engine.deploy(examine(catalog_of(shipped()), "processes/definition-change.yaml"), "katrin")
    actor = house.directory.actor("katrin", "web")
    desk = Editing(house.engine, read_files(shipped()), actor, "inquiry", lambda written: verdict)
    now = desk.manuscript()
    less = now.files[SCENARIOS].rpartition("\n- scenario: ")[0] + "\n"
    desk.write(SCENARIOS, less, base=now.base.content, seen=mark(now.files[SCENARIOS]))
    desk.write(PATH, now.files[PATH] + "# mine\n", base=now.base.content, seen=mark(now.files[PATH]))
    return desk.hand_in("One case is told no more", anyway="It is told elsewhere.").reference


PASSED = Verdict(scenarios=30, failed=0, reached=200, elements=200, problems=0)


def test_a_version_shows_its_scenarios_and_how_they_went_when_it_was_handed_in(browser: Browsers, house: House) -> None:
    digest = of_version(house, replace(PASSED, failed=2, problems=2))
    page = browser("ben").get("/processes/inquiry").get_data(as_text=True)
    assert "28 of 30 scenarios went as they say, and 100 % of the process was reached" in page
    assert "not proven" in page and f"/proofs/{digest}" in page
    library = browser("ben").get("/processes").get_data(as_text=True)
    assert f'href="/proofs/{digest}"' in library and library.count("not proven") == 1
    page = browser("ben").get(f"/proofs/{digest}").get_data(as_text=True)
    file = read_files(shipped())[SCENARIOS].decode()
    names = re.findall(r"^- scenario: ([a-z ]+)$", file, re.M)
    assert len(names) > 10 and all(f"<li>{name}</li>" in page for name in names)


def test_a_version_without_scenarios_says_so(browser: Browsers) -> None:
    page = browser("ben").get("/processes/inquiry").get_data(as_text=True)
    assert "This version was put in force without scenarios." in page


def test_the_scenarios_of_a_version_run_on_its_own_bytes_whatever_has_come_after(
    browser: Browsers, house: House
) -> None:
    digest = of_version(house)
    file = read_files(shipped())[SCENARIOS].decode()
    page = browser("ben").get(f"/proofs/{digest}?run=now").get_data(as_text=True)
    count = len(re.findall(r"^- scenario: ", file, re.M))
    assert f"{count} scenarios go as they say, and everything is reached." in page
    assert "rows of decision tables" in page and "Its scenarios were not run when it was put in force." in page


def test_scenarios_that_do_not_go_are_told_with_their_line_and_in_german_that_it_is_english(
    browser: Browsers, house: House
) -> None:
    digest = of_version(house, scenarios=ONE)
    page = browser("ann").get(f"/proofs/{digest}?run=now").get_data(as_text=True)
    assert "Nicht alles geht, wie es soll." in page or "Nicht alles" in page
    assert "inquiry.scenarios.yaml, Zeile 4" in page
    assert "steht auf Englisch da" in page and "Zustände" in page


def test_a_digest_of_nothing_is_not_found(browser: Browsers) -> None:
    assert browser("ben").get("/proofs/" + "0" * 64 + "?run=now").status_code == 404


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (PASSED, "30 of 30 scenarios went as they say"),
        (replace(PASSED, failed=1, problems=1), "It was handed in all the same, because: “It is told elsewhere.”"),
    ],
)
def test_who_agrees_to_a_change_sees_how_exactly_its_scenarios_went_and_what_is_different_in_them(
    browser: Browsers, house: House, verdict: Verdict, told: str
) -> None:
    first = of_version(house)
    reference = handed_in(house, verdict)
    case = house.engine.instance(house.engine.find(reference))
    (approval,) = case.approvals
    liam = browser("liam")
    page = liam.get(f"/approvals/{approval}").get_data(as_text=True)
    assert told in page and "is gone." in page and "Scenarios" in page
    assert "handed in by Katrin Lehmann" in page
    waits = "A next version was handed in and waits for agreement:"
    assert waits in browser("katrin").get("/processes/inquiry").get_data(as_text=True)
    assert waits not in browser("ben").get("/processes/inquiry").get_data(as_text=True)
    (digest,) = set(re.findall(r'/proofs/([0-9a-f]{64})"', page))
    assert digest != first
    assert told in browser("liam").get(f"/cases/{reference}").get_data(as_text=True)
    text = liam.get(f"/proofs/{digest}").get_data(as_text=True)
    assert "handed in with a version that is not in force" in text
    answer = liam.get(f"/approvals/{approval}")
    content = re.search(r'name="content" value="([^"]+)"', answer.get_data(as_text=True))
    assert content is not None
    liam.post(f"/approvals/{approval}/decisions", {"decision": "approve", "content": content[1], "key": "k"})
    newest = deployments.newest(house.store, "inquiry")
    assert newest is not None and (newest.proof, newest.agreed_by) == (digest, ("liam",))
    page = liam.get("/processes/inquiry").get_data(as_text=True)
    assert "Katrin Lehmann" in page and "Liam Byrne" in page and f"/cases/{reference}" in page
    page = liam.get(f"/cases/{reference}").get_data(as_text=True)
    assert "Version 3 is in force since Mon 23 Nov 2026" in page
    shown, _summary, aside = page.partition("What a program filled in")
    assert "One case is told no more" in shown and "Digest of" not in shown and aside.count("Digest of") >= 3
    assert "0 (version 3)" in liam.get("/processes").get_data(as_text=True)
    assert waits not in browser("katrin").get("/processes/inquiry").get_data(as_text=True)
    page = liam.get("/processes/inquiry/changes?version=3").get_data(as_text=True)
    assert "is gone." in page and "Agreed to by Liam Byrne." in page


def test_who_has_to_mend_a_change_has_a_day_for_it_a_way_into_the_editor_and_no_digest_to_type(
    browser: Browsers, house: House
) -> None:
    reference = handed_in(house, PASSED)
    case = house.engine.instance(house.engine.find(reference))
    (approval,) = case.approvals
    back = Decide(at=house.clock(), actor=house.directory.actor("liam", "web"), task=approval,
                  decision="request-changes", comment="Why is it told no more?")  # fmt: skip
    house.engine.do(case.id, back)
    (task,) = house.engine.instance(case.id).tasks.values()
    assert task.due_at is not None and task.due_at.isoformat().startswith("2026-12-07")
    katrin = browser("katrin")
    page = katrin.get(f"/tasks/{task.id}").get_data(as_text=True)
    assert '<a role="button" href="/processes/inquiry/editor">Open in the editor</a>' in page
    fixed = set(re.findall(r'<input [^>]*name="([a-z_]+)"[^>]*readonly="readonly"', page))
    assert fixed == {"process", "title_en", "title_de", "version", "after", "scenarios"}
    assert "Open in the editor" not in browser("liam").get(f"/tasks/{task.id}").get_data(as_text=True)
    assert "Go on from what was handed in" not in editor(katrin)
    for path in (PATH, SCENARIOS):
        press(katrin, f"take-back:{path}", path)
    assert reference in editor(katrin) and "Go on from what was handed in" in katrin.page
    press(katrin, f"take-up:{reference}")
    assert f"You go on from what was handed in as {reference}." in katrin.page and "# mine" in katrin.page


def editor(client: Browser) -> str:
    return client.get("/processes/inquiry/editor").get_data(as_text=True)


def press(client: Browser, button: str, file: str = PATH) -> None:
    """A button of the editor, with this file open and nothing typed."""
    page = client.get(f"/processes/inquiry/editor?file={file}").get_data(as_text=True)
    values = dict(re.findall(r'name="(file|base|seen)" value="([^"]*)"', page))
    text = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page, re.S)
    assert text is not None
    client.follow(client.post("/processes/inquiry/editor", {**values, "text": html.unescape(text[1]), "do": button}))
