"""The caller who does anything at all: keys and silence by chance, then one way out.

Owns the ways out. Each must lead somewhere from wherever chance has led: to a person, to the main
menu, or to an end that was announced.
"""

from __future__ import annotations

from ivr.simulator.callers.caller import BYE, Caller
from ivr.simulator.events import HangUp, Press, Speak

KEYS = "1" * 6 + "2" * 5 + "3" * 4 + "45" * 2 + "679" + "00" + "***" + "##" + "888"
"""Each key as often as it may be pressed."""
NUMBERS = (
    *("07700900456#", "0770090045#", "02079460123#", "07700900456", "1*", "447700900456#"),
    *("02079460456#", "999", "999#"),
)
BEGINS = ("",) * 12 + ("01", "011", "0211", "0211111")
"""One in four first asks for a person, a message or a call back: chance rarely does."""
MOST_DOINGS = 10
STARS, SAME = 15, 2
"""Stars that lead back to the main menu from anywhere; fewer where so many change nothing."""
IDLE, TYPED = 0.12, 0.05
"""How often nothing is done, and how often a number is typed."""
DUMB, LONGEST_SPEECH = 0.2, 200.0
"""How often nothing is said when recorded, and the most seconds that are."""
WAYS_OUT = ("hang up", "zero", "star", "silence")


class RandomCaller(Caller):
    """Up to 10 doings at random, then ``way_out``, all from one seed."""

    name = "random"
    law = "Presses keys or nothing and speaks at random, then a way out: 0, star, silence, goodbye."

    def __post_init__(self) -> None:
        super().__post_init__()
        self._doings = self.chance.randint(1, MOST_DOINGS)
        self._idle_until = 0.0
        self.way_out = self.chance.choice(WAYS_OUT)
        self._pressed_out = self._same = 0
        self._before: list[str] = []
        self.plan(self.chance.choice(BEGINS), self.chance.expovariate(1 / 12))

    def consider(self, seconds: float, speaking: bool) -> None:
        if self.now < self._idle_until:
            return
        if self._doings:
            self._doings -= 1
            self._do()
        else:
            super().consider(seconds, speaking)

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        """Says something first, or nothing at all; then keys, or silence, as always."""
        if self.spoken:
            self.spoken = False
            return self.wait(seconds, speaking=False)
        self.spoken = self.chance.random() > DUMB
        speech = min(LONGEST_SPEECH, self.chance.expovariate(1 / 20)) if self.spoken else seconds
        self.now += speech
        return Speak(speech) if self.spoken else None

    def choose(self) -> str:
        """The way out: begun where the line waits, once it has said something."""
        if not self.ears.said or self.way_out == "silence":
            return ""
        key, times = {"zero": ("0", 1), "star": ("*", STARS)}.get(self.way_out, ("", 0))
        if self._pressed_out == times or self._nothing_new():
            return "" if self.ears.asked and key == "0" else BYE
        self._pressed_out += 1
        return key

    def _nothing_new(self) -> bool:
        """Whether the line has said the same again, twice."""
        self._same = self._same + 1 if self.ears.said == self._before else 0
        self._before = self.ears.said
        return self._same == SAME

    def _do(self) -> None:
        """Press something within a minute or so, or do nothing for a while."""
        dice = self.chance.random()
        if dice < IDLE:
            self._idle_until = self.now + self.chance.uniform(15, 110)
            return
        keys = self.chance.choice(NUMBERS if dice > 1 - TYPED else KEYS)
        self.plan(keys, self.now + self.chance.expovariate(1 / 12))
