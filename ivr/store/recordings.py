"""What callers recorded, on its way from the carrier to us: kept, fetched, deleted there.

Owns the row of each recording, which is the truth. A message is kept from when we first hear of it,
by whomever; until its call has ended the caller alone can undo that. What is not to be kept is due
for deletion at the carrier before the hour is over. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, and_, func, insert, select, update

from ivr.secrets.seal import References
from ivr.store.callbacks import fresh_reference
from ivr.store.database import KeptByReference, Store, once_more
from ivr.store.leases import Leases
from ivr.store.notices import Ways, announce
from ivr.store.rows import as_rows, columns_of, count
from ivr.store.tables import journal, recording

Purpose = Literal["message", "announcement"]
Outcome = Literal["kept", "gone", "full"]
GRACE = timedelta(minutes=45)
"""How long a recording that is not to be kept stays at the carrier: well under an hour."""
HOLD = timedelta(minutes=10)
"""How long a message is held back for its caller, where nobody tells us that the call has ended:
longer than it takes to hear three minutes again and to choose."""
OPEN = ("held", "unkept", "dropping", "kept", "fetched")
"""States in which there is still something to do. Then: cleared, dropped or failed.

What is ``held`` is kept, and not handed to staff yet; what is ``dropping`` is being deleted, and
cannot be kept any more."""
WHEN_DUE = {"unkept": "dropping", "held": "kept"}
"""What becomes of a state whose time is over, when a worker takes it."""
MOST_MESSAGES = 3
"""Messages that are kept of one call: what one person can want to say, and no flood."""
COUNTED = ("held", "kept", "fetched", "cleared", "failed")
"""States of what is kept of a call."""
LEASES = Leases(recording, lambda now: recording.c.status.in_(OPEN))


@dataclass(frozen=True, slots=True)
class Work:
    """A recording to see to now. ``tries`` counts this one."""

    sid: str
    purpose: Purpose
    status: str
    tries: int
    since: datetime


class Recordings(KeptByReference):
    """The recordings in the database."""

    def __init__(self, store: Store, references: References, ways: Ways = ()) -> None:
        super().__init__(store, references)
        self._ways = ways

    def keep(
        self, call_sid: str, sid: str, now: datetime, instead: str = "", /, **known: str | int
    ) -> Outcome:
        """Keep a message; ``gone`` where its caller has deleted it, ``full`` where enough are kept.

        Staff are handed it once the call has ended, or after ``HOLD``. Told again, whatever is
        there stays as it is. ``instead``: an earlier one of its caller, dropped in the same breath.
        ``known``: about, lang and seconds. Raises StoreDownError.
        """
        ref, now = self._references.call(call_sid), now.astimezone(UTC)
        # We may be told of the same recording twice in one moment.
        return once_more(lambda: self._kept(ref, sid, now, instead, known))

    def _kept(
        self, ref: str, sid: str, now: datetime, instead: str, known: Mapping[str, str | int]
    ) -> Outcome:
        held = {"status": "held", "kept_at": now, "next_at": now + HOLD, **known}
        with self._store.write() as connection:
            status = _status(connection, sid)
            others = _others(connection, ref, (sid, instead))
            if status in (None, "unkept") and others >= MOST_MESSAGES:
                if status is None:
                    _insert(connection, sid, ref, now, {"next_at": now + GRACE})
                return "full"
            if status is None:
                _insert(connection, sid, ref, now, held)
            fresh = and_(recording.c.sid == sid, recording.c.status == "unkept")
            connection.execute(update(recording).where(fresh).values(held))
            if _status(connection, sid) not in COUNTED:
                return "gone"
            if instead:
                _drop(connection, instead, now)
            return "kept"

    def keep_announcement(self, call_sid: str, sid: str, now: datetime) -> bool:
        """Have what staff recorded for callers fetched; False where it has been deleted already.

        Raises StoreDownError.
        """
        values = {"status": "kept", "kept_at": now, "next_at": now, "purpose": "announcement"}
        with self._store.write() as connection:
            status = _status(connection, sid)
            if status is None:
                _insert(connection, sid, self._references.call(call_sid), now, values)
            elif status == "unkept":
                connection.execute(update(recording).where(recording.c.sid == sid).values(values))
            return status not in ("dropping", "dropped", "failed")

    def ended(self, call_sid: str, now: datetime) -> None:
        """The call is over: its messages are handed to staff. Raises StoreDownError."""
        own = recording.c.call_ref == self._references.call(call_sid)
        held = and_(own, recording.c.status == "held")
        handed = {"status": "kept", "next_at": now}
        if self._store.count(recording, held):
            self._store.change(update(recording).where(held).values(handed))

    def drop(self, call_sid: str, sid: str, now: datetime) -> None:
        """Its caller does not want it kept, wherever it is by now. Raises StoreDownError."""
        with self._store.write() as connection:
            if _status(connection, sid) is None:
                _insert(connection, sid, self._references.call(call_sid), now, {})
            _drop(connection, sid, now)

    def note(self, call_sid: str, sid: str, made: datetime, purpose: Purpose = "message") -> None:
        """A recording that is not to be kept as things are. A known one stays as it is.

        Raises StoreDownError.
        """
        made = made.astimezone(UTC)
        values = {"next_at": made + GRACE, "purpose": purpose}
        with self._store.write() as connection:
            if _status(connection, sid) is None:
                _insert(connection, sid, self._references.call(call_sid), made, values)

    def due(self, now: datetime, most: int = 100) -> list[tuple[str, int]]:
        """Recordings to see to now, the longest waiting first: each id with its tries so far."""
        return LEASES.due(self._store, now, most)

    def claim(self, sid: str, now: datetime) -> Work | None:
        """Take one for this worker alone; None when another has it or nothing is left to do."""
        own = recording.c.sid == sid
        since = func.coalesce(recording.c.kept_at, recording.c.made_at).label("since")
        with self._store.write() as connection:
            if not LEASES.claim(connection, sid, now):
                return None
            for waited, becomes in WHEN_DUE.items():
                over = and_(own, recording.c.status == waited)
                connection.execute(update(recording).where(over).values(status=becomes))
            query = select(*columns_of(Work, recording), since).where(own)
            (work,) = as_rows(Work, connection.execute(query))
            return work

    def fetched(self, sid: str, sealed: bytes | None, now: datetime) -> None:
        """Its sound is here. Staff are told of a message in the same breath."""
        self._told_of(sid, {**_end("fetched"), "sealed": sealed, "next_at": now}, now)

    def gone(self, sid: str) -> None:
        """It has been deleted at the carrier: what was fetched is cleared, the rest is dropped."""
        with self._store.write() as connection:
            for was, ends in (("dropping", "dropped"), ("fetched", "cleared")):
                own = and_(recording.c.sid == sid, recording.c.status == was)
                connection.execute(update(recording).where(own).values(_end(ends)))

    def later(self, sid: str, at: datetime, error: str) -> None:
        """Not now: try again at ``at``."""
        values = {"next_at": at, "lease_until": None, "error": error[:32]}
        self._store.change(update(recording).where(recording.c.sid == sid).values(values))

    def failed(self, sid: str, error: str, now: datetime) -> None:
        """It cannot be fetched: the carrier has no such recording. Staff are told, as of others."""
        self._told_of(sid, {**_end("failed"), "error": error[:32]}, now)

    def unknown(self, found: Mapping[str, str]) -> dict[str, str]:
        """Which of these recordings, each with its call, are callers' of this line and not known.

        Each with the language of its call. Raises StoreDownError.
        """
        refs = {sid: self._references.call(call) for sid, call in found.items() if call}
        with self._store.read() as connection:
            query = select(recording.c.sid).where(recording.c.sid.in_(refs))
            known = set(connection.execute(query).scalars())
            langs = _langs(connection, set(refs.values()))
        return {sid: langs[ref] for sid, ref in refs.items() if sid not in known and ref in langs}

    def _told_of(self, sid: str, values: Mapping[str, object], now: datetime) -> None:
        """Change what was to be fetched, and have staff told where it is a message."""
        fresh = and_(recording.c.sid == sid, recording.c.status == "kept")
        purpose = select(recording.c.purpose).where(recording.c.sid == sid)
        with self._store.write() as connection:
            if connection.execute(update(recording).where(fresh).values(values)).rowcount != 1:
                return
            if connection.execute(purpose).scalar() == "message":
                announce(connection, self._ways, now)


def _drop(connection: Connection, sid: str, now: datetime) -> None:
    """Have one deleted at the carrier, and forget what is known of it here."""
    values: dict[str, object] = {"status": "dropping", "sealed": None, "about": "", "done_at": now}
    values |= {"next_at": now, "lease_until": None}
    left = and_(recording.c.sid == sid, recording.c.status != "dropped")
    connection.execute(update(recording).where(left).values(values))


def _others(connection: Connection, call_ref: str, sids: Sequence[str]) -> int:
    """How many messages of a call are kept, besides these."""
    others = and_(recording.c.call_ref == call_ref, recording.c.sid.not_in(sids))
    kept = and_(recording.c.purpose == "message", recording.c.status.in_(COUNTED))
    return count(connection, recording, others, kept)


def _langs(connection: Connection, calls: set[str]) -> dict[str, str]:
    """Which of these calls are callers' of this line, each with its last language.

    The end of a call is told of any that the number has taken, so it says nothing.
    """
    own = and_(journal.c.call_ref.in_(calls), journal.c.event != "ended")
    query = select(journal.c.call_ref, journal.c.event, journal.c.detail).where(own)
    langs: dict[str, str] = {}
    for row in connection.execute(query.order_by(journal.c.id)):
        spoken = row.detail if row.event == "language" else langs.get(row.call_ref, "")
        langs[row.call_ref] = spoken
    return langs


def _end(status: str) -> dict[str, object]:
    return {"status": status, "lease_until": None}


def _status(connection: Connection, sid: str) -> str | None:
    return connection.execute(select(recording.c.status).where(recording.c.sid == sid)).scalar()


def _insert(
    connection: Connection, sid: str, ref: str, made: datetime, values: Mapping[str, object]
) -> None:
    reference = fresh_reference(connection, sid.removeprefix("RE"))
    row = {"sid": sid, "call_ref": ref, "reference": reference, "made_at": made, "next_at": made}
    connection.execute(insert(recording).values({**row, **values}))
