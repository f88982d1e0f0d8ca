"""Fields that Twilio adds to its requests and that nobody here reads: long, many, and one twice.

Owns examples of them. Twilio adds fields at any time (its page on webhook security: never check a
fixed list); these go with every request, so that a line which minds them is found at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

IDENTITY = "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0In0"
UNKNOWN: tuple[tuple[str, str], ...] = (
    ("CallToken", json.dumps({"parentCallInfoToken": IDENTITY * 30})),
    ("AddOns", json.dumps({"status": "successful", "results": {"add_on": "x" * 1_700}})),
    ("StirVerstat", "TN-Validation-Passed-A"),
    ("FromCity", "BARKING"),
    ("FromCountry", "GB"),
    ("CallerName", "= & % + ü \u202e"),
    ("SipHeader_P", "one"),
    ("SipHeader_P", "two"),
    *((f"SipHeader_X-Carrier-{n}", "sip:someone@example.org;user=phone") for n in range(95)),
)
"""A token for each identity header makes the first as long as it likes; add-ons answer in JSON."""


def with_unknown(form: Mapping[str, str]) -> MultiDict[str, str]:
    """The fields of a request with those beside them, that nobody reads."""
    sent = MultiDict(form)
    sent.update(MultiDict(UNKNOWN))
    return sent
