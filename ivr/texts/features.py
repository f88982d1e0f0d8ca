"""What the classifier looks at in a text: runs of letters within words, runs of words, and pairs
of words that stand near each other.

Owns which those are. Each falls by its checksum into one of so many places of a fixed list, so
that no list of words has to be kept. Training and reading use this same function.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from ivr.texts.alike import ONE
from ivr.texts.cleaning import cleaned, plain

LETTER_PLACES, WORD_PLACES, PAIR_PLACES = 1 << 17, 1 << 16, 1 << 16
PLACES = LETTER_PLACES + WORD_PLACES + PAIR_PLACES
LONGEST_RUN, MOST_WORDS, FURTHEST = 5, 3, 4
OF_PAIRS = 0.7
"""What the pairs count; the other two kinds count 1."""
LONG_FIGURES = re.compile(r"\d{5,}")
"""A telephone number or a reference: which one tells nothing."""
TOKEN = re.compile(r"(?:[^\W_]|[\u0900-\u0dff])+|[^\w\s]")
"""The vowels of Indian scripts are marks to Unicode, and part of a word all the same."""


def features(text: str, rarity: Sequence[float] | memoryview) -> Mapping[int, float]:
    """The places of a text with their weights, of each kind as a whole what the kind counts.

    ``rarity``: for each place how much it tells.
    """
    words = TOKEN.findall(LONG_FIGURES.sub("00000", plain(cleaned(text))))
    alike = [ONE.get(word, word) for word in words]
    return {
        **_weighted(_letters(words), rarity, 1.0),
        **_weighted(_words(alike), rarity, 1.0),
        **_weighted(_pairs(alike), rarity, OF_PAIRS),
    }


def _weighted(
    places: Iterator[int], rarity: Sequence[float] | memoryview, whole: float
) -> dict[int, float]:
    counted = Counter(places).items()
    found = {place: (1 + math.log(count)) * rarity[place] for place, count in counted}
    length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
    return {place: whole * weight / length for place, weight in found.items()}


def _letters(words: list[str]) -> Iterator[int]:
    for word in words:
        edged = f" {word} "
        for size in range(1, LONGEST_RUN + 1):
            for start in range(len(edged) - size + 1):
                yield crc32(edged[start : start + size].encode()) % LETTER_PLACES


def _words(words: list[str]) -> Iterator[int]:
    edged = ["<", *words, ">"]
    for size in range(1, MOST_WORDS + 1):
        for start in range(len(edged) - size + 1):
            run = " ".join(edged[start : start + size])
            yield LETTER_PLACES + crc32(run.encode()) % WORD_PLACES


def _pairs(words: list[str]) -> Iterator[int]:
    """Of words with others between them: "he" and "me" in "he always shouts at me"."""
    spoken = [word for word in words if word[0].isalnum()]
    for start, word in enumerate(spoken):
        for other in spoken[start + 2 : start + 1 + FURTHEST]:
            yield LETTER_PLACES + WORD_PLACES + crc32(f"{word}~{other}".encode()) % PAIR_PLACES
