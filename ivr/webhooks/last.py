"""What is said when all else fails, made at start, before anything can break.

Owns the last apology to a caller, and the last words to an adviser. Neither needs a database, the
content that is read later, or a state.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from ivr import twiml
from ivr.config import Settings
from ivr.line.hours import is_open
from ivr.line.model import Line
from ivr.store.live_settings import LiveSettingsCopy
from ivr.webhooks.guard import OVERRIDES
from ivr.webhooks.whisper import TAKE_WAIT

log = logging.getLogger(__name__)


def last_words(
    settings: Settings,
    line: Line,
    live_copy: LiveSettingsCopy,
    clock: Callable[[], datetime],
) -> Callable[[str], bytes]:
    """The apology in each language; for one that is not known, in the first.

    In opening hours the first adviser who is on duty is rung besides.
    """
    made = {lang: _in_language(settings, line, lang) for lang in line.languages}

    def words(lang: str) -> bytes:
        alone, ringing = made.get(lang, made[line.languages[0]])
        try:
            now, roster = clock(), live_copy.roster
            opened = is_open(line.hours, now, live_copy.override(now))
            group = roster.ring_group(line.ring_groups["adviser"])
            on_duty = group.on_duty(now) if opened else ()
            return next((ringing(roster.numbers[name]) for name in on_duty), alone)
        except Exception:
            log.exception("nobody can be rung for the last words")
            return alone

    return words


def _in_language(settings: Settings, line: Line, lang: str) -> tuple[bytes, Callable[[str], bytes]]:
    """The apology that begins anew, and what writes the one that rings a number."""
    voice = line.voices[lang]
    said = (line.words(lang).say("apology"), voice.say, voice.tag)
    start = f"{settings.base_url}/voice{OVERRIDES}"
    whisper = f"{settings.base_url}/desk{OVERRIDES}"

    def ringing(number: str) -> bytes:
        desk = twiml.LastDesk(number, settings.line_number, whisper)
        return twiml.last_words(*said, start, desk)

    return twiml.last_words(*said, start, None), ringing


def last_whisper(settings: Settings, line: Line) -> bytes:
    """What an adviser hears when nothing else can be made: who it is, and the key that takes it."""
    voice, words = line.voices[line.languages[0]], line.words(line.languages[0])
    said = f"{words.say('desk_caller')} {words.say('desk_take')}"
    action = f"{settings.base_url}/desk?on=key{OVERRIDES}"
    return twiml.last_whisper(said, voice.say, voice.tag, TAKE_WAIT, action)
