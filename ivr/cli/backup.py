"""``ivr backup``: the whole database in one file, while the line runs."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.common import plainly
from ivr.cli.settings import settings_or_stop
from ivr.config import ROOT
from ivr.secrets import private_files
from ivr.store import StoreDownError
from ivr.store.backup import BackupError, copy_out
from ivr.store.database import store_that_is_there
from ivr.store.heartbeats import Heartbeats

COPIES = ROOT / "var" / "backups"


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=COPIES,
              show_default="var/backups", help="The folder for the copies.")  # fmt: skip
@click.option("--keep", type=click.IntRange(min=1), default=30, show_default=True,
              help="Copies that stay; older ones are deleted.")  # fmt: skip
def backup(out: Path, keep: int) -> None:
    """Copy the database into a new file. Calls go on meanwhile.

    Do it every night, and keep the copies on another machine too: they hold what the database
    holds, so give them to nobody. Keep the settings and the private key apart from them.

    \b
      ivr backup
      ivr backup --out /mnt/backups --keep 14
    """
    settings, now = settings_or_stop(), datetime.now(UTC)
    file = out / f"line-{now:%Y%m%dT%H%M%SZ}.backup"
    store = store_that_is_there(settings.database)
    with closing(store), plainly(BackupError, StoreDownError):
        copy_out(settings.database, file)
        Heartbeats(store).beat("backup", now)
    for kept in out.glob("line-*.backup*"):
        private_files.tighten(kept)
    for old in sorted(out.glob("line-*.backup"))[:-keep]:
        old.unlink()
    click.echo(f"{file}: {file.stat().st_size // 1000} kB")
