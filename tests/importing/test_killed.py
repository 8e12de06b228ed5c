"""An import that is killed at any moment and started again gives exactly all rows, once, without gaps."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.store import history, open_database, queries
from tests.importing.conftest import MAP, House

ROWS = 400
PROGRAM = "from engine.cli import main; main()"


def command(house: House, *more: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, "--database", house.url, "import", "ticket", *more]


@pytest.fixture
def files(house: House) -> tuple[Path, Path]:
    text = MAP + "then:\n- {do: take, as: agent, at: {column: taken}}\n"
    rows = "".join(f"{number},2024-11-04 09:00,Row {number},2024-11-04T10:00Z\n" for number in range(ROWS))
    return house.file(f"id,when,what,taken\n{rows}"), house.file(text, "map.yaml")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_killed_several_times_at_random_moments_and_run_again_it_gives_all_rows_without_gaps(
    house: House, files: tuple[Path, Path]
) -> None:
    file, map_file = files
    house.store.close()
    chance = random.Random()
    grown = [0]
    for _ in range(8):
        running = subprocess.Popen(
            command(house, str(file), "--map", str(map_file)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for_growth(house, grown[-1], running)
        time.sleep(chance.uniform(0, 0.15))
        running.send_signal(signal.SIGKILL)
        running.wait()
        with open_database(house.url) as store:
            grown.append(sum(one.cases for one in queries.counts(store)))
    assert grown == sorted(grown)
    assert grown[1] > 0
    done = subprocess.run(command(house, str(file), "--map", str(map_file)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"{ROWS} rows:" in done.stdout and " 0 refused" in done.stdout
    with open_database(house.url) as store:
        found = queries.cases(store, process="ticket", limit=500).rows
        assert sorted(int(case.external_id) for case in found) == list(range(ROWS))
        assert sorted(case.reference for case in found) == [f"TCK-2024-{number:05}" for number in range(1, ROWS + 1)]
        assert {case.states for case in found} == {"working"}
        assert all(history.verify(store, case.id).ok for case in found)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_stopped_by_hand_it_shows_no_traceback_and_can_be_run_again(house: House, files: tuple[Path, Path]) -> None:
    file, map_file = files
    house.store.close()
    arguments = command(house, str(file), "--map", str(map_file))
    running = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _wait_for_growth(house, 0, running)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate()
    assert b"Traceback" not in errors
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert f"{ROWS} rows:" in done.stdout and " 0 refused" in done.stdout


def _wait_for_growth(house: House, before: int, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    with open_database(house.url) as store:
        while time.monotonic() < deadline and running.poll() is None:
            if sum(one.cases for one in queries.counts(store)) > before:
                return
            time.sleep(0.01)


def test_the_command_tells_what_came_of_it_and_writes_a_report(house: House, files: tuple[Path, Path]) -> None:
    file, map_file = files
    content = "id,when,what,taken\n1,2024-11-04 09:00,a,2024-11-04T10:00Z\n2,,b,\n"
    file.write_text(content)
    report = house.folder / "refused.csv"
    arguments = command(house, str(file), "--map", str(map_file), "--report", str(report))
    done = subprocess.run([*arguments, "--dry-run"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "2 rows: 1 could be added, 0 known already, 1 refused" in done.stdout
    assert house.states() == {}
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert "2 rows: 1 added, 0 known already, 1 refused" in done.stdout
    assert "  line 3 2: Expected a time for 'received', but the cell is empty" in done.stdout
    assert report.read_text(encoding="utf-8").splitlines()[1].startswith('3,2,"Expected a time')
    assert done.stderr == ""


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a;b\n", b'"'])
def test_a_bad_file_is_one_sentence_and_no_traceback(house: House, files: tuple[Path, Path], content: bytes) -> None:
    file, map_file = files
    file.write_bytes(content)
    done = subprocess.run(command(house, str(file), "--map", str(map_file)), capture_output=True, text=True)
    assert done.returncode == 1
    assert "Expected" in done.stderr and "Traceback" not in done.stderr


def test_a_map_for_another_process_is_refused(house: House, files: tuple[Path, Path]) -> None:
    file, map_file = files
    map_file.write_text(map_file.read_text().replace("import: ticket", "import: inquiry"))
    done = subprocess.run(command(house, str(file), "--map", str(map_file)), capture_output=True, text=True)
    assert done.returncode == 1
    assert "Expected a map for 'ticket'" in done.stderr
