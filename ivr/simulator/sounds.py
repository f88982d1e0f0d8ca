"""The recordings that calls have played: the bytes of each, and how long it lasts.

Owns the one place where a recording is fetched and decoded. Handed from call to call, it spares
more than half of the time a call takes on the simulator.
"""

from __future__ import annotations

import io

import soundfile

from ivr.simulator.verbs import VerbError
from ivr.simulator.wire import Answer, Wire

Sound = tuple[bytes, float]
"""A recording and its length in seconds."""


class Sounds:
    """Recordings by their address. What an address plays is taken never to change, unless it says
    that it may not be kept."""

    def __init__(self) -> None:
        self._kept: dict[str, Sound] = {}

    def get(self, url: str, wire: Wire) -> Sound:
        """A recording, fetched once. Raises WireError, or TwimlError for what is no sound."""
        if url in self._kept:
            return self._kept[url]
        answer = wire.fetch(url)
        sound = _sound(url, answer)
        if answer.stored:
            self._kept[url] = sound
        return sound


def _sound(url: str, answer: Answer) -> Sound:
    if not answer.content_type.startswith("audio/"):
        raise VerbError(12300, f"{url} is {answer.content_type}")
    try:
        return answer.body, soundfile.info(io.BytesIO(answer.body)).duration
    except soundfile.LibsndfileError as error:
        raise VerbError(13420, f"{url} is no sound") from error
