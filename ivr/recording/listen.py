"""Listening by machine: all that is recorded is heard over a telephone and written down.

Owns ``audio/heard.json``. Recordings are named by their bytes, so what was heard of one stays
true and only new ones are heard. Needs the ``listen`` extra.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import soundfile

from ivr.config.extras import extra
from ivr.recording.ear import Ear, Whisper
from ivr.recording.utterances import Utterance
from ivr.recording.word_errors import Score, errors, words_of
from ivr.speech.telephone import noisy, through

NAME = "heard.json"
NOISE = 5.0
"""Decibels from the level of the speech down to that of the noise."""
HOW = f"Whisper base 1.0.0, held back, telephone, pink noise {NOISE:.0f} dB under the speech"
"""How the recordings were heard. When this changes, all are heard anew."""


class HeardError(Exception):
    """What was heard cannot be read: which file, and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Transcript:
    """What was written down of one utterance: over a clean telephone, and with noise."""

    name: str
    clean: str
    noise: str


def read(audio: Path) -> dict[str, Transcript]:
    """What has been heard so far, by the utterance's name. Raises HeardError.

    Nothing where it was heard in another way than it is now.
    """
    path = audio / NAME
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        rows = kept["heard"] if kept["how"] == HOW else []
        return {row["name"]: Transcript(**row) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise HeardError(f"{path} is damaged ({error}): delete it and listen again") from error


def write(audio: Path, heard: Iterable[Transcript]) -> None:
    """Keep what was heard, one utterance a line, in one piece."""
    rows = [json.dumps(asdict(each), ensure_ascii=False) for each in sorted(heard)]
    text = f'{{"how": {json.dumps(HOW)}, "heard": [\n' + ",\n".join(rows) + "\n]}\n"
    fresh = audio / (NAME + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(audio / NAME)


def unheard(audio: Path, spoken: Iterable[Utterance]) -> list[Utterance]:
    """Those of ``spoken`` that nobody has listened to, each once; the shortest last.

    Raises HeardError.
    """
    heard = read(audio)
    new = {each.name: each for each in spoken if each.name not in heard}
    return sorted(new.values(), key=lambda each: -len(each.words))


def listen(
    audio: Path,
    spoken: Sequence[Utterance],
    processes: int,
    open_ear: Callable[[], Ear] = Whisper,
) -> Iterator[Transcript]:
    """Listen to each of ``spoken``; what was heard is saved after each. Yields it.

    ``open_ear`` makes the listener, once in each process.

    Raises ExtraMissingError, HeardError.
    """
    heard = read(audio)
    for each in _listened(audio, spoken, processes, open_ear):
        heard[each.name] = each
        write(audio, heard.values())
        yield each


def forget(audio: Path, spoken: Iterable[Utterance]) -> None:
    """Drop what was heard of recordings that are no longer there. Raises HeardError."""
    heard, names = read(audio), {each.name for each in spoken}
    if heard.keys() - names:
        write(audio, (each for each in heard.values() if each.name in names))


def scores(spoken: Iterable[Utterance], heard: Mapping[str, Transcript]) -> dict[Utterance, Score]:
    """How much was understood of each of ``spoken`` that was heard. Raises ExtraMissingError."""
    tidy = extra("whisper_normalizer.english", "listen").EnglishTextNormalizer()
    found = {}
    for each in (every for every in spoken if every.name in heard):
        said, written = words_of(tidy(each.words)), heard[each.name]
        clean = errors(said, words_of(tidy(written.clean)))
        found[each] = Score(len(said), clean, errors(said, words_of(tidy(written.noise))))
    return found


def hear(ear: Ear, audio: Path, spoken: Utterance) -> Transcript:
    """One utterance, clean and in noise. Its noise is the same each time."""
    sounds = [soundfile.read(audio / prompt.path, dtype="float32") for prompt in spoken.prompts]
    phone = through(np.concatenate([sound for sound, _ in sounds]), sounds[0][1])
    noise = noisy(phone, NOISE, seed=int(spoken.name[:8], 16))
    return Transcript(spoken.name, ear.hear(phone, spoken.lang), ear.hear(noise, spoken.lang))


def _listened(
    audio: Path, spoken: Sequence[Utterance], processes: int, open_ear: Callable[[], Ear]
) -> Iterator[Transcript]:
    if processes <= 1 or len(spoken) <= 1:
        ear = open_ear()
        yield from (hear(ear, audio, each) for each in spoken)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _open_here, (open_ear,)) as pool:
        yield from pool.map(partial(_hear_here, audio), spoken)


class _Here:
    """The recogniser of this process."""

    ear: Ear


def _open_here(open_ear: Callable[[], Ear]) -> None:
    # Ctrl-C goes to every process: only the first may stop, once it has saved.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Here.ear = open_ear()


def _hear_here(audio: Path, spoken: Utterance) -> Transcript:
    return hear(_Here.ear, audio, spoken)
