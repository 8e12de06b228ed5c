"""Which folder of processes Heard works with."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Rejected
from engine.home import find_home, shipped


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """Three complete homes and an empty folder."""
    for name in ("typed", "environment", "here"):
        for part in ("processes", "forms"):
            (tmp_path / name / part).mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    return {name: tmp_path / name for name in ("typed", "environment", "here", "empty")}


def test_what_was_typed_comes_before_everything(places: dict[str, Path]) -> None:
    environ = {"HEARD_HOME": str(places["environment"])}
    assert find_home(str(places["typed"]), environ, places["here"]) == places["typed"]


def test_the_environment_comes_before_the_current_folder(places: dict[str, Path]) -> None:
    environ = {"HEARD_HOME": str(places["environment"])}
    assert find_home(None, environ, places["here"]) == places["environment"]


def test_the_current_folder_serves_when_it_holds_processes(places: dict[str, Path]) -> None:
    assert find_home(None, {}, places["here"]) == places["here"]


def test_anywhere_else_heard_uses_what_it_ships(places: dict[str, Path]) -> None:
    assert find_home(None, {}, places["empty"]) == shipped()


def test_an_empty_name_counts_as_none(places: dict[str, Path]) -> None:
    assert find_home("", {"HEARD_HOME": ""}, places["here"]) == places["here"]


def test_a_relative_name_counts_from_the_current_folder(places: dict[str, Path]) -> None:
    found = find_home("../typed", {}, places["here"])
    assert found.is_absolute()
    assert found.samefile(places["typed"])


def test_a_place_that_was_named_but_does_not_serve_is_refused_and_not_passed_over(
    places: dict[str, Path],
) -> None:
    for explicit, environ in (
        (str(places["empty"]), {}),
        (None, {"HEARD_HOME": str(places["empty"])}),
        ("nowhere", {"HEARD_HOME": str(places["environment"])}),
        ("~nobody-we-know/home", {}),
        ("a\x00b", {}),
        ("x" * 5000, {}),
    ):
        with pytest.raises(Rejected) as refusal:
            find_home(explicit, environ, places["here"])
        assert refusal.value.code == "no-home"
        assert "but it lacks processes/ and forms/" in refusal.value.message


def test_processes_without_forms_are_refused_with_what_is_missing(places: dict[str, Path]) -> None:
    (places["here"] / "forms").rmdir()
    with pytest.raises(Rejected, match="but it lacks forms/"):
        find_home(None, {}, places["here"])


def test_what_heard_ships_is_complete() -> None:
    assert (shipped() / "processes").is_dir()
    assert (shipped() / "forms").is_dir()
