"""How a call goes: keys, silence, slips, topics, a person, texts."""

from __future__ import annotations

import pytest

from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    End,
    HungUp,
    KeyPressed,
    Listen,
    NoInput,
    Pause,
    Record,
    RecordingDone,
    SendText,
    Transfer,
    Turn,
)
from tests.support.lines import (
    CLOSED,
    LANDLINE,
    LINE,
    MOBILE,
    OPEN,
    follow,
    put_through,
    words_of,
)

RING = CallStarted()


def keys(*pressed: str) -> tuple[KeyPressed, ...]:
    return tuple(KeyPressed(key) for key in pressed)


def test_the_opening_says_who_then_person_then_hearing_then_choices():
    assert words_of(follow(RING)) == (
        "<greeting> <for_person> <for_hearing> There are two choices. "
        "To hear apples, press 1. To hear more, press 2."
    )


def test_an_answer_to_a_key_begins_with_half_a_second_of_quiet():
    assert follow(RING, *keys("2")).say[0] == Pause(500)
    assert follow(RING).say[0] != Pause(500)


def test_a_choice_is_confirmed_by_its_name():
    assert words_of(follow(RING, *keys("2"))).startswith("The more. There are two choices.")


def test_a_question_is_asked_without_a_count():
    said = words_of(follow(RING, *keys("2", "2")))
    assert said == "The ask. Have you a letter? <yes> <no>"


# --- topics ----------------------------------------------------------------------------------


def test_parts_follow_one_another_without_a_key():
    turn = follow(RING, *keys("1"), NoInput())
    assert words_of(turn) == "apples part 1."
    assert turn.then == Listen(2)
    assert words_of(follow(NoInput(), call=turn.call)) == "apples part 2."


def test_a_topic_opens_with_its_name_its_short_version_and_what_can_be_done_now():
    turn = follow(RING, *keys("1"))
    assert words_of(turn) == "The apples. apples in short. To <text_this>, press 2. <read_all>"
    assert turn.then == Listen(3)


@pytest.mark.parametrize(("year", "overdue"), [(2026, ""), (2028, " <overdue>")])
def test_advice_that_nobody_has_read_again_for_a_year_says_so(year, overdue):
    facts = OPEN._replace(now=OPEN.now.replace(year=year))
    said = words_of(follow(RING, *keys("1"), facts=facts))
    assert said == f"The apples. apples in short.{overdue} To <text_this>, press 2. <read_all>"


@pytest.mark.parametrize("skips", range(5))
def test_2_asks_for_the_text_at_any_time_in_a_topic(skips):
    turn = follow(RING, *keys("1", *"1" * skips, "2"))
    assert turn.call.at == "text-apples"
    waiting = follow(RING, *keys("1", "8", "3", "1", *"1" * skips, "2"))
    assert waiting.call.at == "text-apples"


def test_2_in_the_middle_of_a_topic_comes_back_to_the_part_that_was_heard():
    asked = follow(RING, *keys("1", "1", "1", "2", "1"))
    told = follow(EffectDone(asked.effect, "queued"), call=asked.call)
    assert words_of(told) == "<sending> apples part 2."


@pytest.mark.parametrize("part", [*range(6), 98, 99])
def test_keys_held_from_an_address_of_an_older_version_still_lead_on(part):
    for key, to in (("2", {"text-apples"}), ("1", {"apples", "pears"}), ("*", {"main"})):
        assert step(LINE, Call(at="apples", part=part), KeyPressed(key), OPEN).call.at in to


def test_1_skips_on_and_hash_hears_the_part_again():
    second = follow(RING, *keys("1", "1", "1"))
    assert "apples part 2." in words_of(second)
    assert words_of(follow(*keys("#"), call=second.call)) == words_of(second)


def test_after_the_last_part_come_the_choices():
    turn = follow(RING, *keys("1", "1", "1", "1", "1"))
    assert words_of(turn) == (
        "The apples. To go on to the pears, press 1. "
        "To <text_this>, press 2. <again> <back> <for_person>"
    )
    assert turn.then == Listen(10)
    again = follow(*keys("#"), call=turn.call)
    assert words_of(again).startswith("The apples. apples in short.")


def test_a_run_of_ones_never_sends_a_text():
    turn = follow(RING)
    for _ in range(50):
        turn = step(LINE, turn.call, KeyPressed("1"), OPEN)
        assert turn.effect is None


def test_star_goes_back_one_step_and_at_last_to_the_main_menu():
    deep = follow(RING, *keys("2", "2", "1"))
    assert deep.call.at == "apples"
    back = [follow(*keys(*"*" * n), call=deep.call).call.at for n in (1, 2, 3, 4)]
    assert back == ["ask", "more", "main", "main"]


def test_star_after_going_on_returns_to_the_end_of_the_topic_before():
    turn = follow(RING, *keys("1", "1", "1", "1", "1", "1"))
    assert turn.call.at == "pears"
    back = words_of(follow(*keys("*"), call=turn.call))
    assert back.startswith("The apples. To go on to the pears, press 1.")


# --- silence ---------------------------------------------------------------------------------


def test_silence_waits_longer_each_time_then_finds_a_person():
    turn = follow(RING)
    waits = [turn.then.seconds]
    said = []
    for _ in range(3):
        turn = step(LINE, turn.call, NoInput(), OPEN)
        waits.append(turn.then.seconds)
        said.append(words_of(turn))
    assert waits == [10, 20, 30, 40]
    assert "<not_heard>" in said[0] and "press 1" in said[0]
    assert "<take_your_time> Help with main." in said[1] and "press 1" in said[1]
    assert said[2] == "<then_person> <again> <for_person>"
    assert put_through(step(LINE, turn.call, NoInput(), OPEN)).then == Transfer()


def silent(facts, turns):
    """The turns of a caller who never presses, with a transfer that nobody answers."""
    turn, all_turns = follow(RING, facts=facts), []
    for _ in range(turns):
        all_turns.append(turn)
        match turn.then:
            case Transfer():
                turn = step(LINE, turn.call, EffectDone(turn.then, "no-answer"), facts)
            case Record():
                turn = step(LINE, turn.call, RecordingDone(""), facts)
            case End():
                return all_turns
            case _:
                turn = put_through(step(LINE, turn.call, NoInput(), facts), facts)
    return all_turns


@pytest.mark.parametrize("facts", [OPEN, CLOSED], ids=["open", "closed"])
def test_silence_ends_a_call_only_after_a_warning_with_time_to_press(facts):
    turns = silent(facts, 30)
    assert turns[-1].then == End()
    assert "<will_end>" in words_of(turns[-2]) and turns[-2].then.seconds >= 20
    assert sum(isinstance(turn.then, Transfer) for turn in turns) == (1 if facts.open else 0)


def test_any_key_after_the_warning_stays_on_the_line():
    warned = silent(CLOSED, 30)[-2]
    for key in "123456789*#0":
        assert follow(*keys(key), call=warned.call, facts=CLOSED).then != End()


def test_the_last_rung_out_of_hours_tells_what_comes_next():
    turn = follow(RING, *keys("2"), *[NoInput()] * 3, facts=CLOSED)
    assert words_of(turn).startswith("<then_end>")


# --- slips -----------------------------------------------------------------------------------


def test_a_slip_is_named_without_blame_and_the_choices_come_again():
    said = words_of(follow(RING, *keys("7")))
    assert said.startswith("Key 7 is not used here. <again> <back> <for_person> <for_hearing>")
    assert said.endswith("To hear apples, press 1. To hear more, press 2.")


def test_the_second_slip_leads_to_a_person():
    turn = put_through(follow(RING, *keys("7", "6")))
    assert turn.then == Transfer()
    assert words_of(turn) == "<putting_through> <come_back>"


def test_silence_and_slips_are_counted_apart():
    turn = follow(RING, NoInput(), NoInput(), *keys("7"))
    assert turn.then == Listen(10)
    assert follow(RING, *keys("7"), NoInput()).then == Listen(20)


ODD = {
    "none": "",
    "a letter": "A",
    "a zero byte": "\x00",
    "an accent": "é",
    "a figure of another script": "٣",
    "a thousand": "1" * 1000,
    "a word": "hello",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_digits_always_bring_something_useful(odd):
    turn = follow(RING, KeyPressed(odd))
    assert words_of(turn)
    assert not isinstance(turn.then, End)


# --- a person --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [(), ("1",), ("1", "1", "1", "1"), ("2",), ("8",), ("2", "2"), ("1", "1", "1", "1", "2")],
    ids=lambda before: "".join(before) or "opening",
)
def test_0_reaches_a_person_from_everywhere(before):
    turn = put_through(follow(RING, *keys(*before, "0")))
    assert turn.then == Transfer()
    assert words_of(turn) == "<putting_through> <come_back>"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("busy", "<busy>"),
        ("no-answer", "<no_answer>"),
        ("failed", "<failed>"),
        ("canceled", "<failed>"),
        ("never-heard-of", "<failed>"),
    ],
)
def test_a_transfer_that_fails_leads_to_words_and_a_next_step(outcome, said):
    ringing = put_through(follow(RING, *keys("1", "0")))
    turn = follow(EffectDone(ringing.then, outcome), call=ringing.call)
    assert words_of(turn).startswith(said)
    assert "press 1" in words_of(turn)
    assert follow(*keys("4"), call=turn.call).call.at == "apples"


def test_after_a_talk_nothing_is_read_again_and_it_is_asked_what_next():
    ringing = put_through(follow(RING, *keys("1", "1", "1", "0")))
    turn = follow(EffectDone(ringing.then, "completed"), call=ringing.call)
    assert words_of(turn).startswith(
        "<person_ended> The apples. To go on to the pears, press 1. To <text_this>, press 2."
    )
    assert not [note for note in turn.notes if note.event == "heard-out"]
    assert words_of(follow(*keys("#"), call=turn.call)).startswith("The apples. apples in short.")


def test_after_a_talk_asked_for_in_a_menu_its_choices_come():
    ringing = put_through(follow(RING, *keys("2", "0")))
    turn = follow(EffectDone(ringing.then, "completed"), call=ringing.call)
    assert words_of(turn).startswith("<person_ended> The more. There are two choices.")


def test_when_closed_the_line_says_when_it_opens():
    turn = follow(RING, *keys("0"), facts=CLOSED)
    assert words_of(turn).startswith("<closed> <opens> tomorrow at 9")
    assert isinstance(turn.then, Listen)


# --- hearing it another way ------------------------------------------------------------------


def test_slower_holds_for_the_whole_call_and_goes_on_where_it_was():
    turn = follow(RING, *keys("1", "1", "1", "8", "1"))
    assert turn.call.speed == "slow"
    assert words_of(turn) == "<slower_on> apples part 2."
    ringing = put_through(follow(*keys("*", "2", "0"), call=turn.call))
    later = follow(EffectDone(ringing.then, "busy"), *keys("1"), call=ringing.call)
    assert later.call.speed == "slow"


def waited(turn: Turn) -> int | None:
    """Seconds for a key, or of quiet before a recording ends."""
    match turn.then:
        case Listen(seconds):
            return seconds
        case Record(silence=seconds):
            return seconds
    return None


WAITING = (
    *("main", "more", "ask", "apples", "hearing", "hold", "short", "leaving", "often", "danger"),
    *("message", "number-apples", "day-letter", "text-apples", "nobody-closed"),
)


@pytest.mark.parametrize("place", WAITING)
def test_with_slower_every_wait_is_half_as_long_again(place):
    call = Call(at=place, trail=("main",), last="1")
    seen = 0
    for heard in (NoInput(), *keys("#", "1", "2", "7")):
        usual = step(LINE, call, heard, OPEN)
        slow = step(LINE, call.stay(speed="slow"), heard, OPEN)
        speeds = (usual.call.speed, slow.call.speed)
        if speeds == ("normal", "slow") and waited(usual) is not None:
            assert waited(usual) * 1.5 <= waited(slow) < waited(usual) * 1.5 + 1
            seen += 1
    assert seen


def test_with_slower_silence_has_half_as_long_again_on_each_rung():
    turn, waits = follow(RING, *keys("8", "1")), []
    for _ in range(4):
        waits.append(turn.then.seconds)
        turn = step(LINE, turn.call, NoInput(), OPEN)
    assert waits == [15, 30, 45, 60]
    assert follow(*keys("8", "2"), call=turn.call.stay(at="main")).then.seconds == 10


def test_wait_for_me_holds_at_once_and_after_every_part():
    held = follow(RING, *keys("1", "1", "8", "3"))
    assert words_of(held) == "<wait_on>" and held.then == Listen(300)
    part = follow(*keys("1"), call=held.call)
    assert words_of(part).endswith("apples part 1. <press_to_go_on>")
    assert part.then == Listen(300)
    assert words_of(follow(NoInput(), call=part.call)).startswith("<not_heard>")
    assert "apples part 2." in words_of(follow(*keys("1"), call=part.call))


# --- texts -----------------------------------------------------------------------------------

END = ("1", "1", "1", "1", "1")


def test_a_mobile_confirms_with_one_key():
    offer = follow(RING, *keys(*END, "2"))
    assert words_of(offer).startswith("<offer_text> <text_seen>")
    asked = follow(*keys("1"), call=offer.call)
    assert asked.effect == SendText("apples", "en", MOBILE)
    told = follow(EffectDone(asked.effect, "queued"), call=asked.call)
    assert words_of(told).startswith("<sending>")
    assert "To go on to the pears, press 1." in words_of(told)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("already", "<already_sending>"), ("failed", "<cannot_text>"), ("odd", "<cannot_text>")],
)
def test_only_what_is_true_is_said_of_a_text(outcome, said):
    asked = follow(RING, *keys(*END, "2", "1"))
    assert words_of(follow(EffectDone(asked.effect, outcome), call=asked.call)).startswith(said)


@pytest.mark.parametrize(
    ("facts", "choices"),
    [
        (
            OPEN,
            "To <this_phone_label>, press 1. To <other_phone_label>, press 2. To <read_out_label>, press 3.",
        ),
        (LANDLINE, "To <a_mobile_label>, press 1. To <read_out_label>, press 2."),
    ],
    ids=["from a mobile", "from a landline"],
)
def test_a_text_is_offered_to_a_mobile_or_read_out_by_a_person(facts, choices):
    offered = words_of(follow(RING, *keys(*END, "2"), facts=facts))
    assert offered == f"<offer_text> <text_seen> {choices}"


def test_another_phone_is_typed_heard_back_and_confirmed():
    form = follow(RING, *keys(*END, "2", "1"), facts=LANDLINE)
    assert "<ask_number> <how_to_enter>" in words_of(form)
    assert form.then == Listen(10, many=True)
    check = follow(*keys("07700900456"), call=form.call, facts=LANDLINE)
    assert words_of(check) == (
        "<read_back> 0, 7, 7, 0, 0. 9, 0, 0. 4, 5, 6. <number_right> <yes> <no>"
    )
    sent = follow(*keys("1"), call=check.call, facts=LANDLINE)
    assert sent.effect == SendText("apples", "en", "+447700900456")
    again = follow(*keys("2"), call=check.call, facts=LANDLINE)
    assert words_of(again) == "<ask_number> <how_to_enter>" and again.call.typed == ""


@pytest.mark.parametrize(
    "typed", ["07700900456", "7700900456", "447700900456", "00447700900456", "1*07700900456"]
)
def test_a_mobile_may_be_typed_as_people_type_it(typed):
    form = follow(RING, *keys(*END, "2", "1"), facts=LANDLINE)
    assert follow(*keys(typed), call=form.call).call.typed == "+447700900456"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0770090045", "That was 10 digits. <mobile_has_11>"),
        ("077009004567", "That was 12 digits. <mobile_has_11>"),
        ("0" * 1000, "<many_digits_heard> <mobile_has_11>"),
        ("5", "<no_number> <mobile_has_11>"),
        ("02079460000", "<only_mobiles>"),
        ("07011234567", "<not_texted>"),
        ("07781123456", "<not_texted>"),
    ],
    ids=lambda text: text[:14],
)
def test_a_number_that_does_not_fit_is_asked_for_again_then_a_person(typed, said):
    form = follow(RING, *keys(*END, "2", "1"), facts=LANDLINE)
    again = follow(*keys(typed), call=form.call)
    assert words_of(again) == f"{said} <ask_number> <how_to_enter>"
    assert put_through(follow(*keys(typed), call=again.call)).then == Transfer()


def test_while_typing_0_and_8_are_digits_but_a_lone_0_is_a_person():
    form = follow(RING, *keys(*END, "2", "1"), facts=LANDLINE)
    assert put_through(follow(*keys("0"), call=form.call)).then == Transfer()
    assert "<mobile_has_11>" in words_of(follow(*keys("80"), call=form.call))


def test_star_clears_what_was_typed_and_then_goes_back():
    form = follow(RING, *keys(*END, "2", "1"), facts=LANDLINE)
    assert words_of(follow(*keys("0770*"), call=form.call)) == "<ask_number> <how_to_enter>"
    back = follow(*keys("*"), call=form.call)
    assert back.call.at == "text-apples"
    assert follow(*keys("*"), call=back.call).call.at == "apples"


def test_silence_while_typing_keeps_listening_for_a_number():
    form = follow(RING, *keys(*END, "2", "1"), facts=LANDLINE)
    assert follow(NoInput(), call=form.call).then == Listen(20, many=True)


# --- odd states ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", ["", "gone", "text-gone", "text-", "check-apples", "nobody-gone", "adviser", "../x"]
)
def test_a_place_that_does_not_exist_leads_somewhere_useful(place):
    turn = put_through(follow(KeyPressed("1"), call=Call(at=place)))
    assert words_of(turn) and turn.effect is None
    assert not isinstance(turn.then, End)


def test_a_caller_who_has_gone_hears_nothing_more():
    assert follow(RING, HungUp()).then == End()


# --- what is noted ---------------------------------------------------------------------------


def noted(*heard):
    """Every note of a call, as the journal gets it."""
    call, found = Call(version="v1"), []
    for each in heard:
        turn = step(LINE, call, each, OPEN)
        call, found = turn.call, [*found, *((n.event, n.node, n.detail) for n in turn.notes)]
    return found


def test_a_call_is_noted_from_place_to_place_with_its_version():
    assert noted(RING, *keys("2", "*")) == [
        ("rang", "main", LINE.version),
        ("language", "main", "en"),
        ("went", "more", "main"),
        ("first-key", "main", ""),
        ("went", "main", "more"),
    ]


def test_a_topic_read_to_its_end_is_told_from_one_that_was_skipped_through():
    heard = noted(RING, *keys("1", "1"), NoInput(), NoInput(), NoInput())
    skipped = noted(RING, *keys("1", "1", "1"), NoInput(), NoInput())
    assert [each for each in heard if each[0] in ("part", "heard-out")] == [
        *(("part", "apples", str(at)) for at in range(4)),
        ("heard-out", "apples", ""),
    ]
    assert ("skip", "apples", "") in skipped and ("skip", "apples", "") not in heard


def test_who_asked_the_line_to_wait_skips_nothing_by_going_on():
    waits = Call(at="apples", wait=True)
    assert not [n for n in step(LINE, waits, KeyPressed("1"), OPEN).notes if n.event == "skip"]


def test_a_place_that_an_address_made_up_is_not_noted():
    for at in ("Jane Doe", "nobody-Jane", "text-Jane"):
        notes = step(LINE, Call(at=at), KeyPressed("*"), OPEN).notes
        assert "Jane" not in str([n for n in notes if n.event == "went"])
