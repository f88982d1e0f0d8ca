"""What Twilio itself does with STOP, START and HELP: its list of numbers, and its own answers.

Owns the words of the default handling, those of Advanced Opt-Out, and when OptOutType is sent.
Source: Twilio's pages on opt-out keywords, on OptOutType and on Advanced Opt-Out. Whether a START
from somebody who has not stopped is answered stands nowhere: here it is, and a YES is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["STOP", "START", "HELP"]

DEFAULT: Mapping[str, Kind] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit"), "STOP"),
    **dict.fromkeys(("revoke", "optout"), "STOP"),
    **dict.fromkeys(("start", "unstop", "yes"), "START"),
    **dict.fromkeys(("help", "info"), "HELP"),
}
ANSWERS: Mapping[Kind, str] = {
    "STOP": (
        "You have successfully been unsubscribed. You will not receive any more messages from this "
        "number. Reply START to resubscribe."
    ),
    "START": (
        "You have successfully been re-subscribed to messages from this number. Reply HELP for "
        "help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
    ),
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
ONLY_AFTER_STOP = "yes"


class Consent:
    """The numbers that take no texts from the line. They are in ``stopped``.

    ``advanced``: the further words of Advanced Opt-Out, in any language, each with what it is taken
    for; None is the default handling, with which no OptOutType is sent.
    """

    def __init__(self, advanced: Mapping[str, Kind] | None = None) -> None:
        self.stopped: set[str] = set()
        own = {word.casefold(): kind for word, kind in (advanced or {}).items()}
        self._words = {**DEFAULT, **own}
        self._advanced = advanced is not None

    def heard(self, sender: str, body: str) -> tuple[Mapping[str, str], list[str]]:
        """Act on a text that is nothing but such a word.

        What is added to the webhook's fields, and what Twilio answers itself.
        """
        word, stopped = body.strip().casefold(), sender in self.stopped
        kind = self._words.get(word)
        if kind is None or (word == ONLY_AFTER_STOP and not stopped):
            return {}, []
        if kind == "STOP":
            self.stopped.add(sender)
        elif kind == "START":
            self.stopped.discard(sender)
        # Who has stopped gets nothing but the answer to START.
        answers = [] if stopped and kind != "START" else [ANSWERS[kind]]
        return ({"OptOutType": kind} if self._advanced else {}), answers
