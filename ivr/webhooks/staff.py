"""The staff line's webhook: a request becomes a step of the staff line, and its turn TwiML.

Owns ``POST /staff``. Everything that is known travels in the address; who has signed in only as a
token sealed to this call, never the caller's number. Staff hear Twilio's voice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, current_app, g, request

from ivr import twiml
from ivr.config import LONDON
from ivr.flow.staff import (
    SAYS,
    CheckPin,
    Close,
    Did,
    Do,
    Heard,
    KeepAnnouncement,
    Open,
    ReadTotals,
    StaffFacts,
    StaffTurn,
    State,
    Totals,
    Usual,
    Withdraw,
    step,
)
from ivr.line.call import (
    CallStarted,
    End,
    KeyPressed,
    Listen,
    NoInput,
    Playback,
    Record,
    RecordingDone,
)
from ivr.line.model import Voice
from ivr.line.wording import KEYS
from ivr.secrets.hashing import HashingBusyError
from ivr.secrets.seal import Sealer
from ivr.store import StoreDownError
from ivr.store.live_settings import LiveSettings
from ivr.store.staff import StaffList
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import OVERRIDES, signed
from ivr.webhooks.voice import XML, Lines

log = logging.getLogger(__name__)
staff_line = Blueprint("staff_line", __name__)

RECORDING = re.compile(r"RE[0-9a-f]{32}")
"""The form of Twilio's ids of recordings."""
SEALED = ("number", "who", "recording")
"""What leaves this process only sealed, each kind under its own name."""
COUNTS = ("silences", "tries")
LAST_VOICE = Voice(recorded="", say="Polly.Amy", tag="en-GB")
"""For the apology, when even the content cannot be used."""


@dataclass(frozen=True, slots=True)
class StaffLineServices:
    """Everything a step needs from outside, joined once in ``create_app``.

    ``clock`` gives London time. ``keep_announcement(call_sid, recording_sid)`` has a recording
    fetched and announced; False where it is gone, and it may raise StoreDownError.
    ``played(call_sid, recording_sid, lang)`` is the address of its sound; ``recorded`` the address
    that is told when a recording is complete.
    """

    live_settings: LiveSettings
    staff: StaffList
    content_store: Lines
    clock: Callable[[], datetime]
    sealer: Sealer
    base_url: str
    keep_announcement: Callable[[str, str], bool]
    played: Callable[[str, str, str], str]
    recorded: str


@staff_line.post("/staff")
@signed
def answer() -> Response:
    """Every step of a call of staff, from the ring on."""
    services = services_of(current_app, StaffLineServices)
    try:
        return Response(respond(services, request.args, g.form), content_type=XML)
    except Exception:
        log.exception("a step of the staff line failed")
        return Response(_sorry(), content_type=XML)


def sorry() -> bytes:
    """What is said at no address of the staff line's; the call then begins there."""
    services = services_of(current_app, StaffLineServices)
    response = Xml.Element("Response")
    _say(response, SAYS["cannot"], LAST_VOICE)
    Xml.SubElement(
        response, "Redirect", method="POST"
    ).text = f"{services.base_url}/staff{OVERRIDES}"
    return _checked(response)


def respond(
    services: StaffLineServices, query: Mapping[str, str], form: Mapping[str, str]
) -> bytes:
    """One step: from an address and what came with it to TwiML. May raise anything."""
    sid = form.get("CallSid", "")
    line = services.content_store.line("")
    facts = StaffFacts(services.clock(), line.hours)
    event = event_of(query, form)
    turn = step(read(query, services.sealer, sid), event, facts)
    if turn.do is not None:
        outcome = _outcome(services, turn.do, turn.state.who, sid, facts.now)
        turn = step(turn.state, Did(turn.do, outcome), facts)
    return _written(turn, _renderer(turn.state, services, sid))


def event_of(query: Mapping[str, str], form: Mapping[str, str]) -> Heard:
    """What a request tells: a ring, keys, silence, or what was recorded."""
    match query.get("on"):
        case None:
            return CallStarted()
        case "key":
            return KeyPressed(form.get("Digits", ""))
        case "recorded":
            sid = form.get("RecordingSid", "")
            known = sid if RECORDING.fullmatch(sid) else ""
            return RecordingDone(known, key=form.get("Digits", ""))
        case "unheard":
            return RecordingDone("")
        case _:
            return NoInput()


# --- the address -----------------------------------------------------------------------------


def write(state: State, on: str, sealer: Sealer, sid: str) -> str:
    """The query string for ``state``; ``on`` says which event this address answers."""
    pairs = {"at": state.at, "on": on}
    pairs |= {name: str(count) for name in COUNTS if (count := getattr(state, name))}
    for name in SEALED:
        if value := getattr(state, name):
            pairs[name] = sealer.seal(f"{name} {value}", sid)
    return urlencode(sorted(pairs.items()))


def read(query: Mapping[str, str], sealer: Sealer, sid: str) -> State:
    """The state that an address holds. What is odd, or of another call, is nothing."""
    return State(
        at=query.get("at", "number"),
        silences=_count(query.get("silences", "")),
        tries=_count(query.get("tries", "")),
        number=_opened(query, "number", sealer, sid),
        who=_opened(query, "who", sealer, sid),
        recording=_opened(query, "recording", sealer, sid),
    )


def _opened(query: Mapping[str, str], name: str, sealer: Sealer, sid: str) -> str:
    """What was sealed under this name: what was typed never counts as who has signed in."""
    token = query.get(name)
    kind, _, value = sealer.open(token, sid).partition(" ") if token else ("", "", "")
    return value if kind == name else ""


def _count(text: str) -> int:
    """A count of one figure: no larger one is ever given out."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else 0


# --- what is done ----------------------------------------------------------------------------


def _outcome(
    services: StaffLineServices, do: Do, who: str, sid: str, now: datetime
) -> str | Totals:
    """Do it, and say how it went. When the database is away, nothing is done."""
    try:
        return _done(services, do, who, sid, now)
    except (StoreDownError, HashingBusyError) as error:
        log.error("the staff line could not do what was asked: %s", error)
        return "failed"


def _done(services: StaffLineServices, do: Do, who: str, sid: str, now: datetime) -> str | Totals:
    """PINs and totals go by the real clock, as the journal does, even where LINE_CLOCK is set."""
    match do:
        case CheckPin(number=number, pin=pin):
            return services.staff.check(number, pin, datetime.now(UTC))
        case Close(until=until):
            services.live_settings.set_hours(False, until, who, now)
        case Open(until=until):
            services.live_settings.set_hours(True, until, who, now)
        case Usual():
            services.live_settings.usual_hours(who, now)
        case KeepAnnouncement(recording=recording):
            return "done" if services.keep_announcement(sid, recording) else "failed"
        case Withdraw():
            services.live_settings.withdraw(who, now)
        case ReadTotals():
            return services.live_settings.totals(datetime.now(LONDON).date())
    return "done"


# --- what is said ----------------------------------------------------------------------------


class Renderer(NamedTuple):
    """What one call is written with: its voice, and where each event is asked and heard back."""

    voice: Voice
    address: Callable[[str], str]
    played: Callable[[str], str]
    recorded: str


def _renderer(state: State, services: StaffLineServices, sid: str) -> Renderer:
    line = services.content_store.line("")
    lang = line.languages[0]

    def address(on: str) -> str:
        return f"{services.base_url}/staff?{write(state, on, services.sealer, sid)}{OVERRIDES}"

    def played(recording: str) -> str:
        return services.played(sid, recording, lang)

    return Renderer(line.voices[lang], address, played, services.recorded)


def _written(turn: StaffTurn, renderer: Renderer) -> bytes:
    """The TwiML of ``turn``. Raises TwimlError if Twilio would refuse it."""
    response = Xml.Element("Response")
    match turn.then:
        case Listen():
            _listen(response, turn, turn.then, renderer)
        case Record():
            _speak(response, turn, renderer)
            _record(response, turn.then, renderer)
        case End():
            _speak(response, turn, renderer)
            Xml.SubElement(response, "Hangup")
    return _checked(response)


def _listen(response: Xml.Element, turn: StaffTurn, listen: Listen, renderer: Renderer) -> None:
    """A Gather around the words, so that a key interrupts them, and a Redirect for silence."""
    gather = Xml.SubElement(response, "Gather", input="dtmf", timeout=str(listen.seconds))
    gather.set("finishOnKey", "#" if listen.many else "")
    if not listen.many:
        gather.set("numDigits", "1")
    gather.set("action", renderer.address("key"))
    gather.set("method", "POST")
    _speak(gather, turn, renderer)
    Xml.SubElement(response, "Redirect", method="POST").text = renderer.address("silence")


def _record(response: Xml.Element, record: Record, renderer: Renderer) -> None:
    """Record; where there was only silence, for which no action is asked, go on all the same."""
    Xml.SubElement(
        response,
        "Record",
        action=renderer.address("recorded"),
        method="POST",
        maxLength=str(record.most),
        timeout=str(record.silence),
        finishOnKey=KEYS,
        playBeep="true",
        recordingStatusCallback=renderer.recorded,
    )
    Xml.SubElement(response, "Redirect", method="POST").text = renderer.address("unheard")


def _speak(parent: Xml.Element, turn: StaffTurn, renderer: Renderer) -> None:
    for unit in turn.say:
        if isinstance(unit, Playback):
            Xml.SubElement(parent, "Play").text = renderer.played(unit.recording)
        else:
            _say(parent, unit, renderer.voice)


def _say(parent: Xml.Element, words: str, voice: Voice) -> None:
    Xml.SubElement(parent, "Say", voice=voice.say, language=voice.tag).text = words


def _sorry() -> bytes:
    """What is said when a step fails. Made from nothing that can have failed."""
    response = Xml.Element("Response")
    for name in ("cannot", "later"):
        _say(response, SAYS[name], LAST_VOICE)
    Xml.SubElement(response, "Hangup")
    return _checked(response)


def _checked(response: Xml.Element) -> bytes:
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    twiml.check(document)
    return document
