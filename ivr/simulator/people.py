"""People at the two ends of a call: one who follows a list of keys, one who is really there.

Owns how they behave in time. What they press is their own affair.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ivr.simulator.events import HangUp, Person, Press, Speak, Talk

SLOWLY = 0.6
"""Seconds between the keys of a number that is typed."""
GLANCE = 0.2
"""Seconds after which it is looked at again what somebody who is really there has done."""
NO_QUESTION = 1.0
"""Seconds of a wait that nobody takes for a question: it is over before the key is found."""
SAY = "say:"
ACCEPT, REFUSE = "1", "2"
"""What an adviser presses to take a call, or not to."""
ANSWERS: Mapping[str, Press | HangUp] = {
    "accept": Press(ACCEPT),
    "refuse": Press(REFUSE),
    "hangup": HangUp(),
}
"""What a live adviser may do once the call is picked up."""


@dataclass
class Scripted:
    """Presses the next key of a list each time the line has finished speaking.

    A wait of a second or less is no question, and they let it pass.

    A token is a key, or several typed one after another (``07700900123#``); ``>`` before it
    presses during what is said; ``-`` lets one wait run out; ``bye`` ends the call; ``say:20``
    speaks for 20 seconds as soon as there is a recording. At the end of the list the person hears
    one more thing to its end, and ends the call.
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
        if does.startswith(SAY) or (not speaking and seconds <= NO_QUESTION):
            return None
        del self._left[:1]
        does = does.removeprefix(">")
        if does == "-":
            return None
        if does == "bye":
            return HangUp()
        self._typing = list(does[1:])
        return Press(does[0], min(SLOWLY, seconds / 2))

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        """See Person."""
        if not self._typing and self._left and self._left[0].startswith(SAY):
            return Speak(float(self._left.pop(0).removeprefix(SAY)))
        return self.wait(seconds, speaking=False)


@dataclass
class Live:
    """A person at a real handset: keys arrive from outside while time really passes."""

    _did: queue.Queue[Press | HangUp | None] = field(default_factory=queue.Queue)
    """What was done; None: what is said now is not listened to any further."""

    def press(self, key: str) -> None:
        """A key goes down."""
        self._did.put(Press(key))

    def skip(self) -> None:
        """Let what is said now be over, for whoever tries a line out and knows it already.

        For the call it has been heard to its end. The line's own waiting cannot be skipped.
        """
        self._did.put(None)

    def hang_up(self) -> None:
        """The handset is put down."""
        self._did.put(HangUp())

    def hears(self, words: str, seconds: float) -> None:
        """See Person: who is really there listens for themselves."""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person. Takes as long as it takes."""
        began, after, did = time.monotonic(), 0.0, None
        while did is None:
            try:
                did = self._did.get(timeout=max(0.0, seconds - after))
            except queue.Empty:
                return None
            if did is None and speaking:
                return None
            after = time.monotonic() - began
        return Press(did.key, after) if isinstance(did, Press) else HangUp(after)

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        """See Person: counts as speaking until a key or the end."""
        moment = min(seconds, GLANCE)
        return self.wait(moment, speaking=False) or Speak(moment)


class Advisers:
    """Telephones that always behave the same way, those that are not named ``otherwise``.

    ``answer`` takes the call, with 1 once what is asked was heard; ``refuse`` presses 2 then;
    ``machine`` picks up and does nothing. All else is how the telephone itself ends: busy,
    no-answer, failed, canceled or ``off``, which is told as no-answer without having rung.
    A talk takes ``talks`` seconds.
    """

    glance = math.inf

    def __init__(
        self, by_number: Mapping[str, str], otherwise: str = "no-answer", talks: float = 60.0
    ) -> None:
        self.by_number = by_number
        self.otherwise = otherwise
        self.talks = talks
        self._asked: set[str] = set()

    def behaviour(self, number: str) -> str:
        """How this telephone behaves."""
        return self.by_number.get(number, self.otherwise)

    def dialled(self, number: str) -> None:
        """See Callee."""
        self._asked.discard(number)

    def ring(self, number: str, seconds: float) -> str:
        """See Callee."""
        does = self.behaviour(number)
        return "answer" if does in ("answer", "refuse", "machine") else does

    def wait(self, number: str, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Callee: one key, after something was said."""
        if speaking:
            self._asked.add(number)
            return None
        key = {"answer": ACCEPT, "refuse": REFUSE}.get(self.behaviour(number))
        if key is None or number not in self._asked:
            return None
        self._asked.discard(number)
        return Press(key, min(SLOWLY, seconds / 2))

    def talk(self, person: Person, seconds: float) -> Talk:
        """See Callee: the adviser ends the talk."""
        return Talk(min(self.talks, seconds), caller_gone=False)


class Decided(Advisers):
    """Every telephone behaves as ``answer`` says."""

    def __init__(self, answer: str = "answer", talks: float = 60.0) -> None:
        super().__init__({}, answer, talks)


class LiveCallee:
    """An adviser who is really there: answers, takes the call or not, is busy, or lets it ring."""

    glance = GLANCE

    def __init__(self) -> None:
        self._did: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def do(self, what: str, number: str = "") -> None:
        """answer, busy, no-answer, failed; then accept, refuse or hangup. At any telephone, or one.

        accept and refuse count once the call is picked up, and only where that is asked.
        """
        with self._lock:
            self._did.append((what, number))

    def dialled(self, number: str) -> None:
        """See Callee."""
        with self._lock:
            self._did.clear()

    def ring(self, number: str, seconds: float) -> str:
        """See Callee."""
        return self._take(number, ("answer", "busy", "no-answer", "failed"))

    def wait(self, number: str, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Callee."""
        return ANSWERS.get(self._take(number, ANSWERS))

    def talk(self, person: Person, seconds: float) -> Talk:
        """See Callee."""
        began = time.monotonic()
        while (talked := time.monotonic() - began) < seconds:
            did = person.wait(GLANCE, speaking=False)
            if isinstance(did, HangUp):
                return Talk(talked, caller_gone=True)
            if isinstance(did, Press) and did.key == "*":
                return Talk(talked, caller_gone=False, star=True)
            if self._take("", ("hangup",)):
                break
        return Talk(talked, caller_gone=False)

    def _take(self, number: str, words: Collection[str]) -> str:
        """The first of these words that was done at a telephone, or at any of them; or nothing."""
        with self._lock:
            for did in self._did:
                what, where = did
                if what in words and (where == number or not where or not number):
                    self._did.remove(did)
                    return what
        return ""
