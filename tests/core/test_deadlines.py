"""Promised times against a second opinion that walks minute by minute: thousands of promises in hundreds of offices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest

from engine.core.calendars import Calendar
from engine.core.deadlines import FULL, Pause, deadline, reached, used
from engine.core.durations import Duration, Part
from tests.core.minute_walk import DAY, MINUTE, STAGES, Hours, Office, Target

OFFICES = 8  # in each chunk
PROMISES = 10  # in each office

DAYS_OF_WORK: tuple[Hours, ...] = (
    ((540, 1020),),
    ((540, 720), (780, 1020)),
    ((0, 1440),),
    ((1320, 1800),),
    ((60, 240),),
    ((120, 150), (180, 600)),
    ((1380, 1590), (90, 420)),
    ((437, 438), (1001, 1439)),
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A start, a target and pauses, in minutes of the office's window."""

    start: int
    target: Target
    pauses: tuple[tuple[int, int], ...]


def some_office(random: Random) -> Office:
    zone, middle = random.choice(STAGES)
    usual = random.choice(DAYS_OF_WORK)
    week = tuple(usual if day < 5 else () for day in range(7))
    if random.random() < 0.5:
        week = tuple(random.choice((*DAYS_OF_WORK, (), ())) for _ in range(6)) + (usual,)
    near = [middle + timedelta(days=days) for days in range(-3, 20)]
    return Office(
        zone,
        middle - timedelta(days=4),
        week,
        frozenset(random.sample(near, random.randint(0, 4))),
        {day: random.choice((*DAYS_OF_WORK, ())) for day in random.sample(near, random.randint(0, 3))},
        frozenset(random.sample([(12, 25), (1, 1), (2, 29), (10, 26), (4, 6)], random.randint(0, 3))),
        {random.choice([(12, 31), (2, 29), (3, 29)]): ((540, 720),)} if random.random() < 0.3 else {},
    )


def some_minute(random: Random, office: Office, low: int, high: int) -> int:
    """Any minute, or one at which the office opens or closes."""
    number = random.randint(low, high)
    if random.random() < 0.4:
        state = office.open[number]
        number = next((later for later in range(number, high) if office.open[later] != state), number)
    return number


def some_pauses(random: Random, office: Office, start: int) -> tuple[tuple[int, int], ...]:
    """None, one or many: short, long, over an opening, outside the hours, before the start, in each other, adjacent."""
    found: list[tuple[int, int]] = []
    for _ in range(random.choice([0, 1, 1, 2, 3, 8])):
        begin = some_minute(random, office, start - DAY, start + random.choice([2, 4, 15]) * DAY)
        end = random.choice(
            [begin, begin + random.randint(1, 180), begin + random.randint(1, 4 * DAY), begin + random.randint(1, DAY)]
        )
        if random.random() < 0.3:
            end = some_minute(random, office, begin, begin + DAY)
        if random.random() < 0.2:
            end = next((later for later in range(begin, len(office.open)) if office.open[later]), begin)
        found.append((begin, end))
        if random.random() < 0.2:
            found.append((end, end + random.randint(0, 300)))
    random.shuffle(found)
    return tuple(found)


def some_target(random: Random) -> Target:
    unit = random.choice(["bm", "bh", "bh", "bd", "bd", "m", "h", "d", "d"])
    most = {"bm": 2000, "bh": 40, "bd": 8, "m": 9000, "h": 120, "d": 8}[unit]
    return ((random.choice([0, 1, random.randint(1, most), random.randint(1, most)]), unit),)


def some_start(random: Random, office: Office) -> int:
    return some_minute(random, office, 2 * DAY, 8 * DAY)


def promises(seed: int) -> Iterator[tuple[Office, Calendar, Random, Promise]]:
    random = Random(seed)
    for _ in range(OFFICES):
        office = some_office(random)
        calendar = office.calendar()
        for _ in range(PROMISES):
            start = some_start(random, office)
            yield office, calendar, random, Promise(start, some_target(random), some_pauses(random, office, start))


def duration(target: Target) -> Duration:
    return Duration(tuple(Part(*part) for part in target))


def real(office: Office, pauses: tuple[tuple[int, int], ...]) -> list[Pause]:
    return [(office.at(begin), office.at(end)) for begin, end in pauses]


@pytest.mark.parametrize("seed", range(20))
def test_every_share_of_a_promise_is_due_when_counting_minutes_says(seed: int) -> None:
    compared = 0
    for office, calendar, random, promise in promises(seed):
        start, target, pauses = office.at(promise.start), duration(promise.target), real(office, promise.pauses)
        percents = (1, 75, FULL, 150, 200, 300, random.randint(1, 300), random.randint(1, 300))
        expected = office.reached(promise.start, promise.target, promise.pauses, percents)
        for percent, at in expected.items():
            assert reached(calendar, start, target, pauses, percent) == at, (seed, office, promise, percent)
        if FULL in expected:
            assert deadline(calendar, start, target, pauses) == expected[FULL], (seed, office, promise)
            assert office.pushed(promise.start, promise.target, promise.pauses) == expected[FULL]
        compared += len(expected)
    assert compared > OFFICES * PROMISES * 5


@pytest.mark.parametrize("seed", range(100, 108))
def test_the_time_used_is_the_unpaused_minutes_that_count(seed: int) -> None:
    for office, calendar, random, promise in promises(seed):
        start, target, pauses = office.at(promise.start), duration(promise.target), real(office, promise.pauses)
        for at in (promise.start, some_minute(random, office, promise.start, promise.start + 12 * DAY)):
            expected = office.used(promise.start, promise.target, promise.pauses, at)
            assert used(calendar, start, target, pauses, office.at(at)) == expected, (seed, office, promise, at)
        assert used(calendar, start, target, pauses, start - MINUTE) == timedelta(0)


@pytest.mark.parametrize("seed", range(200, 204))
def test_another_target_is_reckoned_from_the_first_start_with_the_pauses_kept(seed: int) -> None:
    for office, calendar, random, promise in promises(seed):
        start = office.at(promise.start)
        changed = some_minute(random, office, promise.start, promise.start + 3 * DAY)
        before = tuple(pause for pause in promise.pauses if pause[1] <= changed)
        for target in (promise.target, some_target(random), some_target(random)):
            for kept in (before, promise.pauses):
                expected = office.reached(promise.start, target, kept, [FULL, 80])
                for percent, at in expected.items():
                    found = reached(calendar, start, duration(target), real(office, kept), percent)
                    assert found == at, (seed, office, promise, target, percent)


@pytest.mark.parametrize("seed", range(300, 306))
def test_joined_targets_are_due_when_counting_minutes_says(seed: int) -> None:
    random, compared = Random(seed), 0
    for office, calendar, _, promise in promises(seed):
        dated, days = (random.randint(0, 3), "d"), (random.randint(1, 3), "bd")
        hours, open_hours = (random.randint(1, 30), "h"), (random.randint(1, 12), "bh")
        target = random.choice([(dated, hours), (dated, open_hours), (days, hours), (days, open_hours), (dated, days)])
        expected = office.pushed(promise.start, target, promise.pauses)
        if expected is not None:
            found = deadline(calendar, office.at(promise.start), duration(target), real(office, promise.pauses))
            assert found == expected, (seed, office, promise, target)
            compared += 1
    assert compared > OFFICES * PROMISES / 2


def test_the_stories_have_all_that_can_happen_in_them() -> None:
    seen: Counter[str] = Counter()
    for seed in range(10):
        for office, _, _, promise in promises(seed):
            seen[office.zone] += 1
            seen["nothing promised" if not promise.target[0][0] else promise.target[0][1]] += 1
            seen[f"{min(len(promise.pauses), 3)} pauses"] += 1
            for begin, end in promise.pauses:
                seen["outside hours"] += begin < end and not any(office.open[begin:end])
                seen["over an opening"] += not office.open[begin] and any(office.open[begin:end])
                seen["before the start"] += begin < promise.start < end
                seen["overlapping"] += any(begin < other < end for other, _ in promise.pauses)
            a_week_on = office.minute(office.wall[promise.start] + 7 * DAY)
            seen["the clock changed"] += a_week_on is not None and a_week_on != promise.start + 7 * DAY
            seen["29 February"] += office.first.year == 2028
    zones, targets, numbers_of_pauses, others = 6, 7, 4, 6
    assert len(seen) == zones + targets + numbers_of_pauses + others
    assert min(seen.values()) >= 20, seen
