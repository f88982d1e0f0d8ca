"""Errors told to Sentry, where the operator has one: the lines of the log, and nothing beside them.

Owns what is sent. sentry-sdk is an extra ("sentry"); of all it can gather it is let gather nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from ivr.config.extras import ExtraMissingError, extra

SENT = ("event_id", "timestamp", "level", "logger", "message", "platform", "release", "sdk")
"""All of an event that leaves; the message is a line of the log, from which anything personal is
already taken out."""


class Sentry(logging.Handler):
    """Tells of each error. Sending is done in the background; a caller never waits for it."""

    def __init__(self, dsn: str, shown: logging.Formatter) -> None:
        """Raises ExtraMissingError, or ValueError for a DSN that is none."""
        super().__init__(logging.ERROR)
        self.setFormatter(shown)
        self._sdk = extra("sentry_sdk", "sentry")
        self._sdk.init(
            dsn=dsn,
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            before_send=_only_the_line,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler. Sentry's own errors are not told to Sentry."""
        if record.name.startswith(("sentry_sdk", "urllib3")):
            return
        told = {"level": "error", "logger": record.name, "message": self.format(record)}
        self._sdk.capture_event(told)


def handler(dsn: str, shown: logging.Formatter) -> Sentry | str:
    """The handler, or why there can be none, in plain words."""
    try:
        return Sentry(dsn, shown)
    except ExtraMissingError as error:
        return str(error)
    except ValueError:
        return "this is no DSN; Sentry shows it under Settings, Client Keys: https://…@…/1"


def _only_the_line(event: dict[str, Any], hint: object) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name in SENT}
