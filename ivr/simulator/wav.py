"""One call as the caller heard it, as a WAV file.

Owns the joining of what was played into one sound, 8 kHz, one channel. Twilio's own voice is not
to be had here: what it would say is silence of its length.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from ivr.simulator.events import Ended, Event, KeySent, Played

RATE = 8_000
TONE = 0.12
LONGEST_QUIET = 3.0
"""Seconds of a wait that are kept, so that the file can be listened to."""
LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477)
PAD = "123456789*0#"
Sound = NDArray[np.float32]


def write(path: Path, heard: Iterable[Event]) -> float:
    """Write the call into ``path``; its length in seconds."""
    pieces: list[Sound] = []
    playing: Sound = np.zeros(0, dtype=np.float32)
    began = 0.0
    for event in heard:
        if isinstance(event, Played | KeySent | Ended):
            pieces.append(_cut(playing, event.at - began))
            playing, began = _begins(event), event.at
    sound = np.concatenate([*pieces, playing]) if pieces else playing
    soundfile.write(path, sound, RATE, subtype="PCM_16")
    return len(sound) / RATE


def _begins(event: Played | KeySent | Ended) -> Sound:
    if isinstance(event, Played):
        return _decoded(event.sound)
    return _tone(event.key) if isinstance(event, KeySent) else np.zeros(0, dtype=np.float32)


def _cut(sound: Sound, seconds: float) -> Sound:
    """What was heard of a sound in ``seconds``, then quiet for the rest, but not for too long."""
    heard = sound[: round(seconds * RATE)]
    quiet = min(max(0.0, seconds - len(heard) / RATE), LONGEST_QUIET)
    return np.concatenate([heard, np.zeros(round(quiet * RATE), dtype=np.float32)])


def _decoded(recording: bytes) -> Sound:
    """A recording at 8 kHz."""
    sound, rate = soundfile.read(io.BytesIO(recording), dtype="float32")
    at = np.arange(0, len(sound), rate / RATE)
    return np.asarray(np.interp(at, np.arange(len(sound)), sound), dtype=np.float32)


def _tone(key: str) -> Sound:
    """The two tones of a key (ITU-T Q.23)."""
    row, column = divmod(PAD.index(key), 3)
    at = np.arange(int(TONE * RATE)) / RATE
    tones = np.sin(2 * np.pi * LOW[row] * at) + np.sin(2 * np.pi * HIGH[column] * at)
    return (0.1 * tones).astype(np.float32)
