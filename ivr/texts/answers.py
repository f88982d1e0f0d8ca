"""What somebody who texts in is answered: at most two texts, each of at most 306 characters.

Owns which words go with what was asked. The last day to appeal is that of ``ivr.line.deadlines``,
in the words that a caller of the line gets as a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ivr.line.call import AGAIN
from ivr.line.deadlines import Letter, work_out
from ivr.line.model import Line
from ivr.line.wording import Wording
from ivr.texts.asked import asked
from ivr.texts.parts import segments
from ivr.texts.questions import AskedInText, Kind
from ivr.texts.words import open_to_texts

PHRASES: Mapping[Kind, str] = {
    "help": "sms_help",
    "no-more": "sms_no_more",
    "ask-date": "sms_ask_date",
    "date-odd": "sms_date_odd",
    "date-future": "sms_date_future",
    "date-old": "sms_date_old",
    "date-beyond": "sms_date_beyond",
    "date-two": "sms_date_two",
}
"""What has one answer, always the same."""
NOT_RUNG = {"cannot": "sms_cannot_ring", "full": "sms_ring_full"}
"""What is said of a call that is not taken down; of any other outcome, that it cannot be now."""


def answers(line: Line, wanted: AskedInText, today: date) -> tuple[str, ...]:
    """The texts for what was asked; none for STOP, which the carrier answers itself.

    Not for ``ring``: what is said of a call depends on whether it could be kept.
    """
    words = line.words(line.languages[0])
    match wanted.kind:
        case "stop":
            return ()
        case "topic":
            return (words.topics[wanted.topic].text,)
        case "date" if wanted.day:
            return _last_day(line, words, wanted.day, today)
        case "danger":
            return (words.say("sms_danger"), _menu(line, words))
    phrase = PHRASES.get(wanted.kind)
    return (words.say(phrase) if phrase else _menu(line, words),)


def answer(line: Line, body: str) -> str:
    """What a text without a date in it is answered first; empty where nothing is."""
    return next(iter(answers(line, asked(line, body, date.min), date.min)), "")


def shortest(line: Line, told: Sequence[str], mobile: bool) -> str:
    """One text in place of ``told``: its first, where that has one part; else where to ring.

    ``mobile``: whether it is for a UK mobile.
    """
    if segments(told[0]) == 1:
        return told[0]
    words = line.words(line.languages[0])
    return words.say("sms_not_now" if mobile else "sms_only_mobiles")


def ring_back(line: Line, outcome: str) -> tuple[str, ...]:
    """What is said of a call that was asked for: ``outcome`` is that of ``KeepCallback``, or
    ``cannot`` for a number that may not be rung."""
    words = line.words(line.languages[0])
    if outcome.startswith(AGAIN):
        return (words.say("sms_ring_again", reference=outcome.removeprefix(AGAIN)),)
    if outcome.isdigit():
        return (words.say("sms_ring", reference=outcome),)
    return (words.say(NOT_RUNG.get(outcome, "sms_cannot_note")),)


def _last_day(line: Line, words: Wording, letter: date, today: date) -> tuple[str, ...]:
    """The last day for a letter about the plan as a whole, and what was taken for granted."""
    found = work_out(Letter(letter), today, line.calendar)
    read_as = words.say("sms_read_as", date=words.written_date(letter))
    return (words.deadline_text(found), read_as)


def _menu(line: Line, words: Wording) -> str:
    """The words that may be texted, each with its number."""
    rows = [
        f"{number} {words.topics[name].keywords[0].upper()}"
        for number, name in enumerate(open_to_texts(line), start=1)
    ]
    return words.say("text_menu", choices=", ".join(rows))
