"""The rota: who is on at each hour of the days to come, and where nobody is.

Owns the sums, exact to the minute: a gap of ten minutes is a gap. Takes London times. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from itertools import pairwise

from ivr.line.hours import DAY, Hours, instants
from ivr.line.ring_groups import RingGroup


@dataclass(frozen=True, slots=True)
class Shift:
    """A time of one day in which the line is open and the same people are on; a gap: nobody."""

    start: datetime
    end: datetime
    on: tuple[str, ...]


def shifts(hours: Hours, group: RingGroup, day: date, zone: tzinfo | None) -> list[Shift]:
    """The opening times of one day, divided where somebody begins or ends."""
    opened = list(instants(hours, day, zone))
    own = [each.hours for each in group.advisers if each.hours]
    edges = {edge for each in (hours, *own) for span in instants(each, day, zone) for edge in span}
    found: list[Shift] = []
    for start, end in pairwise(sorted(edges)):
        if not any(begun <= start < ended for begun, ended in opened):
            continue
        begins = start.astimezone(zone) if zone else start
        made = Shift(begins, end.astimezone(zone) if zone else end, group.on_duty(begins))
        if found and (found[-1].on, _instant(found[-1].end)) == (made.on, start):
            made = replace(made, start=found.pop().start)
        found.append(made)
    return found


def gaps(hours: Hours, group: RingGroup, since: datetime, days: int) -> Iterator[Shift]:
    """Times in which the line is open and nobody is on, from ``since`` on; what is over is not."""
    for ahead in range(days):
        for shift in shifts(hours, group, since.date() + ahead * DAY, since.tzinfo):
            if not shift.on and _instant(shift.end) > _instant(since):
                yield shift


def _instant(moment: datetime) -> datetime:
    """In UTC where there is a zone: in autumn a clock shows an hour twice."""
    return moment.astimezone(UTC) if moment.tzinfo else moment
