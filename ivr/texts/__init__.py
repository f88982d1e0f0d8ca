"""Text messages: what they cost, what somebody who texts in asks for, and what is answered.

Owns those decisions; sends and keeps nothing. Pure: today is an argument, words are content.
"""

from __future__ import annotations

from ivr.texts.answers import answers, ring_back, shortest, whole
from ivr.texts.asked import asked
from ivr.texts.certificates import answers_question
from ivr.texts.consent import Taken, taken
from ivr.texts.kinds import does, kinds, unclear
from ivr.texts.parts import ALPHABET, segments
from ivr.texts.questions import AskedInText, Questions, TextedWording

__all__ = [
    "ALPHABET",
    "AskedInText",
    "Questions",
    "Taken",
    "TextedWording",
    "answers",
    "answers_question",
    "asked",
    "does",
    "kinds",
    "ring_back",
    "segments",
    "shortest",
    "taken",
    "unclear",
    "whole",
]
