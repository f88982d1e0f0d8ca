"""Effects: what a step asks of the outside, done at once and within a second, or honestly not.

Owns how each effect becomes a row in the database. Nothing here raises: what could not be kept is
``failed``, and nothing is promised. By the real clock, even where LINE_CLOCK fixes the line's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from ivr.line.call import (
    CallerEffect,
    DeleteVoicemail,
    Effect,
    HoldRingGroup,
    KeepCallback,
    KeepVoicemail,
    SendText,
    StaffEffect,
    free,
)
from ivr.line.model import Line
from ivr.line.numbers import DRAMA, ringable
from ivr.secrets.sealed_box import SealedBoxError, seal
from ivr.store import Asking, Inbox, Outbox, Recordings, StoreDownError, Talks
from ivr.store.spells import Once

log = logging.getLogger(__name__)
FAILED = "failed"
NOT_MOBILE = "not_mobile"
REFUSED = frozenset({FAILED, NOT_MOBILE, "limit", "stopped", "full", "gone"})
"""Outcomes of which it is logged that nothing was promised; each is a name, and of nobody."""


def _any(number: str) -> bool:
    return True


def _never() -> bool:
    return False


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Effects:
    """Does effects. ``public_key``: what only staff can open is sealed with it.

    ``drama``: whether Ofcom's numbers for drama are texted and rung, as in a demo.
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
    told: Once = field(default_factory=Once)
    now: Callable[[], datetime] = _now

    def do(
        self, call_sid: str, effect: Effect, line: Line, caller: str = "", step: str = ""
    ) -> str:
        """Do an effect of this call; its outcome, as the effect names it.

        ``caller``: the number the call comes from, by which texts are counted; empty if withheld.
        ``step``: what tells the step that asks from others of its call.
        """
        if isinstance(effect, StaffEffect):
            log.error("%s is not done: it is for the staff line", type(effect).__name__)
            return FAILED
        try:
            if lacks := lacking(effect, line):
                log.error("%s is not done: it has no %s", type(effect).__name__, lacks)
                return FAILED
            outcome = self._done(call_sid, effect, line, caller, step)
        except (StoreDownError, SealedBoxError) as error:
            if self.told.first((call_sid, effect)):
                why = f"{type(error).__name__} {error}"
                log.error("%s could not be done: %s", type(effect).__name__, why)
            return FAILED
        if outcome in REFUSED:
            log.info("%s is not done: %s", type(effect).__name__, outcome)
        return outcome

    def _done(self, call_sid: str, effect: CallerEffect, line: Line, caller: str, step: str) -> str:
        match effect:
            case SendText():
                return self._text(call_sid, effect, line, caller, step)
            case HoldRingGroup(services, groups):
                most = line.ring_groups[services].most
                held = self.talks.hold(call_sid, services, most, groups, self.now())
                return held if isinstance(held, str) else free(held)
            case KeepVoicemail():
                return self._message(call_sid, effect)
            case DeleteVoicemail(recording):
                self.recordings.drop(call_sid, recording, self.now())
                return "deleted"
            case KeepCallback():
                return self._callback(call_sid, effect, line, caller)
            case _:
                assert_never(effect)

    def _text(self, call_sid: str, effect: SendText, line: Line, caller: str, step: str) -> str:
        if effect.number.startswith(DRAMA) and not self.drama:
            return FAILED
        if not self.textable(effect.number):
            return NOT_MOBILE
        if self.pressed():
            return FAILED
        return self.outbox.queue(
            call_sid,
            topic=effect.topic,
            lang=effect.lang,
            number=effect.number,
            body=_words(effect.body, effect.topic, effect.lang, line),
            now=self.now(),
            worked_out=bool(effect.body),
            caller=caller,
            step=step,
        )

    def _message(self, call_sid: str, effect: KeepVoicemail) -> str:
        return self.recordings.keep(
            call_sid,
            effect.recording,
            self.now(),
            effect.instead,
            about=effect.about,
            lang=effect.lang,
            seconds=effect.seconds,
        )

    def _callback(self, call_sid: str, effect: KeepCallback, line: Line, caller: str) -> str:
        if effect.number.startswith(DRAMA) and not self.drama:
            return FAILED
        wish = {"number": effect.number, "leave": effect.leave, "saying": effect.saying}
        if effect.read:
            wish["read"] = _words(effect.body, effect.about, effect.lang, line)
        sealed = seal(self.public_key, json.dumps(wish).encode())
        note = seal(self.public_key, in_words(effect).encode())
        known = {"about": effect.about, "lang": effect.lang, "best": effect.best}
        asking = Asking(caller, note)
        return self.inbox.keep_callback(
            call_sid, effect.number, sealed, self.now(), asking, **known
        )


def lacking(effect: CallerEffect, line: Line) -> str:
    """What an effect lacks that it cannot be done without; empty where it is whole."""
    match effect:
        case KeepCallback():
            words = not effect.read or effect.body or effect.about in line.topics
            asked = {
                "number": bool(ringable(effect.number)),
                "saying": bool(effect.saying),
                "best": bool(effect.best),
                "language": effect.lang in line.offered,
                "words": bool(words),
            }
            return next((name for name, told in asked.items() if not told), "")
        case SendText():
            if not effect.number:
                return "number"
            return "" if effect.body or effect.topic in line.topics else "words"
        case KeepVoicemail() | DeleteVoicemail():
            return "" if effect.recording else "recording"
        case HoldRingGroup():
            return ""
        case _:
            assert_never(effect)


def in_words(wish: KeepCallback) -> str:
    """How somebody wants to be rung who asks for a number that waits already; staff read it."""
    leave = "a message may be left" if wish.leave else "do not leave a message"
    saying = "the advice line" if wish.saying == "line" else "a friend"
    best = {"morning": "in the morning", "afternoon": "in the afternoon"}.get(wish.best, "any time")
    return f"Ring {best}; {leave}; if someone else answers, say you are {saying}."


def _words(body: str, topic: str, lang: str, line: Line) -> str:
    """What was worked out for this caller, or the topic's own text."""
    return body or line.words(lang).topics[topic].text
