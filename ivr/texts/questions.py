"""What a text can ask for, and the words by which people ask for it.

Owns these kinds and the table's form; the words stand in ``questions.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ivr.line.wording import Wording
from ivr.texts.signs import Signs

Kind = Literal[
    "topic",
    "menu",
    "help",
    "ring",
    "danger",
    "stop",
    "start",
    "no-more",
    "ask-date",
    "date",
    "date-odd",
    "date-future",
    "date-old",
    "date-beyond",
    "date-two",
]
"""What a text asks for. ``stop`` is a word that the carrier knows and answers itself, ``no-more``
the same wish in other words; ``start`` takes either back. ``ask-date``: how long there is to
appeal, without a date. The last five are dates for which no day can be worked out."""


@dataclass(frozen=True, slots=True)
class AskedInText:
    """What one text asks for: a ``topic`` by its name, or the last day for a letter of ``day``.

    ``stop`` and ``ring``: wishes that hold beside it, for no more texts and to be rung.
    """

    kind: Kind
    topic: str = ""
    day: date | None = None
    stop: bool = False
    ring: bool = False


@dataclass(frozen=True, slots=True)
class Questions:
    """The words of one language.

    ``ways``: what may be asked for, with the words for it. ``numbers``: how the numbers from 1 on
    are written. ``small``: words that ask for nothing. ``real``: words that are never taken for a
    slip of another. ``letter``: words around the date of a letter; where there are others too, a
    date is not taken for that of a letter. ``signs``: what else is looked for in any text.
    """

    ways: Mapping[AskedInText, tuple[str, ...]] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    small: frozenset[str] = frozenset()
    real: frozenset[str] = frozenset()
    letter: frozenset[str] = frozenset()
    signs: Signs = field(default_factory=Signs)


@dataclass(frozen=True, slots=True)
class TextedWording(Wording):
    """A wording that also knows how people ask in a text."""

    questions: Questions = field(default_factory=Questions)


def questions_of(words: Wording) -> Questions:
    """The words by which people ask; of a wording without them, none."""
    return words.questions if isinstance(words, TextedWording) else Questions()
