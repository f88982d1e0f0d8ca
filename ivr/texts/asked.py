"""What a text asks for: a word of the menu, a question, a date, a call, or no more texts.

Owns what goes before what. Nothing is guessed: what could mean two things asks for the menu.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ivr.dates import Letter, odd
from ivr.line import Line
from ivr.texts.days import Dates, dates_in
from ivr.texts.questions import Asked, Kind
from ivr.texts.words import Lexicon, cleaned, split

CARRIERS_OWN: Mapping[str, Kind] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit"), "stop"),
    **dict.fromkeys(("start", "unstop"), "start"),
}
"""Words that Twilio itself acts on and answers."""
LONGEST = 459
"""Characters of three parts: in a longer story, any one topic would be a guess."""
MENU = Asked("menu")
ODD: Mapping[str | None, Kind] = {
    "future": "date-future",
    "too-old": "date-old",
    "beyond-table": "date-beyond",
}
"""Why no last day is worked out, by what ``ivr.dates`` calls it."""


def asked(line: Line, body: str, today: date) -> Asked:
    """What somebody who texts ``body`` asks for. ``today``: in London."""
    text = cleaned(body)
    words = split(text)
    if carriers := CARRIERS_OWN.get(" ".join(words)):
        return Asked(carriers)
    lexicon = Lexicon(line)
    if lexicon.danger(words):
        return Asked("danger")
    if len(text) > LONGEST:
        return MENU
    months = line.words(line.languages[0]).pieces.written_months
    dates = dates_in(text, months, today)
    words = [lexicon.mended(word) for word in split(dates.rest)]
    if (dates.days or dates.month) and _of_a_letter(lexicon, words):
        return _dated(line, dates, today)
    return lexicon.nearest(words) or MENU


def _of_a_letter(lexicon: Lexicon, words: list[str]) -> bool:
    """Whether nothing else is asked beside a date. A date of an exclusion has other limits."""
    return all(word in lexicon.letter for word in lexicon.telling(words))


def _dated(line: Line, dates: Dates, today: date) -> Asked:
    if not dates.days:
        return Asked("ask-date")
    if len(set(dates.days)) > 1:
        return Asked("date-two")
    day = dates.days[0]
    if day is None:
        return Asked("date-odd")
    return Asked(ODD.get(odd(Letter(day), today, line.calendar), "date"), day=day)
