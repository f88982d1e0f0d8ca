"""Announcements that staff send up: whatever the file says of itself, played or refused in words."""

from __future__ import annotations

import io
import struct
import tracemalloc
from functools import cache

import numpy as np
import pytest
import soundfile

from ivr.speech.announced import AnnouncementError, as_mp3


def wav(rate: int = 8_000, channels: int = 1, sound: bytes = b"\x00\x10\x00\xf0" * 8_000,
        told: int | None = None) -> bytes:  # fmt: skip
    """A WAV of 16 bits whose header says what it is told to say."""
    size = len(sound) if told is None else told
    kind = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2 % 2**32, 2 * channels, 16)
    inner = b"WAVEfmt \x10\x00\x00\x00" + kind + b"data" + struct.pack("<I", size) + sound
    return b"RIFF" + struct.pack("<I", min(len(inner) + size - len(sound), 2**32 - 1)) + inner


def floats(*values: float) -> bytes:
    made = io.BytesIO()
    sound = np.array(values * 4_000, dtype=np.float32)
    soundfile.write(made, sound, 8_000, format="WAV", subtype="FLOAT")
    return made.getvalue()


@cache
def flac_of_200_mib() -> bytes:
    made, quiet = io.BytesIO(), np.zeros(1_048_576, dtype=np.int16)
    with soundfile.SoundFile(made, "w", 48_000, 1, format="FLAC", subtype="PCM_16") as opened:
        for _ in range(100):
            opened.write(quiet)
    return made.getvalue()


ODD_SOUNDS = {
    "1 Hz": (lambda: wav(rate=1), "samples in a second"),
    "96 kHz": (lambda: wav(rate=96_000), "samples in a second"),
    "2 GHz": (lambda: wav(rate=2_000_000_000), "samples in a second"),
    "no rate": (lambda: wav(rate=0), ""),
    "1,000 channels": (lambda: wav(channels=1_000), "channels"),
    "no channel": (lambda: wav(channels=0), ""),
    "200 MiB in a small file": (flac_of_200_mib, "longer than three minutes"),
    "four minutes": (lambda: wav(sound=b"\x00\x10\x00\xf0" * 960_000), "longer than three minutes"),
    "silence": (lambda: wav(sound=b"\x00\x00" * 8_000), "Nothing can be heard"),
    "no frame at all": (lambda: wav(sound=b""), ""),
    "numbers that are none": (lambda: floats(float("nan")), "Nothing can be heard"),
}


@pytest.mark.parametrize(("made", "said"), ODD_SOUNDS.values(), ids=ODD_SOUNDS)
def test_odd_sound_is_refused_in_words_before_it_is_decoded_whole(made, said):
    sent = made()
    assert len(sent) < 4_000_000
    tracemalloc.start()
    try:
        with pytest.raises(AnnouncementError) as error:
            as_mp3(sent)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said in str(error.value) and str(error.value).endswith(".")
    assert most < 80_000_000


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (wav(told=2**32 - 1), 2),
        (wav(told=2**31), 2),
        (wav(channels=2, sound=b"\x00\x10\x00\x10\x00\xf0\x00\xf0" * 4_000), 1),
        (wav(rate=48_000, sound=b"\x00\x10\x00\xf0" * 96_000), 4),
        (wav(sound=b"\x00\x10\x00\xf0" * 720_000), 180),
        (floats(float("inf"), 1e30, -1e30, 0.5), 2),
    ],
    ids=[
        "a header that lies",
        "and in another way",
        "two channels",
        "48 kHz",
        "three minutes",
        "loud",
    ],
)
def test_sound_that_can_be_played_is_whatever_its_header_says(sent, seconds):
    tracemalloc.start()
    made = as_mp3(sent)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    found = soundfile.info(io.BytesIO(made))
    assert found.duration == pytest.approx(seconds, abs=0.2) and found.channels == 1
    assert most < 80_000_000
