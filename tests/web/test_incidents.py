"""The page of incidents: who sees it, what it says, and how one, several or all are resolved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.core.actors import SYSTEM
from engine.core.commands import GiveUp
from engine.core.events import Event
from engine.store import history, instances, outbox, queries
from tests.web.cases import INQUIRY
from tests.web.conftest import Browser
from web.house import House

Open = Callable[..., Browser]


def undelivered(house: House, times: int = 1, process: str = "inquiry") -> list[str]:
    """Cases whose first message the mail server would not have; their ids."""
    found = []
    for _ in range(times):
        case = house.engine.start(process, house.directory.actor("dieter", "web"), INQUIRY).instance
        parcel = outbox.of_case(house.store, case)[0]
        why = GiveUp(at=house.clock(), actor=SYSTEM, parcel=parcel.name, to="<i>l@x</i>", about="Hello", error="550 No")
        house.engine.do(case, why)
        found.append(case)
    return found


def open_ones(house: House) -> list[str]:
    return [row.id for row in queries.incidents(house.store)]


@pytest.mark.parametrize(("person", "status"), [("katrin", 200), ("udo", 200), ("ines", 200), ("ann", 404)])
def test_it_is_there_for_those_who_oversee_a_process_or_administer(browser: Open, person: str, status: int) -> None:
    signed_in = browser(person)
    assert signed_in.get("/incidents").status_code == status
    assert ('href="/incidents"' in signed_in.get("/inbox").get_data(as_text=True)) == (status == 200)


def test_it_says_which_case_since_when_and_why_with_hostile_text_as_text(browser: Open, house: House) -> None:
    (case,) = undelivered(house)
    page = browser("katrin").get("/incidents").get_data(as_text=True)
    assert house.engine.instance(case).reference in page
    assert "Expected to deliver “Hello” to &lt;i&gt;l@x&lt;/i&gt;, but: 550 No" in page and "<i>" not in page


def test_only_what_holds_the_process_is_said_to_do_so(browser: Open, house: House) -> None:
    (case,) = undelivered(house)
    page = browser("katrin").get(f"/cases/{house.engine.instance(case).reference}").get_data(as_text=True)
    assert "! Expected to deliver “Hello”" in page and "could not go on" not in page
    (task,) = house.engine.instance(case).tasks
    page = browser("dieter").get(f"/tasks/{task}").get_data(as_text=True)
    assert "! something did not arrive" in page and "could not go on" not in page


def test_one_is_tried_again_and_the_outbox_has_it_again(browser: Open, house: House) -> None:
    first, second = undelivered(house, 2)
    katrin = browser("katrin")
    katrin.get("/incidents")
    chosen = open_ones(house)[0]
    answer = katrin.post("/incidents/resolutions", {"incident": chosen, "action": "retry", "reason": "The line is up"})
    assert "1 incident was tried again." in katrin.follow(answer).get_data(as_text=True)
    assert [outbox.of_case(house.store, case)[0].status for case in (first, second)] == ["pending", "dead"]
    assert history.read(house.store, first)[-1].event.actor == "katrin"


def test_all_are_let_go_at_once_and_stay_to_be_seen(browser: Open, house: House) -> None:
    undelivered(house, 3)
    katrin = browser("katrin")
    katrin.get("/incidents")
    answer = katrin.post("/incidents/resolutions", {"every": "yes", "action": "dismiss", "reason": "Told by phone"})
    assert "3 incidents were let go." in katrin.follow(answer).get_data(as_text=True)
    assert open_ones(house) == [] and "No incident is open." in katrin.page
    assert katrin.get("/incidents?all=1").get_data(as_text=True).count("Told by phone") == 3


def test_what_was_let_go_by_mistake_is_opened_again(browser: Open, house: House) -> None:
    undelivered(house, 2)
    katrin = browser("katrin")
    katrin.get("/incidents")
    wrong = open_ones(house)[0]
    katrin.post("/incidents/resolutions", {"every": "yes", "action": "dismiss", "reason": "Told by phone"})
    page = katrin.get("/incidents?all=1").get_data(as_text=True)
    assert page.count("– let go<") == 2 and "Open again" in page and "Try again" not in page
    asked = {"incident": wrong, "action": "reopen", "reason": "It was the other one"}
    page = katrin.follow(katrin.post("/incidents/resolutions", asked)).get_data(as_text=True)
    assert "1 incident is open again." in page and open_ones(house) == [wrong] and "Open again" not in page
    again = katrin.follow(katrin.post("/incidents/resolutions", asked)).get_data(as_text=True)
    assert "in the meantime" in again


def test_without_a_choice_or_a_reason_nothing_is_done_and_what_was_typed_stays(browser: Open, house: House) -> None:
    undelivered(house, 2)
    katrin = browser("katrin")
    katrin.get("/incidents")
    none = katrin.post("/incidents/resolutions", {"action": "retry", "reason": "It is mended"})
    assert none.status_code == 422 and 'value="It is mended"' in katrin.page
    chosen = open_ones(house)[0]
    silent = katrin.post("/incidents/resolutions", {"incident": chosen, "action": "retry", "reason": " "})
    assert silent.status_code == 422 and katrin.page.count(" checked") == 1
    assert len(open_ones(house)) == 2


def test_the_same_page_sent_twice_resolves_once_and_says_so(browser: Open, house: House) -> None:
    undelivered(house)
    katrin = browser("katrin")
    katrin.get("/incidents")
    asked = {"incident": open_ones(house)[0], "action": "retry", "reason": "Mended", "key": "k"}
    katrin.post("/incidents/resolutions", asked)
    again = katrin.follow(katrin.post("/incidents/resolutions", asked)).get_data(as_text=True)
    assert "resolved in the meantime" in again


def test_who_administers_sees_them_without_the_cases_and_resolves_none(browser: Open, house: House) -> None:
    (case,) = undelivered(house)
    udo = browser("udo")
    page = udo.get("/incidents").get_data(as_text=True)
    assert "550 No" in page and "/cases/" not in page and 'name="incident"' not in page
    asked = {"incident": open_ones(house)[0], "action": "dismiss", "reason": "x"}
    assert "somebody else" in udo.follow(udo.post("/incidents/resolutions", asked)).get_data(as_text=True)
    assert len(open_ones(house)) == 1


def test_cases_that_stand_still_are_told(browser: Open, house: House) -> None:
    house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    assert "stand still" not in browser("katrin").get("/incidents").get_data(as_text=True)
    house.store.database.execute_sql("DELETE FROM membership WHERE role = 'dispatcher'")
    page = browser("katrin").get("/incidents").get_data(as_text=True)
    assert "Cases that stand still" in page and "no one here is Dispatcher. Somebody has to get this role." in page
    house.store.database.execute_sql("UPDATE task SET status = 'claimed', assignee = 'emma'")
    house.store.database.execute_sql("UPDATE person SET active = 0 WHERE id = 'emma'")
    katrin = browser("katrin")
    assert "Emma Lindqvist has it, who is no longer here" in katrin.get("/incidents").get_data(as_text=True)
    house.store.database.execute_sql("UPDATE person SET language = 'de' WHERE id = 'katrin'")
    german = katrin.get("/incidents").get_data(as_text=True)
    assert "hat sie und ist nicht mehr hier" in german and "einordnen" in german


def test_a_case_that_waits_for_nothing_says_so_with_what_can_be_done(browser: Open, house: House) -> None:
    (case,) = undelivered(house)
    katrin = browser("katrin")
    address = f"/cases/{house.engine.instance(case).reference}"
    assert "waits for nothing" not in katrin.get(address).get_data(as_text=True)
    katrin.get("/incidents")
    katrin.post("/incidents/resolutions", {"every": "yes", "action": "dismiss", "reason": "Told by phone"})
    found = house.engine.instance(case)
    left = replace(found, tasks={}, timers={}, waits=(), clocks={})
    with house.store.transaction():
        said = Event("commented", house.clock(), "katrin", "web", {"text": "Where is everything?"})
        instances.save(house.store, found, left, [said], [], house.clock())
    page = katrin.get(address).get_data(as_text=True)
    assert "It waits for nothing" in page and "Cancel the case" in page
    assert "An incident of it was let go, and can be opened again" in page
    assert "can be taken on by a way that is open at any time" in katrin.get("/incidents").get_data(as_text=True)


def test_more_incidents_take_no_more_statements(browser: Open, house: House, statements: Callable[[], int]) -> None:
    katrin = browser("katrin")
    counts = []
    for more in (1, 5):
        undelivered(house, more)
        katrin.get("/incidents")
        statements()
        katrin.get("/incidents")
        counts.append(statements())
    assert counts[0] == counts[1]


def test_a_message_in_somebodys_hand_is_said_to_be_and_that_it_may_have_gone_out_twice_stays_with_it(
    browser: Open, house: House
) -> None:
    case = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    katrin = browser("katrin")

    def page() -> str:
        return katrin.get(f"/cases/{case.reference}").get_data(as_text=True)

    parcel = outbox.of_case(house.store, case.instance)[0]
    at = parcel.available_at
    assert "waits to go out" in page()
    for hour in range(2):
        then = at + timedelta(hours=hour)
        assert outbox.claim(house.store, parcel.id, f"worker {hour}", then, then + timedelta(minutes=5))
        assert "is being sent" in page() and "it is sent once more:" in page()
    mine = outbox.of_case(house.store, case.instance)[0]
    assert outbox.put_off(house.store, mine, f"{outbox.LEFT}; then too many", at + timedelta(days=1))
    assert "is held back" in page() and "is tried again" not in page()
    outbox.delivered(house.store, parcel.id, at)
    assert "The mail server took it:" in page() and outbox.LEFT.capitalize() in page()
