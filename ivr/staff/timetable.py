"""Hours and closures: when advisers are there, in the draft.

Owns this page. Opening and closing by hand, at once, is on the page Today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, Field, Form, RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from ivr.content.edit import Value, typed
from ivr.content.schema import spans_of
from ivr.line.hours import in_order
from ivr.staff.forms import SeenForm, tidy
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, NotKeptError, as_seen, keep_whole, value_of
from ivr.staff.services import StaffServices

section = PageSection("timetable")
FILE = "line.yaml"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 120


def _times(form: Form, field: StringField) -> None:
    """Refuse what are no opening times, or not one after another."""
    like = f"{field.label.text}: write times like 09:00-17:00"
    try:
        found = spans_of(spans(field.data or ""))
    except ValueError:
        raise ValidationError(f"{like}, the earlier one first. Empty is closed.") from None
    if not in_order(found):
        raise ValidationError(f"{like}, 18:00-20:00: one after another, none over the next.")


class WeekForm(SeenForm):
    """The hours of each day of the week."""

    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        StringField(day.capitalize(), [Length(max=LONGEST), _times], filters=[tidy]) for day in DAYS
    )

    @property
    def days(self) -> list[Field]:
        """A field a day, Monday first."""
        return [self[day] for day in DAYS]


class HolidayForm(SeenForm):
    """Whether somebody is there on bank holidays."""

    bank_holidays = RadioField(
        "On bank holidays of England an adviser is", [InputRequired("Choose one.")],
        choices=[
            SelectChoice("closed", "not there"),
            SelectChoice("open", "there, as on other days"),
        ],
    )  # fmt: skip


class ClosureForm(SeenForm):
    """Days with hours of their own."""

    first = DateField("First day", [InputRequired("Choose the first day.")], name="from")
    until = DateField("Last day, if there are several", [Optional()])
    hours = StringField(
        "Hours on these days", [Length(max=LONGEST), _times], filters=[tidy],
        description="Empty is closed.",
    )  # fmt: skip
    why = StringField(
        "Why", [Length(max=LONGEST)], filters=[tidy],
        description="Only staff see it. Such as: Christmas closure.",
    )  # fmt: skip

    def validate_until(self, field: DateField) -> None:
        """No earlier than the first."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError("The last day cannot be before the first.")


@section.get("/draft/hours", needs=Permission.EDIT)
def timetable(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The week, bank holidays and one-off days as they stand in the draft."""
    return _page(services)


@section.post("/draft/hours/week", needs=Permission.EDIT)
def week(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Keep the hours of the week."""
    form = WeekForm()
    if not form.validate():
        return _page(services, sent=form)
    hours: dict[str, Value] = {field.name: list(spans(field.data)) for field in form.days}
    return _kept(services, who, "hours", hours, form)


@section.post("/draft/hours/holidays", needs=Permission.EDIT)
def holidays(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Whether somebody is there on bank holidays."""
    form = HolidayForm()
    if not form.validate():
        return _page(services, sent=form)
    return _kept(services, who, "bank_holidays", form.bank_holidays.data, form)


@section.post("/draft/hours/other", needs=Permission.EDIT)
def add(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Add days with hours of their own."""
    form, other = ClosureForm(), list(value_of(services, FILE, ("other_days",)) or [])
    if not form.validate():
        return _page(services, sent=form)
    return _kept(services, who, "other_days", [*other, _days(form)], form)


@section.post("/draft/hours/other/<int:number>", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Take one-off days out again."""
    other = list(value_of(services, FILE, ("other_days",)) or [])
    if number >= len(other):
        abort(404)
    del other[number]
    return _kept(services, who, "other_days", other, SeenForm())


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


def _days(form: ClosureForm) -> dict[str, Value]:
    days: dict[str, Value] = {"from": form.first.data, "hours": list(spans(form.hours.data))}
    days |= {"until": form.until.data} if form.until.data else {}
    return days | ({"why": form.why.data} if form.why.data else {})


def _kept(
    services: StaffServices, who: StaffMember, name: str, value: Value, form: SeenForm
) -> ResponseReturnValue:
    try:
        keep_whole(services, who, FILE, (name,), form.seen.data or "", value)
    except NotKeptError as error:
        return _page(services, " ".join(error.lines), form)
    flash(KEPT)
    return redirect(url_for("timetable.timetable"))


def _page(
    services: StaffServices, wrong: str = "", sent: SeenForm | None = None
) -> ResponseReturnValue:
    """The page; with a form that was ``sent`` and not kept, as it was sent."""
    hours, holiday, other = (
        value_of(services, FILE, (name,)) for name in ("hours", "bank_holidays", "other_days")
    )
    stands = {day: ", ".join((hours or {}).get(day, [])) for day in DAYS}
    forms = {
        "week": _form(WeekForm, sent, hours, stands),
        "holiday": _form(HolidayForm, sent, holiday, {"bank_holidays": holiday or "closed"}),
        "closure": _form(ClosureForm, sent, other, {}),
        "taking_out": SeenForm(formdata=None, seen=as_seen(other)),
    }
    page = render_template("timetable.html", other=_shown(other or []), wrong=wrong, **forms)
    return page, 422 if sent else 200


def _form(
    kind: type[SeenForm], sent: SeenForm | None, stands: Value, data: Mapping[str, Value]
) -> SeenForm:
    """A form of the page, to be sent with what stands there now."""
    form = sent if type(sent) is kind else kind(formdata=None, data=data)
    form.seen.data = as_seen(stands)
    return form


def _shown(other: Sequence[Any]) -> list[tuple[str, str, str]]:
    """One-off days as people read them: which, when somebody is there, and why."""
    return [
        (_named(each), ", ".join(each["hours"]) or "closed", each.get("why", "")) for each in other
    ]


def _named(days: Mapping[str, Any]) -> str:
    until = days.get("until")
    return f"{days['from']:%-d %B %Y}" + (f" to {until:%-d %B %Y}" if until else "")
