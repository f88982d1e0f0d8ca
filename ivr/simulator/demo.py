"""The telephone company on this machine, joined to a line that is a demo.

Owns what the demo has besides the line itself: the start page, the simulator's API, the phone in a
page, the mailbox that takes what is sent to staff, and what is true again at each start.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask

from ivr.simulator import calls, faults, lookups, messages, numbers, phone, recordings, start
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.mail import HERE as MAILBOX_HOST
from ivr.simulator.mail import Mailbox
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.wire import Http, Wire
from ivr.speech.manifest import PromptAudios
from ivr.store import StoreDownError
from ivr.store.heartbeats import RUNS_ON
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Demo:
    """The mailbox of a demo; ``here``: whether mail to staff is sent to it."""

    kept: StoreServices
    mailbox: Mailbox
    here: bool
    lacking: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """In the process that answers: the clock is right, commands find the line, mail is taken.

        Without any of it, nothing else is missing.
        """
        now = datetime.now(UTC)
        try:
            self.kept.live_settings.set_clock(timedelta(), now)
            self.kept.beats.beat(RUNS_ON, now, says=str(self.kept.settings.port))
        except StoreDownError as error:
            log.warning("the database is away: the clock may not be right (%s)", error)
        if self.here:
            self._open_mailbox()

    def _open_mailbox(self) -> None:
        try:
            self.mailbox.start()
        except OSError:
            self.lacking.append(
                f"Another program has port {self.mailbox.port}, and gets what is mailed. Stop that "
                f"program, or take another port: SMTP_PORT={self.mailbox.port + 1} make run"
            )
            log.warning("Mail to staff cannot be shown. %s", self.lacks_mail())

    def lacks_mail(self) -> str:
        """Why mail to staff cannot be shown; empty where it can."""
        if self.here:
            return "".join(self.lacking)
        return "It goes to the server of SMTP_HOST."


def add(app: Flask, kept: StoreServices, prompts: PromptAudios) -> Demo:
    """Join the telephone company to the line. Raises RealAccountError beside a real account."""
    settings = kept.settings
    token = settings.auth_token
    account = SimulatedAccount(settings.twilio_account_sid, token, settings.line_number)
    mailroom = Mailroom(account, Wire(Http(), token), pace=0.2)
    sounds = recordings.SimulatedRecordings(settings.api_base_url)
    mailbox = Mailbox(settings.mail.port if settings.mail else 0)
    here = settings.mail is not None and settings.mail.host == MAILBOX_HOST
    demo = Demo(kept, mailbox, here)
    join(app, sounds, demo)
    handset = phone.Phone(account, settings.base_url, prompts.library, sounds)
    planned = faults.Faults()
    texts, sound = messages.blueprint(mailroom), recordings.blueprint(sounds, account)
    owned = numbers.blueprint(numbers.Numbers(account, phone.DEMO_STAFF_LINE))
    apis = (texts, sound, lookups.blueprint(account))
    for api in apis:
        planned.watch(api)
    for api in (*apis, owned, calls.blueprint(account), faults.blueprint(planned)):
        app.register_blueprint(api, url_prefix="/exchange")
    page = phone.blueprint(
        handset, mailroom, settings.line_number, lambda: mailbox.mails, demo.lacks_mail
    )
    for each in (page, start.blueprint(kept, demo.lacks_mail)):
        app.register_blueprint(each)
    return demo
