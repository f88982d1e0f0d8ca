"""Asking for a date: the day, the month, the year, each on its own, and then heard back.

Owns the nodes ``day-``, ``month-``, ``year-`` and ``date-`` of each paper: ``day-letter``. A date
that cannot be is met with what is odd about it and asked again; after that comes a person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ivr.flow import answers, steering
from ivr.flow.answers import Answers, Paper, Typed
from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.flow.typing import TypingHandler
from ivr.line.call import Call, Note, Turn, Unit
from ivr.line.deadlines import day_of, month_of, odd, year_of

MOST_TRIES = 2
"""Dates that cannot be, before a person is rung."""
ODD = {
    "future": "date_future",
    "certificate-future": "certificate_future",
    "certificate-before-letter": "certificate_before",
}
"""What is odd about a date that may be a slip of the hand: it is asked for again."""


def answered(context: Context) -> Answers:
    """What the caller has answered so far."""
    return answers.read(context.call.form)


def paper_of(context: Context) -> Paper:
    """The paper whose date a node asks for."""
    return "certificate" if context.subject == "certificate" else "letter"


def to(context: Context, node: str, given: Answers, before: tuple[Unit, ...] = ()) -> Go:
    """Go to a node with these answers."""
    return Go(context.call.go(node).stay(form=given.write()), before)


class DayHandler(TypingHandler, node="day"):
    """The day of the month."""

    family = "deadline"
    begins = "ask_day_letter"

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say(f"ask_day_{paper_of(context)}", "for_day", "finish_or_clear")

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("date_help")

    def take(self, context: Context, digits: str) -> Turn | Go:
        day = day_of(digits)
        if day is None:
            return steering.no_match(context, self, context.say("odd_day"))
        given, paper = answered(context), paper_of(context)
        event = (context.words.pieces.days[day - 1],)
        return to(context, f"month-{paper}", given.dated(paper, Typed(day)), event)


class MonthHandler(TypingHandler, node="month"):
    """The number of the month."""

    family = "deadline"
    begins = "ask_month"

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say("ask_month", "for_month", "finish_or_clear")

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("date_help")

    def take(self, context: Context, digits: str) -> Turn | Go:
        month = month_of(digits)
        if month is None:
            return steering.no_match(context, self, context.say("odd_month"))
        given, paper = answered(context), paper_of(context)
        typed = replace(given.date_of(paper), month=month)
        event = _day_and_month(context, typed)
        return to(context, f"year-{paper}", given.dated(paper, typed), event)


class YearHandler(TypingHandler, node="year"):
    """The year, in two figures or four."""

    family = "deadline"
    begins = "ask_year"

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say("ask_year", "for_year", "finish_or_clear")

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("date_help")

    def take(self, context: Context, digits: str) -> Turn | Go:
        year = year_of(digits, context.facts.now.date())
        if year is None:
            return steering.no_match(context, self, context.say("odd_year"))
        given, paper = answered(context), paper_of(context)
        typed = replace(given.date_of(paper), year=year)
        if typed.date is None:
            return again(context, given, "no_such_date")
        if year not in context.words.pieces.years:
            past = year < context.facts.now.year
            return _too_old(context, given) if past else again(context, given, "date_future")
        return to(context, f"date-{paper}", given.dated(paper, typed))


class DateHandler(Handler, node="date"):
    """The date is heard back, and used only after yes (R43)."""

    family = "deadline"
    begins = "date_right"

    def missing(self, context: Context) -> Call | None:
        paper = paper_of(context)
        day = answered(context).date_of(paper).date
        spoken = day is not None and day.year in context.words.pieces.years
        return None if spoken else context.call.stay(at=f"day-{paper}")

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        paper = paper_of(context)
        day = answered(context).date_of(paper).date
        spoken = context.words.date(day) if day else ()
        asked = [context.words.say(name) for name in ("date_right", "yes", "no")]
        return joined([(*context.say(f"{paper}_date_is"), *spoken), listed(asked)])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        given, paper = answered(context), paper_of(context)
        if key == "2":
            return Go(context.call.go(f"day-{paper}"))
        return _accepted(context, given, paper) if key == "1" else None


def again(context: Context, given: Answers, why: str) -> Go:
    """What is odd about a date, and the date once more; a person after the second time."""
    tried = replace(given, tries=given.tries + 1)
    if tried.tries >= MOST_TRIES:
        settled = context.on(context.call.stay(form=replace(tried, tries=0).write()))
        return steering.person(settled, "find_person")
    return to(context, f"day-{paper_of(context)}", tried, context.say(why))


def _accepted(context: Context, given: Answers, paper: Paper) -> Go:
    """The caller says the date is right: on, unless it cannot be."""
    if paper == "letter" and given.certified:
        checked = replace(given, certified=False).whole()
    else:
        checked = given.whole()
    if checked is None:
        return to(context, "deadline", Answers())
    why = odd(checked, context.facts.now.date(), context.line.calendar)
    if why == "certificate-before-letter" and given.tries:
        return _told(context, replace(given, certified=False), context.say("certificate_old"))
    if why in ODD:
        return again(context, given, ODD[cast(str, why)])
    # What no second try mends: nothing is worked out, and the way to a person is told.
    if why == "beyond-table":
        return to(context, "cannot-beyond", given)
    if why:
        return _too_old(context, given)
    if paper == "letter" and given.certified:
        return to(context, "day-certificate", replace(given, tries=0))
    return _told(context, given)


def _told(context: Context, given: Answers, before: tuple[Unit, ...] = ()) -> Go:
    """On to the answer. The journal knows that a date was worked out, never which."""
    return to(context, "answer", given, before)._replace(notes=(Note("worked-out", "deadline"),))


def _too_old(context: Context, given: Answers) -> Go:
    """No date for a letter over a year old; but a certificate may still give time."""
    return to(context, "cannot-certified" if given.certified else "cannot-old", given)


def _day_and_month(context: Context, typed: Typed) -> tuple[Unit, ...]:
    pieces = context.words.pieces
    if not 1 <= typed.day <= len(pieces.days):
        return ()
    return (pieces.days[typed.day - 1], pieces.months[typed.month - 1])
