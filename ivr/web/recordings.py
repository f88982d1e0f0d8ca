"""What was recorded: Twilio tells that a recording is complete, and today's announcement is played.

Owns ``POST /voice/recording`` and ``GET /audio/said/<id>.mp3``. A recording is known by its id
alone: no address that comes from outside is ever asked (fault T6).
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, g

from ivr.store import StoreDownError
from ivr.web.guard import signed
from ivr.web.voice import RECORDING

recordings = Blueprint("recorded", __name__)

DAY = 86_400


@recordings.post("/voice/recording")
@signed
def complete() -> Response:
    """A recording is complete. One that nobody asks to keep is deleted within the hour."""
    sid = g.form.get("RecordingSid", "")
    if RECORDING.fullmatch(sid):
        try:
            made = datetime.now(UTC)
            current_app.extensions["recordings"].note(g.form.get("CallSid", ""), [sid], made)
        except StoreDownError:
            return Response("not now", 503)
    return Response(status=204)


@recordings.get("/audio/said/<name>.mp3")
def announcement(name: str) -> Response:
    """Today's announcement, by the id of its sound."""
    sound = current_app.extensions["said"](name)
    if sound is None:
        return Response("no such recording", 404)
    response = Response(sound, content_type="audio/mpeg")
    response.cache_control.max_age = DAY
    response.cache_control.public = True
    return response
