"""Dates in a text: every way to write one, and what each is of. A false last day must never come."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import texts
from ivr.content import load
from ivr.line.deadlines import Letter, odd
from tests.support.paths import ROOT

SHIPPED = load(ROOT / "prompts")
TODAY = date(2026, 11, 24)
THIRD = "2026-11-03"


def understood(body, today=TODAY):
    """What a text asks for, in the names of ``ivr reply``."""
    return texts.kinds(SHIPPED, texts.asked(SHIPPED, body, today))


def letter(body):
    """The day of the letter that a text names; empty where none is taken for it."""
    found = [each for each in understood(body) if each.startswith("letter:")]
    return found[0].removeprefix("letter:") if found else ""


WRITTEN = [
    *("3/11/2026", "3.11.26", "3-11-26", "03/11/2026", "3 11 2026", "2026-11-03", "031126"),
    *("03112026", "3rd november", "November the 3rd", "3 nov 26", "third of november"),
    *("3⁄11⁄2026", "3–11–2026", "٣/١١/٢٠٢٦", "৩/১১/২০২৬", "O3/11/2O26", "3 / 11 / 2026"),
    *("3 noiembrie", "3 listopada 2026", "3 de novembro de 2026", "3 Kasım 2026", "3 ноември"),
    *("Tuesday 3 November 2026", "tues 3rd nov", "dated 3/11/26", "its dated the 3/11/2026"),
    *("letter dated 3/11/26", "the date on the letter is 3/11/26", "it says 3/11/26 at the top"),
    *("our daughters letter says 3/11/26", "my letter from the council is dated 3 november"),
    *("dated 3/11/26 received 9/11/26", "came 9/11/26 but it is dated 3/11/26"),
    *("letter 3/11/26, hearing 15/1/27", "refusal letter 3.11.26", "3/11/2026 ref SEN/10/4471"),
    *("3/11/2026 07700 900123", "3 november 2026 10.15am", "dated 3 nov my sons dob is 4/5/2019"),
    *("3 novmber 2026", "the letter is dated 3/11/26 and says i must appeal by 3/1/27"),
    *("three november", "third november twenty twenty six", "Hi, letter dated: 03.11.2026. Thanks"),
    *("3_11_26", "3rd of the 11th 2026", "3rdnov26", "3rd novemeber", "3.XI.2026", "3|11|26"),
    *("O3/ll/26", "3rd of Nov twenty six", "2026 nov 3", "buna, scrisoarea este din 3 noiembrie"),
    *(
        "3 ноември 2026 г.",
        "চিঠির তারিখ ৩ নভেম্বর",
        "3 nov. how long does that leave",
        "3 nov they said no",
    ),
    *(
        "3/11/26 final plan from mr brown",
        "halloween lol. 3/11/26",
        "3 nov 26, for Ann DOB 4/5/2019",
    ),
]
"""The third of November 2026, or 3 November, in each of these."""


@pytest.mark.parametrize("body", WRITTEN)
def test_a_letters_date_is_read_in_every_way_of_writing_it(body):
    assert letter(body) == THIRD


OTHERS = [
    *("deadline 20/11/26", "must be in by 11 jan", "I sent my appeal on 2 november 2026"),
    *("my deadline was 1/11/26 can i still appeal", "appeal by 3/11/26", "born 3/11/20"),
    *("the letter says i have to appeal by 3 november 2026", "posted on 3/11/26"),
    *("got the letter on 3/11/26", "letter received 3/11/26", "the letter came 3 november"),
    *("my certificate is dated 3/11/26", "mediation was on 3/11/26", "excluded on 3/11/26"),
    *("exclusion letter dated 3/11/26", "his birthday is 3 november", "meeting 3/11/26"),
    *("annual review 3.11.26", "tribunal hearing 3 november 2026", "letter opened 3/11/26"),
    *("spoke to senco 3/11/26", "emailed them on 3 november", "my appeal form is dated 3/11/26"),
    *("letter says hearing is on 3/11/26", "out of school since 3/11/26", "due 3/11/26"),
    *("letter sent 3/11/26", "the school trip is 3 november 2026", "she turns 5 on 3 november"),
    *("7/11/26 is my wedding", "my wedding. 3/11/26", "3 november. thats when he turned 5"),
    *("3 november. she kicked off in class", "I asked for the assessment 3/11/26"),
    *("doctors letter dated 3/11/26", "i sent a letter dated 3/11/26", "my letter to them 3/11/26"),
    *("the plan ends 3/11/26", "letter says he starts on 3/11/26", "before 3 november"),
]


@pytest.mark.parametrize("body", OTHERS)
def test_any_other_date_is_never_taken_for_the_letters(body):
    assert letter(body) == "" and "deadline" in understood(body)
    assert any("top" in each for each in answered(body))


def answered(body):
    return texts.answers(SHIPPED, texts.asked(SHIPPED, body, TODAY), TODAY, body)


@pytest.mark.parametrize(
    ("body", "kind"),
    {
        "relative": ("last friday", "ask"),
        "a month": ("in september", "ask"),
        "a day of no month": ("the 12th", "ask"),
        "weeks ago": ("about three weeks ago", "ask"),
        "before a holiday": ("before easter", "ask"),
        "one of two": ("9 or 10/11", "ask"),
        "one that cannot be read": ("i can see ?2/11/26", "ask"),
        "days ago": ("10 days ago", "ask"),
        "a month and a year": ("just says Nov 2026 no day", "ask"),
        "none on it": ("there is no date on the letter", "ask"),
        "six figures that are said to be one": ("letter dated 310926", "impossible"),
        "two": ("letter 1/10/26 or letter 2/10/26", "ask"),
        "a weekday that does not fit": ("dated Monday 3 November 2026", "ask"),
        "to come": ("dated 3 december 2026", "future"),
        "long ago": ("letter dated 3/11/2024", "old"),
        "none in the calendar": ("31 november 2026", "impossible"),
        "the month first": ("11/30/2026", "impossible"),
    }.values(),
)
def test_a_date_from_which_no_day_can_be_worked_out_is_asked_for(body, kind):
    assert kind in understood(body) and not letter(body)


@pytest.mark.parametrize(
    "body",
    [
        *("half day 1/2 term", "he gets 6/7 hours", "class 3/4", "i may 2 appeal", "ref 10/4471"),
        *("£3,500", "24/7 support", "call 020 7946 0123", "section 3.11 of the plan", "9 to 5"),
    ],
)
def test_figures_that_are_no_date_are_none(body):
    assert not {"ask", "deadline", "impossible"}.intersection(understood(body))
    assert not letter(body)


def test_a_weekday_that_does_not_fit_is_said_with_the_right_one():
    (told,) = answered("dated Monday 3 November 2026")
    assert "Tuesday 3 November 2026" in told


@given(st.dates(date(2024, 11, 24), date(2026, 12, 31)))
def test_a_date_is_understood_in_every_way_of_writing_it(day):
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
    ways = [
        f"{day.day}/{day.month}/{day:%y}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day} {day:%B %Y}",
        f"letter {day.day}{suffix} of {day:%b %y}",
        f"{day:%B} {day.day}{suffix}, {day:%Y}",
        f"{day:%a %d-%b-%Y}",
    ]
    found = {texts.asked(SHIPPED, way, TODAY) for way in ways}
    assert {each.day for each in found} == {day}
    plain = odd(Letter(day), TODAY, SHIPPED.calendar) is None
    assert {each.kind == "date" for each in found} == {plain}


def test_a_date_without_a_year_is_the_last_one_that_is_not_to_come():
    assert letter("24 nov") == "2026-11-24" and letter("12 march") == "2026-03-12"
    found = texts.asked(SHIPPED, "12 nov", date(2027, 1, 8))
    assert (found.kind, found.day) == ("date", date(2026, 11, 12))
    assert texts.asked(SHIPPED, "29 feb", date(2024, 3, 1)).day == date(2024, 2, 29)


@pytest.mark.parametrize("body", ["25 nov", "1 dec", "12 dec", "letter dated 12 dec"])
def test_a_day_soon_to_come_is_not_taken_for_one_of_last_year(body):
    assert "future" in understood(body) and not letter(body)


def test_a_date_beyond_the_bank_holidays_that_are_known_gets_no_last_day():
    last = SHIPPED.calendar.last
    assert texts.asked(SHIPPED, f"{last:%d/%m/%Y}", last).kind == "date-beyond"


ANSWERS = {
    "yes 20 nov": date(2026, 11, 20),
    "Yes, dated 20/11/2026": date(2026, 11, 20),
    "yeah i got one 20th november": date(2026, 11, 20),
    "no": None,
    "No I haven't": None,
    "nope": None,
}


@pytest.mark.parametrize(("body", "certificate"), ANSWERS.items())
def test_whoever_was_asked_for_a_certificate_may_answer_yes_or_no(body, certificate):
    found = texts.asked(SHIPPED, body, TODAY, date(2026, 10, 5))
    assert (found.kind, found.day, found.other_day) == (
        "certificate",
        date(2026, 10, 5),
        certificate,
    )
    told = texts.answers(SHIPPED, found, TODAY, body)
    assert len(told) == 1 and "Monday 5 October 2026" in told[0]


@pytest.mark.parametrize("body", ["yes", "yes 1 oct", "yes 25 dec 2026", "yes 31 november"])
def test_a_certificate_without_a_date_that_can_be_is_asked_for_again(body):
    assert texts.asked(SHIPPED, body, TODAY, date(2026, 10, 5)).kind == "certificate-odd"


@pytest.mark.parametrize("body", ["please ring me", "no one rang me on 3/11/26", "5 november 2026"])
def test_any_other_text_is_not_taken_for_that_answer(body):
    assert texts.asked(SHIPPED, body, TODAY, date(2026, 10, 5)).kind != "certificate"


def test_nobody_who_was_not_asked_answers_a_question():
    assert texts.asked(SHIPPED, "yes 20 nov", TODAY).kind != "certificate"


BOTH = [
    "letter 3 nov, certificate 20 nov",
    "letter 3 nov certificate 20 nov",
    "letter dated 3/11/26 and mediation certificate dated 20/11/26",
    "certificate 20/11/26 letter 3/11/26",
    "my certificate is dated 20 nov and the letter 3 nov",
    "Decision letter: 03.11.2026. Mediation certificate: 20.11.2026",
]


@pytest.mark.parametrize("body", BOTH)
def test_a_letter_and_its_certificate_in_one_text_have_their_last_day_in_one_answer(body):
    told, read = texts.answers(SHIPPED, texts.asked(SHIPPED, body, TODAY), TODAY, body)
    assert "letter is dated Tuesday 3 November 2026" in told
    assert "The last day the law gives is Monday 4 January 2027" in told
    assert "Tuesday 3 November 2026" in read and "Friday 20 November 2026" in read
    assert "Do you have" not in read and understood(body)[0] == f"letter:{THIRD}"


def test_a_certificate_that_outlasts_two_months_gives_its_month():
    body = "letter 7 october, certificate 20 november"
    told, _ = texts.answers(SHIPPED, texts.asked(SHIPPED, body, TODAY), TODAY, body)
    assert "aim for your appeal to arrive by Friday 18 December 2026" in told


@pytest.mark.parametrize(
    "body",
    [
        "letter 3 nov, certificate came 20 nov",
        "letter 3 nov, no certificate yet, meeting 20 nov",
        "letter 3 nov, i applied for a certificate 20 nov",
        "letter 20 nov, certificate 3 nov",
        "letter 3 nov, certificate 20 dec",
        "letter 3 nov, certificate expires 20 nov",
        "certificate dated 20 nov says 3 nov",
        "certificate 20 nov, hearing 3 dec",
        "letter 3 nov, certificate 20 nov, meeting 22 nov",
    ],
)
def test_in_doubt_a_date_is_no_certificates(body):
    assert "certificate" not in understood(body)


def test_the_longest_two_dates_fit_two_parts():
    found = texts.asked(
        SHIPPED, "letter 2 september 2026 certificate 23 september 2026", date(2026, 9, 30)
    )
    told = texts.answers(SHIPPED, found, date(2026, 9, 30))
    assert len(told) == 2 and max(map(texts.segments, told)) <= 2
