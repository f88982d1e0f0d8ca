"""Callers who want to hear a topic, and go to it each in their own time.

Owns how a key is found: only in what the line says, never known beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.simulator.callers.caller import BYE, Caller


class PlainCaller(Caller):
    """Wants a topic: ``wants`` are the labels to listen for, the last one the topic's own."""

    law = "Hears each menu out, then presses the right key."

    def __init__(self, wants: Sequence[str]) -> None:
        super().__init__()
        self.wants = tuple(wants)

    def choose(self) -> str:
        return BYE if self.ears.summed_up else self.wanted()

    def wanted(self) -> str:
        """The key that leads on to the topic: the nearest label to it that is offered."""
        return self.ears.key_of(*reversed(self.wants))


class SlowCaller(PlainCaller):
    """Needs a long time to find a key."""

    def __init__(self, wants: Sequence[str], seconds: float = 60.0) -> None:
        super().__init__(wants)
        self.seconds = seconds
        self.law = f"Presses {seconds:.0f} seconds after each menu has been said."

    def moment(self) -> float:
        return self.now + self.seconds


class InterruptingCaller(PlainCaller):
    """Does not wait for the end of a menu."""

    law = "Presses as soon as its choice is said, before the menu ends."

    def consider(self, seconds: float, speaking: bool) -> None:
        if speaking and (key := self.wanted()):
            self.plan(key, self.now + 0.9 * seconds)
        super().consider(seconds, speaking)


ANNOUNCEMENT = 45.0
"""Seconds of a relay's own announcement at the start of a call (R53)."""


class AnnouncementCaller(PlainCaller):
    """Somebody else speaks first: a relay service explains itself to the line."""

    law = f"Presses nothing in the first {ANNOUNCEMENT:.0f} seconds: a relay announces the call."

    def moment(self) -> float:
        return max(super().moment(), ANNOUNCEMENT)
