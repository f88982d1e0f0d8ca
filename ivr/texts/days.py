"""Dates in a text, in the ways that people in Britain write them: the day first.

Owns only the reading. What a date is of, the letter or something else, is in ``roles``; what may be
worked out from it in ``ivr.line.deadlines``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ivr.line.deadlines import day_of, made_date, month_of, year_of
from ivr.texts.slips import slipped

BEFORE, AFTER = r"(?<![\w£$€/.,:+-])", r"(?![\w/]|[.,:-]\d)"
GAP = r"[\s,./-]*"
YEAR = r"(?P<year>\d{4}|\d{2})"
NTH = r"(?:\s?(?:st|nd|rd|th))?"
OF = r"(?:of|de|do|den|the)"
ISO = r"(?P<year>\d{4})\s?[-/. ]\s?(?P<month>\d{1,2})\s?[-/. ]\s?(?P<day>\d{1,2})"
FIGURES = rf"(?P<day>\d{{1,2}}){NTH}\s?[-/.,_\\]\s?(?P<month>\d{{1,2}})\s?[-/.,_\\]\s?{YEAR}"
COUNTED = (
    rf"(?P<day>\d{{1,2}}){NTH} (?:of )?(?:the )?(?P<month>\d{{1,2}})(?:st|nd|rd|th),? "
    r"(?P<year>\d{4})"
)
ROMAN_NAMES = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
ROMAN = {name: at for at, name in enumerate(ROMAN_NAMES, start=1)}
SPACED = rf"(?P<day>\d{{1,2}}) (?P<month>\d{{1,2}}) {YEAR}"
CLOSE = r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})"
SHORT = r"(?P<day>\d{1,2})\s?[-/.]\s?(?P<month>\d{1,2})"
CLOCK = r"(?!\s?(?:am|pm|a\.m|p\.m|o'?clock|%))"
SAID_DATE = re.compile(r"\bdated?\b\W*(?:is\W*)?$")
YEARS_NEAR = (-2, 1)
"""Years from today's, within which six figures in a row are a date and not a reference."""
YEARS_BACK = 4
"""How far 29 February may lie back."""
NEAR_AHEAD = timedelta(weeks=13)
"""How near a day without a year is to come for last year's, over 9 months ago, not to be meant."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*"
SPOKEN_YEAR = r"\b(?:twenty|two thousand(?: and)?) twenty[ -]?(?P<last>[a-z]+)"
SHORTEST_MENDED = 5
"""Letters of a month's name that may be meant by a slip of it."""
SPOKEN_BEFORE_MAY = r"(?<!\bi )(?<!\bu )(?<!we )(?<!you )(?<!he )(?<!they )(?<!it )"


@dataclass(frozen=True, slots=True)
class Names:
    """How one language writes what dates are made of, in small plain letters.

    ``months``: each name with its number. ``nth`` and ``numbers``: the days of a month in words.
    """

    months: Mapping[str, int] = field(default_factory=dict)
    nth: Sequence[str] = ()
    numbers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as it stands in a text, from ``start`` to ``end``; ``day`` is None for one that the
    calendar does not have.

    ``sure``: written so that nothing else can be meant; "6/7" is not. ``weekday``: one that is
    named with it, from 0 for Monday.
    """

    start: int
    end: int
    day: date | None
    sure: bool = True
    weekday: int | None = None

    @property
    def misfit(self) -> bool:
        """Whether the weekday that is named is not that of the day."""
        if self.day is None or self.weekday is None:
            return False
        return self.day.weekday() != self.weekday


def in_figures(text: str, names: Names) -> str:
    """The same text with days that are written in words in figures, and slips of months mended."""
    text = re.sub(r"[^\W\d_]{5,}", lambda word: _mended(word[0], names.months), text)
    spoken = {word.replace("-", " "): number for number, word in enumerate(names.nth, start=1)}
    last = {word: number for number, word in enumerate(names.numbers, start=1)}
    for word in sorted(spoken, key=len, reverse=True):
        text = re.sub(rf"\b{word.replace(' ', '[ -]?')}\b", f"{spoken[word]}th", text)
    text = re.sub(SPOKEN_YEAR, lambda found: _spoken_year(found, last), text)
    months = _any_of(names.months)
    short = rf"\b({months}) twenty[ -]({_any_of(last)})\b"
    text = re.sub(short, lambda found: f"{found[1]} 20{20 + last[found[2]]}", text)
    counted = rf"\b({_any_of(last)})\b(?=\s(?:{OF}\s)?{months}\b)" if last else r"(?!)"
    return re.sub(counted, lambda found: str(last[found[1]]), text)


def dates_in(text: str, names: Names, today: date) -> tuple[WrittenDate, ...]:
    """The dates of a plain text, in the order in which they stand.

    One without a year is the last that is not to come, if that is not long ago.
    """
    found: list[WrittenDate] = []
    for pattern, sure, near in _patterns(names):
        for match in re.finditer(pattern, text):
            apart = all(match.end() <= each.start or match.start() >= each.end for each in found)
            if apart and (made := _made(match, text, names, today, sure=sure, near=near)):
                found.append(made)
    return tuple(sorted(found, key=lambda each: each.start))


def _patterns(names: Names) -> Iterator[tuple[str, bool, bool]]:
    """Every way to write a date, the surest first; whether it is sure, and must be a near one."""
    yield BEFORE + ISO + AFTER, True, False
    yield BEFORE + FIGURES + AFTER, True, False
    yield BEFORE + COUNTED + AFTER, True, False
    between = r"\s?[-/. ]\s?"
    roman = rf"(?P<day>\d{{1,2}}){between}(?P<month>{_any_of(ROMAN)}){between}{YEAR}"
    yield BEFORE + roman + AFTER, True, False
    month = rf"(?P<month>{_any_of(names.months)})"
    year = rf"(?:{GAP}(?:{OF}\s)?'?{YEAR}{CLOCK}(?![\d:]))?"
    day = rf"(?P<day>\d{{1,2}}){NTH}"
    before = r"(?P<year>\d{4})(?:\s?m\.?)?[\s,./-]+"
    yield rf"{BEFORE}{before}{month}[\s,./-]+{day}{CLOCK}(?![\w:])", True, False
    yield rf"{BEFORE}{day}{GAP}(?:{OF}\s+)?{month}(?![^\W\d_])\.?{year}", True, False
    first = rf"{SPOKEN_BEFORE_MAY}\b{month}\b\.?{GAP}(?:the\s+)?{day}{CLOCK}(?![\w:])"
    yield rf"{first}(?:[\s,]+{YEAR}{CLOCK}(?![\w:]))?", True, False
    yield BEFORE + SPACED + AFTER, True, True
    yield BEFORE + CLOSE + AFTER, True, True
    yield BEFORE + SHORT + CLOCK + AFTER, False, False


def _made(
    match: re.Match[str], text: str, names: Names, today: date, *, sure: bool, near: bool
) -> WrittenDate | None:
    parts = match.groupdict()
    year, end = parts.get("year"), match.end()
    if year and len(year) == 2 and parts["month"] in names.months and not _near(year, today):
        # "3 november 10 people": the figures behind a month's name are no year.
        year, end = None, match.start("year")
    day = _day(parts["day"], parts["month"], year, names.months, today)
    if near and not _near(year or "", today):
        return None
    if day is None and (not sure or (near and not SAID_DATE.search(text[: match.start()]))):
        # A reference or a telephone number, unless it is said to be a date.
        return None
    if text[end - 1] == ".":
        end -= 1
    return WrittenDate(match.start(), end, day, sure, _weekday(text, match.start(), end))


def _near(year: str, today: date) -> bool:
    first, last = YEARS_NEAR
    number = year_of(year, today)
    return number is not None and first <= number - today.year <= last


def _day(
    typed_day: str, typed_month: str, year: str | None, months: Mapping[str, int], today: date
) -> date | None:
    day, month = (
        day_of(typed_day),
        (months.get(typed_month) or ROMAN.get(typed_month) or month_of(typed_month)),
    )
    if day is None or month is None:
        return None
    if year:
        number = year_of(year, today)
        return made_date(day, month, number) if number else None
    ahead = made_date(day, month, today.year)
    if ahead and today < ahead < today + NEAR_AHEAD:
        return ahead
    years = range(today.year, today.year - YEARS_BACK - 1, -1)
    made = (made_date(day, month, number) for number in years)
    return next((each for each in made if each and each <= today), None)


def _weekday(text: str, start: int, end: int) -> int | None:
    before = re.search(rf"{WEEKDAY}[\s,.]*(?:the\s+)?$", text[:start])
    after = re.match(rf"[\s,.(]*{WEEKDAY}\b", text[end:])
    found = before or after
    return WEEKDAYS.index(found[1]) if found else None


def _spoken_year(found: re.Match[str], numbers: Mapping[str, int]) -> str:
    last = numbers.get(found["last"])
    return f"202{last}" if last and last < 10 else found[0]


def _mended(word: str, months: Mapping[str, int]) -> str:
    """A month's name where a slip of a finger made ``word`` of it."""
    if word in months:
        return word
    long = [name for name in months if len(name) >= SHORTEST_MENDED]
    meant = [name for name in long if slipped(word, name)]
    # One letter too many in a long name: no other word is so near.
    meant = meant or [name for name in long if len(name) > SHORTEST_MENDED and slipped(name, word)]
    return meant[0] if len({months[name] for name in meant}) == 1 else word


def _any_of(words: Iterable[str]) -> str:
    # The longest first, so that "june" is not read as "jun" with a letter left over.
    return rf"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True)) or '(?!)'})"
