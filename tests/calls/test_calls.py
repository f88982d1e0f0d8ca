"""What must hold for every call, whatever keys are pressed in whatever order."""

from __future__ import annotations

from urllib.parse import parse_qsl

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
from ivr.line.wording import PAUSES
from ivr.secrets.seal import Sealer
from ivr.speech.manifest import read_library
from ivr.webhooks import address
from tests.support.lines import CLOSED, LANDLINE, OPEN, put_through
from tests.support.paths import ROOT

LINE = load(ROOT / "prompts")
SAID = set(LINE.units("en"))
SEALER = Sealer("a secret of some length, for tests only")

KEYS = st.one_of(
    st.sampled_from(list("123456789*#0")),
    st.sampled_from(["07700900456", "0770090045", "00447700900456", "020794", "1*", "*", "0", ""]),
    st.text(max_size=5),
)
THINGS = st.lists(st.one_of(KEYS, st.none()), max_size=40)
OUTCOMES = st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled", "odd"])
TEXTS = st.sampled_from(["queued", "already", "failed", "free", "full", "kept", "4821"])
"""How effects go; some are odd for some effects, and then count as failed."""
MESSAGE = "RE" + "0a" * 16
RECORDED = {
    "queued": RecordingDone(MESSAGE, 12, "#"),
    "already": RecordingDone(MESSAGE, 180),
    "failed": RecordingDone(""),
    "free": RecordingDone(MESSAGE, 3, "0"),
    "full": RecordingDone(MESSAGE, 3, "*"),
    "kept": RecordingDone(MESSAGE, 12, "1"),
    "4821": RecordingDone(MESSAGE, 12, "9"),
}


def through_its_address(call: Call) -> Call:
    """The call written into an address and read back, as between any two steps."""
    query = address.write(call, "key", lambda text: SEALER.seal(text, "CA1"))
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return address.read(pairs, lambda token: SEALER.open(token, "CA1"))


def settle(turn: Turn, facts, outcome: str, text: str) -> Turn:
    """Do effects and transfers until the line listens or ends."""
    for _ in range(8):
        if turn.effect is not None:
            if isinstance(turn.effect, SendText):
                assert turn.effect.number.startswith("+447")
            turn = step(LINE, turn.call, EffectDone(turn.effect, text), facts)
        elif isinstance(turn.then, Record):
            turn = step(LINE, through_its_address(turn.call), RECORDED[text], facts)
        elif isinstance(turn.then, Transfer):
            turn = step(LINE, through_its_address(turn.call), EffectDone(turn.then, outcome), facts)
    return turn


@settings(max_examples=300, deadline=None)
@given(THINGS, st.sampled_from([OPEN, CLOSED, LANDLINE]), OUTCOMES, TEXTS)
def test_any_call_always_has_words_a_way_on_and_a_warned_end(things, facts, outcome, text):
    turn, warned = step(LINE, Call(), CallStarted(), facts), False
    for thing in things:
        assert through_its_address(turn.call) == turn.call
        assert all(unit in SAID for unit in turn.say if isinstance(unit, str)), turn.say
        assert all(unit in PAUSES for unit in turn.say if isinstance(unit, Pause))
        heard = NoInput() if thing is None else KeyPressed(thing)
        turn = settle(
            step(LINE, through_its_address(turn.call), heard, facts), facts, outcome, text
        )
        if isinstance(turn.then, End):
            assert warned and thing in (None, "")
            return
        assert turn.say and isinstance(turn.then, Listen)
        warned = turn.call.at == "leaving"
        if warned:
            assert turn.then.seconds >= 20


@settings(max_examples=100, deadline=None)
@given(THINGS, OUTCOMES)
def test_0_reaches_a_person_from_wherever_a_call_has_got_to(things, outcome):
    turn = step(LINE, Call(), CallStarted(), OPEN)
    for thing in things:
        heard = NoInput() if thing is None else KeyPressed(thing)
        turn = settle(step(LINE, turn.call, heard, OPEN), OPEN, outcome, "queued")
        if isinstance(turn.then, End):
            return
    asked = step(LINE, turn.call, KeyPressed("0"), OPEN)
    # Who is asked what may be told is put through by a second 0, as by any answer.
    again = step(LINE, asked.call, KeyPressed("0"), OPEN) if asked.call.at == "tell" else asked
    assert isinstance(again.effect, HoldRingGroup)


@settings(max_examples=100, deadline=None)
@given(THINGS)
def test_star_always_leads_to_the_main_menu_in_the_end(things):
    turn = step(LINE, Call(), CallStarted(), OPEN)
    for thing in things:
        heard = NoInput() if thing is None else KeyPressed(thing)
        turn = settle(step(LINE, turn.call, heard, OPEN), OPEN, "busy", "queued")
        if isinstance(turn.then, End):
            return
    for _ in range(12):
        turn = settle(step(LINE, turn.call, KeyPressed("*"), OPEN), OPEN, "busy", "queued")
    assert turn.call.at == "main"


@given(st.sampled_from(sorted(LINE.topics)))
def test_every_topic_is_at_most_two_presses_from_the_main_menu(topic):
    ways = [
        keys
        for first, menu in LINE.menus["main"].keys.items()
        for keys in ([first], *([first, key] for key in getattr(LINE.menus.get(menu), "keys", {})))
    ]
    reached = set()
    for keys in ways:
        turn = step(LINE, Call(), CallStarted(), OPEN)
        for key in keys:
            turn = step(LINE, turn.call, KeyPressed(key), OPEN)
        reached.add(turn.call.at)
    assert topic in reached


# --- what a caller hears, in seconds ---------------------------------------------------------

LIBRARY = read_library(ROOT / "audio")


def seconds(say) -> float:
    """How long a turn speaks."""
    prompts = [
        LIBRARY.pause(unit.ms) if isinstance(unit, Pause) else LIBRARY.find("en", "normal", unit)
        for unit in say
    ]
    return sum(prompt.seconds for prompt in prompts)


def test_everything_the_line_can_say_is_recorded_at_both_speeds():
    for speed in ("normal", "slow"):
        missing = [
            words for words in sorted(SAID) if not LIBRARY.has("en", "bf_emma", speed, words)
        ]
        assert missing == [], "run make record"


def test_the_first_choice_comes_within_12_seconds():
    turn = step(LINE, Call(), CallStarted(), OPEN)
    first = next(n for n, unit in enumerate(turn.say) if "press 1" in str(unit))
    assert seconds(turn.say[:first]) <= 12.0


def test_a_person_is_offered_within_15_seconds_and_rung_10_seconds_after_0():
    turn = step(LINE, Call(), CallStarted(), OPEN)
    person = next(n for n, unit in enumerate(turn.say) if "person" in str(unit))
    assert seconds(turn.say[: person + 1]) <= 15.0
    for keys in ("0", "76"):
        called = turn
        for key in keys:
            called = step(LINE, called.call, KeyPressed(key), OPEN)
        called = put_through(called, line=LINE)
        assert called.then == Transfer() and seconds(called.say) <= 10.0


@pytest.mark.parametrize("topic", sorted(LINE.topics))
def test_every_part_is_75_words_or_35_seconds(topic):
    for part in LINE.words("en").topics[topic].parts:
        assert len(part.says.split()) <= 75
        assert LIBRARY.find("en", "normal", part.says).seconds <= 35.0
