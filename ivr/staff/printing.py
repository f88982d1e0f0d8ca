"""What is printed: the whole line in large print, and a poster with the number and the keys.

Owns these pages. Each paper is a file of its own, to print or to pass on.
"""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ivr.config.extras import ExtraMissingError
from ivr.reports import pdf, poster, script
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices

section = PageSection("printing")
KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}

SHOWN = {"html": "inline", "pdf": "attachment"}
STYLED = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What a paper that is opened may do: have its own look, and nothing else."""


@section.get("/print", needs=Permission.SEE)
def papers(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """What there is to print."""
    return render_template("print.html", pdf=pdf.can_be_made())


@section.get("/print/<name>.<kind>", needs=Permission.SEE)
def paper(services: StaffServices, who: StaffMember, name: str, kind: str) -> ResponseReturnValue:
    """One paper as a file."""
    line, number = services.line(), services.settings.line_number
    lang = line.languages[0]
    if name not in ("script", "poster") or kind not in KINDS:
        abort(404)
    made = poster.html(line, lang, number)
    if name == "script":
        made = script.html(script.paper(line, lang, number))
    try:
        content = pdf.content(made) if kind == "pdf" else made.encode()
    except ExtraMissingError:
        says = "No PDF can be made on this machine. Take the page, and print it from the browser."
        flash(says, "wrong")
        return redirect(url_for("printing.papers"))
    headers = {"Content-Disposition": f'{SHOWN[kind]}; filename="{name}.{kind}"'}
    if kind == "html":
        headers["Content-Security-Policy"] = STYLED
    return Response(content, content_type=KINDS[kind], headers=headers)
