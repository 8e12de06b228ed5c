"""Reading a form: from the YAML's nodes to a `Form`, or to every problem in it.

Owns the form as a whole: its title, sections, order, required fields and its type as a record. Each field is
read next door.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from typing import Any

from engine.definition.clearing import DRAFT
from engine.definition.forms.fields import FieldReader
from engine.definition.forms.form import Form
from engine.definition.forms.model import FormField, Section
from engine.definition.forms.notes import Notes
from engine.definition.forms.presence import record_of
from engine.definition.forms.pure import json_ready, pure_record
from engine.definition.forms.records import DIALECT
from engine.definition.forms.vocabulary import FORM_WORDS, SECTION_WORDS
from engine.definition.nodes import Mapping, Node, Scalar
from engine.definition.suggest import near
from engine.definition.texts import shown
from engine.errors import DefinitionError

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def read_form(node: Node, form_id: str) -> Form:
    """The form in a document that `form_id` (the file's name without its ending) names. Raises
    `DefinitionError` with all problems.
    """
    notes = Notes()
    if not isinstance(node, Mapping):
        notes.expected(node, "form-shape", "a form", "write form:, title: and properties: with the form's fields")
        raise DefinitionError(notes.problems)
    notes.words(node, FORM_WORDS, "A form")
    _check_id(node, form_id, notes)
    kind = node.get("type")
    if kind is not None and not (isinstance(kind, Scalar) and kind.value == "object"):
        notes.expected(kind, "unknown-type", "object, since a form is one", "delete the line")
    title = notes.localised(node.get("title")) or form_id.replace("-", " ").capitalize()
    description = notes.localised(node.get("description"))
    sections = _sections(node.get("sections"), notes)
    reader = FieldReader(notes, _definitions(node, notes))
    properties = node.get("properties")
    fields: tuple[FormField, ...] = ()
    if not isinstance(properties, Mapping) or not properties.entries:
        where = properties if properties is not None else node
        notes.add(
            where.place,
            "form-shape",
            "Expected the form's fields under `properties`, but there are none",
            "write properties: and a field",
        )
    else:
        fields = reader.fields(properties, node.get("required"), node.get("order"))
    _check_sections(fields, sections, properties, notes)
    if notes.problems:
        raise DefinitionError(notes.problems)
    schema: dict[str, Any] = {
        "$schema": DRAFT,
        "title": title if isinstance(title, str) else next(iter(title.values())),
        **pure_record(fields),
    }
    ready = json_ready(schema)
    fault = DIALECT.fault(ready)
    if fault:
        notes.add(
            node.place,
            "form-shape",
            f"The form is no valid JSON Schema: {shown(fault)}",
            "compare the words with the reference of forms",
        )
        raise DefinitionError(notes.problems)
    return Form(
        form_id,
        title,
        node.place,
        fields,
        record_of(fields, form_id),
        ready,
        description,
        sections,
        _file_paths(fields),
    )


def _check_id(node: Mapping, form_id: str, notes: Notes) -> None:
    written = node.get("form")
    if not _ID.fullmatch(form_id):
        notes.add(
            node.place,
            "bad-name",
            f"'{shown(form_id)}' cannot name a form",
            "name the file with small letters, digits and hyphens: inquiry-intake.yaml",
        )
    if written is not None and not (isinstance(written, Scalar) and written.text == form_id):
        notes.expected(written, "form-id", f"{shown(form_id)}, the file's name", "let the two agree")


def _definitions(node: Mapping, notes: Notes) -> Map[str, Node]:
    given = node.get("$defs")
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        notes.expected(
            given,
            "form-shape",
            "named parts under `$defs`",
            "write $defs: and below it a name with the words of a field",
        )
        return {}
    return {key.text: child for key, child in given.entries}


def _sections(node: Node | None, notes: Notes) -> tuple[Section, ...]:
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        notes.expected(
            node,
            "form-shape",
            "sections with their titles",
            "write sections: {contact: Your contact details}",
        )
        return ()
    found = []
    for key, child in node.entries:
        if not notes.field_name(key):
            continue
        if isinstance(child, Mapping) and any(word.text in SECTION_WORDS for word, _ in child.entries):
            notes.words(child, SECTION_WORDS, "A section")
            title = notes.localised(child.get("title")) or in_words(key.text)
            found.append(Section(key.text, title, notes.localised(child.get("help"))))
        else:
            found.append(Section(key.text, notes.localised(child)))
    return tuple(found)


def in_words(name: str) -> str:
    """`contact_name` as people write it: `Contact name`."""
    return name.replace("_", " ").capitalize()


def _check_sections(
    fields: tuple[FormField, ...], sections: tuple[Section, ...], properties: Node | None, notes: Notes
) -> None:
    known = tuple(section.id for section in sections)
    for field in fields:
        if field.section and field.section not in known:
            node = properties.get(field.name) if isinstance(properties, Mapping) else None
            child = node.get("section") if isinstance(node, Mapping) else None
            notes.add(
                child.place if child is not None else field.place,
                "unknown-section",
                f"There is no section '{shown(field.section)}'{near(field.section, known)}",
                f"name one of: {', '.join(known)}"
                if known
                else f"write sections: {{{field.section}: Its title}} at the top of the form",
            )


def _file_paths(fields: tuple[FormField, ...], prefix: str = "") -> tuple[str, ...]:
    found: list[str] = []
    for field in fields:
        if field.holds_files:
            found.append(prefix + field.name)
        found += _file_paths(field.columns, f"{prefix}{field.name}.")
    return tuple(found)
