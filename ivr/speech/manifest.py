"""``audio/manifest.json``: the list of recordings, read and written.

Owns the file's form: one prompt a line, sorted, so that a change of one prompt is a change of its
lines only.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import cast

from ivr.line.call import Speed
from ivr.speech.library import Library, PromptAudio

log = logging.getLogger(__name__)

NAME = "manifest.json"
PEOPLE = "people.json"
"""The list of what people have read, beside it: it follows the database alone."""
LOOK_EVERY = 2.0
"""Seconds between two looks at the manifest."""


class ManifestError(Exception):
    """The manifest cannot be read: which file, and what to do."""


def read_library(*folders: Path) -> Library:
    """The recordings in these folders. One whose file is missing is left out: it becomes a Say."""
    found = [([*read(audio), *read(audio, PEOPLE)], files_below(audio)) for audio in folders]
    return Library(prompt for prompts, there in found for prompt in prompts if prompt.path in there)


def files_below(folder: Path) -> frozenset[str]:
    """The files in a folder's folders, as ``en/ab12.mp3``: a few looks, not one for each file."""
    inner = [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
    return frozenset(f"{each.name}/{file.name}" for each in inner for file in each.iterdir())


class PromptAudios:
    """The recordings in use: read again when the manifest has changed."""

    def __init__(self, *folders: Path) -> None:
        """Raises ManifestError when a manifest cannot be read: the line does not start."""
        self._folders = folders
        self._stamp = self._changed()
        self._library = read_library(*folders)
        self._looked = time.monotonic()

    def library(self) -> Library:
        """The newest good recordings. A damaged manifest leaves those there were."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self._look()
        return self._library

    def _look(self) -> None:
        stamp = self._changed()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._library = read_library(*self._folders).after(self._library)
        except (ManifestError, OSError) as error:
            log.error("the changed recordings are not used: %s", error)

    def _changed(self) -> tuple[int, ...]:
        paths = [folder / name for folder in self._folders for name in (NAME, PEOPLE)]
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def read(audio: Path, name: str = NAME) -> list[PromptAudio]:
    """Every prompt of the manifest; none where there is no manifest. Raises ManifestError."""
    path = audio / name
    if not path.exists():
        return []
    try:
        return [_prompt(row) for row in json.loads(path.read_text(encoding="utf-8"))["clips"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError(f"{path} is damaged ({error}): run ivr record") from error


def write(audio: Path, prompts: Iterable[PromptAudio], name: str = NAME) -> None:
    """Write the manifest in one piece: a reader sees the old one or the new one."""
    audio.mkdir(parents=True, exist_ok=True)
    rows = [json.dumps(_row(prompt), ensure_ascii=False) for prompt in sorted(prompts)]
    text = '{"clips": [\n' + ",\n".join(rows) + "\n]}\n"
    fresh = audio / f"{name}.{os.getpid()}"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(audio / name)


def _row(prompt: PromptAudio) -> dict[str, object]:
    return {name: value for name, value in asdict(prompt).items() if value or name != "marked"}


def _prompt(row: dict[str, object]) -> PromptAudio:
    return PromptAudio(
        lang=str(row["lang"]),
        voice=str(row["voice"]),
        speed=cast(Speed, str(row["speed"])),
        words=str(row["words"]),
        file=str(row["file"]),
        folder=str(row["folder"]),
        seconds=float(cast(float, row["seconds"])),
        pause=int(cast(int, row.get("pause", 0))),
        marked=str(row.get("marked", "")),
    )
