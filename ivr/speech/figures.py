"""What is told of a recording: its measures, how many words it says, and how fast.

Owns what these are and how words are counted, as accessibility rules R54-R56 want them. Pure, and
without numpy: a line that is served starts sooner for it. The sums are in ``ivr.speech.measure``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ACRONYMS = frozenset({"SENCO", "SEND"})
"""Capitals said as a word; all others are said letter by letter (UK, NHS, IPSEA)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one recording measures, as it is played; ``phone_level`` as a call carries it."""

    seconds: float
    """The whole recording."""
    level: float
    """dBov over speech (RFC 7874, R54); -inf where there is none."""
    phone_level: float
    """The same after 300-3400 Hz, 8 kHz and mu-law."""
    peak: float
    """dBFS of the largest sample; -inf for digital silence."""
    clipped: int
    """Samples in runs of three or more at full scale."""
    background: float
    """Decibels that gaps of 250 ms and more lie under the speech (R55); inf without such a gap."""
    span: float
    """Seconds from the first to the last frame of speech."""
    lead: float
    """Seconds of quiet before the first frame of speech; the whole where there is none."""
    tail: float
    """Seconds of quiet after the last frame of speech."""
    gaps: tuple[tuple[float, float], ...]
    """Start and length, in seconds, of every quiet stretch of 100 ms and more inside speech."""
    top: float
    """Hertz under which 99 % of the power lies."""


def words_a_minute(spoken: str, seconds: float) -> float:
    """Words of ``spoken`` over the ``seconds`` from the first to the last speech (rule 5.4)."""
    return 60 * count_words(spoken) / seconds if seconds else 0.0


def count_words(spoken: str) -> int:
    """Words as they are said (rule 5.1): "press 1" has two, and so has "11 digits".

    Letters said one by one count one each: the NHS is four words.
    """
    return sum(_said(word) for word in re.findall(r"[^\s/]*\w[^\s/]*", spoken))


def _said(word: str) -> int:
    bare = re.sub(r"\W", "", word.removesuffix("'s").removesuffix("’s"))
    if bare.isdecimal():
        return _figure(int(bare))
    return len(bare) if bare.isupper() and bare not in ACRONYMS else 1


def _figure(number: int) -> int:
    """Words of a figure read out: 28 is one, 105 "one hundred and five", 2027 five."""
    if number < 100:
        return 1
    scale = 1000 if number >= 1000 else 100
    rest = number % scale
    joined = 1 if 0 < rest < 100 else 0
    return _figure(number // scale) + 1 + joined + (_figure(rest) if rest else 0)
