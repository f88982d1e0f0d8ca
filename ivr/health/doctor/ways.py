"""Which keys lead the test call so far that its address carries all that an address may carry.

Owns the choice of them: from the line's own content, so that changed menus are followed. Only keys
after which the line waits for the next one, whatever the hour, and where waiting leads no further:
nobody is rung and nothing is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ivr.flow import step
from ivr.line.call import Call, CallStarted, Event, Facts, KeyPressed, Listen, NoInput
from ivr.line.model import Line
from ivr.webhooks.address import sealed_of

KEYS = "1234567"
"""Those that choose. The others lead to a person, back, or to 999."""


class KeyTried(NamedTuple):
    """A key, and the node at which the line then listens."""

    key: str
    leads: str


def presses(line: Line, now: datetime) -> tuple[KeyTried, ...]:
    """The fewest keys to an address with a trail and something sealed.

    To one with a trail alone, where the line asks nothing that is sealed.
    """
    some: tuple[KeyTried, ...] = ()
    for way, call in _reached(line, now):
        if call.trail and any(sealed_of(call)):
            return way
        some = some or (way if call.trail else ())
    return some


def _reached(line: Line, now: datetime) -> Iterator[tuple[tuple[KeyTried, ...], Call]]:
    """Every node that keys lead to, the nearest first, with the keys."""
    start = _led(line, Call(), CallStarted(), now)
    waiting: deque[tuple[tuple[KeyTried, ...], Call]] = deque([((), start)] if start else [])
    seen = {start.at} if start else set()
    while waiting:
        way, call = waiting.popleft()
        for key in KEYS:
            led = _led(line, call, KeyPressed(key), now)
            if led and led.at not in seen and _led(line, led, NoInput(), now):
                seen.add(led.at)
                reached = (*way, KeyTried(key, led.at)), led
                yield reached
                waiting.append(reached)


def _led(line: Line, call: Call, event: Event, now: datetime) -> Call | None:
    """Where this leads; None where more is done than waiting for a key, with the line open or shut.

    All at one moment: so no key is pressed twice in a row, which would count as once.
    """
    for is_open in (False, True):
        turn = step(line, call, event, Facts(now, is_open, None, "withheld", moment=0))
        if turn.effect is not None or not isinstance(turn.then, Listen):
            return None
    return turn.call
