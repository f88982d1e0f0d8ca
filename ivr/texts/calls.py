"""What a text says of a call, as rules find it, and what of it an adviser must know.

Owns these. Whether a call is wanted, the examples say as well (``ivr.texts.wishes``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.texts.callbacks import asks_for_call, denying, doubtful
from ivr.texts.cleaning import cleaned, words_of
from ivr.texts.denials import (
    CALLS,
    DENIES,
    INSTEAD,
    PUT_OFF,
    REACH,
    calls_themselves,
    complains,
    refuses,
)

ASKS_WHO = re.compile(
    r"\b(?:who|why|did|was (?:that|it))\b.*\b(?:rang|ring\w*|call\w*|phon\w*|telephon\w*)\b"
    r"|\bmiss\w* (?:a )?call"
    r"|\b(?:rang|called|phoned|telephoned)\b"
)
"""A call that was made, or was not: whoever asks about it must say clearly that they want one."""
CLOCK = (
    r"\b\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm|a\.m|p\.m|o'?clock|ish)\b|\b(?:after|before|b4|from"
    r"|at|till?|until|between|about|around|half|quarter)"
    r" (?:\w+ )?\d{1,2}\b|\b\d{1,2}(?:[:.]\d{2})? ?(?:till?|to|-|and|until) ?\d{1,2}\b"
    r"|\bhalf (?:past )?[a-z]+\b"
    r"|\b(?:morning|mornin|afternoon|evening|tonight|tonite|tomorrow|tmrw|tmoz|2moro|today"
    r"|lunch\w*|dinner ?time|school run|noon|midday"
    r"|mon|tue|tues|wed|thurs?|fri)(?:s|day|days|sday|nesday|urday)?\b|\bweek(?:day|end)s?\b"
    r"|\bafter (?:school|work|tea)\b"
)
TIME, NUMBER = re.compile(CLOCK), re.compile(r"(?<!\d)(?:\+|00)?\d(?:[ -]?\d){9,13}(?!\d)")
LONGEST_NOTE = 200
MOST_AFTER = 6
"""Words after a call that is put off: its time, a word of thanks."""


@dataclass(frozen=True, slots=True)
class Call:
    """What the rules find of a call: refused, at a time, missed, wanted later or instead of a text,
    made by themselves or before, asked for in so many words, in doubt, and whether anything is
    denied."""

    denied: bool
    timed: bool
    missed: bool
    wanted: bool
    themselves: bool
    past: bool
    asked: bool
    doubt: bool
    denies: bool

    @classmethod
    def of(cls, text: str, sentences: Sequence[str]) -> Call:
        """What a text says of it."""
        denied = [each for each in sentences if refuses(each)]
        return cls(
            denied=bool(denied),
            timed=any(TIME.search(each) for each in denied),
            missed=complains(text),
            wanted=bool(INSTEAD.search(text) or _put_off(text)),
            themselves=calls_themselves(text),
            past=bool(ASKS_WHO.search(text)) or _near_denial(words_of(text)),
            asked=any(asks_for_call(each) for each in sentences),
            doubt=doubtful(text),
            denies=denying(text),
        )


def _put_off(text: str) -> bool:
    """Whether a call is wanted at a later time, and next to nothing else is said: "dont ring till
    4" may in a longer text be followed by another wish."""
    found = PUT_OFF.search(text)
    rest = text[found.end() :] if found else ""
    return bool(found and TIME.search(found[0] + rest) and len(words_of(rest)) <= MOST_AFTER)


def note_of(body: str) -> str:
    """What an adviser must know of a wish to be rung: the parts that hold a number or a time."""
    text = cleaned(body)
    if not (TIME.search(text) or NUMBER.search(text)):
        return ""
    parts = [each.strip() for each in re.split(r"[.;!?\n]+(?=\s|$)", body)]
    kept = [each for each in parts if TIME.search(cleaned(each)) or NUMBER.search(cleaned(each))]
    return ". ".join(kept or [body.strip()])[:LONGEST_NOTE]


def _near_denial(words: Sequence[str]) -> bool:
    """Whether a call stands so near to a denial that it might be meant."""
    return any(
        word in DENIES and CALLS.intersection(words[at + 1 : at + 1 + REACH])
        for at, word in enumerate(words)
    )
