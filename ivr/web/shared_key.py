"""Twilio's shared keys: how a request is signed with one. The only place in the line that knows it.

Twilio signs with a key of the operator's own where one of its webhook rules says so: a public beta
in November 2026. From Twilio's pages on webhook shared keys and the text beside its library for
Node (examples/WebhookSignatureValidation.md): such a request has one header more, as here; the
signature stands where it always does; what is signed is the same, and only the hash changes. Not
confirmed with a real account: that the secret is used as the text that it is given out as, and that
the signature is in Base64 as the usual one is. What Twilio changes there is changed here.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from itertools import chain

from ivr.web.fields import Pair

HEADER = "HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"
"""Where a web server puts X-Twilio-Webhooks-Signature-Settings: key=<its id>,algorithm=<name>."""
ALGORITHM = "HMAC_SHA256"


def fits(
    keys: Iterable[str], told: str, urls: Iterable[str], pairs: list[Pair], signature: str
) -> bool:
    """Whether one of the keys has signed one of these addresses with these fields.

    ``told``: what the header says, of which nothing is believed but the algorithm, and that only
    where it is the strong one. ``pairs``: every field, in the order of the names.
    """
    if _algorithms(told) != [ALGORITHM]:
        return False
    fields = "".join(chain.from_iterable(pairs))
    signed = [(key.encode(), (url + fields).encode()) for key in keys for url in urls]
    return any(
        hmac.compare_digest(base64.b64encode(hmac.digest(*each, "sha256")), signature.encode())
        for each in signed
    )


def _algorithms(told: str) -> list[str]:
    named = [each.strip().partition("=") for each in told.split(",")]
    return [value for name, _, value in named if name == "algorithm"]
