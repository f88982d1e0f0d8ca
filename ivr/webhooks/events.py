"""What a request of Twilio's tells of a call: a ring, a key, silence, a recording, or an end.

Owns that reading, for the advice line and the staff line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.line.call import (
    CallStarted,
    EffectDone,
    Event,
    HungUp,
    KeyPressed,
    NoInput,
    RecordingDone,
    Transfer,
)

HANGUP = "hangup"
"""What stands for a key where the caller has hung up."""
RECORDING = re.compile(r"RE[0-9a-f]{32}", re.ASCII)
"""Twilio's ids of recordings."""


def event_of(query: Mapping[str, str], form: Mapping[str, str]) -> Event:
    """What a request tells: a ring, a key, silence, a recording, or how a transfer ended."""
    digits = form.get("Digits", "")
    match query.get("on"):
        case None:
            return CallStarted()
        case "key" if digits == HANGUP:
            return HungUp()
        case "key":
            return KeyPressed(digits)
        case "recorded":
            sid, seconds = recorded_in(form)
            gone = digits == HANGUP
            return HungUp(sid, seconds) if gone else RecordingDone(sid, seconds, digits[:1])
        case "unheard":
            return RecordingDone("")
        case "transfer":
            return EffectDone(Transfer(), form.get("DialCallStatus", "failed"))
        case _:
            return NoInput()


def recorded_in(form: Mapping[str, str]) -> tuple[str, int]:
    """The id of what was recorded and its seconds; nothing, where the id is none of Twilio's."""
    sid, seconds = form.get("RecordingSid", ""), form.get("RecordingDuration", "")
    known = RECORDING.fullmatch(sid) is not None and seconds.isdecimal() and int(seconds) > 0
    return (sid, int(seconds)) if known else ("", 0)
