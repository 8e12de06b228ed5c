"""What the head of a process offers is open to an import too: tasks beside the case, messages heeded anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.errors import DefinitionError
from engine.runtime import Engine
from tests.importing.conftest import House, catalog

LETTER = """
process: letter
title: Letter
owner: process-owner
reference: LTR
calendar: office
languages: [en]
start: {form: letter-intake, by: [intake], go: reading}
tasks:
  phone:
    title: Phone about {reference}
    candidates: [agent]
    form: letter-note
    on: {phoned: {}}
states:
  reading:
    open: phone
    task: {title: "Read {reference}", candidates: [agent]}
    on: {read: filed}
  filed: {task: {title: "File {reference}", candidates: [agent]}, on: {done: closed}}
  closed: {final: closed}
wait-for:
  customer-wrote: {from: reading, form: letter-note}
"""
FORM = "form: {0}\ntitle: {0}\nproperties: {{what: {{type: string}}}}\n"
AT = 'at: {column: when, format: "%Y-%m-%d %H:%M"}'
MAP = f"""
import: letter
external-id: {{column: id}}
received: {{column: when, format: "%Y-%m-%d %H:%M"}}
by: intake
values: {{what: {{column: what}}}}
then:
- {{message: customer-wrote, as: intake, values: {{what: Again}}, {AT}}}
- {{do: phoned, as: agent, values: {{what: All is well}}, {AT}}}
"""
ROW = "id,when,what\n1,2026-11-02 09:00,x\n"


@pytest.fixture
def post(house: House) -> House:
    files = {**catalog().files, "processes/letter.yaml": LETTER.encode()}
    files |= {f"forms/{form}.yaml": FORM.format(form).encode() for form in ("letter-intake", "letter-note")}
    loaded = examine(Catalog(files), "processes/letter.yaml")
    assert not loaded.errors, loaded.errors
    Engine(house.store, lambda: datetime(2010, 1, 1, tzinfo=UTC)).deploy(loaded, "test")
    return house


def test_a_message_that_the_process_heeds_and_a_task_beside_the_case_come_in(post: House) -> None:
    assert post.bring(ROW, MAP).refused == []
    lines = [line.event for line in post.lines("1", "letter")]
    assert [e.body["message"] for e in lines if e.type == "message-received"] == ["customer-wrote"]
    assert [e.body["outcome"] for e in lines if e.type == "task-completed"] == ["phoned"]
    assert [e.body["form"] for e in lines if e.type == "form-submitted"] == ["letter-intake", *["letter-note"] * 2]


def test_a_message_is_not_possible_outside_the_states_in_which_the_process_heeds_it(post: House) -> None:
    late = MAP.replace("- {message", f"- {{do: read, as: agent, {AT}}}\n- {{message")
    (refused,) = post.bring(ROW, late).refused
    assert refused.reason == "Expected a case that waits for 'customer-wrote', but the case is in filed"
    assert post.bring(ROW, late.replace("values: {what: Again}", "impossible: ignore")).refused == []


def test_a_field_that_such_a_form_does_not_have_is_told_before_the_first_row(post: House) -> None:
    with pytest.raises(DefinitionError) as caught:
        post.bring(ROW, MAP.replace("{what: Again}", "{who: Carla}").replace("{what: All is well}", "{how: Well}"))
    assert [problem.code for problem in caught.value.problems] == ["unknown-field", "unknown-field"]
