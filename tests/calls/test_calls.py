"""What must hold for every call, whatever keys are pressed in whatever order.

That 0 and star lead somewhere from everywhere, and how long things take, is asked by the rules of
a call, by ``ivr check`` and by simulated callers.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.content import load
from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    End,
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
from ivr.webhooks import address
from tests.support.lines import CLOSED, LANDLINE, OPEN
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
