"""Looks at the whole line and says in plain words what is right, what is wrong, and what to do.

Owns the order of what is looked at. ``inside`` takes moments and asks no network; ``outside``
asks the public address, the carrier and the mail server.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from ivr.health.doctor import inside, outside
from ivr.health.doctor.checkup import Checkup
from ivr.health.doctor.finding import Diagnosis, Health, bad, worst
from ivr.store import StoreDownError

log = logging.getLogger(__name__)

Check = Callable[[Checkup], Iterator[Diagnosis]]
OUTSIDE = "outside:"
"""How the heartbeats begin in which the worker keeps what it saw from outside."""
OUTSIDE_LOOK = "looks:"
"""How those begin in which it keeps which of that is to look at."""
BROKEN = "Write to whoever looks after the line, with the words above."

__all__ = [
    "Checkup",
    "Diagnosis",
    "Health",
    "from_here",
    "from_outside",
    "worst",
]


def from_here(checkup: Checkup) -> list[Diagnosis]:
    """What can be seen in a moment, without the network."""
    return list(_each(inside.CHECKS, checkup))


def from_outside(checkup: Checkup) -> list[Diagnosis]:
    """What only the network can tell; takes some seconds."""
    return list(_each(outside.CHECKS, checkup))


def _each(checks: Iterable[Check], checkup: Checkup) -> Iterator[Diagnosis]:
    """Every check is made, whatever became of the others."""
    for check in checks:
        try:
            yield from check(checkup)
        except StoreDownError:
            do = "See what is said of the database."
            yield bad(check.__name__, f"“{check.__name__}” needs the database.", do)
        except Exception as error:
            log.exception("a check failed")
            says = f"“{check.__name__}” could not be looked at: {type(error).__name__}."
            yield bad(check.__name__, says, BROKEN)
