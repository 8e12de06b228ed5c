"""Values that no case can hold are refused with a clear sentence, whatever door and command they come with,
and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.core.commands import (
    Attach,
    Cancel,
    Claim,
    Comment,
    Complete,
    Correlate,
    ResolveIncident,
    SaveDraft,
    Suspend,
    Tag,
    Trigger,
)
from engine.core.plain import DEEPEST, LARGEST, refuse_values
from engine.errors import Rejected
from engine.runtime import Engine
from tests.invariants import assert_whole, everything
from tests.runtime.worlds import ANN, CARLA, INTAKE, LIGHT, NOON, OLGA, task_in


def nested(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = [value]
    return value


def in_itself() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


HOSTILE: dict[str, Any] = {
    "half a character": "a\ud800",
    "half a pair, the other way": "\udc00b",
    "NUL": "a\0b",
    "a number of five thousand digits": 10**5000,
    "a number without end": float("inf"),
    "not a number": float("nan"),
    "bottomless lists": nested(100_000),
    "a list in itself": in_itself(),
    "bytes": b"x",
    "an object": object(),
    "a name that is no text": {1: "x"},
    "a name with NUL": {"a\0": "x"},
    "two megabytes": "x" * (2 * LARGEST),
    "a million entries": [0] * (LARGEST + 1),
}

DOORS: dict[str, Callable[[Engine, str, str, Any], Any]] = {
    "start": lambda e, c, t, v: e.start("parcel", CARLA, {**INTAKE, "subject": v}),
    "complete": lambda e, c, t, v: e.do(
        c, Complete(at=NOON, actor=ANN, task=t, outcome="sort", values={**LIGHT, "note": v})
    ),
    "complete, unknown field": lambda e, c, t, v: e.do(
        c, Complete(at=NOON, actor=ANN, task=t, outcome="sort", values={"x": {"y": v}})
    ),
    "save": lambda e, c, t, v: e.do(c, SaveDraft(at=NOON, actor=ANN, task=t, values={"note": v})),
    "message": lambda e, c, t, v: e.do(
        c, Correlate(at=NOON, actor=CARLA, message="customer-replied", values={"text": v})
    ),
    "trigger": lambda e, c, t, v: e.do(c, Trigger(at=NOON, actor=CARLA, name="withdraw", values={"reason": v})),
    "file": lambda e, c, t, v: e.do(c, Attach(at=NOON, actor=ANN, file={"name": v})),
    "incident": lambda e, c, t, v: e.do(
        c, ResolveIncident(at=NOON, actor=OLGA, incident="1", action="retry", reason="x", values={"x": v})
    ),
}
TEXTS: dict[str, Callable[[Engine, str, str, Any], Any]] = {
    "process": lambda e, c, t, v: e.start(v, CARLA, INTAKE),
    "key": lambda e, c, t, v: e.start("parcel", CARLA, INTAKE, key=v),
    "external id": lambda e, c, t, v: e.start("parcel", CARLA, INTAKE, external_id=v),
    "case": lambda e, c, t, v: e.do(v, Claim(at=NOON, actor=ANN, task=t)),
    "task": lambda e, c, t, v: e.do(c, Claim(at=NOON, actor=ANN, task=v)),
    "outcome": lambda e, c, t, v: e.do(c, Complete(at=NOON, actor=ANN, task=t, outcome=v)),
    "comment": lambda e, c, t, v: e.do(c, Comment(at=NOON, actor=ANN, text=v)),
    "tag": lambda e, c, t, v: e.do(c, Tag(at=NOON, actor=ANN, add=("fine", v))),
    "tag to take off": lambda e, c, t, v: e.do(c, Tag(at=NOON, actor=ANN, remove=(v,))),
    "comment of an outcome": lambda e, c, t, v: e.do(
        c, Complete(at=NOON, actor=ANN, task=t, outcome="sort", values=LIGHT, comment=v)
    ),
    "reason": lambda e, c, t, v: e.do(c, Suspend(at=NOON, actor=OLGA, reason=v)),
    "reason to cancel": lambda e, c, t, v: e.do(c, Cancel(at=NOON, actor=OLGA, reason=v)),
}


@pytest.mark.parametrize("door", [*DOORS, *TEXTS])
def test_no_door_lets_in_what_cannot_be_kept(engine: Engine, door: str) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    before = everything(engine.store)
    for what, value in HOSTILE.items():
        with pytest.raises(Rejected) as refused:
            (DOORS.get(door) or TEXTS[door])(engine, case, task, value)
        assert refused.value.code == "invalid-values", what
        assert refused.value.message.startswith("Expected ") and len(refused.value.message) < 400, what
        assert refused.value.message.isprintable(), what
        assert everything(engine.store) == before, what
    assert_whole(engine.store)


def test_a_reference_or_message_that_is_no_text_finds_nothing(engine: Engine) -> None:
    for name in ("\ud800", "a\0b", "x" * 100_000, "", "PCL-2026-99999"):
        with pytest.raises(Rejected):
            engine.find(name)


@pytest.mark.parametrize("depth", [1, DEEPEST - 1])
def test_what_people_really_send_is_let_in(depth: int) -> None:
    refuse_values({"a": nested(depth), "b": [1, 2.5, None, True, "Grüße 👋🏽"], "c": {"d": 10**29}})


def test_every_fault_is_told_with_its_path() -> None:
    with pytest.raises(Rejected) as refused:
        refuse_values({"lines": [{"qty": 1}, {"qty": float("nan")}], "note": "\0"})
    assert sorted(refused.value.fields) == ["lines.1.qty", "note"]


def test_odd_but_honest_text_comes_back_as_it_was_typed(engine: Engine) -> None:
    honest = "Ünïcödé 👋🏽 'quoted' \"double\" <b> {reference} -- ; DROP TABLE instance; \\ %s"
    case = engine.start("parcel", CARLA, {**INTAKE, "subject": honest}).instance
    assert engine.instance(case).data["intake"]["subject"] == honest
    assert engine.instance(case).subject == honest
    assert_whole(engine.store)
