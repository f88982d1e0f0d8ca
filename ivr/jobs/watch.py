"""The worker's own round, once a minute: a test call, and what it found, written down.

Owns when it is made and who is told: a fault that is seen twice is told to staff once, by mail, and
its end once. The rows of heartbeats remember what was told, so a restart tells nothing twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from ivr.health import doctor
from ivr.health.doctor import OUTSIDE, Checkup, Diagnosis, Health
from ivr.health.doctor.inside import ACCOUNT
from ivr.health.doctor.testcall import TestCallError, ring
from ivr.store import StoreDownError
from ivr.store.heartbeats import Beat, Heartbeats

log = logging.getLogger(__name__)

EVERY = 60
"""Seconds between two rounds: so a dead line is told within three minutes (SEE-4)."""
OUTSIDE_EVERY = 60
"""Rounds between two looks at certificate, carrier and mail server."""
FIRST_AFTER = 5
"""Seconds before the first round: the web side starts in the same moment."""
AWAY = "The database is away. Calls go on; texts and messages are refused."
ENDED = "it is well again"
TOLD = "told:"
SEEN = "seen:"

AT_ONCE = frozenset({ACCOUNT})
"""Faults that are no passing trouble: told when they are seen for the first time."""

Tell = Callable[[str, str], None]


class Watch:
    """Looks at the line from the worker. ``checkup()`` gives it as it is; ``tell`` mails staff."""

    def __init__(self, checkup: Callable[[], Checkup], beats: Heartbeats, tell: Tell) -> None:
        self._checkup = checkup
        self._beats = beats
        self._tell = tell
        self._round = 0
        self._away = False

    def run(self, stop: threading.Event, first: float = FIRST_AFTER, every: float = EVERY) -> None:
        """A round after ``first`` seconds and then ``every`` so many, until ``stop``."""
        wait = first
        while not stop.wait(wait):
            wait = every
            try:
                self.round(datetime.now(UTC))
            except StoreDownError:
                self._database_away()
            else:
                self._database_there()

    def _database_there(self) -> None:
        """Told where it was told that it is away."""
        if self._away:
            self._away = False
            log.warning("the round can be written down again: the database is there")
            self._tell(f"Advice line: {ENDED}", f"This has ended: {AWAY}\n")

    def _database_away(self) -> None:
        """Told at once, and once: there is nowhere to write down that it was told."""
        if not self._away:
            self._away = True
            log.error("the round could not be written down: the database is away")
            self._tell(f"Advice line: {AWAY}", f"{AWAY}\n\nSee DATABASE_URL and its server.\n")

    def round(self, now: datetime) -> None:
        """One round. Raises StoreDownError where nothing could be written down."""
        checkup = self._checkup()
        self._beats.beat("worker", now)
        self._ring(checkup, now)
        found = doctor.from_here(checkup)
        if self._round % OUTSIDE_EVERY == 0:
            outside = doctor.from_outside(checkup)
            self._keep(outside, now)
            found += outside
        self._round += 1
        self._alert(found, now)

    def _ring(self, checkup: Checkup, now: datetime) -> None:
        try:
            ring(checkup)
        except TestCallError as error:
            log.error("the test call failed: %s", error)
            self._beats.beat("test-call", now, good=False, says=str(error))
        else:
            self._beats.beat("test-call", now)

    def _keep(self, found: list[Diagnosis], now: datetime) -> None:
        """What only the worker sees is written down for the staff pages."""
        for each in found:
            self._beats.beat(OUTSIDE + each.name, now, each.state is not Health.BAD, each.says)

    def _alert(self, found: list[Diagnosis], now: datetime) -> None:
        """Tell of what is bad for the second time in a row, and of what has ended."""
        before = self._beats.all()
        faults = {each.name: each for each in found if each.state is Health.BAD}
        for name, each in faults.items():
            twice = name in AT_ONCE or _open(before.get(SEEN + name))
            if twice and not _open(before.get(TOLD + name)):
                self._tell(f"Advice line: {each.says}", f"{each.says}\n\n{each.do}\n")
                self._beats.beat(TOLD + name, now, good=False, says=each.says)
            self._beats.beat(SEEN + name, now, good=False, says=each.says)
        for name in {each.name for each in found} - faults.keys():
            if _open(before.get(SEEN + name)):
                self._beats.beat(SEEN + name, now)
            if _open(told := before.get(TOLD + name)) and told:
                self._tell(f"Advice line: {ENDED}", f"This has ended: {told.says}\n")
                self._beats.beat(TOLD + name, now)


def _open(beat: Beat | None) -> bool:
    """Whether this was bad when it was last written down."""
    return beat is not None and not beat.good
