"""What a date in a text is of: the rows of each table of words that take it from the letter."""

from __future__ import annotations

from datetime import date

import pytest

from ivr import texts
from ivr.content import load
from tests.support.paths import ROOT

SHIPPED = load(ROOT / "prompts")
TODAY = date(2026, 11, 24)
THIRD = "letter:2026-11-03"


def understood(body):
    """What a text asks for, in the names of ``ivr reply``."""
    return texts.kinds(SHIPPED, texts.asked(SHIPPED, body, TODAY))


ELSEWHERE = {
    "an answer to no question": [
        *("yes 20 nov", "yes 20/11/26", "yes dated 20 nov 2026", "no 20/11/26"),
        *("Yes, 20th November 2026", "yes we have one dated 20/11/26"),
    ],
    "asked for": [
        *("i asked them on 12/10/26",),
        *("i asked for assessment 12/10/26", "we asked for ehcp on 12 october 2026"),
        *("my request letter is dated 12 oct 2026",),
        *("they refused my request dated 12 october 2026",),
        *("they refused our request of 12/10/26",),
    ],
    "written by a parent": [
        *("my email to the council dated 12/10/26", "email i sent was dated 12 oct 2026"),
        *("I wrote a letter to the council on 3/10/26",),
        *("my letter to the council is dated 3/10/26", "letter i sent dated 20/11/26"),
        *("my letter dated 3/11/26 got no reply", "they replied to my letter of 12/10/26"),
    ],
    "complained of": [
        *("we were refused and complained 12 oct 2026", "complaint letter dated 12/10/26"),
        *("complaint response dated 12/10/26", "stage 2 letter dated 12/10/26"),
        *("letter dated 12/10/26 about my complaint", "ombudsman decision dated 12/10/26"),
    ],
    "a draft": [
        *("draft plan dated 12th October 2026", "proposed plan dated 12/10/26"),
        *("letter dated 12 oct 2026 draft plan",),
    ],
    "an agreement": [
        *("council letter agreeing to assess dated 12/10/26",),
        *("letter dated 12 oct 2026 says they will assess",),
        *("letter dated 12/10/26. they agreed to assess", "they said yes 12/10/26"),
        *("letter dated 12/10/26 they agreed to assess", "they agreed to assess 12/10/26"),
    ],
    "transport": [
        *("transport letter dated 12/10/26", "letter dated 12/10/26 about transport"),
    ],
    "health": [
        *("hospital letter, dated 12/10/26", "letter dated 12 oct 2026 from the hospital"),
        *("letter dated 12 oct 2026 from the gp", "therapist letter dated 12/10/26"),
        *("cahms letter dated 12/10/26", "letter dated 12/10/26 from camhs"),
        *("letter dated 12/10/26 with his diagnosis", "nhs letter dated 12/10/26"),
    ],
    "the school": [
        *("letter dated 12 oct 2026 from the school",),
        *("letter dated 12/10/26. its from the school", "governors letter dated 12/10/26"),
        *("the school sent a letter dated 12/10/26",),
        *("school place refused letter dated 12/10/26",),
    ],
    "law and politics": [
        *("letter dated 12/10/26 from my solicitor", "letter from my mp dated 12/10/26"),
        *("letter dated 12/10/26 from the tribunal",),
    ],
    "money": [
        *("council tax letter dated 12/10/26", "letter dated 12/10/26 from housing"),
        *("letter dated 12/10/26 refusing pip", "dla letter dated 12/10/26"),
        *("letter dated 12/10/26 from social services", "blue badge decision dated 12/10/26"),
        *("invoice dated 12/10/26", "invitation letter dated 12/10/26"),
    ],
    "denied": [
        *("letter is not dated 12/10/26", "dated wrongly 12/10/26"),
        *("not 3/11/26 but 13/11/26", "letter dated 12/10/26 is wrong"),
    ],
    "contradicted": [
        *("12 oct 26 is the date on the envelope",),
        *("letter dated 12 oct 2026 is from 2 years ago",),
        *("letter says last date 3 november 2026",),
        *("letter dated 12/10/26 but that was two years ago",),
    ],
}
"""What a date is of that looks like the letter's."""


@pytest.mark.parametrize("of", ELSEWHERE)
def test_a_date_that_is_of_another_paper_is_asked_for(of):
    found = {body: understood(body) for body in ELSEWHERE[of]}
    assert not [body for body, kinds in found.items() if "deadline" not in kinds]
    assert not [body for body, kinds in found.items() if "letter:" in " ".join(kinds)]


STILL = [
    *("council refused to name the school, letter dated 3/11/26", "final plan 3/11/26"),
    *("letter about the school placement dated 3/11/26", "letter dated 3/11/26 wrong school"),
    *("letter dated 3/11/26 about the school placement", "letter of 3/11 arrived 9/11"),
    *("wrong school in the plan dated 3/11/26", "letter to my son is dated 3/11/26"),
    *("3 November 2026 letter they refused to assess, meeting 3 December 2026", "date 3/11/26"),
    *("letter dated 3/11/26 they have not agreed to assess", "no assessment. 3/11/26"),
    *("letter dated 3/11/26 says they will not assess", "yes i have the letter dated 3/11/26"),
    *("they are not going to assess letter dated 3/11/26", "my letter is dated 3/11/26"),
    *("letter dated 3/11/26 refusing our request for an assessment", "no they refused. 3/11/26"),
    *("letter dated 3/11/26 says i can appeal to the tribunal", "letter to me dated 3/11/26"),
    *("letter from lbbd dated 3/11/26 they said no even though he has a diagnosis",),
]
"""Said of a letter, although it names what other papers are of."""


@pytest.mark.parametrize("body", STILL)
def test_a_letter_that_speaks_of_other_things_keeps_its_date(body):
    assert THIRD in understood(body)
