"""What is logged of each request: its route, never its address, and the reference of its call.

Owns gunicorn's log. Who asked, the query and the form are in no line.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, has_request_context, request
from gunicorn.config import Config
from gunicorn.glogging import Logger

from ivr.config import SettingsError, read
from ivr.health import logs, times
from ivr.webhooks.guard import SIGNED

ROUTE = "ivr.route"
"""Where the web server finds the route of a request, in what they share about it (PEP 3333)."""
NO_ROUTE = "none"
ROUTINE = ("/audio/", "/healthz", "/readyz", "/metrics")
"""How routes begin that are asked all the time: told at the level ``debug`` where all went well."""
CALL_SID = re.compile(r"CA[0-9a-f]{32}")
log = logging.getLogger("gunicorn.access")


def add(app: Flask) -> None:
    """Let what is logged during a request name its route, and nothing else of its address."""
    logs.about = at_hand
    app.log_exception = _failed  # type: ignore[method-assign, assignment]


def at_hand() -> dict[str, str]:
    """The route of the request at hand, and the call that Twilio's signature vouches for.

    Worked out when something is logged, for most requests log nothing.
    """
    if not has_request_context():
        return {}
    return {"route": route(), **_call(request.environ)}


def route() -> str:
    """The rule that the request at hand has fitted."""
    rule = request.url_rule if has_request_context() else None
    return rule.rule if rule else NO_ROUTE


def _call(environ: Mapping[str, Any]) -> dict[str, str]:
    sid = environ.get(SIGNED, "")
    return {"call": sid} if CALL_SID.fullmatch(sid) else {}


def _failed(given: Any) -> None:
    """Flask's own words for this quote the address, in which anything may stand."""
    logging.getLogger("ivr.webhooks").error("a request failed", exc_info=given)


class AccessLog(Logger):  # type: ignore[misc]
    """gunicorn's log, all of which goes where the rest of the program's goes."""

    def setup(self, cfg: Config) -> None:
        """See gunicorn. A wrong setting stops the start elsewhere, and with words."""
        cfg.set("errorlog", None)
        super().setup(cfg)
        for each in (self.error_log, self.access_log):
            each.propagate = True
        self.access_log.setLevel(logging.NOTSET)
        try:
            logs.set_up(read())
        except SettingsError:
            logging.basicConfig(level=logging.WARNING)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """One line for each request."""
        route, status = environ.get(ROUTE, NO_ROUTE), resp.status_code or 0
        seconds = request_time.total_seconds()
        times.answered(route, status, seconds)
        quiet = route.startswith(ROUTINE) and status < HTTPStatus.INTERNAL_SERVER_ERROR
        level = logging.DEBUG if quiet else logging.INFO
        if log.isEnabledFor(level):
            method, ms = environ.get("REQUEST_METHOD", ""), round(seconds * 1000)
            told = {"route": route, "method": method, "status": status, "ms": ms}
            log.log(level, "answered", extra=told | _call(environ))
