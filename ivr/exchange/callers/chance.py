"""The caller who does anything at all: keys and silence by chance, then one way out.

Owns the ways out. Each must lead somewhere from wherever chance has led: to a person, to the main
menu, or to an end that was announced.
"""

from __future__ import annotations

import random

from ivr.exchange.callers.caller import BYE, Caller

KEYS = "1" * 6 + "2" * 5 + "3" * 4 + "45" * 2 + "679" + "00" + "***" + "##" + "888"
"""Each key as often as it may be pressed."""
NUMBERS = ("07700900456#", "0770090045#", "02079460123#", "07700900456", "1*", "447700900456#")
MOST_DOINGS = 10
STARS = 9
"""Stars that lead back to the main menu from anywhere."""
IDLE, TYPED = 0.12, 0.05
"""How often nothing is done, and how often a number is typed."""
WAYS_OUT = ("hang up", "zero", "star", "silence")


class RandomCaller(Caller):
    """Up to 10 doings at random, then ``way_out``, all from one seed."""

    name = "random"
    law = "Presses keys or nothing at random, then one way out: 0, star, silence or goodbye."

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._chance = random.Random(seed)  # noqa: S311 - a caller's whim
        self._doings = self._chance.randint(1, MOST_DOINGS)
        self._idle_until = 0.0
        self.way_out = self._chance.choice(WAYS_OUT)
        self._pressed_out = 0

    def consider(self, seconds: float, speaking: bool) -> None:
        if self.now < self._idle_until:
            return
        if self._doings:
            self._doings -= 1
            self._do()
        else:
            super().consider(seconds, speaking)

    def choose(self) -> str:
        """The way out: begun where the line waits, once it has said something."""
        if not self.ears.said or self.way_out == "silence":
            return ""
        key, times = {"zero": ("0", 1), "star": ("*", STARS)}.get(self.way_out, ("", 0))
        if self._pressed_out == times:
            return BYE
        self._pressed_out += 1
        return key

    def _do(self) -> None:
        """Press something within a minute or so, or do nothing for a while."""
        dice = self._chance.random()
        if dice < IDLE:
            self._idle_until = self.now + self._chance.uniform(15, 110)
            return
        keys = self._chance.choice(NUMBERS if dice > 1 - TYPED else KEYS)
        self.plan(keys, self.now + self._chance.expovariate(1 / 12))
