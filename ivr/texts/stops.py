"""What is to stop: our texts, or something else that a text speaks of.

Owns these rules. Whether texts are to stop at all, the examples say (``ivr.texts.wishes``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ivr.texts.cleaning import words_of
from ivr.texts.consent import WORDS
from ivr.texts.denials import DENIES

STOPS = frozenset(("stop", "stops", "stopping", "stopped"))
PLAIN_WORDS = frozenset(("end", "cancel", "quit"))
"""The carrier's words that mean much else within a sentence."""
OF_TEXTS = re.compile(
    r"\b(?:te?xt\w*|txt\w*|messag\w*|msgs?|stop sending|lista?|sms"
    r"|contact\w*|number|unsubscribe|opt ?out|emails?)\b"
)
ENDS_TEXTS = re.compile(
    r"\b(?:stop\w*|unsubscribe|opt (?:me )?out|optout|remove|take me off|leave me|quit|finish"
    r"|no more|wrong (?:number|person)|delete|(?:no|not) (?:te?xt|txt|message)s?"
    r"|(?:dont|do not) (?:text|txt|message) me)\b"
)
"""What ends our texts even where a call is wanted instead: "dont text, ring me" does not."""
OTHER_STOP = re.compile(
    r"\b(?:to|can|could|will|would|does|do|did|should|how|must|going to|mediation|they|council"
    r"|school) (?:\w+ ){0,3}?stop(?:s|ped|ping)? (?:the|his|her|their|our|him|them|a|school|council"
    r"|time)\b|^(?:please )?stop (?:the|his|her|their|school|council)\b"
    r"|\bmake (?:them|it|him|her|school) stop\b"
)
"""What is not ours to stop, or what somebody else does."""


def keyword_beside_date(text: str, *, dated: bool) -> bool:
    """Whether a text with a date begins or ends with one of the carrier's words for STOP."""
    words = [word for word in words_of(text) if word != "please"]
    if not dated or not words:
        return False
    ends = [word for word in (words[0], words[-1]) if WORDS.get(word) == "stop"]
    return bool(ends) and (len(words) == 1 or not PLAIN_WORDS.issuperset(ends))


def other_stop(text: str, sentences: Sequence[str], *, danger: bool, ring: bool) -> bool:
    """Whether something else than our texts is to stop, or somebody means their life by it."""
    if _stop_denied(sentences):
        return True
    alone = any(WORDS.get(each.removeprefix("please ").strip()) == "stop" for each in sentences)
    if alone or (OF_TEXTS.search(text) and not ring):
        return False
    if danger or OTHER_STOP.search(text):
        return not OF_TEXTS.search(text)
    return ring and not ENDS_TEXTS.search(text)


def _stop_denied(sentences: Sequence[str]) -> bool:
    """ "he wont stop", "dont stop": somebody goes on, or should; and no other stop stands."""
    denying = DENIES.difference(("stop", "stopped", "no"))
    split = [words_of(each) for each in sentences]
    stops = [
        bool(denying.intersection(words[max(0, at - 2) : at]))
        for words in split
        for at, word in enumerate(words)
        if word in STOPS
    ]
    return bool(stops) and all(stops)
