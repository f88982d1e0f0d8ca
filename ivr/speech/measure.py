"""What a recording measures: level of the speech, its background, its rate.

Owns these sums. Sources: RFC 7874 section 4 for dBov and the level; frames after the idea of
ITU-T P.56.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Sound between -1 and 1, one channel."""

FRAME = 0.02
BELOW = 15.9
"""Decibels under the level of the kept frames at which a frame is no speech."""
BRIDGED = 10
"""Frames of a gap (200 ms) that still count as speech."""
QUIET = 1e-9


def speech_frames(sound: Samples, rate: int, bridged: bool = True) -> NDArray[np.bool_]:
    """For each 20 ms frame, whether it is speech; short gaps count as speech when ``bridged``."""
    power = _power(sound, rate)
    kept = power > QUIET
    while kept.any():
        level = 10 * np.log10(power[kept].mean())
        fewer = kept & (10 * np.log10(np.maximum(power, QUIET)) > level - BELOW)
        if fewer.sum() == kept.sum():
            break
        kept = fewer
    return _bridged(kept) if bridged else kept


def level(sound: Samples, rate: int) -> float:
    """The level of the speech in dBov; -inf where there is none."""
    frames = speech_frames(sound, rate)
    power = _power(sound, rate)[frames]
    return float(10 * np.log10(power.mean())) if power.size else float("-inf")


def span(sound: Samples, rate: int) -> float:
    """Seconds from the first to the last frame of speech."""
    at = np.flatnonzero(speech_frames(sound, rate))
    return float((at[-1] - at[0] + 1) * FRAME) if at.size else 0.0


def words_a_minute(spoken: str, sound: Samples, rate: int) -> float:
    """Words of ``spoken`` over the time from the first to the last speech."""
    seconds = span(sound, rate)
    return 60 * count_words(spoken) / seconds if seconds else 0.0


def count_words(spoken: str) -> int:
    """Words as they are said: what stands between spaces and holds a letter or digit."""
    return sum(bool(re.search(r"\w", word)) for word in spoken.split())


def _power(sound: Samples, rate: int) -> NDArray[np.float64]:
    size = int(rate * FRAME)
    whole = sound[: len(sound) // size * size].astype(np.float64).reshape(-1, size)
    return np.asarray((whole**2).mean(axis=1))


def _bridged(kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The same with gaps shorter than 200 ms filled."""
    filled = kept.copy()
    at = np.flatnonzero(kept)
    for before, after in pairwise(at.tolist()):
        if after - before <= BRIDGED:
            filled[before:after] = True
    return filled
