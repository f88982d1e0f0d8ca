"""Recordings at the carrier: fetched, listed and deleted through Twilio's REST API.

Owns these three requests. A sound is fetched from the API's own address, by its id: never from an
address that came with a webhook (fault T6). Nothing is repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import requests

from ivr.outside.twilio.client import client
from ivr.outside.twilio.errors import (
    GoneError,
    TryLaterError,
    UnclearError,
    named,
)

TIMEOUT = 10
MOST_LISTED = 500
WAV = b"RIFF"
"""How every WAV begins."""
LARGEST = 10_000_000
"""Bytes of a sound: three minutes at 8 kHz and 16 bit are 3 million."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the carrier says of a recording: its call, and its seconds (0: it does not say)."""

    call_sid: str
    seconds: int


class RecordingsApi:
    """The Recordings resource of one account."""

    def __init__(
        self, account_sid: str, auth_token: str, api_base_url: str, timeout: float = TIMEOUT
    ) -> None:
        self._client = client(account_sid, auth_token, timeout)
        self._client.api.base_url = api_base_url.rstrip("/")
        self._folder = f"{api_base_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._authorised = (account_sid, auth_token)
        self._timeout = timeout

    def sound(self, sid: str) -> bytes:
        """A recording as WAV. Raises GoneError where there is none, else a CarrierError."""
        got = self._asked("GET", f"{sid}.wav")
        # A page of words in place of the sound must not be kept as the message.
        sounds = got.content.startswith(WAV) and len(got.content) <= LARGEST
        if got.status_code != requests.codes.ok or not sounds:
            raise UnclearError(f"HTTP {got.status_code}")
        return got.content

    def delete(self, sid: str) -> None:
        """Delete one. Raises GoneError where there is none, else a CarrierError."""
        got = self._asked("DELETE", f"{sid}.json")
        if got.status_code == requests.codes.too_many_requests:
            raise TryLaterError("HTTP 429")
        if got.status_code != requests.codes.no_content:
            raise UnclearError(f"HTTP {got.status_code}")

    def older_than(self, moment: datetime) -> dict[str, Listed]:
        """Recordings made before ``moment``: by their ids. Raises a CarrierError."""
        try:
            found = self._client.recordings.list(date_created_before=moment, limit=MOST_LISTED)
        except Exception as error:
            raise named(error) from error
        return {
            str(each.sid): Listed(str(each.call_sid or ""), _seconds(str(each.duration)))
            for each in found
        }

    def _asked(self, method: str, name: str) -> requests.Response:
        """The answer for one recording, from the API's own address. Raises a CarrierError."""
        try:
            got = requests.request(
                method,
                f"{self._folder}/{name}",
                auth=self._authorised,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise named(error) from error
        if got.status_code in (requests.codes.not_found, requests.codes.gone):
            raise GoneError("gone")
        return got


def _seconds(figures: str) -> int:
    return int(figures) if figures.isascii() and figures.isdigit() else 0
