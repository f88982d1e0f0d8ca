"""What can go wrong with a carrier's REST API, in three kinds that a job can act on.

Owns which of them an error is. What is not known for certain is unclear.
"""

from __future__ import annotations

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

TOO_MANY = 20429
"""Twilio's "too many requests": such a request was never acted on."""
NOT_KNOWN = "20003"
"""Twilio's code for an account or token that it does not know."""


class CarrierError(Exception):
    """A request was not done. ``code`` is Twilio's, or a word."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class RefusedError(CarrierError):
    """The carrier will never take this."""


class TryLaterError(CarrierError):
    """The carrier did not take it and may take it later. Safe to send again."""


class UnclearError(CarrierError):
    """Nobody knows whether the carrier took it. Look before sending again."""


class GoneError(CarrierError):
    """The carrier does not have what was asked for."""


def named(error: Exception) -> CarrierError:
    """Which of the three an error is. What is not known for certain is unclear."""
    if isinstance(error, TwilioRestException):
        code = str(error.code or error.status)
        if error.status == requests.codes.too_many_requests or error.code == TOO_MANY:
            return TryLaterError(code)
        return RefusedError(code) if 400 <= error.status < 500 else UnclearError(code)
    if isinstance(error, TwilioException) and _status(error) == requests.codes.unauthorized:
        return RefusedError(NOT_KNOWN)
    if isinstance(error, requests.ConnectTimeout):
        return TryLaterError("connect")
    if isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error):
        return TryLaterError("connect")
    if isinstance(error, requests.RequestException | TwilioException | ValueError | KeyError):
        return UnclearError(type(error).__name__)
    return UnclearError("unknown")


def _status(error: TwilioException) -> int:
    """The status of the answer, which lists hand on beside their words only."""
    return int(getattr(error.args[1], "status_code", 0)) if len(error.args) > 1 else 0
