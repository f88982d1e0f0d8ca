"""Texts: how many went, which did not arrive and why, what they cost, and who wants none.

Owns this page. No number is on it, but one that was typed into its form and refused.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
from wtforms.validators import Length

from ivr.line.numbers import one_form
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices
from ivr.store.outbox import WAITING
from ivr.store.sent import NOT_ARRIVED
from ivr.texts.ends import told

section = PageSection("texts")
LONGEST = 40
ACTIONS = ("look", "stop", "start")
ARRIVED = ("delivered", "read")
COSTS = {"pence_a_month": "Texts that callers asked for", "staff_pence_a_month": "Texts to staff"}
COSTS |= {
    "answers_pence_a_month": "Answers to texts",
    "short_pence_a_month": "Short answers, when those are used up",
    "danger_pence_a_month": "Answers to danger above the limits",
    "elsewhere_pence_a_month": "Answers to other than UK mobiles",
    "elsewhere_danger_pence_a_month": "Answers to danger, to other than UK mobiles",
}


class NumberForm(FlaskForm):  # type: ignore[misc]
    """One telephone number."""

    number = StringField("Telephone number", [Length(max=LONGEST)])

    def validate_number(self, field: StringField) -> None:
        """In the one form by which numbers are known."""
        field.said = one_form(field.data or "")
        if not field.said:
            raise ValidationError("Write a whole number, such as 07700 900123.")


@section.get("/texts", needs=Permission.SEE)
def texts(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """How the texts went."""
    return _page(services, NumberForm(formdata=None))


@section.post("/texts/<what>", needs=Permission.WAITING)
def number(services: StaffServices, who: StaffMember, what: str) -> ResponseReturnValue:
    """Look whether a number is on the do-not-text list, put it there, or take it off."""
    if what not in ACTIONS:
        abort(404)
    form = NumberForm()
    if not form.validate():
        return _page(services, form), 422
    said, now = form.number.said, services.now()
    if what == "look":
        on = services.optouts.stopped(said)
        flash(f"That number is {'' if on else 'not '}on the do-not-text list.")
        return redirect(url_for("texts.texts"))
    if what == "stop":
        services.optouts.stop(said, now)
        flash("That number is on the do-not-text list. It gets no more texts.")
    else:
        services.optouts.start(said, now)
        flash("That number may be texted. Who has texted STOP must text START as well.")
    services.changes.note(who.id, f"texts-{what}", "a number", now)
    return redirect(url_for("texts.texts"))


def _page(services: StaffServices, form: NumberForm) -> str:
    now = services.now()
    lately = services.sent.lately(now)
    arrived = sum(lately.get(each, 0) for each in ARRIVED)
    failed = sum(lately.get(each, 0) for each in NOT_ARRIVED)
    waits = lately.get(WAITING, 0)
    every = sum(lately.values())
    figures = {"asked for": every, "delivered": arrived, "failed": failed}
    figures |= {"at the carrier": every - arrived - failed - waits, "not sent yet": waits}
    used = {use.limit: use for use in services.sent.used(now)}
    return render_template(
        "texts.html",
        figures=figures,
        costs=[(label, used[limit]) for limit, label in COSTS.items()],
        troubles=[(each, *told(each.status, each.error)) for each in services.sent.troubles(now)],
        form=form,
    )
