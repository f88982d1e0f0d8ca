"""Callers who leave a message, who want to be rung back, or who are in danger.

Owns what they say and how long they speak. Yes is said only to the very number that was meant.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.simulator.callers.caller import AT_EASE, BYE, Caller
from ivr.simulator.callers.texting import MOBILE, TextingCaller
from ivr.simulator.events import HangUp, Press, Speak

SPEAKS = 20.0
"""Seconds of a message."""
BREAKS_OFF = 8.0
"""Seconds after which somebody breaks off in the middle of a message."""
MESSAGE_ENDS = ("have your message", "have kept your message", "cannot keep", "hear you speak")
"""What is said when it is settled what becomes of a message."""
ONE_SECOND = 1.0
"""Seconds of a sound that is no message: a cough, or the handset put down."""
IN_DANGER = 15.0
"""Seconds into a call after which somebody needs 999: while the choices are read."""


class VoicemailCaller(Caller):
    """Asks for a person; where nobody comes, leaves a message, hears it and leaves it as it is."""

    law = f"Presses 0, leaves a message of {SPEAKS:.0f} seconds, hears it and leaves it as it is."

    def __init__(self) -> None:
        super().__init__()
        self._asked = self._spoken = self._heard = False

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        if self._spoken:
            self.ears.forget()
            self.now += AT_EASE
            return Press("#", AT_EASE)
        self._spoken = True
        self.now += SPEAKS
        return Speak(SPEAKS)

    def choose(self) -> str:
        ears = self.ears
        if not self._asked:
            self._asked = True
            return "0"
        if any(map(ears.heard, MESSAGE_ENDS)):
            return BYE
        if not self._heard and (key := ears.key_about("hear your message")):
            self._heard = True
            return key
        return ears.first_about("leave a message", "start your message", "leave it as it is")


class BreakingOffCaller(VoicemailCaller):
    """Leaves a message as everywhere in the world: speaks, and puts the telephone down."""

    law = f"Leaves a message: speaks for {BREAKS_OFF:.0f} seconds and hangs up."

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        if self._spoken:
            return HangUp(0.0)
        self._spoken = True
        self.now += BREAKS_OFF
        return Speak(BREAKS_OFF)


class HashCaller(VoicemailCaller):
    """Ends a message with hash, and puts the telephone down while the choices are read."""

    law = f"Leaves a message of {SPEAKS:.0f} seconds, presses hash and hangs up."

    def consider(self, seconds: float, speaking: bool) -> None:
        if self._spoken and self.ears.offered:
            self.plan(BYE, self.now)
        else:
            super().consider(seconds, speaking)


class OneSecondCaller(VoicemailCaller):
    """Makes a sound of a second where a message is recorded, and presses hash."""

    law = "Begins a message, coughs and presses hash; then hangs up."

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        if self._spoken:
            return super().recorded(seconds)
        self._spoken = True
        self.now += ONE_SECOND
        return Speak(ONE_SECOND)


class SpeechlessCaller(VoicemailCaller):
    """Says nothing at all where a message is recorded."""

    law = "Begins a message and says nothing; then hangs up."

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        self.now += seconds
        self.ears.forget()
        return None


ANSWERS = ("calling from", "Yes", "we are the advice line", "any time")
"""What is answered to the questions of a call-back."""


class CallbackCaller(Caller):
    """Wants to be rung back on ``number``, typed where it is asked for; says yes to the rest."""

    law = "Presses 0 and asks to be rung back: on its own phone, or on one that it types."

    def __init__(self, number: str = MOBILE) -> None:
        super().__init__()
        self.number = number
        self._asked = False

    def choose(self) -> str:
        ears = self.ears
        if not self._asked:
            self._asked = True
            return "0"
        if ears.heard("will ring you back") or ears.heard("cannot take that down"):
            return BYE
        if ears.number_wanted:
            return self.number + "#"
        if ears.digits:
            return ears.key_of("Yes" if ears.digits == self.number else "No")
        return ears.first_about("ring you back", *ANSWERS)


class ReadOutCaller(TextingCaller):
    """Cannot read a text, so has it read out by a person who rings back."""

    law = "Hears the topic, then asks that a person rings back and reads the text out."

    def choose(self) -> str:
        if self.ears.heard("will ring you back") or self.ears.heard("cannot take that down"):
            return BYE
        return self.ears.first_about("read it to you", "text message", *ANSWERS) or self.wanted()


class DangerCaller(TextingCaller):
    """Needs 999: at once, or only when a number is to be typed (``typing``)."""

    law = "Presses 9 three times, early in the call or when a number is to be typed."

    def __init__(self, wants: Sequence[str] = (), typing: bool = False) -> None:
        super().__init__(wants)
        self._typing = typing
        self._called = False

    def consider(self, seconds: float, speaking: bool) -> None:
        early = not self._typing and self.now + seconds > IN_DANGER
        if not self._called and (early or (not speaking and self.ears.number_wanted)):
            self._called = True
            self.plan("999", max(self.now, IN_DANGER))
        else:
            super().consider(seconds, speaking)

    def choose(self) -> str:
        if self._called:
            return BYE if self.ears.heard("ring 999") else ""
        return super().choose()
