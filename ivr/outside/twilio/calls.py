"""Calls that the line itself makes: a test ring, and how it went, through Twilio's REST API.

Owns these two requests. Nobody is put through to anybody by them. Nothing is repeated here.
"""

from __future__ import annotations

from ivr.line.ring_groups import RING_SECONDS
from ivr.outside.twilio.client import client
from ivr.outside.twilio.errors import named

TIMEOUT = 5
"""Seconds: somebody waits for the page."""


class CallsApi:
    """The Calls resource of one account. ``line_number``: what the telephone that rings shows."""

    def __init__(
        self, account_sid: str, auth_token: str, api_base_url: str, line_number: str
    ) -> None:
        self._client = client(account_sid, auth_token, TIMEOUT)
        self._client.api.base_url = api_base_url.rstrip("/")
        self._line_number = line_number

    def ring(self, number: str, document: bytes) -> str:
        """Ring a number, and say what the TwiML says; the call's id. Raises a CarrierError."""
        try:
            call = self._client.calls.create(
                to=number, from_=self._line_number, twiml=document.decode(), timeout=RING_SECONDS
            )
        except Exception as error:
            raise named(error) from error
        return str(call.sid)

    def status(self, sid: str) -> str:
        """Twilio's word for how far a call is. Raises a CarrierError."""
        try:
            return str(self._client.calls(sid).fetch().status)
        except Exception as error:
            raise named(error) from error
