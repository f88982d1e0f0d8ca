"""Who is on at each hour, and the gaps, to the minute."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from ivr.config import LONDON
from ivr.line.hours import Hours
from ivr.line.ring_groups import Adviser, RingGroup
from ivr.line.rota import gaps, shifts

TUESDAY = date(2026, 11, 24)


def week(*spans: tuple[str, str], days: int = 5) -> Hours:
    """The same times from Monday on, for so many days."""
    own = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
    return Hours((own,) * days + ((),) * (7 - days))


def shown(hours: Hours, *advisers: Adviser, day: date = TUESDAY) -> list[str]:
    found = shifts(hours, RingGroup(advisers), day, LONDON)
    return [f"{each.start:%H:%M}-{each.end:%H:%M} {' '.join(each.on)}".strip() for each in found]


NINE_TO_FIVE = week(("09:00", "17:00"))


@pytest.mark.parametrize(
    ("advisers", "told"),
    [
        ((Adviser("ann"),), ["09:00-17:00 ann"]),
        ((), ["09:00-17:00"]),
        (
            (Adviser("ann", week(("09:00", "12:00"))), Adviser("ben", week(("12:00", "17:00")))),
            ["09:00-12:00 ann", "12:00-17:00 ben"],
        ),
        (
            (Adviser("ann", week(("08:00", "12:00"))), Adviser("ben", week(("12:10", "18:00")))),
            ["09:00-12:00 ann", "12:00-12:10", "12:10-17:00 ben"],
        ),
        (
            (Adviser("ann", week(("09:00", "12:00"), ("12:00", "17:00"))),),
            ["09:00-17:00 ann"],
        ),
        (
            (Adviser("ann"), Adviser("ben", week(("10:00", "11:00")))),
            ["09:00-10:00 ann", "10:00-11:00 ann ben", "11:00-17:00 ann"],
        ),
    ],
)
def test_a_day_is_divided_where_somebody_begins_or_ends(advisers, told):
    assert shown(NINE_TO_FIVE, *advisers) == told


def test_nobody_is_on_while_the_line_is_closed():
    pause = week(("09:00", "12:00"), ("13:00", "17:00"))
    assert shown(pause, Adviser("ann")) == ["09:00-12:00 ann", "13:00-17:00 ann"]
    holiday = Hours(NINE_TO_FIVE.week, closed=frozenset({TUESDAY}))
    assert shown(holiday, Adviser("ann")) == []
    longer = Hours(NINE_TO_FIVE.week, other={TUESDAY: ((time(9), time(0)),)})
    assert shown(longer, Adviser("ann", NINE_TO_FIVE)) == ["09:00-17:00 ann", "17:00-00:00"]


def test_the_hour_that_comes_twice_in_autumn_is_there_twice():
    night = Hours((((time(0), time(3)),),) * 7)
    found = shifts(night, RingGroup((Adviser("ann"),)), date(2026, 10, 25), LONDON)
    assert [(each.end.timestamp() - each.start.timestamp()) / 3600 for each in found] == [4]


def test_gaps_come_in_order_and_what_is_over_is_none():
    group = RingGroup((Adviser("ann", week(("09:00", "16:30"), days=4)),))
    since = datetime(2026, 11, 24, 16, 45, tzinfo=LONDON)
    found = [f"{each.start:%a %H:%M}" for each in gaps(NINE_TO_FIVE, group, since, 5)]
    assert found == ["Tue 16:30", "Wed 16:30", "Thu 16:30", "Fri 09:00"]
    assert not list(gaps(NINE_TO_FIVE, group, since.replace(hour=17, minute=0), 1))
