"""The form of one adviser: what may be entered, and what is wrong in words at its field.

Owns the rules of the form alone: which numbers may be rung is ``ivr.line.numbers``, how hours are
written ``ivr.staff.timetable``.
"""

from __future__ import annotations

from wtforms import Field, RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from ivr.config import Settings
from ivr.config.addresses import is_mail
from ivr.content.schema import DAYS, spans_of
from ivr.line.hours import Spans, in_order, written
from ivr.line.numbers import DRAMA, RULES, one_form, serves
from ivr.line.roster import Person, Roster
from ivr.staff.forms import SeenForm, tidy
from ivr.staff.timetable import spans

LONGEST = 120
OPEN, OWN = "open", "own"
"""When somebody answers: whenever the line is open, or at times of their own."""


def _spans(field: StringField) -> Spans:
    return spans_of(spans(field.data or ""))


def _times(form: AdviserForm, field: StringField) -> None:
    """Times that can be read, in order. They count only where they are chosen."""
    if form.when.data != OWN:
        return
    says = f"{field.label.text}: write times like 09:00-17:00"
    try:
        times = _spans(field)
    except ValueError:
        raise ValidationError(f"{says}, the earlier one first.") from None
    if not in_order(times):
        raise ValidationError(f"{says}, 13:00-17:00: one after another, none over the next.")


class AdviserForm(SeenForm):
    """One adviser. ``roster``: everybody there is, ``own``: who is changed; empty for a new one."""

    name = StringField(
        "Name", [DataRequired("Give a name."), Length(max=64)], filters=[tidy],
        description="For staff only. Callers never hear it.",
    )  # fmt: skip
    number = StringField(
        "Telephone number", [Length(max=40)], filters=[tidy],
        description="What rings when a caller asks for a person. Never spoken or sent to anybody.",
    )  # fmt: skip
    email = StringField(
        "E-mail (may be left out)", [Length(max=254)], filters=[tidy],
        description="Told of new messages while this person is on.",
    )  # fmt: skip
    languages = StringField(
        "Languages", [Length(max=LONGEST)], filters=[tidy], description="Such as English, Polish."
    )
    when = RadioField(
        "Answers", choices=[
            SelectChoice(OPEN, "Whenever the line is open"),
            SelectChoice(OWN, "At these times"),
        ],
        default=OPEN,
    )  # fmt: skip
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        StringField(day.capitalize(), [Length(max=LONGEST), _times], filters=[tidy]) for day in DAYS
    )

    def __init__(self, settings: Settings, roster: Roster, own: str = "", **more: object) -> None:
        self._settings = settings
        self._others = [each for each in roster.people if each.key != own]
        super().__init__(**more)

    def validate_number(self, field: StringField) -> None:
        """One that may be rung, in the one form by which numbers are known."""
        number = one_form(field.data or "")
        if not serves(number, "ring an adviser"):
            raise ValidationError(f"Write {RULES['ring an adviser'].words}.")
        if number == self._settings.line_number:
            raise ValidationError("This is the line's own number: callers would ring the line.")
        if self._settings.production and number.startswith(DRAMA):
            raise ValidationError("This number is for examples only. Write a real one.")
        if twice := [each.name for each in self._others if each.number == number]:
            raise ValidationError(f"{twice[0]} has this number. Each adviser needs their own.")

    def validate_email(self, field: StringField) -> None:
        """An address, where there is one."""
        if field.data and not is_mail(field.data):
            raise ValidationError("Write an e-mail address, such as anna@example.org.")

    def validate_when(self, field: RadioField) -> None:
        """Times of one's own are at least one."""
        if field.data == OWN and not any(each.data for each in self.days):
            raise ValidationError("Write at least one time below, such as 09:00-17:00.")

    @property
    def days(self) -> list[Field]:
        """The field of each day, Monday first."""
        return [self[day] for day in DAYS]

    def person(self, key: str = "") -> Person:
        """Who was entered, once it is valid."""
        week = tuple(map(_spans, self.days)) if self.when.data == OWN else None
        number, seen = one_form(self.number.data), self.seen.data or ""
        told = (self.name.data, number, self.email.data, self.languages.data)
        return Person(*told, week=week, key=key, seen=seen)


def form_of(settings: Settings, roster: Roster, person: Person) -> AdviserForm:
    """The form as somebody is known now."""
    week = dict(zip(DAYS, person.week or (), strict=False))
    values = {day: ", ".join(written(week.get(day, ()))) for day in DAYS}
    values |= {name: getattr(person, name) for name in ("name", "number", "email", "languages")}
    when = OPEN if person.week is None else OWN
    return AdviserForm(
        settings,
        roster,
        person.key,
        formdata=None,
        data=values | {"when": when, "seen": person.seen},
    )
