"""Parts that many tests stand on: a whole line with its own database, rung without a network."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from ivr.config import Settings, read
from ivr.store import Store, open_store
from ivr.webhooks.extension import join
from tests.support.apart import keep_apart
from tests.support.broken import content  # noqa: F401 - a fixture
from tests.support.carrier import LocalCarrier
from tests.support.hypothesis_profile import begin_the_same, draw_the_same
from tests.support.pages import browser, context, served  # noqa: F401 - fixtures
from tests.support.patience import be_patient
from tests.support.postgres import KINDS, database
from tests.support.telephone import Telephone
from tests.support.whole import MORNING, Opens, demo, opened

logging.getLogger("werkzeug").setLevel(logging.ERROR)
draw_the_same()
keep_apart()


def pytest_runtest_setup() -> None:
    """Before each test."""
    begin_the_same()


@pytest.fixture(scope="module", autouse=True)
def patient(request: pytest.FixtureRequest) -> Iterator[None]:
    """The line waits for its database, except in files of which ``HURRIED`` is true."""
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(request.module, "HURRIED", False):
            be_patient(patch)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A demo line on a Tuesday morning, with a database of its own."""
    return demo(tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole line, joined as in production."""
    with opened(settings) as made:
        yield made


@pytest.fixture(scope="module")
def one_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Settings]]:
    """A line for all tests of a file, where none leaves anything that another would notice."""
    made = demo(tmp_path_factory.mktemp("line"))
    with opened(made) as app:
        yield app, made


@pytest.fixture(scope="module", params=KINDS)
def line_of_each(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A line on a database of each kind for all tests of a file, which empty it; it holds its settings."""
    folder = tmp_path_factory.mktemp("line")
    with database(request.param, folder) as url:
        made = demo(folder, DATABASE_URL=url)
        with opened(made) as app:
            join(app, made)
            yield app


@pytest.fixture
def opens() -> Iterator[Opens]:
    """Makes lines of settings; they are closed after the test."""
    with ExitStack() as stack:
        yield lambda settings: stack.enter_context(opened(settings))


@pytest.fixture
def both(store: Store) -> Iterator[Flask]:
    """The whole line on a database of each kind."""
    with opened(read({"DATABASE_URL": store._url, **MORNING})) as made:
        yield made


@pytest.fixture
def telephone(app: Flask, settings: Settings) -> Telephone:
    """Signed requests to the line, as Twilio sends them."""
    return Telephone(app, settings)


@pytest.fixture
def carrier() -> Iterator[LocalCarrier]:
    """A carrier on a real port."""
    made = LocalCarrier()
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database of each kind."""
    with database(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of each kind that has no tables yet."""
    with database(request.param, tmp_path, migrated=False) as made:
        yield made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A fresh database of each kind."""
    opened = open_store(url)
    yield opened
    opened.close()
