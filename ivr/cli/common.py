"""What most verbs need: the content, or plain words about what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ivr.cli.settings import settings_in_words, settings_or_stop
from ivr.config import Settings
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.content import ContentError, load
from ivr.line.model import Line
from ivr.store import Store, StoreDownError
from ivr.store.database import store_that_is_there
from ivr.store.heartbeats import RUNS_ON, Heartbeats
from ivr.store.opening import store_for_a_command
from ivr.store.services import StoreServices


def as_it_runs(settings: Settings, store: Store) -> Settings:
    """These settings with the port of the demo that runs on this database, where none is set."""
    if not settings.demo_account or {"port", "public_base_url"} & settings.model_fields_set:
        return settings
    try:
        runs = Heartbeats(store).all().get(RUNS_ON)
    except StoreDownError:
        return settings
    return settings.model_copy(update={"port": int(runs.says)}) if runs else settings


def line_or_stop(root: Path) -> Line:
    """The content, or the end of the verb with every fault in it."""
    with in_words(root):
        return load(root)


@contextmanager
def in_words(root: Path) -> Iterator[None]:
    """End the verb with every fault that settings or content, in ``root``, turn out to have."""
    with settings_in_words():
        try:
            yield
        except ContentError as error:
            lines = "\n".join(f"  {root.name}/{fault}" for fault in error.faults)
            raise click.ClickException(f"the content has faults:\n{lines}") from None


AWAY = "the database cannot be reached; see: ivr doctor"


@contextmanager
def kept_or_stop(
    settings: Settings, away: str = AWAY, keyed: bool = True
) -> Iterator[StoreServices]:
    """What the line keeps, for who can wait; or the verb's end, where the database is ``away``.

    ``keyed``: it ends, too, where the database knows numbers by another key. Raises
    NoDatabaseError: none is made.
    """
    with settings_in_words():
        store = store_for_a_command(settings) if keyed else store_that_is_there(settings.database)
    try:
        yield StoreServices(settings, store)
    except StoreDownError:
        raise click.ClickException(away) from None
    finally:
        store.close()


def demo_or_stop(**changes: str) -> Settings:
    """The settings of the demo line, with content that can be used, or the verb's end."""
    settings = settings_or_stop(**changes)
    if settings.twilio_account_sid != DEMO_ACCOUNT_SID:
        raise click.ClickException("this rings the demonstration line only; unset TWILIO_*")
    line_or_stop(settings.content_dir)
    return settings
