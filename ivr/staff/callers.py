"""What callers do: the picture of the flow, the tables beside it, the CSV and the monthly report.

Owns these pages. Whoever may see anything may see them: they tell of nobody.
"""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ivr.config.extras import ExtraMissingError
from ivr.reports import flow_picture, monthly, pdf
from ivr.reports.callers import FROM_SHOWN, SERVED, Period, as_csv, month_of, period, sheet
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.services import StaffServices
from ivr.store.statistics import Span

section = PageSection("callers")
KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@section.get("/callers", needs=Permission.SEE)
def callers(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """This month, or the month or week of ``?period=``."""
    shown = _period(services, request.args.get("period", ""))
    line, span = services.line(), _span(services, shown)
    return render_template(
        "callers.html",
        period=shown,
        today=services.today(),
        sheet=sheet(line, span),
        # Made by our own template, in which every name is escaped.
        picture=Markup(flow_picture.svg(line, span)),  # noqa: S704
        counted_at=span.counted_at,
        month=month_of(shown.first),
        served=SERVED,
        from_shown=FROM_SHOWN,
    )


@section.get("/callers/<name>.csv", needs=Permission.SEE)
def table(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """The same numbers for a spreadsheet."""
    shown = _period(services, name)
    made = as_csv(sheet(services.line(), _span(services, shown)), shown.name)
    return _file(made.encode(), "text/csv; charset=utf-8", f"callers-{shown.name}.csv")


@section.get("/callers/<name>/report.<kind>", needs=Permission.SEE)
def report(services: StaffServices, who: StaffMember, name: str, kind: str) -> ResponseReturnValue:
    """The month on one sheet, for trustees."""
    shown = _period(services, name)
    if kind not in KINDS:
        abort(404)
    before = _span(services, shown.beside(-1))
    made = monthly.html(services.line(), shown, _span(services, shown), before)
    try:
        content = pdf.content(made) if kind == "pdf" else made.encode()
    except ExtraMissingError:
        says = "No PDF can be made on this machine. Take the page, and print it from the browser."
        flash(says, "wrong")
        return redirect(url_for("callers.callers", period=shown.name))
    return _file(content, KINDS[kind], f"callers-{shown.name}.{kind}")


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)


def _period(services: StaffServices, name: str) -> Period:
    found = period(name) if name else month_of(services.today())
    if found is None:
        abort(404)
    return found


def _span(services: StaffServices, shown: Period) -> Span:
    return services.statistics.between(shown.first, shown.last)
