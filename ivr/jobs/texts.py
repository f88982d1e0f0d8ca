"""Texts that callers asked for are sent, once, whatever dies in between.

Owns when a text is tried and what follows from the answer. The row is the truth
(docs/decisions/outbox.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from ivr.jobs.waits import backoff
from ivr.outside.twilio import (
    AccountError,
    CarrierError,
    TryLaterError,
    TwilioRefusedError,
    UnclearError,
)
from ivr.outside.twilio.texts import Carrier
from ivr.store import Outbox, RowRefusedError, StoreDownError
from ivr.store.outbox import LONGEST_WAIT, QueuedText
from ivr.texts.ends import ACCOUNT_CODE

log = logging.getLogger(__name__)


class Texts:
    """The job of sending one text."""

    def __init__(
        self, outbox: Outbox, carrier: Carrier, mobile: Callable[[str], bool] = lambda number: True
    ) -> None:
        """``mobile(number)``: whether a number can be texted; asked before the first try."""
        self._outbox = outbox
        self._carrier = carrier
        self._mobile = mobile

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """See Kind."""
        return self._outbox.due(now, most)

    def attempt(self, message_id: str) -> str:
        """Claim, look if it was tried before, send, and write down the outcome."""
        message = self._outbox.claim(message_id, datetime.now(UTC))
        if message is None:
            return "not ours"
        try:
            return self._given_up(message) or self._send(message)
        except StoreDownError:
            log.warning("text %s waits for the database: it is looked for again", message.id)
            return "unwritten"

    def _given_up(self, message: QueuedText) -> str:
        """Why it is sent no more; empty where it may be."""
        now = datetime.now(UTC)
        late = "too late" if now - message.asked_at > LONGEST_WAIT else ""
        reason = "stopped" if message.stopped else late or self._no_mobile(message)
        if reason:
            self._outbox.failed(message.id, now, reason)
        return reason

    def _no_mobile(self, message: QueuedText) -> str:
        first = message.tries == 1
        return "not mobile" if first and not self._mobile(message.number) else ""

    def _send(self, message: QueuedText) -> str:
        try:
            sid = self._taken_before(message) or self._handed_over(message)
        except TwilioRefusedError as error:
            log.warning("text %s is refused: %s", message.id, error.code)
            self._outbox.failed(message.id, datetime.now(UTC), error.code)
            return "refused"
        except (TryLaterError, UnclearError) as error:
            at = datetime.now(UTC) + backoff(message.tries, not isinstance(error, TryLaterError))
            self._outbox.later(message.id, at, _why(error))
            return "later"
        if not sid:
            return "not ours"
        try:
            self._outbox.accepted(message.id, sid)
        except RowRefusedError:
            log.error("text %s was sent; the carrier's id of it cannot be kept", message.id)
            self._outbox.accepted_unnamed(message.id)
        return "accepted"

    def _handed_over(self, message: QueuedText) -> str:
        """The carrier's id; empty where waiting and looking took so long that it is not ours."""
        if datetime.now(UTC) >= message.lease_until:
            return ""
        return self._carrier.send(message.number, message.body, message.id)

    def _taken_before(self, message: QueuedText) -> str:
        """The carrier's id of this text if an earlier try was taken after all."""
        if message.tries == 1:
            return ""
        found = self._carrier.find(message.number, message.body, message.first_tried_at)
        unknown = [sid for sid in found if sid not in self._outbox.known(found)]
        return unknown[0] if unknown else ""


def _why(error: CarrierError) -> str:
    """Why it waits: the carrier's code, marked where nobody of this account is served."""
    return f"{ACCOUNT_CODE}{error.code}" if isinstance(error, AccountError) else error.code
