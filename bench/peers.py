"""What the line is measured beside, written as others would: and the line where nothing forks it.

Owns four applications: an empty view, the phone tree of the tutorials, the same job the usual way,
and the line as one process that begins by itself.
"""

from __future__ import annotations

import os
import sqlite3
import threading

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

SAYS = {
    "1": "To talk to the school, ask for the person who looks after special educational needs.",
    "2": "To make a complaint, write to the head teacher first. Say what you would like to happen.",
    "3": "To meet and agree, ask for mediation. It is free, and you can bring somebody with you.",
}
CHOICES = (
    "To talk to the school, press 1. To make a complaint, press 2. To meet and agree, press 3."
)
empty, tree, usual = Flask("empty"), Flask("tree"), Flask("usual")
own = threading.local()


@empty.post("/voice")
def nothing() -> Response:
    """Nothing is read and nothing is worked out."""
    return Response(b"<Response><Hangup/></Response>", content_type="text/xml")


@tree.post("/voice")
def said() -> str:
    """Says what was chosen, then the choices again: no signature, no state, no journal."""
    response = VoiceResponse()
    chosen = request.values.get("Digits")
    if chosen in SAYS:
        response.say(SAYS[chosen])
    elif chosen:
        response.say("Sorry, I did not understand that.")
    gather = Gather(num_digits=1, action="/voice", method="POST")
    gather.say(CHOICES)
    response.append(gather)
    response.redirect("/voice")
    return str(response)


@usual.post("/voice")
def kept() -> Response:
    """The signature by Twilio's validator, a row for each step, TwiML by Twilio's builder."""
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    address = os.environ["PUBLIC_BASE_URL"] + request.full_path.rstrip("?")
    if not validator.validate(address, request.form, request.headers["X-Twilio-Signature"]):
        abort(403)
    row = (request.form["CallSid"], request.args.get("at"), request.form.get("Digits"))
    with rows() as database:
        database.execute("INSERT INTO step VALUES (datetime(), ?, ?, ?)", row)
    return Response(said(), content_type="text/xml")


def rows() -> sqlite3.Connection:
    """This thread's connection. What is written is on the disk, as the line's is."""
    if not hasattr(own, "database"):
        own.database = sqlite3.connect(os.environ["BENCH_ROWS"], timeout=10)
        own.database.execute("PRAGMA journal_mode=WAL")
        own.database.execute("CREATE TABLE IF NOT EXISTS step (at, call, place, digits)")
    database: sqlite3.Connection = own.database
    return database


def line() -> Flask:
    """The line as one web process, for servers that fork none."""
    from ivr.app import from_environment  # noqa: PLC0415 - the others are without it
    from ivr.webhooks.extension import Lifetime, services_of  # noqa: PLC0415

    app = from_environment()
    services_of(app, Lifetime).begin()
    return app
