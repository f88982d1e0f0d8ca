"""A made-up line for tests of the simulator, calls to it, and a server of a test's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.delivery import Delivery
from ivr.simulator.events import Callee, Event, Person
from ivr.simulator.people import Decided
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.wire import Answer, Wire

TOKEN = "a-token"
ACCOUNT = SimulatedAccount(DEMO_ACCOUNT_SID, TOKEN, "+442079460100")
BASE = "http://line.test"
CALLER = "+447700900123"
AT_LAST = 40
"""Seconds: far below what it may ring, far above what a live call without a wait takes."""
Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True)
class Asked:
    """One request that a line was asked."""

    path: str
    form: MultiDict[str, str]
    signature: str
    token: str
    """The same for each try of one request."""


class Line:
    """A made-up line: answers each path with a document; what it has none for is not found."""

    def __init__(self, documents: Mapping[str, str], delivery: Delivery | None = None) -> None:
        self.documents = dict(documents)
        self.asked: list[Asked] = []
        self.wire = Wire(self, TOKEN, delivery)

    def document(self, path: str, form: MultiDict[str, str]) -> str | None:
        """What is answered at this path."""
        return self.documents.get(path)

    def send(self, method, url, form, headers) -> Answer:
        path, sent = url.removeprefix(BASE), MultiDict(form)
        token = headers["I-Twilio-Idempotency-Token"]
        self.asked.append(Asked(path, sent, headers["X-Twilio-Signature"], token))
        document = self.document(path, sent)
        status = 404 if document is None else 200
        return Answer(status, "text/xml", f"<Response>{document}</Response>".encode())

    def call(
        self,
        person: Person,
        callee: Callee | None = None,
        hear: Callable[[Event], None] = lambda event: None,
        status: str = "",
        **more: object,
    ) -> list[Event]:
        """One call to its end; it must come to it soon, by the clock on the wall."""
        happened: list[Event] = []

        def heard(event: Event) -> None:
            happened.append(event)
            hear(event)

        there = WebhookAddresses(f"{BASE}/voice", status=status)
        began, ends = time.monotonic(), (person, callee or Decided())
        Performance(ACCOUNT, self.wire, there, *ends, CALLER, heard, **more).run()
        assert time.monotonic() - began < AT_LAST, "it rang to the end"
        return happened

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def forms(self, path: str) -> list[MultiDict[str, str]]:
        return [asked.form for asked in self.asked if asked.path == path]


def each(kind: type[Kind], happened: list[Event]) -> list[Kind]:
    """The events of one kind."""
    return [event for event in happened if isinstance(event, kind)]


def said(happened: list[Event]) -> list[str]:
    """What Twilio's voice said."""
    return [event.words for event in each(events.Said, happened)]
