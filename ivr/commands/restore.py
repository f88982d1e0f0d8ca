"""``ivr restore``: the database as it was when a backup was made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.commands.settings import settings_or_stop
from ivr.store import StoreDownError, open_store
from ivr.store.backup import BackupError, copy_in
from ivr.store.database import PATIENT_MS
from ivr.store.purging import Purge


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put the backup in FILE in the database's place. Stop the line first.

    What was left since the backup is lost. What has been kept long enough since then is deleted
    again at once. Who said STOP to texts after the backup is forgotten.

    \b
      ivr restore var/backups/line-20261124T030000Z.backup
    """
    settings = settings_or_stop()
    if not (yes or click.confirm(f"Replace everything in the database by {file.name}?")):
        raise click.ClickException("nothing was changed")
    try:
        copy_in(settings.database, file)
        store = open_store(settings.database, PATIENT_MS)
        gone = sum(Purge(store).run(datetime.now(UTC)).values())
        store.close()
    except (BackupError, StoreDownError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The database is as it was. {gone} rows whose time was up are deleted.")
