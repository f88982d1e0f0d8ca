"""What a person has read: taken, or refused in words, and finished like every other recording.

Owns what can be told of a sound before it is mastered: whether it is one, whether anybody speaks in
it, whether it can be these words. The rules of finished recordings are ``content.checks.sound``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

import numpy as np
import soundfile

from ivr.config.extras import ExtraMissingError, extra
from ivr.line.call import Speed
from ivr.recording import master
from ivr.recording.ear import Ear, Whisper
from ivr.recording.record import SPEEDS
from ivr.recording.voices import RATE
from ivr.recording.word_errors import errors, words_of
from ivr.speech import AnnouncementError
from ivr.speech.announced import decoded
from ivr.speech.figures import Measured, count_words
from ivr.speech.frames import Samples, power
from ivr.speech.measure import measured
from ivr.speech.telephone import through

QUIETEST = -50.0
"""dBov of speech under which hiss is as loud as the voice once it is made louder."""
STEADY = 6.0
"""Decibels between its quiet and its loud frames that speech exceeds, with its stops and vowels."""
CUT_OFF = 20
"""Samples at full scale in a second of speech from which it is heard that they are cut off."""
FASTEST, SLOWEST = 330, 50
"""Words a minute at which nobody reads a sentence: it is another, or not all of it."""
AT_EACH_END = 1.0
"""Seconds that one word may last beyond that."""
EDGES = 10.0
"""Seconds of quiet before and after, in which somebody finds the button."""
MISHEARD = 0.5
"""The share of words that the recogniser may hear otherwise before it is said."""

FORMATS = "Send a WAV, MP3, FLAC or OGG file."
M4A = f"That is an M4A file, which cannot be read here. Save it as WAV or MP3. {FORMATS}"
NO_SOUND = f"That file is no sound that can be read. {FORMATS}"
SILENT = "Nobody is heard in it. Speak near to the microphone, and record it once more."
LOUD = (
    "It is too loud: parts of it are cut off. Speak further from the microphone, "
    "and record it once more."
)
TOO_LONG = (
    "It is too long: these words take about {usual:.0f} seconds to read. Is it this sentence alone?"
)
TOO_SHORT = (
    "It is too short: these words take about {usual:.0f} seconds to read. "
    "Is it this sentence, to its end?"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A finished recording at both speeds: the file's bytes, its seconds and its measures.

    ``heard``: what the recogniser wrote down, where that is not the words.
    """

    sounds: dict[Speed, tuple[bytes, float]]
    measures: dict[Speed, Measured]
    heard: str = ""


def ear_if_installed() -> Ear | None:
    """The recogniser; None on a machine without it."""
    try:
        return Whisper()
    except ExtraMissingError:
        return None


def reading(
    sent: bytes, words: str, lang: str, open_ear: Callable[[], Ear | None] = ear_if_installed
) -> Reading:
    """A sound that somebody sent as these words. Raises AnnouncementError, ExtraMissingError.

    ``open_ear``: the recogniser, where there is one. It is asked of English alone.
    """
    take = _take(sent, words)
    paces = master.PEOPLE if lang == "en" else master.UNCOUNTED
    sounds: dict[Speed, tuple[bytes, float]] = {}
    measures: dict[Speed, Measured] = {}
    for speed in SPEEDS:
        sound = master.finished([master.Take(take)], count_words(words), speed, paces)
        file = master.encoded(sound)
        sounds[speed] = (file, round(len(sound) / RATE, 2))
        measures[speed] = measured(*decoded(file))
    ear = open_ear() if lang == "en" else None
    return Reading(sounds, measures, _misheard(take, words, ear) if ear else "")


def _take(sent: bytes, words: str) -> Samples:
    """The sound as voices give theirs, once nothing speaks against it."""
    count = count_words(words)
    usual, most = 60 * count / 141, 60 * count / SLOWEST + AT_EACH_END
    too_long = TOO_LONG.format(usual=usual)
    if sent[4:8] == b"ftyp":
        raise AnnouncementError(M4A)
    try:
        sound, rate = decoded(sent, most + EDGES, too_long)
    except (soundfile.SoundFileError, ValueError) as error:
        raise AnnouncementError(NO_SOUND) from error
    told = measured(sound, rate)
    if told.level < QUIETEST or _steady(sound, rate):
        raise AnnouncementError(SILENT)
    if told.clipped > CUT_OFF * told.span:
        raise AnnouncementError(LOUD)
    if told.span > most:
        raise AnnouncementError(too_long)
    if told.span < 60 * count / FASTEST:
        raise AnnouncementError(TOO_SHORT.format(usual=usual))
    return _at(RATE, sound, rate)


def _steady(sound: Samples, rate: int) -> bool:
    """Whether it is as loud from end to end, as no speech is: hum, hiss, or nothing."""
    quiet, loud = np.quantile(power(sound, rate), (0.05, 0.95))
    return bool(loud < quiet * 10 ** (STEADY / 10))


def _at(rate: int, sound: Samples, now: int) -> Samples:
    signal, common = extra("scipy.signal", "voice"), gcd(rate, now)
    return np.asarray(signal.resample_poly(sound, rate // common, now // common), dtype=np.float32)


def _misheard(take: Samples, words: str, ear: Ear) -> str:
    """What the recogniser wrote, where most of it is not the words; else nothing."""
    normalizer = extra("whisper_normalizer.english", "listen").EnglishTextNormalizer()
    written = ear.hear(through(take, RATE), "en")
    said, heard = (words_of(normalizer(each)) for each in (words, written))
    return written if errors(said, heard) > MISHEARD * len(said) else ""
