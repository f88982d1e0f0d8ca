"""Twilio's shared keys: how a request is signed with one. The only place in the line that knows it.

Twilio signs with a key of the operator's own where one of its webhook rules says so: a public beta
in September 2026. Such a request has one header more, and its signature stands where it always
does, over the same, with another hash. Twilio's library for Python (9.13) does the sum here; that
is how sure it is: no request that Twilio itself signed so has been seen.
"""

from __future__ import annotations

from collections.abc import Iterable

from twilio.request_validator import HMAC_SHA256, RequestValidator, get_signature_algorithm
from werkzeug.datastructures import MultiDict

from ivr.web.fields import Pair

HEADER = "HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"
"""Where a web server puts X-Twilio-Webhooks-Signature-Settings: key=<its id>,algorithm=<name>."""


def fits(
    keys: Iterable[str], told: str, urls: Iterable[str], pairs: list[Pair], signature: str
) -> bool:
    """Whether one of the keys has signed one of these addresses with these fields.

    ``told``: what the header says. It is not signed itself, so nothing of it is believed: any hash
    but the strong one is refused, also where it is the first of two.
    """
    if get_signature_algorithm(told) != HMAC_SHA256:
        return False
    fields = MultiDict(pairs)
    return any(
        RequestValidator(key).validate(url, fields, signature, HMAC_SHA256)
        for key in keys
        for url in urls
    )
