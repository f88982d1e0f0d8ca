"""Do-not-text: numbers that said STOP, or that the carrier says have.

Owns this list, kept for ever and as keyed references only. It gives back no number, so it cannot
be read to anybody. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, and_, delete, func, insert, select

from ivr.secrets.seal import References
from ivr.store.database import Store
from ivr.store.limits import one_at_a_time
from ivr.store.tables import optout


class OptOuts:
    """The list in the database. Everything here raises StoreDownError when that is away."""

    def __init__(self, store: Store, references: References) -> None:
        self._store = store
        self._references = references

    def stop(self, number: str, now: datetime) -> None:
        """Never text this number (E.164) again. A text that waits for it is not sent either."""
        with self._store.write() as connection:
            one_at_a_time(connection)
            remember(connection, self._references.number(number), now)

    def start(self, number: str, now: datetime) -> None:
        """It may be texted again, unless it has said STOP after ``now``."""
        own = optout.c.number_ref == self._references.number(number)
        earlier = optout.c.stopped_at <= now.astimezone(UTC)
        with self._store.write() as connection:
            connection.execute(delete(optout).where(and_(own, earlier)))

    def stopped(self, number: str) -> bool:
        """Whether this number may not be texted."""
        with self._store.read() as connection:
            return is_stopped(connection, self._references.number(number))


def is_stopped(connection: Connection, number_ref: str) -> bool:
    """Whether the number of this reference may not be texted."""
    own = select(func.count()).select_from(optout).where(optout.c.number_ref == number_ref)
    return bool(connection.execute(own).scalar_one())


def remember(connection: Connection, number_ref: str, now: datetime) -> None:
    """Put a reference on the list; the latest STOP counts. In a transaction that is alone."""
    connection.execute(delete(optout).where(optout.c.number_ref == number_ref))
    row = {"number_ref": number_ref, "stopped_at": now.astimezone(UTC)}
    connection.execute(insert(optout).values(row))
