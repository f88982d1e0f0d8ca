"""Texts that the carrier still has a record of, by the ids in our rows and no others.

Owns when such a record is due to go: after as many days as the number and words here. A row keeps
its id until then, and has none from then on. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from ivr.line.retention import KEPT
from ivr.store.database import Store
from ivr.store.tables import sms


class TextsThere:
    """The records at the carrier. Everything here raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(self, now: datetime, most: int) -> list[tuple[str, str]]:
        """Our id and the carrier's of each text whose record is to go now.

        ``next_at`` tells when a text that was handed over is looked at again.
        """
        now = now.astimezone(UTC)
        free = and_(_past(now), sms.c.next_at <= now)
        query = select(sms.c.id, sms.c.carrier_sid).where(free).order_by(sms.c.next_at)
        with self._store.read() as connection:
            return [(row.id, row.carrier_sid) for row in connection.execute(query.limit(most))]

    def gone(self, message_id: str) -> None:
        """The carrier has it no more."""
        self._set(message_id, carrier_sid=None)

    def later(self, message_id: str, at: datetime) -> None:
        """Not now: try again at ``at``."""
        self._set(message_id, next_at=at.astimezone(UTC))

    def late(self, now: datetime, by: timedelta) -> int:
        """How many are still there so long after their time."""
        query = select(func.count()).select_from(sms).where(_past(now.astimezone(UTC) - by))
        with self._store.read() as connection:
            return connection.execute(query).scalar_one()

    def _set(self, message_id: str, **values: object) -> None:
        own = sms.c.id == message_id
        with self._store.write() as connection:
            connection.execute(update(sms).where(own).values(values))


def _past(now: datetime) -> ColumnElement[bool]:
    old = sms.c.asked_at <= now - KEPT["number"]
    return and_(sms.c.carrier_sid.is_not(None), old)
