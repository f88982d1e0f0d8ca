"""What was recorded by telephone, played back within the same call.

Owns ``GET /audio/heard/<call>/<token>``. The carrier asks for a password before it gives out a
recording, and a Play has none; so the sound is fetched with ours and served from here. The address
is sealed for its call and good for minutes. While the carrier has no sound yet, words say so.
"""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from flask import Blueprint, Response, current_app

from ivr.secrets.seal import Sealer
from ivr.webhooks.audio import TYPES, path_of, type_of
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices

played = Blueprint("played", __name__)

LASTS = 300
"""Seconds for which an address is good, and up to twice as many: the same for all who ask within
one such span, so that a step that is repeated has the same answer."""
TIME_LIMITS = 3.0
"""Seconds that a caller waits for a sound before words say that it is not ready. Twilio has it a
second after the recording."""
BETWEEN = 0.25
AT_ONCE = 4
"""Sounds that one process waits for at the same time: the other threads answer callers."""
NOT_READY = "not_ready"
"""The phrase that says so."""


class Fetch(Protocol):
    """Asks the carrier for a recording by its id. None while there is none to be had."""

    def __call__(self, recording: str) -> bytes | None: ...


@dataclass
class Heard:
    """Addresses of recordings, and the sounds behind them. ``clock``: seconds, as time.time."""

    base_url: str
    sealer: Sealer
    fetch: Fetch
    clock: Callable[[], float] = time.time
    time_limits: float = TIME_LIMITS
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def address(self, call_sid: str, recording: str, lang: str) -> str:
        """Where a recording is heard in this call, and in no other."""
        over = (int(self.clock()) // LASTS + 2) * LASTS
        token = self.sealer.seal(f"{over} {lang} {recording}", call_sid)
        return f"{self.base_url}/audio/heard/{call_sid}/{token}"

    def open(self, call_sid: str, token: str) -> tuple[str, str] | None:
        """The recording's id and the call's language; None for an address that is not good."""
        over, _, rest = self.sealer.open(token, call_sid).partition(" ")
        lang, _, recording = rest.partition(" ")
        return (recording, lang) if over and self.clock() < int(over) else None

    def sound(self, recording: str) -> bytes | None:
        """The sound as WAV, waited for a little; None where it is not to be had by then."""
        if not self._room.acquire(blocking=False):
            return None
        try:
            end = time.monotonic() + self.time_limits
            while (sound := self.fetch(recording)) is None and time.monotonic() < end:
                time.sleep(BETWEEN)
            return sound
        finally:
            self._room.release()


@played.get("/audio/heard/<call_sid>/<token>")
def heard(call_sid: str, token: str) -> Response:
    """The sound of a recording, or words that it is not ready: never an error in a call."""
    here = services_of(current_app, Heard)
    found = here.open(call_sid, token)
    if found is None:
        return Response("no such recording, or no longer", 404)
    recording, lang = found
    sound = here.sound(recording)
    answer = Response(sound, content_type=TYPES["wav"]) if sound else _not_ready(lang)
    answer.cache_control.no_store = True
    return answer


def _not_ready(lang: str) -> Response:
    """The words that say so; without a recording of them a moment of quiet before the choices."""
    services = services_of(current_app, CallServices)
    line = services.content_store.line("")
    spoken = lang if lang in line.voices else line.languages[0]
    prompt = services.library().find(spoken, "normal", line.words(spoken).say(NOT_READY))
    if prompt is None:
        return Response(QUIET, content_type=TYPES["wav"])
    return Response(path_of(prompt).read_bytes(), content_type=type_of(prompt))


def _quiet() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(bytes(RATE))
    return file.getvalue()


RATE = 8_000
QUIET = _quiet()
"""Half a second of silence, as WAV."""
