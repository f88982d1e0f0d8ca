"""What a recording measures: level, peak, background, pauses, and how many words it says.

Owns these sums, as accessibility rules R54-R56 want them. Pure, and numpy alone, so that the
line that is served can measure what it plays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

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

ACRONYMS = frozenset({"SENCO", "SEND"})
"""Capitals said as a word; all others are said letter by letter (UK, NHS, IPSEA)."""
FULL = 32_766 / 32_768
"""From here on a sample is at full scale."""
CLIPPED_RUN = 3
"""So many full samples in a row are a cut-off wave, not a peak that just fits."""
GAP, LONG_GAP = 5, 13
"""Frames of quiet that make a pause (100 ms), and one that shows its noise (250 ms and more)."""
MOST_POWER = 0.99
WINDOW = 512
"""Samples of one spectrum: 32 ms at the rate that is played."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one recording measures, as it is played; ``phone_level`` as a call carries it."""

    seconds: float
    """The whole recording."""
    level: float
    """dBov over speech (RFC 7874, R54); -inf where there is none."""
    phone_level: float
    """The same after 300-3400 Hz, 8 kHz and mu-law."""
    peak: float
    """dBFS of the largest sample; -inf for digital silence."""
    clipped: int
    """Samples in runs of three or more at full scale."""
    background: float
    """Decibels that gaps of 250 ms and more lie under the speech (R55); inf without such a gap."""
    span: float
    """Seconds from the first to the last frame of speech."""
    lead: float
    """Seconds of quiet before the first frame of speech; the whole where there is none."""
    tail: float
    """Seconds of quiet after the last frame of speech."""
    gaps: tuple[tuple[float, float], ...]
    """Start and length, in seconds, of every quiet stretch of 100 ms and more inside speech."""
    top: float
    """Hertz under which 99 % of the power lies."""


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


def words_a_minute(spoken: str, seconds: float) -> float:
    """Words of ``spoken`` over the ``seconds`` from the first to the last speech (rule 5.4)."""
    return 60 * count_words(spoken) / seconds if seconds else 0.0


def count_words(spoken: str) -> int:
    """Words as they are said (rule 5.1): "press 1" has two, and so has "11 digits".

    Letters said one by one count one each: the NHS is four words.
    """
    return sum(_said(word) for word in re.findall(r"[^\s/]*\w[^\s/]*", spoken))


def _said(word: str) -> int:
    bare = re.sub(r"\W", "", word.removesuffix("'s").removesuffix("’s"))
    if bare.isdecimal():
        return _figure(int(bare))
    return len(bare) if bare.isupper() and bare not in ACRONYMS else 1


def _figure(number: int) -> int:
    """Words of a figure read out: 28 is one, 105 "one hundred and five", 2027 five."""
    if number < 100:
        return 1
    scale = 1000 if number >= 1000 else 100
    rest = number % scale
    joined = 1 if 0 < rest < 100 else 0
    return _figure(number // scale) + 1 + joined + (_figure(rest) if rest else 0)


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
