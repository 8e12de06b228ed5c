"""`heard decide`, and what `heard task` says of an approval."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.shell import Shell, deployed

HOME = {
    "processes/organisation.yaml": """
organisation: Brightwater
languages: [en]
zone: Europe/Berlin
roles:
  agent: {title: Agent}
  expert: {title: Expert}
  lead: {title: Team lead}
  owner: {title: Process owner}
people:
  ann: {name: Ann, roles: [agent]}
  ben: {name: Ben, roles: [agent]}
  eva: {name: Eva, roles: [expert]}
  zoe: {name: Zoe, roles: [expert]}
  lea: {name: Lea, roles: [lead]}
  ole: {name: Ole, roles: [owner]}
""",
    "processes/calendars/office.yaml": """
calendar: office
title: Office
zone: Europe/Berlin
hours: {mon-fri: ["09:00-17:00"]}
""",
    "processes/order.yaml": """
process: order
title: Order
owner: owner
reference: ORD
calendar: office
languages: [en]
retention: {class: record, years: 6}
start: {form: order-offer, by: agent, go: draft}
states:
  draft: {task: {candidates: agent}, on: {propose: decision}}
  decision:
    approval:
      title: Approve {reference}
      by: {quorum: 2, of: [expert, lead], reauthenticate: true}
      exclude: draft
      binds: offer
      due: 2bd
    on: {approved: sent, rejected: refused, changes-requested: draft}
  sent: {final: sent}
  refused: {final: refused}
on:
  drop: {title: Drop the order, by: agent, form: order-drop, comment: true, needs: lead, go: refused}
wait-for:
  amended: {form: order-offer, by: agent}
""",
    "forms/order-offer.yaml": """
form: order-offer
title: Offer
required: [price]
properties: {price: {type: integer}, note: {type: string}}
""",
    "forms/order-drop.yaml": """
form: order-drop
title: Drop
required: [why]
properties: {why: {type: string}}
""",
}


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return deployed(tmp_path, capsys, HOME)


def proposed(shell: Shell) -> str:
    reference = shell.good("start", "order", "--as", "ann", "--set", "price=100").split()[0]
    assert "next:" in shell.good("complete", reference, "propose", "--as", "ann")
    return reference


def test_an_approval_is_shown_decided_and_over(shell: Shell) -> None:
    reference = proposed(shell)
    told = shell.good("task", reference, "--as", "eva")
    assert "an approval: 2 of expert, lead" in told and "price: 100" in told
    assert "Nobody has decided yet" in told and "2 more to say yes; may decide: eva, lea, zoe" in told
    assert "approved → sent" in told and "request-changes" in told
    assert reference in shell.good("inbox", "--as", "eva")
    assert "[reauthenticate]" in shell.refused("decide", reference, "approve", "--as", "eva")
    said = shell.good("decide", reference, "approve", "--as", "eva", "--reauthenticated", "--comment", "Good.")
    assert "→ decision" in said
    assert reference not in shell.good("inbox", "--as", "eva")
    told = shell.good("task", reference, "--as", "lea")
    assert "1 more to say yes; may decide: lea, zoe" in told and "Good." in told
    assert "completed (sent)" in shell.good("decide", reference, "approve", "--as", "lea", "--reauthenticated")
    history = shell.json("history", reference)["events"]
    given = [line["event"] for line in history if line["event"]["type"] == "decision-given"]
    assert [(event["actor"], event["roles"]) for event in given] == [("eva", ["expert"]), ("lea", ["lead"])]


def test_what_was_changed_since_is_told_and_what_was_seen_is_compared(shell: Shell) -> None:
    reference = proposed(shell)
    seen = shell.json("task", reference, "--as", "eva")["approval"]["content"]
    shell.good("decide", reference, "approve", "--as", "eva", "--reauthenticated", "--seen", seen[:12])
    shell.good("message", reference, "amended", "--as", "ben", "--set", "price=120")
    told = shell.good("task", reference, "--as", "lea")
    assert f"An earlier round, voided {today()}" in told and "it does not stand for this one" in told
    assert "offer.price: 100 → 120" in told
    stands = shell.json("task", reference, "--as", "lea")["approval"]
    assert (stands["round"], stands["changed"], stands["decided"], stands["needed"]) == (2, ["offer.price"], [], 2)
    assert [(one["outcome"], one["said"][0]["person"]) for one in stands["earlier"]] == [("voided", "eva")]
    late = shell.refused("decide", reference, "approve", "--as", "lea", "--reauthenticated", "--seen", seen)
    assert "[content-changed]" in late


def test_the_next_round_tells_who_asked_for_which_changes_and_what_became_of_them(shell: Shell) -> None:
    reference = proposed(shell)
    shell.good("decide", reference, "request-changes", "--as", "eva", "--reauthenticated", "--comment", "Too dear.")
    shell.good("message", reference, "amended", "--as", "ben", "--set", "price=90")
    shell.good("complete", reference, "propose", "--as", "ann")
    told = shell.good("task", reference, "--as", "lea")
    assert f"An earlier round, changes-requested {today()}" in told and "Too dear." in told
    assert "offer.price: 100 → 90" in told and "Nobody has decided yet" in told


def test_a_deputy_decides_on_behalf_and_refusals_say_why(shell: Shell) -> None:
    reference = proposed(shell)
    assert "[comment-needed]" in shell.refused("decide", reference, "reject", "--as", "eva", "--reauthenticated")
    assert "[excluded]" in shell.refused("decide", reference, "approve", "--as", "ann", "--reauthenticated")
    assert "[is-approval]" in shell.refused("claim", reference, "--as", "eva")
    behalf = ("--on-behalf-of", "eva", "--reauthenticated")
    assert "[not-allowed]" in shell.refused("decide", reference, "approve", "--as", "ben", *behalf)
    shell.good("delegate", reference, "ben", "--as", "eva")
    shell.good("decide", reference, "approve", "--as", "ben", *behalf)
    (given,) = shell.json("task", reference, "--as", "lea")["approval"]["decided"]
    assert (given["person"], given["by"]) == ("eva", "ben")
    shell.refused("decide", reference, "agree", "--as", "lea", code=2)


def test_a_request_with_a_key_is_done_once(shell: Shell) -> None:
    reference = proposed(shell)
    words = ("decide", reference, "approve", "--as", "eva", "--reauthenticated", "--key", "k1")
    shell.good(*words)
    shell.good(*words)
    assert len(shell.json("task", reference, "--as", "lea")["approval"]["decided"]) == 1


def test_too_few_people_are_an_incident_that_is_asked_again(shell: Shell) -> None:
    reference = proposed(shell)
    for person in ("eva", "zoe"):
        shell.good("decide", reference, "recuse", "--as", person, "--comment", "My brother.", "--reauthenticated")
    assert "Too few people may decide" in shell.good("incidents")
    organisation = shell.folder / "home/processes/organisation.yaml"
    organisation.write_text(organisation.read_text().replace("roles: [owner]", "roles: [owner, lead]"))
    incident = shell.json("incidents")[0]["id"]
    name = f"{reference}.{incident.rpartition('.')[2]}"
    assert "[still-stuck]" in shell.refused("resolve", name, "retry", "--as", "ole", "--reason", "Try")
    shell.good("people", "--load")
    shell.good("resolve", name, "retry", "--as", "ole", "--reason", "I take part")
    assert shell.json("incidents") == []
    shell.good("decide", reference, "approve", "--as", "ole", "--reauthenticated")
    assert "completed (sent)" in shell.good("decide", reference, "approve", "--as", "lea", "--reauthenticated")


def test_what_waits_for_a_second_person_is_shown_and_answered(shell: Shell) -> None:
    reference = shell.good("start", "order", "--as", "ann", "--set", "price=100").split()[0]
    drop = ("trigger", reference, "drop", "--as", "ann", "--comment", "They moved", "--set", "why=no need")
    said = shell.good(*drop)
    assert f"{reference} → draft" in said and f"Drop the order ({reference}) (lead)" in said
    assert "already" in shell.refused(*drop)
    assert f"Drop the order ({reference})" in shell.good("inbox", "--as", "lea")
    question = next(row["task"] for row in shell.json("inbox", "--as", "lea"))
    name = f"{reference}.{question.rpartition('.')[2]}"
    shown = shell.good("task", name, "--as", "lea")
    assert "ann asks for 'Drop the order': They moved" in shown and "why: no need" in shown
    assert "approved → refused" in shown and "rejected → everything stays as it is" in shown
    assert f"heard decide {name} DECISION" in shown and "an approval: one of lead, yes or no" in shown
    stands = shell.json("task", name, "--as", "lea")["approval"]
    assert stands["asked"] == {
        "move": "anywhere:drop",
        "by": ["ann"],
        "values": {"why": "no need"},
        "comment": "They moved",
    }
    assert "excluded" in shell.refused("decide", name, "approve", "--as", "ann")
    answered = shell.good("decide", name, "approve", "--as", "lea", "--seen", stands["content"][:12])
    assert "ann asks for 'Drop the order'" in answered and f"{reference} → completed (refused)" in answered
    told = shell.good("history", reference)
    assert (
        "confirmation-asked" in told
        and "'Drop the order' was asked for in 'Draft', and others have to confirm it: They moved" in told
    )


def test_a_no_leaves_the_case_as_it_was_and_the_inbox_empty(shell: Shell) -> None:
    reference = shell.good("start", "order", "--as", "ann", "--set", "price=100").split()[0]
    shell.good("trigger", reference, "drop", "--as", "ann", "--comment", "so", "--set", "why=no need")
    question = next(row["task"] for row in shell.json("inbox", "--as", "lea"))
    name = f"{reference}.{question.rpartition('.')[2]}"
    assert f"{reference} → draft" in shell.good("decide", name, "reject", "--as", "lea", "--comment", "keep it")
    assert shell.json("inbox", "--as", "lea") == []
