"""Callers who do not get on by themselves: no key, the wrong one, or one that comes twice or never.

Owns what becomes of a key on its way to the line. Behind them are rotary telephones, broken
keypads, adapters that send tones in the sound, and people who ring such a line for the first time.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.simulator.callers.caller import BYE, Caller
from ivr.simulator.callers.people import SPEAKS
from ivr.simulator.events import HangUp, Press

CLOSEST, FURTHEST = 0.2, 1.0
"""Seconds between two arrivals of one key."""
ODD_KEYS = "9765432"
MOST_WRONG_KEYS = 4
TALKED = "talk with the adviser has ended"


class SilentCaller(Caller):
    """Listens, and does nothing, to the very end."""

    law = "Never presses a key."


@dataclass(eq=False)
class StayingCaller(Caller):
    """Does nothing until told that the call will end, and then stays, so many times."""

    times: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        self.law = f"Presses a key only when told that the call will end, {self.times} times."

    def choose(self) -> str:
        if not self.times or not self.ears.heard("any key"):
            return ""
        self.times -= 1
        return "1"


class WrongKeyCaller(Caller):
    """Presses what is not offered, 9 or another, a few times; then ends the call."""

    law = "Presses keys that are not offered, 9 among them."
    _pressed = 0

    def choose(self) -> str:
        if self._pressed >= MOST_WRONG_KEYS or not self.ears.said:
            return BYE if self._pressed else ""
        unused = [key for key in ODD_KEYS if key not in self.ears.offered.values()]
        self._pressed += 1
        return unused[self._pressed % 2]


class TalkingCaller(Caller):
    """Takes the line for a person: talks to it, and does not think of the keys."""

    law = (
        f"Only talks and never presses a key; is recorded for {SPEAKS:.0f} seconds where it can be."
    )
    ends = (TALKED,)
    speaks = SPEAKS


class LostKeysCaller(TalkingCaller):
    """Presses what an ordinary caller presses, on a telephone whose keys the line never gets."""

    law = (
        "Presses the right key after each menu, and none arrives: a rotary phone, or a broken one."
    )
    lost = ""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person. What is pressed is a sound in the ear, and time that passes."""
        did = super().wait(seconds, speaking)
        while isinstance(did, Press):
            self.lost += did.key
            seconds -= did.after
            did = super().wait(seconds, speaking)
        return did

    def choose(self) -> str:
        return super().choose() or self.wanted()


class TwiceCaller(Caller):
    """Each of its keys comes to the line twice; it asks for a person, else leaves a message."""

    law = (
        f"Asks for a person, else leaves a message; every key comes twice in {FURTHEST:.0f} second."
    )
    begins = "0"
    ends = ("message is kept", TALKED)
    takes = ("start your message", "leave a message")
    speaks = SPEAKS

    def plan(self, keys: str, at: float) -> None:
        super().plan(keys, at)
        if keys != BYE:
            super().plan(keys, at + self.chance.uniform(CLOSEST, FURTHEST))

    def silent(self, seconds: float) -> Press | HangUp | None:
        self.plan("#", self.now + CLOSEST)
        return super().silent(seconds)
