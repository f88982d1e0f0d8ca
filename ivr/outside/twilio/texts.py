"""Texts handed over through Twilio's REST API.

Owns the Messages part of the REST client. Every request has a time limit and none is
repeated here: whether to try again is the job's business.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import NOT_FOUND
from typing import Any

from twilio.base.exceptions import TwilioRestException

from ivr.outside.twilio.client import client
from ivr.outside.twilio.errors import CarrierError, GoneError, UnclearError, named, of_a_text

TIMEOUT = 10
CLOCKS_APART = timedelta(minutes=1)
MOST_LOOKED_AT = 200
"""Texts to one number that are looked through, the newest first."""
MOST_ERASED = 20_000
"""Texts of one number that are deleted at once: more than years hold."""
A_PAGE, MOST_PAGES = 1_000, 40
"""Twilio's largest page, and the pages that are asked for at the most."""


class Carrier:
    """Hands texts over, and looks up whether one was.

    ``status_callback``: where the carrier tells how the text of this id of ours goes; it may tell
    before it has answered us, so that only our own id can name the text.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_base_url: str,
        sender: str,
        status_callback: Callable[[str], str],
        timeout: float = TIMEOUT,
    ) -> None:
        self._client = client(account_sid, auth_token, timeout)
        self._client.api.base_url = api_base_url.rstrip("/")
        self._sender = sender
        self._status_callback = status_callback

    def send(self, number: str, body: str, message_id: str) -> str:
        """Hand one text over; its id at the carrier. Raises a CarrierError."""
        told_at = self._status_callback(message_id)
        try:
            sent = self._client.messages.create(
                to=number, from_=self._sender, body=body, status_callback=told_at
            )
        except Exception as error:
            raise of_a_text(error) from error
        return str(sent.sid)

    def find(self, number: str, body: str, since: datetime) -> list[str]:
        """The ids of texts with these words to this number since then. Raises UnclearError."""
        found = self._listed(MOST_LOOKED_AT, to=number, from_=self._sender)
        # By the day it was made, not sent: a text still in Twilio's queue has not been sent yet.
        fresh = [each for each in found if (each.date_created or since) >= since - CLOCKS_APART]
        # The carrier may put words of its own before or after ours, as a trial account does.
        return [str(each.sid) for each in fresh if body in (each.body or "") and each.sid]

    def erase(self, number: str) -> tuple[int, int]:
        """Delete the carrier's own records of texts to and from a number: how many, how many not.

        What is still under way cannot be deleted yet. Raises UnclearError where nobody could be
        asked which there are.
        """
        sent = self._listed(MOST_ERASED, to=number, from_=self._sender)
        came = self._listed(MOST_ERASED, from_=number, to=self._sender)
        gone = [self._deleted(str(each.sid)) for each in (*sent, *came)]
        return gone.count(True), gone.count(False)

    def _listed(self, most: int, **which: str) -> list[Any]:
        """The newest texts of which this is so. Raises UnclearError.

        Pages are counted: a list that says for ever that there is one more page ends all the same.
        """
        found: list[Any] = []
        try:
            page = self._client.messages.page(**which, page_size=min(most, A_PAGE))
            for _ in range(MOST_PAGES):
                found += page
                page = page.next_page() if len(found) < most else None
                if page is None:
                    return found[:most]
        except Exception as error:
            raise UnclearError(named(error).code) from error
        raise UnclearError("too many pages")

    def delete(self, sid: str) -> None:
        """Delete the carrier's own record of one text.

        Raises GoneError where there is none, RefusedError while its end is not known there, else
        a CarrierError.
        """
        try:
            done = self._client.messages(sid).delete()
        except Exception as error:
            # Somebody else, or an earlier try, has deleted it meanwhile.
            gone = isinstance(error, TwilioRestException) and error.status == NOT_FOUND
            raise (GoneError("gone") if gone else named(error)) from error
        if not done:
            raise UnclearError("not deleted")

    def _deleted(self, sid: str) -> bool:
        try:
            self.delete(sid)
        except CarrierError as error:
            return isinstance(error, GoneError)
        return True
