"""What happened again and again is told once, and what stands between is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.events import Event
from engine.store.history import Line
from engine.telling.repeats import distinct, likeness, repeats, steps

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


def line(seq: int, type: str = "notified", actor: str = "system", **body: Any) -> Line:
    at = AT + timedelta(days=seq)
    return Line("c1", seq, Event(type, at, actor, "worker", body), at, "", "")


def history(letters: str) -> list[Line]:
    """One step a letter: the system says it, or Ann does when it is a capital."""
    return [
        line(number, actor="ann" if letter.isupper() else "system", say=letter, due_at=f"{number}")
        for number, letter in enumerate(letters, 1)
    ]


def shown(together: Sequence[Any]) -> str:
    said = "".join(step[0].event.body["say"] for step in together)
    return f"({said})" if len(together) > 1 else said


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        ("", ""),
        ("a", "a"),
        ("aa", "aa"),
        ("aaa", "(aaa)"),
        ("AAAA", "AAAA"),
        ("xaaay", "x(aaa)y"),
        ("aabaa", "aabaa"),
        ("aaabaaa", "(aaa)b(aaa)"),
        ("aaaBaaa", "(aaa)B(aaa)"),
        ("ababab", "(ababab)"),
        ("xababaXbbb", "xababaX(bbb)"),
        ("abcabcabc", "(abcabcabc)"),
        ("aaabab", "(aaa)bab"),
        ("ababxabab", "ababxabab"),
    ],
)
def test_what_is_done_three_times_in_a_row_stands_together(happened: str, told: str) -> None:
    assert "".join(map(shown, repeats(history(happened)))) == told


def test_no_line_is_lost_or_changes_its_place() -> None:
    every = history("xaaabababAabcabcabcxxaa")
    assert [one for together in repeats(every) for step in together for one in step] == every


def test_each_kind_is_told_with_how_often_and_by_its_last_time() -> None:
    (together,) = repeats(history("abababa"))
    assert [(count, step[0].seq) for count, step in distinct(together)] == [(4, 7), (3, 6)]


def test_numbers_and_times_alone_make_no_difference() -> None:
    def told(**body: Any) -> Any:
        return likeness((line(1, "timer-fired", **body),))

    about = {"clock": "answer", "rung": "200%"}
    assert told(timer="c1.7", about={**about, "due_at": "1"}) == told(timer="c1.9", about={**about, "due_at": "2"})
    assert told(about=about) != told(about={**about, "rung": "150%"})
    assert told(to=["a", "b"]) != told(to=["a"])


def test_each_of_several_timers_of_one_moment_is_told_for_itself() -> None:
    def day(number: int, *rungs: str) -> list[Line]:
        fired = [replace(line(number, "timer-fired", rung=rung), seq=10 * number + n) for n, rung in enumerate(rungs)]
        return fired

    every = [*day(1, "x", "a", "y"), *day(2, "a", "b"), *day(3, "b", "a"), *day(4, "a", "b"), *day(5, "z", "w")]
    told = [[[one.event.body["rung"] for one in step] for step in together] for together in repeats(every)]
    assert told == [[["x", "a", "y"]], [["a"], ["b"], ["b"], ["a"], ["a"], ["b"]], [["z", "w"]]]


def test_what_one_did_in_one_moment_is_one_step() -> None:
    first, second = line(1), line(2)
    assert steps([first, first, second]) == [(first, first), (second,)]
    assert steps([]) == []
