"""What a person typed stays text in a message: no link, picture, heading or HTML comes out of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition import markdown
from engine.definition.expressions import Name, Scope
from engine.definition.messages import read_template, to_html, to_text
from engine.definition.types import Text


def body(text: str, note: str) -> str:
    source = read_template(f"---\nsubject: x\n---\n{text}\n", "late.en.md")
    template = source.bind(Scope({"note": Name(Text())}))
    return template.render({"note": note}, "en", ZoneInfo("Europe/Berlin")).body


@pytest.mark.parametrize(
    "note",
    [
        "<script>alert(1)</script>",
        "[here](https://evil.example)",
        "![x](https://evil.example/p.png)",
        "<https://evil.example>",
        "*bold* _it_ `code` ~~x~~ **x**",
        "# head",
        "- item",
        "+ item",
        "1. item",
        "2) item",
        "> quoted",
        "---",
        "===",
        "| a | b |\n|---|---|",
        "    code",
        "```\ncode\n```",
        "&lt; &#42; &copy;",
        "\\*x\\*",
        "[x]: https://evil.example\n[x]",
        "a\n\n    b\n\n# c\n- d",
        "text\n===\nmore\n---",
    ],
)
@pytest.mark.parametrize(
    "text",
    ["{note}", "You wrote: {note} Bye", "> {note}", "- {note}", "x\n{note}"],
)
def test_what_a_person_typed_is_shown_letter_by_letter(note: str, text: str) -> None:
    page = to_html(body(text, note))
    plain = to_html(body(text, "word" + note.count("\n\n") * "\n\nword"))
    for tag in (
        "<a",
        "<img",
        "<script",
        "<em",
        "<strong",
        "<code",
        "<pre",
        "<h1",
        "<h2",
        "<hr",
        "<table",
        "<ol",
    ):
        assert tag not in page
    for tag in ("<li", "<blockquote"):
        assert page.count(tag) == plain.count(tag)


def test_line_breaks_stay() -> None:
    assert to_html(body("{note}", "one\r\ntwo")) == "<p>one<br />\ntwo</p>\n"


def test_a_quotation_holds_all_its_lines() -> None:
    page = to_html(body("> {note}\n\nBye", "one\n\ntwo"))
    assert page.index("two") < page.index("</blockquote>") < page.index("Bye")


def test_a_table_row_stays_one_row() -> None:
    page = to_html(body("| a | b |\n|---|---|\n| {note} | x |", "one\ntwo | three"))
    assert "<td>one two | three</td>" in page
    assert page.count("<tr>") == 2


def test_the_plain_text_has_no_backslashes() -> None:
    note = "2 * 3 = 6 [x]_y_ <b>\nC:\\temp"
    assert to_text(body("{note}", note)) == note + "\n"


def test_the_plain_text_is_as_somebody_would_write_it() -> None:
    text = to_text(
        "# Your *case*\n\nThank **you** for [writing](https://a.example/x?b=c).\\\nSoon.\n\n"
        "[How you are told](https://h.example/notices)\n\n- one\n- two\n  - deep\n\n3. a\n4. b\n\n> said\n> so\n\n"
        "| What | By |\n|---|---:|\n| Repair | `Monday` |\n\n"
        "<https://p.example/s/a_b>, [us](mailto:a@b.example)\n\n***\n"
    )
    assert text == (
        "Your case\n\nThank you for writing (https://a.example/x?b=c).\nSoon.\n\n"
        "How you are told: https://h.example/notices\n\n- one\n- two\n  - deep\n\n3. a\n4. b\n\n> said\n> so\n\n"
        "What    By\n------  ------\nRepair  Monday\n\nhttps://p.example/s/a_b, us (a@b.example)\n\n---\n"
    )


def test_html_and_script_links_of_a_template_do_nothing() -> None:
    page = to_html("<b>x</b> [x](javascript:alert(1)) [y](https://a.example/?b=c)")
    assert "<b>" not in page
    assert "javascript" not in page.replace("(javascript:", "")
    assert '<a href="https://a.example/?b=c">y</a>' in page


@given(st.text("ab*_`[]()<>#+-=.!|~&1\\ \n", max_size=40))
@settings(max_examples=500, deadline=None)
def test_escaped_text_makes_nothing_but_paragraphs_and_line_breaks(text: str) -> None:
    page = to_html(markdown.escape(text))
    stripped = page.replace("<p>", "").replace("</p>", "").replace("<br />", "")
    assert "<" not in stripped
    shown = stripped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert shown.split() == text.split() == to_text(markdown.escape(text)).split()
