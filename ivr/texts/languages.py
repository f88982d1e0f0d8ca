"""Which language a text is in or asks for, by its names, words and letters.

Owns that guess. It is made only of a text that the examples know as one in, or about, another
language; the tables are content (``questions.yaml``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.texts.cleaning import cleaned, plain, words_of

LETTER = 0.5
"""What a letter of a language counts, where the words of a text are counted as shares of 1."""
UNKNOWN = "und"
"""The tag of a language that is none of ours (BCP 47)."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a language is known by; all in small plain letters. ``letters``: that few others have,
    as a set of a regular expression."""

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    letters: str = ""


def tag_of(body: str, languages: Mapping[str, Tongue]) -> str:
    """The tag of the language that a text names, or else is in; ``und`` where neither is known."""
    text = cleaned(body)
    words = words_of(plain(text))
    padded = f" {' '.join(words)} "
    for tag, language in languages.items():
        if any(f" {name} " in padded for name in language.names):
            return tag
    found = {tag: _fits(text, words, language) for tag, language in languages.items()}
    best = max(found, key=found.__getitem__, default=UNKNOWN)
    return best if found.get(best) else UNKNOWN


def _fits(text: str, words: list[str], language: Tongue) -> float:
    """The share of its words that are this language's, and whether it has a letter of it."""
    known = sum(word in language.words for word in words) / max(1, len(words))
    lettered = bool(language.letters) and bool(re.search(f"[{language.letters}]", text))
    return known + LETTER * lettered
