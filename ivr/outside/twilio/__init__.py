"""The carrier: Twilio's REST API. The only folder that imports it.

Here are only the errors, so that who knows them need not load Twilio's library.
"""

from __future__ import annotations

from ivr.outside.twilio.errors import (
    AccountError,
    CarrierError,
    GoneError,
    TryLaterError,
    TwilioRefusedError,
    UnclearError,
)

__all__ = [
    "AccountError",
    "CarrierError",
    "GoneError",
    "TryLaterError",
    "TwilioRefusedError",
    "UnclearError",
]
