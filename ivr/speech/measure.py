"""What a recording measures: level, peak, background, pauses.

Owns these sums, as accessibility rules R54-R56 want them. Pure, and numpy alone, so that the
line that is served can measure what it plays.
"""

from __future__ import annotations

import numpy as np

from ivr.speech.figures import Measured
from ivr.speech.frames import (
    FRAME,
    Frames,
    Power,
    Samples,
    bridge,
    decibels,
    level,
    loud,
    power,
    quiet_runs,
    speech_frames,
)
from ivr.speech.telephone import CALL_RATE, through

FULL = 32_766 / 32_768
"""From here on a sample is at full scale."""
CLIPPED_RUN = 3
"""So many full samples in a row are a cut-off wave, not a peak that just fits."""
GAP, LONG_GAP = 5, 13
"""Frames of quiet that make a pause (100 ms), and one that shows its noise (250 ms and more)."""
MOST_POWER = 0.99
WINDOW = 512
"""Samples of one spectrum: 32 ms at the rate that is played."""


def measured(sound: Samples, rate: int) -> Measured:
    """Everything measured of ``sound``, one channel between -1 and 1, ``rate`` samples a second."""
    powers = power(sound, rate)
    kept = loud(powers)
    speech = decibels(powers[bridge(kept)])
    first, end = _ends(kept)
    return Measured(
        seconds=len(sound) / rate,
        level=speech,
        phone_level=level(through(sound, rate), CALL_RATE),
        peak=_peak(sound),
        clipped=_clipped(sound),
        background=_background(powers, kept, speech),
        span=(end - first) * FRAME,
        lead=first * FRAME if end else len(sound) / rate,
        tail=len(sound) / rate - end * FRAME if end else 0.0,
        gaps=tuple((at * FRAME, run * FRAME) for at, run in quiet_runs(kept) if run >= GAP),
        top=_top(sound, rate),
    )


def span(sound: Samples, rate: int) -> float:
    """Seconds from the first to the last frame of speech."""
    first, end = _ends(speech_frames(sound, rate))
    return (end - first) * FRAME


def _ends(kept: Frames) -> tuple[int, int]:
    """The first frame of speech and the one after the last; (0, 0) where there is none."""
    at = np.flatnonzero(kept)
    return (int(at[0]), int(at[-1]) + 1) if at.size else (0, 0)


def _peak(sound: Samples) -> float:
    largest = max(float(sound.max()), -float(sound.min())) if sound.size else 0.0
    return 20 * float(np.log10(largest)) if largest > 0 else float("-inf")


def _clipped(sound: Samples) -> int:
    at = np.flatnonzero(np.abs(sound) >= FULL)
    runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    return sum(len(run) for run in runs if len(run) >= CLIPPED_RUN)


def _background(powers: Power, kept: Frames, speech: float) -> float:
    long = [powers[at : at + run] for at, run in quiet_runs(kept) if run >= LONG_GAP]
    return speech - decibels(np.concatenate(long)) if long else float("inf")


def _top(sound: Samples, rate: int) -> float:
    frames = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
    spectra = np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32))
    total = np.cumsum((spectra.real**2 + spectra.imag**2).sum(axis=0))
    if not total[-1]:
        return 0.0
    return float(np.searchsorted(total, MOST_POWER * total[-1]) * rate / WINDOW)
