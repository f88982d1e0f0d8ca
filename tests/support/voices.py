"""What somebody has recorded by themselves: a voice of ours as a telephone or a computer keeps it."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import soundfile

from ivr.speech.manifest import read
from tests.support.paths import ROOT

AUDIO = ROOT / "audio"
HISS = 0.0005
"""Of full scale: a quiet room."""


@cache
def spoken(words: str, speed: str = "normal") -> tuple[np.ndarray, int]:
    """The sound of a recording that the line came with, and its rate."""
    (prompt,) = [each for each in read(AUDIO) if (each.words, each.speed) == (words, speed)]
    sound, rate = soundfile.read(AUDIO / prompt.path, dtype="float32")
    return sound, rate


def sent(
    sound: np.ndarray, rate: int, format_: str = "WAV", hiss: float = HISS, seed: int = 7
) -> bytes:
    """The file of it, with the hiss of a room."""
    noise = np.random.default_rng(seed).normal(0, hiss, len(sound))
    made = io.BytesIO()
    soundfile.write(made, np.clip(sound + noise, -1, 1), rate, format=format_)
    return made.getvalue()


def read_by_somebody(words: str, format_: str = "WAV") -> bytes:
    """Somebody has read these words, not as loud as the line."""
    sound, rate = spoken(words)
    return sent(sound * 0.4, rate, format_)
