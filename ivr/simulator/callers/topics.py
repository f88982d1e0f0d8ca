"""Callers who want to hear a topic, and go to it each in their own time and way.

Owns how each of them finds the moment, asks the line to change, loses the way, or thinks again.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.simulator.callers.caller import PlainCaller
from ivr.simulator.callers.meaning import MINE

ANNOUNCEMENT = 45.0
"""Seconds of a relay's own announcement at the start of a call (R53)."""
ON_THE_WAY = 10.0
"""Seconds a relay assistant takes to pass on an answer (R52)."""
THINKS_AGAIN = 8.0
"""Seconds after it was said how to come back: a telephone rings by then."""
WHIMS = 8
"""How often somebody unsure goes back or listens again before letting the line speak."""


@dataclass(eq=False)
class SlowCaller(PlainCaller):
    """Needs a long time to find a key."""

    seconds: float = 60.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.law = f"Presses {self.seconds:.0f} seconds after each menu has been said."

    def moment(self) -> float:
        return self.now + self.seconds


class InterruptingCaller(PlainCaller):
    """Does not wait for the end of a menu."""

    law = "Presses as soon as its choice is said, before the menu ends."

    def consider(self, seconds: float, speaking: bool) -> None:
        if speaking and (key := self.wanted()):
            self.plan(key, self.now + 0.9 * seconds)
        super().consider(seconds, speaking)


class AnnouncementCaller(PlainCaller):
    """Somebody else speaks first: a relay service explains itself to the line."""

    law = f"Presses nothing in the first {ANNOUNCEMENT:.0f} seconds: a relay announces the call."

    def moment(self) -> float:
        return max(super().moment(), ANNOUNCEMENT)


@dataclass(eq=False)
class RelayCaller(PlainCaller):
    """Reads what an assistant types, and so falls behind what is said.

    In a topic it asks the line to wait, and begins the topic again so that no part is lost.
    """

    wpm: int = 40

    def __post_init__(self) -> None:
        super().__post_init__()
        read = f"Reads {self.wpm} typed words a minute"
        self.law = f"{read}, and answers {ON_THE_WAY:.0f} seconds later."
        self._held = False
        self._back = 2

    def moment(self) -> float:
        typed = self.began + self.ears.words / self.wpm * 60 + ON_THE_WAY
        return max(self.now, typed)

    def choose(self) -> str:
        if self._held and (key := self.ears.key_of("go on")):
            return self._go_on(key)
        if self.ears.reading and not self._held:
            return "8"
        if key := self.ears.key_about("wait for"):
            self._held = True
            return key
        return super().choose()

    def _go_on(self, key: str) -> str:
        """On; first back to the menu, as some of it went by before the line waited."""
        if self._back:
            self._back -= 1
            return "*"
        return key


class SlowerCaller(PlainCaller):
    """Asks for slower speech at some moment of the first minute."""

    law = "Presses 8 at a random moment and asks for slower speech."
    takes = ("slowly",)
    _asked = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._asks_at = self.chance.uniform(2, 60)

    def consider(self, seconds: float, speaking: bool) -> None:
        if self._asked or self.now + seconds <= self._asks_at:
            super().consider(seconds, speaking)
        else:
            self._asked = True
            self.plan("8", max(self.now, self._asks_at))


class OtherLanguageCaller(PlainCaller):
    """Understands one language."""

    law = "Presses the key that is offered in its own language, in the first menu."

    def choose(self) -> str:
        return super().choose() or self.ears.key_of(MINE)


class BackAndAgainCaller(PlainCaller):
    """Presses star and hash now and then; where the way is lost, goes back."""

    law = f"Presses star or hash at random, up to {WHIMS} times, on its way to the topic."
    _whims = WHIMS

    def consider(self, seconds: float, speaking: bool) -> None:
        if self._whims and self.chance.random() < 0.12:
            self._whims -= 1
            self.plan(self.chance.choice("*#"), self.now + seconds * self.chance.random())
            return
        super().consider(seconds, speaking)

    def choose(self) -> str:
        return super().choose() or ("*" if self.ears.choosing else "")


class MindChangingCaller(PlainCaller):
    """Asks for a person, thinks again while a telephone rings, and comes back for a topic."""

    law = "Presses 0, and star while it rings; then goes to its topic after all."
    begins = "0"
    _changed = False

    def consider(self, seconds: float, speaking: bool) -> None:
        if not self._changed and (key := self.ears.key_about("come back")):
            self._changed = True
            self.plan(key, self.began + THINKS_AGAIN)
        elif self._changed or self.begins:
            super().consider(seconds, speaking)
