"""What is said of a refusal, by who sees how much of the form."""

from __future__ import annotations

from engine.errors import Rejected

PLAIN = Rejected("not-now", "Expected another time, but it is noon")
OF_FIELDS = Rejected(
    "invalid", "The form does not fit", {"email": ("Write an address.", "Or none."), "size": ("Give it.",)}
)


def test_a_refusal_in_one_line_tells_its_message_and_every_field() -> None:
    assert PLAIN.reason == "Expected another time, but it is noon"
    assert OF_FIELDS.reason == "The form does not fit; email: Write an address. Or none.; size: Give it."


def test_beside_a_form_that_tells_its_fields_only_what_no_field_says_is_left_to_say() -> None:
    assert (PLAIN.apart, OF_FIELDS.apart) == (PLAIN.message, "")


def test_where_one_field_is_all_there_is_its_sentence_needs_no_path() -> None:
    assert PLAIN.sentence == PLAIN.message
    assert OF_FIELDS.sentence == "Write an address. Or none. Give it."
