"""What staff set by hand, open or closed and today's announcement; and the day's totals.

Owns the rows of the live settings, and the copy that callers are answered from: a caller never
waits for the database. Times are UTC.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, select

from ivr.line.call import Totals
from ivr.line.hours import Override
from ivr.line.roster import Roster
from ivr.line.statistics import CountKey
from ivr.store.advisers import IN_ORDER, TOGETHER, Advisers
from ivr.store.database import Kept, StoreDownError
from ivr.store.draft_numbers import DraftNumbers
from ivr.store.inbox import how_many_wait
from ivr.store.rows import count, put
from ivr.store.spells import Spell
from ivr.store.statistics import bounds, counts_of
from ivr.store.tables import journal, live_settings

log = logging.getLogger(__name__)

Name = Literal["hours", "announcement", "clock", "ring"]
USUAL = "usual"
"""The value of ``hours`` when nothing is set by hand."""
LOOK_EVERY = 2.0
"""Seconds between two looks at the live settings: so late a caller may hear of a change."""
ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Post:
    """One of the live settings. ``until``: None where nothing is set; ``by``: see LiveSettings."""

    value: str
    until: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class CurrentSettings:
    """The live settings as read. Each question is for a moment, as what is set may be over."""

    posts: Mapping[str, Post] = field(default_factory=dict)

    def post(self, name: Name, now: datetime) -> Post | None:
        """What holds under this name at ``now``."""
        post = self.posts.get(name)
        return post if post and post.until and now < post.until else None

    def override(self, now: datetime) -> Override | None:
        """Open or closed by hand; None where the usual hours hold."""
        post = self.post("hours", now)
        return Override(post.value == "open", post.until) if post and post.until else None

    def announcement(self, now: datetime) -> str:
        """The id of the announcement's sound, or empty."""
        post = self.post("announcement", now)
        return post.value if post else ""

    @property
    def ahead(self) -> timedelta:
        """How far the line's clock is ahead of the real one: never but in a demo."""
        post = self.posts.get("clock")
        return timedelta(seconds=int(post.value)) if post else timedelta()


class LiveSettings(Kept):
    """The live settings in the database. ``by``: a staff number or a staff account."""

    def standing(self) -> CurrentSettings:
        """Everything that is set, without its sounds. Raises StoreDownError."""
        set_ = live_settings.c
        rows = self._store.rows(select(set_.name, set_.value, set_.until, set_.set_by))
        return CurrentSettings({name: Post(*post) for name, *post in rows})

    def hours(self, now: datetime) -> Override | None:
        """See CurrentSettings.override. Raises StoreDownError."""
        return self.standing().override(now)

    def announcement(self, now: datetime) -> str:
        """See CurrentSettings.announcement. Raises StoreDownError."""
        return self.standing().announcement(now)

    def set_hours(self, open: bool, until: datetime, by: str, now: datetime) -> None:
        """Open or close the line by hand up to ``until``. Raises StoreDownError."""
        self._set("hours", Post("open" if open else "closed", until, by), now)

    def usual_hours(self, by: str, now: datetime) -> None:
        """Nothing is set by hand any more. Raises StoreDownError."""
        self._set("hours", Post(USUAL, None, by), now)

    def announce(self, sound: bytes, until: datetime, by: str, now: datetime) -> bool:
        """Put up an MP3 that was kept at ``now``. Raises StoreDownError.

        False, and nothing is changed, where one that was kept later stands there, or one was taken
        away later: sounds may arrive late, and in any order.
        """
        name = hashlib.sha256(sound).hexdigest()[:ID_LENGTH]
        since = select(live_settings.c.set_at).where(live_settings.c.name == "announcement")
        with self._store.write() as connection:
            before = connection.execute(since).scalar()
            if before and before > now:
                return False
            _put(connection, "announcement", Post(name, until, by), now, sound)
        return True

    def withdraw(self, by: str, now: datetime) -> None:
        """Take the announcement away. Raises StoreDownError."""
        self._set("announcement", Post("", None, by), now)

    def _set(self, name: Name, post: Post, now: datetime) -> None:
        with self._store.write() as connection:
            _put(connection, name, post, now)

    def set_ring(self, together: bool, by: str, now: datetime) -> None:
        """Ring all advisers who are on at once, or one after another. Raises StoreDownError."""
        self._set("ring", Post(TOGETHER if together else IN_ORDER, None, by), now)

    def set_clock(self, ahead: timedelta, now: datetime) -> None:
        """Put a demo's clock so far ahead; a negative time: behind. Raises StoreDownError."""
        seconds = str(math.ceil(ahead.total_seconds()))
        with self._store.write() as connection:
            _put(connection, "clock", Post(seconds, None, ""), now)

    def sound(self, name: str) -> bytes | None:
        """The MP3 of this id; None when it is no longer there. Raises StoreDownError."""
        query = select(live_settings.c.sound).where(
            live_settings.c.name == "announcement", live_settings.c.value == name
        )
        return self._store.value(query)

    def totals(self, day: date) -> Totals:
        """The numbers of a London day, by the rule of the statistics, and what waits now.

        Raises StoreDownError.
        """
        with self._store.read() as connection:
            told, waits = counts_of(connection, day), how_many_wait(connection)
            return Totals(
                calls=told[CountKey("calls")],
                heard=told[CountKey("heard-any")],
                talks=told[CountKey("talked")],
                texts=count(connection, journal, _noted(day, "text"), journal.c.detail == "queued"),
                callbacks=waits["callback"],
                messages=waits["message"],
            )


class LiveSettingsCopy:
    """The live settings as last read with success. Reading them never waits and never fails."""

    def __init__(
        self,
        live_settings: LiveSettings,
        advisers: Advisers | None = None,
        draft_numbers: DraftNumbers | None = None,
    ) -> None:
        self._live_settings = live_settings
        self._advisers = advisers
        self._draft_numbers = draft_numbers
        self.hear_the_draft: frozenset[str] = frozenset()
        self.roster = advisers.usual if advisers else Roster()
        self.numbers: Mapping[str, str] = self.roster.numbers
        self._standing = CurrentSettings()
        self._sounds: dict[str, bytes] = {}
        self._trouble = Spell(log)
        self._stop = threading.Event()
        self.look()

    def override(self, now: datetime) -> Override | None:
        """See CurrentSettings.override."""
        return self._standing.override(now)

    def announcement(self, now: datetime) -> str:
        """See CurrentSettings.announcement. Only one whose sound is at hand."""
        name = self._standing.announcement(now)
        return name if name in self._sounds else ""

    @property
    def ahead(self) -> timedelta:
        """See CurrentSettings.ahead."""
        return self._standing.ahead

    def sound(self, name: str) -> bytes | None:
        """The MP3 of an announcement: kept here, the one before it too, or still to be read.

        None where there is none, or the database is away.
        """
        if name in self._sounds:
            return self._sounds[name]
        try:
            return self._live_settings.sound(name)
        except StoreDownError:
            return None

    def look(self) -> None:
        """Copy the live settings; while the database is away the last copy holds."""
        try:
            standing = self._live_settings.standing()
            self._fetch(standing)
            self._standing = standing
            if self._advisers:
                self._take(self._advisers.roster())
            if self._draft_numbers:
                self.hear_the_draft = frozenset(each.number for each in self._draft_numbers.all())
        except StoreDownError as error:
            says = "the live settings cannot be read (%s); what was set by hand before still holds"
            self._trouble.begins(says, error)
        else:
            self._trouble.ends("the live settings can be read again")

    def _take(self, roster: Roster) -> None:
        """Ring these from now on. Who was there before is known: a call may be ringing them."""
        if roster != self.roster:
            self.numbers = {**roster.numbers, **self.roster.numbers, **roster.numbers}
            self.roster = roster

    def _fetch(self, standing: CurrentSettings) -> None:
        """Have the sound of the announcement before it is given out; the last one stays."""
        post = standing.posts.get("announcement")
        if post is None or not post.value or post.value in self._sounds:
            return
        sound = self._live_settings.sound(post.value)
        if sound is not None:
            last = dict(list(self._sounds.items())[-1:])
            self._sounds = {**last, post.value: sound}

    def watch(self) -> None:
        """Look at the live settings now and again, in the background, until ``close``."""
        threading.Thread(target=self._watch, name="live_settings", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(LOOK_EVERY)


def _put(
    connection: Connection, name: Name, post: Post, now: datetime, sound: bytes | None = None
) -> None:
    """Replace a row of the live settings."""
    row = {"value": post.value, "until": post.until, "sound": sound}
    row |= {"set_at": now, "set_by": post.by}
    put(connection, live_settings, {"name": name}, row)


def _noted(day: date, event: str) -> ColumnElement[bool]:
    """Notes of one event on a London day."""
    begin, end = bounds(day)
    return and_(journal.c.event == event, journal.c.at >= begin, journal.c.at < end)
