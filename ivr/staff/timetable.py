"""Hours and closures: when advisers are there, in the draft.

Owns this page. Opening and closing by hand, at once, is on the page Today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.content.edit import Value, typed
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, NotKeptError, as_seen, keep_whole, value_of
from ivr.staff.services import StaffServices

section = PageSection("timetable")
FILE = "line.yaml"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 120


@section.get("/draft/hours", needs=Permission.EDIT)
def timetable(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The week, bank holidays and one-off days as they stand in the draft."""
    return _page(services)


@section.post("/draft/hours/week", needs=Permission.EDIT)
def week(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Keep the hours of the week."""
    hours = {day: spans(request.form.get(day, "")) for day in DAYS}
    return _kept(services, who, "hours", hours)


@section.post("/draft/hours/holidays", needs=Permission.EDIT)
def holidays(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Whether somebody is there on bank holidays."""
    chosen = request.form.get("bank_holidays", "")
    return _kept(services, who, "bank_holidays", chosen if chosen in ("open", "closed") else "")


@section.post("/draft/hours/other", needs=Permission.EDIT)
def add(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Add days with hours of their own."""
    other = list(value_of(services, FILE, ("other_days",)) or [])
    try:
        other.append(_days(request.form))
    except ValueError:
        return _page(services, "Choose the first day. The last may be left out; it is no earlier.")
    return _kept(services, who, "other_days", other)


@section.post("/draft/hours/other/<int:number>", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Take one-off days out again."""
    other = list(value_of(services, FILE, ("other_days",)) or [])
    if number >= len(other):
        abort(404)
    del other[number]
    return _kept(services, who, "other_days", other)


def spans(words: str) -> list[str]:
    """Opening times as people write them, in the form of the file: ``9-12, 1:30pm`` is not guessed.

    ``9:00 to 17:00`` and ``09.00–17.00`` become ``09:00-17:00``; what fits nothing stays as it is
    and is refused with words when the file is read.
    """
    return [_span(each) for each in typed(words[:LONGEST]).split(",") if each.strip()]


CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)", re.ASCII)
BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b)\s*")


def _span(words: str) -> str:
    times = [CLOCK.sub(lambda clock: f"{int(clock[1]):02}:{clock[2]}", each.strip())
             for each in BETWEEN.split(words.strip(), maxsplit=1)]  # fmt: skip
    return "-".join(times)


def _days(form: Mapping[str, str]) -> dict[str, Value]:
    first = date.fromisoformat(form.get("from", ""))
    until = date.fromisoformat(form["until"]) if form.get("until") else None
    if until and until < first:
        raise ValueError("the last day is before the first")
    days: dict[str, Value] = {"from": first, "hours": list(spans(form.get("hours", "")))}
    days |= {"until": until} if until else {}
    why = typed(form.get("why", "")[:LONGEST])
    return days | ({"why": why} if why else {})


def _kept(
    services: StaffServices, who: StaffMember, name: str, value: Value
) -> ResponseReturnValue:
    try:
        keep_whole(services, who, FILE, (name,), request.form.get("seen", ""), value)
    except NotKeptError as error:
        return _page(services, " ".join(error.lines))
    flash(KEPT)
    return redirect(url_for("timetable.timetable"))


def _page(services: StaffServices, wrong: str = "") -> ResponseReturnValue:
    hours, holiday, other = (
        value_of(services, FILE, (name,)) for name in ("hours", "bank_holidays", "other_days")
    )
    typed_in = request.form if wrong else {}
    page = render_template(
        "timetable.html",
        days=[(day, typed_in.get(day, ", ".join((hours or {}).get(day, [])))) for day in DAYS],
        holiday=holiday or "closed",
        other=_shown(other or []),
        seen={"hours": as_seen(hours), "holidays": as_seen(holiday), "other": as_seen(other)},
        wrong=wrong,
        given=typed_in,
    )
    return page, 422 if wrong else 200


def _shown(other: Sequence[Any]) -> list[tuple[str, str, str]]:
    """One-off days as people read them: which, when somebody is there, and why."""
    return [
        (_named(each), ", ".join(each["hours"]) or "closed", each.get("why", "")) for each in other
    ]


def _named(days: Mapping[str, Any]) -> str:
    until = days.get("until")
    return f"{days['from']:%-d %B %Y}" + (f" to {until:%-d %B %Y}" if until else "")
