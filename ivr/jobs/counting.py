"""Counting what callers did, in the worker, every few minutes.

Owns when it is done. What is counted, and that a day can be counted twice, is the statistics' own.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from ivr.store import StoreDownError
from ivr.store.heartbeats import Heartbeats
from ivr.store.spells import Spell
from ivr.store.statistics import Statistics

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two counts: so late the pages may be."""
FIRST_AFTER = 15.0


def keep_counting(
    statistics: Statistics, beats: Heartbeats, stop: threading.Event, first: float = FIRST_AFTER
) -> None:
    """Count now and again until ``stop``. A database that is away is tried again later."""
    wait, away = first, Spell(log)
    while not stop.wait(wait):
        wait = EVERY
        now = datetime.now(UTC)
        try:
            statistics.count(now)
            beats.beat("counting", now)
        except StoreDownError:
            away.begins("callers are not counted: the database is away")
        else:
            away.ends("callers are counted again")
