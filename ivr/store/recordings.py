"""What callers recorded, on its way from the carrier to us: kept, fetched, deleted there.

Owns the row of each recording, which is the truth. What nobody asked to keep is due for deletion
at the carrier before the hour is over. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from ivr.seal import References
from ivr.store.database import Store, utc
from ivr.store.inbox import fresh_reference
from ivr.store.notices import Ways, announce
from ivr.store.tables import journal, recording

Purpose = Literal["message", "announcement"]
GRACE = timedelta(minutes=45)
"""How long a recording that nobody asked to keep stays at the carrier: well under an hour."""
LEASE = timedelta(seconds=60)
"""How long one worker has a row to itself: longer than fetching and deleting may take."""
OPEN = ("unkept", "dropping", "kept", "fetched")
"""States in which there is still something to do. Then: cleared, dropped or failed.

What is ``dropping`` is being deleted, and cannot be kept any more."""


@dataclass(frozen=True, slots=True)
class Work:
    """A recording to see to now. ``tries`` counts this one."""

    sid: str
    purpose: Purpose
    status: str
    tries: int
    since: datetime


class Recordings:
    """The recordings in the database."""

    def __init__(
        self, store: Store, references: References, ways: Ways = (), lease: timedelta = LEASE
    ) -> None:
        self._store = store
        self._references = references
        self._ways = ways
        self._lease = lease

    def keep(
        self,
        call_sid: str,
        sid: str,
        now: datetime,
        purpose: Purpose = "message",
        about: str = "",
        lang: str = "",
        seconds: int = 0,
    ) -> bool:
        """Keep a recording; False where it has been deleted already. Raises StoreDownError."""
        now = now.astimezone(UTC)
        values = {"status": "kept", "kept_at": now, "next_at": now, "purpose": purpose}
        values |= {"about": about, "lang": lang, "seconds": seconds}
        with self._store.write() as connection:
            status = _status(connection, sid)
            if status is None:
                _insert(connection, sid, self._references.call(call_sid), now, values)
            elif status == "unkept":
                connection.execute(update(recording).where(recording.c.sid == sid).values(values))
            return status not in ("dropping", "dropped", "failed")

    def kept_in(self, call_sid: str, besides: str) -> int:
        """How many messages of this call are kept, ``besides`` this one. Raises StoreDownError."""
        own = recording.c.call_ref == self._references.call(call_sid)
        other = and_(recording.c.purpose == "message", recording.c.sid != besides)
        kept = and_(own, other, recording.c.kept_at.is_not(None))
        with self._store.read() as connection:
            query = select(func.count()).select_from(recording).where(kept)
            return connection.execute(query).scalar_one()

    def note(self, call_sid: str, sids: Iterable[str], made: datetime) -> None:
        """Recordings there are, which nobody has asked to keep so far. Known ones stay as they are.

        Raises StoreDownError.
        """
        made = made.astimezone(UTC)
        ref = self._references.call(call_sid)
        with self._store.write() as connection:
            for sid in sids:
                if _status(connection, sid) is None:
                    _insert(connection, sid, ref, made, {"next_at": made + GRACE})

    def due(self, now: datetime, most: int = 100) -> list[tuple[str, int]]:
        """Recordings to see to now, the longest waiting first: each id with its tries so far."""
        query = select(recording.c.sid, recording.c.tries).where(_free(now))
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(recording.c.next_at).limit(most))
            return [(row.sid, row.tries) for row in rows]

    def claim(self, sid: str, now: datetime) -> Work | None:
        """Take one for this worker alone; None when another has it or nothing is left to do."""
        own = recording.c.sid == sid
        taken = update(recording).where(and_(own, _free(now)))
        until = now + self._lease
        changes = {"tries": recording.c.tries + 1, "lease_until": until, "next_at": until}
        with self._store.write() as connection:
            if connection.execute(taken.values(changes)).rowcount != 1:
                return None
            unkept = and_(own, recording.c.status == "unkept")
            connection.execute(update(recording).where(unkept).values(status="dropping"))
            row = connection.execute(select(recording).where(own)).one()
        return Work(row.sid, row.purpose, row.status, row.tries, utc(row.kept_at or row.made_at))

    def fetched(self, sid: str, sealed: bytes | None, now: datetime) -> None:
        """Its sound is here. Staff are told of a message in the same breath."""
        values = {"status": "fetched", "sealed": sealed, "next_at": now, "lease_until": None}
        fresh = and_(recording.c.sid == sid, recording.c.status == "kept")
        with self._store.write() as connection:
            if connection.execute(update(recording).where(fresh).values(values)).rowcount != 1:
                return
            _announce(connection, sid, self._ways, now)

    def gone(self, sid: str) -> None:
        """It has been deleted at the carrier: what was fetched is cleared, the rest is dropped."""
        with self._store.write() as connection:
            dropped = and_(recording.c.sid == sid, recording.c.status == "dropping")
            cleared = and_(recording.c.sid == sid, recording.c.status == "fetched")
            connection.execute(update(recording).where(dropped).values(_end("dropped")))
            connection.execute(update(recording).where(cleared).values(_end("cleared")))

    def later(self, sid: str, at: datetime, error: str) -> None:
        """Not now: try again at ``at``."""
        self._set(sid, {"next_at": at, "lease_until": None, "error": error[:32]})

    def failed(self, sid: str, error: str, now: datetime) -> None:
        """It cannot be fetched: the carrier has no such recording. Staff are told, as of others."""
        values = {**_end("failed"), "error": error[:32]}
        fresh = and_(recording.c.sid == sid, recording.c.status == "kept")
        with self._store.write() as connection:
            if connection.execute(update(recording).where(fresh).values(values)).rowcount == 1:
                _announce(connection, sid, self._ways, now)

    def ours(self, found: Mapping[str, str]) -> list[str]:
        """Which of these recordings, each with the call it was made in, are of this line's calls.

        Raises StoreDownError.
        """
        refs = {sid: self._references.call(call) for sid, call in found.items() if call}
        known = select(journal.c.call_ref).where(journal.c.call_ref.in_(set(refs.values())))
        with self._store.read() as connection:
            calls = set(connection.execute(known).scalars())
        return [sid for sid, ref in refs.items() if ref in calls]

    def _set(self, sid: str, values: dict[str, object]) -> None:
        with self._store.write() as connection:
            connection.execute(update(recording).where(recording.c.sid == sid).values(values))


def _announce(connection: Connection, sid: str, ways: Ways, now: datetime) -> None:
    """Have staff told of a message; not of an announcement."""
    purpose = select(recording.c.purpose).where(recording.c.sid == sid)
    if connection.execute(purpose).scalar() == "message":
        announce(connection, "message", sid, ways, now)


def _end(status: str) -> dict[str, object]:
    return {"status": status, "lease_until": None}


def _free(now: datetime) -> ColumnElement[bool]:
    """Something to do, due, and in no worker's hands."""
    unleased = or_(recording.c.lease_until.is_(None), recording.c.lease_until <= now)
    return and_(recording.c.status.in_(OPEN), recording.c.next_at <= now, unleased)


def _status(connection: Connection, sid: str) -> str | None:
    return connection.execute(select(recording.c.status).where(recording.c.sid == sid)).scalar()


def _insert(
    connection: Connection, sid: str, ref: str, made: datetime, values: dict[str, object]
) -> None:
    row: dict[str, object] = {
        "sid": sid,
        "purpose": "message",
        "call_ref": ref,
        "reference": fresh_reference(connection, {"sid": sid}),
        "about": "",
        "lang": "",
        "seconds": 0,
        "status": "unkept",
        "made_at": made,
        "tries": 0,
        "next_at": made,
        "error": "",
    }
    connection.execute(insert(recording).values({**row, **values}))
