"""What the line keeps, for verbs that read or change it. Loads the database's library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from ivr.cli.settings import settings_in_words
from ivr.config import Settings
from ivr.line.roster import Roster
from ivr.store import Store, StoreDownError
from ivr.store.database import PATIENT_MS, NoDatabaseError, store_that_is_there
from ivr.store.heartbeats import RUNS_ON, Heartbeats
from ivr.store.opening import store_for_a_command
from ivr.store.services import StoreServices

AWAY = "the database cannot be reached; see: ivr doctor"


def as_it_runs(settings: Settings, store: Store) -> Settings:
    """These settings with the port of the demo that runs on this database, where none is set."""
    if not settings.demo_account or {"port", "public_base_url"} & settings.model_fields_set:
        return settings
    try:
        runs = Heartbeats(store).all().get(RUNS_ON)
    except StoreDownError:
        return settings
    return settings.model_copy(update={"port": int(runs.says)}) if runs else settings


def roster_or_usual(settings: Settings) -> Roster:
    """Who may be rung; those of the settings where the database cannot be asked."""
    store = Store(settings.database, PATIENT_MS)
    advisers = StoreServices(settings, store).advisers
    with closing(store):
        try:
            return advisers.roster()
        except NoDatabaseError:
            return advisers.usual
        except StoreDownError:
            says = "Who is on the page Advisers is not known: the database is away."
            click.echo(says, err=True)
            return advisers.usual


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
    with closing(store):
        try:
            yield StoreServices(settings, store)
        except StoreDownError:
            raise click.ClickException(away) from None
