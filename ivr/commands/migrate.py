"""``ivr migrate``: bring the database up to date before a new version of the program takes over.

Owns what is looked at first, so that a version that could not start never takes over.
"""

from __future__ import annotations

import click

from ivr.commands.common import line_or_stop
from ivr.commands.settings import settings_or_stop
from ivr.store import Store, StoreDownError
from ivr.store.database import LONGEST_MIGRATION_MS, PATIENT_MS


@click.command()
def migrate() -> None:
    """Bring the database up to date; the version that runs meanwhile goes on.

    Looks at the settings and the content first, and ends with status 1 where the line could not
    start with them. A host that starts a Procfile runs it before each release. Elsewhere it is not
    needed: the line does the same when it starts.
    """
    settings = settings_or_stop()
    line_or_stop(settings.content_dir)
    store = Store(settings.database, PATIENT_MS)
    try:
        store.bring_up_to_date(LONGEST_MIGRATION_MS / 1000)
    except StoreDownError as error:
        why = str(error).strip().splitlines()[0]
        says = f"the database cannot be used; see DATABASE_URL: {why}"
        raise click.ClickException(says) from None
    finally:
        store.close()
    newer = store.from_the_future()
    click.echo(
        "The database is newer than this program." if newer else "The database is up to date."
    )
