"""Whether the carrier itself has taken a text for STOP, START or HELP, and so answers it.

Owns the words of Twilio's default handling, which acts on a text of nothing but one of them, and
what the field OptOutType of its Advanced Opt-Out says, in any language and with any word. Source:
Twilio's pages on opt-out keywords and on OptOutType (docs/connect.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Taken = Literal["", "stop", "start", "help"]

WORDS: Mapping[str, Taken] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit"), "stop"),
    **dict.fromkeys(("revoke", "optout"), "stop"),
    **dict.fromkeys(("start", "unstop"), "start"),
    **dict.fromkeys(("help", "info"), "help"),
}
AFTER_STOP: Mapping[str, Taken] = {"yes": "start"}
"""A START from who has stopped; from anybody else a word like any other."""
TOLD: Mapping[str, Taken] = {"STOP": "stop", "START": "start", "HELP": "help"}


def taken(body: str, told: str = "", stopped: bool = False) -> Taken:
    """What the carrier has taken a text for; empty where it passes it on and says nothing.

    ``told``: its field OptOutType, which goes before the words; one that is none of the three is as
    good as absent. ``stopped``: whether the number wants no texts.
    """
    word = body.strip().casefold()
    again = AFTER_STOP.get(word, "") if stopped else ""
    return TOLD.get(told.strip().upper()) or WORDS.get(word) or again
