"""``ivr migrate``: bring the database up to date before a new version of the program takes over.

Owns what is looked at first, so that a version that could not start never takes over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from ivr.cli.common import FORGET, line_or_stop
from ivr.cli.settings import settings_in_words
from ivr.config import Settings
from ivr.store import Store, StoreDownError
from ivr.store.database import PATIENT_MS, NoDatabaseError, OtherKeyError
from ivr.store.opening import key_of, refused
from ivr.store.upgrading import LONGEST_MIGRATION_MS, take_key


@click.command()
@FORGET
def migrate(forget: bool) -> None:
    """Bring the database up to date; the version that runs meanwhile goes on.

    Looks at the settings and the content first, and ends with status 1 where the line could not
    start with them. A host that starts a Procfile runs it before each release. Elsewhere it is not
    needed: the line does the same when it starts. Where there never was a database it makes one,
    and says so.

    --new-reference-key is for a line whose REFERENCE_KEY, or last SECRET_KEY, is lost for good: its
    database goes on with the key that is set now, under which nobody has said STOP yet.
    """
    settings, _ = line_or_stop()
    if forget:
        _forget_key(settings)
    store = Store(settings.database, PATIENT_MS, key_of(settings), makes=True)
    with closing(store), _usable(), settings_in_words():
        try:
            store.bring_up_to_date(LONGEST_MIGRATION_MS / 1000)
        except OtherKeyError as error:
            raise refused(settings, error) from None
    newer = store.from_the_future()
    click.echo(
        "The database is newer than this program." if newer else "The database is up to date."
    )


def _forget_key(settings: Settings) -> None:
    """Let the database go on with the key that is set now, if it stands where this program does."""
    click.confirm("Everybody who said STOP is forgotten, and texted again. Go on?", abort=True)
    store = Store(settings.database, PATIENT_MS)
    with closing(store), _usable(), store.write() as connection:
        take_key(connection, settings.fingerprint)


@contextmanager
def _usable() -> Iterator[None]:
    """End the verb in plain words where the database is there and cannot be used."""
    try:
        yield
    except NoDatabaseError:
        raise
    except StoreDownError as error:
        why = str(error).strip().splitlines()[0]
        says = f"the database cannot be used; see DATABASE_URL: {why}"
        raise click.ClickException(says) from None
