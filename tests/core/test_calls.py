"""A case that calls others: what it asks for, what it knows of them, what waits for them, and what is held.

The store is not needed: what the runtime tells a case is told by hand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import SYSTEM
from engine.core.call_commands import CallFailed, ChildEnded, ChildReopened, LinkChild
from engine.core.effects import StartCase
from engine.core.links import Link
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, FIX, LEA, OLE, PROCESS, Case, files, reread

FORMS = {
    "order-intake": """
required: [text]
properties:
  text: {type: string}
  kind: {enum: [a, b]}
  price: {type: number}
  rows: {type: array, items: {type: object, required: [part], properties: {part: {type: string}}}}
""",
    "fix-intake": """
required: [problem]
properties:
  problem: {type: string}
  kind: {enum: [a, b, c]}
  price: {type: number}
""",
}


def define(body: str) -> Definition:
    home = files(
        body, FORMS, {"told": "About {reference}|Outcome {default(fix.reference, 'none')}"}, processes__fix_dot_yaml=FIX
    )
    loaded = examine(Catalog(home), PROCESS)
    assert loaded.definition is not None, "\n".join(map(str, loaded.errors))
    return loaded.definition


def started(body: str, **values: Any) -> Case:
    head = "customer: {email: intake.text}\nstart: {form: order-intake, by: [agent, customer], go: received}\n"
    return Case(define(head + body)).start(ANN, **{"text": "It leaks", **values})


def begun(case: Case) -> list[StartCase]:
    assert case.last is not None
    return [effect for effect in case.last.effects if isinstance(effect, StartCase)]


def link(case: Case, name: str = "fix") -> Link:
    """The latest of this name."""
    return [one for one in case.here.links.values() if one.name == name][-1]


def linked(case: Case, name: str = "fix", number: int = 1) -> Case:
    said = link(case, name)
    case.run(
        LinkChild(
            at=case.now, actor=SYSTEM, link=said.id, instance=f"other-{number}", reference=f"FIX-2026-{number:05}"
        )
    )
    return case


def ended(case: Case, outcome: str = "effective", name: str = "fix", id: str = "") -> Case:
    case.run(ChildEnded(at=case.now, actor=SYSTEM, link=id or link(case, name).id, outcome=outcome))
    return case


def reopened(case: Case, name: str = "fix") -> Case:
    case.run(ChildReopened(at=case.now, actor=SYSTEM, link=link(case, name).id))
    return case


def refused(case: Case, name: str = "fix") -> Case:
    (asked,) = begun(case)
    case.run(
        CallFailed(
            at=case.now,
            actor=SYSTEM,
            link=link(case, name).id,
            why="Expected a better problem",
            caller=asked.actor,
            values=asked.values,
            received_at=asked.received_at,
            place=asked.place,
        )
    )
    return case


def types(case: Case) -> list[str]:
    assert case.last is not None
    return [event.type for event in case.last.events]


ASKING = """
states:
  received:
    task: {title: Read, candidates: [agent]}
    on:
      mend:
        call:
          process: fix
          when: intake.kind is set and intake.kind == a
          with: {problem: intake.text, kind: c, price: intake.price}
          received: received_at
          link: caused-by
        go: waiting
  waiting:
    on: {done: {by: [agent], only-when: fix.outcome is set, go: closed}}
  closed: {final: closed}
"""


def test_a_call_asks_for_a_case_in_the_name_of_whoever_acts_with_the_values_of_now() -> None:
    case = started(ASKING, kind="a", price="1.5").do(ANN, "mend")
    (asked,) = begun(case)
    assert asked.process == "fix" and asked.actor == ANN
    assert asked.values == {"problem": "It leaks", "kind": "c", "price": "1.5"}
    assert asked.received_at == case.here.received_at
    assert link(case).kind == "caused-by" and link(case).status == "open"
    assert types(case) == ["task-completed", "moved", "case-called"]


def test_nothing_is_called_when_its_guard_does_not_hold() -> None:
    case = started(ASKING, kind="b").do(ANN, "mend")
    assert not begun(case) and not case.here.links and case.states == ("waiting",)


def test_an_optional_field_whose_value_is_not_known_is_left_out() -> None:
    case = started(ASKING, kind="a").do(ANN, "mend")
    assert begun(case)[0].values == {"problem": "It leaks", "kind": "c"}


def test_a_called_case_is_known_once_it_is_linked_and_its_outcome_once_it_has_ended() -> None:
    case = started(ASKING, kind="a").do(ANN, "mend")
    with pytest.raises(Rejected, match="only when"):
        case.trigger(ANN, "done")
    linked(case)
    assert types(case) == ["case-linked"] and link(case).reference == "FIX-2026-00001"
    with pytest.raises(Rejected, match="only when"):
        case.trigger(ANN, "done")
    ended(case)
    assert types(case) == ["child-ended"] and link(case).outcome == "effective"
    assert case.trigger(ANN, "done").here.outcome == "closed"


def test_what_a_case_knows_of_others_survives_writing_and_reading() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "close")
    assert case.here.held and reread(case.here) == case.here
    assert reread(ended(case).here) == case.here


def test_only_the_system_ties_cases() -> None:
    case = started(ASKING, kind="a").do(ANN, "mend")
    for command in (
        LinkChild(at=case.now, actor=OLE, link=link(case).id, instance="x", reference="FIX-2026-00001"),
        ChildEnded(at=case.now, actor=OLE, link=link(case).id, outcome="effective"),
        ChildReopened(at=case.now, actor=OLE, link=link(case).id),
    ):
        with pytest.raises(Rejected) as refusal:
            case.run(command)
        assert refusal.value.code == "not-allowed"


# --- waiting for the end

WAITING = """
states:
  received:
    task: {title: Read, candidates: [agent]}
    on: {mend: mending}
    after: {30d: gone}
  mending:
    call:
      process: fix
      with: {problem: intake.text}
      go:
        - {when: fix.outcome == effective, go: closed, send: told}
        - {when: fix.outcome == cancelled, go: received}
        - {else: worse}
    on: {back: {by: [agent], go: received}}
  worse: {task: {title: Look, candidates: [lead]}, on: {done: closed}}
  closed: {final: {outcome: closed, reopen: {by: [agent], go: received}}}
  gone: {final: gone}
"""


@pytest.mark.parametrize(
    ("outcome", "state"), [("effective", "closed"), ("not-effective", "worse"), ("cancelled", "received")]
)
def test_a_waiting_state_goes_on_by_the_outcome_of_the_called_case(outcome: str, state: str) -> None:
    case = linked(started(WAITING).do(ANN, "mend"))
    assert case.states == ("mending",)
    assert ended(case, outcome).states == (state,)
    assert case.last is not None
    (moved,) = [event for event in case.last.events if event.type == "moved"]
    assert moved.body["trigger"] == "call:fix" and moved.actor == "system"


def test_a_case_that_has_gone_on_otherwise_waits_no_more() -> None:
    case = linked(started(WAITING).do(ANN, "mend")).trigger(ANN, "back")
    assert ended(case).states == ("received",) and link(case).outcome == "effective"


def test_a_state_entered_again_waits_for_the_case_it_calls_then() -> None:
    case = linked(started(WAITING).do(ANN, "mend"))
    first = link(case).id
    case.trigger(ANN, "back").do(ANN, "mend")
    linked(case, number=2)
    assert ended(case, "not-effective", id=first).states == ("mending",)
    assert ended(case).states == ("closed",)


def test_a_suspended_case_writes_down_the_end_and_goes_on_when_it_is_resumed() -> None:
    case = linked(started(WAITING).do(ANN, "mend")).suspend(OLE)
    assert ended(case).states == ("mending",) and types(case) == ["child-ended"]
    assert case.resume(OLE).states == ("closed",)


def test_a_case_that_was_suspended_waits_on_when_the_called_one_goes_on_meanwhile() -> None:
    case = linked(started(WAITING).do(ANN, "mend")).suspend(OLE)
    reopened(ended(case, "not-effective"))
    assert case.resume(OLE).states == ("mending",)
    assert ended(case).states == ("closed",)


def test_an_ended_case_only_writes_it_down() -> None:
    case = linked(started(WAITING).do(ANN, "mend")).cancel(OLE)
    assert link(case).status == "open", "a called case is a case of its own"
    assert ended(case).here.status == "cancelled" and types(case) == ["child-ended"]
    assert reopened(case).here.status == "cancelled" and types(case) == ["child-reopened"]
    assert link(case).status == "open" and link(case).outcome == ""


def test_a_case_that_cannot_go_on_after_the_end_keeps_it_and_an_incident() -> None:
    body = WAITING.replace("fix.outcome == effective, go: closed", "1 / length(intake.text) > 2, go: closed")
    case = linked(started(body.replace("length(intake.text)", "(length(intake.text) - 8)")).do(ANN, "mend"))
    ended(case)
    assert link(case).status == "ended" and case.states == ("mending",)
    assert types(case) == ["child-ended", "incident-raised"]
    with pytest.raises(Rejected) as refusal:
        case.resolve(OLE, "retry")
    assert refusal.value.code == "still-stuck"
    assert case.trigger(ANN, "back").resolve(OLE, "retry").states == ("received",)


# --- a call that failed


def test_a_call_that_is_refused_is_an_incident_and_a_retry_asks_again_in_the_same_name() -> None:
    case = refused(started(WAITING).do(ANN, "mend"))
    (incident,) = case.here.incidents.values()
    assert "Expected a better problem" in incident.message and incident.place.startswith("processes/order.yaml:")
    assert case.states == ("mending",) and link(case).status == "failed"
    case.resolve(LEA, "retry")
    (asked,) = begun(case)
    assert (asked.actor.id, asked.values, asked.link) == ("ann", {"problem": "It leaks"}, link(case).id)
    assert link(case).status == "open" and not case.here.incidents
    assert ended(linked(case)).states == ("closed",)


def test_a_retry_can_correct_what_is_passed() -> None:
    case = refused(started(WAITING).do(ANN, "mend")).resolve(LEA, "retry", values={"problem": "A long leak"})
    assert begun(case)[0].values == {"problem": "A long leak"}
    assert case.last is not None
    assert case.last.events[0].body["corrected"] == {"problem": ["It leaks", "A long leak"]}


def test_a_call_tried_again_still_knows_for_whom_its_caller_stood_in() -> None:
    deputy = replace(ANN, stands_in={"eva": frozenset({"expert"})})
    case = refused(started(WAITING).do(deputy, "mend")).resolve(LEA, "retry")
    assert begun(case)[0].actor == deputy


def test_a_dismissed_call_counts_as_cancelled() -> None:
    case = refused(started(WAITING).do(ANN, "mend")).resolve(LEA, "dismiss")
    assert case.states == ("received",) and link(case).outcome == "cancelled"
    assert not begun(case)
    assert not case.here.dismissed, "the process has gone on from it, so that it cannot be opened again"


# --- holding back the end

HOLDING = """
variables: {late: false}
states:
  received:
    task: {title: Read, candidates: [agent]}
    on:
      mend: {call: {process: fix, with: {problem: intake.text}, blocks: intake.kind is set}, go: checking}
  checking:
    task: {title: Check, candidates: [agent]}
    on:
      close: {set: {late: blocked}, send: told, go: closed}
      more: {call: {process: fix, with: {problem: "'more'"}, as: second, blocks: true}, go: checking}
      leave: routing
    after: {2d: expired}
    wait-for: {solved: closed}
  routing: {go: closed}
  closed: {final: closed}
  expired: {final: expired}
on:
  withdraw: {by: [agent], go: expired}
  back: {by: [agent], from: checking, go: received}
"""


def held(case: Case) -> list[Any]:
    assert case.last is not None
    return [event.body["children"] for event in case.last.events if event.type == "move-held"]


def test_the_way_to_the_end_is_held_and_taken_when_the_called_case_ends() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "close")
    assert case.states == ("checking",) and not case.here.tasks
    assert held(case) == [["FIX-2026-00001"]] and case.here.held == {"0": ("on:close",)}
    assert "message-sent" not in types(case), "what goes along the way happens when it is taken"
    ended(case)
    assert (case.here.status, case.here.outcome) == ("completed", "closed") and not case.here.held
    assert "message-sent" in types(case) and case.here.variables["late"] is False


def test_nothing_is_held_by_a_case_that_does_not_block() -> None:
    case = linked(started(HOLDING).do(ANN, "mend")).do(ANN, "close")
    assert case.here.outcome == "closed" and case.here.variables["late"] is False
    assert link(case).status == "open"


def test_timers_messages_wishes_and_automatic_moves_are_held_alike() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend"))
    case.message("solved")
    assert case.here.held == {"0": ("wait-for:solved",)}
    case.trigger(ANN, "withdraw")
    assert case.here.held["0"][-1] == "anywhere:withdraw", "the last wish counts"
    case.wait("2d")
    assert case.here.held["0"][-1] == "after:0" and case.states == ("checking",)
    assert ended(case).here.outcome == "expired"


def test_an_automatic_move_rests_where_it_is_held() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "leave")
    assert case.states == ("routing",) and case.here.held == {"0": ("go:",)}
    assert ended(case).here.outcome == "closed"


def test_the_last_of_several_lets_go() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "more")
    linked(case, "second", 2).do(ANN, "close")
    assert held(case) == [["FIX-2026-00001", "FIX-2026-00002"]]
    assert ended(case).states == ("checking",)
    assert ended(case, name="second").here.outcome == "closed"


def test_leaving_the_state_forgets_what_was_held() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "close").trigger(ANN, "back")
    assert not case.here.held and ended(case).states == ("received",)


def test_a_cancelled_case_is_not_held() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "close").cancel(OLE)
    assert case.here.status == "cancelled" and not case.here.held


def test_what_was_held_in_a_suspended_case_is_taken_when_it_is_resumed() -> None:
    case = linked(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "close").suspend(OLE)
    assert ended(case).here.status == "suspended"
    assert case.resume(OLE).here.outcome == "closed"


def test_a_called_case_that_goes_on_again_holds_again() -> None:
    case = reopened(ended(linked(started(HOLDING, kind="a").do(ANN, "mend")))).do(ANN, "close")
    assert case.states == ("checking",)
    assert ended(case).here.outcome == "closed"


def test_a_call_that_failed_holds_until_somebody_has_decided_about_it() -> None:
    case = refused(started(HOLDING, kind="a").do(ANN, "mend")).do(ANN, "close")
    assert held(case) == [["fix"]]
    assert case.resolve(OLE, "dismiss").here.outcome == "closed"


# --- several at once

EACH = """
states:
  received:
    task: {title: Read, candidates: [agent]}
    on: {mend: mending}
  mending:
    for-each: {row: intake.rows, as: row, start: part, join: all, go: closed}
  part:
    call:
      process: fix
      with: {problem: row.part}
      go:
        - {when: fix.outcome == effective, go: join}
        - {else: again}
  again: {task: {title: "Again {fix.reference is set}", candidates: [agent]}, on: {done: join}}
  closed: {final: closed}
"""


def test_each_branch_knows_the_case_it_has_called_itself() -> None:
    body = EACH.replace('"Again {fix.reference is set}"', '"Again {default(fix.reference, row.part)}"')
    case = started(body, rows=[{"part": "pipe"}, {"part": "tap"}]).do(ANN, "mend")
    assert [asked.values for asked in begun(case)] == [{"problem": "pipe"}, {"problem": "tap"}]
    first, second = case.here.links.values()
    for number, one in enumerate((first, second), 1):
        said = LinkChild(at=case.now, actor=SYSTEM, link=one.id, instance=f"o{number}", reference=f"FIX-{number}")
        case.run(said)
    ended(case, "not-effective", id=first.id)
    assert case.task("again").title == "Again FIX-1"
    ended(case, "effective", id=second.id)
    assert case.do(ANN, "done", "again").here.outcome == "closed"


# --- the other side


def test_a_called_case_begins_without_asking_who_may_start_it_and_says_who_called_it() -> None:
    definition = examine(Catalog(files("", FORMS, processes__fix_dot_yaml=FIX)), "processes/fix.yaml").definition
    assert definition is not None
    parent = c.Parent("one", "ORD-2026-00001", "order", "one.3", "fix", "spawned")
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    case = Case(definition)
    command = c.Start(
        at=now, actor=BEN, instance="case", reference="FIX-2026-00001", values={"problem": "x"}, parent=parent
    )
    case.run(command)
    assert reread(case.here).parent == parent
    assert case.history[0].body["called_by"] == {
        "reference": "ORD-2026-00001",
        "process": "order",
        "name": "fix",
        "kind": "spawned",
    }
    with pytest.raises(Rejected, match="to start 'fix'"):
        Case(definition).start(CUSTOMER, problem="x")


# --- what a promise wished that has been kept meanwhile

PROMISING = """
clocks:
  answer:
    target: 1bd
    restarts-on: milestone asked-again
    stops-on: milestone answered
    escalate: {150%: {go: expired}}
tasks:
  explain: {candidates: [agent], due: 1bd, escalate: {150%: {go: expired}}, on: {explained: {milestone: explained}}}
states:
  received:
    task: {title: Read, candidates: [agent]}
    on:
      mend: {call: {process: fix, with: {problem: intake.text}, blocks: true}, go: checking}
      explain: {call: {process: fix, with: {problem: intake.text}, blocks: true}, open: explain, go: unpromised}
  checking: {task: {title: Check, candidates: [agent]}, on: {close: closed}}
  unpromised: {milestone: answered, task: {title: Check, candidates: [agent]}, on: {close: closed}}
  closed: {final: closed}
  expired: {final: expired}
on:
  answer: {by: [agent], milestone: answered}
  ask-again: {by: [agent], milestone: asked-again}
"""


def run_out(how: str = "mend") -> Case:
    """The promise ran out, but the way that its rung takes is held."""
    return linked(started(PROMISING).do(ANN, how)).wait("3bd")


def test_a_rung_whose_way_is_held_is_taken_later_when_nothing_has_kept_its_promise() -> None:
    case = run_out()
    assert case.here.held == {"0": ("clock:answer.150%",)} and case.states == ("checking",)
    assert ended(case).here.outcome == "expired"


@pytest.mark.parametrize("over", ["answer", "ask-again"])
def test_what_a_rung_wished_is_dropped_when_its_clock_stops_or_begins_anew(over: str) -> None:
    case = run_out().trigger(ANN, over)
    assert not case.here.held
    assert case.events("move-dropped") == [
        {"token": "0", "trigger": "clock:answer.150%", "rung": "150%", "clock": "answer"}
    ]
    assert ended(case).states == ("checking",) and case.task("checking")


def test_what_a_person_had_wished_before_counts_again_when_the_wish_of_a_rung_is_dropped() -> None:
    case = linked(started(PROMISING).do(ANN, "mend")).do(ANN, "close").wait("3bd")
    assert case.here.held == {"0": ("on:close", "clock:answer.150%")}
    case.trigger(ANN, "answer")
    assert case.here.held == {"0": ("on:close",)} and reread(case.here) == case.here
    assert ended(case).here.outcome == "closed"


def test_what_the_rung_of_a_task_beside_the_case_wished_is_dropped_when_the_task_is_done() -> None:
    case = run_out("explain")
    assert case.here.held == {"0": ("rung:explain.150%",)}
    case.do(ANN, "explained", "explain")
    assert [(body["task"], body["rung"]) for body in case.events("move-dropped")] == [("explain", "150%")]
    assert ended(case).states == ("unpromised",)


def test_a_called_case_whose_end_keeps_the_promise_does_not_let_its_rung_end_the_case() -> None:
    case = started("""
clocks:
  answer: {target: 1bd, stops-on: state told, escalate: {150%: {go: expired}}}
states:
  received: {parallel: {branches: {mend: mending, look: looking}, go: closed}}
  mending: {call: {process: fix, with: {problem: intake.text}, blocks: true, go: told}}
  told: {task: {title: Tell, candidates: [agent]}, on: {done: join}}
  looking: {task: {title: Look, candidates: [agent]}, on: {done: join}}
  closed: {final: closed}
  expired: {final: expired}
""")
    linked(case).wait("3bd")
    assert case.here.held == {"0": ("clock:answer.150%",)}
    assert ended(case).states == ("looking", "received", "told") and not case.here.held
    order = [event.type for event in case.last.events if event.type in ("child-ended", "clock-stopped", "move-dropped")]
    assert order == ["child-ended", "clock-stopped", "move-dropped"]


def test_the_last_wish_counts_also_where_the_end_of_a_called_case_had_one() -> None:
    case = started("""
states:
  received: {go: mending}
  mending:
    call: {process: fix, with: {problem: intake.text}, go: closed}
    task: {title: Look, candidates: [agent]}
    on: {more: {call: {process: fix, with: {problem: "'more'"}, as: second, blocks: true}}}
  closed: {final: closed}
  withdrawn: {final: withdrawn}
on:
  withdraw: {by: [agent], go: withdrawn}
""")
    linked(linked(case).do(ANN, "more"), "second", 2)
    ended(case).trigger(ANN, "withdraw")
    assert case.here.held == {"0": ("call:fix", "anywhere:withdraw")}
    assert ended(case, name="second").here.outcome == "withdrawn"
