"""What customers read on the private page of their case, by the link that the receipt gives them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engine.core.actors import Actor
from engine.core.commands import ComeBack, Complete, Correlate
from engine.core.instance import TAKE_BACK
from engine.private_pages import path_of
from engine.runtime import VirtualClock
from engine.store import outbox
from tests.web.conftest import Browser
from web.house import House

Browsers = Callable[..., Browser]
PDF = b"%PDF-1.7 a small one"

COMPLAINT: dict[str, Any] = {
    "immediate_danger": "no",
    "complainant_type": "consumer",
    "anonymous": "no",
    "name": "Otto <b>Klein</b>",
    "contact_email": "otto@klein.example",
    "preferred_channel": "email",
    "language": "en",
    "subject": "It smokes",
    "product": "Brightwater Dispatch",
    "occurred_on": "2026-11-22",
    "description": "There is <i>smoke</i>.",
    "remedy_sought": ["correction", "explanation"],
}
CALLED = {
    "spoke_with": "Otto",
    "spoken_at": "2026-11-23T08:00:00+00:00",
    "how": "phone",
    "agreed": "It is switched off.",
}


def test_a_promise_of_the_form_is_on_the_page_until_it_is_kept_and_then_when_it_was(
    browser: Browsers, house: House, clock: VirtualClock
) -> None:
    client = browser()
    client.get("/contact/complaint?language=en")
    answer = client.post("/contact/complaint", {**COMPLAINT, "immediate_danger": "yes", "key": "k1"})
    link = answer.headers["Location"]
    assert re.search(r"<dt>Our call to you</dt><dd>by <time", client.get(link).get_data(as_text=True))
    case = house.engine.instance(house.engine.find("CMP-2026-00001"))
    (task,) = [task.id for task in case.tasks.values() if task.state == "personal-acknowledgement"]
    actor = house.directory.actor("jana", "web")
    house.engine.do(case.id, Complete(at=clock(), actor=actor, task=task, outcome="acknowledge", values=CALLED))
    clock.set(clock() + TAKE_BACK)
    page = client.get(link).get_data(as_text=True)
    assert re.search(r"<dt>Our call to you</dt><dd>✓ done <time[^>]+>[^<]+</time></dd>", page)


def test_what_happened_did_not_happen_tomorrow(browser: Browsers) -> None:
    client = browser()
    page = client.get("/contact/complaint?language=en").get_data(as_text=True)
    assert re.search(r'name="occurred_on"[^>]* max="2026-11-23"', page)
    answer = client.post("/contact/complaint", {**COMPLAINT, "occurred_on": "2026-11-24", "key": "k1"})
    assert answer.status_code == 422 and "not after 23 November 2026." in answer.get_data(as_text=True)


def test_they_find_again_what_they_told_us_with_their_files_and_nothing_that_only_staff_know(
    browser: Browsers, house: House
) -> None:
    client = browser()
    client.get("/contact/complaint?language=en")
    answer = client.post("/contact/complaint", {**COMPLAINT, "evidence": (io.BytesIO(PDF), "proof.pdf"), "key": "k1"})
    link = answer.headers["Location"].partition("?")[0]
    told = client.get(f"{link}?language=en").get_data(as_text=True).partition("What you told us")[2]
    assert "There is &lt;i&gt;smoke&lt;/i&gt;." in told and "An explanation" in told and "Web form" not in told
    file = re.search(r'href="([^"]+)">proof.pdf</a> <small class="muted">1 kB', told)
    assert file is not None and client.get(file[1]).data == PDF
    case, jana = house.engine.find("CMP-2026-00001"), house.directory.actor("jana", "web")
    spoke = {"spoke_with": "Otto", "how": "phone", "what_was_said": "He shouted."}
    house.engine.do(case, Correlate(at=house.clock(), actor=jana, message="spoke-with-customer", values=spoke))
    client.get(f"{link}/moves/withdraw")
    client.post(f"{link}/moves/withdraw", {"reason": "It went <out>.", "key": "k2"})
    page = client.get(link).get_data(as_text=True)
    assert "It went &lt;out&gt;." in page and "He shouted." not in page


def test_where_a_process_asks_for_no_message_a_note_and_files_reach_us_all_the_same(
    browser: Browsers, house: House
) -> None:
    referred = {"regulator_reference": "7", "product": "Card", "issue": "Fees", "channel": "web", "language": "en"}
    case = house.engine.start("referred-complaint", house.directory.actor("olga", "web"), referred).instance
    client, link = browser(), path_of(house.store, house.secret, case, house.clock())
    client.get(link)
    bad = {"text": "Here <it> is.", "files": (io.BytesIO(b"MZ program"), "photo.png"), "key": "n1"}
    refused = client.post(f"{link}/messages", bad)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "photo.png is a program" in page and "Here &lt;it&gt; is.</textarea>" in page
    assert "Please write something." in client.post(f"{link}/messages", {"key": "n2"}).get_data(as_text=True)
    answer = client.post(f"{link}/messages", {"files": (io.BytesIO(PDF), "a.pdf"), "key": "n3"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert "a.pdf" in client.get(link).get_data(as_text=True)
    assert client.post(f"{link}/messages", {"text": "Did you <get> it?", "key": "n4"}).status_code == 303
    heard = [one.body for one in outbox.of_case(house.store, case) if one.kind == outbox.NOTICE]
    assert [(one["to"], one["say"]) for one in heard][-2:] == [
        ("role:regulator-desk", "a.pdf"),
        ("role:regulator-desk", "Did you <get> it?"),
    ], "whoever could take the case hears of it"


def test_an_acknowledgement_that_came_back_is_not_told_as_done_until_the_customer_knows(
    browser: Browsers, house: House, clock: VirtualClock
) -> None:
    client = browser()
    client.get("/contact/complaint?language=en")
    client.post("/contact/complaint", {**COMPLAINT, "language": "de", "key": "k1"})
    case, staff = house.engine.find("CMP-2026-00001"), browser("jana")
    (letter,) = [one for one in outbox.of_case(house.store, case) if one.kind == outbox.MESSAGE]
    outbox.delivered(house.store, letter.id, clock())
    clock.set(clock() + timedelta(hours=1))
    post, said = Actor("system", frozenset(), "system", "mail"), {"about": "x", "error": "5.1.1"}
    house.engine.do(case, ComeBack(at=clock(), actor=post, parcel=letter.name, to=letter.recipient, **said))
    link = path_of(house.store, house.secret, case, clock())
    assert "This did not reach you by mail." in browser().get(f"{link}?language=en").get_data(as_text=True)
    page = staff.get("/cases/CMP-2026-00001").get_data(as_text=True)
    assert "The customer reads (German):" in page and page.count("! the letter did not arrive") == 2
    jana = house.directory.actor("jana", "web")
    house.engine.do(case, Correlate(at=clock(), actor=jana, message="acknowledgement-returned"))
    task = next(one.id for one in house.engine.instance(case).tasks.values() if one.state == "personal-acknowledgement")
    clock.set(clock() + timedelta(hours=1))
    house.engine.do(case, Complete(at=clock(), actor=jana, task=task, outcome="acknowledge", values=CALLED))
    page = staff.get("/cases/CMP-2026-00001").get_data(as_text=True)
    assert "! the letter did not arrive" not in page and "It was done once more" in page


def test_an_anonymous_complainant_reads_why_no_letter_comes(browser: Browsers) -> None:
    client = browser()
    client.get("/contact/complaint?language=en")
    nobody = {**COMPLAINT, "anonymous": "yes", "contact_email": "", "name": "", "preferred_channel": "none"}
    page = client.follow(client.post("/contact/complaint", {**nobody, "key": "k1"})).get_data(as_text=True)
    assert "We have no e-mail address of yours" in page and "Nothing yet" not in page
