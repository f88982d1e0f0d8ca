"""Open or closed to the minute, and when next, through both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from ivr.config import LONDON
from ivr.hours import Hours, is_open, next_opening
from tests.lines import HOURS


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        ("2026-11-24T08:59:59", False),
        ("2026-11-24T09:00", True),
        ("2026-11-24T16:59:59", True),
        ("2026-11-24T17:00", False),
        ("2026-11-28T12:00", False),
    ],
    ids=["before", "opens", "last minute", "closes", "Saturday"],
)
def test_open_from_the_first_minute_to_the_last(now, opened):
    assert is_open(HOURS, london(now)) is opened


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24T07:00", "2026-11-24T09:00"),
        ("2026-11-24T12:00", "2026-11-25T09:00"),
        ("2026-11-27T18:00", "2026-11-30T09:00"),
        ("2026-12-24T18:00", "2026-12-29T09:00"),
    ],
    ids=["today", "while open: tomorrow", "over the weekend", "over Christmas"],
)
def test_the_next_opening(now, opens):
    closed = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
    assert next_opening(Hours(HOURS.week, closed), london(now)) == london(opens)


def test_a_line_without_hours_never_opens():
    assert next_opening(Hours(((),) * 7), london("2026-11-24T07:00")) is None


@pytest.mark.parametrize(
    ("utc", "opened"),
    [
        ("2027-03-26T08:30", False),
        ("2027-03-29T08:30", True),
        ("2026-10-23T08:30", True),
        ("2026-10-26T08:30", False),
    ],
    ids=["before summer time", "in summer time", "still summer", "winter again"],
)
def test_hours_are_london_time_through_the_clock_changes(utc, opened):
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(LONDON)
    assert is_open(Hours((((time(9), time(17)),),) * 7), now) is opened
