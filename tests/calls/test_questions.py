"""Help to choose, asked of callers who press 1 as soon as a question names what is so with them."""

from __future__ import annotations

import pytest

from ivr.content import load
from ivr.flow import step
from ivr.line.call import Call, CallStarted, KeyPressed, NoInput
from tests.support.lines import OPEN, words_of
from tests.support.paths import ROOT

REAL = load(ROOT / "prompts")
CALLERS = {
    "refused an assessment": ({"a letter that says no", "special needs"}, "grounds"),
    "refused, and would meet": (
        {"a letter that says no", "special needs", "try to agree"},
        "mediation",
    ),
    "another refusal": ({"a letter that says no"}, "complaint"),
    "excluded, no letter of the council": ({"excluded"}, "out-of-school"),
    "excluded, with a plan": ({"excluded", "sent you a plan"}, "out-of-school"),
    "a draft plan": ({"sent you a plan", "a draft?"}, "provision"),
    "a plan to be changed": ({"sent you a plan", "change what is in the plan"}, "grounds"),
    "a plan not kept": ({"sent you a plan"}, "provision"),
    "no letter, out of school": ({"out of school"}, "out-of-school"),
    "no letter, wants an assessment": ({"look at what your child needs"}, "assessment"),
    "no letter, treated badly": ({"because of a disability"}, "discrimination"),
    "no letter, wants to complain": ({"talked to the school", "a complaint"}, "complaint"),
    "no letter, has talked": ({"talked to the school"}, "resolution"),
    "no letter at all": (set(), "school"),
}
"""What is so with each, in the words of a question; and the advice that fits."""


@pytest.mark.parametrize(("so", "topic"), CALLERS.values(), ids=CALLERS)
def test_who_takes_the_first_thing_named_for_key_1_comes_to_the_right_advice(so, topic):
    turn = step(REAL, Call(at="letter"), KeyPressed("#"), OPEN)
    for _ in range(12):
        if turn.call.at not in REAL.menus:
            break
        asked = REAL.words("en").menus[turn.call.at].question
        key = "1" if any(words in asked for words in so) else "2"
        turn = step(REAL, turn.call, KeyPressed(key), OPEN)
    assert turn.call.at == topic


def test_every_question_is_asked_of_one_of_them():
    asked = " ".join(menu.question for menu in REAL.words("en").menus.values() if menu.question)
    named = {words for so, _ in CALLERS.values() for words in so}
    assert all(words in asked for words in named)


def test_the_help_says_which_key_is_for_no_letter():
    turn = step(REAL, Call(at="letter"), KeyPressed("#"), OPEN)
    for _ in range(2):
        turn = step(REAL, turn.call, NoInput(), OPEN)
    assert "If you do not have a letter, press 2." in words_of(turn)


def test_the_first_question_is_two_keys_from_the_ring():
    turn = step(REAL, Call(), CallStarted(), OPEN)
    for key in "51":
        turn = step(REAL, turn.call, KeyPressed(key), OPEN)
    assert turn.call.at == "letter"
