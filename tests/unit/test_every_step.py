"""Every node × every event × every odd state of a call: always an answer, and always in words.

What a search might find one day is tried here each time. States are odd in one field at a time,
and in the two that hold most, what was typed and what was answered, at every node.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import product

import pytest

from ivr.config import LONDON
from ivr.content import load
from ivr.flow import OWN, handler_of, staff, step
from ivr.line.call import (
    Call,
    CallStarted,
    CheckPin,
    DeleteVoicemail,
    Effect,
    EffectDone,
    Event,
    Facts,
    HoldRingGroup,
    HungUp,
    InLanguage,
    KeepAnnouncement,
    KeepCallback,
    KeepUsualHours,
    KeepVoicemail,
    KeyPressed,
    NoInput,
    Playback,
    ReadTotals,
    Record,
    RecordingDone,
    SendText,
    SetHours,
    Transfer,
    Turn,
    WithdrawAnnouncement,
)
from ivr.line.model import Line
from tests.support.broken import SHIPPED
from tests.support.lines import LINE, TWO_LANGUAGES, WORDS

SUBJECTS = ("complaint", "deadline", "certificate", "closed", "1234", "²", "a.x", ".²")
"""What a node may be about: a topic, a form, each paper, why nobody is there, and what is none."""
MADE_UP = ("", "gone", "-", "²", "check", "main-main")
KEYS = [KeyPressed(keys) for keys in ("", *"0123456789*#", "x", "²", "😀")]
TYPED = [
    KeyPressed(keys) for keys in ("07700900123", "12", "99", "999", "1*", "**", "1" * 60, "٣٣")
]
EFFECTS = (
    SendText("complaint", "en", "+447700900123"),
    HoldRingGroup(),
    *(KeepVoicemail("RE1", 5, "", "en", key) for key in ("", "0", "9", "#")),
    KeepVoicemail("RE1", 5, "", "en", "#", "RE2"),
    DeleteVoicemail("RE1"),
    HoldRingGroup(groups=(("first",),)),
    HoldRingGroup(groups=(("first", "second"),), why="busy"),
    KeepCallback("+447700900123", True, "line", "any", "en", ""),
    Transfer(),
)
OUTCOMES = (
    "",
    "queued",
    "kept",
    "gone",
    "full",
    "free",
    "deleted",
    "free:first",
    "talking",
    "stopped",
    "early",
    "failed",
    "busy",
    "completed",
    "1234",
    "²",
)
EVENTS: list[Event] = [
    *(CallStarted(), HungUp(), HungUp("RE1", 5), NoInput(), *KEYS, *TYPED),
    *(
        RecordingDone(sid, 5, key)
        for sid in ("", "RE1")
        for key in ("", "0", "9", "*", "#", "hangup")
    ),
]
ENDS: list[Event] = [EffectDone(effect, outcome) for effect in EFFECTS for outcome in OUTCOMES]
EACH_NODE: dict[str, tuple[object, ...]] = {
    "typed": ("+4", "07700900123", "+447700900123", "x", "٣", "+44²", "+44"),
    "form": (
        *("/", "²/²/²", "x/1/1-1-1/1-1-1/0", "other/0/1-10-2026/0-0-0/0", "other/0/5-13-0/0-0-0/1"),
        *(
            "other/1/31-2-2026/0-0-0/1",
            "other/1/1-10-2026/1-1-9999/999",
            "other/1/1-10-2026/1-11-2",
        ),
        *("not-sure/0/1-6-2020/0-0-0/1", "other/0/1-1-2035/0-0-0/0"),
    ),
    "recording": ("RE1.5", "RE1.x", "RE1.", ".", ".²", "RE1." + "9" * 5000),
    "wish": (
        *("|||||", "x|y|z|w|v|u", "a|b", "|yes|line|any|en|deadline", "²|||||"),
        *("+447700900123|||||", "+447700900123|yes|friend|noon|xx|gone", "+4|yes|line|any|en|x"),
    ),
}
"""What leaves the line only sealed: empty, half, of another call, of an older line, made up."""
OTHERWISE: dict[str, tuple[object, ...]] = {
    "part": (1, 5, 99),
    "lang": ("xx", ""),
    "wait": (True,),
    "silences": (1, 2, 3, 99),
    "slips": (1, 99),
    "slipped": (3, 99),
    "offered": (True,),
    "stopped": (True,),
    "trail": (
        *(
            ("main",),
            ("gone",),
            ("main.99", "complaint.2"),
            ("check-complaint", "number-complaint"),
        ),
        *(("",) * 3, ("phonecheck", "safe", "adviser"), ("answer",) * 14),
    ),
    "rung": (("first",), ("x", "y")),
    "since": (1, 10**15),
    "tell": ("yes", "x"),
    "nines": (2, 99),
    "last": ("1", "9", "0", "x"),
    "news": ("sending", "gone"),
    "version": ("x",),
}
NOW = datetime(2026, 11, 24, 10, tzinfo=LONDON)
DAY = Facts(NOW, True, None, "mobile", "+447700900123", 1_000, "+447700900123")
NIGHT = DAY._replace(open=False, opens=datetime(2026, 11, 25, 9, tzinfo=LONDON), rings=())
HIDDEN = Facts(NOW.replace(year=2050), False, None, "withheld")
UNSTAFFED = DAY._replace(rings=((), ("first",)))
FORMLESS = replace(LINE, forms={}, wordings={"en": replace(WORDS, forms={})})
"""A line in which no date is worked out, as content may be changed during a call."""


@cache
def line() -> Line:
    """The shipped line: a node may only say what is recorded for it."""
    return load(SHIPPED)


@cache
def recorded() -> frozenset[str]:
    """Everything that there is a recording of."""
    return frozenset(line().units("en"))


def odd(fields: dict[str, tuple[object, ...]]) -> list[Call]:
    """Calls that are odd in one of these fields."""
    return [Call()._replace(**{name: value}) for name, values in fields.items() for value in values]


def tried(
    node: str,
    calls: list[Call],
    events: list[Event],
    facts: Facts = DAY,
    on: Line | None = None,
) -> None:
    """Let all of this happen to these calls at this node; on the shipped line, or another."""
    on = on or line()
    for call, heard in product(calls, events):
        here = call._replace(at=node)
        turn = step(on, here, heard, facts)
        wrong = what_is_wrong(on, here, heard, turn)
        assert not wrong, f"{wrong}: {here}, {heard}, {turn}"


def what_is_wrong(on: Line, call: Call, heard: Event, turn: Turn) -> str:
    """What a caller would notice; empty where all is well."""
    if isinstance(heard, HungUp):
        return "speaks to nobody" if turn.say else ""
    said = [each.words if isinstance(each, InLanguage) else each for each in turn.say]
    words = [each for each in said if isinstance(each, str)]
    if not words and turn.effect is None:
        return "silence"
    if isinstance(turn.effect, SendText | KeepCallback) and not to_be_texted(on, turn.effect):
        return "nothing to text"
    if (unheard := set(words) - recorded()) and on is line():
        return f"there is no recording of {unheard}"
    if handler_of(on, turn.call.at) is None and not isinstance(turn.then, Record):
        return "a place that does not exist"
    typing = getattr(handler_of(on, call.at), "typing", False)
    if heard == KeyPressed("0") and handler_of(on, call.at) and not typing and call.last != "0":
        to = turn.call.at.partition("-")[0]
        return "" if to in ("adviser", "tell", "speaker", "nobody") else "0 finds no person"
    return ""


def to_be_texted(on: Line, effect: SendText | KeepCallback) -> str:
    """What would be sent, or read out to who is rung back."""
    about = effect.topic if isinstance(effect, SendText) else effect.about
    if isinstance(effect, KeepCallback) and not effect.read:
        return "nothing is read out"
    topics = on.words(effect.lang).topics
    return effect.body or (topics[about].text if about in topics else "")


NODES = (*line().menus, *line().topics, *OWN, *MADE_UP)


@pytest.mark.parametrize("node", NODES)
def test_whatever_happens_to_an_odd_call_is_answered_in_words(node):
    sealed = [Call(), *odd(EACH_NODE)]
    tried(node, [*sealed, *odd(OTHERWISE)], EVENTS)
    # All of it at each node would take a minute more of every run.
    tried(node, sealed[::3], ENDS)
    for first, facts in enumerate((NIGHT, HIDDEN)):
        tried(node, sealed[first::2], EVENTS, facts)
    tried(node, [Call()], EVENTS, UNSTAFFED)


@pytest.mark.parametrize("node", OWN)
def test_whatever_a_node_is_about_it_answers_in_words(node):
    for subject in SUBJECTS:
        tried(f"{node}-{subject}", [Call(), *odd(EACH_NODE)[::2]], EVENTS)
        tried(f"{node}-{subject}", [Call()], ENDS)
        tried(f"{node}-{subject}", [Call(trail=("main", "answer"))], EVENTS, NIGHT)


@pytest.mark.parametrize("node", sorted({*OWN} - {"deadline"}))
def test_where_a_fault_in_a_node_is_looked_for_there_is_a_phrase_of_its_own(node):
    """The form itself is looked for where it is described, in flow.yaml."""
    assert OWN[node].begins in WORDS.says and OWN[node].begins != "start_again"


@pytest.mark.parametrize("other", [TWO_LANGUAGES, FORMLESS], ids=["two languages", "no form"])
@pytest.mark.parametrize("node", OWN)
def test_it_is_the_same_on_other_lines(node, other):
    calls = [
        Call(),
        Call(lang="xx"),
        *odd({"form": EACH_NODE["form"], "wish": EACH_NODE["wish"]}),
    ]
    for at in (node, f"{node}-apples", f"{node}-deadline"):
        tried(at, calls, [*EVENTS, *ENDS[::5]], on=other)


@pytest.mark.parametrize(
    "heard", [NoInput(), KeyPressed("1"), KeyPressed("7"), KeyPressed("#")], ids=str
)
@pytest.mark.parametrize(
    ("node", "asks"),
    [
        ("check-complaint", "Please enter a UK mobile number."),
        ("phonecheck", "Please enter the whole phone number."),
        ("date-letter", "day"),
        ("date-certificate", "day"),
        ("keep", "You can leave a message"),
        ("text-deadline", "Do you want to appeal only about the school"),
        ("check-deadline", "Do you want to appeal only about the school"),
        ("confirm", "An adviser can ring you back."),
        ("answer", "Do you want to appeal only about the school"),
    ],
)
def test_who_has_nothing_typed_is_asked_for_it_again(node, asks, heard):
    before = {"check": "number-complaint", "phonecheck": "phone", "keep": "message"}
    trail = ("main", before.get(node.partition("-")[0], "callback"))
    turn = step(line(), Call(at=node, trail=trail), heard, DAY)
    assert asks in " ".join(each for each in turn.say if isinstance(each, str))


# --- the staff's own line --------------------------------------------------------------------

STAFF_NODES = ("welcome", "number", "pin", "menu", "keep", "", "gone", "adviser")
STAFF_DOES: tuple[Effect, ...] = (
    *(CheckPin("1234", "1"), SetHours(False, NOW), SetHours(True, NOW)),
    *(KeepUsualHours(), KeepAnnouncement("RE1"), WithdrawAnnouncement()),
    ReadTotals(),
)
STAFF_EVENTS: list[Event] = [
    *(CallStarted(), NoInput(), EffectDone(Transfer(), "busy"), *KEYS, *TYPED),
    *(RecordingDone(sid, 5, key) for sid in ("", "RE1") for key in ("", "0", "*", "#", "hangup")),
    *(EffectDone(do, how) for do in STAFF_DOES for how in ("done", "failed", "ok", "wrong", "")),
]


@pytest.mark.parametrize("node", STAFF_NODES)
def test_whatever_happens_on_the_staff_line_is_answered(node):
    rung, facts = staff.staff_line(LINE), Facts(NOW, False, None, "withheld")
    for held in product(("", "1234", "²"), ("", "1234"), ("", "RE1")):
        typed, who, recording = held
        call = Call(at=node, typed=typed, who=who, recording=recording)
        for heard in STAFF_EVENTS:
            turn = step(rung, call, heard, facts)
            wrong = wrong_on_the_staff_line(call, heard, turn)
            assert not wrong, f"{wrong}: {call}, {heard}, {turn}"


def wrong_on_the_staff_line(call: Call, heard: Event, turn: Turn) -> str:
    """What a member of staff would notice; empty where all is well."""
    if not turn.effect and not (turn.say and all(turn.say)):
        return "silence"
    if Playback("") in turn.say or turn.effect == KeepAnnouncement(""):
        return "an announcement that nobody recorded"
    if isinstance(turn.effect, CheckPin) and not turn.effect.number:
        return "a PIN without a staff number"
    tried = isinstance(turn.effect, CheckPin) or isinstance(heard, EffectDone)
    if not call.who and not tried and (turn.call.who or turn.effect):
        return "something done for somebody who has not signed in"
    return ""
