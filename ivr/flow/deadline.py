"""The last day to appeal: what the decision is about, the papers, and what to do by when.

Owns the places ``deadline``, ``paper``, ``answer`` and ``cannot-<why>``, and the order in which
things are told. The sums are those of ``ivr.line.deadlines``; which words go with a date is laid
down in docs/deadlines.md. Nothing worked out here is kept anywhere but in the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from ivr.flow.answers import Answers
from ivr.flow.context import Go, Room, Scene, joined, listed
from ivr.flow.dating import answered, to
from ivr.flow.topics import PartsRoom
from ivr.line.call import Call, Facts, Pause, Turn, Unit
from ivr.line.deadlines import Deadline, Kind, Letter, work_out
from ivr.line.model import Line

FIRST = {
    "today": ("adviser_today", "adviser_number"),
    "passed": ("adviser_passed", "adviser_passed_ask"),
}
"""What comes before anything else, where the mediation adviser's time runs out or is over."""
KINDS: dict[str, Kind] = {"1": "placement-only", "2": "other", "3": "not-sure"}
STAYS = {"august": "adviser_stays_august", "christmas": "adviser_stays_christmas"}
"""What is said of rule 12, by the season in which the two months end."""


class DeadlineRoom(Room):
    """The first question: is it only about the school or college?"""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        title = (scene.words.title("deadline"),)
        return scene.turn(before, title, scene.say("deadline_intro"), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed([scene.words.say(name) for name in ("ask_kind", "yes", "no", "not_sure")])

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("kind_help")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        kind = KINDS.get(key)
        if kind is None:
            return None
        if kind == "placement-only":
            return to(scene, "day-letter", Answers(kind))
        warned = scene.say("not_sure_warning") if kind == "not-sure" else ()
        return to(scene, "paper", Answers(kind), warned)


class PaperRoom(Room):
    """The second question: is there a certificate?"""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed([scene.words.say(name) for name in ("ask_certificate", "yes", "no")])

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("certificate_help")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if key not in "12":
            return None
        return to(scene, "day-letter", replace(answered(scene), certified=key == "1"))


class CannotRoom(Room):
    """No date is given: why, and the ways on."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        why = "date_beyond" if scene.subject == "beyond" else "date_too_old"
        return scene.turn(before, scene.say(why), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed([*scene.own_choices("cannot"), scene.words.say("for_person")])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if key == "2":
            return Go(scene.call.go(scene.line.forms["deadline"].next))
        return Go(scene.call.go("deadline")) if key == "1" else None


class AnswerRoom(PartsRoom):
    """What to do by when, then what always goes with such a date."""

    about = "deadline"

    def missing(self, scene: Scene) -> Call | None:
        return None if worked_out(scene) else scene.call.go("deadline")

    def parts(self, scene: Scene) -> tuple[tuple[Unit, ...], ...]:
        found = worked_out(scene)
        if found is None:
            return ()
        more = ("again_with_certificate",) if found.adviser != "not-needed" else ()
        arrive = () if found.status == "late" else ("must_arrive",)
        told = (
            scene.say(*FIRST.get(found.adviser, ())),
            joined([_what_by_when(scene, found), _once_more(scene, found)]),
            scene.say("adviser_number", *_stays(found)) if found.adviser == "in-time" else (),
            scene.say("check_letter", "only_tribunal"),
            scene.say(*arrive, "clock_runs", *more),
        )
        return tuple(part for part in told if part)

    def summary(self, scene: Scene) -> tuple[Unit, ...]:
        found = worked_out(scene)
        return joined([scene.say("in_short"), _what_by_when(scene, found)]) if found else ()


def worked_out(scene: Scene) -> Deadline | None:
    """The last day by what was answered; None while something is missing or cannot be."""
    letter = answered(scene).whole()
    if letter is None:
        return None
    try:
        return work_out(letter, scene.facts.now.date(), scene.line.calendar)
    except ValueError:
        return None


def _what_by_when(scene: Scene, found: Deadline) -> tuple[Unit, ...]:
    match found.status:
        case "in-time":
            both = "do_both_by" if found.adviser == "in-time" else "appeal_by"
            return (*scene.say(both), *scene.words.date(found.safe_day))
        case "safe-day-passed":
            last = scene.words.date(found.last_day)
            return (*scene.say("still_in_time"), *last, *scene.say("before_five"))
    return scene.say("late")


def _once_more(scene: Scene, found: Deadline) -> tuple[Unit, ...]:
    """The one date, a second time."""
    if found.status == "late":
        return ()
    day = found.safe_day if found.status == "in-time" else found.last_day
    return (*scene.say("once_more"), *scene.words.date(day))


def _stays(found: Deadline) -> tuple[str, ...]:
    """Why the day for the appeal may move and that for the mediation adviser does not."""
    return (STAYS[found.moved],) if found.moved in STAYS else ()


def told(line: Line, letter: Letter, facts: Facts) -> tuple[str, ...]:
    """What a caller with this letter is told, sentence by sentence, so that advisers say the same.

    Empty where no date may be given.
    """
    call = Call(at="answer", lang=line.languages[0], form=Answers.of(letter).write())
    parts = AnswerRoom().parts(Scene(line, call, facts))
    return tuple(sentence for part in parts for sentence in _sentences(part))


def _sentences(units: tuple[Unit, ...]) -> Iterator[str]:
    """What is said between two pauses."""
    for is_pause, group in groupby(units, key=lambda unit: isinstance(unit, Pause)):
        if not is_pause:
            yield " ".join(unit for unit in group if isinstance(unit, str))


def can_be_texted(scene: Scene, about: str) -> bool:
    """Whether there are words to text about this: a topic's own, or a date that is worked out."""
    return about in scene.line.topics or (about in scene.line.forms and bool(worked_out(scene)))


SMS = {"in-time": "appeal", "safe-day-passed": "still", "late": "late"}
"""Which words a text has, by how it stands."""


def text(scene: Scene) -> str:
    """The dates as a text message: no family detail, and what to check."""
    found = worked_out(scene)
    if found is None:
        return ""
    day = found.safe_day if found.status == "in-time" else found.last_day
    name = "both" if found.adviser == "in-time" else SMS[found.status]
    return scene.words.deadline_text(name, day, found.adviser in ("today", "passed"))
