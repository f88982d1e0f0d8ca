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
OWN_CODES = 21_000
"""Twilio's codes below this are of the account and its access; from here on, of the one request."""
NOT_SERVED = (401, 402, 403)
"""HTTP: who asks is not known, has not paid, or may not."""
OF_THE_SENDER = frozenset({21212, 21603, 21606, 21611, 21659, 21660, 21661, 63038})
"""Twilio's codes of the number that sends: it is none of the account's, has too many texts in its
queue, or the account has had its texts for the day."""


class CarrierError(Exception):
    """A request was not done. ``code`` is Twilio's, or a word."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class TwilioRefusedError(CarrierError):
    """The carrier will never take this."""


class TryLaterError(CarrierError):
    """The carrier did not take it and may take it later. Safe to send again."""


class AccountError(TryLaterError):
    """The carrier serves nobody of this account now: a wrong token, no money left, suspended.

    Nothing is wrong with what was asked for; it is taken once a person has mended the account.
    """


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
        if error.status in NOT_SERVED and (error.code or 0) < OWN_CODES:
            return AccountError(code)
        timed_out = error.status == requests.codes.request_timeout
        refused = 400 <= error.status < 500 and not timed_out
        return TwilioRefusedError(code) if refused else UnclearError(code)
    if isinstance(error, TwilioException) and _status(error) in NOT_SERVED:
        return AccountError(NOT_KNOWN)
    if isinstance(error, requests.ConnectTimeout):
        return TryLaterError("connect")
    if isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error):
        return TryLaterError("connect")
    if isinstance(error, requests.RequestException | TwilioException | ValueError | KeyError):
        return UnclearError(type(error).__name__)
    return UnclearError("unknown")


def of_a_text(error: Exception) -> CarrierError:
    """Which of them an error is that came of handing a text over.

    No text is lost for a refusal that is not of it: one of the account, of the number that sends,
    or one without a code of Twilio's, which something in between has said.
    """
    found = named(error)
    if not isinstance(error, TwilioRestException):
        return found
    if error.code in OF_THE_SENDER:
        return AccountError(found.code)
    if not isinstance(found, TwilioRefusedError):
        return found
    if not error.code:
        return UnclearError(found.code)
    return AccountError(found.code) if error.code < OWN_CODES else found


def _status(error: TwilioException) -> int:
    """The status of the answer, which lists hand on beside their words only."""
    return int(getattr(error.args[1], "status_code", 0)) if len(error.args) > 1 else 0
