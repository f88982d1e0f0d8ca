"""Asking for a date: the day, the month, the year, each on its own, and then heard back.

Owns the places ``day-``, ``month-``, ``year-`` and ``date-`` of each paper: ``day-letter``. A date
that cannot be is met with what is odd about it and asked again; after that comes a person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ivr.flow import answers, steering
from ivr.flow.answers import Answers, Paper, Typed
from ivr.flow.context import Go, Room, Scene, joined, listed
from ivr.flow.typing import TypingRoom
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
CANNOT = {"too-old": "cannot-old", "beyond-table": "cannot-beyond"}
"""What no second try mends: nothing is worked out, and the way to a person is told."""


def answered(scene: Scene) -> Answers:
    """What the caller has answered so far."""
    return answers.read(scene.call.form)


def paper_of(scene: Scene) -> Paper:
    """The paper whose date a place asks for."""
    return "certificate" if scene.subject == "certificate" else "letter"


def to(scene: Scene, place: str, given: Answers, before: tuple[Unit, ...] = ()) -> Go:
    """Go to a place with these answers."""
    return Go(scene.call.go(place).stay(form=given.write()), before)


class DayRoom(TypingRoom):
    """The day of the month."""

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say(f"ask_day_{paper_of(scene)}", "for_day", "finish_or_clear")

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("date_help")

    def take(self, scene: Scene, digits: str) -> Turn | Go:
        day = day_of(digits)
        if day is None:
            return steering.slip(scene, self, scene.say("odd_day"))
        given, paper = answered(scene), paper_of(scene)
        heard = (scene.words.pieces.days[day - 1],)
        return to(scene, f"month-{paper}", given.dated(paper, Typed(day)), heard)


class MonthRoom(TypingRoom):
    """The number of the month."""

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("ask_month", "for_month", "finish_or_clear")

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("date_help")

    def take(self, scene: Scene, digits: str) -> Turn | Go:
        month = month_of(digits)
        if month is None:
            return steering.slip(scene, self, scene.say("odd_month"))
        given, paper = answered(scene), paper_of(scene)
        typed = replace(given.date_of(paper), month=month)
        heard = _day_and_month(scene, typed)
        return to(scene, f"year-{paper}", given.dated(paper, typed), heard)


class YearRoom(TypingRoom):
    """The year, in two figures or four."""

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("ask_year", "for_year", "finish_or_clear")

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("date_help")

    def take(self, scene: Scene, digits: str) -> Turn | Go:
        year = year_of(digits, scene.facts.now.date())
        if year is None:
            return steering.slip(scene, self, scene.say("odd_year"))
        given, paper = answered(scene), paper_of(scene)
        typed = replace(given.date_of(paper), year=year)
        if typed.date is None:
            return again(scene, given, "no_such_date")
        if year not in scene.words.pieces.years:
            past = year < scene.facts.now.year
            return to(scene, "cannot-old", given) if past else again(scene, given, "date_future")
        return to(scene, f"date-{paper}", given.dated(paper, typed))


class DateRoom(Room):
    """The date is heard back, and used only after yes (R43)."""

    def missing(self, scene: Scene) -> Call | None:
        paper = paper_of(scene)
        day = answered(scene).date_of(paper).date
        spoken = day is not None and day.year in scene.words.pieces.years
        return None if spoken else scene.call.stay(at=f"day-{paper}")

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        paper = paper_of(scene)
        day = answered(scene).date_of(paper).date
        spoken = scene.words.date(day) if day else ()
        asked = [scene.words.say(name) for name in ("date_right", "yes", "no")]
        return joined([(*scene.say(f"{paper}_date_is"), *spoken), listed(asked)])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        given, paper = answered(scene), paper_of(scene)
        if key == "2":
            return Go(scene.call.go(f"day-{paper}"))
        return _accepted(scene, given, paper) if key == "1" else None


def again(scene: Scene, given: Answers, why: str) -> Go:
    """What is odd about a date, and the date once more; a person after the second time."""
    tried = replace(given, tries=given.tries + 1)
    if tried.tries >= MOST_TRIES:
        settled = scene.on(scene.call.stay(form=replace(tried, tries=0).write()))
        return steering.person(settled, "find_person")
    return to(scene, f"day-{paper_of(scene)}", tried, scene.say(why))


def _accepted(scene: Scene, given: Answers, paper: Paper) -> Go:
    """The caller says the date is right: on, unless it cannot be."""
    if paper == "letter" and given.certified:
        checked = replace(given, certified=False).whole()
    else:
        checked = given.whole()
    if checked is None:
        return to(scene, "deadline", Answers())
    why = odd(checked, scene.facts.now.date(), scene.line.calendar)
    if why in ODD:
        return again(scene, given, ODD[cast(str, why)])
    if why in CANNOT:
        return to(scene, CANNOT[cast(str, why)], given)
    if paper == "letter" and given.certified:
        return to(scene, "day-certificate", given)
    # The journal knows that a date was worked out, never which.
    return to(scene, "answer", given)._replace(notes=(Note("worked-out", "deadline"),))


def _day_and_month(scene: Scene, typed: Typed) -> tuple[Unit, ...]:
    pieces = scene.words.pieces
    if not 1 <= typed.day <= len(pieces.days):
        return ()
    return (pieces.days[typed.day - 1], pieces.months[typed.month - 1])
