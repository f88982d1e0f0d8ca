"""Reaching a person: what may be told, who is rung, and what follows when nobody can answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from ivr.config import LONDON
from ivr.content import load
from ivr.line.call import (
    Call,
    CallStarted,
    DeleteVoicemail,
    EffectDone,
    End,
    HoldRingGroup,
    HungUp,
    KeepCallback,
    KeyPressed,
    Listen,
    NoInput,
    Playback,
    Record,
    RecordingDone,
    Transfer,
)
from ivr.line.hours import Hours
from ivr.line.model import Menu
from ivr.line.numbers import ringable, serves, uk_number
from ivr.line.ring_groups import Adviser, RingGroup
from tests.support.lines import (
    AT_NIGHT,
    CLOSED,
    LINE,
    MOBILE,
    OPEN,
    TUESDAY,
    TWO_LANGUAGES,
    follow,
    keys,
    put_through,
    words_of,
)
from tests.support.paths import ROOT

RING = CallStarted()
TWO = OPEN._replace(rings=(("first",), ("second",)))
MESSAGE = "RE" + "0a" * 16


# --- star, before it rings and while it does --------------------------------------------------


@pytest.fixture(params=["a part of a topic", "where nobody could answer", "the start"])
def ringing(request):
    """Somebody is being rung for a caller, and the node that they were at before."""
    if request.param == "the start":
        return put_through(follow(RING, *keys("0"), facts=TWO), TWO), ("main", 0)
    turn = put_through(follow(RING, *keys("1", "1", "0"), facts=TWO), TWO)
    if request.param == "where nobody could answer":
        busy = follow(RING, *keys("1", "1", "0", "2"), facts=TWO)
        nobody = follow(EffectDone(busy.effect, "full"), call=busy.call, facts=TWO)
        turn = put_through(follow(*keys("0"), call=nobody.call, facts=TWO), TWO)
    return turn, ("apples", 1)


@pytest.mark.parametrize("told", ["stopped", "early"])
def test_star_while_it_rings_leads_back_to_where_the_caller_was_and_rings_nobody(ringing, told):
    turn, node = ringing
    back = follow(EffectDone(turn.then, told), call=turn.call, facts=TWO)
    assert (back.call.at, back.call.part) == node
    assert words_of(back).startswith("<ringing_stopped> ")
    assert isinstance(back.then, Listen) and back.effect is None


def test_star_before_it_rings_leads_back_in_the_same_way(ringing):
    turn, node = ringing
    back = follow(*keys("*"), call=turn.call, facts=TWO)
    assert (back.call.at, back.call.part) == node
    assert isinstance(back.then, Listen) and back.effect is None


def test_where_all_telephones_are_off_it_is_said_the_second_time():
    first = put_through(follow(RING, *keys("0"), facts=TWO), TWO)
    back = follow(EffectDone(first.then, "early"), *keys("0"), call=first.call, facts=TWO)
    turn = put_through(back, TWO)
    for _ in range(2):
        turn = put_through(follow(EffectDone(turn.then, "early"), call=turn.call, facts=TWO), TWO)
    assert words_of(turn).startswith("<no_answer> <try_again>")


def test_who_says_nothing_and_is_put_through_to_a_telephone_that_is_off_is_not_led_back():
    silent = put_through(follow(RING, *[NoInput()] * 4, facts=TWO), TWO)
    second = put_through(follow(EffectDone(silent.then, "early"), call=silent.call, facts=TWO), TWO)
    assert second.then == Transfer(who=("second",))


@pytest.mark.parametrize("key", ["1", "5", "0", "#"])
def test_no_other_key_before_it_rings_keeps_a_person_away(key):
    first = put_through(follow(RING, *keys("0"), facts=TWO), TWO)
    again = follow(*keys(key), call=first.call, facts=TWO)
    assert put_through(again, TWO).then == first.then
    second = put_through(follow(EffectDone(first.then, "busy"), call=first.call, facts=TWO), TWO)
    again = follow(*keys(key), call=second.call, facts=TWO)
    assert put_through(again, TWO).then == second.then


def test_999_before_it_rings_is_heard():
    ringing = put_through(follow(RING, *keys("0")))
    for _ in range(3):
        ringing = put_through(follow(*keys("9"), call=ringing.call))
    assert words_of(ringing).startswith("<danger_now>")


def test_who_stopped_the_ringing_and_asks_again_is_put_through_to_the_others_first():
    """Twilio may not tell star from a telephone that is off: then the second must be reached."""
    first = put_through(follow(RING, *keys("0"), facts=TWO), TWO)
    back = follow(EffectDone(first.then, "stopped"), *keys("0"), call=first.call, facts=TWO)
    second = put_through(back, TWO)
    assert second.then == Transfer(who=("second",))
    third = put_through(follow(EffectDone(second.then, "busy"), call=second.call, facts=TWO), TWO)
    assert third.then == Transfer(who=("first",))


# --- what an adviser may be told -------------------------------------------------------------


def test_who_has_heard_nothing_is_rung_through_at_once():
    assert isinstance(follow(RING, *keys("0")).effect, HoldRingGroup)


@pytest.mark.parametrize(
    "before", [("1",), ("2", "1"), ("8", "1")], ids=["a topic", "in a menu", "slower"]
)
def test_who_has_chosen_something_is_asked_if_it_may_be_told(before):
    assert words_of(follow(RING, *keys(*before, "0"))) == "<may_tell> <yes> <no>"


@pytest.mark.parametrize(
    ("answer", "about", "tell"),
    [
        (KeyPressed("1"), "apples", True),
        (KeyPressed("2"), "", False),
        (NoInput(), "", False),
        (KeyPressed("0"), "", False),
    ],
    ids=["yes", "no", "silence", "0 once more"],
)
def test_only_a_yes_lets_the_adviser_know(answer, about, tell):
    ringing = put_through(follow(RING, *keys("1", "0"), answer))
    assert ringing.then == Transfer(about=about, tell=tell)


def test_who_slipped_hears_that_a_person_is_rung_before_they_are_asked():
    turn = follow(RING, *keys("1", "7", "6"))
    assert words_of(turn) == "<find_person> <may_tell> <yes> <no>"


def test_it_is_asked_once_in_a_call():
    ringing = put_through(follow(RING, *keys("1", "0", "2")))
    back = follow(EffectDone(ringing.then, "completed"), *keys("0"), call=ringing.call)
    assert isinstance(back.effect, HoldRingGroup)


def test_a_caller_who_says_nothing_at_all_is_asked_nothing():
    turn = follow(RING, *keys("1"), *[NoInput()] * 8)
    assert isinstance(turn.effect, HoldRingGroup)


# --- who is rung -----------------------------------------------------------------------------


def test_a_desk_without_a_free_place_is_busy():
    asked = follow(RING, *keys("0"))
    assert words_of(follow(EffectDone(asked.effect, "full"), call=asked.call)).startswith("<busy>")


def test_a_desk_that_cannot_be_counted_is_rung_all_the_same():
    asked = follow(RING, *keys("0"))
    assert follow(EffectDone(asked.effect, "failed"), call=asked.call).then == Transfer()


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "refused", "failed", "odd"])
def test_the_next_telephone_is_rung_and_then_it_is_said_why(outcome):
    first = put_through(follow(RING, *keys("0"), facts=TWO), TWO)
    second = put_through(follow(EffectDone(first.then, outcome), call=first.call, facts=TWO), TWO)
    assert second.then == Transfer(who=("second",))
    assert words_of(second) == "<trying_another> <come_back>"
    nobody = follow(EffectDone(second.then, outcome), call=second.call, facts=TWO)
    assert nobody.call.at.startswith("nobody") and nobody.call.rung == ()


def rung(*who: str) -> str:
    """The outcome that these are held for a call."""
    return "free:" + "~".join(who)


@pytest.mark.parametrize("who", [("first",), ("second",), ("first", "second")])
def test_who_is_free_is_rung_and_nobody_else(who):
    together = OPEN._replace(rings=(("first", "second"),))
    asked = follow(RING, *keys("0"), facts=together)
    ringing = follow(EffectDone(asked.effect, rung(*who)), call=asked.call, facts=together)
    assert ringing.then == Transfer(who=who) and ringing.call.rung == who


def test_a_desk_of_which_all_talk_is_busy_at_once():
    asked = follow(RING, *keys("0"), facts=TWO)
    turn = follow(EffectDone(asked.effect, "talking"), call=asked.call, facts=TWO)
    assert words_of(turn).startswith("<busy> <try_again>") and isinstance(turn.then, Listen)


@pytest.mark.parametrize("outcome", ["talking", "full"])
def test_where_some_did_not_answer_and_the_others_talk_neither_is_said_of_all(outcome):
    first = put_through(follow(RING, *keys("0"), facts=TWO), TWO)
    asked = follow(EffectDone(first.then, "no-answer"), call=first.call, facts=TWO)
    turn = follow(EffectDone(asked.effect, outcome), call=asked.call, facts=TWO)
    assert words_of(turn).startswith("<none_free> <try_again>")


def test_who_was_passed_over_because_they_talked_is_rung_once_they_are_free():
    asked = follow(RING, *keys("0"), facts=TWO)
    second = follow(EffectDone(asked.effect, rung("second")), call=asked.call, facts=TWO)
    again = follow(EffectDone(second.then, "no-answer"), call=second.call, facts=TWO)
    first = follow(EffectDone(again.effect, rung("first")), call=again.call, facts=TWO)
    assert first.then == Transfer(who=("first",))
    assert words_of(first) == "<trying_another> <come_back>"


def test_after_a_talk_with_the_second_the_first_is_rung_again_next_time():
    first = put_through(follow(RING, *keys("0"), facts=TWO), TWO)
    second = put_through(follow(EffectDone(first.then, "busy"), call=first.call, facts=TWO), TWO)
    back = follow(EffectDone(second.then, "completed"), *keys("0"), call=second.call, facts=TWO)
    assert put_through(back, TWO).then == Transfer(who=("first",))


def test_open_with_nobody_on_duty_is_as_closed():
    nine = datetime(2026, 11, 25, 9, 0, tzinfo=LONDON)
    nobody = OPEN._replace(open=False, rings=(), opens=nine)
    assert words_of(follow(RING, *keys("0"), facts=nobody)).startswith(
        "<closed> <opens> tomorrow at 9"
    )
    silent = follow(RING, *keys("2"), *[NoInput()] * 3, facts=nobody)
    assert words_of(silent).startswith("<then_end>")


def test_who_comes_on_duty_while_it_rings_is_rung_too():
    first = put_through(follow(RING, *keys("0")))
    changed = OPEN._replace(rings=(("second",),))
    asked = follow(EffectDone(first.then, "no-answer"), call=first.call, facts=changed)
    second = put_through(asked, changed)
    assert second.then == Transfer(who=("second",))


@pytest.mark.parametrize(("outcome", "part"), [("completed", 99), ("no-answer", 1)])
def test_trying_again_after_busy_leads_back_to_where_the_caller_was(outcome, part):
    ringing = put_through(follow(RING, *keys("1", "1", "0")))
    busy = follow(EffectDone(ringing.then, "busy"), call=ringing.call)
    again = put_through(follow(*keys("0"), call=busy.call))
    turn = follow(EffectDone(again.then, outcome), call=again.call)
    assert "<busy>" not in words_of(turn)
    back = turn if outcome == "completed" else follow(*keys("4"), call=turn.call)
    assert (back.call.at, back.call.part) == ("apples", part)


def test_who_waits_past_the_opening_minute_does_not_hear_that_we_are_closed():
    closed = follow(RING, *keys("0"), facts=CLOSED)
    assert words_of(follow(*keys("#"), call=closed.call)).startswith("<try_again>")


def test_who_rings_at_the_closing_minute_is_told_so_at_the_next_step():
    asked = follow(RING, *keys("1", "0"), facts=OPEN)
    assert words_of(follow(*keys("2"), call=asked.call, facts=CLOSED)).startswith("<closed>")


MORNINGS = Hours((((time(9), time(12)),),) * 7)
DESK = RingGroup((Adviser("anna"), Adviser("ben", MORNINGS)))


@pytest.mark.parametrize(
    ("together", "hour", "rings"),
    [
        (False, 10, (("anna",), ("ben",))),
        (False, 12, (("anna",),)),
        (True, 10, (("anna", "ben"),)),
        (True, 14, (("anna",),)),
    ],
    ids=["in order", "one off duty", "together", "together, one off duty"],
)
def test_the_rota_says_who_is_rung_and_in_which_order(together, hour, rings):
    services = replace(DESK, together=together)
    assert services.rings(TUESDAY.replace(hour=hour)) == rings


def test_a_desk_whose_advisers_are_all_off_duty_rings_nobody():
    assert RingGroup((Adviser("ben", MORNINGS),)).rings(TUESDAY.replace(hour=13)) == ()


# --- messages --------------------------------------------------------------------------------


def at_message(facts=AT_NIGHT):
    return follow(RING, *keys("1", "0", "1"), facts=facts)


def test_a_message_begins_only_after_a_key_and_says_what_to_do_in_danger_first():
    intro = at_message()
    assert words_of(intro).startswith("<message_intro> <danger> <message_how> <message_end>")
    assert isinstance(intro.then, Listen)
    assert follow(*keys("1"), call=intro.call, facts=AT_NIGHT).then == Record(180, 10)


def test_before_the_tone_it_is_said_that_one_can_just_hang_up():
    says = load(ROOT / "prompts").words("en").says
    assert says["message_end"] == (
        "When you have finished you can just hang up. To listen to it or change it, press hash."
    )


def recorded(*heard, facts=AT_NIGHT):
    return follow(*keys("1"), *heard, call=at_message(facts).call, facts=facts)


def left(outcome="kept", *heard, key="#", facts=AT_NIGHT):
    """A message of twelve seconds that ``key`` ended, what became of it, and then this."""
    asked = recorded(RecordingDone(MESSAGE, 12, key), facts=facts)
    return follow(EffectDone(asked.effect, outcome), *heard, call=asked.call, facts=facts)


@pytest.mark.parametrize("key", ["#", "*", "0", "5", "9", ""], ids=lambda key: key or "by itself")
def test_a_message_is_kept_whatever_ends_it_and_only_then_said_to_be(key):
    asked = recorded(RecordingDone(MESSAGE, 12, key))
    effect = asked.effect
    assert (effect.recording, effect.seconds, effect.about) == (MESSAGE, 12, "")
    assert effect.lang == "en" and not asked.say
    said = words_of(follow(EffectDone(effect, "kept"), call=asked.call, facts=AT_NIGHT))
    assert said.startswith("<message_kept>" if key == "0" else "<kept_hang_up>")


def test_a_caller_who_hangs_up_while_recorded_leaves_a_message():
    gone = recorded(HungUp(MESSAGE, 12))
    assert (gone.effect.recording, gone.effect.seconds) == (MESSAGE, 12) and not gone.say
    assert recorded(HungUp()).effect is None


@pytest.mark.parametrize(
    "heard", [RecordingDone(MESSAGE, 1, "#"), RecordingDone(MESSAGE, 1), RecordingDone("")]
)
def test_less_than_two_seconds_are_no_message(heard):
    turn = recorded(heard)
    assert turn.effect is None and turn.call.at == "message"
    assert words_of(turn).startswith("<nothing_recorded>")
    assert recorded(HungUp(MESSAGE, 1)).effect is None
    assert recorded(RecordingDone(MESSAGE, 2, "#")).effect


def test_a_message_may_be_left_as_it_is_and_the_caller_goes_on_where_they_were():
    noted = left("kept", *keys("1"))
    assert noted.effect is None and noted.call.recording == ""
    assert words_of(noted).startswith("<message_kept> <can_hang_up> To <resume_label>, press 1.")
    assert follow(*keys("1"), call=noted.call, facts=AT_NIGHT).call.at == "apples"


@pytest.mark.parametrize(
    ("outcome", "said", "node"),
    [
        ("failed", "<cannot_keep> <message_intro>", "message"),
        ("gone", "<message_gone> <message_intro>", "message"),
        ("full", "<message_full> <closed>", "nobody-closed"),
    ],
)
def test_a_message_that_is_not_kept_is_never_said_to_be(outcome, said, node):
    turn = left(outcome)
    assert words_of(turn).startswith(said) and turn.call.at == node
    assert "kept" not in words_of(turn) and turn.call.recording == ""


def test_a_message_may_be_heard_again():
    heard = left("kept", *keys("2"))
    assert Playback(MESSAGE) in heard.say and isinstance(heard.then, Listen)


def test_only_delete_drops_a_message():
    asked = left("kept", *keys("4"))
    assert asked.effect == DeleteVoicemail(MESSAGE) and not asked.say
    failed = follow(EffectDone(asked.effect, "failed"), call=asked.call, facts=AT_NIGHT)
    assert words_of(failed).startswith("<cannot_delete> <kept_hang_up>")
    after = follow(EffectDone(asked.effect, "deleted"), call=asked.call, facts=AT_NIGHT)
    assert after.call.recording == ""
    assert words_of(after).startswith("<message_deleted>") and after.call.at == "apples"


SECOND = "RE" + "0b" * 16


def again(*heard):
    """A message is kept, its caller records it again, and then these."""
    return left("kept", *keys("3"), *heard)


@pytest.mark.parametrize("heard", [RecordingDone(SECOND, 9, "#"), HungUp(SECOND, 9)])
def test_what_is_recorded_again_takes_the_place_of_the_first(heard):
    assert isinstance(again().then, Record)
    effect = again(heard).effect
    assert (effect.recording, effect.instead) == (SECOND, MESSAGE)


@pytest.mark.parametrize(
    "heard", [RecordingDone(""), RecordingDone(SECOND, 1, "3"), RecordingDone("", key="*")]
)
def test_a_message_stays_kept_where_nothing_is_said_in_its_place(heard):
    turn = again(heard)
    assert turn.effect is None and turn.call.at == "keep"
    assert words_of(turn).startswith("<nothing_recorded> <kept_hang_up>")
    assert again(HungUp()).effect is None
    assert Playback(MESSAGE) in again(heard, *keys("2")).say


def test_another_message_leaves_the_first_as_it_is():
    effect = left("kept", *keys("*", "1"), RecordingDone(SECOND, 9, "#")).effect
    assert (effect.recording, effect.instead) == (SECOND, "")


@pytest.mark.parametrize("key", [key for key in "0123456789*#" if key != "4"])
def test_every_other_key_leaves_the_message_as_it_is(key):
    assert not isinstance(left("kept", *keys(key)).effect, DeleteVoicemail)


def ended_with_0(outcome, tell):
    """An adviser has come meanwhile; the caller ends the message with 0."""
    call = at_message().call.stay(tell=tell)
    asked = follow(*keys("1"), RecordingDone(MESSAGE, 12, "0"), call=call, facts=OPEN)
    return follow(EffectDone(asked.effect, outcome), call=asked.call, facts=OPEN)


def test_0_in_the_middle_keeps_what_was_said_and_leads_to_a_person():
    person = ended_with_0("kept", tell="no")
    assert isinstance(person.effect, HoldRingGroup)
    rings = follow(EffectDone(person.effect, "free"), call=person.call, facts=OPEN)
    assert isinstance(rings.then, Transfer) and words_of(rings) == "<kept_ringing> <come_back>"
    missed = follow(EffectDone(rings.then, "busy"), call=rings.call, facts=OPEN)
    assert words_of(missed).startswith("<busy>")


@pytest.mark.parametrize(
    ("outcome", "ringing", "told"),
    [
        ("kept", "<kept_ringing>", "<message_kept>"),
        ("failed", "<not_kept_ringing>", "<cannot_keep>"),
        ("full", "<not_kept_ringing>", "<message_full>"),
    ],
)
def test_whoever_pressed_0_hears_what_became_of_it_whether_it_rings_or_not(outcome, ringing, told):
    person = ended_with_0(outcome, tell="no")
    free, full = (
        follow(EffectDone(person.effect, node), call=person.call, facts=OPEN)
        for node in ("free", "full")
    )
    assert words_of(free) == f"{ringing} <come_back>" and words_of(full).startswith(
        f"{told} <busy>"
    )
    assert words_of(left(outcome, key="0")).startswith(f"{told} <closed>")
    assert words_of(ended_with_0(outcome, tell="")).startswith(f"{told} <may_tell>")


def test_what_a_caller_agreed_to_tell_goes_with_what_they_said_and_nothing_else():
    for tell, about in (("yes", "apples"), ("no", ""), ("", "")):
        call = at_message().call.stay(tell=tell)
        hung_up = follow(*keys("1"), HungUp(MESSAGE, 12), call=call, facts=AT_NIGHT)
        assert hung_up.effect.about == about


def test_who_presses_nothing_hears_that_it_is_kept_and_goes_on_as_ever():
    said = [words_of(left("kept", *[NoInput()] * n)) for n in range(6)]
    assert "<kept_hang_up>" in said[0] and "<kept_hang_up>" in said[2]
    turn = left("kept", *[NoInput()] * 12)
    assert turn.effect is None and isinstance(turn.then, End)


# --- being rung back -------------------------------------------------------------------------


def asked_back(*pressed, facts=AT_NIGHT, line=LINE):
    return follow(RING, *keys("0", "2", *pressed), facts=facts, line=line)


def test_a_call_back_is_asked_for_in_small_steps_and_heard_back():
    turn = asked_back("1", "1", "1", "2", "3")
    assert words_of(turn) == (
        "<will_ring_on> 0, 7, 7, 0, 0. 9, 0, 0. 1, 2, 3. "
        "<ring_afternoon> <leave_yes> <saying_friend> <date_right> <yes> <no>"
    )
    kept = follow(*keys("1"), call=turn.call, facts=AT_NIGHT)
    assert kept.effect == KeepCallback(MOBILE, True, "friend", "afternoon", "en", "")
    noted = follow(EffectDone(kept.effect, "4821"), call=kept.call, facts=AT_NIGHT)
    assert words_of(noted).startswith(
        "<callback_kept> <your_reference> 4, 8, 2, 1. <can_hang_up> To <resume_label>, press 1."
    )
    assert noted.call.wish == ""
    assert follow(*keys("1"), call=noted.call, facts=AT_NIGHT).call.at == "main"


def test_a_call_back_that_cannot_be_kept_is_not_said_to_be():
    kept = asked_back("1", "1", "1", "2", "3", "1")
    assert words_of(follow(EffectDone(kept.effect, "failed"), call=kept.call)).startswith(
        "<cannot_note>"
    )


def test_a_number_that_is_not_safe_is_forgotten_and_another_asked_for():
    turn = asked_back("1", "2")
    assert words_of(turn).startswith("<not_safe> <ask_phone>") and not turn.call.wish.strip("|")


def test_a_landline_is_typed_heard_back_in_groups_and_confirmed():
    check = asked_back("2", "02079460123")
    assert words_of(check) == (
        "<read_back> 0, 2, 0. 7, 9, 4, 6. 0, 1, 2, 3. <number_right> <yes> <no>"
    )
    assert follow(*keys("1"), call=check.call, facts=AT_NIGHT).call.at == "safe"
    assert follow(*keys("2"), call=check.call, facts=AT_NIGHT).call.at == "phone"


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("07797712345", "<not_rung> <ask_phone>"),
        ("01534712345", "<not_rung> <ask_phone>"),
        ("05512345678", "<not_rung> <ask_phone>"),
        ("09098765432", "<not_rung> <ask_phone>"),
        ("2079460123", "<odd_phone> <ask_phone>"),
        ("0779771", "That was 7 digits. <odd_phone> <ask_phone>"),
    ],
    ids=["a mobile of Jersey", "Jersey", "055", "premium", "no first 0", "too few"],
)
def test_who_types_what_is_not_rung_hears_why_and_what_to_give(typed, heard):
    turn = asked_back("2", typed)
    assert words_of(turn).startswith(heard) and turn.call.at == "phone" and not turn.call.typed


def test_who_rings_from_jersey_is_asked_for_another_number():
    assert ringable("+447797712345") == ringable("+441534712345") == ""


def test_who_cannot_be_rung_on_this_phone_is_asked_for_a_number():
    withheld = AT_NIGHT._replace(ringable="", caller="withheld")
    turn = asked_back(facts=withheld)
    assert words_of(turn).startswith("<callback_intro> <ask_phone>")


HEARD = ("1", "1", "1", "1")
"""The whole of a topic; then 2 asks for its text, and 3 that a person reads it out."""


def test_who_cannot_read_has_the_text_read_out_by_a_person_who_rings_back():
    turn = follow(RING, *keys(*HEARD, "2", "3", "1", "1", "1", "1", "1"), facts=AT_NIGHT)
    assert "<saying_line> <will_read> The apples." in words_of(turn)
    kept = follow(*keys("1"), call=turn.call)
    assert kept.effect == KeepCallback(MOBILE, True, "line", "any", "en", "apples", read=True)
    noted = follow(EffectDone(kept.effect, "4821"), call=kept.call)
    assert noted.call.wish == ""
    assert follow(*keys("1"), call=noted.call).call.at == "apples"


def test_where_the_number_was_not_safe_the_text_is_still_read_out():
    said = (*HEARD, "2", "3", "1", "2", "02079460123", "1", "1", "1", "1", "1")
    asked = follow(RING, *keys(*said), facts=AT_NIGHT)
    assert "<will_read> The apples." in words_of(asked)


def test_a_call_back_asked_for_later_reads_nothing_out():
    turn = follow(
        RING, *keys(*HEARD, "2", "3", "*", "*", "0", "2", "1", "1", "1", "1", "1"), facts=AT_NIGHT
    )
    assert "<will_ring_on>" in words_of(turn) and "<will_read>" not in words_of(turn)


@pytest.mark.parametrize("wish", ["1|2|3|4|5|6|7|8", "|", ""], ids=["more", "less", "none"])
def test_a_made_up_call_back_leads_to_the_start(wish):
    assert follow(*keys("#"), call=Call(at="confirm", wish=wish), facts=AT_NIGHT).call.at == "main"


@pytest.mark.parametrize(
    ("wish", "asked"),
    [
        (f"{MOBILE}||||||", "<ask_safe>"),
        (f"{MOBILE}||no|friend|any|en|", "<ask_safe>"),
        (f"{MOBILE}|yes|no||any|en|", "<ask_saying>"),
        (f"{MOBILE}|yes|no|friend||en|", "<ask_when>"),
        (f"{MOBILE}|yes|perhaps|friend|any|en|", "<ask_leave>"),
    ],
    ids=["only a number", "not if it is safe", "not who we are", "not when", "an odd answer"],
)
def test_what_was_not_answered_is_asked_and_not_noted(wish, asked):
    trail = ("main", "nobody-closed", "callback", "safe", "leave", "saying", "when", "tongue")
    half = Call(at="confirm", wish=wish, trail=trail)
    for heard in keys("1", "#"):
        turn = follow(heard, call=half, facts=AT_NIGHT)
        assert turn.effect is None and words_of(turn).startswith(asked)
    assert follow(*keys("1"), call=half._replace(trail=()), facts=AT_NIGHT).effect is None


def test_a_date_that_cannot_be_read_out_any_more_is_not_noted_unheard():
    """Its answers were sealed with a key that is gone; the wish was not."""
    wish = f"{MOBILE}|yes|no|friend|any|en|deadline"
    turn = follow(*keys("1"), call=Call(at="confirm", wish=wish), facts=AT_NIGHT)
    assert turn.effect is None and words_of(turn).startswith("<will_ring_on>")
    assert "<will_read>" not in words_of(turn)
    assert follow(*keys("1"), call=turn.call, facts=AT_NIGHT).effect.read is False


def test_who_waits_already_hears_that_the_new_answers_hold_and_the_same_digits():
    kept = asked_back("1", "1", "1", "2", "3", "1")
    noted = follow(EffectDone(kept.effect, "again-4821"), call=kept.call, facts=AT_NIGHT)
    assert words_of(noted).startswith(
        "<callback_again> <callback_kept> <your_reference> 4, 8, 2, 1."
    )
    assert noted.call.wish == ""
    assert follow(*keys("#"), call=noted.call, facts=AT_NIGHT).call.at == "noted-4821"


def test_where_no_more_calls_are_taken_down_a_message_can_be_left_or_a_person_asked_for():
    kept = asked_back("1", "1", "1", "2", "3", "1")
    full = follow(EffectDone(kept.effect, "full"), call=kept.call, facts=AT_NIGHT)
    assert words_of(full).startswith("<callback_full> <message_intro>")
    assert "<callback_kept>" not in words_of(full) and full.call.wish == ""
    assert isinstance(follow(*keys("1"), call=full.call, facts=AT_NIGHT).then, Record)
    assert follow(*keys("0"), call=full.call, facts=AT_NIGHT).call.at == "nobody-closed"
    assert follow(*keys("*"), call=full.call, facts=AT_NIGHT).call.at == "main"


def test_a_typed_number_is_kept_once_and_only_in_the_wish():
    turn = asked_back("2", "02079460123", "1")
    assert turn.call.typed == "" and turn.call.wish.startswith("+442079460123|")


def test_no_at_the_summary_asks_which_part_to_change():
    turn = asked_back("1", "1", "1", "2", "3", "2")
    assert words_of(turn) == (
        "<ask_wrong> To <wrong_number_label>, press 1. To <wrong_time_label>, press 2. "
        "To <wrong_message_label>, press 3. To <wrong_name_label>, press 4."
    )


@pytest.mark.parametrize(
    ("pressed", "kept"),
    [
        (("2", "2"), (MOBILE, True, "friend", "morning")),
        (("3", "2"), (MOBILE, False, "friend", "afternoon")),
        (("4", "1"), (MOBILE, True, "line", "afternoon")),
    ],
)
def test_only_the_part_that_is_to_change_is_asked_again(pressed, kept):
    turn = asked_back("1", "1", "1", "2", "3", "2", *pressed)
    assert words_of(turn).startswith("<will_ring_on> 0, 7, 7, 0, 0.")
    noted = follow(*keys("1"), call=turn.call, facts=AT_NIGHT)
    assert noted.effect == KeepCallback(*kept, "en", "")


def test_a_changed_number_is_asked_again_whether_it_is_safe_and_the_rest_stays():
    asked = asked_back("1", "1", "1", "2", "3", "2", "1", "02079460123", "1")
    assert words_of(asked).startswith("<ask_safe>")
    told = follow(*keys("1"), call=asked.call, facts=AT_NIGHT)
    assert words_of(told).startswith("<will_ring_on> 0, 2, 0.")
    noted = follow(*keys("1"), call=told.call, facts=AT_NIGHT)
    assert noted.effect == KeepCallback("+442079460123", True, "friend", "afternoon", "en", "")


def test_with_two_languages_it_is_asked_which_to_speak():
    turn = asked_back("1", "1", "1", "1", "1", line=TWO_LANGUAGES)
    assert words_of(turn).startswith("<ask_tongue>")
    told = follow(*keys("2"), call=turn.call, facts=AT_NIGHT, line=TWO_LANGUAGES)
    assert "XX <will_speak>" in words_of(told)
    which = follow(*keys("2"), call=told.call, facts=AT_NIGHT, line=TWO_LANGUAGES)
    assert "To <wrong_language_label>, press 5." in words_of(which)
    told = follow(*keys("5", "2"), call=which.call, facts=AT_NIGHT, line=TWO_LANGUAGES)
    assert "XX <will_speak>" in words_of(told)
    kept = follow(*keys("1"), call=told.call, facts=AT_NIGHT, line=TWO_LANGUAGES)
    assert kept.effect.lang == "xx"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("02079460123", "+442079460123"),
        ("00442079460123", "+442079460123"),
        ("442079460123", "+442079460123"),
        ("07700900123", "+447700900123"),
        ("7700900123", "+447700900123"),
        ("0113 4960000", ""),
        ("2079460123", ""),
        ("09098765432", ""),
        ("07011234567", ""),
        ("0033142685300", ""),
        ("999", ""),
        ("0207946012", ""),
        ("020794601234", ""),
        ("hello", ""),
        ("", ""),
    ],
)
def test_only_uk_numbers_that_may_be_rung_are_taken(typed, number):
    assert uk_number(typed) == number


@pytest.mark.parametrize(
    ("sender", "number"),
    [
        ("+447700900123", "+447700900123"),
        ("+442079460123", "+442079460123"),
        ("+266696687", ""),
        ("anonymous", ""),
        ("", ""),
        ("+33142685300", ""),
        ("+449098765432", ""),
    ],
)
def test_a_caller_is_rung_back_on_this_phone_only_where_it_can_be(sender, number):
    assert ringable(sender) == number


@pytest.mark.parametrize(
    "number", ["+449098765432", "+447011234567", "+33142685300", "999", "112", "118500", "+999"]
)
def test_no_adviser_may_have_a_number_that_costs_or_harms(number):
    assert not serves(number, "ring an adviser")


# --- danger ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [(), ("1",), ("2",), ("2", "2"), ("8",), ("0",), ("0", "1"), ("0", "2"), ("0", "2", "1")],
    ids=lambda before: "".join(before) or "opening",
)
def test_999_anywhere_brings_advice_in_one_step(before):
    turn = follow(RING, *keys(*before, "9", "9", "9"), facts=AT_NIGHT)
    assert words_of(turn).startswith("<danger_now>") and isinstance(turn.then, Listen)
    assert turn.call.slipped == 0


def test_999_is_known_across_prompts_and_forgotten_after_another_key():
    assert follow(RING, *keys("9", "9"), NoInput(), *keys("9")).call.at == "danger"
    assert follow(RING, *keys("9", "9", "1", "9")).call.at == "apples"


@pytest.mark.parametrize("typed", ["999", "07999", "0770999"])
def test_999_while_a_number_is_typed_is_no_number(typed):
    assert asked_back("2", typed).call.at == "danger"


def test_a_number_or_year_that_ends_in_999_is_what_it_is():
    assert asked_back("2", "07700900999").call.typed == "+447700900999"
    assert (
        follow(KeyPressed("1999"), call=Call(at="year-letter", form="other/0")).call.at != "danger"
    )


def test_999_counts_while_a_caller_is_recorded():
    assert left("kept", *keys("9", "9"), key="9").call.at == "danger"
    assert left("kept", *keys("1"), key="9").call.nines == 0
    third = at_message().call.stay(nines=2)
    asked = follow(*keys("1"), call=third, facts=AT_NIGHT).call.stay(nines=2)
    kept = follow(RecordingDone(MESSAGE, 3, "9"), call=asked, facts=AT_NIGHT)
    assert kept.effect.recording == MESSAGE
    assert (
        follow(EffectDone(kept.effect, "kept"), call=kept.call, facts=AT_NIGHT).call.at == "danger"
    )


def test_a_9_that_chooses_a_language_still_counts():
    nines = follow(RING, *keys("9", "9", "9"), line=TWO_LANGUAGES)
    assert nines.call.at == "danger"


def test_a_9_does_what_the_menu_says_and_still_counts():
    line = replace(LINE, menus=LINE.menus | {"main": Menu({"1": "apples", "9": "pears"})})
    assert follow(RING, *keys("9"), line=line).call.at == "pears"
    assert follow(RING, *keys("9", "9", "9"), line=line).call.at == "danger"


def test_a_contact_for_children_is_spoken_only_once_it_is_known():
    known = replace(LINE, safeguarding="+442079460123")
    assert "0, 2, 0." in words_of(follow(*keys("9", "9", "9"), call=Call(), line=known))
    assert "0, 2, 0." not in words_of(follow(*keys("9", "9", "9"), call=Call()))


def test_the_menu_for_help_says_what_to_do_in_danger():
    helping = replace(LINE, danger="more")
    assert words_of(follow(RING, *keys("2"), line=helping)).startswith("The more. <danger>")
