"""Texts are deleted at the carrier too, once their time here is up (fault P2).

Owns how much is done in one round, and when a round ends: what is wrong with one text is no
matter to the next; what is wrong with the account, or with the way to it, is.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from ivr.outside.twilio import CarrierError, GoneError, TwilioRefusedError, UnclearError
from ivr.outside.twilio.texts import Carrier
from ivr.store import StoreDownError
from ivr.store.sent import TextsThere

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two rounds."""
FIRST_AFTER = 10.0
AT_ONCE = 50
"""Texts of a round: 14,000 a day, and so few that those which are sent meanwhile do not wait."""
NOT_YET = timedelta(days=1)
"""Until a text is tried again that the carrier does not let go of: its end is not known there."""
UNCLEAR = timedelta(hours=1)


class Forgetting:
    """Deletes the carrier's records of our texts."""

    def __init__(self, there: TextsThere, carrier: Carrier) -> None:
        self._there = there
        self._carrier = carrier

    def round(self, now: datetime) -> int:
        """Delete what is due, the longest waiting first; how many are gone.

        Raises StoreDownError. Two at once do no harm: what is gone already is gone.
        """
        gone = 0
        for message_id, sid in self._there.due(now, AT_ONCE):
            try:
                gone += self._deleted(message_id, sid, now)
            except CarrierError as error:
                log.warning("old texts cannot be deleted at the carrier now: %s", error.code)
                break
        return gone

    def _deleted(self, message_id: str, sid: str, now: datetime) -> bool:
        """Whether this one is gone. Raises a CarrierError where others would fare no better."""
        try:
            self._carrier.delete(sid)
        except GoneError:
            log.info("text %s was gone at the carrier already", message_id)
        except TwilioRefusedError as error:
            log.warning("text %s is not deleted at the carrier: %s", message_id, error.code)
            self._there.later(message_id, now + NOT_YET)
            return False
        except UnclearError:
            # If it is this one alone that fails, the next round begins with another.
            self._there.later(message_id, now + UNCLEAR)
            raise
        self._there.gone(message_id)
        return True


def keep_forgetting(job: Forgetting, stop: threading.Event, first: float = FIRST_AFTER) -> None:
    """A round now and again until ``stop``. A database that is away is tried again later."""
    wait = first
    while not stop.wait(wait):
        wait = EVERY
        try:
            job.round(datetime.now(UTC))
        except StoreDownError:
            log.warning("old texts are not deleted at the carrier: the database is away")
