"""The Calls part of Twilio's REST API, over HTTP: a call that the line makes, such as a test ring.

Owns its addresses, forms and answers: those of Twilio's Call resource. Its telephones are Ofcom's
drama numbers: each rings for a while, is picked up, and hears the document out.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Blueprint, Response, jsonify, request

from ivr.line.numbers import DRAMA
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.rest import ACCOUNT, VERSION, Refused, missing, path_of, resource
from ivr.simulator.verbs import VerbError, parse

API = f"{ACCOUNT}/Calls"
RINGS, LASTS = 2.0, 4.0
"""Seconds for which a telephone rings, and until the call is over."""
OFF = "99"
"""A telephone whose number ends so is never picked up, so that this can be tried."""
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class MadeCall:
    """One call, and when it was made: by a clock that only goes on, and by the one on the wall."""

    to: str
    sid: str = field(default_factory=lambda: f"CA{uuid.uuid4().hex}")
    began: float = field(default_factory=time.monotonic)
    made: datetime = field(default_factory=lambda: datetime.now(UTC))

    def status(self) -> str:
        """How far it is."""
        since = time.monotonic() - self.began
        if since < RINGS:
            return "ringing"
        if self.to.endswith(OFF):
            return "no-answer"
        return "in-progress" if since < LASTS else "completed"


def blueprint(account: SimulatedAccount) -> Blueprint:
    """The Calls resource over HTTP: made, and looked at."""
    api, calls = resource("calls", account), dict[str, MadeCall]()

    @api.post(API + ".json")
    def create(account_sid: str) -> tuple[Response, int]:
        call = _taken(account)
        calls[call.sid] = call
        while len(calls) > MOST_KEPT:
            calls.pop(next(iter(calls)), None)
        return jsonify(_shown(account, call, "queued")), 201

    @api.get(API + "/<sid>.json")
    def fetch(account_sid: str, sid: str) -> Response:
        if (call := calls.get(sid)) is None:
            raise missing()
        return jsonify(_shown(account, call, call.status()))

    return api


def _taken(account: SimulatedAccount) -> MadeCall:
    """The call that a form asks for. Raises Refused."""
    if request.form.get("From") != account.number:
        raise Refused(21210, "The source phone number is not verified for your account.")
    if not (to := request.form.get("To", "")).startswith(DRAMA):
        raise Refused(21211, "The phone number you are attempting to call is not valid.")
    try:
        parse(request.form.get("Twiml", "").encode(), "text/xml")
    except VerbError as error:
        raise Refused(21205, str(error)) from error
    return MadeCall(to)


def _shown(account: SimulatedAccount, call: MadeCall, status: str) -> dict[str, object]:
    """A call in the form of Twilio's Call resource."""
    made, over = format_datetime(call.made), status in ("completed", "no-answer")
    return {
        "sid": call.sid,
        "account_sid": account.sid,
        "to": call.to,
        "to_formatted": call.to,
        "from": account.number,
        "from_formatted": account.number,
        "status": status,
        "direction": "outbound-api",
        "date_created": made,
        "date_updated": made,
        "start_time": made,
        "end_time": made if over else None,
        "duration": str(int(LASTS - RINGS)) if status == "completed" else None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "api_version": VERSION,
        "uri": path_of(account, "Calls", f"{call.sid}.json"),
        "subresource_uris": {},
    }
