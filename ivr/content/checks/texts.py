"""Rules about text messages (R58, R59): short, cheap, and safe on a shared telephone."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about
from ivr.content.checks.reading import FEW_WORDS, grade, phrases_in, words_of
from ivr.texts import ALPHABET, segments

MOST_PARTS = 2
"""306 characters of GSM-7, or 134 of another alphabet."""
HARDEST_TEXT = 5.0
OPENING = "Advice line, about your call: "
"""How every English text begins: who it is from, and nothing that gives a family away."""
PERSONAL = ("barking", "dagenham", "autism", "autistic", "adhd", "dyslexia", "dispute", "your son")
LINK = re.compile(r"https?:|www\.|bit\.ly|tinyurl|goo\.gl|t\.co/")


def r58_short_texts(e: Evidence) -> Findings:
    """A text is at most two parts, in plain letters, with one next step and no link.

    One curly quote more than doubles its price: 70 characters a part in place of 160.

    Source: GOV.UK Notify; Twilio; 3GPP TS 23.038 for the alphabet.
    Right: use the word 'complaint'
    Wrong: use the word ‘complaint’
    """
    for piece in e.kind("text"):
        if piece.english:
            for letter in sorted(set(piece.text) - ALPHABET):
                what = f"the letter “{letter}” more than doubles the price"
                yield about("R58", e, piece, what, "Use a plain letter or quote.", letter)
        plain = set(piece.text) <= ALPHABET
        if (plain or not piece.english) and (parts := segments(piece.text)) > MOST_PARTS:
            what = f"{parts} parts, at most {MOST_PARTS} ({306 if plain else 134} characters)"
            yield about("R58", e, piece, what, "Shorten it.")
        if match := LINK.search(piece.text):
            yield about("R58", e, piece, "holds a link", "Name the place in words.", match[0])
        judged = piece.english and len(words_of(piece.text)) >= FEW_WORDS
        if judged and (hard := grade(piece.text)) > HARDEST_TEXT:
            what = f"grade {hard:.1f}, at most {HARDEST_TEXT:.0f}"
            yield about("R58", e, piece, what, "Use shorter words and sentences.")


def r59_safe_texts(e: Evidence) -> Findings:
    """A text is sent only when a key was pressed for it, and is safe to be seen by others.

    Its opening words say only who it is from; no name, need, school or council. Skipping on with
    1, however often, sends nothing.

    Source: techsafety.org; GOV.UK exit page; Information Commissioner's Office.
    Right: Advice line, about your call: …
    Wrong: Your appeal against Barking and Dagenham: …
    """
    for piece in e.kind("text"):
        if piece.english and not piece.text.startswith(OPENING):
            do = f"Begin with “{OPENING}”."
            yield about("R59", e, piece, "its opening words are not the usual ones", do)
        for word in phrases_in(piece.text, PERSONAL) if piece.english else ():
            do = "Leave it out: others may read the text."
            yield about("R59", e, piece, f"says “{word}”", do, word)
