"""Which recording speaks which words.

Owns the key of a prompt and the choice between prompts. Pure: the manifest is read elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.line.call import Speed

HUMAN = "human"
"""The voice name of recordings made by a person: always preferred."""


@dataclass(frozen=True, slots=True, order=True)
class PromptAudio:
    """One recording. ``file`` is a hash of its bytes; a pause has no words but ``pause`` ms.

    ``marked``: the words with their sound marks; empty where they have none.
    """

    lang: str
    voice: str
    speed: Speed
    words: str
    file: str
    folder: str
    seconds: float
    pause: int = 0
    marked: str = ""

    @property
    def path(self) -> str:
        """Where the file lies, from the audio folder on."""
        return f"{self.folder}/{self.file}"


def prompt_key(lang: str, voice: str, speed: Speed, words: str) -> str:
    """The name of a prompt before it is recorded: a hash of language, voice, speed and words."""
    text = "\n".join((lang, voice, speed, words))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Library:
    """The recordings there are. A missing one is None, and becomes Twilio's own voice."""

    def __init__(self, prompts: Iterable[PromptAudio] = ()) -> None:
        self.prompts = tuple(prompts)
        self._spoken: dict[tuple[str, Speed, str], PromptAudio] = {}
        for prompt in sorted(self.prompts, key=lambda prompt: prompt.voice == HUMAN):
            self._spoken[prompt.lang, prompt.speed, prompt.words] = prompt
        self._pauses = {prompt.pause: prompt for prompt in self.prompts if prompt.pause}
        self._files = {prompt.file: prompt for prompt in self.prompts}

    def after(self, former: Library) -> Library:
        """The same; what people read until now can still be fetched by calls that play it."""
        read = {name: each for name, each in former._files.items() if each.voice == HUMAN}
        self._files = read | self._files
        return self

    def find(self, lang: str, speed: Speed, words: str) -> PromptAudio | None:
        """The prompt of these words; at normal speed where there is no slow one."""
        return self._spoken.get((lang, speed, words)) or self._spoken.get((lang, "normal", words))

    def has(self, lang: str, voice: str, speed: Speed, words: str, marked: str = "") -> bool:
        """Whether these words are recorded in just this way, or by a person."""
        prompt = self._spoken.get((lang, speed, words))
        if prompt is None or prompt.voice == HUMAN:
            return prompt is not None
        return (prompt.voice, prompt.marked) == (voice, marked)

    def pause(self, ms: int) -> PromptAudio | None:
        """A recording of silence."""
        return self._pauses.get(ms)

    def by_file(self, name: str) -> PromptAudio | None:
        """The prompt of this file name; None for a name that the manifest does not hold."""
        return self._files.get(name)
