"""The carrier: texts handed over through Twilio's REST API, or one that speaks the same.

Owns the REST client; the only file that imports it. Every request has a time limit and none is
repeated here: whether to try again is the job's business.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

TIMEOUT = 10
TOO_MANY = 20429
"""Twilio's "too many requests": such a request was never acted on."""
CLOCKS_APART = timedelta(minutes=1)
MOST_LOOKED_AT = 200
"""Texts to one number that are looked through, the newest first."""


class CarrierError(Exception):
    """A text was not handed over. ``code`` is Twilio's, or a word."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class RefusedError(CarrierError):
    """The carrier will never take this text."""


class TryLaterError(CarrierError):
    """The carrier did not take it and may take it later. Safe to send again."""


class UnclearError(CarrierError):
    """Nobody knows whether the carrier took it. Look before sending again."""


class Carrier:
    """Hands texts over, and looks up whether one was."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_base_url: str,
        sender: str,
        status_callback: str,
        timeout: float = TIMEOUT,
    ) -> None:
        http = TwilioHttpClient(timeout=timeout, max_retries=0)
        self._client = Client(account_sid, auth_token, http_client=http)
        self._client.api.base_url = api_base_url.rstrip("/")
        self._sender = sender
        self._status_callback = status_callback

    def send(self, number: str, body: str) -> str:
        """Hand one text over; its id at the carrier. Raises a CarrierError."""
        try:
            sent = self._client.messages.create(
                to=number, from_=self._sender, body=body, status_callback=self._status_callback
            )
        except Exception as error:
            raise _named(error) from error
        return str(sent.sid)

    def find(self, number: str, body: str, since: datetime) -> list[str]:
        """The ids of texts with these words to this number since then. Raises UnclearError."""
        try:
            found = self._client.messages.list(to=number, from_=self._sender, limit=MOST_LOOKED_AT)
        except Exception as error:
            raise UnclearError(_named(error).code) from error
        # By the day it was made, not sent: a text still in Twilio's queue has not been sent yet.
        fresh = [each for each in found if (each.date_created or since) >= since - CLOCKS_APART]
        return [str(each.sid) for each in fresh if each.body == body and each.sid]


def _named(error: Exception) -> CarrierError:
    """Which of the three an error is. What is not known for certain is unclear."""
    if isinstance(error, TwilioRestException):
        code = str(error.code or error.status)
        if error.status == requests.codes.too_many_requests or error.code == TOO_MANY:
            return TryLaterError(code)
        return RefusedError(code) if 400 <= error.status < 500 else UnclearError(code)
    if isinstance(error, requests.ConnectTimeout):
        return TryLaterError("connect")
    if isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error):
        return TryLaterError("connect")
    if isinstance(error, requests.RequestException | TwilioException | ValueError | KeyError):
        return UnclearError(type(error).__name__)
    return UnclearError("unknown")
