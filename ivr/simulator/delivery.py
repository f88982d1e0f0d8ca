"""How what the carrier tells reaches a line: once, twice, late or never, and what of it is lost.

Owns which way each takes. Twilio promises of no callback that it comes, comes once, or comes before
the call goes on, and asks again with the same idempotency token where an answer was lost. A line
that leans on more is found at once: this is how the simulator delivers unless it is told otherwise.
In turn and not by chance, so that a call goes the same way each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Literal

Way = Literal["plain", "twice", "late", "lost"]
WAYS: tuple[Way, ...] = ("twice", "late", "lost", "plain")
TIMES: Mapping[Way, int] = {"plain": 1, "twice": 2, "late": 1, "lost": 0}
"""How often something is told that goes this way."""
LOSES = 5
"""Of so many answers to requests that may be repeated, one is lost."""


class Delivery:
    """The way of each callback in turn, for each kind by itself. May be shared by threads.

    ``loses``: one of so many answers is lost; 0 for none. ``always``: the one way of a kind:
    ``call`` for its end, ``recording``, or ``hang-up`` for the action of a recording that was
    ended so.
    """

    def __init__(
        self,
        ways: Sequence[Way] = WAYS,
        loses: int = LOSES,
        always: Mapping[str, Way] | None = None,
    ) -> None:
        self._ways = ways
        self._always = always or {}
        self._loses = loses
        self._told: defaultdict[str, Iterator[int]] = defaultdict(count)
        self._answered = count(1)

    def way(self, kind: str) -> Way:
        """How the next callback of this kind goes."""
        if kind in self._always:
            return self._always[kind]
        return self._ways[next(self._told[kind]) % len(self._ways)]

    def loses_answer(self) -> bool:
        """Whether the answer that has just come is lost on its way."""
        return bool(self._loses) and next(self._answered) % self._loses == 0


def reliable() -> Delivery:
    """Everything comes once and in time: for whoever asks a real line, not for rehearsing one."""
    return Delivery(("plain",), 0)
