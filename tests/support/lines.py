"""A small line for tests of behaviour: two topics, two menus, one question, plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from ivr.config import LONDON
from ivr.content.build import calendar
from ivr.flow import step
from ivr.line.call import (
    Call,
    EffectDone,
    Event,
    Facts,
    HoldRingGroup,
    InLanguage,
    KeyPressed,
    Turn,
)
from ivr.line.hours import Hours
from ivr.line.model import Form, Line, Menu, Topic, Voice
from ivr.line.phrases import SAYS
from ivr.line.wording import (
    KEYS,
    FormWords,
    MenuWords,
    PartWords,
    Pieces,
    TopicWords,
    Wording,
)

NINE_TO_FIVE = ((time(9), time(17)),)
HOURS = Hours((NINE_TO_FIVE,) * 5 + ((), ()))
MOBILE = "+447700900123"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=LONDON)
NIGHT = datetime(2026, 11, 24, 20, 0, tzinfo=LONDON)
OPEN = Facts(TUESDAY, True, None, "mobile", MOBILE)
CLOSED = Facts(NIGHT, False, datetime(2026, 11, 25, 9, 0, tzinfo=LONDON), "mobile", MOBILE)
AT_NIGHT = CLOSED._replace(ringable=MOBILE)
LANDLINE = Facts(TUESDAY, True, None, "landline")

PIECES = Pieces(
    today="today",
    tomorrow="tomorrow",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    on_weekdays=tuple(f"on {day}" for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
    days=tuple(f"day {n}" for n in range(1, 32)),
    months=tuple(f"month {n}" for n in range(1, 13)),
    written_months=tuple(f"Month{n}" for n in range(1, 13)),
    years={year: str(year) for year in range(2025, 2029)},
    times={"09:00": "at 9"},
    digits=tuple(f"{n}," for n in range(10)),
    last_digits=tuple(f"{n}." for n in range(10)),
    key_names={key: {"*": "star", "#": "hash"}.get(key, key) for key in KEYS},
    counts=("one", "two", "three", "four", "five"),
)
SPECIAL = {
    "sms_opening": "Advice line, about your call:",
    "sms_opening_text": "Advice line:",
    "choice": "To {label}, press {key}.",
    "count": "There are {count} choices.",
    "not_used": "Key {key_name} is not used here.",
    "tap_keypad": "<tap_keypad> {key_name}",
    "digits_heard": "That was {digits} digits.",
    "go_on_to": "go on to {name}",
    "this_language": "For this language, press {key_name}.",
    "text_menu": "Text one of these: {choices}",
    "paper_relay": "<paper_relay> {number}",
    "paper_checked": "<paper_checked> {name}",
    **{
        f"sms_{name}": f"<sms_{name}> {{date}}"
        for name in ("ring_by", "aim", "law_last", "still", "perhaps")
    },
}
SAID = {name: SPECIAL.get(name, f"<{name}>") for name in SAYS}


def topic(name: str, parts: int) -> TopicWords:
    """A topic with this many parts."""
    said = tuple(PartWords(f"{name} part {n}.") for n in range(1, parts + 1))
    return TopicWords(
        label=f"hear {name}",
        name=f"the {name}",
        parts=said,
        summary=f"{name} in short.",
        text=f"Advice line, about your call: {name}.",
        sources=("a law",),
        reviewed=date(2026, 11, 23),
        keywords=(name,),
    )


def menu(name: str, question: str = "") -> MenuWords:
    """A menu or question of this name."""
    return MenuWords(f"hear {name}", f"the {name}", f"Help with {name}.", question)


WORDS = Wording(
    lang="en",
    says=SAID,
    menus={"main": menu("main"), "more": menu("more"), "ask": menu("ask", "Have you a letter?")},
    topics={"apples": topic("apples", 3), "pears": topic("pears", 1)},
    pieces=PIECES,
    forms={"deadline": FormWords("work out a date", "the last day")},
)
LINE = Line(
    name="A small line",
    start="main",
    contact="pears",
    menus={
        "main": Menu({"1": "apples", "2": "more"}),
        "more": Menu({"1": "pears", "2": "ask"}),
        "ask": Menu({"1": "apples", "2": "pears"}, question=True),
    },
    topics={"apples": Topic("pears"), "pears": Topic("main")},
    forms={"deadline": Form("apples")},
    calendar=calendar(),
    hours=HOURS,
    voices={"en": Voice("test", "Polly.Amy", "en-GB")},
    wordings={"en": WORDS},
    version="small",
)


def marked(words: Wording, mark: str) -> Wording:
    """The same wording in a made-up language: a mark before everything that is said."""

    def said(text: str) -> str:
        return f"{mark} {text}" if text else ""

    return replace(
        words,
        lang="xx",
        says={name: said(text) for name, text in words.says.items()},
        menus={
            name: MenuWords(said(m.label), said(m.name), said(m.help), said(m.question))
            for name, m in words.menus.items()
        },
        topics={
            name: replace(
                t,
                label=said(t.label),
                name=said(t.name),
                parts=tuple(replace(part, says=said(part.says)) for part in t.parts),
                summary=said(t.summary),
            )
            for name, t in words.topics.items()
        },
    )


TWO_LANGUAGES = replace(
    LINE,
    voices=LINE.voices | {"xx": Voice("test", "Polly.Other", "xx-XX")},
    wordings={"en": WORDS, "xx": marked(WORDS, "XX")},
)


def follow(*heard: Event, call: Call | None = None, facts: Facts = OPEN, line: Line = LINE) -> Turn:
    """The last turn after these things were heard, one after another."""
    turn = Turn(call or Call())
    for each in heard:
        turn = step(line, turn.call, each, facts)
    return turn


def put_through(turn: Turn, facts: Facts = OPEN, line: Line = LINE, told: str = "2") -> Turn:
    """The turn that rings a person: ``told`` is pressed where it is asked what may be told."""
    if turn.call.at == "tell":
        turn = step(line, turn.call, KeyPressed(told), facts)
    if isinstance(turn.effect, HoldRingGroup):
        turn = step(line, turn.call, EffectDone(turn.effect, "free"), facts)
    return turn


def words_of(turn: Turn) -> str:
    """Everything said in a turn, as one text."""
    said = [unit.words if isinstance(unit, InLanguage) else unit for unit in turn.say]
    return " ".join(unit for unit in said if isinstance(unit, str))


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def keys(*pressed: str) -> list[KeyPressed]:
    return [KeyPressed(key) for key in pressed]
