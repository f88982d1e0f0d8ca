"""The staff line's webhook: the same steps, addresses and TwiML as a caller's call, at ``/staff``.

Owns what staff ask for and how it is done. Who has signed in travels only sealed to this call;
the caller's number says nothing, and no journal is kept. Staff hear Twilio's voice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import assert_never

from flask import Blueprint, Response, current_app, g, request

from ivr import twiml
from ivr.config import LONDON
from ivr.flow import step
from ivr.flow.staff import SAYS
from ivr.flow.staff import staff_line as line_of
from ivr.line.call import (
    Call,
    CallerEffect,
    CheckPin,
    Effect,
    EffectDone,
    End,
    Facts,
    KeepAnnouncement,
    KeepUsualHours,
    ReadTotals,
    SetHours,
    StaffEffect,
    Turn,
    WithdrawAnnouncement,
)
from ivr.line.model import Line, Voice
from ivr.secrets.hashing import HashingBusyError
from ivr.secrets.seal import Sealer
from ivr.speech.library import Library
from ivr.store import StoreDownError
from ivr.store.live_settings import LiveSettings
from ivr.store.staff import StaffList
from ivr.webhooks import address
from ivr.webhooks.events import event_of
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import OVERRIDES, signed
from ivr.webhooks.voice import XML, Addresses, Lines

log = logging.getLogger(__name__)
staff_line = Blueprint("staff_line", __name__)

LAST_VOICE = Voice(recorded="", say="Polly.Amy", tag="en-GB")
"""For the apology, when even the content cannot be used."""


@dataclass(frozen=True, slots=True)
class StaffLineServices:
    """Everything a step needs from outside, joined once in ``create_app``.

    ``clock`` gives London time. ``keep_announcement(call_sid, recording_sid)`` has a recording
    fetched and announced; False where it is gone, and it may raise StoreDownError.
    ``played(call_sid, recording_sid, lang)`` is the address of its sound.
    """

    live_settings: LiveSettings
    staff: StaffList
    content_store: Lines
    clock: Callable[[], datetime]
    sealer: Sealer
    base_url: str
    keep_announcement: Callable[[str, str], bool]
    played: Callable[[str, str, str], str]


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
    start = f"{services.base_url}/staff{OVERRIDES}"
    return twiml.last_words(SAYS["cannot"], LAST_VOICE.say, LAST_VOICE.tag, start, None, wait=0)


def respond(
    services: StaffLineServices, query: Mapping[str, str], form: Mapping[str, str]
) -> bytes:
    """One step: from an address and what came with it to TwiML. May raise anything."""
    sid = form.get("CallSid", "")
    line = line_of(services.content_store.line(""))
    call = address.read(query, partial(services.sealer.open, call_sid=sid))
    call = call.stay(lang=line.languages[0])
    facts = Facts(services.clock(), False, None, "withheld")
    turn = step(line, call, event_of(query, form), facts)
    if turn.effect is not None:
        outcome, facts = _outcome(services, turn.effect, turn.call.who, sid, facts)
        turn = step(line, turn.call, EffectDone(turn.effect, outcome), facts)
    return twiml.write(turn, _renderer(services, line, sid))


# --- what is done ----------------------------------------------------------------------------


def _outcome(
    services: StaffLineServices, effect: Effect, who: str, sid: str, facts: Facts
) -> tuple[str, Facts]:
    """Do it, and say how it went, and what is true then. Without a database nothing is done."""
    if isinstance(effect, CallerEffect):
        return "failed", facts  # What callers ask for, staff cannot on this line.
    try:
        if isinstance(effect, ReadTotals):
            totals = services.live_settings.totals(datetime.now(LONDON).date())
            facts = facts._replace(totals=totals)
        return _done(services, effect, who, sid), facts
    except (StoreDownError, HashingBusyError) as error:
        log.error("the staff line could not do what was asked: %s", error)
        return "failed", facts


def _done(services: StaffLineServices, effect: StaffEffect, who: str, sid: str) -> str:
    """PINs, totals and what was set when go by the real clock, even where LINE_CLOCK is set."""
    at = datetime.now(UTC)
    match effect:
        case CheckPin(number=number, pin=pin):
            return services.staff.check(number, pin, at)
        case SetHours(opened=opened, until=until):
            services.live_settings.set_hours(opened, until, who, at)
        case KeepUsualHours():
            services.live_settings.usual_hours(who, at)
        case KeepAnnouncement(recording=recording):
            return "done" if services.keep_announcement(sid, recording) else "failed"
        case WithdrawAnnouncement():
            services.live_settings.withdraw(who, at)
        case ReadTotals():
            pass
        case _:
            assert_never(effect)
    return "done"


# --- what is said ----------------------------------------------------------------------------


def _renderer(services: StaffLineServices, line: Line, sid: str) -> twiml.Renderer:
    """What one call is written with."""
    lang = line.languages[0]
    addresses = Addresses(f"{services.base_url}/staff", services.sealer, sid)
    played = partial(services.played, sid)
    return twiml.Renderer(_spoken_by(lang, line.voices[lang]), addresses, played)


def _spoken_by(lang: str, voice: Voice) -> twiml.RenderSettings:
    """Twilio's voice alone: none of these words has a recording, whatever callers hear."""
    return twiml.RenderSettings(Library(), {lang: voice.say}, {lang: voice.tag}, "", {})


def _sorry() -> bytes:
    """What is said when a step fails. Made from nothing that can have failed."""
    call = Call()
    turn = Turn(call, (SAYS["cannot"], SAYS["later"]), End())
    return twiml.write(turn, twiml.Renderer(_spoken_by(call.lang, LAST_VOICE)))
