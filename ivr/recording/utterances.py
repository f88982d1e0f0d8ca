"""What a caller hears in one breath: one recording, or pieces joined as a call joins them.

Owns which pieces are joined to be listened to, so that none is judged without the words around
it: nobody hears "five" alone. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ivr.line.call import InLanguage, Pause, Playback, Speed, Unit
from ivr.line.wording import Wording
from ivr.speech.library import Library, PromptAudio

LONG_MONTHS, SHORT_MONTHS = (1, 3, 5, 7, 8, 10, 12), (2, 4, 6, 9, 11)
"""Months with a thirty-first day, and without."""
SOME_DAY = date(2027, 1, 4)


@dataclass(frozen=True, slots=True, order=True)
class Utterance:
    """Words and the recordings, in order, that speak them; the pauses between them too."""

    lang: str
    voice: str
    speed: Speed
    words: str
    prompts: tuple[PromptAudio, ...]

    @property
    def name(self) -> str:
        """The same for the same recordings only: their file, or a hash of all their files."""
        files = [prompt.file for prompt in self.prompts]
        if len(files) == 1:
            return files[0]
        return hashlib.sha256(" ".join(files).encode()).hexdigest()[:16]


def utterances(words: Wording, library: Library, speed: Speed) -> tuple[Utterance, ...]:
    """All that is recorded at this speed in the language of ``words``, as it is heard.

    Pieces of dates, times and numbers come in a few dozen examples that hold each of them.
    """
    pieces = set(words.pieces.all())
    alone = (
        Utterance(prompt.lang, prompt.voice, speed, prompt.words, (prompt,))
        for prompt in library.prompts
        if (prompt.lang, prompt.speed) == (words.lang, speed) and prompt.words not in pieces
    )
    examples = (*_dates(words), *_openings(words), *_numbers(words))
    joined = (_joined(words.lang, library, speed, units) for units in examples)
    return tuple(sorted([*alone, *(each for each in joined if each)]))


def _joined(lang: str, library: Library, speed: Speed, units: tuple[Unit, ...]) -> Utterance | None:
    """The units in a row; None when one of them is not recorded."""
    prompts = [_prompt(lang, library, speed, unit) for unit in units]
    known = tuple(prompt for prompt in prompts if prompt)
    if len(known) < len(units):
        return None
    spoken = " ".join(prompt.words for prompt in known if prompt.words)
    return Utterance(lang, known[0].voice, speed, spoken, known)


def _prompt(lang: str, library: Library, speed: Speed, unit: Unit) -> PromptAudio | None:
    match unit:
        case Pause(ms):
            return library.pause(ms)
        case InLanguage(other, words):
            return library.find(other, speed, words)
        case Playback():
            return None
    return library.find(lang, speed, unit)


def _dates(words: Wording) -> Iterator[tuple[Unit, ...]]:
    """Each day of a month, each month and each year, in dates that exist."""
    years = sorted(words.pieces.years)
    for day in range(1, 32):
        yield words.date(date(years[day % len(years)], LONG_MONTHS[day % 7], day))
    for month in SHORT_MONTHS:
        yield words.date(date(years[-1], month, 15))


def _openings(words: Wording) -> Iterator[tuple[Unit, ...]]:
    """Each time of day, with each way to name the day."""
    for ahead, name in enumerate(words.pieces.times):
        opens = datetime.combine(SOME_DAY + timedelta(ahead % 10), time.fromisoformat(name))
        now = datetime.combine(SOME_DAY, time())
        yield (words.say("opens"), *words.opening(opens, now))


def _numbers(words: Wording) -> Iterator[tuple[Unit, ...]]:
    """Each digit inside a group and at its end, in numbers that Ofcom keeps for drama."""
    for digit in range(10):
        last = f"{digit}{(digit + 3) % 10}{(digit + 6) % 10}"
        yield (words.say("read_back"), *words.phone(f"+447700900{last}"))
