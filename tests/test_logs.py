"""A line of the log is JSON, and holds what was named for it and nothing else."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import Rejected
from engine.logs import OURS, facts, request, wants_lines, write_lines


@pytest.fixture
def lines() -> Iterator[Any]:
    """What has been written since it was last called, a mapping a line."""
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *OURS)}
    for handler in handlers:
        root.removeHandler(handler)
    stream = io.StringIO()
    write_lines(stream)

    def written() -> list[dict[str, Any]]:
        said = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in said.splitlines()]

    yield written
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_line_says_when_how_grave_what_and_the_facts(lines: Any) -> None:
    logging.getLogger("engine.x").info("Claimed by %s", "ann", extra=facts("claimed", case="INQ-2026-00001", code=""))
    (line,) = lines()
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "info", "event": "claimed", "case": "INQ-2026-00001"}


def test_a_line_names_the_request_in_which_it_was_written(lines: Any) -> None:
    mark = request.set("abc")
    logging.getLogger("engine.x").info("", extra=facts("one"))
    request.reset(mark)
    logging.getLogger("engine.x").info("", extra=facts("other"))
    assert [line.get("request") for line in lines()] == ["abc", None]


def test_another_library_that_wants_to_tell_more_tells_only_what_is_wrong(lines: Any) -> None:
    other = logging.getLogger("talkative.library")
    other.setLevel(logging.DEBUG)
    other.info("Serving on %s", "http://0.0.0.0:8000")
    other.error("Cannot serve on %s", "http://0.0.0.0:8000")
    assert [line["level"] for line in lines()] == ["error"]


def test_what_another_library_fills_into_its_words_is_left_out(lines: Any) -> None:
    other = logging.getLogger("some.library")
    other.warning("Cannot write to %s", "lena@example.org")
    other.warning("Cannot write to lena@example.org")
    filled, whole = lines()
    assert (filled["event"], filled["pattern"]) == ("some.library", "Cannot write to %s")
    assert (whole["event"], whole["level"]) == ("some.library", "warning")
    assert "lena" not in str([filled, whole])


def test_of_others_only_what_is_wrong_is_told(lines: Any) -> None:
    logging.getLogger("some.library").info("Moved to %s", "sorted")
    assert lines() == []


def test_a_failure_is_told_with_its_kind_and_place_and_without_its_words(lines: Any) -> None:
    log = logging.getLogger("engine.x")
    for error in (ValueError("lena@example.org"), Rejected("conflict", "Expected Lena")):
        try:
            raise error
        except Exception:
            log.exception("Failed", extra=facts("failed"))
    ours, refused = lines()
    assert ours["error"] == "ValueError"
    assert ours["where"][-1].startswith("test_logs.py:")
    assert (refused["error"], refused["code"]) == ("Rejected", "conflict")
    assert "lena" not in str([ours, refused]).lower()


def test_a_text_with_line_breaks_stays_one_line(lines: Any) -> None:
    logging.getLogger("engine.x").info("", extra=facts("odd", code="a\nb\u2028c"))
    (line,) = lines()
    assert line["code"] == "a\nb\u2028c"


def test_the_environment_asks_for_lines_by_one_word_and_a_misspelt_one_is_refused() -> None:
    assert wants_lines({"HEARD_LOG_FORMAT": "json"})
    assert not wants_lines({"HEARD_LOG_FORMAT": "text"}) and not wants_lines({})
    with pytest.raises(Rejected) as refused:
        wants_lines({"HEARD_LOG_FORMAT": "yaml"})
    assert refused.value.code == "log-format"
