"""Recordings are fetched, sealed for staff, and deleted at the carrier, whatever dies in between.

Owns the order of these steps: a recording is deleted there only once it is kept here, and each
step may be done twice without harm. What is not to be kept is deleted unheard.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ivr.flow.voicemail import SHORTEST
from ivr.jobs.waits import backoff
from ivr.outside.twilio import CarrierError, GoneError
from ivr.outside.twilio.recordings import Listed, RecordingsApi
from ivr.secrets.sealed_box import seal
from ivr.store import Recordings
from ivr.store.recordings import GRACE, Work

log = logging.getLogger(__name__)

LONGEST_SEARCH = timedelta(hours=4)
"""How long a recording that the carrier does not have yet is looked for."""


class RecordingJob:
    """The job of one recording.

    ``announce(sound, kept_at)`` takes what staff recorded for callers, and when they kept it.
    """

    def __init__(
        self,
        recordings: Recordings,
        api: RecordingsApi,
        public_key: str,
        announce: Callable[[bytes, datetime], None],
    ) -> None:
        self._recordings = recordings
        self._api = api
        self._public_key = public_key
        self._announce = announce

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """See Kind."""
        return self._recordings.due(now, most)

    def attempt(self, sid: str) -> str:
        """Fetch what is to be kept, then delete it at the carrier."""
        work = self._recordings.claim(sid, datetime.now(UTC))
        if work is None:
            return "not ours"
        try:
            if work.status == "kept":
                self._fetch(work)
            self._delete(sid)
        except GoneError:
            return self._missing(work)
        except CarrierError as error:
            at = datetime.now(UTC) + backoff(work.tries, unclear=True)
            self._recordings.later(sid, at, error.code)
            return "later"
        self._recordings.gone(sid)
        return "done"

    def sweep(self, now: datetime) -> None:
        """Find recordings of our callers that nobody told us of: each is a message all the same.

        Others of the same account are left alone.
        """
        try:
            found = self._api.older_than(now - GRACE)
        except CarrierError as error:
            log.warning("the recordings at the carrier could not be listed: %s", error.code)
            return
        langs = self._recordings.unknown({sid: each.call_sid for sid, each in found.items()})
        for sid, lang in langs.items():
            self._found(sid, found[sid], lang, now)

    def _found(self, sid: str, listed: Listed, lang: str, now: datetime) -> None:
        if 0 < listed.seconds < SHORTEST:
            self._recordings.note(listed.call_sid, sid, now - GRACE)
        else:
            known: dict[str, str | int] = {"lang": lang, "seconds": listed.seconds}
            self._recordings.keep(listed.call_sid, sid, now, **known)

    def _fetch(self, work: Work) -> None:
        sound = self._api.sound(work.sid)
        sealed = None
        if work.purpose == "announcement":
            self._announce(sound, work.since)
        else:
            sealed = seal(self._public_key, sound)
        self._recordings.fetched(work.sid, sealed, datetime.now(UTC))

    def _delete(self, sid: str) -> None:
        try:
            self._api.delete(sid)
        except GoneError:
            log.info("recording %s was deleted before", sid)

    def _missing(self, work: Work) -> str:
        """The carrier does not have it: not yet, or no more."""
        now = datetime.now(UTC)
        if now - work.since < LONGEST_SEARCH:
            self._recordings.later(work.sid, now + backoff(work.tries, unclear=True), "missing")
            return "later"
        log.error("a message was lost at the carrier: recording %s", work.sid)
        self._recordings.failed(work.sid, "missing", now)
        return "failed"
