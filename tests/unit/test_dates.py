"""The dates: every example of the reference, what must always hold, and what is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.content.build import calendar
from ivr.line.deadlines import (
    BeyondTable,
    Calendar,
    Letter,
    add_months,
    certificate_expected,
    day_of,
    made_date,
    meeting_expected,
    month_of,
    odd,
    work_out,
    year_of,
)
from tests.support.deadlines import VECTORS
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "deadlines.md"
DAY = timedelta(days=1)
day = date.fromisoformat

LISTED = """
2025-12-25 2025-12-26
2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29
"""
"""England's bank holidays on weekdays, typed by hand: what is shipped is held against them."""
HOLIDAYS = frozenset(map(day, LISTED.split()))
TABLE = Calendar(HOLIDAYS, day("2025-12-25"), day("2028-06-30"))


def letter_of(decision: str, certificate: str = "-", kind: str = "other") -> Letter:
    return Letter(day(decision), kind, None if certificate == "-" else day(certificate))


def worked(letter: Letter, today: str | date = "", table: Calendar = TABLE):
    """The deadline today, or on the day of the newest paper."""
    newest = max(letter.decision, letter.certificate or letter.decision)
    return work_out(
        letter, day(today) if isinstance(today, str) and today else today or newest, table
    )


def check(letter: Letter, expected: list[str], table: Calendar) -> None:
    """The five dates; a day for the adviser is worked out but not said where there is a certificate."""
    by, safe_by, raw, safe, last = map(day, expected)
    found = worked(letter, table=table)
    assert (found.adviser_by, found.raw, found.safe_day, found.last_day) == (by, raw, safe, last)
    assert table.previous_working_day(found.adviser_by) == safe_by
    assert found.adviser_safe_day == (None if letter.certificate else safe_by)


# -- The examples


@pytest.mark.parametrize("row", VECTORS.values(), ids=VECTORS)
def test_every_example_of_the_reference(row):
    decision, certificate, *expected = row.split()
    check(letter_of(decision, certificate), expected, TABLE)


def rows_of_the_page() -> list[list[str]]:
    """The examples of docs/deadlines.md, without the header."""
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| \w{3} \d{4}-", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", rows_of_the_page(), ids=lambda row: " ".join(row[:2]))
def test_every_example_on_the_page_is_what_the_sums_say(row):
    cells = [cell.strip("()") for cell in row[:7]]
    for cell in cells:
        assert cell == "-" or f"{day(cell[4:]):%a}" == cell[:3], f"{cell} is another weekday"
    dates = [cell[4:] or "-" for cell in cells]
    check(letter_of(*dates[:2]), dates[2:], calendar())
    assert row[3].startswith("(") is (row[1] != "-"), "in brackets where there is a certificate"


def test_the_page_has_every_example_of_the_reference():
    shown = {
        " ".join(cell.strip("()")[4:] or "-" for cell in row[:7]) for row in rows_of_the_page()
    }
    assert shown >= set(VECTORS.values())


@pytest.mark.parametrize(
    ("decision", "raw", "last"),
    [
        ("2027-05-31", "2027-07-31", "2027-08-02"),
        ("2023-10-24", "2023-12-24", "2023-12-27"),
        ("2026-06-01", "2026-08-01", "2026-09-01"),
        ("2026-06-29", "2026-08-29", "2026-09-01"),
        ("2026-07-01", "2026-09-01", "2026-09-01"),
        ("2026-11-02", "2027-01-02", "2027-01-04"),
        ("2025-10-31", "2025-12-31", "2026-01-02"),
        ("2025-11-01", "2026-01-01", "2026-01-02"),
    ],
    ids=[
        "Saturday 31 July",
        "Sunday 24 December",
        "1 August",
        "29 August",
        "1 September",
        "2 January",
        "31 December, and 2 January is a Friday",
        "1 January, and 2 January is a Friday",
    ],
)
def test_a_roll_looks_once_at_the_day_the_months_end(decision, raw, last):
    found = worked(letter_of(decision), table=calendar())
    assert (found.raw, found.last_day) == (day(raw), day(last))


@pytest.mark.parametrize(
    ("decision", "moved"),
    [("2026-10-01", ""), ("2026-11-23", "weekend"), ("2027-01-26", "weekend"),
     ("2026-06-15", "august"), ("2026-10-25", "christmas"), ("2026-11-01", "christmas")],
    ids=["not moved", "weekend", "bank holiday", "August", "Christmas Day", "1 January"],
)  # fmt: skip
def test_why_a_last_day_moved(decision, moved):
    assert worked(letter_of(decision)).moved == moved


# -- Today


@pytest.mark.parametrize(
    ("today", "status", "adviser"),
    [
        ("2026-08-13", "in-time", "in-time"),
        ("2026-08-14", "in-time", "in-time"),
        ("2026-08-15", "safe-day-passed", "today"),
        ("2026-08-16", "safe-day-passed", "passed"),
        ("2026-08-31", "safe-day-passed", "passed"),
        ("2026-09-01", "safe-day-passed", "passed"),
        ("2026-09-02", "late", "passed"),
    ],
    ids=["before the safe day", "on it", "after it, on the two months", "after the two months",
         "before the last day", "on it again", "after it"],
)  # fmt: skip
def test_each_status_begins_and_ends_on_its_day(today, status, adviser):
    found = worked(letter_of("2026-06-15"), today)
    assert (found.status, found.adviser) == (status, adviser)


@pytest.mark.parametrize(
    ("today", "status"),
    [("2026-12-29", "in-time"), ("2026-12-30", "safe-day-passed"), ("2027-01-04", "safe-day-passed"),
     ("2027-01-05", "late")],
    ids=["on the safe day", "the day after", "on the last day", "the day after that"],
)  # fmt: skip
def test_with_a_certificate_only_the_appeal_has_a_status(today, status):
    found = worked(letter_of("2026-10-01", "2026-11-29"), today)
    assert (found.status, found.adviser, found.adviser_safe_day) == (status, "not-needed", None)


# -- What is odd


@pytest.mark.parametrize(
    ("letter", "today", "oddity"),
    [
        (letter_of("2026-10-01"), "2026-10-01", None),
        (letter_of("2026-10-02"), "2026-10-01", "future"),
        (letter_of("2026-10-01", "2026-10-02"), "2026-10-01", "certificate-future"),
        (letter_of("2026-10-01", "2026-10-01"), "2026-10-01", None),
        (letter_of("2026-10-01", "2026-09-30"), "2026-10-01", "certificate-before-letter"),
        (letter_of("2026-10-01", "2026-09-30", "placement-only"), "2026-10-01", None),
        (
            letter_of("2026-10-01", "2026-10-02", "placement-only"),
            "2026-10-01",
            "certificate-future",
        ),
        (letter_of("2026-02-28"), "2027-02-28", None),
        (letter_of("2026-02-28"), "2027-03-01", "too-old"),
        (letter_of("2026-01-05", "2027-01-05"), "2027-01-10", "too-old-certified"),
        (
            letter_of("2026-01-05", "2027-01-05", "placement-only"),
            "2027-01-10",
            "too-old-certified",
        ),
        (letter_of("2026-06-05", "2027-07-05"), "2027-08-31", "too-old-certified"),
        (letter_of("2026-06-05", "2027-07-05"), "2027-09-02", "too-old"),
        (letter_of("2028-04-30"), "2028-04-30", None),
        (letter_of("2028-05-01"), "2028-05-01", "beyond-table"),
        (letter_of("2028-03-01", "2028-05-31"), "2028-05-31", None),
        (letter_of("2028-03-01", "2028-06-01"), "2028-06-01", "beyond-table"),
        (letter_of("2025-10-01"), "2025-12-29", "beyond-table"),
        (letter_of("2025-10-01", "2025-12-27"), "2025-12-29", "beyond-table"),
        (letter_of("9999-12-01"), "9999-12-31", "beyond-table"),
    ],
    ids=[
        *("letter of today", "letter of tomorrow", "certificate of tomorrow", "both of today"),
        *(
            "certificate before the letter",
            "not looked at: before",
            "tomorrow's, though none is needed",
        ),
        *("12 months old", "a day older", "old with a new certificate", "and none is needed"),
        *("its month ends in August", "and September has begun"),
        *("ends on the table's last day", "ends a day later", "certificate's month ends on it"),
        *(
            "certificate's month ends later",
            "before the table begins",
            "only the adviser's day is",
            "after every calendar",
        ),
    ],
)
def test_what_is_odd_is_named_and_no_date_is_given(letter, today, oddity):
    assert odd(letter, day(today), TABLE) == oddity
    if oddity:
        beyond = oddity == "beyond-table"
        with pytest.raises(BeyondTable if beyond else ValueError, match=None if beyond else oddity):
            work_out(letter, day(today), TABLE)


def test_a_last_day_past_the_table_is_refused_though_the_months_end_inside_it():
    table = Calendar(HOLIDAYS, TABLE.first, day("2026-08-31"))
    assert odd(letter_of("2026-06-15"), day("2026-06-15"), table) == "beyond-table"


# -- What must always hold

always = settings(max_examples=500, derandomize=True, deadline=None)
DECISIONS = st.dates(day("2025-12-25"), day("2028-01-31"))
KINDS = st.sampled_from(["other", "placement-only", "not-sure"])


@st.composite
def letters(draw: st.DrawFn) -> Letter:
    """A letter whose dates lie in the table, with or without a certificate."""
    decision = draw(DECISIONS)
    after = draw(st.none() | st.integers(0, 90))
    return Letter(decision, draw(KINDS), None if after is None else decision + after * DAY)


def working_days(first: date, last: date) -> list[date]:
    """Those from ``first`` to ``last``, found by looking at each day."""
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return [each for each in days if each.weekday() < 5 and each not in HOLIDAYS]


@always
@given(letters(), st.integers(0, 270))
def test_the_safe_day_is_the_last_working_day_up_to_the_end_of_the_months(letter, later):
    newest = max(letter.decision, letter.certificate or letter.decision)
    found = worked(letter, newest + later * DAY)
    assert working_days(found.safe_day, found.raw) == [found.safe_day]


@always
@given(letters())
def test_the_last_day_is_the_first_working_day_that_rule_12_allows(letter):
    found = worked(letter)
    raw = found.raw
    start = raw
    if raw.month == 8:
        start = raw.replace(month=9, day=1)
    elif f"{raw:%m-%d}" >= "12-25" or f"{raw:%m-%d}" == "01-01":
        start = (raw + 7 * DAY).replace(month=1, day=2)
    assert working_days(start, found.last_day) == [found.last_day]
    assert found.last_day >= raw and (found.last_day == raw) is (found.moved == "")


@always
@given(letters())
def test_a_certificate_never_shortens(letter):
    found, without = worked(letter), worked(Letter(letter.decision, letter.kind))
    assert found.raw >= without.raw and found.last_day >= without.last_day
    assert found.safe_day >= without.safe_day


@always
@given(letters())
def test_the_day_for_the_adviser_is_two_months_on_and_never_moved(letter):
    found = worked(letter).adviser_by
    assert (found.month - letter.decision.month) % 12 == 2
    short = found.day < letter.decision.day and (found + DAY).day == 1
    assert found.day == letter.decision.day or short


@always
@given(letters(), st.integers(0, 270))
def test_for_a_placement_only_a_certificate_moves_no_day_and_may_give_a_later_one(letter, later):
    newest = max(letter.decision, letter.certificate or letter.decision)
    today = newest + later * DAY
    found = worked(Letter(letter.decision, "placement-only", letter.certificate), today)
    without = worked(Letter(letter.decision, "placement-only"), today)
    assert (found.raw, found.safe_day, found.last_day) == (
        *(without.raw, without.safe_day, without.last_day),
    )
    assert (found.adviser, found.adviser_safe_day) == ("not-needed", None)
    if found.perhaps_until:
        other = worked(Letter(letter.decision, "other", letter.certificate), newest)
        assert found.perhaps_until == other.last_day > found.last_day
    late = today > found.last_day
    in_doubt = bool(found.perhaps_until) and today <= (found.perhaps_until or today)
    assert (found.status == "perhaps") is (late and in_doubt)


@always
@given(letters(), st.integers(0, 270))
def test_who_is_not_sure_is_told_what_others_are_told(letter, later):
    newest = max(letter.decision, letter.certificate or letter.decision)
    today = newest + later * DAY
    unsure, other = (Letter(letter.decision, k, letter.certificate) for k in ("not-sure", "other"))
    assert worked(unsure, today) == worked(other, today)


@always
@given(DECISIONS)
def test_without_a_certificate_one_day_is_right_for_both(decision):
    found = worked(Letter(decision))
    assert found.adviser_safe_day == found.safe_day


@always
@given(DECISIONS, DECISIONS)
def test_a_later_letter_never_has_less_time(one, other):
    first, second = (worked(Letter(each)) for each in sorted((one, other)))
    assert first.safe_day <= second.safe_day and first.last_day <= second.last_day


@always
@given(st.dates(day("2028-05-01"), day("2030-12-31")), st.integers(0, 200))
def test_a_letter_whose_months_end_after_the_table_has_no_date(decision, later):
    assert odd(Letter(decision), decision + later * DAY, TABLE) == "beyond-table"


@always
@given(st.text(max_size=5) | st.from_regex(r"\d{0,5}", fullmatch=True))
def test_whatever_is_typed_is_a_real_number_or_asked_again(typed):
    days, month, year = day_of(typed), month_of(typed), year_of(typed, day("2026-11-24"))
    assert days is None or 1 <= days <= 31
    assert month is None or 1 <= month <= 12
    assert year is None or 2000 <= year <= 2099


# -- Months, working days, what to expect


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-11-29", 1, "2026-12-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-10-31", 2, "2026-12-31"),
        ("9999-10-31", 2, "9999-12-31"),
    ],
    ids=[
        *("IPSEA's example", "short", "leap", "after a leap", "over the year", "December's own"),
        "the last there is",
    ],
)
def test_months_are_calendar_months(start, n, end):
    assert add_months(day(start), n) == day(end)


@pytest.mark.parametrize(
    ("told", "expected"),
    [("2026-11-23", "2026-11-26"), ("2026-11-27", "2026-12-02"), ("2026-11-28", "2026-12-02"),
     ("2026-12-24", "2026-12-31"), ("2027-03-25", "2027-04-01")],
    ids=["Monday", "Friday", "Saturday", "Christmas Eve", "before Easter"],
)  # fmt: skip
def test_a_certificate_should_come_in_three_working_days(told, expected):
    assert certificate_expected(day(told), TABLE) == day(expected)


def test_a_certificate_expected_after_the_table_has_no_date():
    with pytest.raises(BeyondTable):
        certificate_expected(day("2028-06-28"), TABLE)


def test_a_meeting_should_be_in_thirty_days_whatever_day_that_is():
    assert meeting_expected(day("2026-11-25")) == day("2026-12-25")


@pytest.mark.parametrize("outside", ["2025-12-24", "2028-07-01"])
def test_nothing_is_known_of_days_outside_the_table(outside):
    with pytest.raises(BeyondTable):
        TABLE.working(day(outside))


def test_the_first_and_the_last_day_of_the_table_are_known():
    assert not TABLE.working(TABLE.first) and TABLE.working(TABLE.last)


# -- What is typed


@pytest.mark.parametrize(
    ("typed", "found"),
    [("5", 5), ("05", 5), ("31", 31), ("32", None), ("0", None), ("00", None), ("005", None),
     ("", None), ("٥", None), ("5#", None)],
)  # fmt: skip
def test_a_typed_day(typed, found):
    assert day_of(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"), [("1", 1), ("09", 9), ("12", 12), ("13", None), ("0", None), ("", None)]
)
def test_a_typed_month(typed, found):
    assert month_of(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [("26", 2026), ("2026", 2026), ("05", 2005), ("1926", None), ("2126", None), ("6", None),
     ("026", None), ("20266", None), ("", None), ("²²", None)],
)  # fmt: skip
def test_a_typed_year(typed, found):
    assert year_of(typed, day("2026-11-24")) == found


def test_a_year_of_two_digits_is_of_the_century_of_today():
    assert year_of("05", day("2105-11-24")) == 2105
    assert year_of("99", day("2099-11-24")) == 2099
    assert year_of("00", day("2100-01-01")) == 2100
    assert year_of("09", day("2010-01-01")) == 2009


@pytest.mark.parametrize(
    ("typed", "found"),
    [((29, 2, 2028), date(2028, 2, 29)), ((29, 2, 2027), None), ((31, 2, 2026), None),
     ((31, 4, 2026), None), ((30, 4, 2026), date(2026, 4, 30))],
    ids=["leap year", "no leap year", "31 February", "31 April", "30 April"],
)  # fmt: skip
def test_only_days_that_exist_make_a_date(typed, found):
    assert made_date(*typed) == found


# -- The table


def test_the_shipped_bank_holidays_are_those_of_the_hand_made_list():
    shipped = calendar()
    assert shipped.first <= TABLE.first and shipped.last >= TABLE.last
    assert {each for each in shipped.holidays if TABLE.first <= each <= TABLE.last} == HOLIDAYS
