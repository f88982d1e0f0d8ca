"""``ivr editions``: what the line said when, going back to it, and taking words out and in.

Owns the verb's words. What an edition is, and how it is published, is decided elsewhere.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.common import plainly
from ivr.cli.kept import kept_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import LONDON
from ivr.content.edit import RefusedError, taken
from ivr.content.editions import EditionFolders, edition_folders
from ivr.content.editions.differences import Change, differences
from ivr.content.files import Files, PackError, packed, unpacked, version_of_files
from ivr.store.drafts import Drafts
from ivr.store.editions import BusyError, Edition, Editions

MARKS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
WORKER = 'The worker ("ivr work", or "ivr serve") checks and publishes it now; see: ivr editions'


@dataclass(frozen=True, slots=True)
class _Shelves:
    """What the verb needs of the database."""

    editions: Editions
    drafts: Drafts
    folders: EditionFolders

    def files(self, number: int) -> Files:
        """The files of an edition, or the end of the verb."""
        found = self.folders.files(number)
        if found is None:
            raise click.ClickException(f"there is no edition {number}; see: ivr editions")
        return found

    def add(self, files: Files, by: str, why: str) -> None:
        """Have files published, and say so."""
        version, now = version_of_files(files), datetime.now(UTC)
        number = self.editions.add(packed(files), version, by=by, why=why, now=now)
        click.echo(f"Edition {number} waits to be published: {why}.\n{WORKER}")


@contextmanager
def _shelves() -> Iterator[_Shelves]:
    """The editions, and plain words for what goes wrong with them."""
    with (
        plainly(BusyError, PackError, RefusedError),
        kept_or_stop(settings_or_stop(), keyed=False) as kept,
    ):
        yield _Shelves(kept.editions, kept.drafts, edition_folders(kept))


BY = click.option("--by", default=getpass.getuser, help="Who does it, for the history.")


@click.group(invoke_without_command=True)
@click.pass_context
def editions(context: click.Context) -> None:
    """List the editions of the line's words, the newest first.

    Edition 0 is what stands in prompts/. While nothing has been published, callers hear that.
    """
    if context.invoked_subcommand:
        return
    with _shelves() as shelves:
        current = shelves.folders.current()
        for each in shelves.editions.all():
            click.echo(_row(each, each.number == current))
        click.echo(f"{_mark(current == 0)}   0  what the program came with")


@editions.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Say who changed what in an edition, word by word."""
    with _shelves() as shelves:
        after, before = shelves.files(number), shelves.files(max(0, number - 1))
        if edition := shelves.editions.get(number):
            click.echo(_row(edition, False))
            click.echo(edition.says or "Nothing stood in the way.")
        for save in shelves.drafts.saves_of(number):
            click.echo(f"  {_time(save.at)}  {save.by}: {save.file} {save.what}".rstrip())
        for change in differences(before, after):
            click.echo(_change(change))


@editions.command()
@click.argument("number", type=int)
@BY
def back(number: int, by: str) -> None:
    """Go back to an edition: its words are published again, under a new number."""
    with _shelves() as shelves:
        shelves.add(shelves.folders.whole(shelves.files(number)), by, f"back to edition {number}")


@editions.command(name="export")
@click.argument("number", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_edition(number: int, file: Path) -> None:
    """Write the files of an edition into a zip FILE."""
    with _shelves() as shelves:
        file.write_bytes(packed(shelves.files(number)))
        click.echo(f"Edition {number} is in {file}")


@editions.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@BY
@click.option("--why", default="imported", help="What has changed, for the history.")
def import_edition(file: Path, by: str, why: str) -> None:
    """Have the files of a zip FILE checked and published."""
    with _shelves() as shelves:
        files = unpacked(file.read_bytes())
        mended = {name: taken(name, raw).encode() for name, raw in files.items()}
        shelves.add(mended, by, why)


def _row(edition: Edition, current: bool) -> str:
    made = f"{edition.number:>3}  {edition.version}  {_time(edition.made_at)}"
    return f"{_mark(current)} {made}  {edition.state:<9}  {edition.made_by}: {edition.why}"


def _mark(current: bool) -> str:
    return "*" if current else " "


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"


def _change(change: Change) -> str:
    words = " ".join(MARKS[kind].format(said) for kind, said in change.runs)
    return f"  {change.file}, {change.where}:\n    {words}"
