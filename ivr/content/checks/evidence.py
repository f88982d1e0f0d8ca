"""What the rules look at: the line, where its words stand, and how they sound.

Owns nothing that is read from outside: all of it is handed in, so that a rule is a pure question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ivr.content.checks.pieces import Kind, Origins, Piece, pieces_of
from ivr.content.translation import Lack
from ivr.flow import step
from ivr.line.call import Call, CallStarted, Facts, InLanguage, Pause, Playback, Speed, Unit
from ivr.line.model import Line
from ivr.line.wording import TopicWords, Wording
from ivr.speech.figures import Measured

Where = Callable[..., int]
"""``where(file, *path, near="")``: the line of a file on which a value, or words in it, stand."""

DAY = Facts(datetime(2026, 11, 24, 12), True, None, "mobile")  # noqa: DTZ001 - a moment of no place
"""A caller by day, for what is said first in a call."""
PromptAudios = Mapping[tuple[str, Speed, str], Measured]
"""The measured recordings, by language, speed and words."""


def before(units: tuple[Unit, ...], words: str) -> tuple[Unit, ...]:
    """What is said before these words, whichever language they are borrowed from."""
    said = [each.words if isinstance(each, InLanguage) else each for each in units]
    return units[: said.index(words)]


@dataclass(frozen=True)
class Evidence:
    """Everything that a rule may ask.

    ``number``: the line's own telephone number. ``only``: the pieces that are looked at, where it
    is not all of them; ``wordings``: the words around it then.
    ``lacks``: what each further language lacks.
    """

    line: Line
    where: Where
    prompts: PromptAudios
    voices: Mapping[tuple[str, Speed, str], str] = field(default_factory=dict)
    number: str = ""
    only: tuple[Piece, ...] = ()
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    lacks: Mapping[str, tuple[Lack, ...]] = field(default_factory=dict)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece of wording in every language."""
        return self.only or tuple(pieces_of(self.line))

    @property
    def spoken(self) -> Iterator[Piece]:
        """Every piece that callers hear."""
        return (piece for piece in self.pieces if piece.spoken)

    @property
    def english(self) -> Iterator[Piece]:
        """Every piece that callers hear in English."""
        return (piece for piece in self.spoken if piece.english)

    def words(self, lang: str) -> Wording:
        """Everything said in a language, also where only one piece is looked at."""
        known = self.wordings or self.line.wordings
        return known.get(lang) or next(iter(known.values()))

    def kind(self, *kinds: Kind) -> Iterator[Piece]:
        """Every piece of these kinds."""
        return (piece for piece in self.pieces if piece.kind in kinds)

    def topics(self) -> Iterator[tuple[str, str, str, TopicWords]]:
        """Every topic in every language: language, name, file, words."""
        for lang, wording in self.line.wordings.items():
            for name, topic in wording.topics.items():
                yield lang, name, f"{lang}/topics/{name}.yaml", topic

    def origins(self, lang: str) -> Origins:
        """Finds the piece that a unit of this language comes from."""
        return self._origins[lang]

    @cached_property
    def _origins(self) -> dict[str, Origins]:
        return {lang: Origins(self.line, lang) for lang in self.line.offered}

    def opening(self, lang: str) -> tuple[Unit, ...]:
        """What a call in this language begins with."""
        return step(self.line, Call(lang=lang, version=self.line.version), CallStarted(), DAY).say

    def before_choices(self, lang: str) -> tuple[Unit, ...]:
        """The same as far as the first choice."""
        units, start = self.opening(lang), self.line.start
        first = self.line.words(lang).choices(start, self.line.menus[start].keys)[0]
        return before(units, first)

    def seconds(self, say: tuple[Unit, ...], lang: str, speed: Speed = "normal") -> float:
        """How long a turn speaks; a recording that is missing counts as none."""
        return sum(self._lasts(unit, lang, speed) for unit in say)

    def speech(self, say: tuple[Unit, ...], lang: str) -> float:
        """Seconds of speech in a turn, without pauses and the quiet at the ends of recordings."""
        prompts = (
            self.prompts.get((lang, "normal", unit)) for unit in say if isinstance(unit, str)
        )
        return sum(prompt.span for prompt in prompts if prompt)

    def _lasts(self, unit: Unit, lang: str, speed: Speed) -> float:
        if isinstance(unit, Pause):
            return unit.ms / 1000
        if isinstance(unit, Playback):
            return 0.0
        words = unit.words if isinstance(unit, InLanguage) else unit
        prompt = self.prompts.get(
            (unit.lang if isinstance(unit, InLanguage) else lang, speed, words)
        )
        return prompt.seconds if prompt else 0.0
