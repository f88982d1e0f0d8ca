"""A whole call on the simulator, in this process: what was said and done, line by line.

Owns the transcript of a call and the golden calls' form. Rings the line's own webhooks, signed,
as Twilio would; only the network is left out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from ivr.config import Settings
from ivr.content.parser import plain, tree_of
from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.delivery import Delivery
from ivr.simulator.events import Callee, Event, Person
from ivr.simulator.people import Advisers, Decided, Scripted
from ivr.simulator.performer import Performance
from ivr.simulator.phone import DEMO_STAFF_LINE, PHONES, webhooks
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.sounds import Sounds
from ivr.simulator.wire import InProcess, Transport, Wire
from ivr.speech.library import Library, PromptAudio
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.played import Heard
from ivr.webhooks.voice import CallServices

OK = 200
RECORDED = "/audio/heard/"
"""Part of the address of what a caller recorded."""
WAV = b"RIFF"
"""How the sound of a caller's own begins; the line's own recordings are MP3."""
Captions = Callable[[str], str]
"""The words of a recording, by its address."""
Listener = Callable[[Event], None]
Create = Callable[[Settings], Flask]
"""What makes a line of settings: ``ivr.app.create_app``, handed in by whoever may import it."""


@contextmanager
def passing(
    settings: Settings, create: Create, **changes: object
) -> Iterator[tuple[Flask, Settings]]:
    """A line in this process, with ``changes`` on top, whose database is thrown away."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/call.db"
        changed = settings.model_copy(update={"database_url": url, **changes})
        app = create(changed)
        try:
            yield app, changed
        finally:
            services_of(app, Lifetime).close()


@dataclass
class MadeCall:
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
class GoldenCall:
    """A golden example: who rings when, what they press, and what they then hear.

    ``adviser``: what every adviser's telephone does; ``advisers``, by name, what each does.
    """

    name: str
    about: str
    keys: tuple[str, ...]
    caller: str = "mobile"
    at: str = "2026-11-24T10:00"
    adviser: str = "answer"
    advisers: Mapping[str, str] = field(default_factory=dict)


NOTICED: Mapping[type[Event], str] = {
    events.Said: "Line (Twilio's voice): {0.words}",
    events.KeySent: "You: press {0.key}",
    events.Dialling: "(an adviser's telephone rings)",
    events.Recording: "(a tone; you are recorded)",
    events.Recorded: "(recorded: {0.seconds:.0f} seconds)",
    events.Bridged: "(you talk with the adviser)",
    events.DialEnded: "(the ringing has ended: {0.outcome})",
    events.Failed: "(failed: {0.words})",
    events.Ended: "(the call is ended by the {0.by})",
}
"""How an event reads in a transcript, where it always reads so."""


def rows(event: Event, captions: Captions) -> Iterator[str]:
    """How one event reads in a transcript; nothing for what a caller does not notice."""
    match event:
        case events.Played(url=url, sound=sound):
            if words := captions(url):
                yield f"Line: {words}"
            elif RECORDED in url:
                is_there = "played" if sound.startswith(WAV) else "not there yet"
                yield f"(what was recorded is {is_there})"
        case events.Listening(seconds=seconds) if seconds >= 10:
            yield f"(the line waits {seconds:.0f} seconds)"
        case events.AdviserHears(url=url, words=words):
            if heard := words or captions(url):
                yield f"(the adviser hears: {heard})"
        case _ if form := NOTICED.get(type(event)):
            yield form.format(event)


def prompt_of(library: Library, url: str) -> PromptAudio | None:
    """The recording at an address; None for one that is not the line's."""
    return library.by_file(url.rpartition("/")[2])


def caption(library: Library, url: str) -> str:
    """The words of the recording at an address."""
    prompt = prompt_of(library, url)
    return prompt.words if prompt else ""


@dataclass(frozen=True, slots=True)
class Trunk:
    """The way from the simulator to one line, for any number of calls.

    ``sid``: the id of each call, where it is to be the same each time; else each has its own.
    ``star``: what is told of star while it rings, as in Performance.
    """

    account: SimulatedAccount
    wire: Wire
    base_url: str
    library: Library
    sounds: Sounds = field(default_factory=Sounds)
    recordings: SimulatedRecordings = field(default_factory=SimulatedRecordings)
    sid: str = ""
    star: str = "completed"

    @property
    def captions(self) -> Captions:
        """The words of this line's recordings."""
        return partial(caption, self.library)

    def ring(
        self,
        person: Person,
        callee: Callee,
        caller: str,
        listener: Listener = lambda event: None,
        staff: bool = False,
    ) -> MadeCall:
        """Make one call, to the staff line with ``staff``, and follow it to its end.

        ``person`` is told every word that is said.
        """
        call = MadeCall(captions=self.captions)

        def heard(event: Event) -> None:
            call.events.append(event)
            self._tell(person, event)
            listener(event)

        performance = Performance(
            self.account,
            self.wire,
            webhooks(self.base_url, staff),
            person,
            callee,
            caller,
            heard,
            sounds=self.sounds,
            recordings=self.recordings,
            called=DEMO_STAFF_LINE if staff else "",
        )
        performance.star = self.star
        performance.sid = self.sid or performance.sid
        performance.run()
        return call

    def _tell(self, person: Person, event: Event) -> None:
        if isinstance(event, events.Said):
            person.hears(event.words, event.seconds)
        elif isinstance(event, events.Played) and (words := caption(self.library, event.url)):
            person.hears(words, event.seconds)


def trunk(
    settings: Settings, transport: Transport, library: Library, delivery: Delivery | None = None
) -> Trunk:
    """The way to the line of these settings, by this transport."""
    token = settings.auth_token
    account = SimulatedAccount(settings.twilio_account_sid, token, settings.line_number)
    key = next(iter(settings.webhook_keys), "")
    return Trunk(account, Wire(transport, token, delivery, key), settings.base_url, library)


def trunk_to(app: Flask, settings: Settings, delivery: Delivery | None = None) -> Trunk:
    """The way to a line in this process, which finds the carrier's recordings here too."""
    here = InProcess(app)
    services_of(app, Heard).fetch = partial(_sound, here, settings)
    way = trunk(settings, here, services_of(app, CallServices).library(), delivery)
    return replace(way, recordings=services_of(app, SimulatedRecordings))


def _sound(here: InProcess, settings: Settings, recording: str) -> bytes | None:
    """A recording, asked for as over the network; only the network is left out."""
    account, token = settings.twilio_account_sid, settings.auth_token
    name = base64.b64encode(f"{account}:{token}".encode()).decode()
    url = f"{settings.api_base_url}/2010-04-01/Accounts/{account}/Recordings/{recording}.wav"
    answer = here.send("GET", url, {}, {"Authorization": f"Basic {name}"})
    return answer.body if answer.status == OK else None


def make(
    app: Flask, settings: Settings, script: GoldenCall, delivery: Delivery | None = None
) -> MadeCall:
    """Make the call of a golden call. Its id is always the same, so that what it hears is too.

    ``delivery``: how answers and callbacks arrive; as usual, which is not well, unless given.
    """
    known = {settings.advisers[name]: does for name, does in script.advisers.items()}
    advisers = Advisers(known) if known else Decided(script.adviser)
    sid = "CA" + hashlib.sha256(script.name.encode()).hexdigest()[:32]
    way = replace(trunk_to(app, settings, delivery), sid=sid)
    return way.ring(Scripted(script.keys), advisers, PHONES[script.caller][1])


def golden_calls(content: Path) -> list[GoldenCall]:
    """Every golden call under ``prompts/golden_calls``, by name."""
    found = []
    for path in sorted((content / "golden_calls").glob("*/*.yaml")):
        script = plain(tree_of(path.read_text(encoding="utf-8")))
        script |= {"keys": tuple(script["keys"]), "caller": script.pop("from", "mobile")}
        found.append(GoldenCall(name=f"{path.parent.name}/{path.stem}", **script))
    return found


def golden(content: Path, script: GoldenCall) -> Path:
    """Where the transcript of a walk is kept."""
    return content / "golden_calls" / f"{script.name}.txt"
