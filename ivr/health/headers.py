"""What every answer tells a browser that it may do with it: nothing, unless its page says more.

Owns the headers of all that is not a staff page (those have their own, in ``ivr.staff.gate``).
They are for whoever opens one of these addresses in a browser: Twilio, which signs what it asks,
reads none of them and gets none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from ivr.health.access import ROUTE, route
from ivr.webhooks.guard import SIGNED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Pair = tuple[str, str]

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
"""Where the line is reached by https: browsers ask no other way for a year (RFC 6797)."""


def add(app: Flask, base_url: str) -> None:
    """Give every answer these headers, its own where it has them; refusals and errors too."""
    headers = HEADERS | (HTTPS_ONLY if base_url.startswith("https://") else {})
    every = [(name.lower(), (name, value)) for name, value in headers.items()]
    plain = app.wsgi_app

    def headed(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begun(status: str, own: list[Pair], *failed: Any) -> Callable[[bytes], object]:
            environ[ROUTE] = route()
            if SIGNED in environ:
                return start(status, own, *failed)
            names = {name.lower() for name, _ in own}
            more = [pair for low, pair in every if low not in names]
            return start(status, own + more, *failed)

        return plain(environ, begun)

    app.wsgi_app = headed  # type: ignore[method-assign, assignment]
