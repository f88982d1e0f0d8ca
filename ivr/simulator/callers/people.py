"""Callers who want more than to hear: a text, a person, a message, a call back, or help in danger.

Owns what they say and how long they speak. Yes is said only to the very number that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ivr.simulator.callers.caller import AT_EASE, BYE, Caller, PlainCaller
from ivr.simulator.events import HangUp, Press

MOBILE = "07700900456"
"""One of Ofcom's drama numbers."""
LISTED = re.compile(r"\b\d+ ([A-Z]+)\b")
SECOND_STROKE, THIRD_STROKE = 0.3, 0.4
"""Seconds after the first stroke of a key, in a hand that shakes or holds on."""
SPEAKS = 20.0
"""Seconds of a message."""
BREAKS_OFF = 8.0
"""Seconds after which somebody breaks off in the middle of a message."""
ONE_SECOND = 1.0
"""Seconds of a sound that is no message: a cough, or the handset put down."""
IN_DANGER = 15.0
"""Seconds into a call after which somebody needs 999: while the choices are read."""
NOTED = ("will ring you back", "cannot take that down")
ANSWERS = ("calling from", "Yes", "it is the advice line", "any time")
"""What is answered to the questions of a call-back."""


@dataclass(eq=False)
class TextingCaller(PlainCaller):
    """Hears a topic to its end, then has it sent, to a mobile of its own or to another."""

    number: str = MOBILE
    law = "Hears the topic, then asks for it as a text; types a mobile number where it is asked."
    ends = ("sending", "cannot send", "on its way")
    takes = ("calling from", "send it to a mobile", "text message")


class ShakyCaller(TextingCaller):
    """A hand that shakes: a key goes down twice, every third one three times."""

    law = "Presses every key twice within 0.4 seconds, every third one three times."
    _pressed = 0

    def plan(self, keys: str, at: float) -> None:
        """One key is struck again; the digits of a number come one by one, as meant."""
        super().plan(keys, at)
        if len(keys) > 1:
            return
        self._pressed += 1
        again = (SECOND_STROKE, THIRD_STROKE) if self._pressed % 3 == 0 else (SECOND_STROKE,)
        self._plans.extend((at + later, keys) for later in again)


@dataclass(eq=False)
class ReadOutCaller(PlainCaller):
    """Cannot read a text, so has it read out by a person who rings back."""

    law = "Hears the topic, then asks that a person rings back and reads the text out."
    ends = NOTED
    takes = ("read it to you", "text message", *ANSWERS)


class PanickingCaller(TextingCaller):
    """On the way to a text, has had enough: a person, now. A question gets no answer.

    The moment comes in the first two minutes; for every other seed it comes only when a number is
    to be typed, where a lone 0 must still mean a person.
    """

    law = "Presses 0 once at a random moment, at the latest when a number is to be typed."
    _panicked = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._panics_at = float("inf") if self.seed % 2 else self.chance.uniform(2, 120)

    def consider(self, seconds: float, speaking: bool) -> None:
        typing = not speaking and self.ears.number_wanted
        if not self._panicked and (self.now + seconds > self._panics_at or typing):
            self._panicked = True
            self.plan("0", max(self.now, min(self._panics_at, self.now + seconds / 2)))
        else:
            super().consider(seconds, speaking)

    def choose(self) -> str:
        if self._panicked:
            return BYE if self.ears.said and not self.ears.asked else ""
        return super().choose()


@dataclass(eq=False)
class DangerCaller(TextingCaller):
    """Needs 999: at once, or only when a number is to be typed (``typing``)."""

    typing: bool = False
    law = "Presses 9 three times, early in the call or when a number is to be typed."
    _called = False

    def consider(self, seconds: float, speaking: bool) -> None:
        early = not self.typing and self.now + seconds > IN_DANGER
        if not self._called and (early or (not speaking and self.ears.number_wanted)):
            self._called = True
            self.plan("999", max(self.now, IN_DANGER))
        else:
            super().consider(seconds, speaking)

    def choose(self) -> str:
        if self._called:
            return BYE if self.ears.heard("ring 999") else ""
        return super().choose() if self.typing else ""


@dataclass(eq=False)
class PersonSeeker(Caller):
    """Asks for a person, ``after_topic`` only then; lets them be told what it heard.

    Where nobody comes, it takes the way back that is offered.
    """

    after_topic: bool = False
    law = "Presses 0; where nobody can answer, goes back to where it was."
    _asked = False

    def choose(self) -> str:
        if not self._asked and self.after_topic and not self.ears.heard("to go on to"):
            return self.wanted()
        if not self._asked:
            self._asked = True
            return "0"
        key = self.ears.key_of("Yes") or self.ears.key_about("go back to where")
        return key or (BYE if self.ears.choosing else "")


@dataclass(eq=False)
class CallbackCaller(Caller):
    """Wants to be rung back on ``number``, typed where it is asked for; says yes to the rest."""

    number: str = MOBILE
    law = "Presses 0 and asks to be rung back: on its own phone, or on one that it types."
    begins = "0"
    ends = NOTED
    takes = ("ring you back", *ANSWERS)


class VoicemailCaller(Caller):
    """Asks for a person; where nobody comes, leaves a message, hears it and leaves it as it is."""

    law = f"Presses 0, leaves a message of {SPEAKS:.0f} seconds, hears it and leaves it as it is."
    begins = "0"
    ends = ("have your message", "have kept your message", "cannot keep", "hear you speak")
    takes = ("leave a message", "start your message", "leave it as it is")
    speaks = SPEAKS
    _heard = False

    def silent(self, seconds: float) -> Press | HangUp | None:
        self.ears.forget()
        self.now += AT_EASE
        return Press("#", AT_EASE)

    def choose(self) -> str:
        chosen = super().choose()
        if self._heard or chosen == BYE or not (hear := self.ears.key_about("hear your message")):
            return chosen
        self._heard = True
        return hear


class BreakingOffCaller(VoicemailCaller):
    """Leaves a message as everywhere in the world: speaks, and puts the telephone down."""

    law = f"Leaves a message: speaks for {BREAKS_OFF:.0f} seconds and hangs up."
    speaks = BREAKS_OFF

    def silent(self, seconds: float) -> Press | HangUp | None:
        return HangUp(0.0)


class HashCaller(VoicemailCaller):
    """Ends a message with hash, and puts the telephone down while the choices are read."""

    law = f"Leaves a message of {SPEAKS:.0f} seconds, presses hash and hangs up."

    def consider(self, seconds: float, speaking: bool) -> None:
        if self.spoken and self.ears.offered:
            self.plan(BYE, self.now)
        else:
            super().consider(seconds, speaking)


class OneSecondCaller(VoicemailCaller):
    """Makes a sound of a second where a message is recorded, and presses hash."""

    law = "Begins a message, coughs and presses hash; then hangs up."
    speaks = ONE_SECOND


class SpeechlessCaller(VoicemailCaller):
    """Says nothing at all where a message is recorded."""

    law = "Begins a message and says nothing; then hangs up."
    speaks = 0.0

    def silent(self, seconds: float) -> Press | HangUp | None:
        self.now += seconds
        self.ears.forget()
        return None


class Texter:
    """Cannot hear or does not ring: texts any word, then each word that the answer offers."""

    name = "texter"
    law = "Never rings: texts a word, then every word that the answer lists."

    def __init__(self, text: Callable[[str], list[str]]) -> None:
        self._text = text

    def answers(self) -> dict[str, str]:
        """Each word that was offered, and what came back for it."""
        offered = LISTED.findall(" ".join(self._text("hello")))
        return {word: " ".join(self._text(word)) for word in offered}
