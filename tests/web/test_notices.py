"""What somebody was told stands on a page of theirs, and they say how they hear of it by mail."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.commands import Ask, Comment
from engine.store import letters, personal
from engine.workers.channels import handlers
from engine.workers.embedded import Embedded
from tests.web.cases import INQUIRY
from tests.web.conftest import Browser
from web.house import House

Open = Callable[..., Browser]


def asked(house: House, text: str = "Do <b>you</b> know her?", to: str = "ben") -> str:
    """Somebody asks a colleague about a new case; its reference."""
    case = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    actor = house.directory.actor("ann", "web")
    roles = house.directory.actor(to, "web").roles
    house.engine.do(case.instance, Ask(at=house.clock(), actor=actor, to=to, to_roles=roles, text=text))
    work(house)
    return case.reference


def work(house: House) -> None:
    """One round of the worker, without a mail server, when everything may be told."""
    house.store.database.execute_sql("UPDATE outbox SET next_at = 0 WHERE status = 'pending'")
    Embedded(house.engine, handlers(house.engine, {}), "me").deliver_due(100)


def test_it_says_who_told_what_about_which_case_with_hostile_text_as_text(browser: Open, house: House) -> None:
    reference = asked(house)
    page = browser("ben").get("/notices").get_data(as_text=True)
    assert "Ann Keller asks: Do &lt;b&gt;you&lt;/b&gt; know her?" in page and "<b>" not in page
    assert f'href="/cases/{reference}"' in page
    assert "asks:" not in browser("carla").get("/notices").get_data(as_text=True)


def test_what_is_new_is_counted_in_the_inbox_until_it_was_seen(browser: Open, house: House) -> None:
    asked(house)
    ben = browser("ben")
    assert 'Told to me <span class="count">1</span>' in ben.get("/inbox").get_data(as_text=True)
    assert ">new</span>" in ben.get("/notices").get_data(as_text=True)
    assert ">new</span>" not in ben.get("/notices").get_data(as_text=True)
    assert 'Told to me <span class="count">0</span>' in ben.get("/inbox").get_data(as_text=True)


def test_who_is_named_in_a_comment_is_told_in_their_own_language(browser: Open, house: House) -> None:
    case = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).instance
    said = Comment(at=house.clock(), actor=house.directory.actor("ben", "web"), text="@ann please", mentions=("ann",))
    house.engine.do(case, said)
    work(house)
    assert "Ben Osei nennt Sie: @ann please" in browser("ann").get("/notices").get_data(as_text=True)


def test_a_person_chooses_how_they_hear_of_it_by_mail(browser: Open, house: House) -> None:
    ben = browser("ben")
    assert 'value="at-once" checked' in ben.get("/notices").get_data(as_text=True)
    ben.follow(ben.post("/notices/wishes", {"way": "daily", "hour": "07:00"}))
    assert 'value="daily" checked' in ben.page and "<option selected>07:00" in ben.page
    assert personal.preferences(house.store, "ben")["mail"] == "daily"


def test_a_choice_that_is_none_changes_nothing(browser: Open, house: House) -> None:
    ben = browser("ben")
    ben.get("/notices")
    for given in ({"way": "pigeon", "hour": "07:00"}, {"way": "daily", "hour": "03:17"}, {}):
        assert "of the list" in ben.follow(ben.post("/notices/wishes", given)).get_data(as_text=True)
    assert personal.preferences(house.store, "ben").get("mail") is None


def test_customers_have_no_such_page(browser: Open) -> None:
    assert browser("lena").get("/notices").status_code == 404


def test_more_notices_take_no_more_statements(browser: Open, house: House, statements: Callable[[], int]) -> None:
    ben = browser("ben")
    counts = []
    for more in (1, 5):
        for number in range(more):
            asked(house, f"Number {number}?")
        ben.get("/notices")
        statements()
        ben.get("/notices")
        counts.append(statements())
    assert len(letters.of_person(house.store, "ben")) == 6
    assert counts[0] == counts[1]
