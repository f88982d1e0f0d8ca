"""The mediation certificate in a text: the answer to whether there is one, and its date beside that
of the letter.

Owns how both are read. A last day rests on them, so that in doubt there is no certificate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ivr.line.deadlines import Letter, odd
from ivr.line.model import Line
from ivr.texts.cleaning import cleaned, listed, plain, words_of
from ivr.texts.days import WrittenDate, dates_in, in_figures
from ivr.texts.questions import AskedInText, Questions

YES = listed("yes yep yeah yea yh ya y aye ok got have")
NO = listed("no nope nah n not havent havnt none dont")
MOST_WORDS_OF_YES = 12
ITS_DATE = re.compile(
    r"(?:\b(?:and|with|plus|the|my|our|a|have|got|mediation|med)\b[\s,]*)*\bcert(?:ificate|if)?\b[\s:,-]*"
    r"(?:(?:is|was|dated|date|from|of|on|the|its|says)\b[\s:,-]*)*$"
)
"""The words before a date that is a certificate's."""
NONE_YET = re.compile(
    r"\b(?:no|not|without|apply|applied|applying|ask\w*|request\w*|wait\w*|need\w*|expir\w*|until"
    r"|due|lost|before|by|get|getting)\b"
)
NAMES_LETTER = re.compile(r"\b(?:lett?er|decision|refusal)\b")


def answers_question(body: str) -> bool:
    """Whether a text may be the answer to a question: it begins with yes or no."""
    return bool(words_of(plain(cleaned(body)))[:1] and _yes_or_no(body))


def answer_of(
    line: Line, questions: Questions, body: str, today: date, letter: date
) -> AskedInText | None:
    """The answer to whether there is a mediation certificate."""
    said = _yes_or_no(body)
    if not said:
        return None
    dates = dates_in(in_figures(plain(cleaned(body)), questions.names), questions.names, today)
    if said == "no":
        return AskedInText("certificate", day=letter) if not dates else None
    if len(dates) != 1:
        return AskedInText("certificate-odd", day=letter)
    day = dates[0].day
    if day is None or odd(Letter(letter, certificate=day), today, line.calendar):
        return AskedInText("certificate-odd", day=letter)
    return AskedInText("certificate", day=letter, other_day=day)


def _yes_or_no(body: str) -> str:
    words = words_of(plain(cleaned(body)))
    if not words or len(words) > MOST_WORDS_OF_YES:
        return ""
    first = [
        word for word in words[:3] if word not in ("i", "ive", "we", "weve", "do", "sorry", "hi")
    ]
    if first[:1] and first[0] in NO:
        return "no"
    return "yes" if first[:1] and first[0] in YES else ""


def beside_letter(text: str, dates: Sequence[WrittenDate]) -> tuple[date, str] | None:
    """The date of a certificate, and the text without it, where the rest names the letter."""
    for each in dates:
        named = ITS_DATE.search(text[: each.start])
        if not named or not each.day or not each.sure or each.misfit:
            continue
        rest = text[: named.start()].rstrip() + " " + text[each.end :].lstrip()
        if NAMES_LETTER.search(rest) and not NONE_YET.search(text):
            return each.day, rest
    return None
