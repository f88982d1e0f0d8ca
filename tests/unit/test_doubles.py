"""Two presses of one key by a shaking hand are one (R16), and nothing that was said is lost."""

from __future__ import annotations

import pytest

from ivr.flow import step
from ivr.line.call import Call, CallStarted, EffectDone, KeyPressed, SendText, Turn
from tests.support.lines import LANDLINE, LINE, MOBILE, OPEN, words_of


def typed_at(*presses: tuple[str, int], facts=OPEN, call: Call | None = None) -> Turn:
    """The last turn after these keys at these milliseconds of the call."""
    turn = Turn(call) if call else step(LINE, Call(), CallStarted(), facts)
    for key, moment in presses:
        turn = step(LINE, turn.call, KeyPressed(key), facts._replace(moment=moment))
        if turn.effect:
            turn = step(LINE, turn.call, EffectDone(turn.effect, "queued"), facts)
    return turn


GOLDEN_CALLS = {
    "a choice": [("2", 1_000)],
    "deeper": [("2", 1_000), ("2", 9_000)],
    "into a topic and on": [("1", 1_000), ("1", 9_000)],
    "again": [("1", 1_000), ("#", 9_000)],
    "back": [("2", 1_000), ("2", 9_000), ("*", 20_000)],
    "slower": [("8", 1_000), ("1", 9_000)],
    "wait for me": [("1", 1_000), ("8", 9_000), ("3", 20_000)],
    "a key that is not used": [("7", 1_000)],
}


@pytest.mark.parametrize("presses", GOLDEN_CALLS.values(), ids=GOLDEN_CALLS)
def test_a_shaking_hand_ends_and_hears_what_a_steady_one_does(presses):
    shaken = [each for key, at in presses for each in ((key, at), (key, at + 400))]
    once, twice = typed_at(*presses), typed_at(*shaken)
    assert twice.call.stay(moment=0) == once.call.stay(moment=0)
    assert words_of(twice) == words_of(once) and twice.then == once.then


def test_a_held_key_is_one_press_however_long_it_repeats():
    held = [("1", 1_000 + 300 * n) for n in range(10)]
    assert typed_at(*held).call.part == 0


def test_half_a_second_later_it_is_another_press():
    assert typed_at(("1", 1_000), ("1", 1_500)).call.part == 1


def test_another_key_at_once_counts():
    assert typed_at(("2", 1_000), ("*", 1_100)).call.at == "main"


def test_9_counts_however_fast_it_comes():
    assert typed_at(("9", 1_000), ("9", 1_100), ("9", 1_200)).call.at == "danger"
    assert typed_at(("9", 1_000), ("9", 1_100)).call.slipped == 0


def test_without_a_clock_nothing_is_taken_for_a_double():
    turn = step(LINE, Call(), CallStarted(), OPEN)
    for _ in range(2):
        turn = step(LINE, turn.call, KeyPressed("1"), OPEN)
    assert turn.call.part == 1


def test_the_news_that_a_text_is_on_its_way_is_heard_though_the_key_came_twice():
    at_end = Call(at="text-apples", trail=("main", "apples.3"))
    once = typed_at(("1", 1_000), call=at_end)
    twice = typed_at(("1", 1_000), ("1", 1_300), call=at_end)
    assert "<sending>" in words_of(once) and words_of(twice) == words_of(once)
    assert twice.call.at == "apples"


def test_a_key_that_came_twice_on_the_way_to_a_number_is_not_part_of_it():
    asked = Call(at="text-apples", trail=("main", "apples.3"))
    number = "07700900077"
    read_back = typed_at(("1", 1_000), ("11" + number, 9_000), facts=LANDLINE, call=asked)
    assert read_back.call.at == "check-apples" and read_back.call.typed == "+447700900077"


def test_real_doubles_in_a_number_stay():
    asked = Call(at="text-apples", trail=("main", "apples.3"))
    read_back = typed_at(("1", 1_000), ("07700900077", 1_300), facts=LANDLINE, call=asked)
    assert read_back.call.typed == "+447700900077"


def test_a_double_yes_sends_one_text():
    asked = Call(at="text-apples", trail=("main", "apples.3"))
    first = step(LINE, asked, KeyPressed("1"), OPEN._replace(moment=1_000))
    assert first.effect == SendText("apples", "en", MOBILE)
    said = step(LINE, first.call, EffectDone(first.effect, "queued"), OPEN)
    assert step(LINE, said.call, KeyPressed("1"), OPEN._replace(moment=1_400)).effect is None


def test_a_message_that_is_deleted_by_a_shaking_hand_is_said_to_be():
    keep = Call(at="keep", trail=("main",), recording="RE1.12")
    pressed = step(LINE, keep, KeyPressed("4"), OPEN._replace(moment=1_000))
    once = step(LINE, pressed.call, EffectDone(pressed.effect, "deleted"), OPEN)
    twice = typed_at(("4", 1_300), call=once.call)
    assert words_of(twice) == words_of(once) and "<message_deleted>" in words_of(twice)
