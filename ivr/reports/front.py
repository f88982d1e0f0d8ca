"""What is worked out for the printed script: the number, its cost, the hours, the words to text.

Owns these, and how hours are written. Says nothing that the line does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from itertools import groupby

from ivr import texts
from ivr.line.hours import Hours
from ivr.line.model import Line
from ivr.line.numbers import DRAMA, printed
from ivr.reports.paper import Row, head, note

FREE, ORDINARY = ("+44800", "+44808"), ("+441", "+442", "+443")
"""Numbers that are free to ring, and those that cost no more than to ring a house (Ofcom)."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDDAY = time(12)
NAMED = {MIDDAY: "midday", time(0): "midnight"}
"""Times of day that have a name; midnight as the end of a day is its own."""

Spans = tuple[tuple[time, time], ...]


def values(line: Line, number: str) -> dict[str, str]:
    """What is filled into the paper's own sentences; empty where it is not so.

    ``number`` is the line's own, in E.164.
    """
    words, cost = line.words(line.languages[0]), cost_of(number)
    return {
        "number": printed(number),
        "relay": words.say("paper_relay", number=printed(number)),
        "cost": words.say(cost) if cost else "",
        "made_up": "made up" if number.startswith(DRAMA) else "",
        "reviewed": _looked_through(line),
        "checked": line.reviewed(line.languages[0]),
        "deadline": "deadline" if "deadline" in line.forms else "",
    }


def hours(line: Line) -> Iterator[Row]:
    """When a person can answer."""
    yield from (note(row) for row in weekly(line.hours))
    if line.hours.other:
        yield head("On these days it is different")
        yield from (note(row) for row in one_off(line.hours))


def keywords(line: Line) -> Iterator[Row]:
    """The words that may be texted: those of the first language, as a text has no other."""
    lang = line.languages[0]
    words, tag = line.words(lang), line.voices[lang].tag
    for name in line.topics:
        topic = words.topics[name]
        if topic.keywords:
            yield Row("keyword", words.title(name), tag, _any_of(topic.keywords), name)
    yield note("Text any other word, and you get this list:")
    yield Row("text", texts.answers(line, texts.AskedInText("menu"), date.min)[0], tag)


def cost_of(number: str) -> str:
    """The phrase that tells what a call costs; empty for a number that this does not know."""
    if number.startswith(FREE):
        return "paper_free"
    return "paper_ordinary" if number.startswith(ORDINARY) else ""


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


def _looked_through(line: Line) -> str:
    """The oldest day and by whom; empty where a topic was not read by somebody qualified."""
    topics = [topic for each in line.wordings.values() for topic in each.topics.values()]
    if not all(topic.by for topic in topics):
        return ""
    by = sorted({topic.by for topic in topics})
    return f"{_day(min(topic.reviewed for topic in topics))} or later, by {', '.join(by)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _any_of(words: tuple[str, ...]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
