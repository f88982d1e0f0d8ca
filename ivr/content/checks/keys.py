"""Rules about the words for keys (R12-R14): pressed, few at a time, and never letters."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about
from ivr.content.checks.reading import phrases_in

KEY_WORDS = (
    *("dial", "key in", "push", "touch", "hit", "pound", "asterisk", "terminate"),
    *("type in", "type your", "button"),
)
PASS = ("get in touch", "type of")
"""Words that hold a banned one and mean something else."""
RESERVED = ("0", "star", "hash", "8")
LETTERS = re.compile(
    r"\bpress (?:the letter )?[a-z]\b|\bspell\b|\bletters? on \w+ keys?\b", re.IGNORECASE
)


def r12_told_once(e: Evidence) -> Findings:
    """Few keys steer, and they are not recited in every menu.

    The opening names 0 and 8; the first reminder names star and hash; a slip names all four.

    Source: W3C COGA; where each is told is our own.
    Right: To hear this again, press hash. To go back, press star. - after ten seconds of silence
    Wrong: every menu ending with all four
    """
    for piece in e.kind("label", "name", "question"):
        for key in RESERVED:
            if f"press {key}." in piece.text:
                do = "Keep to the choices of this menu."
                yield about("R12", e, piece, f"recites {key} on arrival", do, f"press {key}.")


def r13_words_for_keys(e: Evidence) -> Findings:
    """Keys are pressed and digits entered; the keys are star, hash and zero; a call is ended.

    Source: ISO/IEC 13714.
    Right: To go back, press star.
    Wrong: Hit the asterisk, or terminate the call.
    """
    for piece in e.spoken:
        for word in phrases_in(piece.text, KEY_WORDS, PASS):
            do = "Say press, enter, hash, star, zero, or end the call."
            yield about("R13", e, piece, f"says “{word}”", do, word)


def r14_no_letters_on_keys(e: Evidence) -> Findings:
    """Only digits, star and hash are asked for: no letters, no words spelt on the keys.

    Source: ISO/IEC 13714; Human Factors and Ergonomics Society 1991 (abstract).
    Right: To say yes, press 1.
    Wrong: Press Y for yes.
    """
    for piece in e.spoken:
        if match := LETTERS.search(piece.text):
            do = "Ask for a digit, star or hash."
            yield about("R14", e, piece, f"asks for a letter: “{match[0]}”", do, match[0])
