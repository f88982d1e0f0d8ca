"""Texts: how many went, which did not arrive and why, what they cost, and who wants none.

Owns this page. No number is on it, but one that was typed into its form and refused.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from ivr.line.numbers import one_form
from ivr.staff.forms import PageForm
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices
from ivr.store.outbox import WAITING
from ivr.store.sent import NOT_ARRIVED
from ivr.texts.calls import NUMBER
from ivr.texts.cleaning import cleaned
from ivr.texts.ends import told
from ivr.texts.questions import questions_of

section = PageSection("texts")
LONGEST, LONGEST_TEXT = 40, 1_600
WISHES = {
    "danger": "Somebody is in danger",
    "not-danger": "It only sounds like danger",
    "stop": "No more texts",
    "ring": "To be rung back",
    "no-ring": "Not to be rung",
    "late": "The time to appeal has passed",
    "language": "In another language, or asks for one",
    "thanks": "Thanks",
    "menu": "Nothing that we have",
}
"""What a text may have meant beside a topic, by the labels of the examples."""
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


class NumberForm(PageForm):
    """One telephone number."""

    number = StringField("Telephone number", [Length(max=LONGEST)],
        render_kw={"inputmode": "tel", "autocomplete": "off"})  # fmt: skip

    def validate_number(self, field: StringField) -> None:
        """In the one form by which numbers are known."""
        field.said = one_form(field.data or "")
        if not field.said:
            raise ValidationError("Write a whole number, such as 07700 900123.")


class ExampleForm(PageForm):
    """A text that was misunderstood, and what it meant."""

    text = TextAreaField("The text, without names and numbers", [
        DataRequired("Write the text."), Length(max=LONGEST_TEXT)])  # fmt: skip
    meant = SelectField("What it meant", [InputRequired("Choose what it meant.")])

    def validate_text(self, field: TextAreaField) -> None:
        """In one line, and no number that somebody could be known by."""
        field.said = " ".join((field.data or "").split())
        if NUMBER.search(cleaned(field.said)):
            raise ValidationError("Take the telephone number out. It must not be kept.")


@section.get("/texts", needs=Permission.SEE)
def texts(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """How the texts went."""
    return _page(services, NumberForm(formdata=None), _example(services, empty=True))


@section.post("/texts/misunderstood", needs=Permission.WAITING)
def misunderstood(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Keep a text with what it meant, sealed, until it is written out to be learnt from."""
    form = _example(services)
    if not form.validate():
        return _page(services, NumberForm(formdata=None), form), 422
    now = services.now()
    services.examples.keep(form.meant.data, form.text.said, now)
    services.changes.note(who.id, "texts-misunderstood", form.meant.data, now)
    flash("Thank you. The text is kept, sealed, and will be learnt from.")
    return redirect(url_for("texts.texts"))


@section.post("/texts/<what>", needs=Permission.WAITING)
def number(services: StaffServices, who: StaffMember, what: str) -> ResponseReturnValue:
    """Look whether a number is on the do-not-text list, put it there, or take it off."""
    if what not in ACTIONS:
        abort(404)
    form = NumberForm()
    if not form.validate():
        return _page(services, form, _example(services, empty=True)), 422
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


def _example(services: StaffServices, empty: bool = False) -> ExampleForm:
    """The form for a text that was misunderstood, with everything that it may have meant."""
    form = ExampleForm(formdata=None) if empty else ExampleForm()
    line = services.line()
    words = line.words(line.languages[0])
    topics = [
        (f"topic:{label}", words.topics[found].name.capitalize())
        for label, names in questions_of(words).topics.items()
        if (found := next((each for each in names if each in line.topics), ""))
    ]
    choices = [("", ""), *WISHES.items(), *topics]
    form.meant.choices = [SelectChoice(*each) for each in choices]
    return form


def _page(services: StaffServices, form: NumberForm, example: ExampleForm) -> str:
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
        example=example,
        unclear=services.answers.unclear(now),
    )
