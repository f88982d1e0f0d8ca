"""What every caller is made of: a watch, ears, and the keys it means to press.

Owns how time passes for a caller: it decides once, then presses when the moment has come, however
much is said meanwhile. What to press, and when, is each caller's own law.
"""

from __future__ import annotations

from collections import deque

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


class Caller:
    """Somebody who rings. ``law`` says who; ``now`` is seconds by their own watch."""

    law = ""

    def __init__(self) -> None:
        self.now = 0.0
        self.ears = Ears()
        self.began = 0.0
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
        """See Person: no caller leaves a message, unless its law says so."""
        return self.wait(seconds, speaking=False)

    # --- the caller's law -------------------------------------------------------------------

    def consider(self, seconds: float, speaking: bool) -> None:
        """Decide, at the start of ``seconds`` in which the line speaks or waits, what to press.

        Most callers hear everything first, and answer when the line waits.
        """
        if not speaking and (keys := self.choose()):
            self.plan(keys, self.moment())

    def choose(self) -> str:
        """The keys to press after what was heard, BYE, or nothing."""
        return ""

    def moment(self) -> float:
        """When to press what was just chosen, by the caller's own watch."""
        return self.now + AT_EASE

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
