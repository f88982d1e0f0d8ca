"""Advisers: who answers callers, in which order, and who is on hour by hour, with the gaps.

Owns these pages. What is kept here holds at once: the line rings these people within seconds, and
no draft is published.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice

from ivr import twiml
from ivr.content.schema import DAYS
from ivr.line.hours import DAY, Spans, is_open, written
from ivr.line.ring_groups import RingGroup
from ivr.line.roster import MOST_RUNG, Person, Roster
from ivr.line.rota import Shift, gaps, shifts
from ivr.outside.services import calls_api
from ivr.outside.twilio import CarrierError
from ivr.staff.adviser_form import AdviserForm, form_of
from ivr.staff.forms import PageForm
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices

section = PageSection("advisers")
WEEKS = ("This week", "Next week")
TEST_RING = "This is a test ring from the advice line. Your telephone works. You can hang up now."
CALL = re.compile(r"CA[0-9a-f]{32}", re.ASCII)
RANG = {
    **dict.fromkeys(("queued", "initiated", "ringing"), ("look", "{} is being rung.")),
    "in-progress": ("look", "The telephone of {} was picked up."),
    "completed": (
        "good",
        "The telephone of {} was picked up. Ask whether they heard it: a mailbox picks up as well.",
    ),
    "busy": ("wrong", "{} was engaged. The number is there; try again later."),
    "no-answer": ("wrong", "{} did not pick up. Is the telephone on, and the number right?"),
    "canceled": ("wrong", "The ring was ended before {} picked up."),
    "failed": ("wrong", "{} could not be reached. Is the number right?"),
    "unknown": ("look", "Twilio did not say how far the ring of {} is."),
}
"""What Twilio's word for a call means to staff."""
MOST_TEST_RINGS = 5
"""In an hour, of one adviser: each costs what a call costs, and rings somebody's telephone."""
OFTEN = "{} was rung five times for a test within the last hour. Try again in an hour."
PLACES = ("first", "second", "third")
FULL = f"There are {MOST_RUNG} advisers, and no more can be rung. Take somebody away first."
THEIRS = (
    "Somebody else has changed {} meanwhile. Look at what stands there now, and change it again."
)


class RingForm(PageForm):
    """How those who are on ring."""

    ring = RadioField(
        "Who is on rings",
        choices=[
            SelectChoice("in order", "one after another, from the top"),
            SelectChoice("together", "all at once"),
        ],
    )


class DayShown(NamedTuple):
    """One day of the rota. ``over``: it lies before today."""

    day: date
    shifts: list[Shift]
    over: bool


@section.get("/advisers", needs=Permission.SEE)
def advisers(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Everybody, and who is on."""
    now, line, roster = services.clock(), services.line(), services.advisers.roster()
    override = services.live_settings.hours(now)
    group = roster.ring_group(line.ring_groups["adviser"])
    monday = now.date() - now.weekday() * DAY
    days = [_day(services, group, monday + ahead * DAY, now) for ahead in range(14)]
    return render_template(
        "advisers.html",
        roster=roster,
        group=group,
        now=now,
        on=group.on_duty(now) if is_open(line.hours, now, override) else (),
        opens=group.answered(line.hours, now, override),
        hours={each.key: in_words(each.week) for each in roster.people},
        places=PLACES,
        weeks=dict(zip(WEEKS, (days[:7], days[7:]), strict=True)),
        gaps=list(gaps(line.hours, group, now, (days[-1].day - now.date()).days + 1)),
        most=MOST_RUNG,
        ring=RingForm(formdata=None, ring="together" if group.together else "in order"),
        speak={line.language(each): sorted(group.speaking(each)) for each in line.languages[1:]},
    )


@section.get("/advisers/new", needs=Permission.MANAGE)
def new(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The form of somebody new."""
    form = AdviserForm(services.settings, services.advisers.roster(), formdata=None)
    return _form(form, None)


@section.post("/advisers/new", needs=Permission.MANAGE)
def add(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Enter somebody."""
    form = AdviserForm(services.settings, services.advisers.roster())
    if not form.validate():
        return _form(form, None)
    if not services.advisers.add(form.person()):
        return _form(form, None, FULL)
    return _kept(services, who, "added", f"{form.name.data} is entered, and is rung from now on.")


@section.get("/advisers/<adviser_id>", needs=Permission.MANAGE)
def person(services: StaffServices, who: StaffMember, adviser_id: str) -> ResponseReturnValue:
    """The form of somebody, as they are known now."""
    roster = services.advisers.roster()
    found = _found(roster, adviser_id)
    return _form(form_of(services.settings, roster, found), found)


@section.post("/advisers/<adviser_id>", needs=Permission.MANAGE)
def change(services: StaffServices, who: StaffMember, adviser_id: str) -> ResponseReturnValue:
    """Keep what is new of somebody."""
    roster = services.advisers.roster()
    found = _found(roster, adviser_id)
    form = AdviserForm(services.settings, roster, adviser_id)
    if not form.validate():
        return _form(form, found)
    if not services.advisers.change(form.person(adviser_id)):
        return _form(form_of(services.settings, roster, found), found, THEIRS.format(found.name))
    return _kept(services, who, "changed", f"{form.name.data} is changed.", adviser_id)


@section.get("/advisers/<adviser_id>/remove", needs=Permission.MANAGE)
def leaving(services: StaffServices, who: StaffMember, adviser_id: str) -> ResponseReturnValue:
    """Ask whether somebody is really to be taken away."""
    roster = services.advisers.roster()
    found = _found(roster, adviser_id)
    return render_template("adviser-leaves.html", person=found, last=len(roster.people) == 1)


@section.post("/advisers/<adviser_id>/remove", needs=Permission.MANAGE)
def remove(services: StaffServices, who: StaffMember, adviser_id: str) -> ResponseReturnValue:
    """Take somebody away."""
    found = _found(services.advisers.roster(), adviser_id)
    services.advisers.remove(adviser_id)
    says = f"{found.name} is taken away, and is not rung any more."
    return _kept(services, who, "removed", says, adviser_id)


@section.post("/advisers/<adviser_id>/sooner", needs=Permission.MANAGE)
def sooner(services: StaffServices, who: StaffMember, adviser_id: str) -> ResponseReturnValue:
    """Let somebody ring before who rings before them now."""
    found = _found(services.advisers.roster(), adviser_id)
    services.advisers.sooner(adviser_id)
    return _kept(services, who, "sooner", f"{found.name} rings sooner now.", adviser_id)


@section.post("/advisers/<adviser_id>/test", needs=Permission.MANAGE)
def test(services: StaffServices, who: StaffMember, adviser_id: str) -> ResponseReturnValue:
    """Ring somebody's telephone once, with a sentence and no caller."""
    found, line = _found(services.advisers.roster(), adviser_id), services.line()
    page, what = url_for("advisers.person", adviser_id=adviser_id), "adviser-test-ring"
    if not services.changes.note_limited(who.id, what, adviser_id, services.now(), MOST_TEST_RINGS):
        flash(OFTEN.format(found.name), "wrong")
        return redirect(page)
    voice = line.voices[line.languages[0]]
    try:
        document = twiml.said_twice(TEST_RING, voice.say, voice.tag)
        call_sid = calls_api(services.settings).ring(found.number, document)
    except CarrierError as error:
        flash(f"{found.name} could not be rung: Twilio says {error.code}.", "wrong")
        return redirect(page)
    return redirect(url_for("advisers.rings", adviser_id=adviser_id, call_sid=call_sid))


@section.get("/advisers/<adviser_id>/test/<call_sid>", needs=Permission.MANAGE)
def rings(
    services: StaffServices, who: StaffMember, adviser_id: str, call_sid: str
) -> ResponseReturnValue:
    """How far a test ring is."""
    found = _found(services.advisers.roster(), adviser_id)
    if not CALL.fullmatch(call_sid):
        abort(404)
    try:
        status = calls_api(services.settings).status(call_sid)
    except CarrierError:
        status = "unknown"
    kind, says = RANG.get(status, RANG["queued"])
    return render_template(
        "adviser-rings.html", person=found, call_sid=call_sid, kind=kind, says=says, words=TEST_RING
    )


@section.post("/advisers/unread", needs=Permission.MANAGE)
def unread(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Take away those who cannot be read any more."""
    services.advisers.remove_unread()
    return _kept(services, who, "unread-removed", "They are taken away.")


@section.post("/advisers/ring", needs=Permission.MANAGE)
def ring(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Whether they ring one after another, or all at once."""
    together = RingForm().ring.data == "together"
    services.live_settings.set_ring(together, who.id, services.now())
    says = "All who are on ring together now." if together else "They ring one after another now."
    return _kept(services, who, "ring", says)


@section.post("/advisers/take-over", needs=Permission.MANAGE)
def take_over(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Enter those whom the file and the settings name, so that they can be changed here."""
    roster, group = services.advisers.roster(), services.line().ring_groups["adviser"]
    if roster.people:
        return redirect(url_for("advisers.advisers"))
    named = roster.ring_group(group).advisers
    services.advisers.add(
        *(
            Person(
                each.name, roster.numbers[each.name], week=each.hours.week if each.hours else None
            )
            for each in named
        )
    )
    services.live_settings.set_ring(group.together, who.id, services.now())
    return _kept(services, who, "taken-over", "They are entered here now. Give them their names.")


def in_words(week: tuple[Spans, ...] | None) -> str:
    """When somebody answers, days with the same times together."""
    if week is None:
        return "Whenever the line is open"
    named = [
        (day[:3].capitalize(), ", ".join(written(each)))
        for day, each in zip(DAYS, week, strict=True)
    ]
    runs = [
        (times, [day for day, _ in days]) for times, days in groupby(named, lambda each: each[1])
    ]
    return " · ".join(
        f"{days[0] if len(days) == 1 else f'{days[0]}–{days[-1]}'} {times}"
        for times, days in runs
        if times
    )


def _day(services: StaffServices, group: RingGroup, day: date, now: datetime) -> DayShown:
    return DayShown(day, shifts(services.line().hours, group, day, now.tzinfo), day < now.date())


def _found(roster: Roster, key: str) -> Person:
    return next((each for each in roster.people if each.key == key), None) or abort(404)


def _form(form: AdviserForm, person: Person | None, wrong: str = "") -> ResponseReturnValue:
    page = render_template("adviser.html", form=form, person=person, wrong=wrong)
    return page, 422 if form.errors or wrong else 200


def _kept(
    services: StaffServices, who: StaffMember, what: str, says: str, of: str = ""
) -> ResponseReturnValue:
    """Write down who did it, and say what holds now."""
    services.changes.note(who.id, f"adviser-{what}", of, services.now())
    flash(says)
    return redirect(url_for("advisers.advisers"))
