"""Callers who do not get on by themselves, and must be brought to a person.

Owns silence, keys that are not offered, and asking for somebody.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.simulator.callers.caller import BYE, Caller
from ivr.simulator.callers.topics import PlainCaller

ODD_KEYS = "9765432"
MOST_WRONG_KEYS = 4


class SilentCaller(Caller):
    """Listens, and does nothing, to the very end."""

    law = "Never presses a key."


class StayingCaller(Caller):
    """Does nothing until told that the call will end, and then stays, so many times."""

    def __init__(self, times: int = 10) -> None:
        super().__init__()
        self.law = f"Presses a key only when told that the call will end, {times} times."
        self._left = times

    def choose(self) -> str:
        if not self._left or not self.ears.heard("any key"):
            return ""
        self._left -= 1
        return "1"


class WrongKeyCaller(Caller):
    """Presses what is not offered, 9 or another, a few times; then ends the call."""

    law = "Presses keys that are not offered, 9 among them."

    def __init__(self) -> None:
        super().__init__()
        self._pressed = 0

    def choose(self) -> str:
        if self._pressed >= MOST_WRONG_KEYS or not self.ears.said:
            return BYE if self._pressed else ""
        unused = [key for key in ODD_KEYS if key not in self.ears.offered.values()]
        self._pressed += 1
        return unused[self._pressed % 2]


class PersonSeeker(PlainCaller):
    """Asks for a person, after a topic where it ``wants`` one; lets them be told what it heard.

    Where nobody comes, it takes the way back that is offered.
    """

    law = "Presses 0; where nobody can answer, goes back to where it was."

    def __init__(self, wants: Sequence[str] = ()) -> None:
        super().__init__(wants)
        self._asked = False

    def choose(self) -> str:
        if not self._asked and self.wants and not self.ears.summed_up:
            return self.wanted()
        if not self._asked:
            self._asked = True
            return "0"
        key = self.ears.key_of("Yes") or self.ears.key_about("go back to where")
        return key or (BYE if self.ears.choosing else "")
