"""Making recordings: only what is missing or has changed, and nothing lost when stopped.

Owns the plan of a recording session and the files it leaves. Which voice speaks, and how a take
is finished, is decided in ``voices`` and ``master``.
"""

from __future__ import annotations

import hashlib
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import get_args

import numpy as np

from ivr.config.extras import extra
from ivr.line.call import Pause, Speed
from ivr.recording import master
from ivr.recording.master import Take
from ivr.recording.sentences import cut, sentences
from ivr.recording.voices import RATE, Synthesiser, open_voice
from ivr.speech import manifest
from ivr.speech.figures import count_words
from ivr.speech.frames import Samples
from ivr.speech.library import HUMAN, Library, PromptAudio, prompt_key
from ivr.speech.marks import SLOWER, Marked, said

SPEEDS: tuple[Speed, ...] = get_args(Speed)
PAUSES_FOLDER = "pauses"
HUMAN_TYPES = ("mp3", "wav")


@dataclass(frozen=True, slots=True)
class Maker:
    """How to open the voice, in whichever process records."""

    voice: str
    lang: str
    styles: Path
    pronunciation: dict[str, dict[str, str]]
    marks: Mapping[str, str] = field(default_factory=dict)
    """Words that say how they are to sound, each with its sound marks."""
    press: str = ""
    """The word before the key in a choice, which a short pause stands before (R40)."""

    def open(self) -> Synthesiser:
        """The voice itself."""
        return open_voice(self.voice, self.lang, self.styles, self.pronunciation)


Made = tuple[str, dict[Speed, tuple[bytes, float]]]
"""Words, and for each speed the file's bytes and its length in seconds."""


def missing(library: Library, maker: Maker, units: Sequence[str], again: str = "") -> list[str]:
    """The words that are not yet recorded at both speeds, in the order they are said.

    Those that hold the text ``again`` count as not recorded.
    """
    return [
        words
        for words in units
        if (again and again in words)
        or not all(
            library.has(maker.lang, maker.voice, speed, words, maker.marks.get(words, ""))
            for speed in SPEEDS
        )
    ]


def record(
    audio: Path, maker: Maker, words: Sequence[str], processes: int = 2
) -> Iterator[PromptAudio]:
    """Record each of ``words`` at both speeds; the manifest is saved after each. Yields prompts."""
    prompts = {_slot(prompt): prompt for prompt in manifest.read(audio)}
    for made in _recorded(maker, words, processes):
        for prompt in _saved(audio, maker, made):
            prompts[_slot(prompt)] = prompt
            yield prompt
        manifest.write(audio, prompts.values())


def make(voice: Synthesiser, words: str, lang: str, marked: str = "", press: str = "") -> Made:
    """One take of these words, finished at both speeds."""
    pieces = [
        each._replace(words=spelled(each.words) if lang == "en" else each.words)
        for each in said(marked or words)
    ]
    takes = [take for each in pieces for take in piece_takes(voice, each, press)]
    count = sum(count_words(each.words) for each in pieces)
    made: dict[Speed, tuple[bytes, float]] = {}
    for speed in SPEEDS:
        sound = master.finished(takes, count, speed)
        made[speed] = (master.encoded(sound), round(len(sound) / RATE, 2))
    return words, made


def piece_takes(voice: Synthesiser, piece: Marked, press: str = "") -> list[Take]:
    """What is said in one way, a take for each of its sentences."""
    words = piece.words.replace(" ", ", ") if piece.digits else piece.words
    spoken = sentences(words)
    slower = SLOWER if piece.slow else 1.0
    takes = [
        Take(sound, press_at(each, press), slower)
        for sound, each in zip(sentence_takes(voice, spoken), spoken, strict=True)
    ]
    stopped = piece.pause or words.endswith((".", "?", "!"))
    return [*takes[:-1], takes[-1]._replace(stopped=stopped)]


def sentence_takes(voice: Synthesiser, said: list[str]) -> list[Samples]:
    """Each sentence of ``said``, with as many as can be spoken in one breath."""
    if len(said) == 1:
        return [voice.take(said[0])]
    half = len(said) // 2
    return cut(voice.take(" ".join(said)), RATE, said) or (
        sentence_takes(voice, said[:half]) + sentence_takes(voice, said[half:])
    )


def press_at(sentence: str, press: str) -> float:
    """How far into a choice, counted in words, the word ``press`` comes; 0 where it does not."""
    thing, found, _ = sentence.partition(f", {press} ") if press else ("", "", "")
    return count_words(thing) / count_words(sentence) if found else 0.0


def spelled(words: str) -> str:
    """English figures as words: "press 1" is "press one", "11 digits" is "eleven digits"."""
    in_words: Callable[[int], str] = extra("num2words", "voice").num2words
    return re.sub(r"\d+", lambda figure: in_words(int(figure[0])), words)


def record_pauses(audio: Path, pauses: Iterable[Pause]) -> None:
    """Recordings of silence, one for each length that has none."""
    prompts = {_slot(prompt): prompt for prompt in manifest.read(audio)}
    library = Library(prompts.values())
    for pause in (each for each in pauses if not library.pause(each.ms)):
        quiet = np.zeros(int(pause.ms / 1000 * RATE), dtype=np.float32)
        seconds = pause.ms / 1000
        file = _write(audio / PAUSES_FOLDER, master.encoded(quiet))
        prompt = PromptAudio("", "", "normal", "", file, PAUSES_FOLDER, seconds, pause.ms)
        prompts[_slot(prompt)] = prompt
    manifest.write(audio, prompts.values())


def prune(audio: Path, said: Mapping[str, Sequence[str]]) -> int:
    """Drop recordings of words that are no longer said, by language. Answers how many."""
    prompts = manifest.read(audio)
    kept = [
        prompt for prompt in prompts if prompt.pause or prompt.words in said.get(prompt.lang, ())
    ]
    manifest.write(audio, kept)
    wanted = {prompt.path for prompt in kept}
    for file in audio.glob("*/*.mp3"):
        if file.relative_to(audio).as_posix() not in wanted:
            file.unlink()
    return len(prompts) - len(kept)


def _recorded(maker: Maker, words: Sequence[str], processes: int) -> Iterator[Made]:
    if processes <= 1 or len(words) <= 1:
        voice = maker.open() if words else None
        yield from (_make(voice, maker, each) for each in words if voice)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _open_here, (maker,)) as pool:
        yield from pool.map(partial(_make_here, maker), words)


class _Here:
    """The voice of this recording process."""

    voice: Synthesiser


def _open_here(maker: Maker) -> None:
    # Ctrl-C goes to every process: only the first may stop, once it has saved.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Here.voice = maker.open()


def _make_here(maker: Maker, words: str) -> Made:
    return _make(_Here.voice, maker, words)


def _make(voice: Synthesiser, maker: Maker, words: str) -> Made:
    return make(voice, words, maker.lang, maker.marks.get(words, ""), maker.press)


def _saved(audio: Path, maker: Maker, made: Made) -> Iterator[PromptAudio]:
    words, files = made
    for speed, (sound, seconds) in files.items():
        human = _human(audio, maker.lang, speed, words)
        voice = HUMAN if human else maker.voice
        file = _write(audio / maker.lang, human or sound)
        marked = maker.marks.get(words, "")
        yield PromptAudio(maker.lang, voice, speed, words, file, maker.lang, seconds, marked=marked)


def _human(audio: Path, lang: str, speed: Speed, words: str) -> bytes:
    """A person's own recording of these words, from ``audio/<lang>/human/<key>.mp3``, if any."""
    key = prompt_key(lang, HUMAN, speed, words)
    path = audio / lang / HUMAN / f"{key}.mp3"
    return path.read_bytes() if path.is_file() else b""


def _write(folder: Path, sound: bytes) -> str:
    """Keep a recording under the hash of its bytes: a name never means two sounds."""
    folder.mkdir(parents=True, exist_ok=True)
    file = hashlib.sha256(sound).hexdigest()[:16] + ".mp3"
    fresh = folder / (file + ".new")
    fresh.write_bytes(sound)
    fresh.replace(folder / file)
    return file


def _slot(prompt: PromptAudio) -> tuple[str, str, str, int]:
    return prompt.lang, prompt.speed, prompt.words, prompt.pause
