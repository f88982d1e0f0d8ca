"""A whole call on the exchange, in this process: what was said and done, line by line.

Owns the transcript of a call and the golden walks' form. Rings the line's own webhooks, signed,
as Twilio would; only the network is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from ruamel.yaml import YAML

from ivr.config import Settings
from ivr.exchange import events
from ivr.exchange.account import Account
from ivr.exchange.events import Callee, Event, Person
from ivr.exchange.people import Decided, Scripted
from ivr.exchange.performer import Addresses, Performance
from ivr.exchange.wire import InProcess, Wire
from ivr.web.phone import PHONES

Captions = Callable[[str], str]
"""The words of a recording, by its address."""


@dataclass
class Call:
    """A call that was made: every event, who ended it, and its transcript."""

    events: list[Event] = field(default_factory=list)
    captions: Captions = str

    @property
    def ended_by(self) -> str:
        """caller, line or error; empty while the call goes on."""
        last = self.events[-1] if self.events else None
        return last.by if isinstance(last, events.Ended) else ""

    @property
    def transcript(self) -> list[str]:
        """What was said and done, without times."""
        return [row for event in self.events for row in rows(event, self.captions)]


@dataclass(frozen=True, slots=True)
class Walk:
    """A golden example: who rings when, what they press, and what they then hear."""

    name: str
    about: str
    caller: str
    at: str
    adviser: str
    keys: tuple[str, ...]


def rows(event: Event, captions: Captions) -> Iterator[str]:
    """How one event reads in a transcript; nothing for what a caller does not notice."""
    match event:
        case events.Played(url=url):
            if words := captions(url):
                yield f"Line: {words}"
        case events.Said(words=words):
            yield f"Line (Twilio's voice): {words}"
        case events.Key(key=key):
            yield f"You: press {key}"
        case events.Listening(seconds=seconds) if seconds >= 10:
            yield f"(the line waits {seconds:.0f} seconds)"
        case events.Dialling():
            yield "(the adviser's telephone rings)"
        case events.Bridged():
            yield "(the adviser answers; you talk)"
        case events.DialEnded(outcome=outcome):
            yield f"(the adviser's telephone: {outcome})"
        case events.Failed(words=words):
            yield f"(failed: {words})"
        case events.Ended(by=by):
            yield f"(the call is ended by the {by})"


def captions_of(app: Flask) -> Captions:
    """The words of this line's recordings."""
    library = app.extensions["desk"].library()

    def words(url: str) -> str:
        clip = library.by_file(urlsplit(url).path.rpartition("/")[2])
        return clip.words if clip else ""

    return words


def ring(
    app: Flask,
    settings: Settings,
    person: Person,
    callee: Callee,
    caller: str,
    listener: Callable[[Event], None] = lambda event: None,
) -> Call:
    """Make one call, in this process, and follow it to its end."""
    token = settings.twilio_auth_token.get_secret_value()
    account = Account(settings.twilio_account_sid, token, settings.line_number)
    base = settings.base_url
    call = Call(captions=captions_of(app))

    def heard(event: Event) -> None:
        call.events.append(event)
        listener(event)

    wire = Wire(InProcess(app), token)
    addresses = Addresses(f"{base}/voice", status=f"{base}/voice/status")
    Performance(account, wire, addresses, person, callee, caller, heard).run()
    return call


def walk(app: Flask, settings: Settings, script: Walk) -> Call:
    """Make the call of a golden walk."""
    person, adviser = Scripted(script.keys), Decided(script.adviser)
    return ring(app, settings, person, adviser, PHONES[script.caller][1])


def walks(content: Path) -> list[Walk]:
    """Every golden walk under ``prompts/walks``, by name."""
    yaml = YAML(typ="safe")
    found = []
    for path in sorted((content / "walks").glob("*/*.yaml")):
        script = yaml.load(path)
        found.append(
            Walk(
                name=f"{path.parent.name}/{path.stem}",
                about=script["about"],
                caller=script.get("from", "mobile"),
                at=script.get("at", "2026-11-24T10:00"),
                adviser=script.get("adviser", "answer"),
                keys=tuple(script["keys"]),
            )
        )
    return found


def golden(content: Path, script: Walk) -> Path:
    """Where the transcript of a walk is kept."""
    return content / "walks" / f"{script.name}.txt"
