"""``ivr restore``: the database as it was when a backup was made."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.backup import COPIES
from ivr.cli.common import FILE, FORGET, YES, agreed, plainly, show
from ivr.cli.settings import settings_or_stop
from ivr.config import Settings
from ivr.store import Store, StoreDownError
from ivr.store.backup import BackupError, refuse_in_use
from ivr.store.database import PATIENT_MS
from ivr.store.opening import key_of
from ivr.store.purging import Purge
from ivr.store.restoring import (
    Entries,
    came_back,
    entries,
    look_into,
    put_back,
    sign_everybody_out,
)
from ivr.store.upgrading import take_key

OTHER_KEY = (
    "{} was made with another key than the one that is set, by which it knows who said STOP: put "
    "that key into REFERENCE_KEY first. Only where it is lost for good: --new-reference-key, and "
    "everybody who said STOP is forgotten. Nothing was changed"
)


@click.command()
@click.argument("file", type=FILE)
@YES
@FORGET
def restore(file: Path, yes: bool, forget: bool) -> None:
    """Put the backup in FILE in the database's place. It is refused while the line runs.

    What was left since the backup is lost. What has been kept long enough since then is deleted
    again at once. Who said STOP to texts after the backup is forgotten. Everybody is signed out,
    links for staff end, and who can get in that could not just before is listed: remove them again.
    The database that stood there is kept aside; delete it once all is well.

    \b
      ivr restore var/backups/line-20261124T030000Z.backup
    """
    settings = settings_or_stop()
    address = settings.database
    with plainly(BackupError, StoreDownError):
        refuse_in_use(address)
        _refuse_another_key(settings, file, forget)
        before = _entries(address)
        agreed(yes, f"Replace everything in the database by {file.name}?")
        aside, (gone, after) = put_back(
            address, file, COPIES, lambda put: _settled(settings, put, forget)
        )
    _say(gone, aside, before, after)


def _refuse_another_key(settings: Settings, file: Path, forget: bool) -> None:
    known = look_into(settings.database, file).fingerprint
    if known and known not in key_of(settings) and not forget:
        raise click.ClickException(OTHER_KEY.format(file))


def _say(gone: int, aside: Path | None, before: Entries | None, after: Entries) -> None:
    click.echo(f"The database is as it was. {gone} rows whose time was up are deleted.")
    if aside:
        click.echo(f"What stood there is kept in {aside}. Delete it once all is well.")
    click.echo(
        "Everybody is signed out of the staff pages, and links that were not used have ended."
    )
    if before is None:
        click.echo("Who could get in just before is not known: the database could not be read.")
    if back := list(came_back(before or {}, after)):
        click.echo("Not so just before. Remove who should not (page Staff; ivr staff remove):")
        show(f"  {line}" for line in back)


def _entries(address: str) -> Entries | None:
    """Who can get in now; None where the database cannot be read, which may be why one is here."""
    with closing(Store(address, PATIENT_MS)) as store, suppress(StoreDownError):
        return entries(store)
    return None


def _settled(settings: Settings, address: str, forget: bool) -> tuple[int, Entries]:
    """Sign everybody out, and delete what is due; how many rows that was, and who can get in."""
    with closing(Store(address, PATIENT_MS)) as store:
        sign_everybody_out(store)
        if forget:
            with store.write() as connection:
                take_key(connection, settings.fingerprint)
        return sum(Purge(store).run(datetime.now(UTC)).values()), entries(store)
