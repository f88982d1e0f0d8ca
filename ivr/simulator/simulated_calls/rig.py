"""The lines that are rung: in this process, over HTTP, or straight into the line's own step.

Owns how a line is reached in open hours and out of them. Nothing here judges a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from ivr.config import LONDON, Settings
from ivr.line.call import (
    DeleteVoicemail,
    Effect,
    HoldRingGroup,
    KeepCallback,
    KeepVoicemail,
    Note,
    SendText,
)
from ivr.line.model import Line
from ivr.simulator import events
from ivr.simulator.account import CLOCK_HEADER
from ivr.simulator.callers.people import PersonSeeker
from ivr.simulator.golden_calls import (
    RECORDED,
    Create,
    Trunk,
    passing,
    prompt_of,
    trunk,
    trunk_to,
)
from ivr.simulator.people import Decided
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.simulated_calls.table import MOBILE, Hours
from ivr.simulator.wire import Answer, Http, InProcess, Transport, Wire, WireError
from ivr.speech.library import Library
from ivr.store import Journal
from ivr.webhooks import voice
from ivr.webhooks.extension import join, services_of

OPEN_AT = datetime(2026, 11, 24, 10, 0, tzinfo=LONDON)
CLOSED_AT = datetime(2026, 11, 24, 20, 0, tzinfo=LONDON)
"""A Tuesday morning and evening."""
MOMENTS: Mapping[Hours, datetime] = {"open": OPEN_AT, "closed": CLOSED_AT}
WELL: Mapping[type[Effect], str] = {
    SendText: "queued",
    HoldRingGroup: "free",
    KeepVoicemail: "kept",
    DeleteVoicemail: "deleted",
    KeepCallback: "4821",
}
"""How each kind of effect goes where all is well."""


@dataclass(frozen=True, slots=True)
class Rig:
    """One line, and the way to it at each of the hours at which it can be rung."""

    line: Line
    trunks: Mapping[Hours, Trunk]

    def trunk(self, hours: Hours) -> Trunk | None:
        """The way to the line at these hours; None where it cannot be rung then."""
        return next(iter(self.trunks.values())) if hours == "any" else self.trunks.get(hours)


@contextmanager
def here(settings: Settings, create: Create) -> Iterator[Rig]:
    """The line in this process, open and closed, with a database that is thrown away."""
    with ExitStack() as stack:
        lines = (stack.enter_context(_line(settings, create, at)) for at in MOMENTS.values())
        apps = dict(zip(MOMENTS, lines, strict=True))
        ways = {hours: trunk_to(app, settings) for hours, app in apps.items()}
        yield Rig(services_of(apps["open"], voice.CallServices).content_store.line(""), ways)


def over_http(settings: Settings, line: Line, library: Library) -> Rig:
    """A running line with this content, at its own hours: found out by asking for a person."""
    recordings = SimulatedRecordings()
    transport = ServesRecordings(Http(), recordings)
    way = replace(trunk(settings, transport, library), recordings=recordings)
    call = way.ring(PersonSeeker(), Decided(), MOBILE)
    rang = any(isinstance(event, events.Dialling) for event in call.events)
    return Rig(line, {"open" if rang else "closed": way})


@contextmanager
def straight(settings: Settings, create: Create) -> Iterator[tuple[Rig, Straight]]:
    """The line's own step, called for each request: for very many calls."""
    with _line(settings, create, OPEN_AT) as app:
        step, recordings = Straight(app, settings), SimulatedRecordings()
        wire = Wire(ServesRecordings(step, recordings), token="")
        way = replace(trunk(settings, step, step.library), wire=wire, recordings=recordings)
        line = services_of(app, voice.CallServices).content_store.line("")
        yield Rig(line, {"open": way, "closed": way}), step


@contextmanager
def _line(settings: Settings, create: Create, at: datetime) -> Iterator[Flask]:
    with passing(settings, create, line_clock=at) as (app, _):
        services = services_of(app, voice.CallServices)
        join(app, replace(services, effect=OneByOne(services)))
        yield app


class OneByOne:
    """Effects of calls that are made one after another, and take no time.

    Who is held for a call of which no end was told is free by the next: the minutes after which
    that is so by itself never pass here.
    """

    def __init__(self, services: voice.CallServices) -> None:
        self._services = services
        self._last = ""

    def __call__(self, call_sid: str, effect: Effect, line: Line, caller: str, step: str) -> str:
        """See CallServices."""
        if self._last and self._last != call_sid:
            self._services.ended(self._last)
        self._last = call_sid
        return self._services.effect(call_sid, effect, line, caller, step)


class ServesRecordings:
    """A transport that serves what was recorded in its own calls; it passes on all else."""

    def __init__(self, transport: Transport, recordings: SimulatedRecordings) -> None:
        self._transport = transport
        self._recordings = recordings

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport."""
        call = url.partition(RECORDED)[2].partition("/")[0] if method == "GET" else ""
        made = [each for each in self._recordings.newest() if call and each.call_sid == call]
        if made:
            return Answer(200, "audio/wav", made[0].sound, stored=False)
        return self._transport.send(method, url, form, headers)


class Straight:
    """A transport without HTTP, signature, journal or database: a step of the line, and no more.

    Only what an adviser hears is asked for in the usual way. ``now`` is London time, ``outcomes``
    how each kind of effect goes.
    """

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.now = OPEN_AT
        self.outcomes: Mapping[type[Effect], str] = WELL
        self._whole = Wire(InProcess(app), settings.auth_token)
        self._told: dict[tuple[str, str], Answer] = {}
        self._moment = 0
        services = services_of(app, voice.CallServices)
        self._audio = services.audio_dirs[0]
        self.library = services.library()
        self._services = replace(
            services,
            journal=_NoJournal(),
            effect=self._effect,
            release=lambda call_sid, leg: None,
            ended=lambda call_sid: None,
            picked_up=lambda call_sid: None,
            nobody_picked_up=lambda call_sid, rung: False,
            taken=lambda call_sid, adviser, leg: True,
            clock=lambda: self.now,
            moment=lambda: self._moment,
            library=lambda: self.library,
        )

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport. Raises WireError for whatever breaks in the line."""
        parts = urlsplit(url)
        if method == "GET":
            return self._recording(url)
        if parts.path == "/desk":
            return self._adviser(url, form)
        if parts.path != "/voice":
            return Answer(204, "", b"")
        self._moment = round(float(headers[CLOCK_HEADER]) * 1000)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            return Answer(200, voice.XML, voice.respond(self._services, query, form))
        except Exception as error:
            raise WireError(11200, f"the line broke: {error!r}") from error

    def _adviser(self, url: str, form: Mapping[str, str]) -> Answer:
        """What an adviser hears. It depends on address and key alone, so each is asked for once."""
        asked = (url, form.get("Digits", ""))
        if asked not in self._told:
            self._told[asked] = self._whole.ask("POST", url, form)
        return self._told[asked]

    def _recording(self, url: str) -> Answer:
        prompt = prompt_of(self.library, url)
        if prompt is None:
            return Answer(404, "text/plain", b"")
        return Answer(200, "audio/mpeg", (self._audio / prompt.path).read_bytes())

    def _effect(self, call_sid: str, effect: Effect, line: Line, caller: str, step: str) -> str:
        return self.outcomes[type(effect)]


class _NoJournal(Journal):
    """Keeps nothing."""

    def __init__(self) -> None:
        return

    def note(self, call_sid: str, notes: tuple[Note, ...]) -> None:
        return
