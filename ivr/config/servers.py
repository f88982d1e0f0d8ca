"""What is wrong with where the line finds things: its database, mail server, Sentry, folders, port.

Owns the forms of these addresses. No value is shown: some hold a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.config.settings import Settings

HIGHEST_PORT = 65_535
FILE = re.compile(r"sqlite:///(?!:memory:|file:)[^\s?][^?]*(?<!\s)")
SERVERS = {"postgres", "postgresql", "postgresql+psycopg"}
MAIL_HOST = re.compile(r"[\w.:-]+", re.ASCII)
DSN = re.compile(r"https?://\w+(:\w+)?@[\w.:-]+(/[\w.-]+)*/\d+", re.ASCII)


def server_faults(settings: Settings) -> Iterator[str]:
    """Every fault of these."""
    url = settings.database_url
    if url and not (FILE.fullmatch(url) or _server(url)):
        yield (
            "DATABASE_URL: must be sqlite:// and a file, such as sqlite:////srv/line/var/line.db, "
            "or postgresql://user:password@host:5432/name; in small letters, without quotes and "
            "spaces, and with signs in the password written as %40 for @"
        )
    for name in ("port", "smtp_port"):
        if not 0 <= getattr(settings, name) <= HIGHEST_PORT:
            yield f"{name.upper()}: must be a number up to {HIGHEST_PORT}"
    if settings.smtp_host and not MAIL_HOST.fullmatch(settings.smtp_host):
        yield "SMTP_HOST: must be the name of the mail server alone, such as mail.example.org"
    if (dsn := settings.sentry_dsn.get_secret_value()) and not DSN.fullmatch(dsn):
        yield "SENTRY_DSN: this is no DSN; it is https://KEY@HOST/NUMBER, from Sentry's settings"
    for name in ("content_dir", "audio_dir"):
        if not getattr(settings, name).is_dir():
            yield f"{name.upper()}: there is no such folder"


def _server(url: str) -> bool:
    """Whether this is the address of a database on PostgreSQL."""
    if re.search(r"[\s\"'#]", url):
        return False
    try:
        parts = urlsplit(url)
        named = re.fullmatch("/[^/]+", parts.path) and parts.port != 0
    except ValueError:
        return False
    return bool(url.partition("://")[0] in SERVERS and named)
