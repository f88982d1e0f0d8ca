"""A caller whose keys do not arrive: what they hear, who is rung, and what is kept of what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.content import load
from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    End,
    HoldRingGroup,
    KeepVoicemail,
    KeyPressed,
    Listen,
    NoInput,
    Record,
    RecordingDone,
    Transfer,
    Turn,
)
from ivr.line.model import Menu, Topic
from tests.support.lines import CLOSED, LINE, OPEN, TWO_LANGUAGES, follow, topic, words_of
from tests.support.paths import ROOT

REAL = load(ROOT / "prompts")
MESSAGE = "RE" + "0b" * 16
SPEAKS = RecordingDone(MESSAGE, 20)
SAYS_NOTHING = RecordingDone("")
KEYPAD = "I am a recording. I cannot hear you speak. On a mobile, tap Keypad, then press 5."
SHORT = {
    "the first step": "First, talk to the school.",
    "four ways": "Then you can get help, complain, meet a fair person, or appeal.",
    "a time limit": "Have you had a decision letter? Appeals have a time limit.",
}


def keyless(
    facts,
    speaks: RecordingDone = SAYS_NOTHING,
    nobody="no-answer",
    kept="kept",
    line=REAL,
    begin=None,
) -> list[Turn]:
    """Every turn of a call in which no key arrives, to its end."""
    turn = begin or step(line, Call(), CallStarted(), facts)
    turns = [turn]
    while turn.then != End() or turn.effect:
        match turn.effect or turn.then:
            case HoldRingGroup() as effect:
                heard = EffectDone(effect, "free")
            case KeepVoicemail() as effect:
                heard = EffectDone(effect, kept)
            case Transfer() as then:
                heard = EffectDone(then, nobody)
            case Record():
                heard = speaks
            case _:
                heard = NoInput()
        turn = step(line, turn.call, heard, facts)
        turns.append(turn)
        assert len(turns) < 40, "the call goes round in a circle"
    return turns


def said_in(turns) -> str:
    return " ".join(map(words_of, turns))


# --- two silences ----------------------------------------------------------------------------


def test_after_two_silences_it_is_said_that_nobody_hears_and_which_key_to_press():
    first, second = (follow(CallStarted(), *[NoInput()] * n, line=REAL) for n in (1, 2))
    assert KEYPAD not in words_of(first)
    assert words_of(second).startswith(KEYPAD)
    assert "To get help to choose, press 5." in words_of(second)
    assert follow(KeyPressed("5"), call=second.call, line=REAL).call.at == "choose"


def test_the_waits_of_a_caller_without_keys_stay_as_long_as_they_were():
    waits = [follow(CallStarted(), *[NoInput()] * n, line=REAL).then for n in range(4)]
    assert waits == [Listen(10), Listen(20), Listen(30), Listen(40)]


@pytest.mark.parametrize("key", ["2", "#", "*", "9", "8", "7"])
def test_who_has_pressed_any_key_before_hears_nothing_of_it(key):
    turn = follow(CallStarted(), KeyPressed(key), KeyPressed("*"), NoInput(), NoInput(), line=REAL)
    assert turn.call.at == "main"
    assert "I am a recording" not in words_of(turn)
    assert words_of(turn).startswith("Take your time.")


def test_a_key_that_comes_after_that_does_what_the_menu_says():
    turn = follow(CallStarted(), *[NoInput()] * 3, KeyPressed("2"), line=REAL)
    assert turn.call.at == "complaint"


def test_without_a_key_for_help_none_is_named():
    turn = follow(CallStarted(), NoInput(), NoInput())
    assert words_of(turn).startswith("<take_your_time> Help with main.")


def test_the_key_named_is_where_help_stands_in_this_content():
    keys = {"1": "apples", "2": "pears", "3": "more"}
    moved = replace(LINE, danger="more", menus={**LINE.menus, "main": Menu(keys)})
    turn = follow(CallStarted(), NoInput(), NoInput(), line=moved)
    assert words_of(turn).startswith("<no_ears> <tap_keypad> 3")
    assert "<tap_keypad> 3" in moved.units("en")


def test_who_chose_another_language_by_its_key_is_not_told_in_it_that_no_key_came():
    line = replace(TWO_LANGUAGES, danger="more")
    turn = follow(CallStarted(), KeyPressed("6"), NoInput(), NoInput(), line=line)
    assert turn.call.lang == "xx"
    assert "no_ears" not in words_of(turn)


# --- a person, advice, a message -------------------------------------------------------------


def test_in_open_hours_a_person_is_rung_first():
    turns = keyless(OPEN)
    rung = next(n for n, turn in enumerate(turns) if isinstance(turn.then, Transfer))
    short = next(n for n, turn in enumerate(turns) if "advice in short" in words_of(turn))
    assert rung < short


@pytest.mark.parametrize("facts", [OPEN, CLOSED], ids=["open", "closed"])
@pytest.mark.parametrize("words", SHORT.values(), ids=SHORT)
def test_all_four_ways_are_read_in_short_before_the_end_of_a_silent_call(facts, words):
    turns = keyless(facts)
    assert words in said_in(turns)
    assert "You can ring this number again at any time." in said_in(turns)


@pytest.mark.parametrize("facts", [OPEN, CLOSED], ids=["open", "closed"])
def test_who_cannot_press_waits_ten_seconds_and_no_more_at_the_ways_on_by_key(facts):
    turns = keyless(facts)
    at = next(n for n, turn in enumerate(turns) if "To leave a message, press 1." in words_of(turn))
    assert turns[at].then == Listen(10)
    assert "Here is the advice in short." in words_of(turns[at + 1])


def test_out_of_hours_it_is_said_what_staying_on_the_line_brings():
    third = follow(CallStarted(), *[NoInput()] * 3, line=REAL, facts=CLOSED)
    assert "After that you can leave a message." in words_of(third)


@pytest.mark.parametrize("facts", [OPEN, CLOSED], ids=["open", "closed"])
def test_a_message_is_left_by_staying_on_the_line(facts):
    turns = keyless(facts, SPEAKS)
    before = next(n for n, turn in enumerate(turns) if isinstance(turn.then, Record))
    told = words_of(turns[before - 1])
    assert "If you or a child are in danger, end this call and ring 999." in told
    assert "To leave a message for the advisers, stay on the line." in told
    assert words_of(turns[before]) == "Speak after the tone."
    assert KeepVoicemail(MESSAGE, 20, "", "en") in [turn.effect for turn in turns]
    assert "I have kept your message for the advisers." in words_of(turns[-2])


@pytest.mark.parametrize("kept", ["failed", "gone"])
def test_a_message_that_could_not_be_kept_is_not_said_to_be(kept):
    turns = keyless(CLOSED, SPEAKS, kept=kept)
    assert "I have kept" not in said_in(turns)
    assert "I cannot keep your message just now." in words_of(turns[-2])


@pytest.mark.parametrize(
    "heard", [SAYS_NOTHING, RecordingDone(MESSAGE, 1)], ids=["nothing", "a click"]
)
def test_where_nothing_was_spoken_nothing_is_kept_and_the_end_is_warned_of(heard):
    turns = keyless(CLOSED, heard)
    assert not any(isinstance(turn.effect, KeepVoicemail) for turn in turns)
    assert words_of(turns[-2]).startswith("I did not hear you speak.")


@pytest.mark.parametrize("facts", [OPEN, CLOSED], ids=["open", "closed"])
@pytest.mark.parametrize("speaks", [SAYS_NOTHING, SPEAKS], ids=["silent", "speaks"])
@pytest.mark.parametrize("nobody", ["no-answer", "busy", "failed", "completed"])
def test_a_call_without_keys_ends_after_a_warning_and_does_not_last_for_ever(facts, speaks, nobody):
    turns = keyless(facts, speaks, nobody)
    assert "If you press nothing, I will wait a little, then end the call." in words_of(turns[-2])
    assert turns[-2].then.seconds >= 20
    waits = [turn.then.seconds for turn in turns if isinstance(turn.then, Listen)]
    assert sum(waits) < 300


KEYLESS = keyless(CLOSED, SPEAKS)


@pytest.mark.parametrize("n", range(len(KEYLESS) - 1))
@pytest.mark.parametrize("key", list("123456789*#0"))
def test_a_key_that_comes_at_last_is_heard_wherever_the_call_has_got_to(n, key):
    turn = KEYLESS[n]
    if not isinstance(turn.then, Listen) or turn.effect:
        return
    after = step(REAL, turn.call, KeyPressed(key), CLOSED)
    assert after.say and isinstance(after.then, Listen)
    stars = follow(*[KeyPressed("*")] * 8, call=after.call, facts=CLOSED, line=REAL)
    assert stars.call.at == "main"


@pytest.mark.parametrize("key", list("12345"))
def test_a_key_in_the_advice_in_short_leads_to_the_choices_that_were_offered(key):
    short = next(turn for turn in KEYLESS if turn.call.at == "short")
    after = step(REAL, short.call, KeyPressed(key), CLOSED)
    assert "To leave a message, press 1." in words_of(after)


def test_hash_hears_it_again_and_0_leads_to_a_person():
    short = [turn for turn in KEYLESS if turn.call.at == "short"]
    again = step(REAL, short[0].call, KeyPressed("#"), CLOSED)
    assert words_of(again) == words_of(short[0])
    assert isinstance(step(REAL, short[0].call, KeyPressed("0"), OPEN).effect, HoldRingGroup)


def test_a_key_that_ends_the_recording_gives_the_choices_of_a_message():
    record = next(turn for turn in KEYLESS if isinstance(turn.then, Record))
    kept = step(REAL, record.call, RecordingDone(MESSAGE, 20, "#"), CLOSED)
    after = step(REAL, kept.call, EffectDone(kept.effect, "kept"), CLOSED)
    assert "To delete your message, press 4." in words_of(after)


# --- who pressed keys and then fell silent ---------------------------------------------------


def test_who_pressed_keys_and_heard_no_topic_hears_the_advice_in_short_and_no_tone():
    turns = keyless(
        CLOSED, begin=follow(CallStarted(), KeyPressed("#"), facts=CLOSED, line=REAL), line=REAL
    )
    assert all(words in said_in(turns) for words in SHORT.values())
    assert not any(isinstance(turn.then, Record) for turn in turns)


def test_who_has_heard_a_topic_is_not_read_the_advice_again():
    begin = follow(CallStarted(), KeyPressed("2"), facts=CLOSED, line=REAL)
    turns = keyless(CLOSED, begin=begin, line=REAL)
    assert "Here is the advice in short." not in said_in(turns)
    assert "I have not heard from you for a while." in words_of(turns[-2])


@pytest.mark.parametrize("pressed", ["42", "421"], ids=["the first question", "a later one"])
def test_who_fell_silent_in_the_questions_of_a_form_hears_the_advice_in_short(pressed):
    begin = follow(CallStarted(), *map(KeyPressed, pressed), facts=CLOSED, line=REAL)
    turns = keyless(CLOSED, begin=begin, line=REAL)
    assert all(words in said_in(turns) for words in SHORT.values())


def test_the_advice_in_short_is_read_once_in_a_call():
    begin = follow(KeyPressed("2"), KeyPressed("*"), call=KEYLESS[-2].call, facts=CLOSED, line=REAL)
    turns = keyless(CLOSED, begin=begin, line=REAL)
    assert "Here is the advice in short." not in said_in(turns)


# --- the content -----------------------------------------------------------------------------


def test_where_the_content_names_no_topics_each_choice_of_the_first_menu_stands_for_one():
    keys = {"1": "apples", "2": "more"}
    line = replace(LINE, menus={**LINE.menus, "main": Menu(keys)})
    turns = keyless(CLOSED, line=line)
    assert [words_of(turn) for turn in turns if "in short." in words_of(turn)] == [
        "<not_heard> <short_advice> The apples. apples in short.",
        "The pears. pears in short.",
    ]


def test_the_content_says_which_topics_are_read_in_short_and_in_which_order():
    words = LINE.wordings["en"]
    words = replace(words, topics=words.topics | {"plums": topic("plums", 1)})
    topics = {**LINE.topics, "plums": Topic("main")}
    line = replace(LINE, wordings={"en": words}, topics=topics, short=("plums", "apples"))
    said = said_in(keyless(CLOSED, line=line))
    assert said.index("plums in short.") < said.index("apples in short.")
    assert "pears in short." not in said


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 14),
    st.sampled_from(list("1234567890*#")),
    st.sampled_from([OPEN, CLOSED]),
    st.sampled_from([SAYS_NOTHING, SPEAKS]),
)
def test_one_key_at_any_moment_still_leads_to_a_warned_end(silences, key, facts, speaks):
    turns = keyless(facts, speaks)
    turn = turns[min(silences, len(turns) - 2)]
    if not isinstance(turn.then, Listen) or turn.effect:
        return
    begin = step(REAL, turn.call, KeyPressed(key), facts)
    after = keyless(facts, speaks, begin=begin, line=REAL)
    assert "If you press nothing, I will wait a little, then end the call." in words_of(after[-2])
