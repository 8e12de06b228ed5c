"""The first look at schemas: whatever it clears, the JSON Schema library takes too, and our own forms are cleared."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.definition.clearing import DRAFT, sound
from engine.home import shipped
from engine.library import catalog_of

GRAMMAR = Draft202012Validator(Draft202012Validator.META_SCHEMA)
TEXTS = st.sampled_from(("", "a", "string", "array", "["))
NUMBERS = st.sampled_from((-1, 0, 1, 2.0, 0.5, -0.5))
ODD = st.one_of(TEXTS, NUMBERS, st.sampled_from((None, True, False)), st.lists(TEXTS, max_size=2), st.just({"a": 1}))
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "$schema": st.just(DRAFT),
    "type": TEXTS,
    "required": st.lists(TEXTS, max_size=3),
    "uniqueItems": st.booleans(),
    **dict.fromkeys(("title", "description", "format", "pattern", "nonsense"), TEXTS),
    **dict.fromkeys(("enum", "examples"), st.lists(ODD, max_size=2)),
    **dict.fromkeys(("const", "default"), ODD),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "multipleOf"), NUMBERS),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), NUMBERS),
}


def words(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of a few words, most of which say something that fits; schemas within them are taken from `parts`."""
    properties = st.dictionaries(st.sampled_from("ab"), parts, max_size=2)
    said = {**FITTING, "items": parts, "additionalProperties": parts, "properties": properties, "$defs": properties}
    some = st.lists(st.sampled_from(sorted(said)), max_size=3, unique=True)
    return some.flatmap(lambda chosen: st.fixed_dictionaries({word: _mostly(said[word]) for word in chosen}))


def _mostly(fitting: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda roll: fitting if roll else ODD)


@settings(max_examples=1_000)
@given(words(st.deferred(lambda: st.one_of(st.booleans(), words(st.booleans()), words(words(st.booleans()))))))
def test_what_is_cleared_is_a_valid_schema(schema: Any) -> None:
    if sound(schema):
        assert GRAMMAR.is_valid(schema)


def test_every_shipped_form_is_cleared() -> None:
    forms = catalog_of(shipped()).forms
    assert forms and all(sound(form.schema) for form in forms.values())
