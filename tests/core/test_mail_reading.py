"""A mail is taken apart: who writes what, what of it is new, and what somebody made to break us."""

from __future__ import annotations

import pytest

from engine.core.mail.letter import Mail, Unreadable
from engine.core.mail.pages import in_plain_text
from engine.core.mail.quotes import without_quotes
from engine.core.mail.reading import LARGEST, read
from tests.mails import LENA, bounce, mail
from tests.pace import at_most

HEAD = b"From: Lena <lena@example.org>\r\nTo: service@brightwater.example\r\nSubject: S\r\n"


def body(content: bytes, kind: str = "text/plain", more: bytes = b"") -> Mail:
    return read(HEAD + f"Content-Type: {kind}\r\n".encode() + more + b"\r\n" + content)


def test_a_plain_mail_says_who_writes_what() -> None:
    got = read(mail("Grüße\n", files={"offer.pdf": b"%PDF-1.7"}, id="<a@b>", answers="<1.2@c> <3@d>"))
    assert (got.sender, got.name, got.to, got.subject) == (
        LENA, "Lena Fischer", ("service@brightwater.example",), "My order",
    )  # fmt: skip
    assert got.text == "Grüße" and [(one.name, one.content) for one in got.files] == [("offer.pdf", b"%PDF-1.7")]
    assert got.message_id == "a@b" and got.answers == ("3@d", "1.2@c") and not got.automatic


def test_the_same_message_has_the_same_mark_whichever_way_it_came_and_another_has_another() -> None:
    one = mail("Hello")
    relayed = b"Received: from a by b\r\nDelivered-To: x@y.z\r\n" + one.replace(b"\r\n", b"\n")
    assert read(one).mark == read(relayed).mark
    assert len({read(other).mark for other in (one, mail("Hello!"), mail("Hello", id="<two@x>"))}) == 3


@pytest.mark.parametrize(
    ("reply", "new"),
    [
        ("Yes.\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <a@b> wrote:\n> Is it?\n> Really?", "Yes."),
        ("Ja.\n\nAm Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Ann Keller <\nann@b.example>:\n\n> Ist es so?", "Ja."),
        ("Ja.\n\nVon: Ann\nGesendet: Montag\nAn: Lena\nBetreff: Frage\n\nIst es so?", "Ja."),
        ("Ja.\n________________________________\nFrom: Ann\nSent: Monday\nTo: Lena\n\nIs it?", "Ja."),
        ("Yes.\n-----Original Message-----\nIs it?", "Yes."),
        ("Yes.\n-- \nLena Fischer\nHead of ordering", "Yes."),
        ("On 23.11.2026 Ann wrote:\n> Is it?\n\nYes, it is.", "Yes, it is."),
        ("Yes.\n\nOn Mon, Ann wrote:\n\n> Is it?", "Yes."),
        ("Am Montag schrieb Ann\nArnold:\n> Ja?\n\nGenau.", "Genau."),
        ("On Monday, Ann wrote:\nIt is ready.", "On Monday, Ann wrote:\nIt is ready."),
        (
            "First:\n\nOn 23.11.2026 Ann wrote:\n> One?\n\nYes.\n> Two?\n\nNo.",
            "First:\n\n> One?\n\nYes.\n> Two?\n\nNo.",
        ),
        ("From: now on I am away.", "From: now on I am away."),
        ("> only a quotation", "> only a quotation"),
    ],
)
def test_an_answer_is_what_was_written_anew(reply: str, new: str) -> None:
    assert without_quotes(reply) == new
    assert read(mail(reply)).text == reply.strip()


def test_a_mail_that_is_only_a_page_becomes_words_and_nothing_that_runs() -> None:
    page = (
        "<html><head><title>t</title><style>p {}</style></head><body><p>Yes &amp; <b>no</b></p><script>run()</script>"
        "<ul><li>one<li>two</ul><a href='https://a.example/x'>look</a><a href='javascript:x'>not</a>"
        "<blockquote><p>old</p></blockquote><!-- <p>hidden</p> --></body></html>"
    )
    assert in_plain_text(page).splitlines() == [
        "Yes & no", "", "- one", "- two", "", "look (https://a.example/x)not", "", "> old",
    ]  # fmt: skip
    got = body(page.encode(), "text/html; charset=utf-8")
    assert got.reply.endswith("not") and "old" in got.text


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("text/plain; charset=utf-8", "Größe".encode("latin-1"), "Größe"),
        ("text/plain; charset=nonsense", "Größe".encode(), "Größe"),
        ("text/plain; charset=punycode", b"abc", "abc"),
        ("text/plain; charset=iso-8859-15", "5 €".encode("iso-8859-15"), "5 €"),
        ("text/plain", b"a\x00b\x1b[31mc", "a b [31mc"),
    ],
)
def test_a_wrong_charset_costs_no_mail(kind: str, content: bytes, text: str) -> None:
    assert body(content, kind).text == text


@pytest.mark.parametrize(
    ("headers", "sign"),
    [
        ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted: auto-replied"),
        ({"Precedence": "bulk"}, "Precedence: bulk"),
        ({"X_Autoreply": "yes"}, "X-Autoreply"),
        ({"Return_Path": "<>"}, "Return-Path: <>"),
        ({"subject": "Abwesenheitsnotiz: My order"}, "Subject: Abwesenheitsnotiz: My order"),
        ({"Auto_Submitted": "no"}, ""),
    ],
)
def test_what_a_program_has_written_is_known_by_a_sign(headers: dict[str, str], sign: str) -> None:
    assert read(mail(**headers)).automatic == sign


def test_a_letter_that_came_back_says_which_for_whom_and_why() -> None:
    got = read(bounce("case.7@brightwater.example")).returned
    assert got is not None and got.for_good
    assert (got.message_id, got.to, got.said) == ("case.7@brightwater.example", LENA, "5.1.1 550 no such user")
    late = read(bounce("case.7@brightwater.example", action="delayed")).returned
    assert late is not None and not late.for_good


def test_a_mail_within_a_mail_is_a_file_and_the_picture_of_a_signature_is_none() -> None:
    enclosed = b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello\r\n"
    picture = b"--b\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\n\r\nPNG\r\n--b--\r\n"
    got = body(b"--b\r\n\r\nText\r\n" + enclosed + picture, "multipart/mixed; boundary=b")
    assert got.text == "Text"
    assert [(one.name, one.content) for one in got.files] == [("part-2.eml", b"Subject: inner\n\nhello")]


NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (one, one) for one in range(99))
HOSTILE = {
    "too large": b"x" * (LARGEST + 1),
    "a head without an end": b"a: b\r\n" * 40_000,
    "layers": HEAD + NESTED + b"line\n" * 790_000,
    "mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 3_000,
    "headers": HEAD + b"Content-Type: message/rfc822\r\n\r\n" + b"a: b\n" * 60_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_made_to_break_us_is_refused_quickly_and_in_words(name: str) -> None:
    with at_most(5), pytest.raises(Unreadable, match="^it"):
        read(HOSTILE[name])


@pytest.mark.parametrize(
    "content",
    [
        *(
            b"",
            b"\x00" * 500,
            b"\xff\xfe" * 500,
            b"From: " + b"((" * 200,
            b'From: "\\' * 50,
            b"Subject: =?utf-8?q?" * 50,
        ),
        *(b"From: a@b\r\nContent-Type: multipart/mixed\r\n\r\n--x", b"Content-Type: ;;=;\r\n\r\nx"),
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n@@@@",
        HEAD + b"Content-Disposition: attachment; filename*=utf-9''%ff\r\n\r\nx",
    ],
)
def test_what_is_broken_is_read_as_far_as_it_goes(content: bytes) -> None:
    assert read(content).mark


@pytest.mark.parametrize("piece", ["\n", " On ", "On 1.1.26 wrote:\n", ">\n", "From: a\n", "On a\n", "- "])
def test_looking_for_quotations_takes_time_in_proportion(piece: str) -> None:
    with at_most(4):
        without_quotes(piece * (100_000 // len(piece)))


@pytest.mark.parametrize("piece", ["<!--", "<a ", "<", "</", "<?", "<blockquote>", "<a href='", "<div>", "&#x"])
def test_so_does_reading_a_page(piece: str) -> None:
    with at_most(4):
        in_plain_text(piece * (200_000 // len(piece)))
