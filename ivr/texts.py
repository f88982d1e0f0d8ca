"""Text messages: what they cost, and what somebody who texts in is answered.

Owns GSM-7 sums and keywords. Pure. Sources: 3GPP TS 23.038 for the alphabet; 160 characters
alone, 153 in each joined part.
"""

from __future__ import annotations

import gsm0338

from ivr.line import Line
from ivr.wording import Wording

ALONE, JOINED = 160, 153
WIDE_ALONE, WIDE_JOINED = 70, 67
CARRIERS_OWN = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "start", "unstop"}
)
"""Words that Twilio itself acts on and answers; the line adds nothing."""

CODEC = gsm0338.Codec()
ALPHABET = frozenset(CODEC.decode(bytes(range(0x1B)) + bytes(range(0x1C, 0x80)))[0] + "^{}\\[~]|€")
"""Every letter that a text of the lower price may hold."""


def segments(text: str) -> int:
    """How many parts the network counts, and bills, for ``text``."""
    try:
        size, alone, joined = len(CODEC.encode(text)[0]), ALONE, JOINED
    except UnicodeEncodeError:
        size, alone, joined = len(text.encode("utf-16-be")) // 2, WIDE_ALONE, WIDE_JOINED
    return 1 if size <= alone else -(-size // joined)


def answer(line: Line, body: str) -> str:
    """What to answer somebody who texts ``body``; empty where nothing should be said."""
    words = line.words(line.languages[0])
    asked = " ".join(body.lower().split()).strip(" .!?")
    if asked in CARRIERS_OWN:
        return ""
    topic = _asked_for(line, words).get(asked)
    return words.topics[topic].text if topic else _menu(line, words)


def _menu(line: Line, words: Wording) -> str:
    """The words that may be texted, each with its number."""
    rows = [
        f"{number} {words.topics[name].keywords[0].upper()}"
        for number, name in enumerate(_open_to_texts(line, words), start=1)
    ]
    return words.say("text_menu", choices=", ".join(rows))


def _open_to_texts(line: Line, words: Wording) -> list[str]:
    return [name for name in line.topics if words.topics[name].keywords]


def _asked_for(line: Line, words: Wording) -> dict[str, str]:
    """Every keyword and number, and the topic it asks for."""
    topics = _open_to_texts(line, words)
    found = {word.lower(): name for name in topics for word in words.topics[name].keywords}
    return found | {str(number): name for number, name in enumerate(topics, start=1)}
