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
ALIKE = (
    "u you ya yous yu|ur your yr youre|r are|n and|2 to|4 for|cos because cuz coz bcos bc"
    "|pls please plz plse|thanks thx ta cheers thank thnx tnx tks|im am|the da de th|that tht dat"
    "|child son daughter boy girl lad kid sons daughters boys kids children grandson stepson"
    " granddaughter stepdaughter dorter kiddo|he she hes shes hed shed they theyve theyre"
    "|him her them|his their hers theirs|man husband wife partner ex dad mum mother father"
    " boyfriend girlfriend hubby stepdad stepmum uncle|text txt message msg messages texts msgs"
    " texting txts sms texted messaging txting|call ring phone fone telephone rang called phoned"
    " calling ringing phoning calls callback bell|pills tablets paracetamol meds medication tablet"
    " pill ibuprofen overdose overdosed|not dont cant wont didnt doesnt isnt wasnt havent hasnt"
    " never cannot couldnt wouldnt shouldnt aint dnt|want wanna wants wanted wana"
    "|going gonna goin gunna|council la lbbd authority|school skool schol college nursery"
    "|hurt hit hits hitting punch punched slapped slap kicked beat beats beating hurts hurting"
    " battered strangled|cut cuts cutting|die dead kill died killing suicide suicidal kms"
    "|someone some1 sum1 somebody anyone anybody any1|when wen|what wot wat whats|no nah nope"
    "|know kno|with wiv|tomorrow tmrw tomoz 2moro|night nite"
)
"""Words that are one to what a text is about, in runs of words: who of a family it is, slang."""
ONE = {word: group.split()[0] for group in ALIKE.split("|") for word in group.split()}
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
    edged = ["<", *(ONE.get(word, word) for word in words), ">"]
    for size in range(1, MOST_WORDS + 1):
        for start in range(len(edged) - size + 1):
            run = " ".join(edged[start : start + size])
            yield LETTER_PLACES + crc32(run.encode()) % WORD_PLACES
