"""The last day to appeal on paper: what is asked, what is odd about a date, and what is told.

Owns these sections. The letters are made up; what the line says of them comes from the ear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from ivr.config import LONDON
from ivr.line.call import SendText, Turn
from ivr.line.model import Line
from ivr.reports.ear import MORNING, Reader, ear
from ivr.reports.paper import Row, Section, head, note

YES, NO, NOT_SURE = "1", "2", "3"
WITHOUT, WITH = (NO, NO), (NO, YES)
ONLY_THE_SCHOOL, SCHOOL_AND_CERTIFICATE = (YES, NO), (YES, YES)
"""How the first questions are answered: without a certificate, and with one."""
LETTER, TODAY = date(2026, 11, 23), MORNING.date()
ODD_DATES = (
    ("If there is no such day", ("32",)),
    ("If there is no such month", ("23", "13")),
    ("If it is no year", ("23", "11", "6")),
    ("If that month does not have that day", ("31", "2", "26")),
    ("If the date is still to come", ("25", "11", "26", YES)),
    ("If it is more than a year ago", ("23", "11", "25", YES)),
    ("If it is too far ahead for the bank holidays that are known", ()),
)


@dataclass(frozen=True, slots=True)
class Story:
    """A letter, and the day on which somebody rings about it."""

    title: str
    letter: date
    first: tuple[str, ...] = WITHOUT
    certificate: date | None = None
    rings: date = TODAY


STORIES = (
    Story("If you have no certificate yet", LETTER),
    Story("If the time ends in August", date(2026, 6, 15), rings=date(2026, 6, 20)),
    Story("If the time ends at Christmas", date(2026, 10, 25)),
    Story("If you have a certificate", date(2026, 10, 1), WITH, date(2026, 11, 20)),
    Story("If the certificate is from long after", date(2026, 6, 1), WITH, date(2026, 10, 30)),
    Story("If it is only about the school or college", date(2026, 11, 2), ONLY_THE_SCHOOL),
    Story(
        "If it is only about the school, and a certificate may give time",
        date(2026, 9, 20),
        SCHOOL_AND_CERTIFICATE,
        date(2026, 11, 10),
    ),
    Story("If the last weekday has gone by", LETTER, rings=date(2027, 1, 23)),
    Story("If the two months have gone by", LETTER, rings=date(2027, 1, 24)),
    Story("If it is late", date(2026, 8, 3), rings=date(2026, 10, 20)),
)


def last_day(line: Line, lang: str) -> tuple[Section, ...]:
    """The form, where the line has it."""
    if "deadline" not in line.forms:
        return ()
    caller = ear(line, lang)
    title = caller.words.title("deadline").removesuffix(".")
    return (
        Section("deadline", title, tuple(_questions(caller, title))),
        Section("odd-dates", "If a date cannot be", tuple(_odd(caller))),
        Section("the-answer", "What you are told", tuple(_answers(caller))),
    )


def _questions(caller: Reader, title: str) -> Iterator[Row]:
    """Each question as it is asked, with the help that comes when nothing is pressed."""
    first = caller.come("deadline")
    yield from (row for row in caller.rows(first) if row.words != f"{title}.")
    yield from _help(caller, first)
    yield head("When you press 2")
    yield from caller.rows(caller.press(first, NO))
    yield from _help(caller, caller.press(first, NO))
    for key in (YES, NOT_SURE):
        yield head(f"When you press {key}")
        yield from caller.rows(caller.press(first, key), caller.press(first, NO))
    yield head("The date on the letter")
    turn = caller.press(caller.press(first, NO), YES)
    for keys in _typed(LETTER):
        yield from caller.rows(turn)
        yield note(f"For example, {keys}, then hash.")
        turn = caller.press(turn, keys)
    yield from caller.rows(turn)
    yield from _help(caller, caller.press(caller.press(first, NO), NO))
    yield head("The date on the certificate")
    turn = caller.press(turn, YES)
    yield from caller.rows(turn)
    yield from caller.rows(_dated(caller, turn, LETTER))


def _help(caller: Reader, turn: Turn) -> Iterator[Row]:
    helped = caller.rows(caller.wait(caller.wait(turn)), turn)
    phrases = {caller.words.says[name] for name in ("kind_help", "certificate_help", "date_help")}
    own = [row for row in helped if row.words in phrases]
    if own:
        yield head("If you press nothing for a while")
        yield from own


def _odd(caller: Reader) -> Iterator[Row]:
    """What is said of dates that cannot be; none of it is the end."""
    yield note(
        "No harm is done. The line says what is odd, and asks again. Then it rings a person."
    )
    start = caller.press(caller.press(caller.come("deadline"), NO), NO)
    certified = caller.press(caller.press(caller.come("deadline"), NO), YES)
    for title, keys in ODD_DATES:
        turn = caller.come("cannot-beyond") if not keys else start
        before = turn
        for each in keys:
            before, turn = turn, caller.press(turn, each)
        yield head(title)
        same_node = keys and turn.call.at == before.call.at
        yield from caller.rows(turn, before if same_node else None)
    turn = _dated(caller, certified, date(2025, 11, 23))
    yield head("If it is more than a year ago, and you have a certificate")
    yield from caller.rows(caller.press(turn, YES))
    yield from _odd_certificates(caller)


def _odd_certificates(caller: Reader) -> Iterator[Row]:
    letter = caller.press(caller.press(caller.come("deadline"), NO), YES)
    asked = caller.press(_dated(caller, letter, LETTER), YES)
    for title, day in (
        ("If the certificate's date is still to come", date(2026, 11, 25)),
        ("If the certificate is older than the letter", date(2026, 11, 22)),
    ):
        yield head(title)
        turn = caller.press(_dated(caller, asked, day), YES)
        yield from caller.rows(turn, asked)
    yield head("If you enter the older date once more")
    yield caller.rows(caller.press(_dated(caller, turn, day), YES))[0]


def _answers(caller: Reader) -> Iterator[Row]:
    """What each story is told. What was read once is left out later."""
    yield note("The dates here are examples. The line says yours.")
    known: set[str] = set()
    for story in STORIES:
        yield head(story.title)
        for row in _told(caller, story):
            if row.kind == "text" or row.words not in known:
                yield row
            known.add(row.words)


def _told(caller: Reader, story: Story) -> Iterator[Row]:
    now = datetime.combine(story.rings, MORNING.time(), tzinfo=LONDON)
    rings = replace(caller, facts=caller.facts._replace(now=now))
    turn = rings.come("deadline")
    for key in story.first:
        turn = rings.press(turn, key)
    for day in filter(None, (story.letter, story.certificate)):
        turn = rings.press(_dated(rings, turn, day), YES)
    title = caller.words.title("deadline")
    while turn.call.at == "answer" and not rings.rows(turn)[-1].key:
        yield from (row for row in rings.rows(turn) if row.words != title)
        turn = rings.wait(turn)
    yield from rings.rows(turn)
    yield from _as_text(rings, turn)


def _as_text(rings: Reader, end: Turn) -> Iterator[Row]:
    effect = rings.press(rings.press(end, "2"), YES).effect
    if isinstance(effect, SendText):
        yield note("As a text message:")
        yield Row("text", effect.body, rings.line.voices[rings.lang].tag)


def _dated(caller: Reader, turn: Turn, day: date) -> Turn:
    """The date typed in three steps: the turn that reads it back."""
    for keys in _typed(day):
        turn = caller.press(turn, keys)
    return turn


def _typed(day: date) -> tuple[str, str, str]:
    return str(day.day), str(day.month), f"{day:%y}"
