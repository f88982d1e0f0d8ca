"""Looks at the whole line and says in plain words what is right, what is wrong, and what to do.

Owns the order of what is looked at. ``inside`` takes moments and asks no network; ``outside``
asks the public address, the carrier and the mail server.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Iterator

from ivr.health.doctor import inside
from ivr.health.doctor.finding import Diagnosis, Health, bad, worst
from ivr.health.doctor.room import Checkup
from ivr.store import StoreDownError

log = logging.getLogger(__name__)

Check = Callable[[Checkup], Iterator[Diagnosis]]
OUTSIDE = "outside:"
"""How the heartbeats begin in which the worker keeps what it saw from outside."""
BROKEN = "Write to whoever looks after the line, with the words above."

__all__ = [
    "Checkup",
    "Diagnosis",
    "Health",
    "from_here",
    "from_outside",
    "worst",
]


def from_here(room: Checkup) -> list[Diagnosis]:
    """What can be seen in a moment, without the network."""
    return list(_each(inside.CHECKS, room))


def from_outside(room: Checkup) -> list[Diagnosis]:
    """What only the network can tell; takes some seconds.

    What asks the network is loaded here: a twentieth of a second that the start of a line saves.
    """
    return list(_each(importlib.import_module("ivr.health.doctor.outside").CHECKS, room))


def _each(checks: Iterable[Check], room: Checkup) -> Iterator[Diagnosis]:
    """Every check is made, whatever became of the others."""
    for check in checks:
        try:
            yield from check(room)
        except StoreDownError:
            do = "See what is said of the database."
            yield bad(check.__name__, f"“{check.__name__}” needs the database.", do)
        except Exception as error:
            log.exception("a check failed")
            says = f"“{check.__name__}” could not be looked at: {type(error).__name__}."
            yield bad(check.__name__, says, BROKEN)
