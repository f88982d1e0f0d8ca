"""Ring groups: who answers callers, in which order, and on which days and hours.

Owns who is on duty at a moment. Knows advisers by name only: their telephone numbers are settings
and stand nowhere else. Pure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ivr.line.hours import Hours, Override, is_open, next_opening
from ivr.line.tongues import speaks

RING_SECONDS = 25
"""How long a telephone rings before the next one does."""
TALK_SECONDS = 3_600
"""How long a talk with an adviser may last before Twilio ends it."""
MOST_LOOKS = 200
"""Openings that are looked at for the next one at which somebody is on duty."""
Rings = tuple[tuple[str, ...], ...]
"""Whom to ring, one group after another."""


@dataclass(frozen=True, slots=True)
class Adviser:
    """Someone who answers, by the name that the settings know. ``hours``: None for always.

    ``languages``: those they speak beside the line's first one, as staff have written them.
    """

    name: str
    hours: Hours | None = None
    languages: str = ""


@dataclass(frozen=True, slots=True)
class RingGroup:
    """Who answers callers. ``together``: all who are on duty are rung at once, else one by one.

    ``most``: so many callers at once, so that information still flows when many ask (fault M4).
    """

    advisers: tuple[Adviser, ...]
    together: bool = False
    most: int = 3

    def on_duty(self, now: datetime) -> tuple[str, ...]:
        """The names of those who answer at this moment, London time, in their order."""
        return tuple(
            each.name for each in self.advisers if each.hours is None or is_open(each.hours, now)
        )

    def rings(self, now: datetime) -> Rings:
        """Whom to ring, one group after another; empty when nobody is on duty."""
        names = self.on_duty(now)
        if not names:
            return ()
        return (names,) if self.together else tuple((name,) for name in names)

    def speaking(self, lang: str) -> frozenset[str]:
        """The names of those who speak a language, whether or not they are on duty."""
        return frozenset(each.name for each in self.advisers if speaks(each.languages, lang))

    def answered(
        self, hours: Hours, now: datetime, override: Override | None = None
    ) -> datetime | None:
        """The next moment after ``now`` at which the line is open and somebody is on duty.

        None where there is none in the days that are looked at.
        """
        moment = now
        for _ in range(MOST_LOOKS):
            begins = [next_opening(hours, moment, override)]
            begins += [next_opening(each.hours, moment) for each in self.advisers if each.hours]
            following = min((each for each in begins if each), default=None)
            if following is None:
                return None
            moment = following
            if is_open(hours, moment, override) and self.on_duty(moment):
                return moment
        return None


def speakers_first(rings: Rings, speakers: Collection[str]) -> Rings:
    """The same people, those who speak the caller's language first.

    One after another in their order; of those who ring together, the speakers first and alone.
    """
    split = [
        tuple(name for name in group if (name in speakers) is wanted)
        for wanted in (True, False)
        for group in rings
    ]
    return tuple(filter(None, split))
