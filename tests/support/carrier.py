"""A carrier on a real port for tests: the simulator's REST API, with faults on demand."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable

from flask import Blueprint, Flask, Response, g, request
from werkzeug.serving import make_server

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.outside.twilio.calls import CallsApi
from ivr.outside.twilio.lookups import LookupsApi
from ivr.outside.twilio.recordings import RecordingsApi
from ivr.outside.twilio.texts import Carrier
from ivr.simulator import calls, lookups, messages, numbers, recordings
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.faults import Faults
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.wire import Http, Wire

logging.getLogger("werkzeug").setLevel(logging.ERROR)
TOKEN = "demonstration-only-auth-token"
ACCOUNT = SimulatedAccount(DEMO_ACCOUNT_SID, TOKEN, "+442079460100")
SOON = 0.02
"""Seconds between two looks of a server whether it is to end."""


def error(status: int, code: int) -> Response:
    """An answer of the REST API that says no."""
    body = json.dumps({"code": code, "message": "on purpose", "status": status})
    return Response(body, status, content_type="application/json")


def let_fail(api: Blueprint, fault: Callable[[], Response | None]) -> None:
    """Ask for a fault before and after each text, deletion and sound; not after what is refused."""

    def can_fail() -> bool:
        if request.endpoint in ("messages.create", "recordings.delete"):
            return True
        return request.method == "GET" and not request.path.endswith(".json")

    @api.before_request
    def before() -> Response | None:
        g.early = fault() if can_fail() else None
        return g.early

    @api.after_request
    def after(response: Response) -> Response:
        done = can_fail() and not g.get("early") and response.status_code not in (400, 401)
        return (fault() if done else None) or response


def untold(message_id: str) -> str:
    """Where nobody is told how a text goes."""
    return ""


class LocalCarrier:
    """All APIs on one real port.

    ``faults`` are given in their order: one is asked for before something is done and one after;
    a text is a wait in seconds, None lets it pass. ``planned`` holds those of lookups.
    """

    def __init__(self, account: SimulatedAccount = ACCOUNT) -> None:
        self.faults: list[Response | str | None] = []
        self.room = Mailroom(account, Wire(Http(), account.token))
        self.sounds = SimulatedRecordings()
        self.planned = Faults()
        app = Flask("carrier")
        self.numbers = numbers.Numbers(account)
        kinds = lookups.blueprint(account)
        self.planned.watch(kinds)
        texts, sounds = messages.blueprint(self.room), recordings.blueprint(self.sounds, account)
        for api in (texts, sounds):
            let_fail(api, self.fault)
        own = (numbers.blueprint(self.numbers), calls.blueprint(account))
        for api in (kinds, texts, sounds, *own):
            app.register_blueprint(api, url_prefix="/exchange")
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=self.server.serve_forever, args=(SOON,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.port}/exchange"

    def fault(self) -> Response | None:
        """The next fault."""
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, str):
            time.sleep(float(fault))
            return None
        return fault

    def texts(self, timeout: float = 5.0) -> Carrier:
        """The line's side of the texts."""
        return Carrier(DEMO_ACCOUNT_SID, TOKEN, self.url, ACCOUNT.number, untold, timeout)

    def recordings(self, timeout: float = 5.0) -> RecordingsApi:
        """The line's side of the recordings."""
        return RecordingsApi(DEMO_ACCOUNT_SID, TOKEN, self.url, timeout)

    def lookups(self, timeout: float = 5.0) -> LookupsApi:
        """The line's side of the lookups."""
        return LookupsApi(DEMO_ACCOUNT_SID, TOKEN, self.url, timeout)

    def calls(self) -> CallsApi:
        """The line's side of the calls that it makes itself."""
        return CallsApi(DEMO_ACCOUNT_SID, TOKEN, self.url, ACCOUNT.number)

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
