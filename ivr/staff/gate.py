"""The gate of the staff pages: every page names what it needs, and is only then there.

Owns who is let through, forms that only our own pages can send, and the headers of every answer.
Nothing personal is on a page that has not come through here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ivr.secrets.hashing import HashingBusyError
from ivr.staff.people import EndedError, StaffMember
from ivr.staff.roles import MAY, PERSONAL, ROLES, Permission
from ivr.staff.services import StaffServices
from ivr.store import RowRefusedError, StoreDownError
from ivr.webhooks.extension import services_of

log = logging.getLogger(__name__)

View = Callable[..., ResponseReturnValue]
ROOT = "/office"
COOKIE = "office"
FIRST_STEPS = frozenset({"signin.code", "signin.give_code", "signin.sign_out"})
"""What somebody may ask before the second factor is given."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000"
HEARD_OUT = 40_000_000
"""Bytes of a body that is too large which are read all the same, as a browser shows no answer
before it has sent everything: three minutes of music, the likeliest mistake."""
PORTS = {"http": 80, "https": 443}
A_PIECE = 65_536
ROOM = 20_000
"""Bytes of a form beside the file that it holds."""

ASTRAY = {
    404: ("It is not here", "gone"),
    405: ("It is not here", "gone"),
    413: ("That is too big", "large"),
    500: ("Something went wrong", "broken"),
}
"""What a page is called, and what is said on it, by the status that the browser gets."""

csrf = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with a file: the bytes it may have, and the page that says that it had more.

    Any other form has 64 KB at the most, and so has this one from whoever may not send it.
    """

    most: int
    too_large: Callable[[StaffServices], ResponseReturnValue]


class PageSection:
    """The pages of one subject. A page without a permission cannot be made."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(name, __name__, url_prefix=ROOT)
        self.blueprint.after_request(headed)
        self.blueprint.register_error_handler(StoreDownError, _away)
        self.blueprint.register_error_handler(RowRefusedError, _refused)
        self.blueprint.register_error_handler(HashingBusyError, _busy)
        self.blueprint.register_error_handler(EndedError, _ended)
        self.blueprint.register_error_handler(CSRFError, _stale)
        self.blueprint.register_error_handler(404, _gone)
        self.blueprint.register_error_handler(RequestEntityTooLarge, _large)

    def get(self, rule: str, needs: Permission) -> Callable[[View], View]:
        """A page at this address under /office."""
        return self._route(rule, needs, "GET")

    def post(
        self, rule: str, needs: Permission, upload: Upload | None = None
    ) -> Callable[[View], View]:
        """Something that is done: only from a form of our own pages."""
        return self._route(rule, needs, "POST", upload)

    def _route(
        self, rule: str, needs: Permission, method: str, upload: Upload | None = None
    ) -> Callable[[View], View]:
        def add(view: View) -> View:
            guarded = _guarded(view, needs, upload)
            self.blueprint.add_url_rule(rule, view.__name__, guarded, methods=[method])
            return view

        return add


def _guarded(view: View, needs: Permission, upload: Upload | None) -> View:
    """The view behind the gate; ``needs`` stands on it for whoever looks."""

    @wraps(view)
    def guarded(**parts: Any) -> ResponseReturnValue:
        services = services_of(current_app, StaffServices)
        who = g.who = services.people.person(request.cookies.get(COOKIE, ""), services.now())
        if request.method == "POST":
            _refuse_strangers()
            may = who is not None and _stopped(who, needs) is None
            if refused := _read_form(services, upload if may else None):
                return refused
        _refuse_nul(parts, of_file=upload is not None)
        if needs is Permission.ANYONE:
            return view(services, **parts)
        if who is None:
            return redirect(url_for("signin.sign_in", next=_here()))
        return _stopped(who, needs) or view(services, who, **parts)

    guarded.needs = needs  # type: ignore[attr-defined]
    return guarded


def _read_form(services: StaffServices, upload: Upload | None) -> ResponseReturnValue | None:
    """Read the form, which must come from our own pages. What to answer where it is too large."""
    if upload is None:
        csrf.protect()
        return None
    request.max_content_length = request.max_form_memory_size = upload.most
    try:
        csrf.protect()
    except RequestEntityTooLarge:
        _hear_out(min(request.content_length or 0, HEARD_OUT))
        return upload.too_large(services)
    return None


def _hear_out(left: int) -> None:
    """Read a body to its end, and keep nothing of it."""
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, A_PIECE))):
        left -= len(piece)


def _stopped(who: StaffMember, needs: Permission) -> ResponseReturnValue | None:
    """Why somebody who is signed in does not come through; None where they do."""
    if who.code_due and request.endpoint not in FIRST_STEPS:
        return redirect(url_for("signin.code", next=_here()))
    if not who.may(needs):
        roles = [f"{role}: {MAY[role]}" for role in ROLES if needs in ROLES[role]]
        return render_template("refused.html", roles=roles), 403
    if needs in PERSONAL and who.factor_lacking:
        return redirect(url_for("account.factor"))
    return None


def _here() -> str:
    """Where somebody was going: a page, never something that is done."""
    return request.full_path.rstrip("?") if request.method == "GET" else ROOT


def _refuse_strangers() -> None:
    """Raises CSRFError where the browser says that another site's page has sent this.

    Many say nothing of it, for their owner's privacy: there our own form's token must do.
    """
    services = services_of(current_app, StaffServices)
    ours = urlsplit(services.settings.base_url)
    origin = request.headers.get("Origin", "null")
    told = request.headers.get("Referer", "") if origin == "null" else origin
    foreign = request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
    here = {_origin(ours.geturl()), _origin(f"{ours.scheme}://{request.host}")}
    if foreign or (told and _origin(told) not in here):
        raise CSRFError("sent by another site")


def _refuse_nul(parts: Mapping[str, object], of_file: bool) -> None:
    """Raises RowRefusedError for what SQLite would take and PostgreSQL does not.

    Where somebody is led to is never kept, and ``local`` refuses it; words in the place of a file
    are refused with their line.
    """
    form = () if of_file else request.form.items(multi=True)
    typed = [each for name, each in form if name != "next"]
    if any("\0" in str(each) for each in parts.values()):
        abort(404)
    if any("\0" in each for each in typed):
        raise RowRefusedError("a NUL")


def _origin(address: str) -> tuple[str, str, int]:
    """Who has sent a page: the scheme, the host and the port, as browsers compare them."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return ("", "", 0)
    return (parts.scheme, parts.hostname or "", port)


def local(target: str) -> str:
    """An address of our own pages; the first page for any other (no open redirects)."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ROOT
    ours = not parts.scheme and not parts.netloc and "\\" not in target and target.isprintable()
    return target if ours and (parts.path + "/").startswith(ROOT + "/") else ROOT


def headed(answer: Response) -> Response:
    """The headers of every answer."""
    services = services_of(current_app, StaffServices)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if secure(services):
        answer.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return answer


def secure(services: StaffServices) -> bool:
    """Whether the pages are reached over https."""
    return services.settings.base_url.startswith("https://")


def _away(error: Exception) -> ResponseReturnValue:
    log.error("a page of staff could not be answered, the database did not take it: %s", error)
    return render_template("trouble.html", title="Please try again", why="away"), 503


def _refused(error: Exception) -> ResponseReturnValue:
    log.warning("a page of staff was asked for what no database takes: %s", error)
    return render_template("trouble.html", title="That cannot be taken", why="refused"), 400


def _ended(error: Exception) -> ResponseReturnValue:
    flash("Your account was changed from elsewhere in the meantime. Please try again.", "wrong")
    return redirect(url_for("signin.sign_in"))


def _busy(error: Exception) -> ResponseReturnValue:
    log.error("a page of staff could not be answered: %s", error)
    return render_template("trouble.html", title="Please try again", why="busy"), 503


def _gone(error: Exception) -> tuple[str, int]:
    return render_template("trouble.html", title="It is not here", why="gone"), 404


def astray(error: HTTPException) -> ResponseReturnValue:
    """A page in words, with a way back, for a browser that gets no other answer.

    Below /office everybody gets it; elsewhere who asks for a page, as browsers do and Twilio never.
    """
    ours = f"{request.path}/".startswith(ROOT + "/")
    if ours and error.code == 404 and request.method == "GET" and request.path.endswith("/"):
        return redirect(
            request.full_path.replace(request.path, request.path.rstrip("/"), 1).rstrip("?")
        )
    if not ours and "text/html" not in request.accept_mimetypes.values():
        return error.get_response()
    if error.code == 500:
        # What broke may be what the navigation counts: this page must not ask for it again.
        g.pop("who", None)
    title, why = ASTRAY.get(error.code or 500, ASTRAY[404])
    answer = make_response(error.get_response())
    most = (request.max_content_length or 0) // 1000
    home = ROOT if ours else "/"
    answer.set_data(render_template("trouble.html", title=title, why=why, home=home, most=most))
    return headed(answer)


def _stale(error: Exception) -> ResponseReturnValue:
    return render_template("trouble.html", title="Please send it again", why="stale"), 400


def _large(error: Exception) -> ResponseReturnValue:
    most = (request.max_content_length or 0) // 1000
    return render_template("trouble.html", title="That is too big", why="large", most=most), 413
