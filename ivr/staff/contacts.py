"""Contacts: who callers may turn to, and the day somebody rang the number to see that it is right.

Owns this page. A number without that day is never spoken or sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.content.edit import Value, typed
from ivr.line.wording import REVIEW_AFTER
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, NotKeptError, as_seen, keep_whole, value_of
from ivr.staff.services import StaffServices

section = PageSection("contacts")
FILE, PATH = "line.yaml", ("contacts",)
LONGEST = 120
FIELDS = ("name", "spoken", "name_verified", "number", "verified", "by")
DAYS = ("name_verified", "verified")


@section.get("/draft/contacts", needs=Permission.EDIT)
def contacts(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """All of them as they stand in the draft."""
    return _page(services)


@section.post("/draft/contacts/<int:number>", needs=Permission.EDIT)
def change(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Keep one contact; the number after the last adds one."""
    rows = _rows(services)
    if number > len(rows):
        abort(404)
    try:
        fresh = _contact(request.form, rows[number] if number < len(rows) else {})
    except ValueError:
        return _page(services, "The day must be a date, and it cannot be in the future.")
    if not fresh["name"]:
        return _page(services, "Give a name.")
    rows[number:] = [fresh, *rows[number + 1 :]]
    return _kept(services, who, rows)


@section.post("/draft/contacts/<int:number>/remove", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Take one out."""
    rows = _rows(services)
    if number >= len(rows):
        abort(404)
    del rows[number]
    return _kept(services, who, rows)


def _contact(form: Mapping[str, str], was: Value) -> dict[str, Value]:
    """What the form holds; fields that are empty are left out. Raises ValueError.

    ``was``: the contact as it stands, whose ``id`` topics ask for.
    """
    words = {name: typed(form.get(name, "")[:LONGEST]) for name in FIELDS}
    made: dict[str, Value] = {}
    if isinstance(was, dict) and was.get("id"):
        made["id"] = was["id"]
    made |= {name: said for name, said in words.items() if said or name == "name"}
    return made | {name: date.fromisoformat(words[name]) for name in DAYS if words[name]}


def _rows(services: StaffServices) -> list[Value]:
    return list(value_of(services, FILE, PATH) or [])


def _kept(services: StaffServices, who: StaffMember, rows: list[Value]) -> ResponseReturnValue:
    try:
        keep_whole(services, who, FILE, PATH, request.form.get("seen", ""), rows)
    except NotKeptError as error:
        return _page(services, " ".join(error.lines))
    flash(KEPT)
    return redirect(url_for("contacts.contacts"))


def _page(services: StaffServices, wrong: str = "") -> ResponseReturnValue:
    rows, today = _rows(services), services.clock().date()
    page = render_template(
        "contacts.html",
        contacts=rows,
        seen=as_seen(value_of(services, FILE, PATH)),
        today=today,
        year_ago=today - REVIEW_AFTER,
        wrong=wrong,
        given=request.form if wrong else {},
    )
    return page, 422 if wrong else 200
