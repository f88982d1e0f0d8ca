"""Twilio's REST client, made in one place: a time limit on each request, and no repeats.

Whether to ask again is the business of jobs.
"""

from __future__ import annotations

import logging

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

USUAL_LOG = logging.getLogger("twilio.http_client")


def client(
    account_sid: str, auth_token: str, timeout: float, log: logging.Logger = USUAL_LOG
) -> Client:
    """A client that waits at most ``timeout`` seconds. Twilio's own has no limit by default."""
    http = TwilioHttpClient(timeout=timeout, max_retries=0, logger=log)
    return Client(account_sid, auth_token, http_client=http)
