"""Webhooks asked a little wrongly: by GET, with a slash too many, or at no address of ours.

Owns what a number gets that is set up so at Twilio, where anything but TwiML is heard as "an
application error has occurred". Each such request comes to the webhook that was meant, and to its
guard, so that an unsigned one is refused as everywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from ivr.webhooks import sms, staff, voice, whisper
from ivr.webhooks.guard import signed
from ivr.webhooks.voice import XML

log = logging.getLogger(__name__)


APOLOGIES = {
    "voice": voice.sorry,
    "sms": sms.silent,
    "staff": staff.sorry,
    "desk": whisper.sorry,
}
"""What is answered below each webhook where there is none."""


def add(app: Flask) -> None:
    """Take what goes astray: it costs a request nothing that is asked as it should be."""
    app.before_request(_put_right)


def _put_right() -> Response | None:
    """The answer of the webhook that is meant by a request without a route; else None."""
    if request.routing_exception is None:
        return None
    steps = [each.strip() for each in request.path.split("/")]
    view = _meant([each for each in steps if each])
    return view() if view else None


def _meant(steps: Sequence[str]) -> Callable[[], Response] | None:
    """The view of a webhook with this path, or else of the apology below one."""
    try:
        routes = current_app.url_map.bind("")
        rule, given = routes.match("/" + "/".join(steps), "POST", return_rule=True)
    except HTTPException:
        name = steps[0] if len(steps) > 1 else ""
        return partial(_nowhere, name) if name in APOLOGIES else None
    view = current_app.view_functions[rule.endpoint]
    if not getattr(view, "guarded", False):
        return None
    request.url_rule = rule
    return partial(current_app.ensure_sync(view), **given)


@signed
def _nowhere(name: str) -> Response:
    log.warning("asked below /%s where nothing is: look at the number at Twilio", name)
    return Response(APOLOGIES[name](), content_type=XML)
