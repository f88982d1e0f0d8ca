"""Every recording measured, quickly enough to be done at each check.

Owns reading the files; the sums are in ``measure``.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import soundfile

from ivr.speech.library import Clip
from ivr.speech.measure import Measured, measured

AT_ONCE = 2


def survey(audio: Path, clips: Iterable[Clip]) -> dict[str, Measured]:
    """What each clip in the folder ``audio`` measures, by ``file``.

    A file that is gone or cannot be decoded is left out.
    """
    paths = {clip.file: audio / clip.path for clip in clips}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(paths, pool.map(_read, paths.values()), strict=True)
        return {file: sums for file, sums in found if sums}


def _read(path: Path) -> Measured | None:
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        return None
    return measured(sound[:, 0], rate)
