"""What was sent to a line, kept to be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import Flask
from werkzeug.datastructures import MultiDict

from ivr.simulator.wire import Answer, InProcess


class Sent(NamedTuple):
    """One request of Twilio's, as it was."""

    url: str
    form: MultiDict[str, str]
    headers: dict[str, str]


class Kept:
    """Sends to a line, and keeps every webhook that it sent."""

    def __init__(self, app: Flask) -> None:
        self.sent: list[Sent] = []
        self._inside = InProcess(app)

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport."""
        if method == "POST":
            self.sent.append(Sent(url, MultiDict(form), dict(headers)))
        return self._inside.send(method, url, form, headers)


class Told(list[Sent]):
    """What was told, without all of it in every report."""

    def __repr__(self) -> str:
        return f"{len(self)} requests"
