"""A next version takes effect once a second person has agreed: exactly what was handed in, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.definition.catalog import ORGANISATION, Catalog
from engine.definition.linter import lint
from engine.definition.loader import examine
from engine.definition.nodes import plain
from engine.definition.proof import Verdict, proof_of
from engine.definition.reader import read
from engine.directory import Directory
from engine.editing import Editing
from engine.errors import Rejected
from engine.home import shipped
from engine.library import catalog_of, read_files
from engine.manuscript import mark
from engine.publishing import handed_in, proposed
from engine.runtime import Engine, Result, VirtualClock
from engine.store import deployments, history, proofs
from engine.store.database import open_database
from tests.builders import PROCESS as ORDER
from tests.builders import files
from tests.databases import fresh

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KATRIN = Actor("katrin", frozenset({"process-owner", "quality-manager"}), "staff", "web")
LIAM = Actor("liam", frozenset({"quality-manager"}), "staff", "web")
ROSA = Actor("rosa", frozenset({"process-owner", "quality-manager"}), "staff", "web")
PATH = "processes/inquiry.yaml"
SCENARIOS = "processes/inquiry.scenarios.yaml"
PROVEN = Verdict(scenarios=2, failed=0, reached=9, elements=9, problems=0)
CHANGE = "processes/definition-change.yaml"


@pytest.fixture
def editing(tmp_path: Path) -> Iterator[Editing]:
    with open_database(fresh()) as store:
        store.upgrade()
        engine = Engine(store, VirtualClock(MONDAY))
        catalog = catalog_of(shipped())
        people: Any = plain(read(catalog.files[ORGANISATION], ORGANISATION))
        Directory(store).load_organisation(people)
        for path in (PATH, CHANGE):
            engine.deploy(examine(catalog, path), "cli")
        yield Editing(engine, read_files(shipped()), KATRIN, "inquiry", lambda written: PROVEN)


def write(editing: Editing, old: str, new: str) -> None:
    now = editing.manuscript()
    assert old in now.files[PATH]
    editing.write(PATH, now.files[PATH].replace(old, new, 1), base=now.base.digest, seen=mark(now.files[PATH]))


def handed(editing: Editing, title: str = "Request", begins_on: date | None = None) -> Result:
    write(editing, "title: {en: Inquiry", f"title: {{en: {title}")
    return editing.hand_in("A better word", begins_on)


def decide(editing: Editing, case: str, who: Actor, decision: c.Decision = "approve") -> Result:
    (approval,) = editing.engine.instance(case).approvals
    why = "" if decision == "approve" else "Because."
    at = editing.engine.clock()
    return editing.engine.do(case, c.Decide(at=at, actor=who, task=approval, decision=decision, comment=why))


def title(editing: Editing) -> Any:
    title = editing.engine.in_force("inquiry").title
    return title if isinstance(title, str) else title["en"]


def test_nothing_is_in_force_before_somebody_else_agreed_and_then_exactly_what_was_handed_in(editing: Editing) -> None:
    before = title(editing)
    case = handed(editing)
    assert title(editing) == before
    decide(editing, case.instance, LIAM)
    assert title(editing) == "Request"
    newest = deployments.newest(editing.engine.store, "inquiry")
    assert newest is not None and (newest.version, newest.deployed_by) == (2, "katrin")
    assert newest.note == f"A better word ({case.reference})"
    told = [line.event.type for line in history.read(editing.engine.store, case.instance)]
    assert told.count("version-published") == 1


def test_a_change_is_called_after_the_title_by_which_people_know_the_process(editing: Editing) -> None:
    case = editing.engine.instance(handed(editing, "Request").instance)
    assert case.subject == "Inquiry: A better word"
    (task,) = case.tasks.values()
    assert task.titles["de"] == "Der Änderung von „Anfrage“ zustimmen"


def test_scenarios_that_were_not_run_yet_are_proven_when_the_same_is_deployed_again(editing: Editing) -> None:
    engine, catalog = editing.engine, catalog_of(shipped())
    loaded = examine(catalog, PATH)
    assert loaded.bundle is not None
    proof = proof_of(catalog, loaded.bundle)
    first = engine.deploy(loaded, "cli", proof=proof)
    again = engine.deploy(loaded, "cli", proof=proof, verdict=PROVEN)
    assert again == first
    known = proofs.load(engine.store, first.proof)
    assert known is not None and known.verdict == PROVEN


def test_an_owner_cannot_publish_alone_nor_agree_to_their_own_change(editing: Editing) -> None:
    case = handed(editing)
    with pytest.raises(Rejected) as alone:
        editing.publish("A better word")
    with pytest.raises(Rejected) as own:
        decide(editing, case.instance, KATRIN)
    assert (alone.value.code, own.value.code) == ("needs-approval", "excluded")


def test_what_is_written_after_it_was_handed_in_does_not_slip_into_force(editing: Editing) -> None:
    case = handed(editing)
    write(editing, "title: {en: Request", "title: {en: Something quite different")
    decide(editing, case.instance, LIAM)
    assert title(editing) == "Request"


def tell(editing: Editing) -> str:
    """The scenarios told anew; their text."""
    now = editing.manuscript()
    told = now.files[SCENARIOS] + "# told anew\n"
    editing.write(SCENARIOS, told, base=now.base.content, seen=mark(now.files[SCENARIOS]))
    return told


def test_once_it_is_in_force_its_author_goes_on_from_it(editing: Editing) -> None:
    told = tell(editing)
    decide(editing, handed(editing).instance, LIAM)
    after = editing.manuscript()
    assert (after.base.version, after.is_behind, dict(after.edited)) == (2, False, {})
    assert after.files[SCENARIOS] == told


def test_the_scenarios_that_were_handed_in_come_into_force_with_it_and_who_agreed_stands_beside(
    editing: Editing,
) -> None:
    told = tell(editing)
    case = handed(editing)
    definition = editing.engine.definition(editing.engine.instance(case.instance).digest)
    about = proposed(definition, editing.engine.instance(case.instance), MONDAY)
    assert about is not None
    editing.write(SCENARIOS, "scenarios: []\n", base="", seen=mark(told))  # after it was handed in
    decide(editing, case.instance, LIAM)
    newest = deployments.newest(editing.engine.store, "inquiry")
    assert newest is not None and newest.proof == about.proof
    proven = proofs.load(editing.engine.store, newest.proof)
    assert proven is not None and (proven.proof.text, proven.verdict) == (told, PROVEN)
    assert (newest.reference, newest.agreed_by) == (case.reference, ("liam",))


def test_scenarios_that_were_handed_in_with_another_version_cannot_come_into_force(editing: Editing) -> None:
    case = handed(editing)
    about = proposed(editing.engine.definition(editing.engine.instance(case.instance).digest),
                     editing.engine.instance(case.instance), MONDAY)  # fmt: skip
    assert about is not None
    write(editing, "title: {en: Request", "title: {en: Question")
    other = editing.manuscript()
    bundle = lint(other.catalog, other.path).bundle
    assert bundle is not None
    deployments.keep(editing.engine.store, bundle.digest, bundle.to_json())
    values = {"process": "inquiry", "note": "Why", "after": other.base.digest}
    mixed = editing.engine.start(
        "definition-change", KATRIN, {**values, "version": bundle.digest, "scenarios": about.proof}
    )
    with pytest.raises(Rejected) as rejected:
        decide(editing, mixed.instance, LIAM)
    assert rejected.value.code == "no-such-proof"


def test_a_house_whose_process_for_changes_does_not_ask_for_scenarios_publishes_as_before(editing: Editing) -> None:
    files = read_files(shipped())
    form = files["forms/definition-change-proposal.yaml"].decode()
    files["forms/definition-change-proposal.yaml"] = form[: form.index("  scenarios:")].encode()
    files[CHANGE] = files[CHANGE].replace(b"      scenarios: proposal.scenarios\n", b"")
    editing.engine.deploy(examine(Catalog(files), CHANGE), "cli")
    told = tell(editing)
    decide(editing, handed(editing).instance, LIAM)
    newest = deployments.newest(editing.engine.store, "inquiry")
    assert newest is not None and (newest.version, newest.proof) == (2, "")
    assert dict(editing.manuscript().edited) == {SCENARIOS: told}


def test_a_newer_version_is_not_passed_over_and_the_decision_is_not_taken_either(editing: Editing) -> None:
    case = handed(editing)
    rosa = replace(editing, actor=ROSA)
    other = handed(rosa, "Question")
    decide(editing, other.instance, LIAM)
    with pytest.raises(Rejected) as rejected:
        decide(editing, case.instance, LIAM)
    assert rejected.value.code == "content-changed" and "rosa" in rejected.value.message
    assert title(editing) == "Question"
    assert editing.engine.instance(case.instance).approvals


def test_what_was_sent_back_goes_on_in_the_same_case(editing: Editing) -> None:
    case = handed(editing)
    decide(editing, case.instance, LIAM, "request-changes")
    write(editing, "title: {en: Request", "title: {en: Question")
    again = editing.hand_in("A better word still")
    assert again.instance == case.instance
    decide(editing, case.instance, LIAM)
    assert title(editing) == "Question"


def test_a_change_for_a_later_day_begins_at_its_midnight(editing: Editing) -> None:
    before = title(editing)
    case = handed(editing, begins_on=date(2027, 1, 1))
    decide(editing, case.instance, LIAM)
    newest = deployments.newest(editing.engine.store, "inquiry")
    assert newest is not None and newest.effective_from == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert title(editing) == before


def test_a_day_that_has_passed_by_the_time_of_the_yes_means_at_once(editing: Editing) -> None:
    case = handed(editing, begins_on=date(2026, 11, 20))
    decide(editing, case.instance, LIAM)
    assert title(editing) == "Request"


def test_a_refused_change_changes_nothing(editing: Editing) -> None:
    before = title(editing)
    case = handed(editing)
    decide(editing, case.instance, LIAM, "reject")
    assert title(editing) == before
    assert not handed_in(editing.engine.store, editing.engine.definition, "inquiry", MONDAY)


def test_a_digest_of_nothing_cannot_be_put_in_force(editing: Editing) -> None:
    values = {"process": "inquiry", "version": "ab" * 32, "after": "cd" * 32, "note": "made up"}
    case = editing.engine.start("definition-change", KATRIN, values)
    with pytest.raises(Rejected) as rejected:
        decide(editing, case.instance, LIAM)
    assert rejected.value.code == "no-such-version"


def test_what_is_broken_or_has_no_note_is_not_handed_in(editing: Editing) -> None:
    with pytest.raises(Rejected) as no_note:
        editing.hand_in("  ")
    write(editing, "owner: process-owner", "owner: nobody")
    with pytest.raises(Rejected) as broken:
        editing.hand_in("why")
    assert (no_note.value.code, broken.value.code) == ("no-note", "has-problems")
    assert not handed_in(editing.engine.store, editing.engine.definition, "inquiry", MONDAY)


def test_the_change_process_itself_is_changed_the_same_way(editing: Editing) -> None:
    own = replace(editing, actor=LIAM, process="definition-change")
    now = own.manuscript()
    text = now.files[CHANGE].replace("target: 3bd", "target: 5bd", 1)
    own.write(CHANGE, text, base=now.base.digest, seen=mark(now.files[CHANGE]))
    case = own.hand_in("Two days more")
    decide(editing, case.instance, KATRIN)
    assert deployments.newest(editing.engine.store, "definition-change").version == 2  # type: ignore[union-attr]


# --- the rule

PROCESS = """
start: {form: change, by: [owner], go: more}
states:
  ask:
    approval: {title: Agree, by: {any: [lead]}, binds: [change], due: 1d}
    on: {approved: in-force, rejected: refused}
  more: {task: {candidates: [lead], form: more}, on: {done: ask}}
  in-force: {publish: {version: change.version, after: change.after, note: change.note}, final: published}
  refused: {final: refused}
on: {more: {by: [owner], from: [ask], go: more}}
"""
FORMS = {
    "change": """
required: [version, after, note]
properties: {version: {type: string}, after: {type: string}, note: {type: string}}
""",
    "more": "required: [why]\nproperties: {why: {type: string}}",
}


def unapproved(old: str = "", new: str = "") -> list[str]:
    assert old in PROCESS
    catalog = Catalog(files(PROCESS.replace(old, new, 1), FORMS))
    return [one.message for one in lint(catalog, ORDER).problems if one.code == "publish-unapproved"]


def test_an_approval_that_binds_all_that_is_said_of_the_version_may_lead_there() -> None:
    assert unapproved() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rejected: refused", "rejected: in-force", "'rejected' in 'ask' does too"),
        ("binds: [change]", "binds: [more]", "does not bind change"),
        ("on: {done: ask}", "on: {done: in-force}", "'done' in 'more' does too"),
        ("from: [ask], go: more", "from: [ask], go: in-force", "'more' does too"),
        ("by: [owner], go: more", "by: [owner], go: in-force", "'start' does too"),
    ],
)
def test_any_other_way_into_force_is_a_problem(old: str, new: str, said: str) -> None:
    assert any(said in message for message in unapproved(old, new)), unapproved(old, new)


def test_who_has_taken_back_what_they_wrote_goes_on_from_what_they_handed_in(editing: Editing) -> None:
    told = tell(editing)
    case = handed(editing)
    with pytest.raises(Rejected) as written:
        editing.take_up(case.reference)
    for path in (PATH, SCENARIOS):
        editing.take_back(path)
    assert not editing.manuscript().edited
    with pytest.raises(Rejected) as nothing:
        editing.take_up("DEF-2026-09999")
    again = editing.take_up(case.reference)
    assert (written.value.code, nothing.value.code) == ("content-changed", "no-such-case")
    assert set(again.edited) == {PATH, SCENARIOS}
    assert (again.files[SCENARIOS], again.base.version) == (told, 1) and "{en: Request" in again.files[PATH]
