"""``ivr work``: the worker that sends the texts callers asked for."""

from __future__ import annotations

import logging
import signal
import threading

import click

from ivr.carrier import Carrier
from ivr.commands.common import settings_or_stop
from ivr.config import Settings
from ivr.jobs import work as run
from ivr.seal import References
from ivr.store import Outbox, open_store
from ivr.store.database import PATIENT_MS
from ivr.web.guard import OVERRIDES


@click.command()
def work() -> None:
    """Send the texts that callers asked for, until stopped.

    "ivr serve" starts one too. Several may run, on one machine or more: no text is sent twice.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = settings_or_stop()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    secret = settings.secret_key.get_secret_value()
    outbox = Outbox(open_store(settings.database, PATIENT_MS), References(secret))
    run(outbox, carrier_of(settings), settings.database, stop)


def carrier_of(settings: Settings) -> Carrier:
    """The carrier that these settings name."""
    return Carrier(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value().split(",")[0],
        settings.api_base_url,
        settings.line_number,
        f"{settings.base_url}/sms/status{OVERRIDES}",
    )
