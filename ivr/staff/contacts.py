"""Contacts: who callers may turn to, and the day somebody rang the number to see that it is right.

Owns this page. A number without that day is never spoken or sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.content.edit import Value, typed
from ivr.staff.gate import Section
from ivr.staff.parts import Office
from ivr.staff.people import Person
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, NotKeptError, as_seen, keep_whole, value_of

section = Section("contacts")
FILE, PATH = "line.yaml", ("contacts",)
LONGEST = 120
FIELDS = ("name", "number", "verified", "by")


@section.get("/draft/contacts", needs=Permission.EDIT)
def contacts(office: Office, who: Person) -> ResponseReturnValue:
    """All of them as they stand in the draft."""
    return _page(office)


@section.post("/draft/contacts/<int:number>", needs=Permission.EDIT)
def change(office: Office, who: Person, number: int) -> ResponseReturnValue:
    """Keep one contact; the number after the last adds one."""
    rows = _rows(office)
    if number > len(rows):
        abort(404)
    try:
        fresh = _contact(request.form)
    except ValueError:
        return _page(office, "The day must be a date, and it cannot be in the future.")
    if not fresh["name"]:
        return _page(office, "Give a name.")
    rows[number:] = [fresh, *rows[number + 1 :]]
    return _kept(office, who, rows)


@section.post("/draft/contacts/<int:number>/remove", needs=Permission.EDIT)
def remove(office: Office, who: Person, number: int) -> ResponseReturnValue:
    """Take one out."""
    rows = _rows(office)
    if number >= len(rows):
        abort(404)
    del rows[number]
    return _kept(office, who, rows)


def _contact(form: Mapping[str, str]) -> dict[str, Value]:
    """What the form holds; fields that are empty are left out. Raises ValueError."""
    words = {name: typed(form.get(name, "")[:LONGEST]) for name in FIELDS}
    made: dict[str, Value] = {name: said for name, said in words.items() if said or name == "name"}
    if words["verified"]:
        made["verified"] = date.fromisoformat(words["verified"])
    return made


def _rows(office: Office) -> list[Value]:
    return list(value_of(office, FILE, PATH) or [])


def _kept(office: Office, who: Person, rows: list[Value]) -> ResponseReturnValue:
    try:
        keep_whole(office, who, FILE, PATH, request.form.get("seen", ""), rows)
    except NotKeptError as error:
        return _page(office, " ".join(error.lines))
    flash(KEPT)
    return redirect(url_for("contacts.contacts"))


def _page(office: Office, wrong: str = "") -> ResponseReturnValue:
    rows = _rows(office)
    page = render_template(
        "contacts.html",
        contacts=rows,
        seen=as_seen(value_of(office, FILE, PATH)),
        today=office.clock().date(),
        wrong=wrong,
        given=request.form if wrong else {},
    )
    return page, 422 if wrong else 200
