"""Contacts: who callers may turn to, and the day somebody rang the number to see that it is right.

Owns this page. A number without that day is never spoken or sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from ivr.content.edit import Value
from ivr.line.wording import REVIEW_AFTER
from ivr.staff.forms import SeenForm, tidy
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, NotKeptError, as_seen, keep_whole, value_of
from ivr.staff.services import StaffServices
from ivr.staff.titles import CONTACT
from ivr.webhooks.extension import services_of

section = PageSection("contacts")
FILE, PATH = "line.yaml", ("contacts",)
LONGEST = 120


class ContactForm(SeenForm):
    """One contact."""

    name = StringField("Name", [DataRequired("Give a name."), Length(max=LONGEST)], [tidy])
    spoken = StringField(
        "The name as callers hear it, if it is another", [Length(max=LONGEST)], [tidy]
    )
    name_verified = DateField("The day somebody checked that the name still holds", [Optional()])
    number = StringField("Telephone number", [Length(max=40)], [tidy])
    verified = DateField("The day somebody rang it, and it was right", [Optional()])
    by = StringField("Who rang it", [Length(max=LONGEST)], [tidy])

    def validate_verified(self, field: DateField) -> None:
        """Nobody can have seen to it tomorrow."""
        services = services_of(current_app, StaffServices)
        if field.data and field.data > services.clock().date():
            raise ValidationError("The day cannot be in the future.")

    validate_name_verified = validate_verified

    def contact(self, was: Mapping[str, Value]) -> dict[str, Value]:
        """What was entered; what is empty is left out. ``was``: as it stands, whose ``id`` topics
        ask for."""
        known = {"id": was["id"]} if was.get("id") else {}
        given = {name: value for name, value in self.data.items() if name in CONTACT and value}
        return known | given


@section.get("/draft/contacts", needs=Permission.EDIT)
def contacts(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """All of them as they stand in the draft."""
    return _page(services)


@section.post("/draft/contacts/<int:number>", needs=Permission.EDIT)
def change(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Keep one contact; the number after the last adds one."""
    rows, form = _rows(services), ContactForm()
    if number > len(rows):
        abort(404)
    if not form.validate():
        return _page(services, sent=(number, form))
    was = rows[number] if number < len(rows) else {}
    rows[number:] = [form.contact(was), *rows[number + 1 :]]
    return _kept(services, who, rows, form, (number, form))


@section.post("/draft/contacts/<int:number>/remove", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Take one out."""
    rows = _rows(services)
    if number >= len(rows):
        abort(404)
    del rows[number]
    return _kept(services, who, rows, SeenForm())


def _rows(services: StaffServices) -> list[Any]:
    return list(value_of(services, FILE, PATH) or [])


def _kept(
    services: StaffServices,
    who: StaffMember,
    rows: list[Value],
    form: SeenForm,
    sent: tuple[int, ContactForm] | None = None,
) -> ResponseReturnValue:
    try:
        keep_whole(services, who, FILE, PATH, form.seen.data or "", rows)
    except NotKeptError as error:
        return _page(services, " ".join(error.lines), sent)
    flash(KEPT)
    return redirect(url_for("contacts.contacts"))


def _page(
    services: StaffServices, wrong: str = "", sent: tuple[int, ContactForm] | None = None
) -> ResponseReturnValue:
    """The page; with the form that was ``sent`` for one of them and not kept, as it was sent."""
    stands, today = value_of(services, FILE, PATH), services.clock().date()
    rows = list(stands or [])
    forms = [ContactForm(formdata=None, data=row) for row in [*rows, {}]]
    if sent:
        forms[sent[0]] = sent[1]
    taking_out, seen = SeenForm(formdata=None), as_seen(stands)
    for form in (*forms, taking_out):
        form.seen.data = seen
    page = render_template(
        "contacts.html",
        contacts=list(zip(rows, forms[:-1], strict=True)),
        forms=[form.at(at) for at, form in enumerate(forms)],
        fresh=forms[-1],
        taking_out=taking_out,
        today=today,
        year_ago=today - REVIEW_AFTER,
        wrong=wrong,
        open=sent[0] if sent else None,
    )
    return page, 422 if wrong or sent else 200
