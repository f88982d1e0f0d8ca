"""What somebody who texts in is answered: at most two texts, each of at most 306 characters.

Owns which words go with what was asked. The last day to appeal is that of ``ivr.line.deadlines``,
in the words that a caller of the line gets as a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from ivr.line.call import AGAIN
from ivr.line.deadlines import Letter, work_out
from ivr.line.doorways import DOORWAY_TEXT
from ivr.line.model import Line
from ivr.line.wording import Wording
from ivr.texts.cleaning import cleaned
from ivr.texts.keywords import open_to_texts
from ivr.texts.parts import segments
from ivr.texts.questions import AskedInText, Kind

MOST_TEXTS = 2
PHRASES: Mapping[Kind, str] = {
    "help": "sms_help",
    "late": "sms_too_late",
    "language": "sms_language",
    "picture": "sms_picture",
    "thanks": "sms_thanks",
    "ask-date": "sms_ask_date",
    "date-other": "sms_ask_top",
    "date-odd": "sms_date_odd",
    "date-future": "sms_date_future",
    "date-old": "sms_date_old",
    "date-beyond": "sms_date_beyond",
    "date-two": "sms_date_two",
    "certificate-odd": "sms_ask_certificate",
}
"""What has one answer, always the same."""
NOT_RUNG = {"cannot": "sms_cannot_ring", "full": "sms_ring_full"}
"""What is said of a call that is not taken down; of any other outcome, that it cannot be now."""
SERVICE: Mapping[str, str] = {
    r"\b(?:cost\w*|charg\w*|pay|paid|free|money|fees?|price\w*|credit)\b|£": "sms_free",
    r"\b(?:open\w*|hours|clos\w*|weekends?|what time|bank holiday)\b": "sms_open",
    r"\b(?:come with|with me|go with|attend|fill (?:it|this|the form|in))\b": "sms_come",
    r"\b(?:who|council|robot|computer|real|confidential|private|tell|know)\b": "sms_who",
    r"\b(?:where|address|office|based)\b": "sms_where",
}
"""Questions about ourselves, by a word of each; any other gets the topic."""


def answers(line: Line, wanted: AskedInText, today: date, body: str = "") -> tuple[str, ...]:
    """The texts for what was asked; none for STOP, which the carrier answers itself.

    Nothing of a call that is wanted: what is said of it depends on whether it could be kept.
    """
    if wanted.kind == "stop":
        return ()
    words = line.words(wanted.lang or line.languages[0])
    told = tuple(_told(line, words, wanted, today, body))
    return tuple(dict.fromkeys(told))[:MOST_TEXTS]


def ring_back(line: Line, outcome: str) -> tuple[str, ...]:
    """What is said of a call that was asked for: ``outcome`` is that of ``KeepCallback``, or
    ``cannot`` for a number that may not be rung."""
    words = line.words(line.languages[0])
    if outcome.startswith(AGAIN):
        return (words.say("sms_ring_again", reference=outcome.removeprefix(AGAIN)),)
    if outcome.isdigit():
        return (words.say("sms_ring", reference=outcome),)
    return (words.say(NOT_RUNG.get(outcome, "sms_cannot_note")),)


def whole(line: Line, wanted: AskedInText, today: date, body: str, outcome: str) -> tuple[str, ...]:
    """Everything that is answered, with what became of a call that is wanted.

    To who wants no more texts: once that they end. Nothing at all where somebody else reads the
    phone of who is in danger and wants no texts.
    """
    if wanted.stop and wanted.danger:
        return () if wanted.seen else _danger(line)
    told = answers(line, wanted, today, body)
    if wanted.ring:
        door = line.doorways.get(wanted.language)
        noted = outcome.removeprefix(AGAIN).isdigit()
        own = (door.says["doorway_noted"],) if door and noted and not wanted.danger else ()
        told = (told[:1] if wanted.danger else ()) + own + ring_back(line, outcome) + told
    told = tuple(dict.fromkeys(told))[:MOST_TEXTS]
    return told[:1] if wanted.stop else told


def shortest(line: Line, told: Sequence[str], mobile: bool) -> str:
    """One text in place of ``told``: its first, where that has one part; else where to ring.

    ``mobile``: whether it is for a UK mobile.
    """
    if segments(told[0]) == 1:
        return told[0]
    words = line.words(line.languages[0])
    return words.say("sms_not_now" if mobile else "sms_only_mobiles")


def _told(line: Line, words: Wording, wanted: AskedInText, today: date, body: str) -> Iterator[str]:
    """Every answer there is, the most urgent first."""
    if wanted.danger:
        yield from _danger(line)
    if wanted.stop and not wanted.ring:
        yield words.say("sms_no_more")
    if wanted.cancel:
        yield words.say("sms_cancelled")
    elif wanted.unsure:
        yield words.say("sms_ask_ring")
    elif wanted.no_ring:
        yield words.say("sms_not_ringing")
    yield from _rest(line, words, wanted, today, body)


def _rest(line: Line, words: Wording, wanted: AskedInText, today: date, body: str) -> Iterator[str]:
    door = line.doorways.get(wanted.language)
    if wanted.dated:
        yield words.say(PHRASES[wanted.dated])
    match wanted.kind:
        case "topic":
            yield _topic(line, words, wanted, body)
        case "date" if wanted.day:
            yield from _last_day(line, words, wanted.day, wanted.other_day, today)
        case "certificate" if wanted.day:
            letter = Letter(wanted.day, certificate=wanted.other_day)
            yield _worked_out(line, words, letter, today)
        case "date-weekday" if wanted.day:
            yield words.say("sms_weekday", date=words.written_date(wanted.day))
        case "nothing":
            if wanted.danger:
                yield door.says[DOORWAY_TEXT] if door else menu(line, words)
        case "language" if door:
            yield door.says[DOORWAY_TEXT]
        case "language" if wanted.lang:
            yield menu(line, words)
        case _:
            phrase = PHRASES.get(wanted.kind)
            if wanted.kind == "language" and line.interpreters:
                phrase = "sms_language_interpreter"
            yield words.say(phrase) if phrase else menu(line, words)


def _danger(line: Line) -> tuple[str, ...]:
    words = line.words(line.languages[0])
    if line.talking:
        return (words.say("sms_danger_talk", number=line.talking),)
    return (words.say("sms_danger"),)


def _topic(line: Line, words: Wording, wanted: AskedInText, body: str) -> str:
    """A topic as a text, without the opening words for who has rung."""
    if wanted.topic == line.contact and body:
        for asked, phrase in SERVICE.items():
            if re.search(asked, cleaned(body)):
                return words.say(phrase)
    return _of_a_text(words, words.topics[wanted.topic].text)


def _of_a_text(words: Wording, told: str) -> str:
    return told.replace(words.say("sms_opening"), words.say("sms_opening_text"), 1)


def _last_day(
    line: Line, words: Wording, letter: date, certificate: date | None, today: date
) -> tuple[str, ...]:
    """The last day for a letter about the plan as a whole, and what was taken for granted."""
    told = _worked_out(line, words, Letter(letter, certificate=certificate), today)
    read = words.written_date(letter)
    if not certificate:
        return told, words.say("sms_read_as", date=read)
    issued = words.written_date(certificate)
    return told, words.say("sms_read_both", date=read, certificate=issued)


def _worked_out(line: Line, words: Wording, letter: Letter, today: date) -> str:
    return words.deadline_text(work_out(letter, today, line.calendar), dated=letter.decision)


def menu(line: Line, words: Wording) -> str:
    """The words that may be texted, each with its number."""
    rows = [
        f"{number} {words.topics[name].keywords[0].upper()}"
        for number, name in enumerate(open_to_texts(line), start=1)
    ]
    return words.say("text_menu", choices=", ".join(rows))
