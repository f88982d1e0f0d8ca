"""An announcement that staff recorded or sent up, made as loud as the line's own recordings.

Owns that step, and which sound is taken: no header is believed about how much there is, and no
more is ever decoded than a caller would be made to hear. Pure; soundfile writes the MP3.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile

from ivr.speech import AnnouncementError
from ivr.speech.frames import Samples, level

LEVEL = -22.0
"""dBov over speech, as the line's recordings."""
PEAK = 0.7
"""Full scale is 1: nothing is louder than this."""
LONGEST = 200
"""Seconds: three minutes, and a little for who stops late."""
RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Those that an MP3 may have; a telephone's is the first."""
MOST_CHANNELS = 2
AT_ONCE = 65_536
"""Frames that are decoded at a time."""
NO_SOUND = "That file is no sound that can be played. Send a WAV or MP3 file."
SILENT = "Nothing can be heard in that file. Record it once more."
TOO_LONG = "That sound is longer than three minutes, and callers hear it first. Shorten it."
ODD_RATE = (
    "That sound has {rate:,} samples in a second, and 8,000 to 48,000 can be played. "
    "Save it as WAV with 8,000 Hz, or as MP3."
)
CHANNELS = "That sound has {channels} channels. Save it with one or two."


def as_mp3(sent: bytes) -> bytes:
    """A recording as an MP3 of one channel at the line's level. Raises AnnouncementError."""
    try:
        sound, rate = decoded(sent)
        if not np.any(sound):
            raise AnnouncementError(SILENT)
        louder = sound * np.float32(10 ** ((LEVEL - level(sound, rate)) / 20))
        made = io.BytesIO()
        soundfile.write(made, np.clip(louder, -PEAK, PEAK), rate, format="MP3")
    except (soundfile.SoundFileError, ValueError) as error:
        raise AnnouncementError(NO_SOUND) from error
    return made.getvalue()


def decoded(sent: bytes, longest: float = LONGEST, too_long: str = TOO_LONG) -> tuple[Samples, int]:
    """One channel of it, and its rate. Raises AnnouncementError, SoundFileError, ValueError."""
    with soundfile.SoundFile(io.BytesIO(sent)) as opened:
        rate, channels = opened.samplerate, opened.channels
        if rate not in RATES:
            raise AnnouncementError(ODD_RATE.format(rate=rate))
        if channels > MOST_CHANNELS:
            raise AnnouncementError(CHANNELS.format(channels=channels))
        pieces, frames = [], 0
        while len(piece := opened.read(AT_ONCE, dtype="float32", always_2d=True)):
            frames += len(piece)
            if frames > rate * longest:
                raise AnnouncementError(too_long)
            # Sound of floating numbers may hold any of them.
            whole = np.clip(np.nan_to_num(piece), -1, 1)
            pieces.append(whole.mean(axis=1, dtype=np.float32))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32), rate
