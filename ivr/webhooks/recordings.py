"""What was recorded: Twilio tells that a recording is complete, and today's announcement is played.

Owns ``POST /voice/recording``, ``POST /staff/recording`` and ``GET /audio/said/<id>.mp3``. Callers'
messages and what staff record are told of at addresses of their own, which Twilio signs. A
recording is known by its id alone: no address that comes from outside is ever asked (fault T6).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, current_app, g

from ivr.flow import step
from ivr.line.call import Effect, Facts, HungUp
from ivr.store import StoreDownError
from ivr.store.recordings import Purpose
from ivr.store.services import StoreServices
from ivr.store.spells import Once
from ivr.webhooks import address
from ivr.webhooks.events import RECORDING, recorded_in
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import signed
from ivr.webhooks.voice import CallServices

log = logging.getLogger(__name__)
recordings = Blueprint("recorded", __name__)

DAY = 86_400
NOT_NOW = partial(Response, "not now", 503)
"""Twilio then asks once more."""


@recordings.post("/voice/recording")
@signed
def complete() -> Response:
    """What a caller said is complete: it is kept, should nobody else have told us of it."""
    services = services_of(current_app, CallServices)
    call_sid, effect = g.form.get("CallSid", ""), _left(services)
    if effect is None:
        return _noted("message")
    outcome = services.effect(call_sid, effect, services.content_store.line(""), "", "")
    return NOT_NOW() if outcome == "failed" else Response(status=204)


@recordings.post("/staff/recording")
@signed
def announced() -> Response:
    """What staff recorded is complete. One that they do not keep is deleted within the hour."""
    return _noted("announcement")


def _left(services: CallServices) -> Effect | None:
    """The effect that keeps what a caller said; None for next to nothing, or where it is unclear.

    The address is that of the step that began the recording, so it holds what a caller said yes to.
    """
    if "at" not in g.query:
        return None
    sid, seconds = recorded_in(g.form)
    call = address.read(
        g.query, lambda token: services.sealer.open(token, g.form.get("CallSid", ""))
    )
    line, facts = (
        services.content_store.line(call.version),
        Facts(services.clock(), False, None, "withheld"),
    )
    lang = call.lang if call.lang in line.offered else line.languages[0]
    return step(line, call.stay(lang=lang), HungUp(sid, seconds), facts).effect


def _noted(purpose: Purpose) -> Response:
    sid = g.form.get("RecordingSid", "")
    if RECORDING.fullmatch(sid):
        try:
            rows = services_of(current_app, StoreServices).recordings
            rows.note(g.form.get("CallSid", ""), sid, datetime.now(UTC), purpose)
        except StoreDownError as error:
            if services_of(current_app, Once).first(sid):
                says = "a recording could not be noted, the database did not take it: %s"
                log.error(says, error)
            return NOT_NOW()
    return Response(status=204)


@recordings.get("/audio/said/<name>.mp3")
def announcement(name: str) -> Response:
    """Today's announcement, by the id of its sound."""
    sound = services_of(current_app, CallServices).live_settings.sound(name)
    if sound is None:
        return Response("no such recording", 404)
    response = Response(sound, content_type="audio/mpeg")
    response.cache_control.max_age = DAY
    response.cache_control.public = True
    return response
