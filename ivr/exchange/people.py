"""People at the two ends of a call: one who follows a list of keys, one who is really there.

Owns how they behave in time. What they press is their own affair.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.exchange.events import HangUp, Person, Press, Talk

SLOWLY = 0.6
"""Seconds between the keys of a number that is typed."""


@dataclass
class Scripted:
    """Presses the next key of a list each time the line has finished speaking.

    A token is a key, or several typed one after another (``07700900123#``); ``>`` before it
    presses during what is said; ``-`` lets one wait run out; ``bye`` ends the call. At the end of
    the list the person hears one more thing to its end, and ends the call.
    """

    tokens: Iterable[str]
    _typing: list[str] = field(default_factory=list)
    _left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = list(self.tokens)

    def hears(self, words: str, seconds: float) -> None:
        """See Person: a list of keys has no ears."""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person."""
        if self._typing:
            return Press(self._typing.pop(0), min(SLOWLY, seconds))
        does = self._left[0] if self._left else "bye"
        # Nobody presses again in the half second in which the phone comes back to the ear.
        if speaking and (not does.startswith(">") or seconds < SLOWLY):
            return None
        del self._left[:1]
        does = does.removeprefix(">")
        if does == "-":
            return None
        if does == "bye":
            return HangUp()
        self._typing = list(does[1:])
        return Press(does[0], min(SLOWLY, seconds / 2))


@dataclass
class Live:
    """A person at a real handset: keys arrive from outside while time really passes."""

    _did: queue.Queue[Press | HangUp] = field(default_factory=queue.Queue)

    def press(self, key: str) -> None:
        """A key goes down."""
        self._did.put(Press(key))

    def hang_up(self) -> None:
        """The handset is put down."""
        self._did.put(HangUp())

    def hears(self, words: str, seconds: float) -> None:
        """See Person: who is really there listens for themselves."""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person. Takes as long as it takes."""
        began = time.monotonic()
        try:
            did = self._did.get(timeout=seconds)
        except queue.Empty:
            return None
        after = time.monotonic() - began
        return Press(did.key, after) if isinstance(did, Press) else HangUp(after)


@dataclass
class Decided:
    """An adviser whose telephone always ends the same way; a talk takes ``talks`` seconds."""

    answer: str = "answer"
    talks: float = 60.0

    def ring(self, number: str, seconds: float) -> str:
        """See Callee."""
        return self.answer

    def talk(self, person: Person, seconds: float) -> Talk:
        """See Callee: the adviser ends the talk."""
        return Talk(min(self.talks, seconds), caller_gone=False)


@dataclass
class LiveCallee:
    """An adviser who is really there: answers, is busy, or lets it ring."""

    _does: queue.Queue[str] = field(default_factory=queue.Queue)

    def do(self, what: str) -> None:
        """answer, busy, no-answer or hangup."""
        self._does.put(what)

    def ring(self, number: str, seconds: float) -> str:
        """See Callee."""
        while not self._does.empty():
            self._does.get_nowait()
        try:
            did = self._does.get(timeout=seconds)
        except queue.Empty:
            return "no-answer"
        return did if did in ("answer", "busy", "no-answer", "failed") else "no-answer"

    def talk(self, person: Person, seconds: float) -> Talk:
        """See Callee."""
        began = time.monotonic()
        while (talked := time.monotonic() - began) < seconds:
            if isinstance(person.wait(0.2, speaking=False), HangUp):
                return Talk(talked, caller_gone=True)
            if not self._does.empty() and self._does.get_nowait() == "hangup":
                break
        return Talk(talked, caller_gone=False)
