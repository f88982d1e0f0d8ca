"""Who is being put through, or talks with an adviser, so that a desk's places are counted.

Owns the cap of calls at once (fault M4). A caller who is already counted keeps the place.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import and_, delete, func, insert, select, update

from ivr.seal import References
from ivr.store.database import Store, StoreDownError
from ivr.store.tables import talk

LONGEST = timedelta(minutes=70)
"""After this a place is free, even where nobody told us of the end (60 of talk, and rings)."""


class Talks:
    """The places of the desks in the database."""

    def __init__(self, store: Store, references: References) -> None:
        self._store = store
        self._references = references

    def hold(self, call_sid: str, desk: str, most: int, now: datetime) -> Literal["free", "full"]:
        """Take one of ``most`` places. Raises StoreDownError within about a second."""
        ref, now = self._references.call(call_sid), now.astimezone(UTC)
        others = and_(
            talk.c.desk == desk,
            talk.c.ended_at.is_(None),
            talk.c.began_at > now - LONGEST,
            talk.c.call_ref != ref,
        )
        with self._store.write() as connection:
            taken = connection.execute(select(func.count()).select_from(talk).where(others))
            if taken.scalar_one() >= most:
                return "full"
            connection.execute(delete(talk).where(talk.c.call_ref == ref))
            row = {"call_ref": ref, "desk": desk, "began_at": now, "ended_at": None}
            connection.execute(insert(talk).values(row))
        return "free"

    def release(self, call_sid: str, now: datetime) -> None:
        """The call's place is free again; nothing where it had none, or the database is away."""
        own = and_(talk.c.call_ref == self._references.call(call_sid), talk.c.ended_at.is_(None))
        try:
            with self._store.write() as connection:
                connection.execute(update(talk).where(own).values(ended_at=now.astimezone(UTC)))
        except StoreDownError:
            # It is free by itself when LONGEST is over.
            return
