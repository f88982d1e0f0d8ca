"""From takes to a prompt: rate, pauses, tone and level, and the file that is played.

Owns how a recording is finished. The chain was chosen by word error rate over a telephone with
noise (docs/decisions/recordings.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.config.extras import extra
from ivr.line.call import Speed
from ivr.recording.voices import RATE
from ivr.speech.frames import FRAME, Samples, level, power, speech_frames
from ivr.speech.measure import span

PLAYED_RATE = 16_000
KILOBITS = 32
EDGE = 0.02
"""Seconds of quiet added after the end. An MP3 itself begins with 69 ms of it."""
FADE_IN, FADE_OUT = 0.005, 0.02
HEARD = 45.0
"""Decibels under the speech that are still kept at both ends of a take: a "th" begins and an "s"
ends far under the frames that count as speech, and cut off they make another word."""
MOST_EDGE = 0.06
"""Seconds of that at each end of a take: a word that dies away for longer holds up the next."""
BETWEEN_WORDS = 0.1
"""Seconds of quiet between two takes within a sentence."""
BEFORE_PRESS = 0.36
"""Seconds of quiet before "press": 300 ms (R40) once the word before has died away."""
NEAR = 0.17
"""How far from its place, counted in words, that comma is looked for."""
TARGET_DBOV = -22.0
PEAK = 0.66
"""-3.6 dBFS: the MP3 may add up to 0.6 dB to it, and -3 is the most (R54)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast: words a minute to reach, how far to stretch for it, and between sentences."""

    target: float
    least: float
    most: float
    usual: float
    between: float


PACES: dict[Speed, Pace] = {
    "normal": Pace(141, 0.9, 2.0, 1.35, 0.5),
    "slow": Pace(115, 1.1, 2.5, 1.7, 0.6),
}
PEOPLE: dict[Speed, Pace] = {
    "normal": Pace(141, 0.85, 1.6, 1.0, 0.5),
    "slow": Pace(115, 1.0, 2.0, 1.22, 0.6),
}
"""The same for what a person has read: they speak slower than the voices do."""
UNCOUNTED: dict[Speed, Pace] = {
    "normal": Pace(141, 1.0, 1.0, 1.0, 0.5),
    "slow": Pace(115, 1.22, 1.22, 1.22, 0.6),
}
"""And in a language whose words are not as long as English ones: as fast as they read it."""
TRIES, CLOSE = 3, 0.02
"""How often the rate is mended, and how near is near enough."""
FEW_WORDS = 3
"""Of so few words the rate says little: they are never stretched less than is usual."""


class Take(NamedTuple):
    """What was spoken at a stretch. ``press``: how far into it "press" comes (0-1); ``slower``: so
    many times as long as the rest; ``stopped``: whether the pause of a full stop follows.
    """

    sound: Samples
    press: float = 0.0
    slower: float = 1.0
    stopped: bool = True


def finished(
    takes: list[Take], words: int, speed: Speed, paces: Mapping[Speed, Pace] = PACES
) -> Samples:
    """Takes in a row at the right rate.

    The rate is that of the finished sound, so it is measured there and mended where it is off.
    """
    pace = paces[speed]
    trimmed = [take._replace(sound=_trimmed(take.sound)) for take in takes]
    least = pace.least if words > FEW_WORDS else pace.usual
    factor, quiet = pace.usual, pace.between * sum(take.stopped for take in takes[:-1])
    sound = mastered(_joined(trimmed, pace, factor))
    for _ in range(TRIES):
        spoken = span(_played(sound), PLAYED_RATE) - quiet
        # The rate counts the pauses between sentences (rule 5.4): speech must make up for them.
        wanted = (60 * words / pace.target - quiet) / spoken if spoken > 0 else 1.0
        before, factor = factor, min(max(factor * wanted, least), pace.most)
        if abs(factor / before - 1) < CLOSE:
            break
        sound = mastered(_joined(trimmed, pace, factor))
    return sound


def _joined(takes: list[Take], pace: Pace, factor: float) -> Samples:
    spoken = [_spoken(take.sound, take.press, factor * take.slower) for take in takes]
    pieces = [spoken[0]]
    for take, (before, after) in zip(takes, pairwise(spoken), strict=False):
        rest = _quiet_ends(before)[1] + _quiet_ends(after)[0]
        between = pace.between if take.stopped else BETWEEN_WORDS
        pieces += [_silence(max(0.0, between - rest)), after]
    return np.concatenate([*pieces, _silence(EDGE)])


def _spoken(take: Samples, press: float, factor: float) -> Samples:
    sound = _faded(_stretched(take, factor))
    return _held_before_press(sound, press) if press else sound


def _quiet_ends(sound: Samples) -> tuple[float, float]:
    """Seconds before the first frame of speech and after the last: part of the pause there."""
    at = np.flatnonzero(speech_frames(sound, RATE))
    return (at[0] * FRAME, len(sound) / RATE - (at[-1] + 1) * FRAME) if at.size else (0.0, 0.0)


def _held_before_press(sound: Samples, press: float) -> Samples:
    """The comma before "press" made as long as R40 asks, where the voice made a pause there."""
    frames = speech_frames(sound, RATE, bridged=False)
    first, last = (int(len(frames) * (press + off)) for off in (-NEAR, NEAR))
    start, length = _longest_quiet(frames[max(0, first) : last])
    missing = BEFORE_PRESS - length * FRAME
    if length < 1 or missing <= 0:
        return sound
    at = int((max(0, first) + start + length / 2) * FRAME * RATE)
    return np.concatenate([sound[:at], _silence(missing), sound[at:]])


def _longest_quiet(frames: NDArray[np.bool_]) -> tuple[int, int]:
    """Where the longest run of frames without speech begins, inside speech, and its length."""
    at = np.flatnonzero(frames)
    runs = [(after - before - 1, before + 1) for before, after in pairwise(at.tolist())]
    length, start = max(runs, default=(0, 0))
    return start, length


def _faded(take: Samples) -> Samples:
    """Without a click at its ends."""
    rise, fall = int(FADE_IN * RATE), int(FADE_OUT * RATE)
    if len(take) < rise + fall:
        return take
    faded = take.copy()
    faded[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    faded[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return faded


def mastered(sound: Samples) -> Samples:
    """Tone, dynamics and level: clear on a telephone, even from prompt to prompt (R54)."""
    shaped = _compressed(_toned(sound))
    for _ in range(3):
        shaped = _limited(shaped * _gain(shaped))
    return shaped.astype(np.float32)


def encoded(sound: Samples) -> bytes:
    """The prompt as an MP3, 16 kHz, one channel, 32 kbit/s."""
    encoder = extra("lameenc", "voice").Encoder()
    encoder.silence()
    encoder.set_bit_rate(KILOBITS)
    encoder.set_in_sample_rate(PLAYED_RATE)
    encoder.set_channels(1)
    encoder.set_quality(2)
    pcm = (np.clip(_played(sound), -1, 1) * 32767).astype(np.int16).tobytes()
    return bytes(encoder.encode(pcm) + encoder.flush())


def _played(sound: Samples) -> Samples:
    """The sound at the rate it is played at: what is measured is what is heard."""
    signal = extra("scipy.signal", "voice")
    return np.asarray(signal.resample_poly(sound, 2, 3), dtype=np.float32)


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def _trimmed(take: Samples) -> Samples:
    """Without the quiet at both ends, but with what can be heard of a first and a last sound."""
    at = np.flatnonzero(power(take, RATE) > 10 ** ((level(take, RATE) - HEARD) / 10))
    speech = np.flatnonzero(speech_frames(take, RATE))
    if not at.size or not speech.size:
        return take
    size, edge = int(FRAME * RATE), round(MOST_EDGE / FRAME)
    first, last = max(at[0], speech[0] - edge), min(at[-1], speech[-1] + edge)
    return take[first * size : (last + 1) * size]


def _stretched(take: Samples, factor: float) -> Samples:
    """Longer by ``factor`` at the same pitch (Rubber Band)."""
    pedalboard: Any = extra("pedalboard", "voice")
    slower = pedalboard.time_stretch(
        take[None, :], RATE, stretch_factor=1 / factor, high_quality=True
    )
    return np.asarray(slower, dtype=np.float32).reshape(-1)


def _toned(sound: Samples) -> Samples:
    """High-pass at 150 Hz, and a bell of 5 dB at 2.5 kHz (Q 0.8), where consonants are."""
    signal = extra("scipy.signal", "voice")
    high = signal.butter(2, 150, "highpass", fs=RATE, output="sos")
    shaped = signal.sosfilt(high, sound)
    boost, angle = 10 ** (5 / 40), 2 * np.pi * 2500 / RATE
    alpha = np.sin(angle) / (2 * 0.8)
    rise = [1 + alpha * boost, -2 * np.cos(angle), 1 - alpha * boost]
    fall = [1 + alpha / boost, -2 * np.cos(angle), 1 - alpha / boost]
    return np.asarray(signal.lfilter(rise, fall, shaped), dtype=np.float32)


def _compressed(sound: Samples) -> Samples:
    """3:1 above -24 dB, 5 ms attack and 80 ms release."""
    envelope = np.empty(len(sound), dtype=np.float64)
    attack, release = np.exp(-1 / (0.005 * RATE)), np.exp(-1 / (0.080 * RATE))
    last = 0.0
    for at, value in enumerate(np.abs(sound).tolist()):
        keep = attack if value > last else release
        last = keep * last + (1 - keep) * value
        envelope[at] = last
    over = np.maximum(0.0, 20 * np.log10(np.maximum(envelope, 1e-9)) + 24)
    return np.asarray(sound * 10 ** (-over * (2 / 3) / 20), dtype=np.float32)


def _gain(sound: Samples) -> float:
    return float(10 ** ((TARGET_DBOV - level(sound, RATE)) / 20))


def _limited(sound: Samples) -> Samples:
    """A soft limit: what is over 0.8 of the peak is bent under it."""
    knee = 0.8 * PEAK
    over = np.abs(sound) > knee
    bent = knee + (PEAK - knee) * np.tanh((np.abs(sound) - knee) / (PEAK - knee))
    return np.where(over, np.sign(sound) * bent, sound)
