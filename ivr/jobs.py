"""Durable jobs: texts that callers asked for are sent, once, whatever dies in between.

Owns when a text is tried and what follows from the answer. A job carries a row's id, never
personal data; the row is the truth (docs/decisions/outbox.md).
"""

from __future__ import annotations

import logging
import random
import threading
from datetime import UTC, datetime, timedelta

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, SetWorkflowID

from ivr.carrier import Carrier, RefusedError, TryLaterError, UnclearError
from ivr.store import Message, Outbox, StoreDownError
from ivr.store.outbox import LONGEST_WAIT

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5
"""Seconds between two looks for texts to send."""
FIRST_BACKOFF, LONGEST_BACKOFF = 0.1, 30.0
"""Seconds, doubling, after "too many requests" (Twilio's advice for 20429)."""
AT_ONCE = 10
"""Texts begun at each look: more would only wait for each other at the database."""
UNCLEAR_BACKOFF = 5.0
"""Seconds before looking up a text that may or may not have been taken."""


@DBOS.dbos_class()
class Texts(DBOSConfiguredInstance):
    """The job of sending one text, made durable by DBOS."""

    def __init__(self, outbox: Outbox, carrier: Carrier) -> None:
        self._outbox = outbox
        self._carrier = carrier
        super().__init__(config_name="texts")

    @DBOS.workflow()
    def deliver(self, message_id: str) -> None:
        """Try one text once. What comes next stands in its row."""
        self.attempt(message_id)

    @DBOS.step()
    def attempt(self, message_id: str) -> str:
        """Claim, look if it was tried before, send, and write down the outcome."""
        now = datetime.now(UTC)
        message = self._outbox.claim(message_id, now)
        if message is None:
            return "not ours"
        if now - message.asked_at > LONGEST_WAIT:
            self._outbox.failed(message.id, now, "too late")
            return "too late"
        return self._send(message)

    def _send(self, message: Message) -> str:
        try:
            sid = self._taken_before(message) or self._carrier.send(message.number, message.body)
        except RefusedError as error:
            log.warning("text %s is refused: %s", message.id, error.code)
            self._outbox.failed(message.id, datetime.now(UTC), error.code)
            return "refused"
        except (TryLaterError, UnclearError) as error:
            at = datetime.now(UTC) + backoff(message.tries, isinstance(error, UnclearError))
            self._outbox.later(message.id, at, error.code)
            return "later"
        self._outbox.accepted(message.id, sid)
        return "accepted"

    def _taken_before(self, message: Message) -> str:
        """The carrier's id of this text if an earlier try was taken after all."""
        if message.tries == 1:
            return ""
        found = self._carrier.find(message.number, message.body, message.first_tried_at)
        unknown = [sid for sid in found if sid not in self._outbox.known(found)]
        return unknown[0] if unknown else ""


def backoff(tries: int, unclear: bool) -> timedelta:
    """How long to leave a text alone after so many tries, with 10 % of chance either way."""
    first = UNCLEAR_BACKOFF if unclear else FIRST_BACKOFF
    seconds = min(first * 2.0 ** min(tries - 1, 20), LONGEST_BACKOFF)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - not a secret


def work(outbox: Outbox, carrier: Carrier, database_url: str, stop: threading.Event) -> None:
    """Send texts until ``stop`` is set; then finish what is in hand."""
    config: DBOSConfig = {
        "name": "ivr",
        "system_database_url": database_url,
        "application_version": "1",
        "executor_id": "worker",
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    DBOS(config=config)
    texts = Texts(outbox, carrier)
    DBOS.launch()
    log.info("the worker is ready")
    started: set[str] = set()
    while not stop.wait(LOOK_EVERY):
        try:
            _start_due(texts, outbox, started)
        except StoreDownError:
            log.warning("the database is away; looking again")
    DBOS.destroy(workflow_completion_timeout_sec=15)


def _start_due(texts: Texts, outbox: Outbox, started: set[str]) -> None:
    """Start a job for each text that is due. One try is one job: its name says which."""
    waiting = outbox.due(_now(), AT_ONCE)
    due = {f"text-{message_id}-{tries}": message_id for message_id, tries in waiting}
    for name, message_id in due.items():
        if name not in started:
            with SetWorkflowID(name):
                DBOS.start_workflow(texts.deliver, message_id)
    started.intersection_update(due)
    started.update(due)


def _now() -> datetime:
    return datetime.now(UTC)
