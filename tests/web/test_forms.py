"""A form as a page draws it: what is said of its fields, and what stands in them at first."""

from __future__ import annotations

from collections.abc import Callable

from engine.definition.catalog import Catalog
from engine.definition.forms import read_form
from engine.definition.loader import examine
from engine.definition.reader import read
from engine.home import shipped
from engine.library import read_files
from tests.web.conftest import Browser
from tests.web.working import done, only_task, opened
from web.forms import shown
from web.house import House

TABLE = """
form: list
title: A list
properties:
  rows:
    type: array
    items:
      type: object
      required: [what]
      properties:
        what: {type: string}
        why: {type: string, required-when: often}
        often: {type: boolean}
"""


def test_of_a_table_only_what_no_row_has_to_fill_in_is_optional() -> None:
    (section,) = shown(read_form(read(TABLE, "forms/list.yaml"), "list"), {}).sections
    (rows,) = section.fields
    assert {column.name.rpartition(".")[2]: column.needed for column in rows.columns} == {
        "what": True,
        "why": True,
        "often": False,
    }


STORY = """
process: story
title: Story
owner: process-owner
reference: STO
calendar: office
languages: [en]
retention: {class: quality-record, years: 6}
start: {by: [agent], go: writing}
states:
  writing: {task: {candidates: [agent], form: story-text}, on: {write: judging}}
  judging: {task: {candidates: [team-lead, agent]}, on: {again: writing, anew: anew}}
  anew: {task: {candidates: [agent], form: story-text, exclude: [writing]}, on: {write: judged}}
  judged: {task: {candidates: [agent]}, on: {again: anew, enough: over}}
  over: {final: told}
"""
TEXT = "form: story-text\ntitle: Text\nrequired: [text]\nproperties: {text: {type: string, maxLength: 900}}\n"


def test_a_form_stands_as_it_was_for_its_writers_and_empty_for_who_looks_anew(
    browser: Callable[..., Browser], house: House
) -> None:
    known = read_files(shipped())
    files = {path: known[path] for path in known if "calendars/office" in path or path.endswith("organisation.yaml")}
    files |= {"processes/story.yaml": STORY.encode(), "forms/story-text.yaml": TEXT.encode()}
    house.engine.deploy(examine(Catalog(files), "processes/story.yaml"), "katrin")
    begun = house.engine.start("story", house.directory.actor("ann", "web"), {})
    task = done(house, only_task(house, begun.instance), "ann", "write", text="Once upon a time")
    task = done(house, task, "ben", "again")
    assert "Once upon a time" in opened(browser("ann"), task).partition('class="work"')[2].partition("</form>")[0]
    task = done(house, done(house, task, "ann", "write", text="Once more"), "ben", "anew")
    ben = browser("ben")
    assert "Once more" not in opened(ben, task).partition('class="work"')[2].partition("</form>")[0]
    task = done(house, done(house, task, "ben", "write", text="A better one"), "ann", "again")
    assert "A better one" in opened(ben, task).partition('class="work"')[2].partition("</form>")[0]
