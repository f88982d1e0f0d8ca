"""Every setting of the line, what stands where none is given (the demo), and what follows.

Owns their names and kinds. Whether they can be used together is the business of ``faults``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, NonNegativeInt, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.config.listed import parts
from ivr.secrets.seal import fingerprint
from ivr.secrets.sealed_box import pair_of

LONDON = ZoneInfo("Europe/London")
ROOT = Path(__file__).resolve().parent.parent.parent
TWILIO_API = "https://api.twilio.com"
TWILIO_LOOKUPS = "https://lookups.twilio.com"
SMTP_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}

DEMO_AUTH_TOKEN = "demonstration-only-auth-token"  # noqa: S105 - refused in production
DEMO_SECRET = "demonstration-only-secret-key-never-for-callers"  # noqa: S105
DEMO_LINE = "+442079460100"
DEMO_ADVISERS = "first=+442079460200,second=+442079460201"
DEMO_STAFF_EMAIL = "advisers@example.org"
DEMO_MAIL_PORT = 8025
Env = Literal["", "demonstration", "production"]
LogLevel = Literal["", "debug", "info", "warning", "error"]
ONLY_ADVISER = "first"
"""The adviser whose number stands alone, without a name."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """A mail server, from whom and to whom staff are told. ``security``: starttls, tls or none.

    ``recipient``: one address or more, as they stand in a mail.
    """

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str
    recipient: str


class Settings(BaseSettings):
    """What the line is told from outside. Without any of it, the line is a demo.

    ``ivr_env`` is ``production`` for a line that people ring, which every account is for but the
    demo's where nothing is said; demo values are refused there. Settings that
    hold several values have them apart, by another name: use that one.
    ``line_clock`` fixes the clock (ISO time, London where it names no zone) for tests.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    ivr_env: Annotated[Env, BeforeValidator(str.lower)] = ""
    port: int = 8000
    public_base_url: str = ""
    audio_base_url: str = ""
    twilio_account_sid: str = DEMO_ACCOUNT_SID
    twilio_auth_token: SecretStr = SecretStr(DEMO_AUTH_TOKEN)
    twilio_webhook_key: SecretStr = SecretStr("")
    line_number: str = DEMO_LINE
    adviser_number: str = DEMO_ADVISERS
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    reference_key: SecretStr = SecretStr("")
    database_url: str = ""
    twilio_api_base_url: str = ""
    messages_public_key: str = ""
    staff_email: str = ""
    staff_mobile: str = ""
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    texts_a_day: NonNegativeInt = 300
    texts_a_month: NonNegativeInt = 3_000
    texts_pence_a_month: NonNegativeInt = 15_000
    answers_a_day: NonNegativeInt = 600
    answers_pence_a_month: NonNegativeInt = 10_000
    danger_a_day: PositiveInt = 200
    staff_texts_a_day: NonNegativeInt = 40
    staff_texts_pence_a_month: NonNegativeInt = 2_000
    pence_a_segment: PositiveInt = 4
    pence_elsewhere: PositiveInt = 50
    texts_lookup: bool = False
    resume_calls: bool | None = None
    proxies: NonNegativeInt = 0
    metrics_token: SecretStr = SecretStr("")
    sentry_dsn: SecretStr = SecretStr("")
    log_level: Annotated[LogLevel, BeforeValidator(str.lower)] = ""
    line_clock: datetime | None = None
    content_dir: Path = ROOT / "prompts"
    audio_dir: Path = ROOT / "audio"
    own_audio_dir: Path = ROOT / "var" / "audio"
    editions_dir: Path = ROOT / "var" / "editions"

    @property
    def production(self) -> bool:
        """Whether real callers ring this line."""
        return (self.ivr_env or self._usual_env) == "production"

    @property
    def _usual_env(self) -> str:
        return "demonstration" if self.demo_account else "production"

    @property
    def least_logged(self) -> str:
        """The least that is logged: every request in production, a demo's warnings."""
        return (self.log_level or ("info" if self.production else "warning")).upper()

    @property
    def demo_account(self) -> bool:
        """Whether calls come from the simulator on this machine, never from Twilio."""
        return self.twilio_account_sid == DEMO_ACCOUNT_SID

    @property
    def base_url(self) -> str:
        """Where the line is reached from outside, without a slash at the end.

        A host is the same in capitals, and Twilio signs the address as it is asked: in small ones.
        """
        given = urlsplit(self.public_base_url or f"http://127.0.0.1:{self.port}")
        return given._replace(netloc=given.netloc.lower()).geturl().rstrip("/")

    @property
    def audio_url(self) -> str:
        """The folder of the recordings: the operator's own address, or here. Ends with a slash."""
        return (self.audio_base_url or f"{self.base_url}/audio").rstrip("/") + "/"

    @property
    def resumes(self) -> bool:
        """Whether who rings again soon may go on: unless it is said otherwise, for real calls."""
        return not self.demo_account if self.resume_calls is None else self.resume_calls

    @property
    def api_base_url(self) -> str:
        """Where texts are handed over: Twilio, or for a demo the simulator here."""
        return self._api(TWILIO_API)

    @property
    def lookups_base_url(self) -> str:
        """Where the carrier is asked what kind a number is: in the same place as texts go to."""
        return self._api(TWILIO_LOOKUPS)

    def _api(self, twilio: str) -> str:
        here = f"http://127.0.0.1:{self.port}/exchange"
        return self.twilio_api_base_url or (here if self.demo_account else twilio)

    @property
    def database(self) -> str:
        """The database: SQLite beside the code where none is named.

        Hosts write ``postgres://`` or ``postgresql://``; SQLAlchemy wants the driver's name too.
        """
        url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", self.database_url)
        return url or f"sqlite:///{ROOT / 'var' / 'line.db'}"

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The account's tokens, any of which may sign a request."""
        return parts(self.twilio_auth_token)

    @property
    def auth_token(self) -> str:
        """The token with which the carrier is asked: the first."""
        return self.auth_tokens[0]

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """Twilio's shared keys, the one that signs first; none where the auth token signs alone."""
        return parts(self.twilio_webhook_key)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The line's own secrets: the first seals, all can open."""
        return parts(self.secret_key)

    @property
    def advisers(self) -> Mapping[str, str]:
        """The numbers that may be rung, by the adviser's name in the content."""
        return dict(self.named_numbers)

    @property
    def named_numbers(self) -> tuple[tuple[str, str], ...]:
        """``first=+44…,second=+44…`` taken apart; a number alone is the first adviser's."""
        return tuple(map(_named_number, parts(self.adviser_number)))

    @property
    def staff_emails(self) -> tuple[str, ...]:
        """Who is told by mail."""
        return parts(self.staff_email)

    @property
    def public_key(self) -> str:
        """What messages and call-backs are sealed with, so that only staff can open them."""
        if self.messages_public_key or not self.demo_account:
            return self.messages_public_key
        return pair_of(DEMO_SECRET)[0]

    @property
    def demo_private_key(self) -> str:
        """What opens messages in a demo; empty wherever the key is somebody's own."""
        public, private = pair_of(DEMO_SECRET)
        return private if self.public_key == public else ""

    @property
    def mail(self) -> MailSettings | None:
        """How staff are told by e-mail; None where nobody is."""
        told = ", ".join(self.staff_emails)
        if self.smtp_host and told:
            password = self.smtp_password.get_secret_value()
            port = self.smtp_port or SMTP_PORTS[self.smtp_security]
            server = (self.smtp_host, port, self.smtp_user, password, self.smtp_security)
            return MailSettings(*server, self.mail_from or self.staff_emails[0], told)
        if not self.demo_account:
            return None
        port = self.smtp_port or DEMO_MAIL_PORT
        server = ("127.0.0.1", port, "", "", "none")
        return MailSettings(*server, "line@example.org", told or DEMO_STAFF_EMAIL)

    @property
    def reference_secret(self) -> str:
        """What references to numbers and calls are made from.

        The last of the secrets where there is no own one: a new secret stands in front of it.
        """
        return self.reference_key.get_secret_value().strip() or self.secrets[-1]

    @property
    def fingerprint(self) -> str:
        """By what a database knows ``reference_secret`` again."""
        return fingerprint(self.reference_secret)

    @property
    def ways(self) -> tuple[str, ...]:
        """How staff are told that something waits: by mail, by text, both or neither."""
        told = {"mail": bool(self.mail), "text": bool(self.staff_mobile)}
        return tuple(way for way, used in told.items() if used)


def _named_number(part: str) -> tuple[str, str]:
    name, named, number = part.rpartition("=")
    return (name.strip() if named else ONLY_ADVISER), number.strip()


SECRETS = frozenset(
    name.upper()
    for name, field in Settings.model_fields.items()
    if field.annotation is SecretStr or name == "database_url"
)
"""Settings that may stand in a file each; the address of a database holds its password."""
OTHERS = frozenset(name.upper() for name in Settings.model_fields) - SECRETS
