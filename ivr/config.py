"""Every setting of the line: read from the environment, checked at start, named when wrong.

Owns what a setting may be and what stands where none is given (the demonstration). Reads the
environment once, when asked; nothing else in the line reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.exchange.account import DEMO_ACCOUNT_SID
from ivr.numbers import DRAMA, may_be_rung

LONDON = ZoneInfo("Europe/London")
ROOT = Path(__file__).resolve().parent.parent
TWILIO_API = "https://api.twilio.com"
SHORTEST_SECRET = 32

DEMO_AUTH_TOKEN = "demonstration-only-auth-token"  # noqa: S105 - refused in production
DEMO_SECRET = "demonstration-only-secret-key-never-for-callers"  # noqa: S105
DEMO_LINE = "+442079460100"
DEMO_ADVISER = "+442079460200"


class SettingsError(Exception):
    """One or more settings cannot be used; ``faults`` names each, with what to do."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class Settings(BaseSettings):
    """What the line is told from outside. Without any of it, the line is a demonstration.

    ``env`` is ``production`` for a line that people ring; demonstration values are refused there.
    ``line_clock`` fixes the clock (ISO time, London where it names no zone) for tests.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    ivr_env: Literal["demonstration", "production"] = "demonstration"
    port: int = 8000
    public_base_url: str = ""
    twilio_account_sid: str = DEMO_ACCOUNT_SID
    twilio_auth_token: SecretStr = SecretStr(DEMO_AUTH_TOKEN)
    line_number: str = DEMO_LINE
    adviser_number: str = DEMO_ADVISER
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    database_url: str = ""
    twilio_api_base_url: str = ""
    line_clock: datetime | None = None
    content_dir: Path = ROOT / "prompts"
    audio_dir: Path = ROOT / "audio"

    @property
    def production(self) -> bool:
        """Whether real callers ring this line."""
        return self.ivr_env == "production"

    @property
    def demonstration_account(self) -> bool:
        """Whether calls come from the exchange on this machine, never from Twilio."""
        return self.twilio_account_sid == DEMO_ACCOUNT_SID

    @property
    def base_url(self) -> str:
        """Where the line is reached from outside, without a slash at the end."""
        return (self.public_base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def api_base_url(self) -> str:
        """Where texts are handed over: Twilio, or for a demonstration the exchange here."""
        here = f"http://127.0.0.1:{self.port}/exchange"
        return self.twilio_api_base_url or (here if self.demonstration_account else TWILIO_API)

    @property
    def database(self) -> str:
        """The database: SQLite beside the code where none is named."""
        return self.database_url or f"sqlite:///{ROOT / 'var' / 'line.db'}"

    @property
    def desks(self) -> Mapping[str, str]:
        """The numbers that may be rung, by desk."""
        return {"adviser": self.adviser_number} if self.adviser_number else {}


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingsError naming each one that is wrong."""
    try:
        settings = Settings() if environment is None else _from(environment)
    except ValidationError as error:
        raise SettingsError([_named(each["loc"], each["msg"]) for each in error.errors()]) from None
    faults = [*_faults(settings), *(_production_faults(settings) if settings.production else ())]
    if faults:
        raise SettingsError(faults)
    return settings


def _from(environment: Mapping[str, str]) -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in environment.items()})


def _named(path: tuple[str | int, ...], message: str) -> str:
    return f"{'.'.join(str(step) for step in path).upper()}: {message}"


def _faults(settings: Settings) -> Iterator[str]:
    if settings.public_base_url and urlsplit(settings.public_base_url).scheme not in (
        "http",
        "https",
    ):
        yield "PUBLIC_BASE_URL: must be the whole public address, such as https://line.example.org"
    if not re.fullmatch(r"AC\w+", settings.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID: begins with AC; it is in Twilio's console"
    if not settings.twilio_auth_token.get_secret_value():
        yield "TWILIO_AUTH_TOKEN: is empty; it is in Twilio's console beside the account SID"
    if settings.adviser_number and not may_be_rung(settings.adviser_number):
        yield (
            "ADVISER_NUMBER: must be a UK number that may be rung (01, 02, 03, 07 or 080), "
            "such as +442079460200"
        )
    if settings.adviser_number == settings.line_number:
        yield "ADVISER_NUMBER: is the line's own number; callers would be put through to the line"
    if not re.fullmatch(r"\+[1-9]\d{6,14}", settings.line_number):
        yield "LINE_NUMBER: must be the line's number with its country code, such as +442079460100"


def _production_faults(settings: Settings) -> Iterator[str]:
    if not settings.public_base_url.startswith("https://"):
        yield "PUBLIC_BASE_URL: production needs the public https address of the line"
    if not re.fullmatch(r"AC[0-9a-f]{32}", settings.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID: a real one is AC and 32 of 0-9 and a-f"
    if settings.demonstration_account:
        yield "TWILIO_ACCOUNT_SID: the demonstration account is refused in production"
    if settings.twilio_auth_token.get_secret_value() == DEMO_AUTH_TOKEN:
        yield "TWILIO_AUTH_TOKEN: the demonstration token is refused in production"
    secret = settings.secret_key.get_secret_value()
    if secret == DEMO_SECRET or len(secret) < SHORTEST_SECRET:
        yield f"SECRET_KEY: production needs one of your own, {SHORTEST_SECRET} characters or more"
    for name in ("line_number", "adviser_number"):
        if getattr(settings, name).startswith(DRAMA) or not getattr(settings, name):
            yield f"{name.upper()}: production needs a real number"
    if settings.line_clock is not None:
        yield "LINE_CLOCK: a fixed clock is refused in production"
