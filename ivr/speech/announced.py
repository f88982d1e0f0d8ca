"""An announcement that staff recorded by telephone, made as loud as the line's own recordings.

Owns that step. Pure; soundfile writes the MP3.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile

from ivr.speech.frames import level

LEVEL = -22.0
"""dBov over speech, as the line's recordings."""
PEAK = 0.7
"""Full scale is 1: nothing is louder than this."""


class AnnouncementError(Exception):
    """What was recorded is no sound that can be played."""


def as_mp3(wav: bytes) -> bytes:
    """A telephone's recording as an MP3 at the line's level. Raises AnnouncementError."""
    try:
        sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    except soundfile.LibsndfileError as error:
        raise AnnouncementError(str(error)) from error
    if not np.any(sound):
        raise AnnouncementError("only silence")
    louder = sound * np.float32(10 ** ((LEVEL - level(sound, rate)) / 20))
    made = io.BytesIO()
    soundfile.write(made, np.clip(louder, -PEAK, PEAK), rate, format="MP3")
    return made.getvalue()
