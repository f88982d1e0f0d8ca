"""What the classifier looks at in a text: runs of letters within words, and runs of words.

Owns which those are. Each falls by its checksum into one of so many places of a fixed list, so
that no list of words has to be kept. Training and reading use this same function.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from ivr.texts.cleaning import cleaned, plain

LETTER_PLACES, WORD_PLACES = 1 << 16, 1 << 15
PLACES = LETTER_PLACES + WORD_PLACES
LONGEST_RUN, MOST_WORDS = 5, 3
LONG_FIGURES = re.compile(r"\d{5,}")
"""A telephone number or a reference: which one tells nothing."""
TOKEN = re.compile(r"[^\W_]+|[^\w\s]")


def features(text: str, rarity: Sequence[float] | memoryview) -> Mapping[int, float]:
    """The places of a text with their weights; those of letters and of words each make one.

    ``rarity``: for each place how much it tells.
    """
    words = TOKEN.findall(LONG_FIGURES.sub("00000", plain(cleaned(text))))
    return {**_weighted(_letters(words), rarity), **_weighted(_words(words), rarity)}


def _weighted(places: Iterator[int], rarity: Sequence[float] | memoryview) -> dict[int, float]:
    counted = Counter(places).items()
    found = {place: (1 + math.log(count)) * rarity[place] for place, count in counted}
    length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
    return {place: weight / length for place, weight in found.items()}


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
