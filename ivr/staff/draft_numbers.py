"""Test numbers: telephones whose calls to the line hear the draft, before anybody else can.

Owns this page. A number is known here by its last figures alone.
"""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, Length

from ivr.line.numbers import DRAMA, RULES, one_form, serves
from ivr.staff.forms import PageForm, tidy
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices
from ivr.store.draft_numbers import MOST
from ivr.webhooks.extension import services_of

section = PageSection("test_numbers")
FULL = f"There are {MOST} already. Remove one first."


class NumberForm(PageForm):
    """One telephone that is to hear the draft."""

    name = StringField("Whose telephone", [DataRequired("Give a name."), Length(max=64)], [tidy])
    number = StringField(
        "Its number", [Length(max=40)], [tidy],
        description="The one that the line sees when it rings. Kept sealed, and sent to nobody.",
    )  # fmt: skip

    def validate_number(self, field: StringField) -> None:
        """A telephone that rings the line, by the one rule for numbers."""
        services = services_of(current_app, StaffServices)
        number = one_form(field.data or "")
        if not serves(number, "ring a caller"):
            raise ValidationError(f"Write {RULES['ring a caller'].words}.")
        if number == services.settings.line_number:
            raise ValidationError("This is the line's own number.")
        if services.settings.production and number.startswith(DRAMA):
            raise ValidationError("This number is for examples only. Write a real one.")
        if any(each.number == number for each in services.draft_numbers.all()):
            raise ValidationError("This number is here already.")


@section.get("/draft/test-numbers", needs=Permission.EDIT)
def numbers(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """All of them."""
    return _page(services, NumberForm(formdata=None))


@section.post("/draft/test-numbers", needs=Permission.EDIT)
def add(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Enter one."""
    form = NumberForm()
    if not form.validate():
        return _page(services, form)
    if not services.draft_numbers.add(form.name.data, one_form(form.number.data)):
        form.number.errors = [FULL]
        return _page(services, form)
    services.changes.note(who.id, "test-number-added", "", services.now())
    flash(f"Calls from the telephone of {form.name.data} hear the draft within seconds.")
    return redirect(url_for("test_numbers.numbers"))


@section.post("/draft/test-numbers/<number_id>/remove", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, number_id: str) -> ResponseReturnValue:
    """Take one away."""
    services.draft_numbers.remove(number_id)
    services.changes.note(who.id, "test-number-removed", "", services.now())
    flash("It is gone. Calls from it hear what callers hear, within seconds.")
    return redirect(url_for("test_numbers.numbers"))


def _page(services: StaffServices, form: NumberForm) -> ResponseReturnValue:
    page = render_template(
        "test-numbers.html",
        numbers=services.draft_numbers.all(),
        draft=services.drafting.open(),
        line_number=services.settings.line_number,
        form=form,
    )
    return page, 422 if form.errors else 200
