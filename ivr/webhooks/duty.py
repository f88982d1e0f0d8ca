"""Who answers at this moment, and when next: worked out once a minute.

Owns how long that holds. Hours begin and end with a minute, so nothing changes within one; what
staff set by hand may end at any second, and is worked out anew at every step.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ivr.line.hours import Override, is_open
from ivr.line.model import Line


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether an adviser is there, when the next one is, and who is rung now. See Facts."""

    open: bool
    opens: datetime | None
    rings: tuple[tuple[str, ...], ...]


class Duties:
    """Knows which advisers have a number in the settings: only these are ever rung (M3)."""

    def __init__(self, advisers: Collection[str]) -> None:
        self._advisers = advisers
        self._last: tuple[Line, datetime, int, Duty] | None = None

    def at(self, line: Line, now: datetime, override: Override | None) -> Duty:
        """Who answers callers of ``line`` at ``now``, London time."""
        if override is not None:
            return self._worked_out(line, now, override)
        minute, last = now.replace(second=0, microsecond=0), self._last
        # In autumn a clock shows an hour twice, and two of one zone compare by what it shows.
        if last and last[0] is line and (last[1], last[2]) == (minute, now.fold):
            return last[3]
        duty = self._worked_out(line, now, None)
        self._last = line, minute, now.fold, duty
        return duty

    def _worked_out(self, line: Line, now: datetime, override: Override | None) -> Duty:
        services, rings = line.ring_groups["adviser"], self._rings(line, now)
        return Duty(
            open=bool(rings) and is_open(line.hours, now, override),
            opens=services.answered(line.hours, now, override) if self._advisers else None,
            rings=rings,
        )

    def _rings(self, line: Line, now: datetime) -> tuple[tuple[str, ...], ...]:
        """Who may be rung now, by name, one group after another."""
        groups = (
            tuple(name for name in group if name in self._advisers)
            for group in line.ring_groups["adviser"].rings(now)
        )
        return tuple(group for group in groups if group)
