"""Open or closed to the minute, until when and when next, through both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.config import LONDON
from ivr.line.hours import Hours, Override, is_open, next_closing, next_opening
from tests.support.lines import HOURS, london

MINUTE = timedelta(minutes=1)
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
NIGHT = ((time(22), time(0)),)
MORNING = ((time(9), time(12)),)


def utc(text: str) -> datetime:
    """A moment of UTC, as a London clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(LONDON)


def every_day(*spans: str) -> Hours:
    """The same hours on every day, such as 09:00-17:00."""
    times = [[time.fromisoformat(at) for at in span.split("-")] for span in spans]
    return Hours((tuple((start, end) for start, end in times),) * 7)


def by_hand(opened: bool, until: str) -> Override:
    return Override(opened, london(until))


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
    assert is_open(HOURS, datetime.fromisoformat(now)) is opened


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
    assert next_opening(Hours(HOURS.week, CHRISTMAS), london(now)) == london(opens)


def test_a_line_without_hours_never_opens():
    assert next_opening(Hours(((),) * 7), london("2026-11-24T07:00")) is None


def test_an_opening_in_two_months_is_not_told():
    far = Hours(((),) * 7, other={date(2026, 11, 24): MORNING})
    assert next_opening(far, london("2026-09-26T12:00")) == london("2026-11-24T09:00")
    assert next_opening(far, london("2026-09-25T12:00")) is None


# -- Days with other hours


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        ("2026-12-24T11:59", True),
        ("2026-12-24T12:00", False),
        ("2026-12-28T10:00", True),
        ("2026-12-25T10:00", False),
        ("2026-12-30T10:00", False),
        ("2026-12-31T10:00", True),
    ],
    ids=["part day", "its end", "a bank holiday opened", "another not", "closed", "after them"],
)
def test_other_days_go_before_bank_holidays_and_the_week(now, opened):
    other = {date(2026, 12, 24): MORNING, date(2026, 12, 28): MORNING, date(2026, 12, 30): ()}
    assert is_open(Hours(HOURS.week, CHRISTMAS, other), london(now)) is opened


# -- Until when, and through midnight


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-11-24T09:00", "2026-11-24T17:00"),
        ("2026-11-24T17:00", None),
        ("2026-11-28T12:00", None),
    ],
    ids=["open", "just closed", "Saturday"],
)
def test_until_when_it_is_open(now, closes):
    assert next_closing(HOURS, london(now)) == (london(closes) if closes else None)


def test_midnight_ends_the_day():
    night = Hours((NIGHT,) * 7)
    assert is_open(night, london("2026-11-24T23:59:59"))
    assert not is_open(night, london("2026-11-25T00:00"))
    assert next_closing(night, london("2026-11-24T22:00")) == london("2026-11-25T00:00")


def test_hours_that_touch_are_one():
    through = every_day("00:00-02:00", "09:00-12:00", "12:00-13:00", "22:00-00:00")
    assert next_closing(through, london("2026-11-24T22:30")) == london("2026-11-25T02:00")
    assert next_opening(through, london("2026-11-24T22:30")) == london("2026-11-25T09:00")
    assert next_opening(through, london("2026-11-24T09:30")) == london("2026-11-24T22:00")


def test_a_line_that_is_always_open_neither_closes_nor_opens():
    always = every_day("00:00-00:00")
    assert is_open(always, london("2026-11-24T00:00"))
    assert next_closing(always, london("2026-11-24T12:00")) is None
    assert next_opening(always, london("2026-11-24T12:00")) is None


# -- The clock changes


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2027-03-26T08:30", False),
        ("2027-03-29T08:30", True),
        ("2026-10-23T08:30", True),
        ("2026-10-26T08:30", False),
    ],
    ids=["before summer time", "in summer time", "still summer", "winter again"],
)
def test_hours_are_london_time_through_the_clock_changes(moment, opened):
    assert is_open(every_day("09:00-17:00"), utc(moment)) is opened


AUTUMN = every_day("01:30-01:45", "03:00-04:00")
SPRING = every_day("00:30-00:45", "01:30-03:00")


@pytest.mark.parametrize(
    ("hours", "moment", "opened"),
    [
        (AUTUMN, "2026-10-25T00:29:59", False),
        (AUTUMN, "2026-10-25T00:30", True),
        (AUTUMN, "2026-10-25T00:45", False),
        (AUTUMN, "2026-10-25T01:30", False),
        (SPRING, "2027-03-28T00:59:59", False),
        (SPRING, "2027-03-28T01:00", True),
        (SPRING, "2027-03-28T02:00", False),
    ],
    ids=[
        "autumn, before the first 01:30",
        "the first 01:30",
        "the first 01:45",
        "the second 01:30",
        "spring, 00:59",
        "02:00, for 01:30 which is none",
        "03:00",
    ],
)
def test_a_time_that_comes_twice_is_the_first_and_one_that_is_none_the_next(hours, moment, opened):
    assert is_open(hours, utc(moment)) is opened


@pytest.mark.parametrize(
    ("hours", "moment", "opens"),
    [
        (AUTUMN, "2026-10-25T00:00", "2026-10-25T00:30"),
        (AUTUMN, "2026-10-25T00:50", "2026-10-25T03:00"),
        (AUTUMN, "2026-10-25T01:20", "2026-10-25T03:00"),
        (SPRING, "2027-03-28T00:50", "2027-03-28T01:00"),
    ],
    ids=["the first 01:30", "after it", "before the second 01:30", "spring"],
)
def test_the_next_opening_through_the_clock_changes(hours, moment, opens):
    found = next_opening(hours, utc(moment))
    assert found and found.astimezone(UTC) == utc(opens).astimezone(UTC)
    assert found.tzinfo is LONDON


def test_hours_that_are_all_in_the_missing_hour_are_left_out():
    lost = every_day("01:10-01:50")
    assert next_opening(lost, utc("2027-03-28T00:00")) == london("2027-03-29T01:10")


# -- Set by hand

TUESDAY = "2026-11-24T10:00"
HAND = {
    "closed, then in the middle of the hours": (False, "2026-11-24T14:10", "2026-11-24T14:10"),
    "closed to the very opening": (False, "2026-11-25T09:00", "2026-11-25T09:00"),
    "closed to the very closing": (False, "2026-11-24T17:00", "2026-11-25T09:00"),
    "closed into the night": (False, "2026-11-24T20:00", "2026-11-25T09:00"),
    "closed into the weekend": (False, "2026-11-28T12:00", "2026-11-30T09:00"),
    "closed for too long to tell": (False, "2027-03-01T12:00", None),
    "opened into the night": (True, "2026-11-24T20:00", "2026-11-25T09:00"),
    "opened into the next hours": (True, "2026-11-25T10:00", "2026-11-26T09:00"),
    "over": (False, "2026-11-24T10:00", "2026-11-25T09:00"),
}


@pytest.mark.parametrize(("opened", "until", "opens"), HAND.values(), ids=HAND)
def test_the_next_opening_after_what_was_set_by_hand(opened, until, opens):
    found = next_opening(HOURS, london(TUESDAY), by_hand(opened, until))
    assert found == (london(opens) if opens else None)


def test_what_is_set_by_hand_holds_to_its_minute():
    closed, opened = by_hand(False, "2026-11-24T14:10"), by_hand(True, "2026-11-24T20:00")
    assert not is_open(HOURS, london("2026-11-24T14:09:59"), closed)
    assert is_open(HOURS, london("2026-11-24T14:10"), closed)
    assert is_open(HOURS, london("2026-11-24T19:59:59"), opened)
    assert not is_open(HOURS, london("2026-11-24T20:00"), opened)


@pytest.mark.parametrize(
    ("opened", "until", "closes"),
    [
        (True, "2026-11-24T20:00", "2026-11-24T20:00"),
        (True, "2026-11-24T12:00", "2026-11-24T17:00"),
        (False, "2026-11-24T12:00", None),
    ],
    ids=["opened past the hours", "opened within them", "closed"],
)
def test_until_when_what_was_set_by_hand_is_open(opened, until, closes):
    found = next_closing(HOURS, london(TUESDAY), by_hand(opened, until))
    assert found == (london(closes) if closes else None)


def test_set_by_hand_up_to_the_second_half_past_one_of_autumn():
    second = Override(True, london("2026-10-25T01:30").replace(fold=1))
    assert is_open(HOURS, utc("2026-10-25T01:29"), second)
    assert not is_open(HOURS, utc("2026-10-25T01:30"), second)


def test_an_end_in_another_zone_is_the_same_moment():
    summer, until = london("2026-07-14T10:00"), datetime(2026, 7, 14, 16, 30, tzinfo=UTC)
    found = next_opening(HOURS, summer, Override(False, until))
    assert found == london("2026-07-15T09:00")
    assert next_closing(HOURS, summer, Override(True, until)) == london("2026-07-14T17:30")


# -- What always holds

AROUND_CHANGES = [date(2026, 10, 23), date(2026, 12, 23), date(2027, 3, 26)]
MOMENTS = st.builds(
    lambda start, minutes: (
        datetime.combine(start, time(0), tzinfo=UTC) + minutes * MINUTE
    ).astimezone(LONDON),
    st.sampled_from(AROUND_CHANGES),
    st.integers(0, 5 * 24 * 60),
)


def clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


@st.composite
def spans(draw):
    """The times of one day, in order; midnight may end the last. Many near the clock changes."""
    at = st.one_of(st.integers(0, 180), st.integers(0, 24 * 60))
    marks = sorted(draw(st.sets(at, max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return tuple((clock(start), clock(end)) for start, end in pairs)


DAYS_OFF = st.sampled_from([date(2026, 10, 25), date(2026, 12, 25), date(2027, 3, 28)])
ANY_HOURS = st.builds(
    Hours,
    st.tuples(*[spans()] * 7),
    st.frozensets(DAYS_OFF),
    st.dictionaries(DAYS_OFF, spans(), max_size=2),
)
ANY_OVERRIDE = st.none() | st.builds(Override, st.booleans(), MOMENTS)


def between(start: datetime, end: datetime, shares: list[float]) -> list[datetime]:
    """Some whole minutes from ``start`` up to, not including, ``end``, and the last of them."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    minutes = int((last - first) / MINUTE)
    steps = {int(share * (minutes - 1)) for share in shares} | {minutes - 1}
    return [(first + step * MINUTE).astimezone(LONDON) for step in sorted(steps)]


SHARES = st.lists(st.floats(0, 1), min_size=8, max_size=8)


@settings(max_examples=100, deadline=None)
@given(ANY_HOURS, MOMENTS, ANY_OVERRIDE, SHARES)
def test_a_closed_line_is_closed_up_to_its_next_opening_and_then_open(hours, now, override, shares):
    opens = next_opening(hours, now, override)
    if opens is None or is_open(hours, now, override):
        return
    assert is_open(hours, opens, override)
    assert not any(is_open(hours, at, override) for at in between(now, opens, shares))


@settings(max_examples=100, deadline=None)
@given(ANY_HOURS, MOMENTS, ANY_OVERRIDE, SHARES)
def test_an_open_line_is_open_up_to_its_next_closing_and_then_closed(hours, now, override, shares):
    closes = next_closing(hours, now, override)
    if closes is None:
        return
    assert not is_open(hours, closes, override)
    assert all(is_open(hours, at, override) for at in between(now, closes, shares))


@settings(max_examples=100, deadline=None)
@given(ANY_HOURS, MOMENTS)
def test_every_day_is_open_at_its_first_minute_and_closed_at_its_last(hours, now):
    day = now.date()
    if day in (date(2026, 10, 25), date(2027, 3, 28)):
        return
    starts = {start for start, _ in hours.spans(day)}
    for start, end in hours.spans(day):
        assert is_open(hours, datetime.combine(day, start, tzinfo=LONDON))
        if end != time(0) and end not in starts:
            assert not is_open(hours, datetime.combine(day, end, tzinfo=LONDON))
