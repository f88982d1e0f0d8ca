"""The start page of a demo: ring the line, the staff pages, its clock, and what is made up.

Owns the page at ``/`` and what its buttons do. It is not there when the line serves a real account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from ivr.config import LONDON
from ivr.content.editions.folders import EditionFolders, edition_folders
from ivr.content.files import Files
from ivr.line.hours import DAY, is_open, next_closing, next_opening
from ivr.line.model import Line
from ivr.line.numbers import printed
from ivr.simulator import drafts, samples
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices

MAY_DO = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What the page lets a browser do: show itself, and send its own buttons."""
TUESDAY = 1
MORNING, EVENING = time(11), time(20)
BACK = 400
"""Days that are looked through for one such: more than a year has a bank holiday on a weekday."""


def blueprint(kept: StoreServices, lacks_mail: Callable[[], str]) -> Blueprint:
    """The page. ``lacks_mail()``: why mail to staff cannot be shown; empty where it can."""
    start = Blueprint("start", __name__, template_folder="templates")
    start.before_request(_refuse_strangers)
    folders = edition_folders(kept)

    @start.get("/")
    def page() -> Response:
        services = services_of(current_app, CallServices)
        line, now = services.content_store.line(""), services.clock()
        html = render_template(
            "start.html",
            name=line.name,
            reviewed=line.reviewed(line.languages[0]),
            number=printed(services.line_number),
            choices=_choices(line),
            standing=_standing(services, line, now),
            now=now,
            chosen=bool(services.live_settings.ahead),
            times=times(line, now - services.live_settings.ahead),
            sample=samples.there(kept),
            lacks_mail=lacks_mail(),
            drafts=drafts.drafted(_files(folders)),
        )
        headers = {"Content-Security-Policy": MAY_DO, "Cache-Control": "no-store"}
        return Response(html, headers=headers)

    _add_buttons(start, kept)

    @start.post("/demo/doorway")
    def doorway() -> ResponseReturnValue:
        lang = request.form.get("lang", "")
        if lang not in drafts.drafted(_files(folders)):
            abort(400)
        version = drafts.laid_out(folders, lang)
        return redirect(url_for("phone.handset", edition=version, draft=lang), 303)

    return start


def _files(folders: EditionFolders) -> Files:
    """The words in use."""
    return folders.whole(folders.files(folders.current()) or {})


def _add_buttons(start: Blueprint, kept: StoreServices) -> None:
    """What the page's buttons do: set the clock, add and remove made-up callers."""

    @start.post("/demo/clock")
    def clock() -> ResponseReturnValue:
        services = services_of(current_app, CallServices)
        real = services.clock().astimezone(UTC) - services.live_settings.ahead
        named = times(services.content_store.line(""), real.astimezone(LONDON))
        wanted = request.form.get("time", "")
        if wanted != "now" and wanted not in named:
            abort(400)
        ahead = named[wanted].astimezone(UTC) - real if wanted in named else timedelta()
        kept.live_settings.set_clock(ahead, datetime.now(UTC))
        services.live_settings.look()
        return redirect("/#clock", 303)

    @start.post("/demo/sample")
    def sample() -> ResponseReturnValue:
        what = request.form.get("what", "")
        line = services_of(current_app, CallServices).content_store.line("")
        if what == "add":
            samples.add(kept, line, datetime.now(UTC))
        elif what == "remove":
            samples.remove(kept, datetime.now(UTC))
        else:
            abort(400)
        return redirect("/#sample", 303)


def times(line: Line, now: datetime) -> dict[str, datetime]:
    """The times that can be chosen, each the last there was before ``now``, by name.

    None is ahead of the calls that have been made: what staff then set by hand ends with it.
    """
    found: dict[str, datetime] = {}
    for back in range(BACK):
        day = now.date() - back * DAY
        morning = datetime.combine(day, MORNING, LONDON)
        if day.weekday() == TUESDAY and is_open(line.hours, morning):
            found.setdefault("tuesday", morning)
            found.setdefault("evening", datetime.combine(day, EVENING, LONDON))
        if day in line.calendar.holidays and not is_open(line.hours, morning):
            found.setdefault("holiday", morning)
    return found


def _refuse_strangers() -> None:
    """What is done here is done by a button of this page, as the browser says."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        abort(403) if request.method == "POST" else None


def _choices(line: Line) -> Iterator[tuple[str, str]]:
    """The keys of the first menu, and what each is for."""
    words = line.words(line.languages[0])
    for key, to in line.menus[line.start].keys.items():
        label = words.node(to).label
        yield key, label[:1].upper() + label[1:]


def _standing(services: CallServices, line: Line, now: datetime) -> tuple[bool, datetime | None]:
    """Whether an adviser is there, and when that changes."""
    override = services.live_settings.override(now)
    opened = is_open(line.hours, now, override)
    change = next_closing if opened else next_opening
    return opened, change(line.hours, now, override)
