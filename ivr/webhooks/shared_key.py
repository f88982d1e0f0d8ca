"""Twilio's shared keys: how a request is signed with one. The only place in the line that knows it.

Twilio signs with a key of the operator's own where one of its webhook rules says so: a public beta
in September 2026. Such a request has one header more, and its signature stands where it always
does, over the same, with another hash; the secret is used as the text that it is given out as. So
it is in Twilio's pages and its library for Python (9.13), which tests hold this against; no request
that Twilio itself signed so has been seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from twilio.request_validator import HMAC_SHA256, get_signature_algorithm

HEADER = "HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"
"""Where a web server puts X-Twilio-Webhooks-Signature-Settings: key=<its id>,algorithm=<name>."""


def macs(keys: Iterable[str]) -> list[hmac.HMAC]:
    """What signs with each of these keys."""
    return [hmac.new(key.encode(), digestmod="sha256") for key in keys]


def strong(told: str) -> bool:
    """Whether the header names SHA-256. The header itself is not signed: no other hash is taken."""
    return bool(get_signature_algorithm(told) == HMAC_SHA256)
