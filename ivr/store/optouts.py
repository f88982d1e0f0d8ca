"""Do-not-text: numbers that said STOP, or that the carrier says have.

Owns this list, kept for ever and as keyed references only. It gives back no number, so it cannot
be read to anybody. Times are UTC.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from ivr.store.database import KeptByReference
from ivr.store.rows import Lock, count
from ivr.store.tables import optout


class OptOuts(KeptByReference):
    """The list in the database. Everything here raises StoreDownError when that is away."""

    def stop(self, number: str, now: datetime) -> None:
        """Never text this number (E.164) again. A text that waits for it is not sent either."""
        with self._store.write(lock=Lock.TEXTS) as connection:
            remember(connection, self._references.number(number), now)

    def start(self, number: str, now: datetime) -> None:
        """It may be texted again, unless it has said STOP after ``now``."""
        own = optout.c.number_ref == self._references.number(number)
        self._store.change(delete(optout).where(own, optout.c.stopped_at <= now))

    def stopped(self, number: str) -> bool:
        """Whether this number may not be texted."""
        with self._store.read() as connection:
            return is_stopped(connection, self._references.number(number))


def is_stopped(connection: Connection, number_ref: str) -> bool:
    """Whether the number of this reference may not be texted."""
    return count(connection, optout, optout.c.number_ref == number_ref) > 0


def remember(connection: Connection, number_ref: str, now: datetime) -> None:
    """Put a reference on the list; the latest STOP counts. In a transaction that is alone."""
    connection.execute(delete(optout).where(optout.c.number_ref == number_ref))
    connection.execute(insert(optout).values(number_ref=number_ref, stopped_at=now))
