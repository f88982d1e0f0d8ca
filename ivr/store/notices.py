"""What staff are told: how much waits, once each way, and again while it does.

Owns the rows of notices, which are the truth: of each way one waits at most, however much waits.
A notice names nobody: it says how many messages and call-backs there are. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, insert, select, true, update

from ivr.store.database import Kept
from ivr.store.leases import Leases
from ivr.store.rows import Lock, exclusive
from ivr.store.tables import callback, notice, recording

Ways = Sequence[str]
"""How staff are told: ``mail``, ``text``, both or neither."""
LEFT = ("kept", "fetched", "cleared", "failed")
"""A message's states in which somebody has left it: not here yet, here, or lost at the carrier."""
IS_LEFT = and_(recording.c.purpose == "message", recording.c.status.in_(LEFT))
WAITING = "waiting"
"""The kind of a notice, and the state of one that is not sent yet."""
DANGER = "danger"
"""The kind of a notice that somebody texts of danger."""
ALARMS_APART = timedelta(minutes=10)
"""Between two of those each way: a flood of them must not hide the rest."""
TAKEN = "taken"
"""Why a notice was put off: somebody has all of it in hand."""
LEASES = Leases(notice, lambda now: notice.c.status == WAITING, due_at="due_at")


@dataclass(frozen=True, slots=True)
class Notice:
    """What to tell staff now. ``tries`` counts this one; ``told_at``: when they were told before.
    ``danger``: of somebody in danger, and of nothing else.

    ``waits``: how many of each kind nobody has taken; ``taken``: when each of the others was.
    """

    id: str
    way: str
    tries: int
    claimed_at: datetime
    waits: Mapping[str, int]
    taken: Mapping[str, Sequence[datetime]]
    told_at: datetime | None = None
    danger: bool = False


class Notices(Kept):
    """The notices in the database."""

    def due(self, now: datetime, most: int = 100) -> list[tuple[str, int]]:
        """Notices to send now, the oldest first: each id with the tries it has had."""
        return LEASES.due(self._store, now, most)

    def claim(self, notice_id: str, now: datetime) -> Notice | None:
        """Take one; None where another worker has it, or nothing waits any more."""
        own = notice.c.id == notice_id
        with self._store.write(lock=Lock.NOTICES) as connection:
            if not LEASES.claim(connection, notice_id, now):
                return None
            row = connection.execute(select(notice).where(own)).one()
            if row.kind == DANGER:
                return Notice(row.id, row.way, row.tries, now, {}, {}, danger=True)
            waits, taken = _open(connection)
            if row.kind == WAITING and (waits or taken):
                told_at = _told_at(connection, row.way)
                return Notice(row.id, row.way, row.tries, now, waits, taken, told_at)
            ended = {"status": "dropped", "lease_until": None}
            connection.execute(update(notice).where(own).values(ended))
            if row.kind != WAITING:
                # An older program's, of one item: it is among what waits.
                _announce(connection, row.way, now)
        return None

    def sent(self, told: Notice, now: datetime, again_at: datetime) -> None:
        """It has been sent; the next one is due at ``again_at``, should anything then wait."""
        values = {"status": "sent", "sent_at": now, "lease_until": None}
        fresh = and_(notice.c.id == told.id, notice.c.status == WAITING)
        with self._store.write(lock=Lock.NOTICES) as connection:
            done = connection.execute(update(notice).where(fresh).values(values)).rowcount == 1
            if done and not told.danger:
                _insert(connection, told.way, again_at)

    def later(self, told: Notice, at: datetime, why: str) -> None:
        """Not now: try again at ``at``; at once, where something was left since all was taken."""
        with self._store.write(lock=Lock.NOTICES) as connection:
            fresh = why == TAKEN and bool(_open(connection)[0])
            due = told.claimed_at if fresh else at
            values = {"due_at": due, "lease_until": None, "error": why[:32]}
            connection.execute(update(notice).where(notice.c.id == told.id).values(values))

    def look(self, ways: Ways, now: datetime) -> None:
        """Have staff told of what waits, should there be no notice of it."""
        with self._store.write(lock=Lock.NOTICES) as connection:
            if any(_open(connection)):
                for way in ways:
                    if _waiting(connection, way) is None:
                        _insert(connection, way, now)


def announce(connection: Connection, ways: Ways, now: datetime) -> None:
    """Have staff told that something waits, in the transaction that keeps it."""
    if ways:
        exclusive(connection, Lock.NOTICES)
    for way in ways:
        _announce(connection, way, now)


def alarm(connection: Connection, ways: Ways, now: datetime) -> None:
    """Have staff told that somebody texts of danger, in the transaction that answers it."""
    if ways:
        exclusive(connection, Lock.NOTICES)
    for way in ways:
        if _waiting(connection, way, DANGER) is None:
            last = _told_at(connection, way, DANGER)
            _insert(connection, way, max(now, last + ALARMS_APART) if last else now, DANGER)


def _announce(connection: Connection, way: str, now: datetime) -> None:
    """One notice, or the one that waits brought on, unless it was put off for another reason."""
    row_id = _waiting(connection, way)
    if row_id is None:
        _insert(connection, way, now)
        return
    put_off = and_(notice.c.error.in_(("", TAKEN)), notice.c.lease_until.is_(None))
    later = and_(notice.c.id == row_id, notice.c.due_at > now, put_off)
    connection.execute(update(notice).where(later).values(due_at=now, error=""))


def _waiting(connection: Connection, way: str, kind: str = WAITING) -> str | None:
    """The notice of this way that is not sent yet."""
    own = and_(notice.c.kind == kind, notice.c.way == way, notice.c.status == WAITING)
    return connection.execute(select(notice.c.id).where(own)).scalar()


def _told_at(connection: Connection, way: str, kind: str = WAITING) -> datetime | None:
    """When staff were told last in this way."""
    own = and_(notice.c.kind == kind, notice.c.way == way)
    query = select(func.max(notice.c.sent_at)).where(own)
    return connection.execute(query).scalar()


def _insert(connection: Connection, way: str, due: datetime, kind: str = WAITING) -> None:
    own = and_(notice.c.kind == kind, notice.c.way == way)
    last = connection.execute(select(func.max(notice.c.number)).where(own)).scalar()
    row = {"kind": kind, "way": way, "number": (last or 0) + 1, "due_at": due}
    connection.execute(insert(notice).values(row))


def _open(connection: Connection) -> tuple[dict[str, int], dict[str, list[datetime]]]:
    """What is not done yet: how many nobody has taken, and when the others were."""
    waits: dict[str, int] = {}
    taken: dict[str, list[datetime]] = {}
    for kind, table, which in (("message", recording, IS_LEFT), ("callback", callback, true())):
        query = select(table.c.taken_at).where(table.c.done_at.is_(None))
        for moment in connection.execute(query.where(which)).scalars():
            if moment is None:
                waits[kind] = waits.get(kind, 0) + 1
            else:
                taken.setdefault(kind, []).append(moment)
    return waits, taken
