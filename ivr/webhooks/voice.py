"""The telephone's webhooks: a request becomes Call, Heard and Facts, and a Turn becomes TwiML.

Owns that translation and the last apology. Decides nothing about where a caller goes. No network
call is made here; the one database write, of a text that was asked for, has its own short limit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Response, current_app, g

from ivr import twiml
from ivr.flow import own_handler, resumable, step
from ivr.flow.adviser import AdviserHandler
from ivr.flow.texting import CheckHandler
from ivr.line.call import (
    Call,
    CallStarted,
    Effect,
    EffectDone,
    Event,
    Facts,
    HungUp,
    KeepVoicemail,
    KeyPressed,
    Note,
    Transfer,
    Turn,
)
from ivr.line.model import Line
from ivr.line.numbers import caller_kind, mobile, ringable
from ivr.outside.line_types import Lookups, NoLookups
from ivr.secrets.seal import Sealer
from ivr.speech.library import Library
from ivr.store import Journal
from ivr.store.last_nodes import LastNodes
from ivr.store.live_settings import LiveSettingsCopy
from ivr.webhooks import address, ringing
from ivr.webhooks.duty import Duties
from ivr.webhooks.events import event_of
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import OVERRIDES, signed

log = logging.getLogger(__name__)
voice = Blueprint("voice", __name__)

XML = "text/xml; charset=utf-8"
INKS = 4
"""Versions of the line with which something was written lately, and is kept."""
OF_THE_END = ("person", "hung-up")
"""What is noted of a step that is asked after the caller has gone."""
COMPLETE = "complete"
"""What stands for an event where it is told that a recording is complete."""
FINISHED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class Lines(Protocol):
    """The line's content: the version a call began with, or the newest."""

    def line(self, version: str) -> Line: ...


@dataclass(frozen=True, slots=True)
class CallServices:
    """Everything a step needs from outside, joined once in ``create_app``.

    ``effect(call_sid, effect, line, caller, step)`` does an effect and gives its outcome; it never
    raises. ``caller``: the number that is calling; empty where it is withheld. ``step``: the same
    each time that Twilio asks for this step.
    ``ended(call_sid)``: the call is over: its place is free for good, and what its caller left is
    handed to staff. Never raises. ``release(call_sid, leg)`` gives back the caller's place at the
    ring group and frees its advisers, where no other leg has taken the call;
    ``picked_up(call_sid)`` and ``taken(call_sid, adviser, leg)`` say how far an adviser is,
    ``nobody_picked_up`` asks. ``clock`` gives London time; ``moment`` milliseconds, to tell how far
    apart two keys came. ``advisers()`` gives the numbers that may be rung, by name; ``whisper``
    where an adviser's telephone asks what to hear; ``played(call_sid, recording, lang)`` the
    address of what was recorded by telephone. ``full()``: whether no more callers can be taken now;
    ``often(call_sid, number)``: whether this number has rung very often within the hour;
    ``last_nodes``: where its last call was. None of these waits. ``trying(services, form)``: these
    services as a call from a test number has them. ``audio_dirs``: where recordings lie, the
    program's before the charity's own. ``last_words(lang)`` and ``last_whisper`` are what is said
    when all else fails. ``inks``: what TwiML was written with lately, by the line's version.
    """

    content_store: Lines
    library: Callable[[], Library]
    audio_dirs: tuple[Path, ...]
    journal: Journal
    effect: Callable[[str, Effect, Line, str, str], str]
    ended: Callable[[str], None]
    release: Callable[[str, str], None]
    picked_up: Callable[[str], None]
    nobody_picked_up: Callable[[str, tuple[str, ...]], bool]
    taken: Callable[[str, str, str], bool]
    live_settings: LiveSettingsCopy
    lookups: Lookups | NoLookups
    clock: Callable[[], datetime]
    moment: Callable[[], int]
    sealer: Sealer
    base_url: str
    audio_url: str
    advisers: Callable[[], Mapping[str, str]]
    duties: Duties
    whisper: Callable[[Call, Transfer], str]
    played: Callable[[str, str, str], str]
    line_number: str
    full: Callable[[], bool]
    often: Callable[[str, str], bool]
    last_nodes: LastNodes
    trying: Callable[[CallServices, Mapping[str, str]], CallServices]
    last_words: Callable[[str], bytes]
    last_whisper: bytes
    inks: dict[str, twiml.RenderSettings] = field(default_factory=dict)


@voice.post("/voice")
@signed
def answer() -> Response:
    """Every step of a call, from the ring on."""
    services = _services()
    try:
        if "at" not in g.query and services.full():
            return Response(services.last_words(g.query.get("lang", "")), content_type=XML)
        return Response(respond(services, g.query, g.form), content_type=XML)
    except Exception:
        # Whatever broke, the caller hears words and a way on, never Twilio's own error (F1).
        log.exception("a step failed")
        return Response(sorry(), content_type=XML)


@voice.post("/voice/status")
@signed
def status() -> Response:
    """The call's own end, told by Twilio: its place is free, what was left goes to staff."""
    services = _services()
    if g.form.get("CallStatus") in FINISHED:
        sid = g.form.get("CallSid", "")
        services.ended(sid)
        services.journal.note(sid, (Note("ended", "", g.form["CallStatus"]),))
    return Response(status=204)


def _services() -> CallServices:
    """What this call needs from outside; another for test numbers."""
    services = services_of(current_app, CallServices)
    try:
        return services.trying(services, g.form)
    except Exception:
        # A fault in what is for test numbers alone is no caller's.
        log.exception("a test number is not looked for")
        return services


def sorry() -> bytes:
    """The apology for what is asked at no address of the line's, and the main menu."""
    return _sorry(services_of(current_app, CallServices), g.query.get("lang", ""))


def respond(services: CallServices, query: Mapping[str, str], form: Mapping[str, str]) -> bytes:
    """One step of a call: from an address and what came with it to TwiML. May raise anything."""
    sid = form.get("CallSid", "")
    call = address.read(query, lambda token: services.sealer.open(token, sid))
    line = services.content_store.line(call.version)
    lang = call.lang if call.lang in line.offered else line.languages[0]
    if (call.version, call.lang) != (line.version, lang):
        call = call.stay(version=line.version, lang=lang)
    event = event_of(query, form)
    facts = facts_of(services, line, form)
    if isinstance(event, CallStarted):
        caller = form.get("From", "")
        resume = services.last_nodes.of(sid, _visible(facts, caller))
        facts = facts._replace(often=services.often(sid, caller), resume=resume)
    if isinstance(event, EffectDone):
        event = EffectDone(event.effect, ringing.outcome(services, call, facts, form))
        services.release(sid, ringing.leg(form))
    turn = step(line, call, event, facts)
    if form.get("CallStatus") in FINISHED or isinstance(event, HungUp):
        left = turn.effect if isinstance(turn.effect, KeepVoicemail) else None
        outcome = services.effect(sid, left, line, form.get("From", ""), "") if left else ""
        return _over(services, sid, event, turn, outcome)
    notes = turn.notes
    # A message that was ended with 0 is kept first, and then a person is held to be rung.
    while turn.effect is not None:
        outcome = services.effect(sid, turn.effect, line, form.get("From", ""), _named(query, form))
        turn = step(line, turn.call, EffectDone(turn.effect, outcome), facts)
        notes += turn.notes
    rung = isinstance(own_handler(call.at), AdviserHandler)
    if rung and isinstance(event, KeyPressed) and not isinstance(turn.then, Transfer):
        services.release(sid, "")
    if number := _soon_texted(event, facts, turn.call):
        services.lookups.ask(number)
    services.journal.note(sid, notes)
    services.last_nodes.note(sid, _visible(facts, form.get("From", "")), resumable(line, turn.call))
    return twiml.write(turn, _renderer(services, line, sid))


def _visible(facts: Facts, number: str) -> str:
    """The number that is calling; empty where it is hidden."""
    return "" if facts.caller == "withheld" else number


def _renderer(services: CallServices, line: Line, sid: str) -> twiml.Renderer:
    """What this call is written with."""
    addresses = Addresses(f"{services.base_url}/voice", services.sealer, sid)
    return twiml.Renderer(
        render_settings_of(services, line), addresses, partial(services.played, sid)
    )


def _named(query: Mapping[str, str], form: Mapping[str, str]) -> str:
    """What tells this step from every other of its call: its address holds when a key came."""
    return f"{sorted(query.items())} {form.get('Digits', '')}"


def _over(services: CallServices, sid: str, event: Event, turn: Turn, kept: str) -> bytes:
    """The caller has gone: their place is free, and nobody is rung.

    Only how a talk ended, that the caller hung up, and what became of their message is noted.
    """
    services.ended(sid)
    notes = [Note("message", turn.call.at, kept)] if kept else []
    if isinstance(event, EffectDone | HungUp):
        notes += [each for each in turn.notes if each.event in OF_THE_END]
    services.journal.note(sid, tuple(notes))
    return twiml.let_go()


def _soon_texted(event: Event, facts: Facts, call: Call) -> str:
    """The number that a text may soon be offered to: who rings, or what was typed for a text."""
    if isinstance(event, CallStarted):
        return facts.number
    return call.typed if isinstance(own_handler(call.at), CheckHandler) else ""


def facts_of(services: CallServices, line: Line, form: Mapping[str, str]) -> Facts:
    """What is true outside the call now: the hour, who is there, what telephone it is."""
    now, sender = services.clock(), form.get("From", "")
    number = mobile(sender)
    duty = services.duties.at(line, now, services.live_settings.override(now))
    return Facts(
        now=now,
        open=duty.open,
        opens=duty.opens,
        caller=caller_kind(sender),
        number=number if number and services.lookups.textable(number) else "",
        moment=services.moment(),
        ringable=ringable(sender),
        rings=duty.rings,
        announcement=services.live_settings.announcement(now),
        speakers=duty.speakers,
    )


class Addresses:
    """Where one call is asked for next: the whole address, with what was typed only sealed.

    ``webhook``: the address that every step of such a call is asked at.
    """

    def __init__(self, webhook: str, sealer: Sealer, sid: str) -> None:
        self._webhook = webhook
        self._seal = partial(sealer.seal, call_sid=sid)
        self._call: Call | None = None
        self._rest = address.Rest([], [])

    def __call__(self, call: Call, on: str) -> str:
        """The address for ``on``. What all of one turn have in common is written once."""
        if call is not self._call:
            self._call, self._rest = call, address.rest(call, self._seal)
        path = "/recording" if on == COMPLETE else ""
        query = address.joined(call, on, self._rest)
        return f"{self._webhook}{path}?{query}{OVERRIDES}"


def render_settings_of(services: CallServices, line: Line) -> twiml.RenderSettings:
    """What TwiML is written with: the same while the line, its recordings and advisers are."""
    library, inks, numbers = services.library(), services.inks, services.advisers()
    kept = inks.get(line.version)
    if kept and kept.library is library and kept.numbers is numbers:
        return kept
    if len(inks) >= INKS:
        inks.clear()
    pieces = [words.pieces for words in line.wordings.values()]
    render_settings = inks[line.version] = twiml.RenderSettings(
        library=library,
        say_voice={lang: voice.say for lang, voice in line.sounds.items()},
        tags={lang: voice.tag for lang, voice in line.sounds.items()},
        audio=services.audio_url,
        numbers=numbers,
        line_number=services.line_number,
        whisper=services.whisper,
        wordings=line.wordings,
        instead=line.instead,
        first=line.languages[0],
        figures=frozenset(figure for each in pieces for figure in each.figures()),
    )
    return render_settings


def _sorry(services: CallServices, lang: str) -> bytes:
    """The apology, or where that fails too the words prepared at start."""
    try:
        return _apology(services, lang)
    except Exception:
        log.exception("the apology failed too")
        return services.last_words(lang)


def _apology(services: CallServices, lang: str) -> bytes:
    """What is said when a step fails: that it is our fault, and the main menu again.

    Made from nothing that can have failed: no state is read but the language, no database, no
    effect.
    """
    line = services.content_store.line("")
    lang = lang if lang in line.voices else line.languages[0]
    call = Call(at=line.start, lang=lang, version=line.version)
    facts = Facts(services.clock(), False, None, "withheld")
    turn = step(line, call, KeyPressed("#"), facts)
    words = line.words(call.lang).say("apology")
    sorry = Turn(call, (words, *turn.say), turn.then)
    return twiml.write(sorry, _renderer(services, line, ""))
