"""Editions: how far a publish is, who changed what and when, and going back.

Owns these pages. Publishing itself is the worker's; it goes on when nobody looks.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.content.editions.differences import differences
from ivr.content.files import packed, version_of_files
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.places import as_heard, placed
from ivr.staff.roles import Permission
from ivr.staff.saving import LONGEST_NAME
from ivr.staff.services import StaffServices
from ivr.staff.titles import title
from ivr.store.editions import BusyError

section = PageSection("editions")
STATES = {
    "waiting": "waits for the worker",
    "checking": "is being checked",
    "recording": "is being recorded",
    "published": "published",
    "refused": "refused: rules are broken",
    "failed": "not published",
}


@section.get("/editions", needs=Permission.SEE)
def editions(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Every edition, the newest first."""
    return render_template(
        "editions.html",
        editions=services.editions.all(),
        current=services.folders.current(),
        states=STATES,
    )


@section.get("/editions/<int(max=999999):number>", needs=Permission.SEE)
def edition(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """One edition: how far it is, and what it changed."""
    found = services.editions.get(number)
    if found is None:
        abort(404)
    line, after = services.line(), services.folders.files(number) or {}
    says = [placed(line, after, each) for each in found.says.splitlines()]
    if request.headers.get("X-Part") == "progress":
        return render_template("progress.html", edition=found, states=STATES, says=says)
    before = services.folders.files(number - 1) or {}
    return render_template(
        "edition.html",
        edition=found,
        says=says,
        current=services.folders.current(),
        changes=[
            (as_heard(line, before, after, each), title(line, after, each.file, each.path))
            for each in differences(before, after)
        ],
        states=STATES,
    )


@section.post("/editions/<int(max=999999):number>/back", needs=Permission.PUBLISH)
def back(services: StaffServices, who: StaffMember, number: int) -> ResponseReturnValue:
    """Publish the words of an edition again, under a new number."""
    old = services.folders.files(number)
    if old is None:
        abort(404)
    files = services.folders.whole(old)
    try:
        fresh = services.editions.add(
            pack=packed(files),
            version=version_of_files(files),
            by=who.name[:LONGEST_NAME],
            why=f"back to edition {number}",
            now=services.now(),
        )
    except BusyError as error:
        flash(str(error), "wrong")
        return redirect(url_for("editions.editions"))
    services.changes.note(who.id, "back", str(number), services.now())
    return redirect(url_for("editions.edition", number=fresh))
