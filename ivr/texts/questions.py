"""What a text can ask for, and how people of one language ask for it.

Owns these kinds and the table's form; the words stand in ``questions.yaml``, the examples beside
it in ``texts/``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ivr.line.wording import Wording
from ivr.texts.classifier import Classifier
from ivr.texts.days import Names
from ivr.texts.languages import Tongue

Kind = Literal[
    "topic",
    "menu",
    "nothing",
    "help",
    "stop",
    "start",
    "late",
    "language",
    "picture",
    "thanks",
    "ask-date",
    "date",
    "date-odd",
    "date-future",
    "date-old",
    "date-beyond",
    "date-two",
    "date-weekday",
    "date-other",
    "certificate",
    "certificate-odd",
]
"""What a text asks for beside its wishes; ``nothing`` where there are wishes alone. ``stop`` is a
word that the carrier knows and answers itself. ``ask-date``: when, without a date. ``date-other``:
a date that is not said to be the letter's. ``certificate``: the answer to whether there is one."""


@dataclass(frozen=True, slots=True)
class AskedInText:
    """What one text asks for.

    ``topic``: by its name on the line, ``label``: as the examples call it. ``day``: the letter's;
    ``other_day``: that of the certificate. ``danger``, ``stop``, ``ring``, ``no_ring`` and
    ``cancel`` hold beside the kind and each other. ``unsure``: a call may be wanted or not, so that
    nobody is rung and it is asked. ``seen``: somebody else reads this phone. ``note``: a number or
    a time to ring. ``language``: the tag of the one that it is in or asks for, if not English.
    ``dated``: it speaks of a time limit, or of another date, so that the date of the letter is
    asked for too. ``lang``: the language of the word that asked; empty for the first.
    """

    kind: Kind
    topic: str = ""
    day: date | None = None
    label: str = ""
    other_day: date | None = None
    danger: bool = False
    seen: bool = False
    stop: bool = False
    ring: bool = False
    no_ring: bool = False
    unsure: bool = False
    cancel: bool = False
    note: str = ""
    language: str = ""
    dated: Literal["", "ask-date", "date-other"] = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Questions:
    """How people of one language ask. ``topics``: for each label of the examples the topics that
    answer it, the nearest first; ``before``: the label that a newer one had. ``names``: how dates
    are written. ``languages``: what others are known by, by their tags.
    """

    classifier: Classifier | None = None
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    numbers: Sequence[str] = ()
    names: Names = field(default_factory=Names)
    languages: Mapping[str, Tongue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextedWording(Wording):
    """A wording that also knows how people ask in a text."""

    questions: Questions = field(default_factory=Questions)


def questions_of(words: Wording) -> Questions:
    """How people ask; of a wording that does not know it, nothing but its months."""
    if isinstance(words, TextedWording):
        return words.questions
    months = {name.casefold(): at for at, name in enumerate(words.pieces.written_months, start=1)}
    return Questions(names=Names(months))
