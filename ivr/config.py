"""Every setting of the line: read from the environment, checked at start, named when wrong.

Owns what a setting may be and what stands where none is given (the demonstration). Reads the
environment once, when asked; nothing else in the line reads it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, NonNegativeInt, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr import secrets_in_files
from ivr.exchange.account import DEMO_ACCOUNT_SID
from ivr.numbers import DRAMA, may_be_rung, mobile
from ivr.sealed_box import faults_of, pair_of, same

LONDON = ZoneInfo("Europe/London")
ROOT = Path(__file__).resolve().parent.parent
TWILIO_API = "https://api.twilio.com"
TWILIO_LOOKUPS = "https://lookups.twilio.com"
SHORTEST_SECRET = 32
SHORTEST_KEY = 16
"""Characters of a shared key: what is shorter is half of one, or can be guessed."""
SMTP_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
FOLDER = re.compile(r"https://[\w.-]+(:\d{1,5})?(/[\w.~%-]+)*/?", re.ASCII)
"""An address to which a file's name can be added, and nothing of which could be lost on the way."""

DEMO_AUTH_TOKEN = "demonstration-only-auth-token"  # noqa: S105 - refused in production
DEMO_SECRET = "demonstration-only-secret-key-never-for-callers"  # noqa: S105
DEMO_LINE = "+442079460100"
DEMO_ADVISERS = "first=+442079460200,second=+442079460201"
DEMO_STAFF_EMAIL = "advisers@example.org"
DEMO_MAIL_PORT = 8025
LogLevel = Literal["", "debug", "info", "warning", "error"]
ONLY_ADVISER = "first"
"""The adviser whose number stands alone, without a name."""


class SettingsError(Exception):
    """One or more settings cannot be used; ``faults`` names each, with what to do."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class MailSettings:
    """A mail server, from whom and to whom staff are told. ``security``: starttls, tls or none."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str
    recipient: str


class Settings(BaseSettings):
    """What the line is told from outside. Without any of it, the line is a demonstration.

    ``env`` is ``production`` for a line that people ring; demonstration values are refused there.
    ``line_clock`` fixes the clock (ISO time, London where it names no zone) for tests.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    ivr_env: Literal["demonstration", "production"] = "demonstration"
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
        return self.ivr_env == "production"

    @property
    def least_logged(self) -> str:
        """The least that is logged: every request in production, a demonstration's warnings."""
        return (self.log_level or ("info" if self.production else "warning")).upper()

    @property
    def demonstration_account(self) -> bool:
        """Whether calls come from the exchange on this machine, never from Twilio."""
        return self.twilio_account_sid == DEMO_ACCOUNT_SID

    @property
    def base_url(self) -> str:
        """Where the line is reached from outside, without a slash at the end."""
        return (self.public_base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def audio_url(self) -> str:
        """The folder of the recordings: the operator's own address, or here. Ends with a slash."""
        return (self.audio_base_url or f"{self.base_url}/audio").rstrip("/") + "/"

    @property
    def api_base_url(self) -> str:
        """Where texts are handed over: Twilio, or for a demonstration the exchange here."""
        return self._api(TWILIO_API)

    @property
    def lookups_base_url(self) -> str:
        """Where the carrier is asked what kind a number is: in the same place as texts go to."""
        return self._api(TWILIO_LOOKUPS)

    def _api(self, twilio: str) -> str:
        here = f"http://127.0.0.1:{self.port}/exchange"
        return self.twilio_api_base_url or (here if self.demonstration_account else twilio)

    @property
    def database(self) -> str:
        """The database: SQLite beside the code where none is named.

        Hosts write ``postgres://`` or ``postgresql://``; SQLAlchemy wants the driver's name too.
        """
        url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", self.database_url)
        return url or f"sqlite:///{ROOT / 'var' / 'line.db'}"

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """Twilio's shared keys, the one that signs first; none where the auth token signs alone."""
        given = self.twilio_webhook_key.get_secret_value()
        return tuple(key.strip() for key in given.split(",")) if given.strip() else ()

    @property
    def advisers(self) -> Mapping[str, str]:
        """The numbers that may be rung, by the adviser's name in the content."""
        return dict(_named_numbers(self.adviser_number))

    @property
    def public_key(self) -> str:
        """What messages and call-backs are sealed with, so that only staff can open them."""
        if self.messages_public_key or self.production:
            return self.messages_public_key
        return pair_of(DEMO_SECRET)[0]

    @property
    def demo_private_key(self) -> str:
        """What opens messages in a demonstration; empty wherever the key is somebody's own."""
        public, private = pair_of(DEMO_SECRET)
        return private if self.public_key == public else ""

    @property
    def mail(self) -> MailSettings | None:
        """How staff are told by e-mail; None where nobody is."""
        if self.smtp_host and self.staff_email:
            password = self.smtp_password.get_secret_value()
            port = self.smtp_port or SMTP_PORTS[self.smtp_security]
            server = (self.smtp_host, port, self.smtp_user, password, self.smtp_security)
            return MailSettings(*server, self.mail_from or self.staff_email, self.staff_email)
        if not self.demonstration_account:
            return None
        port = self.smtp_port or DEMO_MAIL_PORT
        server = ("127.0.0.1", port, "", "", "none")
        return MailSettings(*server, "line@example.org", self.staff_email or DEMO_STAFF_EMAIL)

    @property
    def reference_secret(self) -> str:
        """What references to numbers and calls are made from.

        The last of the secrets where there is no own one: a new secret stands in front of it.
        """
        own = self.reference_key.get_secret_value()
        return own or self.secret_key.get_secret_value().split(",")[-1]

    @property
    def ways(self) -> tuple[str, ...]:
        """How staff are told that something waits: by mail, by text, both or neither."""
        told = {"mail": bool(self.mail), "text": bool(self.staff_mobile)}
        return tuple(way for way, used in told.items() if used)


SECRETS = frozenset(
    name.upper()
    for name, field in Settings.model_fields.items()
    if field.annotation is SecretStr or name == "database_url"
)
"""Settings that may stand in a file each; the address of a database holds its password."""
OTHERS = frozenset(name.upper() for name in Settings.model_fields) - SECRETS


def _unseen(settings: Settings) -> Iterator[str]:
    """What callers leave must be sealed for staff, and staff told of it."""
    key = settings.messages_public_key
    if not key:
        yield "MESSAGES_PUBLIC_KEY: production needs one of your own; make it with: ivr inbox keys"
    elif not faults_of(key) and same(key, pair_of(DEMO_SECRET)[0]):
        yield "MESSAGES_PUBLIC_KEY: the demonstration's key is refused in production"
    if not settings.ways:
        yield "STAFF_EMAIL: production needs it (with SMTP_HOST) or STAFF_MOBILE, to tell staff"
    if settings.staff_mobile.startswith(DRAMA):
        yield "STAFF_MOBILE: production needs a real number"
    if settings.smtp_security == "none" and settings.smtp_password.get_secret_value():
        yield "SMTP_SECURITY: a password is never sent without tls or starttls"


def _named_numbers(text: str) -> Iterator[tuple[str, str]]:
    """``first=+44…,second=+44…``; a number alone is the first adviser's."""
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, named, number = each.rpartition("=")
        yield (name.strip() if named else ONLY_ADVISER), number.strip()


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingsError naming each one that is wrong."""
    given = os.environ if environment is None else environment
    given = {name.upper(): value for name, value in given.items()}
    if wrong := list(secrets_in_files.faults(given, SECRETS, OTHERS)):
        raise SettingsError(wrong)
    given |= secrets_in_files.values(given, SECRETS)
    try:
        settings = Settings.model_validate({name.lower(): each for name, each in given.items()})
    except ValidationError as error:
        raise SettingsError([_named(each["loc"], each["msg"]) for each in error.errors()]) from None
    faults = [*_faults(settings), *(_production_faults(settings) if settings.production else ())]
    if faults:
        raise SettingsError(faults)
    return settings


def _named(path: tuple[str | int, ...], message: str) -> str:
    return f"{'.'.join(str(step) for step in path).upper()}: {message}"


def _faults(settings: Settings) -> Iterator[str]:
    if settings.public_base_url and urlsplit(settings.public_base_url).scheme not in (
        "http",
        "https",
    ):
        yield "PUBLIC_BASE_URL: must be the whole public address, such as https://line.example.org"
    if settings.audio_base_url and not FOLDER.fullmatch(settings.audio_base_url):
        yield "AUDIO_BASE_URL: must be an https address, such as https://cdn.example.org/audio"
    if not re.fullmatch(r"AC\w+", settings.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID: begins with AC; it is in Twilio's console"
    tokens = settings.twilio_auth_token.get_secret_value().split(",")
    if tokens == [""]:
        yield "TWILIO_AUTH_TOKEN: is empty; it is in Twilio's console beside the account SID"
    elif len(tokens) > 1 and any(not each or each != each.strip() for each in tokens):
        yield "TWILIO_AUTH_TOKEN: two tokens stand with a comma between, and no space"
    if any(len(key) < SHORTEST_KEY for key in settings.webhook_keys):
        yield (
            f"TWILIO_WEBHOOK_KEY: each key must have {SHORTEST_KEY} characters or more: the secret "
            "that Twilio showed when the shared key was made; two with a comma between"
        )
    yield from _adviser_faults(settings)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", settings.line_number):
        yield "LINE_NUMBER: must be the line's number with its country code, such as +442079460100"

    yield from _message_faults(settings)


def _adviser_faults(settings: Settings) -> Iterator[str]:
    named = list(_named_numbers(settings.adviser_number))
    for name, number in named:
        if not re.fullmatch(r"[a-z][a-z-]*", name):
            yield f"ADVISER_NUMBER: “{name}” is no name; write first=+442079460200"
        if not (number.startswith("+44") and may_be_rung(number)):
            yield (
                f"ADVISER_NUMBER: {name} must have a UK number that may be rung (01, 02, 03, 07 or "
                "080), such as +442079460200"
            )
        if number == settings.line_number:
            yield f"ADVISER_NUMBER: {name} has the line's own number; callers would ring the line"
    for what, each in (("name", 0), ("number", 1)):
        if len({pair[each] for pair in named}) < len(named):
            yield f"ADVISER_NUMBER: a {what} stands there twice"


def _message_faults(settings: Settings) -> Iterator[str]:
    if settings.messages_public_key and (wrong := faults_of(settings.messages_public_key)):
        yield f"MESSAGES_PUBLIC_KEY: {wrong}"
    if settings.staff_mobile and not mobile(settings.staff_mobile):
        yield "STAFF_MOBILE: must be a UK mobile, such as +447700900123"
    for name in ("staff_email", "mail_from"):
        address = getattr(settings, name)
        if address and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            yield f"{name.upper()}: must be an e-mail address"
    if settings.staff_email and not settings.mail:
        yield "STAFF_EMAIL: needs SMTP_HOST, the server that sends mail"


def _production_faults(settings: Settings) -> Iterator[str]:
    if not settings.public_base_url.startswith("https://"):
        yield "PUBLIC_BASE_URL: production needs the public https address of the line"
    if not re.fullmatch(r"AC[0-9a-f]{32}", settings.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID: a real one is AC and 32 of 0-9 and a-f"
    if settings.demonstration_account:
        yield "TWILIO_ACCOUNT_SID: the demonstration account is refused in production"
    if DEMO_AUTH_TOKEN in settings.twilio_auth_token.get_secret_value().split(","):
        yield "TWILIO_AUTH_TOKEN: the demonstration token is refused in production"
    secrets = settings.secret_key.get_secret_value().split(",")
    if any(each == DEMO_SECRET or len(each) < SHORTEST_SECRET for each in secrets):
        yield f"SECRET_KEY: production needs one of your own, {SHORTEST_SECRET} characters or more"
    numbers = {"line_number": [settings.line_number], "adviser_number": settings.advisers.values()}
    for name, given in numbers.items():
        if not given or any(not number or number.startswith(DRAMA) for number in given):
            yield f"{name.upper()}: production needs a real number"
    yield from _unseen(settings)
    if settings.line_clock is not None:
        yield "LINE_CLOCK: a fixed clock is refused in production"
