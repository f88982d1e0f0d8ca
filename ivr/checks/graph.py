"""Every step a caller can take, made by the flow itself: what the rules about calls look at.

Owns the walk through all places, keys and silences. Callers who differ only in what does not
change the flow (how they came to a place, how often they slipped before) count as one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.call import Call, Done, Facts, Heard, Listen, Pressed, Rang, Silence, Transfer, Turn
from ivr.line import Line
from ivr.wording import KEYS

Stepper = Callable[[Line, Call, Heard, Facts], Turn]

TYPED = ("07700900456", "7700900456", "447700900456", "00447700900456", "02079460123")
ODDLY_TYPED = ("0", "*", "1*", "5", "077009", "1" * 25)
OUTCOMES = ("completed", "busy", "no-answer", "failed", "canceled")
SENT = ("queued", "already", "failed")
NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - a moment of no place, for rules only
OPEN = Facts(NOON, True, None, "mobile", "+447700900123")
CLOSED = Facts(NOON, False, NOON + timedelta(hours=21), "landline")

TEXTING = ("text", "number", "check")
"""Places that "wait for me" changes nothing in: looked at once."""

CAP = 5
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the call before it, what was heard, and the turn that answered."""

    before: Call
    heard: Heard
    facts: Facts
    turn: Turn

    @property
    def key(self) -> Key:
        """The node this step leads to."""
        return node(self.turn.call, self.facts)

    @property
    def listens(self) -> bool:
        """Whether the line waits for a key now."""
        return isinstance(self.turn.then, Listen) and self.turn.errand is None

    @property
    def said(self) -> str:
        """Everything said in this turn, in the call's own language."""
        return " ".join(unit for unit in self.turn.say if isinstance(unit, str))


def node(call: Call, facts: Facts) -> Key:
    """What makes two callers differ: where they are and what has been counted there."""
    # Counts are capped, so that the walk ends even where a flow counts on for ever.
    counts = (min(call.silences, CAP), min(call.slips, CAP), call.offered, call.wait)
    typed = bool(call.typed) and call.at.startswith("check")
    return (call.lang, call.at, call.part, call.speed, *counts, typed, facts.open)


@dataclass(frozen=True, slots=True)
class Graph:
    """All steps, each node's first; and ``at``: the steps that begin at a node."""

    steps: tuple[Step, ...]
    at: dict[Key, tuple[Step, ...]]

    def arrivals(self) -> Iterator[Step]:
        """One step into each node: what is said on coming there."""
        seen: set[Key] = set()
        for step in self.steps:
            if step.key not in seen:
                seen.add(step.key)
                yield step

    def after(self, step: Step, heard: Heard) -> Step | None:
        """The step that follows when this is heard next."""
        return next((each for each in self.at.get(step.key, ()) if each.heard == heard), None)


def explore(line: Line, step: Stepper, facts: Iterable[Facts] = (OPEN, CLOSED)) -> Graph:
    """Every step from the ring on, in every language, by day and by night."""
    steps: list[Step] = []
    at: dict[Key, tuple[Step, ...]] = {}
    for each in facts:
        for lang in line.languages:
            _walk(line, step, each, Call(lang=lang, version=line.version), steps, at)
    return Graph(tuple(steps), at)


def _walk(
    line: Line,
    step: Stepper,
    facts: Facts,
    start: Call,
    steps: list[Step],
    at: dict[Key, tuple[Step, ...]],
) -> None:
    ring = Step(start, Rang(), facts, step(line, start, Rang(), facts))
    steps.append(ring)
    waiting = deque([ring])
    while waiting:
        here = waiting.popleft()
        if here.key in at:
            continue
        taken = tuple(
            Step(here.turn.call, heard, facts, step(line, here.turn.call, heard, facts))
            for heard in _what_may_come(here.turn)
        )
        at[here.key] = taken
        steps += taken
        waiting += taken


def _what_may_come(turn: Turn) -> Iterator[Heard]:
    """Everything that can happen next."""
    if turn.errand is not None:
        yield from (Done(turn.errand, outcome) for outcome in SENT)
    elif isinstance(turn.then, Transfer):
        yield from (Done(turn.then, outcome) for outcome in OUTCOMES)
    elif isinstance(turn.then, Listen) and _worth_looking(turn.call):
        if not turn.call.slips:
            yield Silence()
        if not _only_the_end(turn.call):
            typed = (*TYPED, *ODDLY_TYPED)
            yield from (Pressed(keys) for keys in (typed if turn.then.many else KEYS))


def _worth_looking(call: Call) -> bool:
    """Slower, and waiting, are looked at everywhere but not in each state of being counted."""
    if call.wait and call.at.startswith(TEXTING):
        return False
    return (call.speed == "normal" and not call.wait) or not (call.silences or call.slips)


def _only_the_end(call: Call) -> bool:
    """A caller who was silent until a person was rung shows only how the call ends.

    And slips and silences are counted apart, so that no caller shows more by having both.
    """
    silent = call.offered and not call.at.startswith(("nobody", "leaving"))
    return silent or bool(call.silences and call.slips)
