"""``ivr restore``: the database as it was when a backup was made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.settings import settings_or_stop
from ivr.store import StoreDownError, open_store
from ivr.store.backup import BackupError, copy_in, refuse_in_use
from ivr.store.database import PATIENT_MS
from ivr.store.entries import Entries, came_back, entries, sign_everybody_out
from ivr.store.purging import Purge


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put the backup in FILE in the database's place. It is refused while the line runs.

    What was left since the backup is lost. What has been kept long enough since then is deleted
    again at once. Who said STOP to texts after the backup is forgotten. Everybody is signed out,
    links for staff end, and who can get in that could not just before is listed: remove them again.

    \b
      ivr restore var/backups/line-20261124T030000Z.backup
    """
    address = settings_or_stop().database
    if not (yes or click.confirm(f"Replace everything in the database by {file.name}?")):
        raise click.ClickException("nothing was changed")
    try:
        refuse_in_use(address)
        before = _entries(address)
        copy_in(address, file)
        gone, after = _settled(address)
    except (BackupError, StoreDownError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The database is as it was. {gone} rows whose time was up are deleted.")
    click.echo(
        "Everybody is signed out of the staff pages, and links that were not used have ended."
    )
    if before is None:
        click.echo("Who could get in just before is not known: the database could not be read.")
    if back := list(came_back(before or {}, after)):
        click.echo("Not so just before. Remove who should not (page Staff; ivr staff remove):")
        for line in back:
            click.echo(f"  {line}")


def _entries(address: str) -> Entries | None:
    """Who can get in now; None where the database cannot be read, which may be why one is here."""
    store = open_store(address, PATIENT_MS)
    try:
        return entries(store)
    except StoreDownError:
        return None
    finally:
        store.close()


def _settled(address: str) -> tuple[int, Entries]:
    """Sign everybody out, and delete what is due; how many rows that was, and who can get in."""
    store = open_store(address, PATIENT_MS)
    try:
        sign_everybody_out(store)
        return sum(Purge(store).run(datetime.now(UTC)).values()), entries(store)
    finally:
        store.close()
