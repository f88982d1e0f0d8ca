"""What is remembered of somebody who texts, for a day: a question they were asked, and thanks.

Owns that memory. A number is a reference; what is kept with it comes here sealed. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, and_, delete, insert, select

from ivr.store.database import KeptByReference
from ivr.store.limits import DAY
from ivr.store.tables import texter

CERTIFICATE, THANKS = "certificate", "thanks"


class Texters(KeptByReference):
    """The memory in the database. Everything here raises StoreDownError."""

    def asked(self, number: str, sealed: str, now: datetime) -> None:
        """This number was asked whether there is a certificate for a letter, which is sealed."""
        ref = self._references.number(number)
        with self._store.write() as connection:
            _keep(connection, ref, CERTIFICATE, sealed, now.astimezone(UTC))

    def waits(self, number: str, now: datetime) -> str:
        """The sealed letter that this number was asked about within a day; else empty."""
        ref = self._references.number(number)
        with self._store.read() as connection:
            return _kept(connection, ref, CERTIFICATE, now.astimezone(UTC)) or ""


def first_thanks(connection: Connection, number_ref: str, now: datetime) -> bool:
    """Whether a number has not been answered to its thanks for a day; it then is."""
    if _kept(connection, number_ref, THANKS, now) is not None:
        return False
    _keep(connection, number_ref, THANKS, "", now)
    return True


def _kept(connection: Connection, number_ref: str, what: str, now: datetime) -> str | None:
    own = and_(texter.c.number_ref == number_ref, texter.c.what == what, texter.c.at > now - DAY)
    newest = select(texter.c.sealed).where(own).order_by(texter.c.id.desc()).limit(1)
    return connection.execute(newest).scalar()


def _keep(connection: Connection, number_ref: str, what: str, sealed: str, now: datetime) -> None:
    own = and_(texter.c.number_ref == number_ref, texter.c.what == what)
    connection.execute(delete(texter).where(own))
    row = {"number_ref": number_ref, "what": what, "sealed": sealed, "at": now}
    connection.execute(insert(texter).values(row))
