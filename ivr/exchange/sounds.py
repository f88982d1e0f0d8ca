"""The recordings that calls have played: the bytes of each, and how long it lasts.

Owns the one place where a recording is fetched and decoded. Handed from call to call, it spares
more than half of the time a call takes on the exchange.
"""

from __future__ import annotations

import io

import soundfile

from ivr.exchange.verbs import TwimlError
from ivr.exchange.wire import Wire

Sound = tuple[bytes, float]
"""A recording and its length in seconds."""


class Sounds:
    """Recordings by their address. What an address plays is taken never to change."""

    def __init__(self) -> None:
        self._kept: dict[str, Sound] = {}

    def get(self, url: str, wire: Wire) -> Sound:
        """A recording, fetched once. Raises WireError, or TwimlError for what is no sound."""
        if url not in self._kept:
            self._kept[url] = _fetched(url, wire)
        return self._kept[url]


def _fetched(url: str, wire: Wire) -> Sound:
    answer = wire.fetch(url)
    if not answer.content_type.startswith("audio/"):
        raise TwimlError(12300, f"{url} is {answer.content_type}")
    try:
        return answer.body, soundfile.info(io.BytesIO(answer.body)).duration
    except soundfile.LibsndfileError as error:
        raise TwimlError(13420, f"{url} is no sound") from error
