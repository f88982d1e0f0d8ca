"""Frames of 20 ms: which of them are speech, how loud that is, and where it is quiet.

Owns this division, on which every other measure rests. Sources: RFC 7874 section 4 for dBov and
the level; which frames are speech after the idea of ITU-T P.56.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Sound between -1 and 1, one channel."""
Frames: TypeAlias = NDArray[np.bool_]
"""For each frame, whether it is speech."""
Power: TypeAlias = NDArray[np.float64]
"""The mean square of each frame."""

FRAME = 0.02
"""Seconds."""
BELOW = 15.9
"""Decibels under the level of the kept frames at which a frame is no speech."""
BRIDGED = 10
"""Frames of a gap (200 ms) that still count as speech."""
QUIET = 1e-9


def power(sound: Samples, rate: int) -> Power:
    """The mean square of each whole frame."""
    size = int(rate * FRAME)
    whole = sound[: len(sound) // size * size].reshape(-1, size)
    return np.asarray(np.einsum("ij,ij->i", whole, whole), dtype=np.float64) / size


def speech_frames(sound: Samples, rate: int, bridged: bool = True) -> Frames:
    """For each 20 ms frame, whether it is speech; short gaps count as speech when ``bridged``."""
    kept = loud(power(sound, rate))
    return bridge(kept) if bridged else kept


def loud(powers: Power) -> Frames:
    """The frames that are speech: those far under the others' level drop out, until none does."""
    kept = powers > QUIET
    while kept.any():
        fewer = kept & (powers > powers[kept].mean() / 10 ** (BELOW / 10))
        if fewer.sum() == kept.sum():
            break
        kept = fewer
    return kept


def bridge(kept: Frames) -> Frames:
    """The same with gaps shorter than 200 ms filled."""
    filled = kept.copy()
    for start, length in quiet_runs(kept):
        if length < BRIDGED:
            filled[start : start + length] = True
    return filled


def quiet_runs(kept: Frames) -> list[tuple[int, int]]:
    """Where each run of quiet between two frames of speech begins, and its length, in frames."""
    at = np.flatnonzero(kept)
    return [
        (before + 1, after - before - 1)
        for before, after in pairwise(at.tolist())
        if after > before + 1
    ]


def level(sound: Samples, rate: int) -> float:
    """The level of the speech in dBov; -inf where there is none."""
    powers = power(sound, rate)
    return decibels(powers[bridge(loud(powers))])


def decibels(powers: Power) -> float:
    """The level of these frames together; -inf where there are none, or nothing in them."""
    mean = float(powers.mean()) if powers.size else 0.0
    return 10 * float(np.log10(mean)) if mean > 0 else float("-inf")
