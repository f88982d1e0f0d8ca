"""The last day to appeal, and the last day to ring the mediation adviser.

Owns the sums about months, working days and time limits. Takes today and the bank holidays as
arguments: never asks a clock or a file. Says nothing to anybody: wording is elsewhere.
docs/deadlines.md lists every rule with its source, and whether it has been confirmed.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Literal

Kind = Literal["other", "placement-only", "not-sure"]
"""What the appeal is about: ``placement-only`` is only the school or college, its type, or that
none is named; ``not-sure`` counts as ``other``, where a certificate is needed (F69-F71)."""
Oddity = Literal[
    "future",
    "certificate-future",
    "certificate-before-letter",
    "too-old",
    "too-old-certified",
    "beyond-table",
]
"""Why no date may be given: the first three are asked again, the others go to a person.
``too-old-certified``: the letter is too old, and its certificate may still give time."""
Status = Literal["in-time", "safe-day-passed", "perhaps", "late"]
"""Today is up to the safe day; after it and up to the last day; after that, and up to the day that
a certificate may give; after the last day."""
Adviser = Literal["not-needed", "in-time", "today", "passed"]
"""``today``: the last working day has gone by, but the two months have not."""
Moved = Literal["", "weekend", "august", "christmas"]
"""Why a last day is not the day the months end; ``weekend`` covers bank holidays."""

MONTHS_FROM_LETTER = 2
"""For the mediation adviser (Reg 33) and for the appeal (Rule 20(1)(c))."""
MONTHS_FROM_CERTIFICATE = 1
"""Rule 20(1)(c)."""
OLDEST_MONTHS = 12
"""A letter older than this goes to a person. Our own caution, not the law."""
CERTIFICATE_WORKING_DAYS = 3
MEETING_DAYS = 30
"""Within which an adviser sends a certificate, and a council meets. Source: IPSEA."""

SATURDAY = 5
AUGUST = 8
ONE_DAY = timedelta(days=1)


class BeyondTable(ValueError):
    """A day for which the bank holidays are not known. No date may be given that rests on it."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """England's bank holidays, and the first and the last day for which they are known.

    Every method raises BeyondTable where it has to look at a day outside those two.
    """

    holidays: frozenset[date]
    first: date
    last: date

    def working(self, day: date) -> bool:
        """Not a Saturday, a Sunday or a bank holiday in England (Rule 1(3))."""
        if not self.first <= day <= self.last:
            raise BeyondTable(f"{day} is not from {self.first} to {self.last}")
        return day.weekday() < SATURDAY and day not in self.holidays

    def previous_working_day(self, day: date) -> date:
        """``day`` itself if it is a working day, otherwise the nearest one before it."""
        while not self.working(day):
            day -= ONE_DAY
        return day

    def next_working_day(self, day: date) -> date:
        """``day`` itself if it is a working day, otherwise the nearest one after it."""
        while not self.working(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """The ``n``th working day after ``day``, which is not counted itself."""
        for _ in range(n):
            day = self.next_working_day(day + ONE_DAY)
        return day


@dataclass(frozen=True, slots=True)
class Letter:
    """What a caller tells: the date printed on the letter and that printed on the certificate."""

    decision: date
    kind: Kind = "other"
    certificate: date | None = None

    @property
    def counted_certificate(self) -> date | None:
        """The certificate, where one counts: for ``placement-only`` two months stand alone."""
        return None if self.kind == "placement-only" else self.certificate

    @property
    def spare_certificate(self) -> date | None:
        """One that was not needed, and may give time all the same (rule 20(1)(c)(ii))."""
        spare = self.certificate if self.kind == "placement-only" else None
        return spare if spare and spare >= self.decision else None

    @property
    def needs_adviser(self) -> bool:
        """Whether a certificate is needed and not yet there."""
        return self.kind != "placement-only" and self.certificate is None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What was worked out from a letter, as of one day.

    ``adviser_by``: the two months for the mediation adviser; never moved.
    ``adviser_safe_day``: the last working day up to it; None where it is not said.
    ``raw``: when time to appeal ends, before rule 12 moves it.
    ``safe_day``: the last working day up to ``raw``: the one date that is told to a caller.
    ``last_day``: the last day on which an appeal is in time, as far as we can tell.
    ``perhaps_until``: a later day that a certificate may give which was not needed; else None.
    ``late_certificate``: whether it came after the two months, as it may where the adviser was
    rung too late.
    """

    adviser_by: date
    adviser_safe_day: date | None
    raw: date
    last_day: date
    safe_day: date
    status: Status
    adviser: Adviser
    moved: Moved
    perhaps_until: date | None = None
    late_certificate: bool = False


def odd(letter: Letter, today: date, calendar: Calendar) -> Oddity | None:
    """Why no date may be given for this letter today; None where ``work_out`` will answer."""
    try:
        if found := _oddity(letter, today, calendar):
            return found
        work_out(letter, today, calendar)
    except BeyondTable:
        return "beyond-table"
    return None


def work_out(letter: Letter, today: date, calendar: Calendar) -> Deadline:
    """Both time limits for a letter, as of ``today`` in London.

    Raises BeyondTable where a date falls outside the calendar, and ValueError for anything else
    that ``odd`` names.
    """
    if found := _oddity(letter, today, calendar):
        raise ValueError(found)
    adviser_by = add_months(letter.decision, MONTHS_FROM_LETTER)
    adviser_safe_day = calendar.previous_working_day(adviser_by)
    raw = _raw(letter)
    safe_day = calendar.previous_working_day(raw)
    last_day, moved = _roll(raw, calendar)
    until = _certificates_day(letter.spare_certificate, calendar)
    perhaps = until if until and until > last_day else None
    counted, needed = letter.counted_certificate, letter.needs_adviser
    return Deadline(
        adviser_by=adviser_by,
        adviser_safe_day=adviser_safe_day if needed else None,
        raw=raw,
        last_day=last_day,
        safe_day=safe_day,
        status=_status(today, safe_day, last_day, perhaps),
        adviser=_adviser(today, adviser_safe_day, adviser_by) if needed else "not-needed",
        moved=moved,
        perhaps_until=perhaps,
        late_certificate=bool(counted and counted > adviser_by),
    )


def add_months(day: date, n: int) -> date:
    """The same day number ``n`` calendar months on, or the last day of a month that is too short.

    Never 30 or 60 days. Source: IPSEA's examples; HMCTS's test for 31 December. Raises
    BeyondTable after the year 9999.
    """
    years, months = divmod(day.month - 1 + n, 12)
    year, month = day.year + years, months + 1
    if year > MAXYEAR:
        raise BeyondTable(f"{n} months after {day}")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def certificate_expected(told: date, calendar: Calendar) -> date:
    """When a certificate should have come, if the adviser was told "no" on the day ``told``.

    Something to expect, not a time limit (IPSEA). Raises BeyondTable.
    """
    return calendar.add_working_days(told, CERTIFICATE_WORKING_DAYS)


def meeting_expected(asked: date) -> date:
    """By when a meeting that was asked for on ``asked`` should be: 30 calendar days, not moved.

    Something to expect, not a time limit: once it has gone by, the adviser owes a certificate
    (IPSEA).
    """
    return asked + timedelta(days=MEETING_DAYS)


def day_of(typed: str) -> int | None:
    """The day of a month that was typed with one or two digits; None where there is no such day."""
    return _number(typed, 31)


def month_of(typed: str) -> int | None:
    """The month that was typed with one or two digits; None where there is no such month."""
    return _number(typed, 12)


def year_of(typed: str, today: date) -> int | None:
    """The year of today's century that was typed with two or four digits, else None.

    1926 and 2206 are slips of a finger: they are asked again, and not taken as old or future.
    """
    century = today.year // 100
    if not _digits(typed) or len(typed) not in (2, 4):
        return None
    return int(f"{century}{typed[-2:]}") if typed[:-2] in ("", str(century)) else None


def made_date(day: int, month: int, year: int) -> date | None:
    """The date of these three; None where the calendar has none, such as 31 February."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _oddity(letter: Letter, today: date, calendar: Calendar) -> Oddity | None:
    """What is odd about the dates told, whatever is worked out from them. The letter comes first.

    A certificate that is older than the letter is odd only where one is needed.
    """
    certificate, counted = letter.certificate, letter.counted_certificate
    if letter.decision > today:
        return "future"
    if certificate and certificate > today:
        return "certificate-future"
    if counted and counted < letter.decision:
        return "certificate-before-letter"
    if today <= add_months(letter.decision, OLDEST_MONTHS):
        return None
    until = _certificates_day(certificate, calendar)
    return "too-old-certified" if until and today <= until else "too-old"


def _certificates_day(certificate: date | None, calendar: Calendar) -> date | None:
    """The last day that a certificate may give by itself (Rules 20(1)(c)(ii) and 12)."""
    if certificate is None:
        return None
    return _roll(add_months(certificate, MONTHS_FROM_CERTIFICATE), calendar)[0]


def _raw(letter: Letter) -> date:
    """Two months from the letter, or one from the certificate if later (Rule 20(1)(c))."""
    raw = add_months(letter.decision, MONTHS_FROM_LETTER)
    if letter.counted_certificate:
        raw = max(raw, add_months(letter.counted_certificate, MONTHS_FROM_CERTIFICATE))
    return raw


def _roll(raw: date, calendar: Calendar) -> tuple[date, Moved]:
    """The day on which an appeal is still in time, and why (Rule 12(2) and 12(3)(a)).

    Looks once, at ``raw``: a Saturday 31 July moves to Monday 2 August, not to September.
    """
    start, why = _after_closed_season(raw)
    last_day = calendar.next_working_day(start)
    return last_day, why if last_day != raw else ""


def _after_closed_season(raw: date) -> tuple[date, Moved]:
    """1 September for August, 2 January for 25 December to 1 January (Rule 12(3)(a))."""
    if raw.month == AUGUST:
        return date(raw.year, 9, 1), "august"
    if (raw.month, raw.day) >= (12, 25):
        return date(raw.year + 1, 1, 2), "christmas"
    if (raw.month, raw.day) == (1, 1):
        return date(raw.year, 1, 2), "christmas"
    return raw, "weekend"


def _status(today: date, safe_day: date, last_day: date, perhaps: date | None) -> Status:
    if today <= safe_day:
        return "in-time"
    if today <= last_day:
        return "safe-day-passed"
    return "perhaps" if perhaps and today <= perhaps else "late"


def _adviser(today: date, safe_day: date, by: date) -> Adviser:
    if today <= safe_day:
        return "in-time"
    return "today" if today <= by else "passed"


def _number(typed: str, most: int) -> int | None:
    if not _digits(typed) or len(typed) > 2:
        return None
    number = int(typed)
    return number if 1 <= number <= most else None


def _digits(typed: str) -> bool:
    return typed.isascii() and typed.isdigit()
