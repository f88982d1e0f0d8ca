"""What one needs to know before ringing: the number, the hours, the keys, ways without a voice.

Owns the cover and the first chapter of the printed script. Says nothing that the line does not
know.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from itertools import groupby

import phonenumbers
from phonenumbers import PhoneNumberFormat as Format

from ivr import texts
from ivr.line.hours import Hours
from ivr.line.model import Line
from ivr.line.numbers import DRAMA
from ivr.reports.ear import Reader, ear
from ivr.reports.paper import Row, Section, head, note

STEERING = "0*#8"
"""The keys that work everywhere: a person first, the rest in the order of the keypad."""
FREE, ORDINARY = ("+44800", "+44808"), ("+441", "+442", "+443")
"""Numbers that are free to ring, and those that cost no more than to ring a house (Ofcom)."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDDAY = time(12)
NAMED = {MIDDAY: "midday", time(0): "midnight"}
"""Times of day that have a name; midnight as the end of a day is its own."""

Spans = tuple[tuple[time, time], ...]


def front(line: Line, lang: str, number: str) -> tuple[Section, ...]:
    """The sections of the first chapter. ``number`` is the line's own, in E.164."""
    caller = ear(line, lang)
    return (
        Section("the-hours", "When you can ring", tuple(_hours(line))),
        Section("four-keys", "Four keys that work everywhere", tuple(_steering(caller))),
        Section("by-relay", "If you cannot hear or speak", tuple(_relay(caller, number))),
        Section("by-text", "Get the advice as a text message", tuple(_keywords(line, number))),
    )


def cover(line: Line, number: str) -> Iterator[Row]:
    """What the line is, what the paper is, and the number to ring."""
    yield note(
        "You ring a number. A voice tells you what you can do when you are unhappy with the help "
        "your child gets. You choose with the keys of your phone, one key at a time."
    )
    yield note(
        "Here is what the line says, word for word. You can read it and not ring at all. "
        "Or keep it beside you while you ring."
    )
    yield head(f"Ring {printed(number)}")
    if cost := cost_of(number):
        yield note(line.words(line.languages[0]).say(cost))
    if number.startswith(DRAMA):
        yield note("This is a demonstration. The number is made up. The hours are an example.")
    yield head("The law may change")
    yield note(
        f"Every topic was looked through on {_day(_oldest(line))} or later. "
        "Please check with the advice service."
    )
    yield note(line.reviewed(line.languages[0]))


def _hours(line: Line) -> Iterator[Row]:
    yield note("You can ring at any time, day or night. A person can answer at these times:")
    yield from (note(row) for row in weekly(line.hours))
    if line.hours.other:
        yield head("On these days it is different")
        yield from (note(row) for row in one_off(line.hours))


def _steering(caller: Reader) -> Iterator[Row]:
    """The keys, in the words of the line to somebody who has pressed a key that is not used."""
    topic = caller.come(next(iter(caller.line.topics)))
    rows = caller.rows(caller.press(topic, "7"), topic)
    yield from sorted(
        (row for row in rows if row.kind == "choice"), key=lambda row: STEERING.index(row.key)
    )
    yield note("While advice is read to you, 1 goes on to the next part.")
    yield note("While a phone rings for you, only star works. It brings you back.")
    yield note("In danger, press 9 three times. The line then tells you what to do.")


def _keywords(line: Line, number: str) -> Iterator[Row]:
    """The words that may be texted: those of the first language, as a text has no other."""
    lang = line.languages[0]
    words, tag = line.words(lang), line.voices[lang].tag
    yield note(
        f"Text one of these words to {printed(number)}. You get that advice as a text message. "
        "To get no more texts, text the word stop."
    )
    for name in line.topics:
        topic = words.topics[name]
        if topic.keywords:
            yield Row("keyword", words.title(name), tag, _any_of(topic.keywords), name)
    yield note("Text any other word, and you get this list:")
    yield Row("text", texts.answer(line, ""), tag)


def _relay(caller: Reader, number: str) -> Iterator[Row]:
    yield note(
        "You can get all the advice by text: see below. Or you can ring with Relay UK. There, an "
        "assistant types what the line says, and you read it, in an app or on a textphone."
    )
    first = caller.line.words(caller.line.languages[0])
    yield head(first.say("paper_relay", number=printed(number)))
    yield note("You may want the line to wait while you read. First press 8. Then:")
    hearing = caller.rows(caller.press(caller.ring(), "8"))
    yield from (row for row in hearing if row.key == "3")


def cost_of(number: str) -> str:
    """The phrase that tells what a call costs; empty for a number that this does not know."""
    if number.startswith(FREE):
        return "paper_free"
    return "paper_ordinary" if number.startswith(ORDINARY) else ""


def printed(number: str) -> str:
    """A number (E.164) as people write it: 020 7946 0100; one from abroad with its country code.

    A number of no country stays as it is.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    ours = parsed.country_code == phonenumbers.country_code_for_region("GB")
    return phonenumbers.format_number(parsed, Format.NATIONAL if ours else Format.INTERNATIONAL)


def weekly(hours: Hours) -> Iterator[str]:
    """The opening hours, days with the same hours together."""
    for spans, days in groupby(enumerate(hours.week), key=lambda day: day[1]):
        yield f"{_together([DAYS[n] for n, _ in days])}: {_spans(spans)}."
    if hours.closed:
        yield "Bank holidays: closed."


def one_off(hours: Hours) -> Iterator[str]:
    """Days with times of their own, in order; those that follow one another are one row."""
    days = enumerate(sorted(hours.other.items()))
    for (_, spans), run in groupby(days, key=lambda each: (_since(*each), each[1][1])):
        dates = [day for _, (day, _) in run]
        last = f" to {_day(dates[-1])}" if len(dates) > 1 else ""
        yield f"{_day(dates[0])}{last}: {_spans(spans)}."


def _since(place: int, day: tuple[date, Spans]) -> int:
    """The same number for each of days that follow one another."""
    return day[0].toordinal() - place


def _together(days: list[str]) -> str:
    match days:
        case [day]:
            return day
        case [first, second]:
            return f"{first} and {second}"
    return f"{days[0]} to {days[-1]}"


def _spans(spans: Spans) -> str:
    return " and ".join(f"{_clock(a)} to {_clock(b)}" for a, b in spans) or "closed"


def _clock(at: time) -> str:
    """9 am, 1:30 pm, midday, midnight (R45)."""
    if at in NAMED:
        return NAMED[at]
    minutes = f":{at:%M}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'am' if at < MIDDAY else 'pm'}"


def _oldest(line: Line) -> date:
    return min(topic.reviewed for each in line.wordings.values() for topic in each.topics.values())


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _any_of(words: tuple[str, ...]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
