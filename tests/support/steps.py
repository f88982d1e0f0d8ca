"""Every step a caller can take, made by the flow itself: what tests of the rules of a call look at.

Owns the walk through all nodes, keys and silences. Callers who differ only in what does not
change the flow (how they came to a node, how often they slipped before) count as one. A node of a
new kind is walked by itself; a new kind of thing to type needs an example in ``TYPED``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from ivr.flow import answers, family, kind_of, own_handler, step
from ivr.flow.answers import Answers
from ivr.flow.typing import ReadBackHandler
from ivr.line.call import (
    Call,
    CallStarted,
    DeleteVoicemail,
    Effect,
    EffectDone,
    Event,
    Facts,
    HoldRingGroup,
    KeepCallback,
    KeepVoicemail,
    KeyPressed,
    Listen,
    NoInput,
    Record,
    RecordingDone,
    Transfer,
    Turn,
)
from ivr.line.model import Line
from ivr.line.wording import KEYS

TYPED: Mapping[str, tuple[str, ...]] = {
    "number": ("07700900456", "7700900456", "447700900456", "00447700900456", "02079460123"),
    "phone": ("02079460456", "07700900456"),
    "day": ("15", "05"),
    "month": ("10",),
    "year": ("26", "2024"),
}
"""What is typed at each node that takes digits, in ways that fit or nearly do."""
WRONG: Mapping[str, tuple[str, ...]] = {
    "number": ("5", "1" * 25),
    "phone": ("5", "1" * 25),
    "day": ("32",),
    "month": ("13",),
    "year": ("6",),
}
"""What fits nowhere, each in its own way: at other nodes, a key that is not offered."""
EDGES = ("0", "*", "1*")
FIRST_ANSWERS = Answers("other").write()
FORM = "deadline"
"""Where it matters what was answered before."""
HELD = ("adviser", "keep", "message")
"""Nodes where it matters who was rung, or that a message is kept."""
OUTCOMES = ("completed", "busy", "no-answer", "refused", "failed", "stopped")
SENT = ("queued", "already", "failed")
MESSAGE = "RE" + "0" * 32
RECORDINGS = (*(RecordingDone(MESSAGE, 12, key) for key in ("#", "0", "*", "")), RecordingDone(""))
"""How a recording may end: with a key or without one, or with silence alone."""
NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - a moment of no place, for rules only
OPEN = Facts(
    NOON,
    True,
    None,
    "mobile",
    "+447700900123",
    ringable="+447700900123",
    rings=(("first",), ("second",)),
)
CLOSED = Facts(NOON, False, NOON + timedelta(hours=21), "landline")

BACK = "callback"
"""Where one asks to be rung back."""
AT_ONCE = ("text", BACK, "message", "danger", "short")
"""Where "wait for me" changes nothing, as in the question what an adviser may be told."""

CAP = 5
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the call before it, what was heard, and the turn that answered.

    ``origin`` and ``key`` are the nodes that it leads from and to.
    """

    before: Call
    event: Event
    facts: Facts
    turn: Turn
    origin: Key
    key: Key

    @property
    def listens(self) -> bool:
        """Whether the line waits for a key now."""
        return isinstance(self.turn.then, Listen) and self.turn.effect is None

    @property
    def to_a_person(self) -> bool:
        """Whether a person is rung now, is asked to be, or it is said that nobody is there."""
        turn = self.turn
        asked = isinstance(turn.then, Transfer) or isinstance(turn.effect, HoldRingGroup)
        return asked or kind_of(turn.call.at) in ("nobody", "tell", "speaker")

    @property
    def said(self) -> str:
        """Everything said in this turn, in the call's own language."""
        return " ".join(unit for unit in self.turn.say if isinstance(unit, str))


def node(call: Call, facts: Facts) -> Key:
    """What makes two callers differ: where they are and what has been counted there."""
    # Counts are capped, so that the walk ends even where a flow counts on for ever.
    counts = (min(call.silences, CAP), min(call.slips, CAP), call.offered, call.wait)
    node = kind_of(call.at)
    typed = bool(call.typed) and isinstance(own_handler(node), ReadBackHandler)
    form = _answered(call.form) if family(node) == FORM else None
    person = (call.tell, call.rung) if node == "adviser" else (bool(call.recording),)
    wish = tuple(map(bool, call.wish.split("|"))) if family(node) == BACK else ()
    keyless = not call.last
    own = (typed, form, person if node in HELD else (), wish, call.nines, keyless)
    return (call.lang, call.at, call.part, call.speed, *counts, *own, facts.open)


def _answered(form: str) -> Key:
    """How far a form has come: not which dates were given, of which there are too many."""
    given = answers.read(form)
    dated = (given.letter.date is not None, given.certificate.date is not None)
    return (given.kind, given.certified, *dated)


def wrong_at(node: str) -> tuple[KeyPressed, ...]:
    """Slips that can be made at a node, each of its own kind."""
    return tuple(KeyPressed(keys) for keys in WRONG.get(kind_of(node), ("7",)))


@dataclass(frozen=True)
class Graph:
    """All steps, each node's first; and ``at``: the steps that begin at a node."""

    steps: tuple[Step, ...]
    at: Mapping[Key, tuple[Step, ...]]

    def arrivals(self) -> tuple[Step, ...]:
        """One step into each node where something is said: what that is.

        After a 9 only the next 9 is looked at: these nodes are the node before, once more.
        """
        return self._arrivals

    @cached_property
    def _arrivals(self) -> tuple[Step, ...]:
        first: dict[Key, Step] = {}
        for each in self.steps:
            if each.turn.effect is None and not each.turn.call.nines:
                first.setdefault(each.key, each)
        return tuple(first.values())

    def after(self, step: Step, event: Event) -> Step | None:
        """The step that follows when this is heard next."""
        return self._after.get((step.key, event))

    @cached_property
    def _after(self) -> dict[tuple[Key, Event], Step]:
        after: dict[tuple[Key, Event], Step] = {}
        for key, steps in self.at.items():
            for each in steps:
                after.setdefault((key, each.event), each)
        return after

    def ended(self, step: Step, outcome: str) -> Step | None:
        """The step that follows when ringing ends so, whatever the adviser would have been told."""
        after = self.at.get(step.key, ())
        ends = (each for each in after if isinstance(each.event, EffectDone))
        return next((each for each in ends if getattr(each.event, "outcome", "") == outcome), None)


def explore(line: Line, *facts: Facts) -> Graph:
    """Every step from the ring on, in every language, by day and by night."""
    steps: list[Step] = []
    at: dict[Key, tuple[Step, ...]] = {}
    for each in facts:
        for lang in line.languages:
            _walk(line, each, Call(lang=lang, version=line.version), steps, at)
    return Graph(tuple(steps), at)


def _walk(
    line: Line,
    facts: Facts,
    start: Call,
    steps: list[Step],
    at: dict[Key, tuple[Step, ...]],
) -> None:
    ring = _taken(line, facts, start, ("", *node(start, facts)), CallStarted())
    steps.append(ring)
    waiting = deque([ring])
    while waiting:
        here = waiting.popleft()
        if here.key in at:
            continue
        call, origin = here.turn.call, here.key
        taken = tuple(
            _taken(line, facts, call, origin, event) for event in _what_may_come(here.turn)
        )
        at[here.key] = taken
        steps += taken
        waiting += taken


def _taken(line: Line, facts: Facts, call: Call, origin: Key, event: Event) -> Step:
    turn = step(line, call, event, facts)
    return Step(call, event, facts, turn, origin, (_waits_for(turn), *node(turn.call, facts)))


def _waits_for(turn: Turn) -> str:
    """What must happen next; what becomes of a message leads on by the key that was pressed."""
    kind = type(turn.effect or turn.then).__name__
    return kind + turn.effect.key if isinstance(turn.effect, KeepVoicemail) else kind


def _what_may_come(turn: Turn) -> Iterator[Event]:
    """Everything that can happen next."""
    if turn.effect is not None:
        yield from (EffectDone(turn.effect, outcome) for outcome in outcomes_of(turn.effect))
    elif isinstance(turn.then, Record):
        yield from RECORDINGS
    elif isinstance(turn.then, Transfer):
        yield from (EffectDone(turn.then, outcome) for outcome in OUTCOMES)
        yield KeyPressed("*")
    elif isinstance(turn.then, Listen) and turn.call.nines:
        if not (turn.call.silences or turn.call.slips or turn.call.wait):
            yield KeyPressed("9")
    elif isinstance(turn.then, Listen) and _worth_looking(turn.call):
        if not turn.call.slips:
            yield NoInput()
        if not _only_the_end(turn.call):
            node = kind_of(turn.call.at)
            typed = (*TYPED.get(node, ()), *WRONG.get(node, ()), *EDGES)
            yield from (KeyPressed(keys) for keys in (typed if turn.then.many else KEYS))


def outcomes_of(effect: Effect) -> tuple[str, ...]:
    """How an effect may go."""
    match effect:
        case HoldRingGroup():
            return ("free", "full", "talking")
        case KeepVoicemail():
            return ("kept", "gone", "full", "failed")
        case DeleteVoicemail():
            return ("deleted", "failed")
        case KeepCallback():
            return ("4821", "again-4821", "full", "failed")
        case _:
            return SENT


def _worth_looking(call: Call) -> bool:
    """Whether a node shows anything more for a call of this state.

    Slower, waiting, and the later steps of a form are looked at, but not in each state of being
    counted there; and nothing waits while a number or a form is filled in.
    """
    node, usual = kind_of(call.at), call.speed == "normal" and not call.wait
    begun = family(node) != FORM or call.form in ("", FIRST_ANSWERS)
    if call.wait and (family(node) in AT_ONCE or node == "tell"):
        return False
    if not usual and node != "answer" and not begun:
        return False
    return (usual and begun) or not (call.silences or call.slips or call.offered)


def _only_the_end(call: Call) -> bool:
    """A caller who was silent until a person was rung shows only how the call ends.

    And slips and silences are counted apart, so that no caller shows more by having both.
    """
    silent = call.offered and not call.at.startswith(("nobody", "leaving"))
    return silent or bool(call.silences and call.slips)
