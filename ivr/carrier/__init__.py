"""The carrier: Twilio's REST API, or one that speaks the same. The only folder that imports it."""

from __future__ import annotations

from ivr.carrier.errors import (
    CarrierError,
    GoneError,
    RefusedError,
    TryLaterError,
    UnclearError,
)
from ivr.carrier.lookups import LookupsApi
from ivr.carrier.numbers import NumbersApi
from ivr.carrier.recordings import RecordingsApi
from ivr.carrier.texts import Carrier

__all__ = [
    "Carrier",
    "CarrierError",
    "GoneError",
    "LookupsApi",
    "NumbersApi",
    "RecordingsApi",
    "RefusedError",
    "TryLaterError",
    "UnclearError",
]
