"""Two cases that know of each other, worked on at the same instant."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.core.commands import Command, Correlate
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import drafts
from tests.databases import fresh
from tests.invariants import assert_whole
from tests.runtime.callers import built, child, complete, do, links, started
from tests.runtime.worlds import ANN, BEN, CARLA, NOON, TOM


@pytest.fixture
def on_file() -> Iterator[Engine]:
    made = built(fresh(), "grief", "mending")
    with made.store:
        yield made


def test_an_end_and_work_on_the_case_that_waits_never_lose_one_another(on_file: Engine) -> None:
    for number in range(30):
        case = started(on_file)
        do(on_file, case, "wait", what="the tap")
        called = child(on_file, case)
        ending = complete(on_file, called.id, "done", TOM, note=f"tap {number}")
        hurry = Correlate(at=NOON, actor=CARLA, message="hurry")
        assert at_once(on_file, (called.id, ending), (case, hurry)) in ([], ["not-waiting"])
        here = on_file.instance(case)
        assert here.states == ("answering",) and links(on_file, case)[0].outcome == "mended"
    assert_whole(on_file.store)


def test_two_called_cases_that_end_at_the_same_instant_let_go_once(on_file: Engine) -> None:
    for _ in range(20):
        case = started(on_file)
        do(on_file, case, "both", what="taps")
        called = [child(on_file, case, number).id for number in (0, 1)]
        work = [(one, complete(on_file, one, "done", TOM, note="new tap")) for one in called]
        assert at_once(on_file, *work) == []
        assert on_file.instance(case).outcome == "closed"
    assert_whole(on_file.store)


def test_whoever_typed_while_the_called_case_ended_keeps_what_they_typed(on_file: Engine) -> None:
    case = started(on_file)
    do(on_file, case, "wait", what="broken")
    seen = on_file.instance(case)
    command = complete(on_file, case, "mend", BEN, what="the tap")
    on_file.do(case, complete(on_file, case, "mend", ANN, what="the other tap"))
    do(on_file, child(on_file, case, 1).id, "done", TOM, note="new tap")
    with pytest.raises(Rejected):
        on_file.do(case, command)
    kept = drafts.load(on_file.store, command.task, "ben")
    assert kept is not None and kept.values == {"what": "the tap"} and seen.revision < on_file.instance(case).revision


def at_once(engine: Engine, *work: tuple[str, Command]) -> list[str]:
    """Each command on its case in a thread of its own, let go together; the codes of what was refused."""
    barrier, refused, failed = threading.Barrier(len(work)), list[str](), list[BaseException]()

    def run(case: str, command: Command) -> None:
        barrier.wait()
        try:
            engine.do(case, command)
        except Rejected as rejected:
            refused.append(rejected.code)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    return refused
