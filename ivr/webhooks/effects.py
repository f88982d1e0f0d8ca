"""Errands: what a step asks of the outside, done at once and within a second, or honestly not.

Owns how each errand becomes a row in the database. Nothing here raises: what could not be kept is
``failed``, and nothing is promised. By the real clock, even where LINE_CLOCK fixes the line's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.line.call import (
    DeleteMessage,
    Errand,
    HoldDesk,
    KeepCallback,
    KeepMessage,
    SendText,
    free,
)
from ivr.line.model import Line
from ivr.line.numbers import DRAMA_MOBILE, ringable
from ivr.secrets.sealed_box import SealedBoxError, seal
from ivr.store import Asking, Inbox, Outbox, Recordings, StoreDownError, Talks

log = logging.getLogger(__name__)
FAILED = "failed"
NOT_MOBILE = "not_mobile"
REFUSED = frozenset({FAILED, NOT_MOBILE, "limit", "stopped", "full", "gone"})
"""Outcomes of which it is logged that nothing was promised; each is a name, and of nobody."""


def _any(number: str) -> bool:
    return True


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Errands:
    """Does errands. ``public_key``: what only staff can open is sealed with it.

    ``drama``: whether Ofcom's numbers for drama are texted, as in a demonstration.
    ``textable(number)``: whether a UK mobile can be texted, as far as the carrier has told.
    ``pressed()``: whether texts are to be left undone now, for the sake of those who only listen.
    """

    outbox: Outbox
    inbox: Inbox
    recordings: Recordings
    talks: Talks
    public_key: str
    drama: bool = True
    textable: Callable[[str], bool] = _any
    pressed: Callable[[], bool] = _never

    def do(
        self, call_sid: str, errand: Errand, line: Line, caller: str = "", step: str = ""
    ) -> str:
        """Do an errand of this call; its outcome, as the errand names it.

        ``caller``: the number the call comes from, by which texts are counted; empty if withheld.
        ``step``: what tells the step that asks from others of its call.
        """
        try:
            if lacks := lacking(errand, line):
                log.error("%s is not done: it has no %s", type(errand).__name__, lacks)
                return FAILED
            outcome = self._done(call_sid, errand, line, caller, step)
        except (StoreDownError, SealedBoxError) as error:
            why = f"{type(error).__name__} {error}"
            log.error("%s could not be done: %s", type(errand).__name__, why)
            return FAILED
        if outcome in REFUSED:
            log.info("%s is not done: %s", type(errand).__name__, outcome)
        return outcome

    def _done(self, call_sid: str, errand: Errand, line: Line, caller: str, step: str) -> str:
        match errand:
            case SendText():
                return self._text(call_sid, errand, line, caller, step)
            case HoldDesk(desk, groups):
                most = line.desks[desk].most
                held = self.talks.hold(call_sid, desk, most, groups, _now())
                return held if isinstance(held, str) else free(held)
            case KeepMessage():
                return self._message(call_sid, errand)
            case DeleteMessage(recording):
                self.recordings.drop(call_sid, recording, _now())
                return "deleted"
            case KeepCallback():
                return self._callback(call_sid, errand, line, caller)

    def _text(self, call_sid: str, errand: SendText, line: Line, caller: str, step: str) -> str:
        if errand.number.startswith(DRAMA_MOBILE) and not self.drama:
            return FAILED
        if not self.textable(errand.number):
            return NOT_MOBILE
        if self.pressed():
            return FAILED
        body = _words(errand.body, errand.topic, errand.lang, line)
        asked = (errand.topic, errand.lang, errand.number, body)
        return self.outbox.queue(call_sid, *asked, _now(), bool(errand.body), caller, step)

    def _message(self, call_sid: str, errand: KeepMessage) -> str:
        known: dict[str, str | int] = {"about": errand.about, "lang": errand.lang}
        known["seconds"] = errand.seconds
        found = (errand.recording, _now(), errand.instead)
        return self.recordings.keep(call_sid, *found, **known)

    def _callback(self, call_sid: str, errand: KeepCallback, line: Line, caller: str) -> str:
        wish = {"number": errand.number, "leave": errand.leave, "saying": errand.saying}
        if errand.read:
            wish["read"] = _words(errand.body, errand.about, errand.lang, line)
        sealed = seal(self.public_key, json.dumps(wish).encode())
        note = seal(self.public_key, in_words(errand).encode())
        known = {"about": errand.about, "lang": errand.lang, "best": errand.best}
        asking = Asking(caller, note)
        return self.inbox.keep_callback(call_sid, errand.number, sealed, _now(), asking, **known)


def lacking(errand: Errand, line: Line) -> str:
    """What an errand lacks that it cannot be done without; empty where it is whole."""
    match errand:
        case KeepCallback():
            words = not errand.read or errand.body or errand.about in line.topics
            asked = {
                "number": bool(ringable(errand.number)),
                "saying": bool(errand.saying),
                "best": bool(errand.best),
                "language": errand.lang in line.voices,
                "words": bool(words),
            }
            return next((name for name, told in asked.items() if not told), "")
        case SendText():
            if not errand.number:
                return "number"
            return "" if errand.body or errand.topic in line.topics else "words"
        case KeepMessage() | DeleteMessage():
            return "" if errand.recording else "recording"
        case _:
            return ""


def in_words(wish: KeepCallback) -> str:
    """How somebody wants to be rung who asks for a number that waits already; staff read it."""
    leave = "a message may be left" if wish.leave else "do not leave a message"
    saying = "the advice line" if wish.saying == "line" else "a friend"
    best = {"morning": "in the morning", "afternoon": "in the afternoon"}.get(wish.best, "any time")
    return f"Ring {best}; {leave}; if someone else answers, say you are {saying}."


def _words(body: str, topic: str, lang: str, line: Line) -> str:
    """What was worked out for this caller, or the topic's own text."""
    return body or line.words(lang).topics[topic].text


def _now() -> datetime:
    return datetime.now(UTC)
