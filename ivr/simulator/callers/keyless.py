"""Callers whose keys do not arrive, or arrive twice.

Owns what becomes of a key on its way to the line. Behind them are rotary telephones, broken
keypads, adapters that send tones in the sound, and people who ring such a line for the first time.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from ivr.simulator.callers.caller import BYE, Caller
from ivr.simulator.callers.people import SPEAKS
from ivr.simulator.callers.topics import PlainCaller
from ivr.simulator.events import HangUp, Press, Speak

CLOSEST, FURTHEST = 0.2, 1.0
"""Seconds between two arrivals of one key."""


class TalkingCaller(Caller):
    """Takes the line for a person: talks to it, and does not think of the keys."""

    law = (
        f"Only talks and never presses a key; is recorded for {SPEAKS:.0f} seconds where it can be."
    )

    def __init__(self) -> None:
        super().__init__()
        self._spoken = False

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        if self._spoken:
            return self.wait(seconds, speaking=False)
        self._spoken = True
        self.now += SPEAKS
        return Speak(SPEAKS)

    def choose(self) -> str:
        return BYE if self.ears.heard("talk with the adviser has ended") else ""


class LostKeysCaller(TalkingCaller):
    """Presses what an ordinary caller presses, on a telephone whose keys the line never gets."""

    law = (
        "Presses the right key after each menu, and none arrives: a rotary phone, or a broken one."
    )

    def __init__(self, wants: Sequence[str] = ()) -> None:
        super().__init__()
        self._wants = tuple(wants)
        self.lost = ""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person. What is pressed is a sound in the ear, and time that passes."""
        did = super().wait(seconds, speaking)
        while isinstance(did, Press):
            self.lost += did.key
            seconds -= did.after
            did = super().wait(seconds, speaking)
        return did

    def choose(self) -> str:
        return super().choose() or self.ears.key_of(*reversed(self._wants))


class TwiceCaller(PlainCaller):
    """Each of its keys comes to the line twice; it asks for a person, else leaves a message."""

    law = (
        f"Asks for a person, else leaves a message; every key comes twice in {FURTHEST:.0f} second."
    )

    def __init__(self, seed: int = 0) -> None:
        super().__init__(())
        self._chance = random.Random(seed)  # noqa: S311 - how a telephone fails
        self._asked = self._spoken = False

    def plan(self, keys: str, at: float) -> None:
        super().plan(keys, at)
        if keys != BYE:
            super().plan(keys, at + self._chance.uniform(CLOSEST, FURTHEST))

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        if self._spoken:
            self.plan("#", self.now + CLOSEST)
            return self.wait(seconds, speaking=False)
        self._spoken = True
        self.now += SPEAKS
        return Speak(SPEAKS)

    def choose(self) -> str:
        ears = self.ears
        if not self._asked:
            self._asked = True
            return "0"
        if any(map(ears.heard, ("message is kept", "talk with the adviser has ended"))):
            return BYE
        return ears.first_about("start your message", "leave a message")
