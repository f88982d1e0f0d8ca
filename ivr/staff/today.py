"""Today: is the line open, is it well, who is on, and what waits; and opening and closing by hand.

Owns this page. The line follows the live settings within seconds, whoever has set them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.config import LONDON
from ivr.flow.staff import midnight, open_until
from ivr.health.doctor import OUTSIDE, Diagnosis, Health, from_here, worst
from ivr.line.hours import Override, is_open, next_closing, next_opening
from ivr.line.model import Line
from ivr.speech import AnnouncementError
from ivr.staff.gate import ROOM, PageSection, Upload
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices
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


@dataclass(frozen=True, slots=True)
class TodayStanding:
    """The line at a moment: ``on`` are the advisers on duty; ``by`` who has set it by hand."""

    open: bool
    changes_at: datetime | None
    by_hand: Override | None
    by: str
    on: tuple[str, ...]
    announcement: Post | None


@section.get("", needs=Permission.SEE)
def today(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The first page."""
    found = [*from_here(services.checkup()), *_from_outside(services)]
    return render_template(
        "today.html",
        now=services.clock(),
        standing=_standing(services),
        totals=services.live_settings.totals(services.today()),
        state=worst(found),
        largest=LARGEST_SOUND,
        large=LARGE,
        troubles=[each for each in found if each.state is not Health.GOOD],
        well=[each for each in found if each.state is Health.GOOD],
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
    flash(LARGE, "wrong")
    return redirect(url_for("today.today"))


@section.post("/announce", Permission.SWITCH, Upload(LARGEST_SOUND + ROOM, _too_large))
def announce(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Put up a sound file as today's announcement, until midnight."""
    sent, now = request.files.get("sound"), services.clock()
    try:
        sound = services.as_mp3(sent.read() if sent else b"")
    except AnnouncementError as error:
        flash(str(error), "wrong")
        return redirect(url_for("today.today"))
    services.live_settings.announce(sound, midnight(now), who.id, services.now())
    services.changes.note(who.id, "announced", "", services.now())
    flash("The announcement is up. Callers hear it within seconds, until midnight.")
    return redirect(url_for("today.today"))


@section.get("/announcement/<name>.mp3", needs=Permission.SEE)
def announcement(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """The announcement's sound."""
    sound = services.live_settings.sound(name)
    return Response(sound, content_type="audio/mpeg") if sound else abort(404)


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
    for name, beat in services.checkup().kept.beats.all().items():
        if name.startswith(OUTSIDE) and beat.says:
            state = Health.GOOD if beat.good else Health.BAD
            seen = f"{beat.at.astimezone(LONDON):%H:%M}"
            do = "" if beat.good else f"Seen at {seen}. What to do: ivr doctor."
            yield Diagnosis(name.removeprefix(OUTSIDE), state, beat.says, do)
