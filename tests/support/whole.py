"""A whole line in this process, joined as in production: its settings, its end, and a port for it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Table, delete
from werkzeug.serving import make_server

from ivr.app import create_app
from ivr.config import LONDON, Settings, read
from ivr.secrets.sealed_box import pair_of
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.postgres import fresh_sqlite

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=LONDON)
MORNING = {"LINE_CLOCK": "2026-11-24T10:00"}
LOOK = 0.02
"""Seconds between two looks of a server whether it is to end."""
Opens = Callable[[Settings], Flask]


def settings_of(folder: Path, **more: str) -> dict[str, str]:
    """What a demo line is told on a Tuesday morning, with a database and folders of its own."""
    own = {"EDITIONS_DIR": f"{folder}/editions", "OWN_AUDIO_DIR": f"{folder}/audio"}
    database = {} if "DATABASE_URL" in more else {"DATABASE_URL": fresh_sqlite(folder)}
    return MORNING | own | database | more


def demo(folder: Path, **more: str) -> Settings:
    """These settings, read."""
    return read(settings_of(folder, **more))


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The line with these settings."""
    app = create_app(settings)
    try:
        yield app
    finally:
        services_of(app, Lifetime).close()


def emptied(app: Flask, *tables: Table) -> None:
    """Nothing of any call stands in these tables."""
    with services_of(app, StoreServices).outbox._store.write() as connection:
        for table in tables:
            connection.execute(delete(table))


@contextmanager
def served(application: Any, port: int = 0, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """An application on a real port of this machine, which is told."""
    server = make_server("127.0.0.1", port, application, threaded=True, ssl_context=context)
    threading.Thread(target=server.serve_forever, args=(LOOK,), daemon=True).start()
    try:
        yield server.port
    finally:
        server.shutdown()


OWN_KEY = pair_of("a secret of our own, for tests only")[0]
REAL = {
    "IVR_ENV": "production",
    "PUBLIC_BASE_URL": "https://line.example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "TWILIO_AUTH_TOKEN": "f0e1d2c3b4a5968778695a4b3c2d1e0f",
    "LINE_NUMBER": "+442071234567",
    "ADVISER_NUMBER": "first=+442071234568, second=+442071234569",
    "MESSAGES_PUBLIC_KEY": OWN_KEY,
    "SECRET_KEY": "a secret that is long enough for real callers",
    "STAFF_MOBILE": "+447400123456",
}
