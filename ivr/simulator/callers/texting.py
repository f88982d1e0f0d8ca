"""Callers who want a topic as a text, and one who never rings at all.

Owns how a number is typed and checked: yes is said only to the very number that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ivr.simulator.callers.caller import BYE
from ivr.simulator.callers.topics import PlainCaller

MOBILE = "07700900456"
"""One of Ofcom's drama numbers."""
LISTED = re.compile(r"\b\d+ ([A-Z]+)\b")
SECOND_STROKE, THIRD_STROKE = 0.3, 0.4
"""Seconds after the first stroke of a key, in a hand that shakes or holds on."""


class TextingCaller(PlainCaller):
    """Hears a topic to its end, then has it sent, to a mobile of its own or to another."""

    law = "Hears the topic, then asks for it as a text; types a mobile number where it is asked."

    def __init__(self, wants: Sequence[str], number: str = MOBILE) -> None:
        super().__init__(wants)
        self.number = number

    def choose(self) -> str:
        ears = self.ears
        if ears.heard("sending") or ears.heard("cannot send") or ears.heard("on its way"):
            return BYE
        if ears.number_wanted:
            return self.number + "#"
        if ears.digits:
            return ears.key_of("Yes" if ears.digits == self.number else "No")
        wanted = ("calling from", "send it to a mobile", "text message")
        return ears.first_about(*wanted) or self.wanted()


class ShakyCaller(TextingCaller):
    """A hand that shakes: a key goes down twice, every third one three times."""

    law = "Presses every key twice within 0.4 seconds, every third one three times."

    def __init__(self, wants: Sequence[str], number: str = MOBILE) -> None:
        super().__init__(wants, number)
        self._pressed = 0

    def plan(self, keys: str, at: float) -> None:
        """One key is struck again; the digits of a number come one by one, as meant."""
        super().plan(keys, at)
        if len(keys) > 1:
            return
        self._pressed += 1
        again = (SECOND_STROKE, THIRD_STROKE) if self._pressed % 3 == 0 else (SECOND_STROKE,)
        self._plans.extend((at + later, keys) for later in again)


class Texter:
    """Cannot hear or does not ring: texts any word, then each word that the answer offers."""

    name = "texter"
    law = "Never rings: texts a word, then every word that the answer lists."

    def __init__(self, text: Callable[[str], list[str]]) -> None:
        self._text = text

    def answers(self) -> dict[str, str]:
        """Each word that was offered, and what came back for it."""
        offered = LISTED.findall(" ".join(self._text("hello")))
        return {word: " ".join(self._text(word)) for word in offered}
