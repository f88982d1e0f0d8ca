"""Who is being put through, or talks with an adviser, so that a desk's places are counted.

Owns the cap of calls at once (fault M4). A caller who is already counted keeps the place. A place
is free by itself after a time, where nobody told us of the end: a short one while telephones ring,
a long one once an adviser has taken the call.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from ivr.seal import References
from ivr.store.database import Store, StoreDownError
from ivr.store.tables import talk

RINGING = timedelta(minutes=2)
"""For one telephone: 25 s of ringing, who is calling said twice, twice over, and time for a key."""
LONGEST = timedelta(minutes=70)
"""For a talk: 60 minutes at the most, and what came before it."""


class Talks:
    """The places of the desks in the database. ``ended_at``: when one is free at the latest."""

    def __init__(self, store: Store, references: References) -> None:
        self._store = store
        self._references = references

    def hold(self, call_sid: str, desk: str, most: int, now: datetime) -> Literal["free", "full"]:
        """Take one of ``most`` places while it rings. Raises StoreDownError in about a second."""
        ref, now = self._references.call(call_sid), now.astimezone(UTC)
        others = and_(talk.c.desk == desk, _held(now), talk.c.call_ref != ref)
        with self._store.write() as connection:
            taken = connection.execute(select(func.count()).select_from(talk).where(others))
            if taken.scalar_one() >= most:
                return "full"
            connection.execute(delete(talk).where(talk.c.call_ref == ref))
            row = {"call_ref": ref, "desk": desk, "began_at": now, "ended_at": now + RINGING}
            connection.execute(insert(talk).values(row))
        return "free"

    def ringing(self, call_sid: str, now: datetime) -> None:
        """The next telephone rings: the place is kept for that long."""
        self._until(call_sid, now, RINGING)

    def talking(self, call_sid: str, now: datetime) -> None:
        """An adviser has taken the call: the place is kept for a talk."""
        self._until(call_sid, now, LONGEST)

    def release(self, call_sid: str, now: datetime) -> None:
        """The call's place is free again; nothing where it had none, or the database is away."""
        self._until(call_sid, now, timedelta(0))

    def _until(self, call_sid: str, now: datetime, time: timedelta) -> None:
        now = now.astimezone(UTC)
        own = and_(talk.c.call_ref == self._references.call(call_sid), _held(now))
        try:
            with self._store.write() as connection:
                connection.execute(update(talk).where(own).values(ended_at=now + time))
        except StoreDownError:
            # It is free by itself when its time is over.
            return


def _held(now: datetime) -> ColumnElement[bool]:
    """A place that is taken now. An older program wrote no end before there was one."""
    older = and_(talk.c.ended_at.is_(None), talk.c.began_at > now - LONGEST)
    return or_(talk.c.ended_at > now, older)
