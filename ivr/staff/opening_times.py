"""Opening times as people write them: ``9am to noon``, ``9-12 and 1-5``.

Owns which ways of writing are read, and what is said of those that are not. What may be morning or
evening is never guessed.
"""

from __future__ import annotations

import re
from datetime import time
from itertools import product

from wtforms import Form, StringField, ValidationError

from ivr.content.edit import typed
from ivr.line.hours import Spans, written

LIKE = "write times like 09:00-17:00, 9am to 5pm or 9-12 and 1-5"
NONE = f"{LIKE}, the earlier one first. Empty is closed."
IN_TURN = f"{LIKE}: one after another, none over the next."
TWELVE = "12am may be noon or midnight. Write noon or midnight."
HALF, DAY = 12 * 60, 24 * 60
"""Minutes."""
OFFICE = (8 * 60, 18 * 60)
"""When an office is open: of two readings the only one within these is meant."""
CLOSED = frozenset({"", "closed", "shut", "none", "-"})
PLAIN = (
    (re.compile(r"[‐‑‒–—―−]|\b(?:to|til|till|until)\b"), "-"),
    (re.compile(r"(?<=\d)\s?([ap])\.?\s?m\b\.?"), r"\1"),
    (re.compile(r"(?:\b12(?:[:.]00)?\s?)?\b(?:noon|mid-?day)\b"), "12n"),
    (re.compile(r"(?:\b12(?:[:.]00)?\s?)?\bmidnight\b"), "12x"),
    (re.compile(r"\bo'?clock\b|\bfrom\b"), ""),
)
"""What is written in several ways, in one. Midday first loses its dash, then is a time."""
BETWEEN = re.compile(r",|;|&|\+|/|\band\b|\bthen\b")
TIME = r"(\d{1,2})(?:[:.]?(\d\d))?\s*([apnx]?)"
SPAN = re.compile(rf"\s*{TIME}\s*-+\s*{TIME}\s*", re.ASCII)


def read_times(words: str) -> Spans:
    """The opening times of a day. Raises ValueError, worded as what to do."""
    plain = typed(words).lower()
    if plain in CLOSED:
        return ()
    for pattern, by in PLAIN:
        plain = pattern.sub(by, plain)
    spans: list[tuple[int, int]] = []
    for each in filter(str.strip, BETWEEN.split(plain)):
        spans.append(_span(each, spans[-1][1] if spans else 0))
    return tuple(map(_clock, spans))


def as_kept(words: str) -> list[str]:
    """The same as the file has them."""
    return written(read_times(words))


def readable(form: Form, field: StringField) -> None:
    """A validator: refuse what are no opening times, at the field."""
    try:
        read_times(field.data or "")
    except ValueError as error:
        raise ValidationError(f"{field.label.text}: {error}") from None


def _span(words: str, since: int) -> tuple[int, int]:
    """One span, in minutes of the day, not before ``since``."""
    if not (found := SPAN.fullmatch(words)):
        raise ValueError(NONE)
    hour, minute, mark, *end = (each or "" for each in found.groups())
    if ("12", "a") in ((hour, mark), (end[0], end[2])):
        raise ValueError(TWELVE)
    # A clock of 24 hours shows at one of the two, and then goes for both.
    exact = any(not m and (h[0] == "0" or int(h) > 12) for h, m in ((hour, mark), (end[0], end[2])))
    ends = _readings(*end, exact=exact)
    ends |= {DAY} if {0, HALF} <= ends or ends == {0} else set()
    starts = _readings(hour, minute, mark, exact=exact)
    could = sorted((a, b) for a, b in product(starts, ends) if a < b <= DAY)
    if not could:
        raise ValueError(NONE)
    return _meant([each for each in could if each[0] >= since])


def _meant(could: list[tuple[int, int]]) -> tuple[int, int]:
    """The one reading that is meant."""
    if not could:
        raise ValueError(IN_TURN)
    usual = [each for each in could if OFFICE[0] <= each[0] and each[1] <= OFFICE[1]]
    for only in (could, usual):
        if len(only) == 1:
            return only[0]
    either = " or ".join(written(tuple(map(_clock, could))))
    raise ValueError(f"this may be {either}. Write the one you mean.")


def _readings(hour: str, minute: str, mark: str, *, exact: bool) -> set[int]:
    """The minutes of the day that a time may stand for; none for what is no time."""
    at, hours = int(hour) * 60 + int(minute or 0), int(hour)
    if int(minute or 0) > 59 or at > DAY or (mark == "a" and hours > 12):
        return set()
    if mark == "x":
        return {0}
    early = at % HALF
    if mark == "a":
        return {early}
    if mark:
        return {early + HALF if hours <= 12 else at}
    return {at} if exact else {early, early + HALF}


def _clock(span: tuple[int, int]) -> tuple[time, time]:
    start, end = (time(each // 60 % 24, each % 60) for each in span)
    return start, end
