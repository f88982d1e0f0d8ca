"""Parts that many tests stand on: a whole line with its own database, rung without a network."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ivr.app import create_app
from ivr.config import Settings, read
from ivr.store import Store, open_store
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.hypothesis_profile import begin_the_same, draw_the_same
from tests.support.pages import browser, context, served  # noqa: F401 - fixtures
from tests.support.postgres import fresh_sqlite, postgres_url
from tests.support.telephone import Telephone

logging.getLogger("werkzeug").setLevel(logging.ERROR)
draw_the_same()


def pytest_runtest_setup() -> None:
    """Before each test."""
    begin_the_same()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A demo line on a Tuesday morning, with a database of its own."""
    return read(
        {
            "DATABASE_URL": fresh_sqlite(tmp_path),
            "LINE_CLOCK": "2026-11-24T10:00",
            "EDITIONS_DIR": f"{tmp_path}/editions",
            "OWN_AUDIO_DIR": f"{tmp_path}/audio",
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole line, joined as in production."""
    made = create_app(settings)
    yield made
    services_of(made, Lifetime).close()


@pytest.fixture
def both(store: Store) -> Iterator[Flask]:
    """The whole line on a database of each kind."""
    made = create_app(read({"DATABASE_URL": store._url, "LINE_CLOCK": "2026-11-24T10:00"}))
    yield made
    services_of(made, Lifetime).close()


@pytest.fixture
def telephone(app: Flask, settings: Settings) -> Telephone:
    """Signed requests to the line, as Twilio sends them."""
    return Telephone(app, settings)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database of each kind."""
    if request.param == "sqlite":
        yield fresh_sqlite(tmp_path)
        return
    with postgres_url(migrated=True) as address:
        yield address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A fresh database of each kind."""
    opened = open_store(url)
    yield opened
    opened.close()
