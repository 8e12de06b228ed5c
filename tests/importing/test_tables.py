"""Files as they come: encodings, delimiters, quotes, ragged rows, and nothing at all."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from engine.errors import DefinitionError, Rejected
from engine.importing.reading import read_map
from engine.importing.table import Line, Table
from tests.importing.conftest import MAP, House

ROWS = "id,when,what\n1,2026-11-02 09:00,Müller\n2,2026-11-02 10:00,Zoë\n"


def with_words(**words: str) -> str:
    return MAP + "".join(f"{word}: {value}\n" for word, value in words.items())


def table(path: Path, content: bytes, **words: str) -> list[Line]:
    file = path / "file.csv"
    file.write_bytes(content)
    return list(Table(file, read_map(with_words(**words), "map.yaml")).lines())


def refused(path: Path, content: bytes, **words: str) -> str:
    with pytest.raises(Rejected) as raised:
        table(path, content, **words)
    return raised.value.message


@pytest.mark.parametrize(
    ("said", "codec"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-32", "utf-32"),
    ],
)
def test_a_file_is_read_in_the_encoding_of_the_map(tmp_path: Path, said: str, codec: str) -> None:
    lines = table(tmp_path, ROWS.encode(codec), encoding=said)
    assert [line.cells["what"] for line in lines] == ["Müller", "Zoë"]
    assert set(lines[0].cells) == {"id", "when", "what"}


def test_cp1252_read_as_utf8_is_refused_with_byte_line_and_advice_before_anything_is_imported(
    house: House,
) -> None:
    with pytest.raises(Rejected) as raised:
        house.bring(ROWS.encode("cp1252"))
    assert "byte 34 (line 2)" in raised.value.message
    assert "cp1252" in raised.value.message
    assert house.states() == {}


def test_a_wrong_byte_far_down_a_large_file_is_found_at_its_line(tmp_path: Path) -> None:
    good = "".join(f"{number},2026-11-02 09:00,Größe {number}\n" for number in range(40_000))
    content = b"id,when,what\n" + good.encode() + b"x,2026-11-02 09:00,M\xfcller\n"
    assert "(line 40002)" in refused(tmp_path, content)


def test_a_character_cut_off_at_the_end_is_refused(tmp_path: Path) -> None:
    assert "is not" in refused(tmp_path, ROWS.encode() + "3,2026-11-02 09:00,ü".encode()[:-1])


def test_utf16_read_as_utf8_is_told_by_its_mark(tmp_path: Path) -> None:
    assert "encoding: utf-16" in refused(tmp_path, ROWS.encode("utf-16"))


def test_utf16_without_a_mark_is_told_by_its_nul_bytes(tmp_path: Path) -> None:
    assert "utf-16" in refused(tmp_path, b"i\0d\0,\0w\0h\0e\0n\0\n\0")


def test_utf8_with_a_mark_read_as_cp1252_is_told_by_its_mark(tmp_path: Path) -> None:
    assert "encoding: utf-8" in refused(tmp_path, ROWS.encode("utf-8-sig"), encoding="cp1252")


@pytest.mark.parametrize("encoding", ["utf-9", "rot13", "base64", "zlib", "undefined", "x" * 500])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, encoding: str) -> None:
    assert "there is no" in refused(tmp_path, ROWS.encode(), encoding=encoding)


@pytest.mark.parametrize(
    ("said", "delimiter"), [('";"', ";"), ("tab", "\t"), ('"\\t"', "\t"), ('"|"', "|"), ("'^'", "^")]
)
def test_columns_may_be_separated_otherwise(tmp_path: Path, said: str, delimiter: str) -> None:
    lines = table(tmp_path, ROWS.replace(",", delimiter).encode(), delimiter=said)
    assert [line.cells["what"] for line in lines] == ["Müller", "Zoë"]


@pytest.mark.parametrize(("delimiter", "advice"), [(";", '";"'), ("\t", "tab"), ("|", '"|"')])
def test_the_wrong_delimiter_is_guessed(tmp_path: Path, delimiter: str, advice: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        table(tmp_path, ROWS.replace(",", delimiter).encode())
    assert f"delimiter: {advice}" in raised.value.problems[0].advice


def test_a_renamed_column_is_told_with_its_near_miss_and_its_place_in_the_map(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as raised:
        table(tmp_path, ROWS.replace("what", "What?").replace("when", "received").encode())
    told = [str(problem) for problem in raised.value.problems]
    assert any("no 'what', did you mean 'What?'" in line for line in told)
    assert any("no 'when'" in line and "id, received, What?" in line for line in told)
    assert told[0].startswith("map.yaml:4:")


def test_headings_may_have_spaces_around_them(tmp_path: Path) -> None:
    assert len(table(tmp_path, ROWS.replace("id,when", " id , when").encode())) == 2


def test_a_column_that_is_there_twice_is_refused_when_the_map_names_it(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="the file has 2"):
        table(tmp_path, ROWS.replace("when,what", "what,what").encode())


def test_a_column_that_is_there_twice_does_no_harm_when_nobody_names_it(tmp_path: Path) -> None:
    content = "id,when,what,note,note\n1,2026-11-02 09:00,Hello,a,b\n"
    assert table(tmp_path, content.encode())[0].cells == {
        "id": "1",
        "when": "2026-11-02 09:00",
        "what": "Hello",
    }


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n\n", b"\xef\xbb\xbf", b" , ,\n1,2,3\n", b"\r\n"])
def test_a_file_without_headings_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "there are none" in refused(tmp_path, content)


def test_headings_alone_are_no_rows(house: House) -> None:
    report = house.bring("id,when,what\n")
    assert (report.cases, report.refused) == (0, [])


def test_ragged_rows_are_refused_with_their_line_and_the_others_are_imported(house: House) -> None:
    report = house.bring(
        'id,when,what\n1,2026-11-02 09:00\n2,2026-11-02 09:00,"two\nlines"\n'
        "3,2026-11-02 09:00,a,b\n4,2026-11-02 09:00,d\n"
    )
    assert [(one.line, one.reason) for one in report.refused] == [
        (2, "Expected 3 cells, but the row has 2"),
        (5, "Expected 3 cells, but the row has 4"),
    ]
    assert set(house.states()) == {"2", "4"}


def test_empty_cells_at_the_end_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    content = ROWS.replace("Zoë", "Zoë,,") + "\n\n,,\n   \n"
    assert [line.number for line in table(tmp_path, content.encode())] == [2, 3]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_ending_is_read(tmp_path: Path, ending: str) -> None:
    assert len(table(tmp_path, ROWS.replace("\n", ending).encode())) == 2


@pytest.mark.parametrize("bad", ['"never closed', 'a,"b"c,d', '"x" y'])
def test_after_quotes_that_do_not_fit_nothing_more_is_read(tmp_path: Path, bad: str) -> None:
    content = ROWS + f"3,2026-11-02 09:00,{bad}\n4,2026-11-02 09:00,after\n"
    lines = table(tmp_path, content.encode())
    assert [line.number for line in lines] == [2, 3, 4]
    assert "those after it were not read" in lines[-1].fault


def test_a_file_without_quoting_may_hold_single_quotes_and_inches(tmp_path: Path) -> None:
    lines = table(tmp_path, b'id\twhen\twhat\n1\t2026-11-02 09:00\t"a 7" pipe\n', delimiter="tab", quote="none")
    assert lines[0].cells["what"] == '"a 7" pipe'


def test_another_quote_may_be_named(tmp_path: Path) -> None:
    lines = table(tmp_path, b"id,when,what\n1,2026-11-02 09:00,'a, b'\n", quote='"\'"')
    assert lines[0].cells["what"] == "a, b"


def test_a_nul_character_refuses_its_row_alone(house: House) -> None:
    report = house.bring(b"id,when,what\n1,2026-11-02 09:00,a\0b\n2,2026-11-02 09:00,c\n")
    assert [(one.line, one.reason) for one in report.refused] == [
        (2, "Expected text, but the row holds a NUL character")
    ]
    assert set(house.states()) == {"2"}


def test_an_enormous_cell_is_refused_and_not_read(tmp_path: Path) -> None:
    lines = table(tmp_path, ROWS.encode() + b"3,2026-11-02 09:00," + b"x" * 2_000_000 + b"\n")
    assert "field larger than field limit" in lines[-1].fault


def test_ten_megabytes_are_read_without_keeping_them(tmp_path: Path) -> None:
    row = (
        "{},2026-11-02 09:00,a question of ordinary length about nothing in particular,and a column that nobody uses\n"
    )
    file = tmp_path / "file.csv"
    with file.open("w") as target:
        target.write("id,when,what,more\n")
        target.writelines(row.format(number) for number in range(95_000))
    assert file.stat().st_size > 10_000_000
    tracemalloc.start()
    read = Table(file, read_map(MAP, "map.yaml"))
    count = sum(1 for _ in read.lines())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 95_000
    assert read.position == read.size
    assert peak < 5_000_000


def test_random_bytes_are_refused_in_a_sentence_or_row_by_row(tmp_path: Path) -> None:
    import random

    chance = random.Random(7)
    for _ in range(300):
        content = b"id,when,what\n" + bytes(chance.choices(b'a1",;\n\r\0\xff\xc3\xa4 -:', k=60))
        try:
            table(tmp_path, content)
        except Rejected as told:
            assert told.message.startswith("Expected")
