"""The last day to appeal: what the decision is about, the papers, and what to do by when.

Owns the nodes ``deadline``, ``paper``, ``answer`` and ``cannot-<why>``, and the order in which
things are told. The sums are those of ``ivr.line.deadlines``; which words go with a date is laid
down in docs/deadlines.md. Nothing worked out here is kept anywhere but in the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

from ivr.flow.answers import Answers
from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.flow.dating import answered, to
from ivr.flow.topics import PartsHandler
from ivr.line.call import Call, Facts, Pause, Turn, Unit
from ivr.line.deadlines import Deadline, Kind, Letter, work_out
from ivr.line.model import Line

FIRST = {
    "today": ("adviser_today", "adviser_number", "say_want_appeal"),
    "passed": ("adviser_passed",),
}
"""What comes before anything else, where the mediation adviser's time runs out or is over."""
KINDS: dict[str, Kind] = {"1": "placement-only", "2": "other", "3": "not-sure"}
STAYS = {"august": "adviser_stays_august", "christmas": "adviser_stays_christmas"}
"""What is said of rule 12, by the season in which the two months end."""
CANNOT = {"beyond": ("date_beyond",), "certified": ("date_too_old", "certificate_may_help")}
"""Why no date is given; of anything else, that the letter is too old."""
WARNED = {"placement-only": ("placement_certificate",), "not-sure": ("not_sure_warning",)}
"""What is said of certificates before one is asked for."""


class DeadlineHandler(Handler, node="deadline"):
    """The first question: is it only about the school or college?"""

    family = "deadline"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        title = (context.words.title("deadline"),)
        return context.turn(before, title, context.say("deadline_intro"), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed([context.words.say(name) for name in ("ask_kind", "yes", "no", "not_sure")])

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("kind_help")

    def key(self, context: Context, key: str) -> Turn | Go | None:
        kind = KINDS.get(key)
        if kind is None:
            return None
        return to(context, "paper", Answers(kind), context.say(*WARNED.get(kind, ())))


class PaperHandler(Handler, node="paper"):
    """The second question: is there a certificate?"""

    family = "deadline"
    begins = "ask_certificate"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed([context.words.say(name) for name in ("ask_certificate", "yes", "no")])

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("certificate_help")

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key not in "12":
            return None
        return to(context, "day-letter", replace(answered(context), certified=key == "1"))


class CannotHandler(Handler, node="cannot"):
    """No date is given: why, and the ways on."""

    family = "deadline"
    begins = "date_too_old"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        why = CANNOT.get(context.subject, ("date_too_old",))
        return context.turn(before, context.say(*why), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed([*context.own_choices("cannot"), context.words.say("for_person")])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key == "2":
            return Go(context.call.go(context.line.forms["deadline"].next))
        return Go(context.call.go("deadline")) if key == "1" else None


class AnswerHandler(PartsHandler, node="answer"):
    """What to do by when, then what always goes with such a date."""

    family = "deadline"
    begins = "aim_for"

    about = "deadline"

    def missing(self, context: Context) -> Call | None:
        return None if worked_out(context) else context.call.go("deadline")

    def parts(self, context: Context) -> tuple[tuple[Unit, ...], ...]:
        return told_of(context)[1:]

    def summary(self, context: Context) -> tuple[Unit, ...]:
        return next(iter(told_of(context)), ())


def told_of(context: Context) -> tuple[tuple[Unit, ...], ...]:
    """All that is told of a date that is worked out, what to do by when first."""
    found = worked_out(context)
    if found is None:
        return ()
    more = ("again_with_certificate",) if found.adviser != "not-needed" else ()
    arrive = () if found.status == "late" else ("must_arrive",)
    ask = ("adviser_passed_ask",) if found.adviser == "passed" else ()
    first = context.say(*FIRST.get(found.adviser, ()))
    by_when = (first, _by_when(context, found), _once_more(context, found))
    told = (
        joined(list(filter(None, by_when))),
        *(context.say(*ask), _besides(context, found)),
        context.say("check_letter", "sent_later", "only_tribunal"),
        context.say(*arrive, "clock_runs", *more),
    )
    return tuple(part for part in told if part)


def worked_out(context: Context) -> Deadline | None:
    """The last day by what was answered; None while something is missing or cannot be."""
    letter = answered(context).whole()
    if letter is None:
        return None
    try:
        return work_out(letter, context.facts.now.date(), context.line.calendar)
    except ValueError:
        return None


def _the_day(found: Deadline) -> date | None:
    """The one day to act by; None where that is today, or gone by."""
    if found.adviser == "today":
        return None
    days = {
        "in-time": found.safe_day,
        "safe-day-passed": found.last_day,
        "perhaps": found.perhaps_until,
    }
    return days.get(found.status)


def _by_when(context: Context, found: Deadline) -> tuple[Unit, ...]:
    """What to do, and by which day; nothing where the mediation adviser is to be rung today."""
    day = _the_day(found)
    if day is None:
        return () if found.adviser == "today" else context.say("late")
    spoken = context.words.date(day)
    match found.status:
        case "safe-day-passed":
            return (*context.say("still_in_time"), *spoken, *context.say("before_five"))
        case "perhaps":
            return (*context.say("may_be_until"), *spoken)
    does = "ring_adviser_by" if found.adviser == "in-time" else "aim_for"
    return (*context.say(does), *spoken)


def _once_more(context: Context, found: Deadline) -> tuple[Unit, ...]:
    """The one date, a second time."""
    day = _the_day(found)
    return (*context.say("once_more"), *context.words.date(day)) if day else ()


def _besides(context: Context, found: Deadline) -> tuple[Unit, ...]:
    """What goes with the day: what to tell the adviser, or what is true if the day is missed."""
    doubt = ("late_certificate",) if found.late_certificate else ()
    if found.adviser == "in-time":
        stays = (STAYS[found.moved],) if found.moved in STAYS else ()
        return context.say("say_want_appeal", "adviser_number", *stays, "missed_ask")
    if found.status == "perhaps":
        return context.say("send_get_advice")
    if found.status != "in-time":
        return context.say(*doubt)
    if found.last_day == found.safe_day:
        missed = "missed_in_time" if found.perhaps_until else "missed_ask"
        return context.say("law_same", missed, *doubt)
    law = (*context.say("law_last"), *context.words.date(found.last_day))
    last = (*law, *context.say("before_five"))
    return joined([context.say("missed_in_time"), last, *([context.say(*doubt)] if doubt else [])])


def told(line: Line, letter: Letter, facts: Facts) -> tuple[str, ...]:
    """What a caller with this letter is told, sentence by sentence, so that advisers say the same.

    Empty where no date may be given.
    """
    call = Call(at="answer", lang=line.languages[0], form=Answers.of(letter).write())
    parts = told_of(Context(line, call, facts))
    return tuple(sentence for part in parts for sentence in _sentences(part))


def _sentences(units: tuple[Unit, ...]) -> Iterator[str]:
    """What is said between two pauses."""
    for is_pause, group in groupby(units, key=lambda unit: isinstance(unit, Pause)):
        if not is_pause:
            yield " ".join(unit for unit in group if isinstance(unit, str))


def can_be_texted(context: Context, about: str) -> bool:
    """Whether there are words to text about this: a topic's own, or a date that is worked out."""
    return about in context.line.topics or (
        about in context.line.forms and bool(worked_out(context))
    )


def text(context: Context) -> str:
    """The dates as a text message: no family detail, and what to check."""
    found = worked_out(context)
    return context.words.deadline_text(found) if found else ""
