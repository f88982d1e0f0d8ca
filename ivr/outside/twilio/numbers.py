"""The number at the carrier: which addresses it asks, read and set through Twilio's REST API.

Owns the Accounts and IncomingPhoneNumbers part of the REST client. Nothing is repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.outside.twilio.client import client
from ivr.outside.twilio.errors import GoneError, named

TIMEOUT = 10
FIELDS = (
    *("voice_url", "voice_method", "voice_fallback_url", "voice_fallback_method"),
    *("status_callback", "status_callback_method", "sms_url", "sms_method"),
)
"""What is read and set, by the names of Twilio's IncomingPhoneNumbers resource."""

Addresses = Mapping[str, str]


class NumbersApi:
    """The numbers of one account."""

    def __init__(
        self, account_sid: str, auth_token: str, api_base_url: str, timeout: float = TIMEOUT
    ) -> None:
        self._account_sid = account_sid
        self._client = client(account_sid, auth_token, timeout)
        self._client.api.base_url = api_base_url.rstrip("/")

    def account(self) -> Mapping[str, str]:
        """The account's ``status`` (active, suspended, closed) and ``type`` (Trial, Full).

        Raises a CarrierError.
        """
        try:
            found = self._client.api.accounts(self._account_sid).fetch()
        except Exception as error:
            raise named(error) from error
        return {"status": str(found.status), "type": str(found.type)}

    def find(self, number: str) -> tuple[str, Addresses]:
        """The id of a number (E.164), and what stands in its FIELDS.

        Raises GoneError where the account has no such number, else a CarrierError.
        """
        try:
            found = self._client.incoming_phone_numbers.list(phone_number=number, limit=2)
        except Exception as error:
            raise named(error) from error
        exact = [each for each in found if each.phone_number == number]
        if not exact:
            raise GoneError("gone")
        return str(exact[0].sid), {name: getattr(exact[0], name) or "" for name in FIELDS}

    def set(self, sid: str, addresses: Addresses) -> None:
        """Set these FIELDS of a number. Raises a CarrierError."""
        try:
            self._client.incoming_phone_numbers(sid).update(**addresses)
        except Exception as error:
            raise named(error) from error
