"""A line, and Twilio before it, for who texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from twilio.request_validator import RequestValidator

from ivr.app import create_app
from ivr.config import Settings
from ivr.secrets.seal import References
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.consent import Consent
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.wire import InProcess, Wire
from ivr.store.answers import AnswerLog
from ivr.store.limits import Caps
from ivr.store.sent import Sent
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.guard import OVERRIDES

MOBILE = "+447700900123"


class Town:
    """A line, and Twilio before it. ``advanced``: further words of Advanced Opt-Out."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.app = settings, create_app(settings)
        self.token = settings.twilio_auth_token.get_secret_value()
        self.account = SimulatedAccount(
            settings.twilio_account_sid, self.token, settings.line_number
        )
        self.twilio()

    def twilio(self, advanced: dict[str, str] | None = None) -> None:
        wire = Wire(InProcess(self.app), self.token)
        self.room = Mailroom(self.account, wire, consent=Consent(advanced))

    def text(self, body: str, number: str = MOBILE) -> list[str]:
        """What is texted back, by Twilio and by the line."""
        return self.room.text_in(f"{self.settings.base_url}/sms{OVERRIDES}", number, body)

    def tell(self, body: str, sid: str, number: str = MOBILE, **more: str) -> bytes:
        """What the line alone answers to one telling of a text."""
        form = {"MessageSid": sid, "From": number, "Body": body, **more}
        url = f"{self.settings.base_url}/sms"
        signed = RequestValidator(self.token).compute_signature(url, form)
        sent = {"data": form, "headers": {"X-Twilio-Signature": signed}}
        got = self.app.test_client().post("/sms", base_url=self.settings.base_url, **sent)
        assert got.status_code == 200
        return got.data

    def stopped(self, number: str = MOBILE) -> bool:
        """Whether the line knows that this number wants no texts."""
        return services_of(self.app, StoreServices).optouts.stopped(number)

    def queue(self, number: str = MOBILE) -> str:
        """What becomes of a text that a caller asks for."""
        asked = ("CA1", "apples", "en", number, "words", datetime.now(UTC))
        return services_of(self.app, StoreServices).outbox.queue(*asked)

    def wishes(self) -> int:
        """How many wait to be rung back."""
        return len(services_of(self.app, StoreServices).inbox.items())

    @property
    def store(self):
        return services_of(self.app, StoreServices).optouts._store

    def limit(self, **caps: int) -> None:
        """Other limits from now on."""
        secret = self.settings.reference_secret
        made = AnswerLog(self.store, References(secret), Caps(**caps))
        services_of(self.app, StoreServices).answers = made

    def pence(self) -> int:
        """What answers have cost so far."""
        used = Sent(self.store, Caps()).used(datetime.now(UTC))
        return sum(use.used for use in used if use.limit.endswith("_pence_a_month"))


def opened(settings: Settings) -> Iterator[Town]:
    made = Town(settings)
    yield made
    services_of(made.app, Lifetime).close()
