"""Callers of another language: who is rung for them, and what they hear where nobody speaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.flow import step
from ivr.line.call import Call, EffectDone, HoldRingGroup, KeyPressed, NoInput, Transfer, free
from ivr.line.ring_groups import Adviser, RingGroup, speakers_first
from ivr.line.tongues import name_of, shown, speaks
from tests.support.lines import OPEN, TUESDAY, TWO_LANGUAGES, keys, words_of

INTERPRETED = replace(TWO_LANGUAGES, interpreters=True)
THREE = OPEN._replace(rings=(("ann",), ("bea",), ("cem",)))
FOREIGN = Call(lang="xx", tell="no", last="1")


def spoken_by(*names: str, rings=THREE.rings):
    """An open line where these speak the caller's language."""
    return THREE._replace(rings=rings, speakers=frozenset(("xx", name) for name in names))


def rung(facts, call=FOREIGN, line=TWO_LANGUAGES):
    """The groups that are to be rung for who presses 0, in their order."""
    turn = step(line, call, KeyPressed("0"), facts)
    assert isinstance(turn.effect, HoldRingGroup)
    return turn, turn.effect.groups


def ringing(turn, facts, *who: str, line=TWO_LANGUAGES):
    """What is heard while these are being rung."""
    turn = step(line, turn.call, EffectDone(turn.effect, free(who)), facts)
    assert isinstance(turn.then, Transfer) and turn.then.who == who
    return turn


@pytest.mark.parametrize(
    ("rings", "speakers", "first"),
    [
        pytest.param((("a",), ("b",), ("c",)), "b", (("b",), ("a",), ("c",)), id="one"),
        pytest.param((("a",), ("b",), ("c",)), "cb", (("b",), ("c",), ("a",)), id="in order"),
        pytest.param((("a", "b", "c"),), "ca", (("a", "c"), ("b",)), id="together, alone first"),
        pytest.param((("a", "b"),), "", (("a", "b"),), id="nobody"),
        pytest.param((("a", "b"),), "ab", (("a", "b"),), id="everybody"),
        pytest.param((("a",),), "z", (("a",),), id="somebody who is not on"),
        pytest.param((), "a", (), id="nobody is on"),
    ],
)
def test_who_speaks_the_language_is_rung_first(rings, speakers, first):
    assert speakers_first(rings, set(speakers)) == first


def test_a_caller_of_a_language_is_put_through_to_who_speaks_it():
    facts = spoken_by("cem")
    turn, groups = rung(facts)
    assert groups == (("cem",), ("ann",), ("bea",))
    assert words_of(ringing(turn, facts, "cem")) == "XX <putting_through> XX <come_back>"


def test_of_all_together_those_who_speak_it_ring_alone_first_and_then_the_others():
    facts = spoken_by("bea", rings=(("ann", "bea", "cem"),))
    turn, groups = rung(facts)
    assert groups == (("bea",), ("ann", "cem"))
    turn = ringing(turn, facts, "bea")
    unheard = step(TWO_LANGUAGES, turn.call, EffectDone(turn.then, "no-answer"), facts)
    assert unheard.effect.groups == (("ann", "cem"),)
    said = words_of(ringing(unheard, facts, "ann", "cem"))
    assert said == "XX <one_speaks_first> XX <trying_another> XX <come_back>"


def test_for_a_caller_of_the_first_language_nothing_changes():
    turn, groups = rung(spoken_by("cem"), FOREIGN.stay(lang="en"))
    assert groups == THREE.rings
    assert words_of(ringing(turn, THREE, "ann")) == "<putting_through> <come_back>"


def test_whose_adviser_talks_to_somebody_else_hears_what_the_one_who_rings_speaks():
    facts = spoken_by("cem")
    turn, _ = rung(facts)
    said = words_of(ringing(turn, facts, "ann"))
    assert said == "XX <one_speaks_first> XX <putting_through> XX <come_back>"


def test_that_it_is_no_speaker_is_heard_once_however_many_are_rung():
    facts = spoken_by("cem")
    turn, _ = rung(facts)
    turn = ringing(turn, facts, "ann")
    turn = step(TWO_LANGUAGES, turn.call, EffectDone(turn.then, "no-answer"), facts)
    assert words_of(ringing(turn, facts, "bea")) == "XX <trying_another> XX <come_back>"


def test_where_nobody_speaks_it_an_interpreter_is_told_of_and_it_rings():
    facts = spoken_by()
    turn, groups = rung(facts, line=INTERPRETED)
    assert groups == THREE.rings
    said = words_of(ringing(turn, facts, "ann", line=INTERPRETED))
    assert said == "XX <none_speaks> XX <interpreter> XX <putting_through> XX <come_back>"


def asked(*more, facts=THREE):
    """The call where nobody speaks the language and there is no interpreter."""
    turn = step(TWO_LANGUAGES, FOREIGN, KeyPressed("0"), facts)
    for each in more:
        turn = step(TWO_LANGUAGES, turn.call, each, facts)
    return turn


def test_without_an_interpreter_to_be_rung_back_is_offered_before_it_rings():
    assert words_of(asked()) == (
        "XX <none_speaks> XX To XX <first_language_label>, press 1. "
        "XX To XX <callback_label>, press 2."
    )


@pytest.mark.parametrize("answer", [KeyPressed("1"), KeyPressed("0"), NoInput()], ids=str)
def test_who_will_talk_all_the_same_or_says_nothing_is_put_through(answer):
    turn = asked(answer)
    assert turn.effect.groups == THREE.rings
    rings = ringing(turn, THREE, "ann")
    assert words_of(rings) == "XX <putting_through> XX <come_back>"
    # A key while that is said begins it again, and asks nothing twice.
    assert step(TWO_LANGUAGES, rings.call, KeyPressed("5"), THREE).effect.groups


def test_who_will_be_rung_back_is_asked_for_the_number():
    assert asked(KeyPressed("2")).call.at in ("callback", "phone")


def test_the_question_is_a_step_on_the_way_and_star_leads_back():
    assert asked(KeyPressed("*")).call.at == "main"


def test_a_made_up_address_never_asks_it_of_who_speaks_the_first_language():
    there = FOREIGN.stay(lang="en", at="speaker", trail=("main",))
    assert step(TWO_LANGUAGES, there, KeyPressed("5"), THREE).call.at == "main"


def test_at_night_a_caller_hears_when_we_open_and_not_who_speaks_what():
    turn = asked(facts=THREE._replace(open=False, rings=()))
    assert "XX <closed>" in words_of(turn) and "none_speaks" not in words_of(turn)


def test_who_asks_twice_is_not_asked_what_to_do_while_it_rings():
    rings = ringing(asked(KeyPressed("1")), THREE, "ann")
    stopped = step(TWO_LANGUAGES, rings.call, EffectDone(rings.then, "stopped"), THREE)
    again = step(TWO_LANGUAGES, stopped.call, *keys("0"), THREE)
    assert again.effect.groups == (("bea",), ("cem",), ("ann",))


@pytest.mark.parametrize(
    ("written", "tag", "does"),
    [
        ("English, Romanian", "ro", True),
        ("english and ROMANIAN (fluent)", "ro", True),
        ("Română", "ro", True),
        ("Romanianish", "ro", False),
        ("English", "ro", False),
        ("", "ro", False),
        ("Portuguese", "pt-PT", True),
        ("Bengali", "bn", True),
        ("Bangla/Sylheti", "bn", True),
        ("বাংলা, English", "bn", True),
        ("ਪੰਜਾਬੀ", "pa", True),
        ("Panjabi", "pa", True),
        ("so-so English", "so", False),
        ("Klingon", "tlh", False),
    ],
)
def test_languages_are_known_by_their_english_and_their_own_names(written, tag, does):
    assert speaks(written, tag) is does


def test_a_language_has_a_name_and_a_tag_that_nobody_knows_stays():
    assert [name_of(each) for each in ("ro", "bn", "sq")] == ["Romanian", "Bengali", "Albanian"]
    assert name_of("en", "ro") == "engleză"
    assert shown("nowhere-at-all") == "nowhere-at-all"


def test_of_a_ring_group_those_speak_it_whose_languages_say_so():
    advisers = (Adviser("ann", None, "English"), Adviser("bea", None, "Polish, Romanian"))
    group = RingGroup(advisers)
    assert group.speaking("ro") == {"bea"} and group.speaking("ur") == frozenset()
    assert group.rings(TUESDAY) == (("ann",), ("bea",))
