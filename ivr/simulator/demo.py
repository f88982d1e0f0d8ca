"""The telephone company on this machine, joined to a line that is a demo.

Owns what the demo has besides the line itself: the simulator's API, the phone in a page,
and the mailbox that takes what is sent to staff.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask

from ivr.config import Settings
from ivr.simulator import faults, lookups, messages, numbers, phone, recordings
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.mail import HERE as MAILBOX_HOST
from ivr.simulator.mail import Mailbox
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.wire import Http, Wire
from ivr.speech.manifest import PromptAudios
from ivr.webhooks.extension import join

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Demo:
    """The mailbox of a demo; ``here``: whether mail to staff is sent to it."""

    mailbox: Mailbox
    here: bool

    def open_mailbox(self) -> None:
        """Let the mailbox take mail; without it, nothing else is missing."""
        if self.here:
            try:
                self.mailbox.start()
            except OSError as error:
                says = (
                    "mail to staff is not shown, port %s is taken (%s): set SMTP_PORT to a free one"
                )
                log.warning(says, self.mailbox.port, error)


def add(app: Flask, settings: Settings, prompts: PromptAudios) -> Demo:
    """Join the telephone company to the line. Raises RealAccountError beside a real account."""
    token = settings.auth_token
    account = SimulatedAccount(settings.twilio_account_sid, token, settings.line_number)
    mailroom = Mailroom(account, Wire(Http(), token), pace=0.2)
    sounds = recordings.SimulatedRecordings(settings.api_base_url)
    mailbox = Mailbox(settings.mail.port if settings.mail else 0)
    here = settings.mail is not None and settings.mail.host == MAILBOX_HOST
    demo = Demo(mailbox, here)
    join(app, sounds, demo)
    handset = phone.Phone(account, settings.base_url, prompts.library, sounds)
    planned = faults.Faults()
    texts, sound = messages.blueprint(mailroom), recordings.blueprint(sounds, account)
    owned = numbers.blueprint(numbers.Numbers(account, phone.DEMO_STAFF_LINE))
    apis = (texts, sound, lookups.blueprint(account))
    for api in apis:
        planned.watch(api)
    for api in (*apis, owned, faults.blueprint(planned)):
        app.register_blueprint(api, url_prefix="/exchange")
    page = phone.blueprint(handset, mailroom, settings.line_number, lambda: mailbox.mails)
    app.register_blueprint(page)
    return demo
