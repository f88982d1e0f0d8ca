"""Which recording speaks which words.

Owns the key of a clip and the choice between clips. Pure: the manifest is read elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.line.call import Speed

HUMAN = "human"
"""The voice name of recordings made by a person: always preferred."""


@dataclass(frozen=True, slots=True, order=True)
class Clip:
    """One recording. ``file`` is a hash of its bytes; a pause has no words but ``pause`` ms."""

    lang: str
    voice: str
    speed: Speed
    words: str
    file: str
    folder: str
    seconds: float
    pause: int = 0

    @property
    def path(self) -> str:
        """Where the file lies, from the audio folder on."""
        return f"{self.folder}/{self.file}"


def clip_key(lang: str, voice: str, speed: Speed, words: str) -> str:
    """The name of a clip before it is recorded: a hash of language, voice, speed and words."""
    text = "\n".join((lang, voice, speed, words))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Library:
    """The recordings there are. A missing one is None, and becomes Twilio's own voice."""

    def __init__(self, clips: Iterable[Clip] = ()) -> None:
        self.clips = tuple(clips)
        self._spoken: dict[tuple[str, Speed, str], Clip] = {}
        for clip in sorted(self.clips, key=lambda clip: clip.voice == HUMAN):
            self._spoken[clip.lang, clip.speed, clip.words] = clip
        self._pauses = {clip.pause: clip for clip in self.clips if clip.pause}
        self._files = {clip.file: clip for clip in self.clips}

    def find(self, lang: str, speed: Speed, words: str) -> Clip | None:
        """The clip of these words; at normal speed where there is no slow one."""
        return self._spoken.get((lang, speed, words)) or self._spoken.get((lang, "normal", words))

    def has(self, lang: str, voice: str, speed: Speed, words: str) -> bool:
        """Whether these words are recorded in just this way, or by a person."""
        clip = self._spoken.get((lang, speed, words))
        return clip is not None and clip.voice in (voice, HUMAN)

    def pause(self, ms: int) -> Clip | None:
        """A recording of silence."""
        return self._pauses.get(ms)

    def by_file(self, name: str) -> Clip | None:
        """The clip of this file name; None for a name that the manifest does not hold."""
        return self._files.get(name)
