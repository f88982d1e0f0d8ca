"""Callers who hear the line in another way: by relay, more slowly, in another language.

Owns how each of them asks the line to change, and goes on from there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from ivr.simulator.callers.ears import KEY_NAMES
from ivr.simulator.callers.topics import PlainCaller

ON_THE_WAY = 10.0
"""Seconds a relay assistant takes to pass on an answer (R52)."""
ANY_KEY = re.compile(r"\bpress (\w+)\.")


class RelayCaller(PlainCaller):
    """Reads what an assistant types, and so falls behind what is said.

    In a topic it asks the line to wait, and begins the topic again so that no part is lost.
    """

    def __init__(self, wants: Sequence[str], wpm: int = 40) -> None:
        super().__init__(wants)
        self.wpm = wpm
        self.law = f"Reads {wpm} typed words a minute, and answers {ON_THE_WAY:.0f} seconds later."
        self._held = False
        self._next = 1

    def moment(self) -> float:
        typed = self.began + self.ears.words / self.wpm * 60 + ON_THE_WAY
        return max(self.now, typed)

    def choose(self) -> str:
        if self._held and (key := self.ears.key_of("go on")):
            return self._go_on(key)
        if self.ears.part:
            return "8"
        if key := self.ears.key_about("wait for"):
            self._held = True
            return key
        return super().choose()

    def _go_on(self, key: str) -> str:
        """The next part in order; back, where a part is missing."""
        if self.ears.part != self._next:
            return "*"
        self._next += 1
        return key


class SlowerCaller(PlainCaller):
    """Asks for slower speech at some moment of the first minute."""

    law = "Presses 8 at a random moment and asks for slower speech."

    def __init__(self, wants: Sequence[str], seed: int = 0) -> None:
        super().__init__(wants)
        self._asks_at = random.Random(seed).uniform(2, 60)  # noqa: S311 - a caller's whim
        self._asked = False

    def consider(self, seconds: float, speaking: bool) -> None:
        if not self._asked and self.now + seconds > self._asks_at:
            self._asked = True
            self.plan("8", max(self.now, self._asks_at))
            return
        super().consider(seconds, speaking)

    def choose(self) -> str:
        return self.ears.key_about("slowly") or super().choose()


class OtherLanguageCaller(PlainCaller):
    """Understands one language; ``knows`` is how the line's offer of it begins."""

    law = "Presses the key that is offered in its own language, in the first menu."

    def __init__(self, wants: Sequence[str], knows: str) -> None:
        super().__init__(wants)
        self.knows = knows

    def choose(self) -> str:
        return super().choose() or self._own_language()

    def _own_language(self) -> str:
        offers = (ANY_KEY.search(said) for said in self.ears.said if self.knows in said)
        return next((KEY_NAMES.get(offer[1], offer[1]) for offer in offers if offer), "")
