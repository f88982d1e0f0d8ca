"""Callers who are upset or unsure: they break off, go back, change their mind, ask to hear again.

Owns their whims; the moment of each comes from the caller's own seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from ivr.simulator.callers.caller import BYE
from ivr.simulator.callers.texting import TextingCaller
from ivr.simulator.callers.topics import PlainCaller

THINKS_AGAIN = 8.0
"""Seconds after it was said how to come back: a telephone rings by then."""
WHIMS = 8
"""How often somebody unsure goes back or listens again before letting the line speak."""


class BackAndAgainCaller(PlainCaller):
    """Presses star and hash now and then; where the way is lost, goes back."""

    law = f"Presses star or hash at random, up to {WHIMS} times, on its way to the topic."

    def __init__(self, wants: Sequence[str], seed: int = 0) -> None:
        super().__init__(wants)
        self._chance = random.Random(seed)  # noqa: S311 - a caller's whim
        self._whims = WHIMS

    def consider(self, seconds: float, speaking: bool) -> None:
        if self._whims and self._chance.random() < 0.12:
            self._whims -= 1
            self.plan(self._chance.choice("*#"), self.now + seconds * self._chance.random())
            return
        super().consider(seconds, speaking)

    def choose(self) -> str:
        return super().choose() or ("*" if self.ears.choosing else "")


class PanickingCaller(TextingCaller):
    """On the way to a text, has had enough: a person, now. A question gets no answer.

    The moment comes in the first two minutes; for every other seed it comes only when a number is
    to be typed, where a lone 0 must still mean a person.
    """

    law = "Presses 0 once at a random moment, at the latest when a number is to be typed."

    def __init__(self, wants: Sequence[str], seed: int = 0) -> None:
        super().__init__(wants)
        moment = random.Random(seed).uniform(2, 120)  # noqa: S311 - a caller's whim
        self._panics_at = float("inf") if seed % 2 else moment
        self._panicked = False

    def consider(self, seconds: float, speaking: bool) -> None:
        if self._panicked:
            super().consider(seconds, speaking)
        elif self.now + seconds > self._panics_at or (not speaking and self.ears.number_wanted):
            self._panicked = True
            self.plan("0", max(self.now, min(self._panics_at, self.now + seconds / 2)))
        else:
            super().consider(seconds, speaking)

    def choose(self) -> str:
        if self._panicked:
            return BYE if self.ears.said and not self.ears.asked else ""
        return super().choose()


class MindChangingCaller(PlainCaller):
    """Asks for a person, thinks again while a telephone rings, and comes back for a topic."""

    law = "Presses 0, and star while it rings; then goes to its topic after all."

    def __init__(self, wants: Sequence[str]) -> None:
        super().__init__(wants)
        self._asked = self._changed = False

    def consider(self, seconds: float, speaking: bool) -> None:
        if not self._changed and (key := self.ears.key_about("come back")):
            self._changed = True
            self.plan(key, self.began + THINKS_AGAIN)
        elif self._changed or not self._asked:
            super().consider(seconds, speaking)

    def choose(self) -> str:
        if self._asked:
            return super().choose()
        self._asked = True
        return "0"
