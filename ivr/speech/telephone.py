"""The telephone between a recording and a caller: its band, its coding, and a noisy room.

Owns what a call does to sound. Pure, and numpy alone: the line that is served has no scipy.
Sources: the band of an ordinary call (300-3400 Hz, ITU-T G.120) and mu-law (ITU-T G.711).
"""

from __future__ import annotations

import numpy as np

from ivr.speech.frames import Samples, level

CALL_RATE = 8_000
LOWEST, HIGHEST = 300, 3400
"""Hertz between which an ordinary call carries sound."""
AUDIBLE = 20
"""Hertz from which an ear hears."""
STEPS = 255
"""Mu of mu-law: a call has 256 values for one sample."""


def through(sound: Samples, rate: int) -> Samples:
    """What a caller hears of ``sound``: 300-3400 Hz, 8,000 samples a second, mu-law.

    It may end with up to a second of quiet: whole seconds are what a fast transform wants.
    """
    seconds = max(1, -(-len(sound) // rate))
    spectrum = np.fft.rfft(sound, seconds * rate)
    spectrum = spectrum[: seconds * CALL_RATE // 2 + 1]
    spectrum[: seconds * LOWEST] = 0
    spectrum[seconds * HIGHEST + 1 :] = 0
    narrow = np.fft.irfft(spectrum, seconds * CALL_RATE) * np.float32(CALL_RATE / rate)
    return _mu_law(narrow.astype(np.float32))


def noisy(sound: Samples, decibels: float, seed: int) -> Samples:
    """What comes ``through``, in a room: pink noise ``decibels`` under the level of its speech.

    The noise is that of the room, so it has all octaves that can be heard, not the call's alone.
    The same ``seed`` gives the same noise. Sound without speech comes back as it is.
    """
    loudness = level(sound, CALL_RATE)
    if np.isinf(loudness):
        return sound
    noise = _pink(len(sound), seed)
    wanted = 10 ** ((loudness - decibels) / 20)
    return sound + noise * np.float32(wanted / np.sqrt(np.mean(noise**2)))


def _mu_law(sound: Samples) -> Samples:
    """Coded and decoded again: the steps are fine where it is quiet and coarse where it is loud."""
    loudness = np.log1p(STEPS * np.minimum(np.abs(sound), 1)) / np.log1p(STEPS)
    step = np.round(loudness * (STEPS // 2)).astype(np.int16)
    return np.asarray(np.copysign(_LADDER[step], sound), dtype=np.float32)


def _pink(samples: int, seed: int) -> Samples:
    """Noise with as much power in each octave from the lowest that an ear hears."""
    seconds = -(-samples // CALL_RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(seconds * CALL_RATE))
    lowest = seconds * AUDIBLE
    spectrum[:lowest] = 0
    spectrum[lowest:] /= np.sqrt(np.arange(lowest, len(spectrum)))
    return np.fft.irfft(spectrum, seconds * CALL_RATE)[:samples].astype(np.float32)


_LADDER: Samples = (
    np.expm1(np.arange(STEPS // 2 + 1) / (STEPS // 2) * np.log1p(STEPS)) / STEPS
).astype(np.float32)
"""The 128 loudnesses that mu-law can say."""
