"""Every page, in light and dark, on a phone and on a desk: nothing a screen reader stumbles over, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from engine.core.actors import SYSTEM
from engine.core.authority import guest_of
from engine.core.commands import Ask, Claim, Complete, Decide, GiveUp, Trigger, WithdrawMessage
from engine.core.events import Event
from engine.core.instance import TAKE_BACK
from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.definition.loader import examine
from engine.definition.proof import Verdict, proof_of
from engine.errors import Rejected
from engine.home import shipped
from engine.library import read_files
from engine.receiving import receive
from engine.runtime import Engine
from engine.store import history, outbox
from tests.builders import PROCESS, files
from tests.mails import mail
from tests.web.browser.conftest import NARROW, WIDE
from tests.web.cases import INQUIRY
from tests.web.working import ANSWER, to_answer
from web.house import House

PAGES = [
    ("", "/sign-in"),
    ("", "/nowhere"),
    ("", "/contact"),
    ("", "/contact/complaint"),
    ("", "/lost-links"),
    ("ann", "/inbox"),
    ("ann", "/account"),
    ("ann", "/absences"),
    ("ben", "/tasks/{task}"),
    ("ben", "/tasks/{task}?outcome=ask-customer"),
    ("ben", "/questions"),
    ("ben", "/notices"),
    ("emma", "/start"),
    ("emma", "/start/inquiry"),
    ("emma", "/start/receipts/{case}"),
    ("katrin", "/processes"),
    ("katrin", "/incidents?all=1"),
    ("emma", "/mail"),
    ("katrin", "/processes/inquiry"),
    ("katrin", "/processes/complaint"),
    ("katrin", "/processes/referred-complaint"),
    ("katrin", "/proofs/{proof}"),
    ("katrin", "/proofs/{proof}?run=now"),
    ("ann", "/proofs/{proof}?run=now"),
    ("katrin", "/processes/inquiry/editor?show=check"),
    ("katrin", "/processes/inquiry/editor?show=picture"),
    ("katrin", "/processes/inquiry/editor?show=scenarios"),
    ("ben", "/inbox?view=mine"),
    ("vera", "/cases"),
    ("vera", "/cases?as-of=2099-01-01&q=category:other"),
    ("ines", "/cases/{case}"),
    ("vera", "/cases/{case}?verify=1"),
    ("lena", "/mine"),
    ("lena", "/mine/{case}"),
    ("lena", "/mine/{closed}"),
    ("", "/status/nothing.at-all"),
    ("ann", "/cases/{decided}"),
    ("ann", "/tasks/{again}"),
]
EVERYTHING = {"resultTypes": ["violations"]}
"""Every rule is judged; only what it lets pass is not told, node by node, which takes longer than the judging."""
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
"""Dark pages have other colours and nothing else: what does not look at them has judged the light ones."""

JUDGED = """options => axe.run(document, options).then(({violations}) => violations.map(({id, help, nodes}) =>
    `${id}: ${help} ${nodes.slice(0, 3).map(node => node.target)}`))"""


OFFER = """
customer: {email: "'lena.fischer@muehlenbau.example'"}
start: {by: [agent], form: order-offer, go: decision}
states:
  decision:
    approval: {by: {any: [agent]}, binds: [offer]}
    on: {approved: {send: [hello, hello], go: sending}, rejected: end}
  sending: {task: {candidates: [agent]}, on: {send: {send: hello, go: end}}}
  end: {final: true}
"""


def decided(house: House) -> tuple[str, str]:
    """A case in which an offer was approved and sent, one letter of two taken back after a colleague had gone on; and
    the task of writing that again.
    """
    home = files(OFFER, {"order-offer": "properties: {price: {type: integer}}"}, {"hello": "Our offer | Here it is"})
    house.engine.deploy(lint(Catalog(home), PROCESS), "ole", "")
    ann, ben, at = house.directory.actor("ann", "web"), house.directory.actor("ben", "web"), house.clock()
    made = house.engine.start("order", ben, {"price": 100})
    (approval,) = house.engine.instance(made.instance).approvals
    house.engine.do(made.instance, Decide(at=at, actor=ann, task=approval, decision="approve"))
    (task,) = house.engine.instance(made.instance).tasks
    house.engine.do(made.instance, Claim(at=at, actor=ben, task=task))
    message = house.engine.instance(made.instance).sent[0].id
    house.engine.do(made.instance, WithdrawMessage(at=at, actor=ann, message=message))
    (again,) = house.engine.instance(made.instance).unsent
    return made.reference, again


def proven(house: House) -> str:
    """The next version of a process, with scenarios that do not reach all of it; their digest."""
    path = "processes/referred-complaint.yaml"
    home = dict(read_files(shipped()))
    scenarios = home["processes/referred-complaint.scenarios.yaml"].rpartition(b"\n- scenario: ")[0]
    catalog = Catalog({**home, "processes/referred-complaint.scenarios.yaml": scenarios + b"\n"})
    loaded = examine(catalog, path)
    assert loaded.bundle is not None
    verdict = Verdict(scenarios=9, failed=1, reached=50, elements=60, problems=1)
    return house.engine.deploy(loaded, "katrin", proof=proof_of(catalog, loaded.bundle), verdict=verdict).proof


def closed(house: House) -> str:
    """An inquiry of Lena's that was answered and closed: its page asks how content she is."""
    task = to_answer(house)
    case, at, ben = task.rpartition(".")[0], house.clock(), house.directory.actor("ben", "web")
    lena = guest_of(house.engine.instance(case).customer)
    house.engine.do(case, Complete(at=at, actor=ben, task=task, outcome="answer", values=ANSWER))
    house.engine.do(case, Trigger(at=at + TAKE_BACK, actor=lena, name="confirm"))
    return house.engine.instance(case).reference


def away(house: House) -> Engine:
    """The database does not answer."""
    raise Rejected("database-unreachable", "Expected to reach the database, but: timeout")


def again(house: House, case: str) -> None:
    """Three reminders, a day between."""
    told = {"to": "role:team-lead", "say": "Look at it"}
    every = [Event("notified", house.clock() + timedelta(days=day), "system", "worker", told) for day in range(3)]
    with house.store.transaction():
        history.append(house.store, case, len(history.read(house.store, case)), every, house.clock(), "")


def undelivered(house: House, case: str) -> None:
    """The mail server would not have its first message, and says so at length."""
    name, why = outbox.of_case(house.store, case)[0].name, "the mail server says: 550 " + "no such user here, " * 9
    about = "Your inquiry has arrived"
    house.engine.do(
        case, GiveUp(at=house.clock(), actor=SYSTEM, parcel=name, to="lena@x.example", about=about, error=why)
    )


def test_the_count_of_the_view_that_is_shown_is_as_readable_as_its_name(visit: Callable[..., Any]) -> None:
    page = visit("ann", dark=True, narrow=True)
    page.goto("/inbox")
    look = "one => [getComputedStyle(one).color, getComputedStyle(one).opacity]"
    name = page.eval_on_selector("nav.views a[aria-current]", look)
    assert page.eval_on_selector("nav.views a[aria-current] .count", look) == name


def test_every_page_is_accessible_and_fits_in_light_and_dark_on_a_desk_and_a_phone(
    visit: Callable[..., Any], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from axe_playwright_python.base import AXE_SCRIPT

    started = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY)
    case = started.reference
    undelivered(house, started.instance)
    again(house, started.instance)
    task, ann = to_answer(house), house.directory.actor("ann", "web")
    ask = Ask(at=house.clock(), actor=ann, to="ben", to_roles=frozenset({"agent"}), text="Do you know her?")
    house.engine.do(task.rpartition(".")[0], ask)
    proof, (approved, unwritten), ended = proven(house), decided(house), closed(house)
    receive(house.engine, mail("A long text. " * 40, to="jobs@brightwater.example"), "imap")
    found = []
    opened: dict[str, Any] = {}

    def look(person: str, path: str, status: int = 0) -> None:
        page = opened.get(person) or opened.setdefault(person, visit(person))
        there = {"case": case, "task": task, "proof": proof, "decided": approved, "again": unwritten, "closed": ended}
        answer = page.goto(path.format(**there))
        assert status in (0, answer.status)
        page.evaluate(AXE_SCRIPT)
        # Turned about, not opened anew: the same page is asked for once, whatever it is looked at on.
        for colours, size in product(("light", "dark"), (WIDE, NARROW)):
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # no colour in between
            page.set_viewport_size(size)
            told = page.evaluate(JUDGED, COLOURS if colours == "dark" else EVERYTHING)
            found.extend(f"{path} {colours} {size['width']}: {violation}" for violation in told)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
                found.append(f"{path} {size['width']}: wider than the screen")

    for person, path in PAGES:
        look(person, path)
    monkeypatch.setattr(House, "engine", property(away))
    for person in ("", "ann"):
        look(person, "/inbox?view=mine", 503)
    assert found == []
