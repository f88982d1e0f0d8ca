"""Dates in a text, in the ways that people in Britain write them: the day first.

Owns only the reading. What may be worked out from a date is in ``ivr.line.deadlines``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ivr.line.deadlines import day_of, made_date, month_of, year_of
from ivr.texts.words import SHORTEST_MENDED, slipped

BEFORE, AFTER = r"(?<![\w/.-])", r"(?![\w/]|[.-]\d)"
YEAR = r"(?P<year>\d{4}|\d{2})"
GAP, SOME = r"[\s,./-]*", r"[\s,./-]+"
NUMERIC = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    rf"(?P<day>\d{{1,2}})\s?[-/.\s]\s?(?P<month>\d{{1,2}})\s?[-/.\s]\s?{YEAR}",
)
WITHOUT_YEAR = r"(?P<day>\d{1,2})\s?[-/]\s?(?P<month>\d{1,2})"
ORDINAL = r"(?P<day>\d{1,2})(?:[a-z]{2})?"
MARK = "§"
"""What stands for a date that was read; no word holds it."""
SHORTEST_NAME = 3
"""Letters of a month's name by which it is known."""
YEARS_BACK = 4
"""How far 29 February may lie back."""


@dataclass(frozen=True, slots=True)
class Dates:
    """What was read: each date, None for one that cannot be, and the text with MARK for each.

    ``month``: whether a month is named without a day.
    """

    days: tuple[date | None, ...]
    rest: str
    month: bool = False


def dates_in(text: str, months: Sequence[str], today: date) -> Dates:
    """The dates of a cleaned text. One without a year is the last that is not to come.

    ``months``: their names from January on; three letters of one are enough.
    """
    text = text.replace(MARK, " ")
    names = {each.casefold(): number for number, each in enumerate(months, start=1)}
    text = re.sub(r"[^\W\d_]+", lambda word: _mended(word[0], names), text)
    short = {name[:size]: number for name, number in names.items() for size in (SHORTEST_NAME, 4)}
    numbers = short | names
    days: list[date | None] = []

    def read(found: re.Match[str]) -> str:
        days.append(_day(found.groupdict(), numbers, today))
        return f" {MARK} "

    for pattern in _patterns(numbers):
        text = re.sub(BEFORE + pattern + AFTER, read, text)
    rest, named = re.subn(_month_alone(names, numbers), " ", text)
    return Dates(tuple(days), rest, bool(named))


def _month_alone(names: Mapping[str, int], numbers: Mapping[str, int]) -> str:
    """A month that stands without a day. "May" is more often another word."""
    long = (name for name in names if len(name) > SHORTEST_NAME)
    return rf"\b(?:{_any_of(numbers)}\s+\d{{4}}|{_any_of(long)})\b"


def _any_of(words: Iterable[str]) -> str:
    # The longest first, so that "june" is not read as "jun" with a letter left over.
    return rf"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


def _patterns(numbers: Mapping[str, int]) -> tuple[str, ...]:
    """Every way to write a date, the surest first."""
    month = rf"(?P<month>{_any_of(numbers)})"
    worded = rf"{ORDINAL}{GAP}(?:[a-z]{{2}}\s+)?{month}(?:{GAP}{YEAR})?"
    return (*NUMERIC, worded, rf"{month}{GAP}{ORDINAL}(?:{SOME}{YEAR})?", WITHOUT_YEAR)


def _mended(word: str, names: Mapping[str, int]) -> str:
    """A month's name where a slip of a finger made ``word`` of it."""
    near = [name for name in names if len(name) >= SHORTEST_MENDED and slipped(word, name)]
    return near[0] if len(near) == 1 and word not in names else word


def _day(found: Mapping[str, str | None], numbers: Mapping[str, int], today: date) -> date | None:
    typed = found["month"] or ""
    day, month = day_of(found["day"] or ""), numbers.get(typed) or month_of(typed)
    if day is None or month is None:
        return None
    if written := found.get("year"):
        year = year_of(written, today)
        return made_date(day, month, year) if year else None
    years = range(today.year, today.year - YEARS_BACK - 1, -1)
    made = (made_date(day, month, year) for year in years)
    return next((each for each in made if each and each <= today), None)
