"""Open or closed, until when, and when next.

Owns the sums about opening hours. Takes London times as arguments; never asks a clock. Where a
zone is given, moments are compared and not what a clock shows: in autumn 01:30 comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

LOOK_AHEAD_DAYS = 60
"""An opening further off than this is not worth saying: the line then gives no day."""
MIDNIGHT = time(0)
"""As an end, the midnight that ends the day."""
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

Spans = tuple[tuple[time, time], ...]
"""The opening times of one day, each (from, until), in order and never over one another."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly opening times, Monday first, days closed, and days with other times.

    ``other`` goes before ``closed``, and ``closed`` before ``week``.
    """

    week: tuple[Spans, ...]
    closed: frozenset[date] = frozenset()
    other: Mapping[date, Spans] = field(default_factory=dict)

    def spans(self, day: date) -> Spans:
        """When an adviser is there on ``day``; empty when closed."""
        if day in self.other:
            return self.other[day]
        return () if day in self.closed else self.week[day.weekday()]


@dataclass(frozen=True, slots=True)
class Override:
    """What staff have set by hand: open or closed, whatever the hours say, up to ``until``.

    ``until`` has a zone exactly where the moments it is held against have one.
    """

    open: bool
    until: datetime


def written(spans: Spans) -> list[str]:
    """Opening times as ``line.yaml`` has them."""
    return [f"{start:%H:%M}-{as_end(end)}" for start, end in spans]


def as_end(end: time) -> str:
    """An end as people write it: midnight is that of its own day."""
    return "24:00" if end == MIDNIGHT else f"{end:%H:%M}"


def in_order(spans: Spans) -> bool:
    """Whether these follow one another through the day, none over the next."""
    return all(MIDNIGHT < end <= start for (_, end), (start, _) in pairwise(spans))


def is_open(hours: Hours, now: datetime, override: Override | None = None) -> bool:
    """True from the opening minute up to, not including, the closing minute, London time."""
    if override and _holds(override, now):
        return override.open
    moment = _instant(now)
    return any(start <= moment < end for start, end in instants(hours, now.date(), now.tzinfo))


def next_opening(hours: Hours, now: datetime, override: Override | None = None) -> datetime | None:
    """The first opening after ``now``, in the zone of ``now``; None if there is none in 60 days.

    After a time set closed by hand it is the end of that time, where the hours are then open.
    """
    since = _since(now, override)
    closed_by_hand = override is not None and not override.open and _holds(override, now)
    for start, end in _periods(hours, since):
        if closed_by_hand and start <= _instant(since) < end:
            return _near(since, now)
        if start > _instant(since):
            return _near(start, now)
    return None


def next_closing(hours: Hours, now: datetime, override: Override | None = None) -> datetime | None:
    """When an open line closes, in the zone of ``now``; None if it is closed.

    Also None where it does not close in 60 days.
    """
    if not is_open(hours, now, override):
        return None
    since = _since(now, override)
    for start, end in _periods(hours, since):
        if start <= _instant(since) < end:
            return _near(end, now)
    return _near(since, now)


def _holds(override: Override, now: datetime) -> bool:
    return _instant(now) < _instant(override.until)


def _since(now: datetime, override: Override | None) -> datetime:
    """From when on the hours count, in the zone of ``now``."""
    if override and _holds(override, now):
        return _like(override.until, now)
    return now


def _near(moment: datetime, now: datetime) -> datetime | None:
    found = _like(moment, now)
    return found if found.date() < now.date() + LOOK_AHEAD_DAYS * DAY else None


def _periods(hours: Hours, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From the day of ``since`` on, when the line is open; what touches is one, past midnight."""
    held: tuple[datetime, datetime] | None = None
    for ahead in range(LOOK_AHEAD_DAYS):
        for start, end in instants(hours, since.date() + ahead * DAY, since.tzinfo):
            if held and held[1] == start:
                held = held[0], end
                continue
            if held:
                yield held
            held = start, end
    if held:
        yield held


def instants(hours: Hours, day: date, zone: tzinfo | None) -> Iterator[tuple[datetime, datetime]]:
    """The opening times of one day as instants. One that falls in the missing hour is left out."""
    for start, end in hours.spans(day):
        began = _moment(day, start, zone)
        ended = _moment(day + DAY if end == MIDNIGHT else day, end, zone)
        if began < ended:
            yield began, ended


def _moment(day: date, at: time, zone: tzinfo | None) -> datetime:
    """The instant at which a clock first shows this time, or the next that it does show."""
    wall = datetime.combine(day, at, tzinfo=zone)
    # Two of one zone are the same where a clock shows the same: a missing time comes back another.
    while _like(_instant(wall), wall) != wall:
        wall += MINUTE
    return _instant(wall)


def _instant(moment: datetime) -> datetime:
    """The moment in UTC, as two of one zone are compared by what a clock shows."""
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _like(moment: datetime, now: datetime) -> datetime:
    """The moment in the zone of ``now``."""
    return moment.astimezone(now.tzinfo) if now.tzinfo else moment


def later(hours: Hours, now: datetime, working: timedelta) -> datetime:
    """The moment after so much time in which the line is open; without such, that time later."""
    left = working
    for start, end in _periods(hours, now):
        begun = max(start, _instant(now))
        if end - begun >= left:
            return _like(begun + left, now)
        left -= max(end - begun, timedelta())
    return now + working
