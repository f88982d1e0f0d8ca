"""What kind of telephone a number is, asked through Twilio's Lookup API (version 2).

Owns this one request. A number stands in its address, so nothing of it is ever logged. It costs
money and takes time: never asked on a caller's way, and nothing is repeated here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ivr.outside.twilio.client import client
from ivr.outside.twilio.errors import named

TIMEOUT = 5
FIELDS = "line_type_intelligence"

log = logging.getLogger(__name__)
log.addFilter(lambda record: False)
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
"""Both would write whole addresses: Twilio's client for information, urllib3 for debugging."""


class LookupsApi:
    """The Lookup resource, for one account."""

    def __init__(
        self, account_sid: str, auth_token: str, api_base_url: str, timeout: float = TIMEOUT
    ) -> None:
        self._client = client(account_sid, auth_token, timeout, log)
        self._client.lookups.base_url = api_base_url.rstrip("/")

    def line_type(self, number: str) -> str:
        """Twilio's word for the kind of ``number`` (E.164); empty where it has none.

        Raises a CarrierError.
        """
        try:
            found = self._client.lookups.v2.phone_numbers(number).fetch(fields=FIELDS)
        except Exception as error:
            raise named(error) from error
        told = found.line_type_intelligence
        return str(told.get("type") or "") if isinstance(told, Mapping) else ""
