"""Every recording measured, quickly enough to be done at each check.

Owns reading the files, and which of them need not be read. The sums are in ``measure``.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import soundfile

from ivr.speech import measurements
from ivr.speech.figures import Measured
from ivr.speech.library import PromptAudio
from ivr.speech.measure import measured

AT_ONCE = 2


def survey(audio: Path, prompts: Iterable[PromptAudio]) -> dict[str, Measured]:
    """What each prompt in the folder ``audio`` measures, by ``file``.

    Only what is not kept yet, or is not what its name says, is measured. A file that is gone or
    cannot be decoded is left out.
    """
    paths = {prompt.file: audio / prompt.path for prompt in prompts}
    kept = measurements.read(audio)
    known = {
        file: kept[file]
        for file, path in paths.items()
        if file in kept and measurements.named_by_its_bytes(path)
    }
    return known | _measure({file: path for file, path in paths.items() if file not in known})


def keep(audio: Path, prompts: Iterable[PromptAudio]) -> None:
    """Measure what is new and keep it; what is no longer there is dropped."""
    spoken = [prompt for prompt in prompts if not prompt.pause]
    measurements.write(audio, survey(audio, spoken))


def _measure(paths: dict[str, Path]) -> dict[str, Measured]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(paths, pool.map(_read, paths.values()), strict=True)
        return {file: sums for file, sums in found if sums}


def _read(path: Path) -> Measured | None:
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        return None
    return measured(sound[:, 0], rate)
