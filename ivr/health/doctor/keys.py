"""Whether callers' keys arrive: the share of calls without any, over days.

Owns the rule by which a rise is told of. It is worked out from the counts of each day alone, in
which no call can be found; what is said of them is as coarse as on the pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ivr.health.doctor.checkup import Checkup
from ivr.health.doctor.finding import Diagnosis, bad, good
from ivr.line.statistics import share

NAME = "keys"
NOW, BEFORE = timedelta(days=7), timedelta(days=28)
"""The last seven whole days, and the four weeks before them."""
LEAST_NOW, LEAST_BEFORE = 20, 60
"""Calls below which nothing is said: a quiet line must not alarm."""
LEAST_RISE = 0.1
"""One call in ten more than before."""
MORE_THAN_CHANCE = 3
"""Standard deviations: chance alone brings as many once in some years of weeks."""
DO = (
    "Ring the line from a mobile and from a home phone, and press 2. Then see "
    "docs/keys-not-working.md: what callers can try, and what advisers can say."
)


class Keyless(NamedTuple):
    """How many calls came without any key, of those of which it is known."""

    calls: int
    of: int

    def __str__(self) -> str:
        hundred = share(self.calls, self.of)
        return "hardly any" if hundred is None else f"{hundred} in 100"


def keys(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether more calls than before come without any key."""
    last = checkup.now.date() - timedelta(days=1)
    now = _keyless(checkup, last - NOW + timedelta(days=1), last)
    before = _keyless(checkup, last - NOW - BEFORE + timedelta(days=1), last - NOW)
    if now.of < LEAST_NOW or before.of < LEAST_BEFORE:
        yield good(NAME, "There were too few calls to tell whether callers' keys arrive.")
        return
    seen = f"calls without a key: {now} in the last 7 days, {before} in the 4 weeks before."
    if risen(now, before):
        yield bad(NAME, f"More {seen} The keys of some callers may not reach the line.", DO)
    else:
        yield good(NAME, seen[:1].upper() + seen[1:])


def risen(now: Keyless, before: Keyless) -> bool:
    """Whether there are more than before: by one in ten, and by more than chance would bring."""
    # One more call of each kind: where there was none, there is still a chance of one.
    usual = (before.calls + 1) / (before.of + 2)
    chance = MORE_THAN_CHANCE * math.sqrt(now.of * usual * (1 - usual))
    return now.calls - now.of * usual >= max(LEAST_RISE * now.of, chance)


def _keyless(checkup: Checkup, first: date, last: date) -> Keyless:
    found = checkup.kept.statistics.sums(("keyed", "keyless"), first, last)
    return Keyless(found.get("keyless", 0), sum(found.values()))
