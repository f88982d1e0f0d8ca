"""What a text asks for: a word of the menu, a question, a date, a call, or no more texts.

Owns what goes before what. Nothing is guessed: what could mean two things asks for the menu.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ivr.line.deadlines import Letter, odd
from ivr.line.model import Line
from ivr.texts.consent import WORDS, taken
from ivr.texts.days import MARK, Dates, dates_in
from ivr.texts.questions import AskedInText, Kind
from ivr.texts.signs import of_another_day
from ivr.texts.words import Lexicon, cleaned, long_ones, split

ALONE = (["stopall"], ["unsubscribe"])
"""Words of the carrier's that mean the same as a sentence among others; "stop" is one of the
content."""
SENTENCE = r"[.,!?;:\n]+"
LONGEST = 459
"""Characters of three parts: in a longer story, any one topic would be a guess."""
MENU = AskedInText("menu")
ODD: Mapping[str | None, Kind] = {
    "future": "date-future",
    "too-old": "date-old",
    "beyond-table": "date-beyond",
}
"""Why no last day is worked out, by what ``ivr.line.deadlines`` calls it."""


def asked(line: Line, body: str, today: date) -> AskedInText:
    """What somebody who texts ``body`` asks for. ``today``: in London."""
    text = cleaned(body)
    words = split(text)
    if carriers := _of_consent(body, words):
        return carriers
    lexicon = Lexicon(line)
    short = len(text) <= LONGEST
    mended = [lexicon.mended(word) for word in words] if short else words
    if lexicon.danger(words) or lexicon.danger(long_ones(words, mended)):
        return _with_wishes(lexicon, AskedInText("danger"), text, mended)
    if not short:
        return MENU
    months = line.words(line.languages[0]).pieces.written_months
    dates = dates_in(text, months, today)
    words = [lexicon.mended(word) for word in split(dates.rest)]
    if (dates.days or dates.month) and _of_a_letter(lexicon, words):
        return (
            _dated(line, dates, today) if _is_its_date(lexicon, dates) else AskedInText("ask-date")
        )
    return _with_wishes(lexicon, lexicon.nearest(words) or MENU, text, words)


def _of_consent(body: str, words: Sequence[str]) -> AskedInText | None:
    """One of the carrier's own words for STOP and START, and nothing beside it.

    "Stop!" is none to the carrier, which knows the bare word alone: we remember it and say so.
    """
    meant = WORDS.get(" ".join(words), "")
    if meant == "start" or (meant == "stop" and taken(body)):
        return AskedInText(meant)
    return AskedInText("no-more") if meant == "stop" else None


def _with_wishes(
    lexicon: Lexicon, found: AskedInText, text: str, words: Sequence[str]
) -> AskedInText:
    """What was found, with a wish for no more texts and one to be rung that hold beside it."""
    if found.kind not in ("danger", "ring", "no-more"):
        return found
    parts = [words, *map(split, re.split(SENTENCE, text))]
    stop = any(lexicon.wishes("no-more", part) or part in ALONE for part in parts)
    ring = any(lexicon.wishes("ring", part) for part in parts)
    if found.kind != "danger":
        found = AskedInText("no-more" if stop or found.kind == "no-more" else "ring")
    return replace(found, stop=stop, ring=ring)


def _of_a_letter(lexicon: Lexicon, words: list[str]) -> bool:
    """Whether nothing else is asked beside a date. A date of an exclusion has other limits."""
    signs, telling = lexicon.signs, set(lexicon.telling(words))
    of_a_child = telling & signs.child
    return telling <= lexicon.letter | signs.child and bool(
        not of_a_child or telling & signs.anchor
    )


def _is_its_date(lexicon: Lexicon, dates: Dates) -> bool:
    """Whether a date may be that of the letter: not a last day, and not when something was sent."""
    words = [lexicon.mended(word) for word in re.findall(rf"[^\W_]+|{MARK}", dates.rest)]
    return not of_another_day(lexicon.signs, lexicon.telling(words), MARK)


def _dated(line: Line, dates: Dates, today: date) -> AskedInText:
    if not dates.days:
        return AskedInText("ask-date")
    if len(set(dates.days)) > 1:
        return AskedInText("date-two")
    day = dates.days[0]
    if day is None:
        return AskedInText("date-odd")
    return AskedInText(ODD.get(odd(Letter(day), today, line.calendar), "date"), day=day)
