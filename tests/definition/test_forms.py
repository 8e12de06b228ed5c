"""Reading a form: what it means, and every problem with its place and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.definition.expressions import Name, Scope
from engine.definition.forms import Form, read_form
from engine.definition.forms.describing import describe
from engine.definition.forms.vocabulary import FIELD_WORDS, FORM_WORDS, FORMATS_OF_TEXT, WIDGETS
from engine.definition.reader import read
from engine.definition.texts import localised
from engine.definition.types import (
    Boolean,
    Choice,
    Date,
    Field,
    File,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
)
from engine.errors import DefinitionError, Place, Problem

INTAKE = """
form: inquiry-intake
title: {en: New inquiry, de: Neue Anfrage}
required: [channel, subject]
order: [subject, channel]
sections: {contact: {title: {en: Contact, de: Kontakt}, help: How we reach you}}
properties:
  channel:
    title: {en: Channel, de: Kanal}
    enum: [web, email, phone]
    labels: {web: {en: Web form, de: Webformular}}
  subject: {title: {en: Subject, de: Betreff}, type: string, maxLength: 150}
  contact_email: {type: string, format: email, section: contact, widget: line}
  category: {enum: [technical_support, product_information, other]}
  product: {type: string, show-when: "category in [technical_support, product_information]",
            required-when: category == technical_support}
  received_at: {type: string, format: date-time, default: now}
  evidence: {type: array, items: {type: string, format: file}}
  urgent: {type: boolean, default: false}
  lines: {type: array, items: {type: object, required: [qty, unit_price], properties: {
    item: {type: string}, qty: {type: integer}, proof: {type: string, format: file},
    unit_price: {type: string, format: money, currency: EUR}}}}
  total: {type: string, format: money, currency: EUR,
          compute: "sum(line.qty * line.unit_price for line in lines) if lines is set else 0"}
"""


def form(text: str, form_id: str = "inquiry-intake") -> Form:
    return read_form(read(text, "form.yaml"), form_id)


def problems(text: str, form_id: str = "inquiry-intake") -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        form(text, form_id).bind(Scope({"severity": Name(Choice(("S1", "S2")))}))
    return caught.value.problems


def test_a_form_is_read_in_display_order_with_its_words() -> None:
    found = form(INTAKE)
    assert found.id == "inquiry-intake"
    assert localised(found.title, "de") == "Neue Anfrage"
    assert [field.name for field in found.fields][:3] == ["subject", "channel", "contact_email"]
    channel = found.field("channel")
    assert channel is not None and channel.required
    assert localised(channel.labels["web"], "de") == "Webformular"
    mail = found.field("contact_email")
    assert mail is not None
    assert (mail.title, mail.section, mail.widget, mail.format) == (
        "Contact email",
        "contact",
        "line",
        "email",
    )
    assert found.sections[0].help == "How we reach you"
    assert found.files == ("evidence", "lines.proof")


def test_the_record_says_which_fields_are_always_there() -> None:
    fields = form(INTAKE).record.fields
    assert fields["subject"] == Field(Text())
    assert fields["channel"] == Field(Choice(("web", "email", "phone"), "channel"))
    assert fields["contact_email"] == Field(Text("email"), always=False)
    assert fields["received_at"] == Field(Instant())
    assert fields["urgent"] == Field(Boolean())
    assert fields["total"] == Field(Number(currency="EUR"))
    assert fields["evidence"] == Field(ListOf(File()), always=False)
    lines = fields["lines"].type
    assert isinstance(lines, ListOf) and isinstance(lines.item, Record)
    assert lines.item.fields["qty"] == Field(Number(integer=True))
    assert not lines.item.fields["item"].always


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("required-when: kind == b", "kind == b"),
        ("show-when: kind == b, required-when: kind == b", "kind == b"),
        ('show-when: "kind in [b, c]", required-when: kind == b', "kind == b"),
        ('show-when: kind == b, required-when: "kind in [b, c]"', ""),
        ("required-when: severity == S1", ""),
        ("show-when: kind == b, default: x", "kind == b"),
    ],
)
def test_the_record_says_when_a_field_is_surely_there(words: str, when: str) -> None:
    found = form(f"properties: {{kind: {{enum: [a, b, c]}}, why: {{type: string, {words}}}}}")
    assert found.record.fields["why"] == Field(Text(), always=False, when=when)


def test_a_required_field_that_is_shown_sometimes_is_there_when_it_is_shown() -> None:
    found = form("required: [why]\nproperties: {kind: {enum: [a, b]}, why: {type: string, show-when: kind == b}}")
    assert found.record.fields["why"] == Field(Text(), always=False, when="kind == b")


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        ("type: string", Text()),
        ("type: string, format: phone", Text("phone")),
        ("type: string, format: date", Date()),
        ("type: string, format: person", Person()),
        ("type: string, format: decimal", Number()),
        ("type: number", Number()),
        ("type: array, items: {enum: [a, b]}", ListOf(Choice(("a", "b"), "it"))),
        ("type: array, items: {type: string, format: person}", ListOf(Person())),
        ("$ref: '#/$defs/day'", Date()),
    ],
)
def test_each_kind_of_field_has_its_type(words: str, type_: object) -> None:
    found = form(f"$defs: {{day: {{type: string, format: date}}}}\nproperties: {{it: {{{words}}}}}")
    assert found.fields[0].type == type_


def test_the_schema_is_pure_and_can_be_written_as_json() -> None:
    schema = form(INTAKE).schema
    text = json.dumps(schema)
    for word in ("show-when", "required-when", "compute", "labels", "currency", "$ref"):
        assert f'"{word}"' not in text
    assert schema["required"] == ["subject", "channel"]
    assert "total" not in schema["properties"], "a computed field is never sent"


def test_words_beside_a_reference_win_over_the_part_it_names() -> None:
    found = form(
        "$defs: {code: {type: string, maxLength: 9, title: Code}}\nproperties: {a: {$ref: '#/$defs/code', title: A}}"
    )
    assert found.fields[0].title == "A"
    assert found.fields[0].schema["maxLength"] == 9


def test_a_form_describes_itself_in_words() -> None:
    rows = {row.name: row for row in form(INTAKE).describe("de")}
    assert rows["channel"].type == "eines von: Webformular, email, phone"
    assert rows["channel"].required == "immer"
    assert rows["lines.unit_price"].type == "Betrag in EUR"
    rows = {row.name: row for row in form(INTAKE).describe("en")}
    assert rows["product"].required == (
        "when category == technical_support, shown when category in [technical_support, product_information]"
    )
    assert rows["total"].required.startswith("worked out: sum(")
    assert rows["evidence"].type == "files"


P = "properties: {kind: {enum: [a, b]}, it: {%s}}"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("[a]", "form-shape", "Expected a form"),
        ("title: Hello", "form-shape", "Expected the form's fields"),
        ("form: other\nproperties: {a: {type: string}}", "form-id", "Expected inquiry-intake"),
        ("propertis: {a: {type: string}}", "unknown-word", "did you mean 'properties'?"),
        (
            "title: {EN: x}\nproperties: {a: {type: string}}",
            "unknown-language",
            "Expected a language such as en or de",
        ),
        (P % "type: string, maxLenght: 3", "unknown-word", "did you mean 'maxLength'?"),
        (P % "type: strnig", "unknown-type", "did you mean 'string'?"),
        (P % "type: text", "unknown-type", "write type: string"),
        (P % "type: date", "unknown-type", "write type: string, format: date"),
        (P % "type: string, format: emial", "unknown-format", "did you mean 'email'?"),
        (P % "type: integer, format: date", "word-not-here", "write type: string"),
        (P % "type: string, format: person, of: costumer", "unknown-people", "did you mean 'customer'?"),
        (P % "type: string, of: staff", "word-not-here", "`of` means nothing for the field 'it'"),
        (
            P % "type: array, of: staff, items: {type: string, format: person}",
            "word-not-here",
            "`of` means nothing for the field 'it'",
        ),
        (P % "title: It", "type-missing", "Expected `type` or `enum`"),
        (P % "type: string, widget: textaera", "unknown-widget", "did you mean 'textarea'?"),
        (P % "type: string, widget: radio", "unknown-widget", "use line or textarea"),
        (P % "type: string, minimum: 3", "word-not-here", "`minimum` means nothing for the field 'it'"),
        (P % "type: string, latest: today", "word-not-here", "`latest` means nothing for the field 'it'"),
        (P % "type: string, format: date, latest: now", "limit", "write latest: today, or today + 14d"),
        (P % "type: string, format: date-time, earliest: now + 2bd", "limit", "counted from now under `earliest`"),
        (P % "type: string, format: date, earliest: today + 3d, latest: today", "limit", "no day lies there"),
        (P % "type: string, required: true", "word-not-here", "required: [it]"),
        (P % "type: string, minLength: 5, maxLength: 3", "limit", "leaves no room"),
        (P % "type: integer, exclusiveMinimum: 3, maximum: 3", "limit", "leaves no room"),
        (P % "type: string, maxLength: -1", "limit", "Expected a whole number"),
        (P % "type: integer, multipleOf: 0.5", "limit", "Expected a whole number for `multipleOf`"),
        (P % "type: number, multipleOf: 0", "limit", "Expected a number above 0"),
        (P % "type: array, items: {type: string}, minItems: 501", "limit", "holds at most 500 entries"),
        (P % "type: string, format: money", "currency", "write currency: EUR"),
        (P % "type: string, format: money, currency: Euro", "currency", "three capital letters"),
        (P % "enum: [yes, true]", "enum-value", 'write it in quotes: "true"'),
        (P % "enum: [1, 2]", "enum-value", 'write it in quotes: "1"'),
        (P % "enum: [a, a]", "repeated-value", "'a' is one of the values already"),
        (P % "enum: []", "enum-value", "as a list"),
        (P % "enum: [a, b], labels: {c: C}", "unknown-label", "'c' is none of the values"),
        (P % "enum: [a, b], type: integer", "unknown-type", "delete `type`"),
        (P % "type: string, default: 5", "default-unfit", 'write it in quotes: "5"'),
        (P % "enum: [alpha, beta], default: gamma", "default-unfit", "Expected one of: alpha, beta."),
        (P % "type: boolean, default: yes", "default-unfit", "Expected yes or no (true or false)."),
        (P % "type: string, format: date, default: now", "default-unfit", "Expected a day"),
        (P % "type: string, default: null", "default-unfit", "delete the line"),
        (P % "type: string, pattern: '^[0-9]$', examples: [x]", "default-unfit", "The example does not fit"),
        (P % "type: boolean, const: 1", "const", "const: true asks for a yes"),
        (P % "type: string, show-when: true", "expression-expected", "an expression under `show-when`"),
        (P % "type: string, show-when: kinda == a", "unknown-name", "kind"),
        (P % "type: string, required-when: kind == c", "not-in-enum", "c"),
        (P % "type: integer, compute: kind", "type-mismatch", "kind"),
        (P % "type: string, compute: kind, default: x", "compute-conflict", "`default` means nothing"),
        ("required: [it]\n" + P % "type: string, compute: kind", "compute-conflict", "cannot be required"),
        (
            "required: [it]\n" + P % "type: string, required-when: kind == a",
            "required-conflict",
            "always required",
        ),
        (P % "type: string, compute: kind", "maybe-missing", "the form does not ask for it every time"),
        ("required: [itt]\n" + P % "type: string", "unknown-field", "did you mean 'it'?"),
        ("required: [it, it]\n" + P % "type: string", "repeated-value", "stands under `required` already"),
        ("required: it\n" + P % "type: string", "list-expected", "a list of field names"),
        ("order: [thing]\n" + P % "type: string", "unknown-field", "for `order`"),
        (
            "sections: {one: One}\n" + P % "type: string, section: on",
            "unknown-section",
            "did you mean 'one'?",
        ),
        (
            P % "type: object, properties: {a: {type: string}}",
            "too-deep",
            "objects stand only as rows of a table",
        ),
        (P % "type: array, items: {type: array, items: {type: string}}", "too-deep", "nests too deep"),
        (P % "type: array", "type-missing", "Expected `items`"),
        (P % "type: array, items: {type: object}", "form-shape", "the table's columns"),
        (
            P % "type: array, items: {type: string, help: x}",
            "word-not-here",
            "`help` means nothing for the entries",
        ),
        (P % "$ref: 'https://example.com/schema'", "unknown-ref", "refer to a part of the same form"),
        (P % "$ref: '#/properties/kind'", "unknown-ref", "There is no part"),
        ("properties: {Name: {type: string}}", "bad-name", "begin with a letter a-z"),
        ("properties: {first-name: {type: string}}", "bad-name", "'first-name' cannot name a field"),
    ],
)
def test_a_problem_is_told_with_its_code_and_what_to_do(text: str, code: str, said: str) -> None:
    found = problems(text)
    assert any(problem.code == code and said in str(problem) for problem in found), "\n".join(map(str, found))
    assert all(problem.place.file == "form.yaml" and problem.advice for problem in found)


def test_every_problem_is_found_at_once_each_at_its_place() -> None:
    found = problems(
        "required: [itt]\nproperties:\n  it:\n    type: strnig\n  other:\n    enum: [a, a]\n    widgett: select\n"
    )
    assert [(problem.place, problem.code) for problem in found] == [
        (Place("form.yaml", 1, 12), "unknown-field"),
        (Place("form.yaml", 4, 11), "unknown-type"),
        (Place("form.yaml", 6, 15), "repeated-value"),
        (Place("form.yaml", 7, 5), "unknown-word"),
    ]


def test_a_problem_in_an_expression_has_the_column_within_it() -> None:
    (found,) = problems("properties:\n  kind: {enum: [a]}\n  it: {type: string, show-when: kind == b}\n")
    assert found.place == Place("form.yaml", 3, 41)


def test_fields_that_need_each_other_in_a_circle_are_refused() -> None:
    found = problems(
        "properties:\n"
        "  a: {type: string, show-when: b is set}\n"
        "  b: {type: string, show-when: c is set}\n"
        "  c: {type: string, show-when: a is set}\n"
    )
    assert [problem.code for problem in found] == ["form-circle"]
    assert "a needs b needs c needs a" in found[0].message


def test_a_field_for_a_person_says_whom_it_can_be_about() -> None:
    found = form(
        "properties:\n"
        "  one: {type: string, format: person}\n"
        "  two: {type: string, format: person, of: customer}\n"
        "  all: {type: array, items: {type: string, format: person, of: anybody}}\n"
        "  rows: {type: array, items: {type: object, properties: {who: {$ref: '#/$defs/who'}}}}\n"
        "  text: {type: string}\n"
        "$defs: {who: {type: string, format: person, of: customer}}\n"
    )
    assert {field.name: field.whom for field in found.fields} == {
        "one": "staff", "two": "customer", "all": "anybody", "rows": "", "text": ""
    }  # fmt: skip
    assert [column.whom for column in found.fields[3].columns] == ["customer"]
    kinds = {row.name: row.type for row in describe(found.fields, "en")}
    assert (kinds["one"], kinds["two"], kinds["all"]) == ("colleague", "customer", "list: person")


def test_a_form_bound_twice_judges_by_each_places_names() -> None:
    found = form("properties: {it: {type: string, required-when: severity == S1}}")
    bound = found.bind(Scope({"severity": Name(Choice(("S1", "S2")))}))
    assert bound.form is found
    assert bound.names == {"severity"}


def test_the_reference_tells_of_every_word_format_widget_and_problem() -> None:
    root = Path(__file__).parents[2]
    reference = (root / "docs" / "reference" / "forms.md").read_text(encoding="utf-8")
    told = set(re.findall(r"[$\w-]+", " ".join(re.findall(r"`([^`\n]+)`", reference))))
    assert {*FORM_WORDS, *FIELD_WORDS, *FORMATS_OF_TEXT, *WIDGETS} <= told
    files = (root / "engine" / "definition" / "forms").glob("*.py")
    sources = " ".join(path.read_text(encoding="utf-8") for path in files)
    codes = set(re.findall(r'(?:place,|expected\(\s*\w+,)\s*"([a-z-]+)"', sources))
    assert len(codes) > 25 and codes <= told


def test_the_example_in_the_reference_is_a_form() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "reference" / "forms.md").read_text(encoding="utf-8")
    example = reference.split("```yaml\n")[1].split("```")[0]
    assert form(example).bind(Scope({})).form.id == "inquiry-intake"
