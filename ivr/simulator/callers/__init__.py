"""Callers: programs that use a telephone as people do, each by one plain law.

They hear words and press keys, and know nothing else of the line they ring. Whether a line serves
them well is judged elsewhere. Where chance is used, the caller holds it, by its seed.
"""

from __future__ import annotations

from ivr.simulator.callers.caller import BYE, Caller
from ivr.simulator.callers.chance import RandomCaller
from ivr.simulator.callers.hearing import OtherLanguageCaller, RelayCaller, SlowerCaller
from ivr.simulator.callers.keyless import LostKeysCaller, TalkingCaller, TwiceCaller
from ivr.simulator.callers.people import (
    BreakingOffCaller,
    CallbackCaller,
    DangerCaller,
    HashCaller,
    OneSecondCaller,
    ReadOutCaller,
    SpeechlessCaller,
    VoicemailCaller,
)
from ivr.simulator.callers.stuck import (
    PersonSeeker,
    SilentCaller,
    StayingCaller,
    WrongKeyCaller,
)
from ivr.simulator.callers.texting import ShakyCaller, Texter, TextingCaller
from ivr.simulator.callers.topics import (
    AnnouncementCaller,
    InterruptingCaller,
    PlainCaller,
    SlowCaller,
)
from ivr.simulator.callers.upset import (
    BackAndAgainCaller,
    MindChangingCaller,
    PanickingCaller,
)

__all__ = [
    "BYE",
    "AnnouncementCaller",
    "BackAndAgainCaller",
    "BreakingOffCaller",
    "CallbackCaller",
    "Caller",
    "DangerCaller",
    "HashCaller",
    "InterruptingCaller",
    "LostKeysCaller",
    "MindChangingCaller",
    "OneSecondCaller",
    "OtherLanguageCaller",
    "PanickingCaller",
    "PersonSeeker",
    "PlainCaller",
    "RandomCaller",
    "ReadOutCaller",
    "RelayCaller",
    "ShakyCaller",
    "SilentCaller",
    "SlowCaller",
    "SlowerCaller",
    "SpeechlessCaller",
    "StayingCaller",
    "TalkingCaller",
    "Texter",
    "TextingCaller",
    "TwiceCaller",
    "VoicemailCaller",
    "WrongKeyCaller",
]
