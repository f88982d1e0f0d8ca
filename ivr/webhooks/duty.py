"""Who answers at this moment, and when next: worked out once a minute.

Owns how long that holds. Hours begin and end with a minute, so nothing changes within one; what
staff set by hand may end at any second, and is worked out anew at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.line.hours import Override, is_open
from ivr.line.model import Line
from ivr.line.ring_groups import Rings
from ivr.line.roster import Roster


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether an adviser is there, when next, who is rung now, and what they speak. See Facts."""

    open: bool
    opens: datetime | None
    rings: Rings
    speakers: frozenset[tuple[str, str]]


class Duties:
    """Only advisers who have a number are ever rung (M3). ``roster()``: all who have one."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster
        self._last: tuple[Line, Roster, datetime, int, Duty] | None = None

    def at(self, line: Line, now: datetime, override: Override | None) -> Duty:
        """Who answers callers of ``line`` at ``now``, London time."""
        roster = self._roster()
        if override is not None:
            return _worked_out(line, roster, now, override)
        minute, last = now.replace(second=0, microsecond=0), self._last
        # In autumn a clock shows an hour twice, and two of one zone compare by what it shows.
        if last and last[0] is line and last[1] is roster and last[2:4] == (minute, now.fold):
            return last[4]
        duty = _worked_out(line, roster, now, None)
        self._last = line, roster, minute, now.fold, duty
        return duty


def _worked_out(line: Line, roster: Roster, now: datetime, override: Override | None) -> Duty:
    group = roster.ring_group(line.ring_groups["adviser"])
    rings, on = group.rings(now), set(group.on_duty(now))
    return Duty(
        open=bool(rings) and is_open(line.hours, now, override),
        opens=group.answered(line.hours, now, override) if group.advisers else None,
        rings=rings,
        speakers=frozenset(
            (lang, name) for lang in line.offered[1:] for name in group.speaking(lang) & on
        ),
    )
