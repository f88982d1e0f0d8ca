"""Sentences of a part: spoken in one breath, then cut apart at the full stops.

Owns where one sentence ends in a take. A voice that is given the whole part says the first word
of each sentence as it is said in speech, which a sentence alone does not bring out.
"""

from __future__ import annotations

import re
from itertools import accumulate, combinations

import numpy as np

from ivr.speech.frames import FRAME, Frames, Samples, loud, power, quiet_runs

SHORTEST = 5
"""Frames (100 ms) of quiet that may be a full stop."""
WEIGHT = 2.0
"""How much a second of quiet counts against a second away from where the full stop should be."""
SLOWEST, FASTEST = 0.55, 1.8
"""Letters a second, beside the mean, that a sentence can have. Outside them it was cut wrongly."""


def sentences(spoken: str) -> list[str]:
    """The sentences of what is spoken. A choice stays whole: alone, two words such as "press one"
    begin with a false sound."""
    return re.split(r"(?<=[.?!।۔])\s+(?=[^\W_a-z])", spoken)


def cut(take: Samples, rate: int, said: list[str]) -> list[Samples] | None:
    """``take`` of all of ``said``, a piece for each sentence; None where a full stop is missing."""
    kept = loud(power(take, rate))
    pauses = [(at, length) for at, length in quiet_runs(kept) if length >= SHORTEST]
    if len(pauses) < len(said) - 1:
        return None
    stops = _expected(said, kept)
    chosen = min(combinations(pauses, len(stops)), key=lambda some: _cost(some, stops))
    middles = [at + length // 2 for at, length in chosen]
    if not _even(said, np.split(kept, middles)):
        return None
    return np.split(take, [int(middle * FRAME * rate) for middle in middles])


def _even(said: list[str], pieces: list[Frames]) -> bool:
    """Whether each sentence is spoken about as fast as all of them together."""
    frames = [int(piece.sum()) for piece in pieces]
    usual = sum(map(len, said)) / max(1, sum(frames))
    rates = [len(sentence) / max(1, each) for sentence, each in zip(said, frames, strict=True)]
    return all(SLOWEST * usual <= rate <= FASTEST * usual for rate in rates)


def _expected(said: list[str], kept: Frames) -> list[float]:
    """The frame where each full stop but the last would be if all letters took as long."""
    at = np.flatnonzero(kept)
    letters = list(accumulate(len(sentence) for sentence in said))
    return [at[0] + (at[-1] - at[0]) * end / letters[-1] for end in letters[:-1]]


def _cost(pauses: tuple[tuple[int, int], ...], stops: list[float]) -> float:
    """Frames that these pauses lie off the full stops, less what their length speaks for them."""
    return sum(
        abs(at + length / 2 - stop) - WEIGHT * length
        for (at, length), stop in zip(pauses, stops, strict=True)
    )
