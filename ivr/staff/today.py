"""Today: is the line open, what waits, what needs doing; and opening and closing by hand.

Owns this page. The line follows the live settings within seconds, whoever has set them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from ivr.config import LONDON
from ivr.flow.staff import midnight, open_until
from ivr.health.doctor import OUTSIDE, OUTSIDE_LOOK, Diagnosis, Health, from_here
from ivr.health.doctor.finding import counted
from ivr.health.doctor.needs import LAUNCH, Need, need
from ivr.line.hours import DAY, Override, is_open, next_closing, next_opening
from ivr.line.model import Line
from ivr.speech import AnnouncementError
from ivr.staff.forms import PageForm
from ivr.staff.gate import ROOM, PageSection, Upload
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.rows import WaitingRow
from ivr.staff.services import StaffServices
from ivr.staff.waiting import row_shown
from ivr.store.live_settings import Post

section = PageSection("today")
LARGEST_SOUND = 3_000_000
"""Bytes of an announcement that is sent up: three minutes as a telephone records them."""
LARGE = "That file is larger than 3 MB. Send a shorter one, or save it as MP3."
DONE = {
    "open": "The line is open now, until {until}.",
    "close": "The line is closed now, until midnight.",
    "usual": "The usual hours hold now.",
    "withdraw": "The announcement is taken away.",
}
NEXT = 2
"""So many of those who wait longest are shown with a button to take them."""


class SoundForm(PageForm):
    """Today's announcement."""

    sound = FileField(
        "A sound file to play to callers until midnight",
        description="WAV or MP3, three minutes at the most. Or ring the staff line and speak it.",
        render_kw={"accept": "audio/*", "data-most": LARGEST_SOUND, "data-large": LARGE},
    )


@dataclass(frozen=True, slots=True)
class TodayStanding:
    """The line at a moment: ``on`` are the advisers on duty; ``by`` who has set it by hand."""

    open: bool
    changes_at: datetime | None
    by_hand: Override | None
    by: str
    on: tuple[str, ...]
    announcement: Post | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the doctor found: what needs doing, the red first; what a demonstration lacks before
    real calls; and what is well."""

    needs: list[Need]
    launch: list[Need]
    well: list[str]


@section.get("", needs=Permission.SEE)
def today(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The first page."""
    return _page(services, who)


def _page(
    services: StaffServices, who: StaffMember, sent: SoundForm | None = None, status: int = 200
) -> ResponseReturnValue:
    now = services.clock()
    page = render_template(
        "today.html",
        now=now,
        when=lambda moment: when(moment, now),
        counted=counted,
        standing=_standing(services),
        totals=services.live_settings.totals(services.today()),
        waits=_longest_waiting(services, who),
        checked=_checked(services),
        form=sent or SoundForm(formdata=None),
    )
    return page, status


@section.get("/hours/close", needs=Permission.SWITCH)
def closing(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Asks before the line is closed: what callers will then hear."""
    now, line = services.clock(), services.line()
    opens = next_opening(line.hours, now, Override(False, midnight(now)))
    words = line.words(line.languages[0])
    again = " ".join(str(unit) for unit in words.opening(opens, now)) if opens else ""
    return render_template(
        "confirm.html",
        title="Close the line until midnight?",
        says=[
            f"Who asks for a person hears that the line is closed, and that it opens again {again}."
            if again
            else "Who asks for a person hears that the line is closed.",
            "They can leave a message or ask to be rung back. The advice is there as always.",
        ],
        action=url_for("today.switch", what="close"),
        label="Close until midnight",
        back=url_for("today.today"),
    )


@section.post("/hours/<what>", needs=Permission.SWITCH)
def switch(services: StaffServices, who: StaffMember, what: str) -> ResponseReturnValue:
    """Open or close by hand, or let the usual hours hold again."""
    now = services.clock()
    until = midnight(now)
    if what == "open":
        until = open_until(services.line().hours, now)
        services.live_settings.set_hours(True, until, who.id, services.now())
    elif what == "close":
        services.live_settings.set_hours(False, until, who.id, services.now())
    elif what == "usual":
        services.live_settings.usual_hours(who.id, services.now())
    elif what == "withdraw":
        services.live_settings.withdraw(who.id, services.now())
    else:
        abort(404)
    services.changes.note(who.id, f"hours-{what}", "", services.now())
    flash(DONE[what].format(until=f"{until:%H:%M}"))
    return redirect(url_for("today.today"))


def _too_large(services: StaffServices) -> ResponseReturnValue:
    return _page(services, g.who, SoundForm(formdata=None).refuse("sound", LARGE), 413)


@section.post("/announce", Permission.SWITCH, Upload(LARGEST_SOUND + ROOM, _too_large))
def announce(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Put up a sound file as today's announcement, until midnight."""
    form, now = SoundForm(), services.clock()
    try:
        sound = services.as_mp3(form.sound.data.read() if form.sound.data else b"")
    except AnnouncementError as error:
        return _page(services, who, form.refuse("sound", error), 422)
    services.live_settings.announce(sound, midnight(now), who.id, services.now())
    services.changes.note(who.id, "announced", "", services.now())
    flash("The announcement is up. Callers hear it within seconds, until midnight.")
    return redirect(url_for("today.today"))


@section.get("/announcement/<name>.mp3", needs=Permission.SEE)
def announcement(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """The announcement's sound."""
    sound = services.live_settings.sound(name)
    return Response(sound, content_type="audio/mpeg") if sound else abort(404)


def when(moment: datetime, now: datetime) -> str:
    """A moment as people say it: ``17:00``, ``tomorrow, 09:00``, ``Monday, 09:00``."""
    day, time = moment.astimezone(LONDON).date(), f"{moment.astimezone(LONDON):%H:%M}"
    if moment == midnight(now):
        return "midnight"
    ahead = day - now.date()
    if ahead < DAY:
        return time
    if ahead == DAY:
        return f"tomorrow, {time}"
    return f"{day:%A}, {time}" if ahead < 7 * DAY else f"{day:%A %-d %B}, {time}"


def _longest_waiting(services: StaffServices, who: StaffMember) -> list[WaitingRow]:
    """Who has waited longest and is nobody's yet, for who may ring them."""
    if not who.may(Permission.WAITING) or who.factor_lacking:
        return []
    free = [each for each in services.inbox.items() if each.sealed and each.taken_at is None]
    return [row_shown(services, each) for each in free[:NEXT]]


def _checked(services: StaffServices) -> Checked:
    found = [*from_here(services.checkup()), *_from_outside(services)]
    wrong = [each for each in found if each.state is not Health.GOOD]
    later = [each for each in wrong if services.settings.demo_account and each.name in LAUNCH]
    needs = [need(each) for each in wrong if each not in later]
    return Checked(
        needs=sorted(needs, key=lambda each: not each.red),
        launch=[need(each) for each in later],
        well=[each.says for each in found if each.state is Health.GOOD],
    )


def _standing(services: StaffServices) -> TodayStanding:
    now, line, live_settings = services.clock(), services.line(), services.live_settings.standing()
    override, hours = live_settings.override(now), live_settings.post("hours", now)
    opened = is_open(line.hours, now, override)
    change = next_closing if opened else next_opening
    return TodayStanding(
        open=opened,
        changes_at=change(line.hours, now, override),
        by_hand=override,
        by=_named(services, hours.by) if hours else "",
        on=_on(services, line, now) if opened else (),
        announcement=live_settings.post("announcement", now),
    )


def _on(services: StaffServices, line: Line, now: datetime) -> tuple[str, ...]:
    """Who is on duty, by name."""
    roster = services.advisers.roster()
    return tuple(map(roster.name, roster.ring_group(line.ring_groups["adviser"]).on_duty(now)))


def _named(services: StaffServices, by: str) -> str:
    """Who has set it: by name, or that it was done by telephone."""
    return services.people.accounts.names().get(by, "somebody by telephone")


def _from_outside(services: StaffServices) -> Iterator[Diagnosis]:
    """What the worker saw when it last looked from outside."""
    beats = services.checkup().kept.beats.all()
    for row, beat in beats.items():
        if row.startswith(OUTSIDE) and beat.says:
            name = row.removeprefix(OUTSIDE)
            looks = beats.get(OUTSIDE_LOOK + name)
            well = Health.LOOK if looks and not looks.good else Health.GOOD
            yield Diagnosis(name, well if beat.good else Health.BAD, beat.says)
