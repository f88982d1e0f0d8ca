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
    Facts,
    Heard,
    KeepAnnouncement,
    Open,
    ReadTotals,
    StaffTurn,
    State,
    Totals,
    Usual,
    Withdraw,
    step,
)
from ivr.line.call import End, Listen, Playback, Pressed, Rang, Record, Recorded, Silence
from ivr.line.model import Voice
from ivr.line.wording import KEYS
from ivr.secrets.hashing import BusyError
from ivr.secrets.seal import Sealer
from ivr.store import StoreDownError
from ivr.store.board import Board
from ivr.store.staff import StaffList
from ivr.webhooks.guard import OVERRIDES, signed
from ivr.webhooks.voice import XML, Shelf

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
class StaffDesk:
    """Everything a step needs from outside, joined once in ``create_app``.

    ``clock`` gives London time. ``keep_announcement(call_sid, recording_sid)`` has a recording
    fetched and put on the board; False where it is gone, and it may raise StoreDownError.
    ``played(call_sid, recording_sid, lang)`` is the address of its sound; ``recorded`` the address
    that is told when a recording is complete.
    """

    board: Board
    staff: StaffList
    shelf: Shelf
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
    desk: StaffDesk = current_app.extensions["staff_desk"]
    try:
        return Response(respond(desk, request.args, g.form), content_type=XML)
    except Exception:
        log.exception("a step of the staff line failed")
        return Response(_sorry(), content_type=XML)


def sorry() -> bytes:
    """What is said at no address of the staff line's; the call then begins there."""
    desk: StaffDesk = current_app.extensions["staff_desk"]
    response = Xml.Element("Response")
    _say(response, SAYS["cannot"], LAST_VOICE)
    Xml.SubElement(response, "Redirect", method="POST").text = f"{desk.base_url}/staff{OVERRIDES}"
    return _checked(response)


def respond(desk: StaffDesk, query: Mapping[str, str], form: Mapping[str, str]) -> bytes:
    """One step: from an address and what came with it to TwiML. May raise anything."""
    sid = form.get("CallSid", "")
    line = desk.shelf.line("")
    facts = Facts(desk.clock(), line.hours)
    heard = heard_in(query, form)
    turn = step(read(query, desk.sealer, sid), heard, facts)
    if turn.do is not None:
        outcome = _outcome(desk, turn.do, turn.state.who, sid, facts.now)
        turn = step(turn.state, Did(turn.do, outcome), facts)
    return _written(turn, _pen(turn.state, desk, sid))


def heard_in(query: Mapping[str, str], form: Mapping[str, str]) -> Heard:
    """What a request tells: a ring, keys, silence, or what was recorded."""
    match query.get("on"):
        case None:
            return Rang()
        case "key":
            return Pressed(form.get("Digits", ""))
        case "recorded":
            sid = form.get("RecordingSid", "")
            known = sid if RECORDING.fullmatch(sid) else ""
            return Recorded(known, key=form.get("Digits", ""))
        case "unheard":
            return Recorded("")
        case _:
            return Silence()


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


def _outcome(desk: StaffDesk, do: Do, who: str, sid: str, now: datetime) -> str | Totals:
    """Do it, and say how it went. When the database is away, nothing is done."""
    try:
        return _done(desk, do, who, sid, now)
    except (StoreDownError, BusyError) as error:
        log.error("the staff line could not do what was asked: %s", error)
        return "failed"


def _done(desk: StaffDesk, do: Do, who: str, sid: str, now: datetime) -> str | Totals:
    """PINs and totals go by the real clock, as the journal does, even where LINE_CLOCK is set."""
    match do:
        case CheckPin(number=number, pin=pin):
            return desk.staff.check(number, pin, datetime.now(UTC))
        case Close(until=until):
            desk.board.set_hours(False, until, who, now)
        case Open(until=until):
            desk.board.set_hours(True, until, who, now)
        case Usual():
            desk.board.usual_hours(who, now)
        case KeepAnnouncement(recording=recording):
            return "done" if desk.keep_announcement(sid, recording) else "failed"
        case Withdraw():
            desk.board.withdraw(who, now)
        case ReadTotals():
            return desk.board.totals(datetime.now(LONDON).date())
    return "done"


# --- what is said ----------------------------------------------------------------------------


class Pen(NamedTuple):
    """What one call is written with: its voice, and where each event is asked and heard back."""

    voice: Voice
    address: Callable[[str], str]
    played: Callable[[str], str]
    recorded: str


def _pen(state: State, desk: StaffDesk, sid: str) -> Pen:
    line = desk.shelf.line("")
    lang = line.languages[0]

    def address(on: str) -> str:
        return f"{desk.base_url}/staff?{write(state, on, desk.sealer, sid)}{OVERRIDES}"

    def played(recording: str) -> str:
        return desk.played(sid, recording, lang)

    return Pen(line.voices[lang], address, played, desk.recorded)


def _written(turn: StaffTurn, pen: Pen) -> bytes:
    """The TwiML of ``turn``. Raises TwimlError if Twilio would refuse it."""
    response = Xml.Element("Response")
    match turn.then:
        case Listen():
            _listen(response, turn, turn.then, pen)
        case Record():
            _speak(response, turn, pen)
            _record(response, turn.then, pen)
        case End():
            _speak(response, turn, pen)
            Xml.SubElement(response, "Hangup")
    return _checked(response)


def _listen(response: Xml.Element, turn: StaffTurn, listen: Listen, pen: Pen) -> None:
    """A Gather around the words, so that a key interrupts them, and a Redirect for silence."""
    gather = Xml.SubElement(response, "Gather", input="dtmf", timeout=str(listen.seconds))
    gather.set("finishOnKey", "#" if listen.many else "")
    if not listen.many:
        gather.set("numDigits", "1")
    gather.set("action", pen.address("key"))
    gather.set("method", "POST")
    _speak(gather, turn, pen)
    Xml.SubElement(response, "Redirect", method="POST").text = pen.address("silence")


def _record(response: Xml.Element, record: Record, pen: Pen) -> None:
    """Record; where there was only silence, for which no action is asked, go on all the same."""
    Xml.SubElement(
        response,
        "Record",
        action=pen.address("recorded"),
        method="POST",
        maxLength=str(record.most),
        timeout=str(record.silence),
        finishOnKey=KEYS,
        playBeep="true",
        recordingStatusCallback=pen.recorded,
    )
    Xml.SubElement(response, "Redirect", method="POST").text = pen.address("unheard")


def _speak(parent: Xml.Element, turn: StaffTurn, pen: Pen) -> None:
    for unit in turn.say:
        if isinstance(unit, Playback):
            Xml.SubElement(parent, "Play").text = pen.played(unit.recording)
        else:
            _say(parent, unit, pen.voice)


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
