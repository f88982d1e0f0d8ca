"""Editions: how far a publish is, who changed what and when, and going back.

Owns these pages. Publishing itself is the worker's; it goes on when nobody looks.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.content.editions.differences import differences
from ivr.content.files import packed, version_of_files
from ivr.staff.gate import Section
from ivr.staff.parts import Office
from ivr.staff.people import Person
from ivr.staff.roles import Permission
from ivr.staff.saving import LONGEST_NAME
from ivr.store.editions import BusyError

section = Section("editions")
STATES = {
    "waiting": "waits for the worker",
    "checking": "is being checked",
    "recording": "is being recorded",
    "published": "published",
    "refused": "refused: rules are broken",
    "failed": "not published",
}


@section.get("/editions", needs=Permission.SEE)
def editions(office: Office, who: Person) -> ResponseReturnValue:
    """Every edition, the newest first."""
    return render_template(
        "editions.html",
        editions=office.editions.all(),
        current=office.folders.current(),
        states=STATES,
    )


@section.get("/editions/<int(max=999999):number>", needs=Permission.SEE)
def edition(office: Office, who: Person, number: int) -> ResponseReturnValue:
    """One edition: how far it is, and what it changed."""
    found = office.editions.get(number)
    if found is None:
        abort(404)
    if request.headers.get("X-Part") == "progress":
        return render_template("progress.html", edition=found, states=STATES)
    before, after = (office.folders.files(each) or {} for each in (number - 1, number))
    return render_template(
        "edition.html",
        edition=found,
        current=office.folders.current(),
        changes=differences(before, after),
        states=STATES,
    )


@section.post("/editions/<int(max=999999):number>/back", needs=Permission.PUBLISH)
def back(office: Office, who: Person, number: int) -> ResponseReturnValue:
    """Publish the words of an edition again, under a new number."""
    files = office.folders.files(number)
    if files is None:
        abort(404)
    made = (packed(files), version_of_files(files), who.name[:LONGEST_NAME])
    try:
        fresh = office.editions.add(*made, f"back to edition {number}", office.now())
    except BusyError as error:
        flash(str(error))
        return redirect(url_for("editions.editions"))
    office.changes.note(who.id, "back", str(number), office.now())
    return redirect(url_for("editions.edition", number=fresh))
