"""The worker's own round, once a minute: a test call, and what it found, written down.

Owns when it is made and who is told: a fault that is seen twice is told to staff once, by mail, and
its end once; so is what a person must act on within a day, without its end. The rows of heartbeats
remember what was told, so a restart tells nothing twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ivr.health import doctor
from ivr.health.doctor import OUTSIDE, OUTSIDE_LOOK, Checkup, Diagnosis, Health
from ivr.health.doctor.inside import ACCOUNT
from ivr.health.doctor.needs import need
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
LOOKS = "look:"
"""How the heartbeats begin of what is to look at: where it becomes bad, that is told besides."""

AT_ONCE = frozenset({ACCOUNT})
"""Faults that are no passing trouble: told when they are seen for the first time."""

WITHIN_A_DAY = frozenset(
    {"recordings", "rota", "texts", "limits", "bank-holidays", "advice", "edition",
     "refusals", "backup"}
)  # fmt: skip
"""What somebody must act on within a day, also while it is only to look at."""

Tell = Callable[[str, str], None]


class Watch:
    """Looks at the line from the worker. ``checkup()`` gives it as it is; ``tell`` mails staff;
    ``base_url`` is where the staff pages are."""

    def __init__(
        self, checkup: Callable[[], Checkup], beats: Heartbeats, tell: Tell, base_url: str = ""
    ) -> None:
        self._checkup = checkup
        self._beats = beats
        self._tell = tell
        self._base_url = base_url
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
            self._beats.beat(OUTSIDE_LOOK + each.name, now, each.state is not Health.LOOK)

    def _alert(self, found: list[Diagnosis], now: datetime) -> None:
        """Tell of what needs somebody, seen twice in a row, and of faults that have ended."""
        before = self._beats.all()
        needed = {_key(each): each for each in found if _to_tell(each)}
        for key, each in needed.items():
            twice = key in AT_ONCE or _open(before.get(SEEN + key))
            if twice and not _open(before.get(TOLD + key)):
                self._tell(f"Advice line: {each.says}", _words(each, self._base_url))
                self._beats.beat(TOLD + key, now, good=False, says=each.says)
            self._beats.beat(SEEN + key, now, good=False, says=each.says)
        looked_at = {_about(each.name) for each in found}
        for name in [each for each in before if each.startswith(SEEN)]:
            key = name.removeprefix(SEEN)
            if key not in needed and _about(key.removeprefix(LOOKS)) in looked_at:
                self._end(key, before, now)

    def _end(self, key: str, before: Mapping[str, Beat], now: datetime) -> None:
        """It is over. The end of a fault is told, where the fault was."""
        if _open(before.get(SEEN + key)):
            self._beats.beat(SEEN + key, now)
        if _open(told := before.get(TOLD + key)) and told:
            if not key.startswith(LOOKS):
                self._tell(f"Advice line: {ENDED}", f"This has ended: {told.says}\n")
            self._beats.beat(TOLD + key, now)


def _to_tell(each: Diagnosis) -> bool:
    soon = each.state is Health.LOOK and _about(each.name) in WITHIN_A_DAY
    return soon or each.state is Health.BAD


def _about(name: str) -> str:
    """What a finding is about: ``limits`` for one of them, ``limits:3``."""
    return name.partition(":")[0]


def _key(each: Diagnosis) -> str:
    return each.name if each.state is Health.BAD else LOOKS + each.name


def _words(each: Diagnosis, base_url: str) -> str:
    """What to do: in words for a manager, then for whoever runs the server."""
    needed = need(each)
    page = f"{base_url}{needed.page}\n" if needed.page else ""
    return f"{needed.says}\n\n{needed.do}\n{page}\nFor whoever runs the server: {each.do}\n"


def _open(beat: Beat | None) -> bool:
    """Whether this was bad when it was last written down."""
    return beat is not None and not beat.good
