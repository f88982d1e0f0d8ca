"""Who has a session: staff pages, for their forms. A webhook has none, and loses no time with it.

Owns that choice alone; what a session holds and how it is signed is Flask's.
"""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class StaffSessions(SecureCookieSessionInterface):
    """Opens a session only where its cookie would come."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """See Flask. None elsewhere: whoever writes into a session there is told at once."""
        if not request.path.startswith(self.get_cookie_path(app)):
            return None
        return super().open_session(app, request)
