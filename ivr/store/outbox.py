"""Texts that callers asked for: each a row, and the row is the truth.

Owns a text's life: waiting, accepted, delivered, undelivered or failed. Nothing here talks to a
carrier. Times are UTC.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from ivr.seal import References
from ivr.store.database import Store, StoreDownError, utc
from ivr.store.tables import message

WAITING = "waiting"
ORDER = ("accepted", "scheduled", "queued", "sending", "sent", "delivered", "read")
"""A text's way at the carrier; callbacks come in any order, and it never goes back."""
FINISHED = ("delivered", "undelivered", "failed", "canceled", "read")
LONGEST_WAIT = timedelta(hours=4)
"""After this a text would come too late to be of use: it has failed, and is shown."""
LEASE = timedelta(seconds=30)
"""How long one worker has a row to itself: longer than looking and sending may take."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text to be sent now, claimed by this worker. ``tries`` counts this one."""

    id: str
    number: str
    body: str
    tries: int
    asked_at: datetime
    first_tried_at: datetime


class Outbox:
    """The texts in the database."""

    def __init__(self, store: Store, references: References, lease: timedelta = LEASE) -> None:
        self._store = store
        self._references = references
        self._lease = lease

    def queue(
        self,
        call_sid: str,
        topic: str,
        lang: str,
        number: str,
        body: str,
        now: datetime,
        worked_out: bool = False,
    ) -> Literal["queued", "already"]:
        """Keep a text to be sent. The same topic to the same number in one call is kept once.

        ``worked_out``: the words are this caller's own, so other words are another text.

        Raises StoreDownError within about a second when it could not be kept.
        """
        row = {
            "id": uuid.uuid4().hex,
            "call_ref": self._references.call(call_sid),
            "number_ref": self._references.number(number),
            "topic": f"{topic}-{self._references.text(body)}" if worked_out else topic,
            "lang": lang,
            "number": number,
            "body": body,
            "status": WAITING,
            "tries": 0,
            "asked_at": now.astimezone(UTC),
            "next_at": now.astimezone(UTC),
            "error": "",
        }
        try:
            with self._store.write() as connection:
                connection.execute(insert(message).values(row))
        except StoreDownError as down:
            if isinstance(down.__cause__, IntegrityError):
                return "already"
            raise
        return "queued"

    def waiting(self) -> list[tuple[str, str]]:
        """The number and words of each text that has not been handed over, oldest first."""
        query = select(message.c.number, message.c.body).where(message.c.status == WAITING)
        with self._store.read() as connection:
            return [(row.number, row.body) for row in connection.execute(query)]

    def due(self, now: datetime, most: int = 100) -> list[tuple[str, int]]:
        """Texts to send now, oldest first: each id with the tries it has had."""
        query = select(message.c.id, message.c.tries).where(_free(now)).order_by(message.c.asked_at)
        with self._store.read() as connection:
            return [(row.id, row.tries) for row in connection.execute(query.limit(most))]

    def claim(self, message_id: str, now: datetime) -> Message | None:
        """Take one text for this worker alone; None when another has it or it is done."""
        taken = (
            update(message)
            .where(and_(message.c.id == message_id, _free(now)))
            .values(
                tries=message.c.tries + 1,
                lease_until=now + self._lease,
                next_at=now + self._lease,
            )
        )
        with self._store.write() as connection:
            if connection.execute(taken).rowcount != 1:
                return None
            own = message.c.id == message_id
            first = and_(own, message.c.first_tried_at.is_(None))
            connection.execute(update(message).where(first).values(first_tried_at=now))
            return _message(connection.execute(select(message).where(own)).one())

    def accepted(self, message_id: str, carrier_sid: str) -> None:
        """The carrier has it."""
        self._set(message_id, status="accepted", carrier_sid=carrier_sid, lease_until=None)

    def later(self, message_id: str, at: datetime, error: str) -> None:
        """Not now: look and try again at ``at``."""
        self._set(message_id, next_at=at, lease_until=None, error=error)

    def failed(self, message_id: str, now: datetime, error: str) -> None:
        """It will not be sent: the carrier's code, or why."""
        self._set(message_id, status="failed", error=error, finished_at=now, lease_until=None)

    def known(self, carrier_sids: Collection[str]) -> set[str]:
        """Which of these are texts that are already accounted for."""
        query = select(message.c.carrier_sid).where(message.c.carrier_sid.in_(carrier_sids))
        with self._store.read() as connection:
            return {row.carrier_sid for row in connection.execute(query)}

    def status(self, carrier_sid: str, status: str, error: str = "") -> None:
        """The carrier tells how far a text is. Late or repeated news changes nothing."""
        if status not in (*ORDER, *FINISHED):
            return
        own = and_(message.c.carrier_sid == carrier_sid, message.c.status.in_(_before(status)))
        values = {"status": status, "error": error[:32]}
        with self._store.write() as connection:
            connection.execute(update(message).where(own).values(values))

    def _set(self, message_id: str, **values: object) -> None:
        with self._store.write() as connection:
            connection.execute(update(message).where(message.c.id == message_id).values(values))


def _free(now: datetime) -> ColumnElement[bool]:
    """Waiting, due, and in no worker's hands."""
    unleased = or_(message.c.lease_until.is_(None), message.c.lease_until <= now)
    return and_(message.c.status == WAITING, message.c.next_at <= now, unleased)


def _before(status: str) -> tuple[str, ...]:
    """The statuses that ``status`` may follow: finished ones are final."""
    if status in ("undelivered", "failed", "canceled"):
        return ORDER[:-2]
    return ORDER[: ORDER.index(status)] if status != "read" else ORDER[:-1]


def _message(row: Row[tuple[object, ...]]) -> Message:
    return Message(
        row.id, row.number, row.body, row.tries, utc(row.asked_at), utc(row.first_tried_at)
    )
