"""What every caller is made of: a watch, ears, and the keys it means to press.

Owns how time passes for a caller: it decides once, then presses when the moment has come, however
much is said meanwhile. What to press, and when, is each caller's own law.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.simulator.callers.ears import Ears
from ivr.simulator.events import HangUp, Press, Speak

BYE = "bye"
"""In place of a key: the call is ended."""
AT_EASE = 1.0
"""Seconds an ordinary caller takes to find a key."""
BETWEEN_DIGITS = 0.6
"""Seconds between the digits of a number that is typed."""
LONGEST_CALL = 7_200.0
"""Seconds after which any caller gives up."""


@dataclass(eq=False)
class Caller:
    """Somebody who rings. ``law`` says who; ``now`` is seconds by their own watch.

    ``wants`` are the labels to listen for, the last one that of the topic; ``seed`` is that of the
    caller's whims; ``number`` what it types where a number is asked for, and says yes to.
    """

    wants: Sequence[str] = ()
    seed: int = 0
    number: str = ""

    law = ""
    begins = ""
    """What is pressed first of all, once the line waits."""
    ends: ClassVar[tuple[str, ...]] = ()
    """Words after which the call is ended."""
    takes: ClassVar[tuple[str, ...]] = ()
    """Words about what is chosen, the dearest first."""
    speaks = 0.0
    """Seconds that are spoken where the caller is recorded."""

    def __post_init__(self) -> None:
        self.now = self.began = 0.0
        self.ears = Ears()
        self.chance = random.Random(self.seed)  # noqa: S311 - a caller's whims
        self.spoken = False
        self._plans: deque[tuple[float, str]] = deque()
        self._quiet = False

    # --- what the simulator asks -------------------------------------------------------------

    def hears(self, words: str, seconds: float) -> None:
        """See Person."""
        if self._quiet or not self.ears.said:
            self.ears.forget()
            self.began = self.now
        self._quiet = False
        self.ears.hear(words)

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person. Never takes real time."""
        if not self._plans:
            self.consider(seconds, speaking)
        if self.now >= LONGEST_CALL:
            return HangUp()
        if self._plans and self._plans[0][0] < self.now + seconds:
            return self._act()
        self.now += seconds
        self._quiet = not speaking
        return None

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        """See Person: speaks once, where its law says so."""
        if not self.speaks or self.spoken:
            return self.silent(seconds)
        self.spoken = True
        self.now += self.speaks
        return Speak(self.speaks)

    # --- the caller's law -------------------------------------------------------------------

    def consider(self, seconds: float, speaking: bool) -> None:
        """Decide, at the start of ``seconds`` in which the line speaks or waits, what to press.

        Most callers hear everything first, and answer when the line waits.
        """
        if speaking:
            return
        keys, self.begins = self.begins or self.choose(), ""
        if keys:
            self.plan(keys, self.moment())

    def choose(self) -> str:
        """The keys to press after what was heard, BYE, or nothing."""
        if any(map(self.ears.heard, self.ends)):
            return BYE
        if self.number and self.ears.number_wanted:
            return self.number + "#"
        if self.number and self.ears.digits:
            return self.ears.key_of("Yes" if self.ears.digits == self.number else "No")
        # What is offered before the whole of the advice is heard can wait until it was.
        return "" if self.ears.reading else self.ears.first_about(*self.takes)

    def wanted(self) -> str:
        """The key that leads on to the topic: the nearest label to it that is offered."""
        return self.ears.key_of(*reversed(self.wants))

    def moment(self) -> float:
        """When to press what was just chosen, by the caller's own watch."""
        return self.now + AT_EASE

    def silent(self, seconds: float) -> Press | HangUp | None:
        """What is done in ``seconds`` of a recording in which nothing is said."""
        return self.wait(seconds, speaking=False)

    def plan(self, keys: str, at: float) -> None:
        """Mean to press ``keys`` from the moment ``at`` on, one after another."""
        strokes = [keys] if keys == BYE else list(keys)
        self._plans.extend((at + n * BETWEEN_DIGITS, key) for n, key in enumerate(strokes))

    def _act(self) -> Press | HangUp:
        at, key = self._plans.popleft()
        after = max(0.0, at - self.now)
        self.now += after
        self.ears.forget()
        self._quiet = False
        return HangUp(after) if key == BYE else Press(key, after)


@dataclass(eq=False)
class PlainCaller(Caller):
    """Wants to hear a topic, and finds a key only in what the line says."""

    law = "Hears each menu out, then presses the right key."
    ends: ClassVar[tuple[str, ...]] = ("to go on to",)

    def choose(self) -> str:
        return super().choose() or self.wanted()
