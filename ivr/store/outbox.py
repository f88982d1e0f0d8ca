"""Texts that callers asked for: each a row, and the row is the truth.

Owns a text's life: waiting, accepted, delivered, undelivered or failed. Nothing here talks to a
carrier. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, insert, or_, select, update

from ivr.secrets.seal import References
from ivr.store.database import KeptByReference, Store
from ivr.store.leases import Leases
from ivr.store.limits import PREFIX, Caps, within
from ivr.store.optouts import is_stopped, remember
from ivr.store.rows import Lock, as_rows, columns_of
from ivr.store.tables import optout, sms
from ivr.texts import segments

WAITING = "waiting"
ORDER = ("accepted", "scheduled", "queued", "sending", "sent", "delivered", "read")
"""A text's way at the carrier; callbacks come in any order, and it never goes back."""
UNFINISHED = ORDER[:-2]
"""At the carrier, and nothing final is known."""
FINISHED = ("delivered", "undelivered", "failed", "canceled", "read")
STOPPED = "21610"
"""Twilio's code for a number that has said STOP."""
BLOCKED = "30450"
"""Twilio's code for a range of numbers that it suspects of pumping."""
ENDS = {
    "30003": "undelivered",
    "30005": "undelivered",
    "30006": "undelivered",
    "30007": "failed",
    "30008": "undelivered",
    BLOCKED: "failed",
}
"""Codes that end a text, and how, whatever status they come with."""
UNNAMED = "unnamed"
"""Our word for a text that the carrier has taken under an id that another text has."""
BLOCK = timedelta(minutes=30)
"""How long a range is left alone after BLOCKED: Twilio's block lasts 15 to 30 minutes."""
STUCK_AFTER = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=4)
"""After this a text would come too late to be of use: it has failed, and is shown."""
LEASE = timedelta(seconds=30)
"""How long one worker has a row to itself: longer than looking and sending may take."""

Answer = Literal["queued", "already", "stopped", "limit"]


@dataclass(frozen=True, slots=True)
class QueuedText:
    """A text to be sent now, claimed by this worker. ``tries`` counts this one.

    ``stopped``: its number has said STOP since. After ``lease_until`` it may be another worker's.
    """

    id: str
    number: str
    body: str
    tries: int
    asked_at: datetime
    first_tried_at: datetime
    lease_until: datetime
    stopped: bool


class Outbox(KeptByReference):
    """The texts in the database."""

    def __init__(
        self,
        store: Store,
        references: References,
        lease: timedelta = LEASE,
        caps: Caps = Caps(),  # noqa: B008 - it cannot be changed
    ) -> None:
        super().__init__(store, references)
        self._leases = Leases(sms, _unfinished, order="asked_at", lasts=lease)
        self._caps = caps

    def queue(
        self,
        call_sid: str,
        topic: str,
        lang: str,
        number: str,
        body: str,
        now: datetime,
        worked_out: bool = False,
        caller: str = "",
        step: str = "",
        delivered: bool = False,
    ) -> Answer:
        """Keep a text to be sent. The same topic to the same number in one call is kept once.

        ``worked_out``: the words are this caller's own, so other words are another text.
        ``caller``: the number that asks, empty where it is withheld. ``step``: what tells the step
        that asks from others of its call; the same one, asked again by the carrier, has the same
        answer, another hears ``already``. ``delivered``: it is made up, and never sent. Nothing is
        kept where the number wants no texts (``stopped``), or it is one too many (``limit``).

        Raises StoreDownError within about a second when it could not be kept.
        """
        row = {
            "topic": f"{topic}-{self._references.text(body)}" if worked_out else topic,
            "lang": lang,
            "number": number,
            "body": body,
            "segments": segments(body),
            "step_ref": self._references.text(step) if step else "",
            **self._named(call_sid, number, caller),
            "asked_at": now.astimezone(UTC),
            "next_at": now,
            "status": "delivered" if delivered else WAITING,
        }
        with self._store.write(lock=Lock.TEXTS) as connection:
            if refused := _refused(connection, row, self._caps):
                return refused
            connection.execute(insert(sms).values(row))
        return "queued"

    def waiting(self) -> list[tuple[str, str]]:
        """The number and words of each text that has not been handed over, oldest first."""
        query = select(sms.c.number, sms.c.body).where(sms.c.status == WAITING)
        return [(number, body) for number, body in self._store.rows(query)]

    def due(self, now: datetime, most: int = 100) -> list[tuple[str, int]]:
        """Texts to send now, oldest first: each id with the tries it has had."""
        return self._leases.due(self._store, now, most)

    def claim(self, message_id: str, now: datetime) -> QueuedText | None:
        """Take one text for this worker alone; None when another has it or it is done."""
        own = sms.c.id == message_id
        with self._store.write() as connection:
            if not self._leases.claim(connection, message_id, now, tried_at=now):
                return None
            first = and_(own, sms.c.first_tried_at.is_(None))
            connection.execute(update(sms).where(first).values(first_tried_at=now))
            stopped = exists().where(optout.c.number_ref == sms.c.number_ref).label("stopped")
            query = select(*columns_of(QueuedText, sms), stopped).where(own)
            (claimed,) = as_rows(QueuedText, connection.execute(query))
            return claimed

    def accepted(self, message_id: str, carrier_sid: str) -> None:
        """The carrier has it."""
        self._set(message_id, status="accepted", carrier_sid=carrier_sid, lease_until=None)

    def accepted_unnamed(self, message_id: str) -> None:
        """The carrier has it, under an id that cannot be kept: no news of it can be told apart.

        It is never sent again.
        """
        self._set(message_id, status="accepted", error=UNNAMED, lease_until=None)

    def later(self, message_id: str, at: datetime, error: str) -> None:
        """Not now: look and try again at ``at``."""
        self._set(message_id, next_at=at, lease_until=None, error=error)

    def failed(self, message_id: str, now: datetime, error: str) -> None:
        """It will not be sent: the carrier's code, or why. After STOPPED, none is ever again."""
        ended = {"status": "failed", "error": error, "finished_at": now, "lease_until": None}
        own = sms.c.id == message_id
        with self._store.write(lock=Lock.TEXTS) as connection:
            connection.execute(update(sms).where(_unsent(message_id)).values(ended))
            if error == STOPPED:
                ref = connection.execute(select(sms.c.number_ref).where(own)).scalar_one()
                remember(connection, ref, now)

    def known(self, carrier_sids: Collection[str]) -> set[str]:
        """Which of these are texts that are already accounted for."""
        query = select(sms.c.carrier_sid).where(sms.c.carrier_sid.in_(carrier_sids))
        return set(self._store.values(query))

    def status(
        self,
        carrier_sid: str,
        status: str,
        error: str = "",
        message_id: str = "",
        now: datetime | None = None,
    ) -> None:
        """The carrier tells how far a text is. Late or repeated news changes nothing.

        ``error``: Twilio's code. One of ENDS ends the text; any other is kept as it is. STOPPED is
        a wish for no more texts, whichever way it comes.
        ``message_id``: our own id of it, as the address of the news names it. News of a text that
        still waits here came before the answer did: the carrier has it, and it is not sent again.
        """
        if status not in ("delivered", "read"):
            status = ENDS.get(error, status)
        if status not in (*ORDER, *FINISHED):
            return
        known = and_(sms.c.carrier_sid == carrier_sid, sms.c.status.in_(_before(status)))
        news = and_(_unsent(message_id), sms.c.carrier_sid.is_(None))
        values = {"status": status, "error": error[:32], "lease_until": None}
        own = sms.c.carrier_sid == carrier_sid
        with self._store.write() as connection:
            if connection.execute(update(sms).where(known).values(values)).rowcount == 0:
                connection.execute(
                    update(sms).where(news).values({**values, "carrier_sid": carrier_sid})
                )
            if error:
                # The end may be told first, and the reason for it later.
                bare = and_(own, sms.c.status == status, sms.c.error == "")
                connection.execute(update(sms).where(bare).values(error=error[:32]))
            if error == STOPPED:
                for ref in connection.execute(select(sms.c.number_ref).where(own)).scalars():
                    remember(connection, ref, now or datetime.now(UTC))

    def _named(self, call_sid: str, number: str, caller: str) -> dict[str, str]:
        """By what a text is counted, without a number in it."""
        return {
            "call_ref": self._references.call(call_sid),
            "number_ref": self._references.number(number),
            "prefix_ref": self._references.number(number[:PREFIX]),
            "caller_ref": self._references.number(caller) if caller else "",
        }

    def _set(self, message_id: str, **values: object) -> None:
        self._store.change(update(sms).where(_unsent(message_id)).values(values))


def _refused(connection: Connection, row: Mapping[str, Any], caps: Caps) -> Answer | None:
    """Why this row is not kept; None where it may be."""
    if is_stopped(connection, row["number_ref"]):
        return "stopped"
    same = and_(*(sms.c[name] == row[name] for name in ("call_ref", "number_ref", "topic")))
    kept = connection.execute(select(sms.c.step_ref).where(same)).scalar()
    if kept is not None:
        return "queued" if kept and kept == row["step_ref"] else "already"
    return None if within(connection, row, caps) else "limit"


def _unsent(message_id: str) -> ColumnElement[bool]:
    """A text whose end is open. A worker that comes late must not undo what another has done."""
    return and_(sms.c.id == message_id, sms.c.status == WAITING)


def _unfinished(now: datetime) -> ColumnElement[bool]:
    """Waiting, and not to a blocked range unless it is too late."""
    old = sms.c.asked_at < now - LONGEST_WAIT
    return and_(sms.c.status == WAITING, or_(sms.c.prefix_ref.not_in(_blocked(now)), old))


def _blocked(now: datetime) -> Select[str]:
    """The ranges to which a text was tried a short while ago, and blocked."""
    told = sms.alias()
    lately = and_(told.c.error == BLOCKED, told.c.tried_at > now - BLOCK)
    return select(told.c.prefix_ref).where(lately)


def _before(status: str) -> tuple[str, ...]:
    """The statuses that ``status`` may follow: finished ones are final."""
    if status in ("undelivered", "failed", "canceled"):
        return UNFINISHED
    return ORDER[: ORDER.index(status)]
