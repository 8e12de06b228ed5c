"""One complaint from the public form to its closure, by seven people, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.store import history, instances
from tests.web.browser.filling import fill
from web.house import House

Visit = Callable[..., Any]

COMPLAINT = {
    "immediate_danger": False,
    "complainant_type": "business",
    "name": "Oliver Grant",
    "contact_email": "oliver@grant-freight.example",
    "preferred_channel": "email",
    "language": "en",
    "subject": "Three wrong invoices in a row",
    "product": "Brightwater Ledger",
    "occurred_on": "2026-11-19",
    "description": "Every invoice since September shows the price of last year. I have rung twice.",
    "remedy_sought": ["correction", "refund"],
}
ASSESSMENT = {
    "complaint_valid_scope": True,
    "category": "billing",
    "subcategory": "price list",
    "impact": "team",
    "urgency": "medium",
    "safety_or_health": False,
    "legal_or_regulator": False,
    "personal_data_breach": False,
    "press_or_ombudsman": False,
    "customer_blocked": False,
    "similar_checked": True,
    "similar_found": "1",
    "immediate_action_needed": True,
    "immediate_action": "Stop the reminders for these invoices.",
    "handler": "emma",
    "accused": ["carla"],
}
INVESTIGATION = {
    "facts": "The new price list was not entered for three customers.",
    "sources": [{"kind": "record", "what": "Change log of the price list", "from": "Ledger"}],
    "method": "five_whys",
    "whys": [{"why": "The list was not entered"}],
    "root_cause_code": "bad_communication",
    "root_cause_text": "Sales does not tell billing when a price list comes into force.",
    "occurred_elsewhere": "not_found",
    "nonconformity": True,
    "requirement_not_met": "Invoices follow the agreed prices.",
}
DECISION = {
    "outcome": "upheld",
    "reasons": "The price agreed in August was not entered.",
    "remedies": ["correction", "refund"],
    "compensation": "300.00",
    "correction": "All three invoices are issued anew.",
    "remedy_owner": "ben",
    "remedy_due": "2026-12-04",
    "capa_choice": "linked_existing",
    "capa_ref": "CAP-2026-00003",
    "response_draft": "You are right, and we are sorry. You get new invoices and your money back.",
    "external_body_info": True,
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_complaint_goes_from_the_public_form_to_its_closure_by_seven_people(
    visit: Visit, house: House, tmp_path: Path, scripts: bool
) -> None:
    customer = visit(scripts=scripts)
    customer.goto("/contact/complaint")
    fill(customer, COMPLAINT, scripts)
    customer.get_by_role("button", name="Send", exact=True).click()
    customer.get_by_text("Thank you. We have it.").wait_for()
    reference = customer.locator("section.flash strong").last.inner_text()
    private = customer.url.partition("?")[0]

    work(visit, "jana", f"Assess {reference}", "assess", ASSESSMENT, scripts)
    work(visit, "samir", f"Decide who takes {reference}", "assign-investigator", {"investigator": "liam"}, scripts)
    work(visit, "liam", f"Investigate {reference}", "conclude", INVESTIGATION, scripts)
    work(visit, "emma", f"Write the decision on {reference}", "propose", DECISION, scripts)

    # Who wrote it does not approve it, and is not even asked.
    emma = visit("emma", scripts=scripts)
    emma.goto("/inbox?view=approvals")
    assert not emma.get_by_role("link", name=f"Approve the decision on {reference}").count()
    ines = visit("ines", scripts=scripts)
    ines.goto("/inbox?view=approvals")
    ines.get_by_role("link", name=f"Approve the decision on {reference}").click()
    assert "The price agreed in August was not entered." in ines.locator("main").inner_text()
    ines.locator('button[name="decision"][value="approve"]').click()
    ines.wait_for_url(lambda url: "/approvals/" not in url)

    receipt = tmp_path / "credit-note.txt"
    receipt.write_text("Credit note over 300.00 EUR\n", encoding="utf-8")
    done = {"what_was_done": "Three new invoices, and 300 euros back.", "evidence": receipt}
    work(visit, "ben", f"Do what was promised in {reference}", "remedy-done", done, scripts)

    # What a person sends can be taken back for some seconds; then the customer reads it.
    house.clock = house.engine.recording = lambda: datetime.now(UTC) + timedelta(minutes=1)
    customer.goto(private)
    told = customer.locator("main").inner_text()
    assert "You are right, and we are sorry." in told and "300 euros back" in told
    customer.get_by_role("button", name="Yes, that settles it").click()
    customer.locator("form button[type=submit]").first.click()
    customer.get_by_text("It is closed").wait_for()

    found = instances.by_reference(house.store, reference)
    assert found is not None
    case = house.engine.instance(found)
    assert (case.status, case.outcome) == ("completed", "closed")
    actors = [line.event.actor for line in history.read(house.store, case.id)]
    assert {"jana", "samir", "liam", "emma", "ines", "ben"} <= set(actors)
    assert history.verify(house.store, case.id).ok


def work(visit: Visit, person: str, title: str, outcome: str, values: dict[str, Any], scripts: bool) -> None:
    """Somebody finds the task in their inbox, fills in what it asks, and says how it ends."""
    page = visit(person, scripts=scripts)
    page.goto("/inbox")
    page.get_by_role("link", name=title).first.click()
    chosen = page.locator(f'a[href*="outcome={outcome}"], button[name="open"][value="{outcome}"]')
    if chosen.count():
        chosen.first.click()
    fill(page, values, scripts)
    page.locator(f'button[name="task-outcome"][value="{outcome}"]').click()
    page.wait_for_load_state()
    faults = page.locator(".has-fault, .flash.fault")
    assert not faults.count(), faults.all_inner_texts()
    page.context.close()
