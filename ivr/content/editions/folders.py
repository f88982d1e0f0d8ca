"""The folders of editions on this host: fetched from the database when they are needed.

Owns ``var/editions`` and the files of ``var/audio`` that other hosts recorded. While the database
is away, what this host had last is what it goes on with.
"""

from __future__ import annotations

import logging
import os
import re
import time
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ivr.content import version_of
from ivr.content.files import (
    Files,
    PackError,
    files_of,
    unpacked,
    version_of_files,
    written,
)
from ivr.content.filling import filled
from ivr.secrets import private_files
from ivr.speech import manifest
from ivr.speech.library import PromptAudio
from ivr.store import StoreDownError
from ivr.store.editions import Editions
from ivr.store.people_read import FOLDER, PeopleRead
from ivr.store.prompts import OwnPrompts
from ivr.store.services import StoreServices
from ivr.store.spells import Spell

log = logging.getLogger(__name__)

VERSION = re.compile(r"[0-9a-f]{8}")
LONGEST_CALL = 14_400
"""Seconds that Twilio lets a call last: so long, what was replaced can still be played."""
NEWEST = "newest"
"""The file that names the version this host had last."""


class EditionFolders:
    """See ``content_store.Folders``. ``root`` is edition 0, what the program came with."""

    def __init__(self, root: Path, editions: Editions, prompts: OwnPrompts,
                 folder: Path, audio: Path, people: PeopleRead) -> None:  # fmt: skip
        self._root = root
        self._editions = editions
        self._prompts = prompts
        self._folder = folder
        self._audio = audio
        self._people = people
        self._read: tuple[object, ...] = ()
        self._trouble = Spell(log)

    def newest(self) -> Path:
        """The newest published edition with its recordings, or ``root`` where there is none."""
        try:
            self.fetch_people()
            current = self._editions.current()
            newest = self._fetched(current.version) if current else self._root
        except (StoreDownError, OSError, PackError) as error:
            self._trouble.begins("the newest edition cannot be had (%s)", type(error).__name__)
            return self._last()
        self._trouble.ends("the newest edition can be had again")
        return newest

    def version(self, version: str) -> Path | None:
        """A version by its name: an edition, a draft that is tried out, or edition 0."""
        if not VERSION.fullmatch(version):
            return None
        if (self._folder / version).is_dir():
            return self._folder / version
        if version_of(self._root) == version:
            return self._root
        try:
            pack = self._editions.files_of_version(version)
            return self.lay_out(unpacked(pack)) if pack else None
        except (StoreDownError, OSError, PackError) as error:
            log.warning("version %s cannot be had (%s)", version, type(error).__name__)
            return None

    def lay_out(self, files: Files) -> Path:
        """A folder of these files, under the name of their version."""
        private_files.folder(self._folder)
        return written(files, self._folder / version_of_files(files))

    def files(self, number: int) -> Files | None:
        """The files of an edition; 0 is what the program came with. Raises StoreDownError."""
        if number == 0:
            return files_of(self._root)
        pack = self._editions.files(number)
        return unpacked(pack) if pack else None

    def whole(self, files: Files, since: Files | None = None) -> Files:
        """The same with what they lack of what the program says; see ``filled``."""
        return filled(files, self._own, since).files

    @cached_property
    def _own(self) -> Files:
        """What the program came with: pages ask for it each time, and it is many files."""
        return files_of(self._root)

    def current(self) -> int:
        """The number of the edition that callers hear. Raises StoreDownError."""
        current = self._editions.current()
        return current.number if current else 0

    def fetch_people(self) -> None:
        """Have here what people have read and callers hear, and no more of what they do not.

        Raises StoreDownError, OSError.
        """
        stamp = self._people.stamp()
        if stamp == self._read:
            return
        used = [each for each in self._people.all() if each.used_at]
        prompts = {prompt for each in used for prompt in each.prompts()}
        if prompts or (self._audio / manifest.PEOPLE).is_file():
            _lay_out(self._audio, prompts, self._people)
        self._read = stamp

    def _fetched(self, version: str) -> Path:
        """The folder of the current edition; its recordings are here before it is used."""
        folder, name = self._folder / version, self._folder / NEWEST
        if name.is_file() and name.read_text() == version and folder.is_dir():
            return folder
        fetch_prompts(self._prompts, self._audio)
        pack = self._editions.files_of_version(version)
        if pack is None:
            return self._last()
        fresh = self._folder / f"{NEWEST}.new"
        self.lay_out(unpacked(pack))
        fresh.write_text(version)
        fresh.replace(name)
        return folder

    def _last(self) -> Path:
        name = self._folder / NEWEST
        version = name.read_text() if name.is_file() else ""
        folder = self._folder / version
        return folder if VERSION.fullmatch(version) and folder.is_dir() else self._root


def edition_folders(kept: StoreServices) -> EditionFolders:
    """The folders of this host, as the settings say."""
    settings = kept.settings
    return EditionFolders(
        root=settings.content_dir,
        editions=kept.editions,
        prompts=kept.own_prompts,
        folder=settings.editions_dir,
        audio=settings.own_audio_dir,
        people=kept.people_read,
    )


def _lay_out(audio: Path, prompts: set[PromptAudio], people: PeopleRead) -> None:
    """The files of these, and their list. Others go once no call can be playing them: a file's time
    is when it was taken out of the list."""
    folder = audio / FOLDER
    private_files.folder(folder)
    missing = {each.file for each in prompts if not (audio / each.path).is_file()}
    for file, sound in people.sounds(missing).items():
        _written(folder / file, sound)
    wanted = {each.file for each in prompts}
    for prompt in manifest.read_library(audio).prompts:
        if prompt.folder == FOLDER and prompt.file not in wanted:
            (audio / prompt.path).touch()
    manifest.write(audio, prompts, manifest.PEOPLE)
    for path in folder.iterdir():
        if path.name not in wanted and path.stat().st_mtime < time.time() - LONGEST_CALL:
            path.unlink(missing_ok=True)


def _written(path: Path, sound: bytes) -> None:
    """In one piece: whoever reads it has all of it. Each process writes a file of its own."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(sound)
    fresh.replace(path)


def fetch_prompts(prompts: OwnPrompts, audio: Path) -> int:
    """Have here every recording that any host has made; how many were missing.

    Raises StoreDownError, OSError, and ManifestError where the list of those here is damaged.
    """
    here = manifest.read_library(audio).prompts
    missing = [prompt for prompt in prompts.all() if prompt not in here]
    sounds = prompts.sounds({prompt.file for prompt in missing})
    for prompt in missing:
        path = audio / prompt.path
        private_files.folder(path.parent)
        _written(path, sounds[prompt.file])
    if missing:
        manifest.write(audio, {*here, *missing})
    return len(missing)


def keep_prompts(prompts: OwnPrompts, audio: Path, now: datetime) -> None:
    """Have in the database every recording that is here: a worker may have died before it kept one.

    Raises what ``fetch_clips`` raises.
    """
    kept = set(prompts.all())
    for prompt in manifest.read_library(audio).prompts:
        if prompt not in kept and (audio / prompt.path).is_file():
            prompts.keep(prompt, (audio / prompt.path).read_bytes(), now)
