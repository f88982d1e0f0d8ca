"""The words of an edition as a folder, for verbs that read it. Loads the database's library."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from ivr.config import Settings
from ivr.content.editions import EditionFolders, edition_folders
from ivr.content.editions.folders import NEWEST
from ivr.content.files import files_of
from ivr.store import Store, StoreDownError
from ivr.store.database import PATIENT_MS, NoDatabaseError
from ivr.store.services import StoreServices

AWAY = "the database cannot be reached, which holds the editions; see: ivr doctor"


def edition(settings: Settings, number: int | None) -> tuple[Path, str]:
    """The folder of an edition, whole also where it is older than the program; which it is.

    Of those that callers hear now: nothing, where no edition is published and there are no others.
    """
    with closing(Store(settings.database, PATIENT_MS)) as store:
        folders = edition_folders(StoreServices(settings, store))
        if number is None:
            # A line that was never started has no database, and no edition: nothing is wrong.
            never = not (settings.editions_dir / NEWEST).is_file() and not _there(store)
            newest = settings.content_dir if never else folders.newest()
            if newest == settings.content_dir:
                return newest, ""
            return folders.lay_out(folders.whole(files_of(newest))), _heard(folders)
        try:
            files = folders.files(number)
        except StoreDownError:
            raise click.ClickException(AWAY) from None
        if files is None:
            raise click.ClickException(f"there is no edition {number}; see: ivr editions")
        return folders.lay_out(folders.whole(files)), f"edition {number}"


def _there(store: Store) -> bool:
    return not isinstance(store.refusal(), NoDatabaseError)


def _heard(folders: EditionFolders) -> str:
    try:
        return f"edition {folders.current()}, which callers hear now"
    except StoreDownError:
        return "the edition that this machine had last, as the database is away"
