"""A process on its owner's desk: what is kept, what is refused, and the way into force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.core.actors import Actor
from engine.definition.loader import examine
from engine.definition.proof import Verdict
from engine.editing import LONGEST, LONGEST_NOTE, UNPROVEN, Editing
from engine.errors import Rejected
from engine.home import shipped
from engine.library import catalog_of, read_files
from engine.manuscript import Manuscript, mark
from engine.runtime import Engine, VirtualClock
from engine.store import deployments, proofs
from engine.store.database import open_database
from tests.databases import fresh

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OWNER = Actor("katrin", frozenset({"process-owner"}), "staff", "web")
AGENT = Actor("ben", frozenset({"agent"}), "staff", "web")
PATH = "processes/inquiry.yaml"
SCENARIOS = "processes/inquiry.scenarios.yaml"
PROVEN = Verdict(scenarios=2, failed=0, reached=9, elements=9, problems=0)
FAILED = replace(PROVEN, failed=1, problems=1)


@pytest.fixture
def editing() -> Iterator[Editing]:
    with open_database(fresh()) as store:
        store.upgrade()
        engine = Engine(store, VirtualClock(MONDAY))
        engine.deploy(examine(catalog_of(shipped()), PATH), "cli")
        yield Editing(engine, read_files(shipped()), OWNER, "inquiry", lambda written: PROVEN)


def typed(editing: Editing, old: str, new: str, path: str = PATH) -> Manuscript:
    """One text in place of another, by somebody who looks at the page first."""
    now = editing.manuscript()
    assert old in now.files[path]
    changed = now.files[path].replace(old, new, 1)
    return editing.write(path, changed, base=now.base.digest, seen=mark(now.files[path]))


def refused(editing: Editing, note: str = "why", effective_from: datetime | None = None) -> str:
    with pytest.raises(Rejected) as rejected:
        editing.publish(note, effective_from)
    return rejected.value.code


def test_the_files_are_those_of_the_version_and_the_scenarios_of_the_home(editing: Editing) -> None:
    now = editing.manuscript()
    assert {PATH, SCENARIOS, "forms/inquiry-intake.yaml"} <= set(now.files)
    assert (dict(now.edited), now.saved_at) == ({}, None)
    assert not [path for path in now.files if path.startswith("interfaces/")]


def test_what_was_typed_is_kept_for_the_person_and_for_nobody_else(editing: Editing) -> None:
    typed(editing, "title:", "# mine\ntitle:")
    assert "# mine" in editing.manuscript().files[PATH]
    other = replace(editing, actor=replace(OWNER, id="vera"))
    assert "# mine" not in other.manuscript().files[PATH]


def test_the_line_ends_of_a_browser_change_nothing(editing: Editing) -> None:
    now = editing.manuscript()
    sent = now.files[PATH].replace("\n", "\r\n")
    assert not editing.write(PATH, sent, base=now.base.digest, seen=mark(now.files[PATH])).edited


def test_a_file_that_was_saved_elsewhere_meanwhile_is_not_written_over(editing: Editing) -> None:
    before = editing.manuscript()
    typed(editing, "title:", "# first\ntitle:")
    with pytest.raises(Rejected) as rejected:
        editing.write(PATH, "second", base=before.base.digest, seen=mark(before.files[PATH]))
    assert rejected.value.code == "content-changed"
    assert "# first" in editing.manuscript().files[PATH]


def test_only_who_holds_the_owners_role_may_read_write_or_publish(editing: Editing) -> None:
    other = replace(editing, actor=AGENT)
    for attempt in (other.manuscript, lambda: other.write(PATH, "", base="", seen=""), lambda: other.publish("why")):
        with pytest.raises(Rejected) as rejected:
            attempt()
        assert rejected.value.code == "not-allowed"


def test_a_deputy_of_the_owner_may_not(editing: Editing) -> None:
    deputy = replace(AGENT, stands_in={"katrin": frozenset({"process-owner"})})
    with pytest.raises(Rejected, match="process's owner"):
        replace(editing, actor=deputy).publish("why")


def test_a_file_that_is_too_long_or_not_one_of_the_process_is_refused(editing: Editing) -> None:
    codes = []
    for path, text in ((PATH, "x" * (LONGEST + 1)), ("../etc/passwd", "x"), ("processes/complaint.yaml", "x")):
        with pytest.raises(Rejected) as rejected:
            editing.write(path, text, base="", seen="")
        codes.append(rejected.value.code)
    assert codes == ["too-large", "no-such-file", "no-such-file"]


@pytest.mark.parametrize("path", ["../x.yaml", "processes/complaint.yaml", "forms/../a.yaml", "forms/A.yaml", "x"])
def test_only_forms_and_messages_can_be_put_beside(editing: Editing, path: str) -> None:
    with pytest.raises(Rejected):
        editing.add(path)


def test_a_new_file_can_be_put_beside_and_taken_away_again(editing: Editing) -> None:
    added = editing.add("forms/brand-new.yaml")
    assert "title: Brand new" in added.files["forms/brand-new.yaml"]
    assert "brand-new" in added.catalog.forms
    assert "fr" in editing.add("processes/messages/hello.fr.md").catalog.templates["hello"]
    assert "forms/brand-new.yaml" not in editing.take_back("forms/brand-new.yaml").files


def test_a_form_of_the_home_comes_as_it_is_there(editing: Editing) -> None:
    assert editing.add("forms/complaint-intake.yaml").files["forms/complaint-intake.yaml"] == (
        shipped() / "forms/complaint-intake.yaml"
    ).read_text(encoding="utf-8")


def test_what_is_published_is_in_force_at_once_and_nothing_is_left_to_edit(editing: Editing) -> None:
    typed(editing, "title: ", "# mine\ntitle: ")
    published = editing.publish("a remark")
    assert (published.version, published.deployed_by, published.note) == (2, "katrin", "a remark")
    assert editing.engine.in_force("inquiry").digest == published.digest
    after = editing.manuscript()
    assert (dict(after.edited), after.base.version) == ({}, 2)
    assert "# mine" in after.files[PATH]


def test_a_later_day_leaves_the_present_version_in_force_until_then(editing: Editing) -> None:
    typed(editing, "title: ", "# mine\ntitle: ")
    first = editing.engine.in_force("inquiry").digest
    published = editing.publish("later", MONDAY + timedelta(days=7))
    assert editing.engine.in_force("inquiry").digest == first
    editing.engine.clock.set(MONDAY + timedelta(days=7))  # type: ignore[attr-defined]
    assert editing.engine.in_force("inquiry").digest == published.digest


def test_what_cannot_be_published_is_refused_with_its_reason(editing: Editing) -> None:
    assert refused(editing) == "nothing-changed"
    typed(editing, "title: ", "# mine\ntitle: ")
    assert refused(editing, note="  ") == "no-note"
    assert refused(editing, effective_from=MONDAY - timedelta(seconds=1)) == "past"
    typed(editing, "owner: ", "owner: nobody-")
    assert refused(editing) == "has-problems"
    assert len(deployments.all_of(editing.engine.store, "inquiry")) == 1


def test_who_began_from_an_older_version_has_to_go_on_from_the_newest_first(editing: Editing) -> None:
    other = replace(editing, actor=replace(OWNER, id="vera"))
    typed(editing, "title: ", "# mine\ntitle: ")
    typed(other, "process: ", "# hers\nprocess: ")
    other.publish("hers")
    assert editing.manuscript().is_behind
    assert refused(editing) == "content-changed"
    ahead, both = editing.catch_up()
    assert (both, ahead.is_behind) == ((PATH,), False)
    assert "# mine" in ahead.files[PATH]
    assert editing.publish("mine").version == 3


def test_a_page_that_was_opened_before_somebody_published_is_of_the_version_it_showed(editing: Editing) -> None:
    opened = editing.manuscript()
    other = replace(editing, actor=replace(OWNER, id="vera"))
    typed(other, "process: ", "# hers\nprocess: ")
    other.publish("hers")
    text = opened.files[PATH].replace("title: ", "# mine\ntitle: ", 1)
    assert editing.write(PATH, text, base=opened.base.digest, seen=mark(opened.files[PATH])).is_behind


def test_scenarios_are_published_with_the_version_and_with_how_they_went(editing: Editing) -> None:
    typed(editing, "title: ", "# mine\ntitle: ")
    told = typed(editing, "scenarios:", "# mine\nscenarios:", SCENARIOS).files[SCENARIOS]
    published = editing.publish("both")
    proven = proofs.load(editing.engine.store, published.proof)
    assert proven is not None and proven.verdict == PROVEN
    assert (proven.proof.version, proven.proof.path, proven.proof.text) == (published.digest, SCENARIOS, told)
    assert proven.proof.people["katrin"] == ("quality-manager", "process-owner")
    after = editing.manuscript()
    assert (dict(after.edited), after.files[SCENARIOS]) == ({}, told)


def test_scenarios_alone_make_a_version_on_which_cases_run_as_before(editing: Editing) -> None:
    before = editing.engine.in_force("inquiry").digest
    typed(editing, "scenarios:", "# mine\nscenarios:", SCENARIOS)
    published = editing.publish("told better")
    assert (published.version, published.digest) == (2, before)
    assert refused(editing) == "nothing-changed"


def test_who_began_before_others_told_the_scenarios_anew_is_behind(editing: Editing) -> None:
    typed(editing, "scenarios:", "# mine\nscenarios:", SCENARIOS)
    other = replace(editing, actor=replace(OWNER, id="vera"))
    typed(other, "scenarios:", "# hers\nscenarios:", SCENARIOS)
    editing.publish("mine")
    assert other.manuscript().is_behind and refused(other) == "content-changed"
    ahead, both = other.catch_up()
    assert (both, ahead.is_behind) == ((SCENARIOS,), False) and "# hers" in ahead.files[SCENARIOS]


def test_the_scenarios_of_a_version_come_before_those_of_the_home(editing: Editing) -> None:
    typed(editing, "scenarios:", "# mine\nscenarios:", SCENARIOS)
    editing.publish("told better")
    alone = replace(editing, home={})
    assert editing.manuscript().files[SCENARIOS] == alone.manuscript().files[SCENARIOS]
    assert "# mine" in alone.manuscript().files[SCENARIOS]
    assert "katrin" in alone.manuscript().catalog.organisation.people


def test_a_version_can_be_published_where_the_home_is_empty(editing: Editing) -> None:
    alone = replace(editing, home={})
    typed(alone, "title: ", "# mine\ntitle: ")
    assert alone.publish("from the version alone").version == 2


def test_what_its_scenarios_do_not_prove_is_published_only_anyway_and_its_note_says_so(editing: Editing) -> None:
    unproven = replace(editing, proven=lambda written: FAILED)
    typed(unproven, "title:", "# mine\ntitle:")
    assert refused(unproven, "x" * LONGEST_NOTE) == "scenarios-fail"
    done = unproven.publish("x" * LONGEST_NOTE, anyway=" The auditor comes today. ")
    assert done.note.endswith(UNPROVEN) and len(done.note) == LONGEST_NOTE
    proven = proofs.load(editing.engine.store, done.proof)
    assert proven is not None and proven.verdict == replace(FAILED, anyway="The auditor comes today.")
