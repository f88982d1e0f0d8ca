"""What every handler of the flow works with: the context of one step, and what a handler can do.

Owns how things said are joined and how a turn is put together. Decides nothing about where a
caller goes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ivr.line.call import (
    Call,
    EffectDone,
    Facts,
    InLanguage,
    Listen,
    Note,
    Pause,
    RecordingDone,
    Then,
    Turn,
    Unit,
)
from ivr.line.model import Line
from ivr.line.phrases import OWN_CHOICES
from ivr.line.wording import BETWEEN_CHOICES, SENTENCE, Wording

WAITS = (10, 20, 30, 40)
"""Seconds of each wait of the silence ladder, 100 in all (R31, R32)."""
WAIT_FOR_ME = 300
"""Seconds the line holds for a caller who asked it to wait (R39)."""


class Go(NamedTuple):
    """Present the node that ``call`` is at, with ``before`` said first."""

    call: Call
    before: tuple[Unit, ...] = ()
    notes: tuple[Note, ...] = ()


class Context(NamedTuple):
    """One step: the line, the call, and what is true at this moment."""

    line: Line
    call: Call
    facts: Facts

    @property
    def words(self) -> Wording:
        """The wording of the caller's language."""
        return self.line.words(self.call.lang)

    @property
    def subject(self) -> str:
        """What one of the line's own nodes is about: ``complaint`` in ``text-complaint``."""
        return self.call.at.partition("-")[2]

    @property
    def keyless(self) -> bool:
        """Whether no key of this call has arrived yet: nobody can tell if any ever will."""
        return not self.call.last

    def say(self, *names: str) -> tuple[Unit, ...]:
        """Phrases without fields, a sentence pause between them."""
        return joined([self.words.say(name) for name in names])

    def own(self, *names: str) -> tuple[Unit, ...]:
        """Sentences of the caller's doorway; nothing for who has come through none."""
        lang = self.call.lang
        door = self.line.doorways.get(lang)
        return joined([InLanguage(lang, door.says[name]) for name in names]) if door else ()

    def how_many(self, choices: int) -> tuple[Unit, ...]:
        """How many choices there are, said before they are listed."""
        return (self.words.count(choices),)

    def own_choices(self, node: str) -> list[str]:
        """The choices of one of the line's own menus."""
        labels = enumerate(OWN_CHOICES[node], start=1)
        return [self.words.choice(self.words.says[label], str(key)) for key, label in labels]

    def on(self, call: Call) -> Context:
        """The same moment with another call."""
        return Context(self.line, call, self.facts)

    def back(self) -> Call:
        """The call one step back."""
        return self.call.back(self.line.start)

    def before(self, names: Collection[str]) -> Call:
        """The call as it was before it came to these nodes or families; else at the start."""
        call, start = self.back(), self.line.start
        while call.at != start and (kind_of(call.at) in names or family(call.at) in names):
            call = call.back(start)
        return call

    def turn(
        self,
        *said: tuple[Unit, ...],
        then: Then | None = None,
        note: str = "",
        detail: str = "",
    ) -> Turn:
        """Say groups of units with a pause between them, then (by default) wait for a key."""
        units = joined([group for group in said if group], SENTENCE)
        notes = (Note(note, self.call.at, detail),) if note else ()
        wait = Listen(WAITS[min(self.call.silences, len(WAITS) - 1)])
        return Turn(self.call, units, then or wait, notes=notes)


def joined(things: Sequence[Unit | tuple[Unit, ...]], pause: Pause = SENTENCE) -> tuple[Unit, ...]:
    """Units or groups of units in a row, ``pause`` between them."""
    units: list[Unit] = []
    for thing in things:
        if units:
            units.append(pause)
        if isinstance(thing, tuple):
            units.extend(thing)
        else:
            units.append(thing)
    return tuple(units)


def listed(choices: Sequence[Unit]) -> tuple[Unit, ...]:
    """Choices with the longer pause between them, none after the last (R40)."""
    return joined(choices, BETWEEN_CHOICES)


OWN: dict[str, Handler] = {}
"""The line's own nodes. What one is about stands after a dash: ``text-complaint``."""


class Handler:
    """One kind of node. What it leaves out is answered as everywhere: ladder, slip, steering.

    Whoever needs to know what a node is for asks its handler: a class that names a ``node`` is the
    handler of that one among the line's own.
    """

    family = ""
    """What its node is for, as callers are counted; empty where it is told from all others."""
    section = ""
    """With which node it is printed; empty where it has a section of its own."""
    begins = "start_again"
    """The phrase in ``says.yaml`` that it begins with."""
    typing = False
    """Whether several keys are typed here, so that 0 and 8 are digits."""

    def __init_subclass__(cls, node: str = "") -> None:
        if node:
            OWN[node] = cls()

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        """Say what this node is and what can be done here."""
        raise NotImplementedError

    def missing(self, context: Context) -> Call | None:
        """Where to go instead while the call holds nothing to read back or work with here.

        None: all is there. Asked before everything else of this handler but ``done``, so that the
        rest may rely on it. Nothing is held when what was typed was sealed for another call, or
        by a key that is no longer known.
        """
        return None

    def choices(self, context: Context) -> tuple[Unit, ...]:
        """The bare choices, for when they are heard again."""
        raise NotImplementedError

    def help(self, context: Context) -> tuple[Unit, ...]:
        """Fuller and simpler help, for the second silence (R35)."""
        return ()

    def again(self, context: Context) -> Call:
        """Where hash leads: what was heard, once more."""
        return context.call.stay(silences=0)

    def key(self, context: Context, key: str) -> Turn | Go | None:
        """Act on a key from 1 to 9; None where it is not offered."""
        return None

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        """Act on keys typed here; None where nothing was typed. Only where ``typing``."""
        raise NotImplementedError

    def no_input(self, context: Context) -> Turn | Go | None:
        """Act on a wait that ran out; None to climb the silence ladder."""
        return None

    def recorded(self, context: Context, event: RecordingDone) -> Turn | Go:
        """Act on what was recorded. Only where something is."""
        return self.present(context, ())

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        """Act on the outcome of an effect or a transfer."""
        return None


def kind_of(node: str) -> str:
    """What kind of node it is, whatever it is about: ``day`` for ``day-letter``."""
    return node.partition("-")[0]


def own_handler(node: str) -> Handler | None:
    """The handler of one of the line's own nodes; None for any other node."""
    return OWN.get(kind_of(node))


def family(node: str) -> str:
    """What a node is for: ``text`` for ``check-school``. Any node of the content is itself."""
    handler = own_handler(node)
    return (handler.family or kind_of(node)) if handler else node
