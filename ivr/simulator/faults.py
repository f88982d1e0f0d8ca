"""Failures of the simulator's REST API on demand: what a real carrier does on a bad day.

Owns which request fails next and how. Only for a demo or a test: nothing here may stand
before a real carrier.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, g, jsonify, request

from ivr.simulator.rest import error

KINDS = ("create", "list", "media", "delete", "lookup")
"""Requests that can fail: a text handed over; a list; a recording's sound; a deletion; a lookup."""
WAITS = {"hang": 30.0, "slow": 2.0}
"""Seconds that these last where none are given."""
NAMES = ("429", "500-before", "500-after", "reset-after", "garbage", *WAITS)
MOST = 1_000
FORM = re.compile(
    rf"(?:(?P<kind>{'|'.join(KINDS)})=)?(?P<name>{'|'.join(NAMES)})"
    r"(?::(?P<seconds>\d{1,3}(?:\.\d+)?))?(?:x(?P<times>\d{1,4}))?",
    re.ASCII,
)
SAYS = f"a fault is one of {', '.join(NAMES)}; such as 429x2, hang:30 or media=500-after"
HERE = ("127.0.0.1", "::1")


class FaultError(ValueError):
    """There is no such fault; the message says which there are."""


@dataclass(frozen=True, slots=True)
class SimulatedFault:
    """One way to fail, for the next ``times`` requests of a kind; ``seconds`` for a wait."""

    name: str
    kind: str = "create"
    seconds: float = 0.0
    times: int = 1

    def __str__(self) -> str:
        wait = f":{self.seconds:g}" if self.name in WAITS else ""
        return f"{self.kind}={self.name}{wait}"


def read(text: str) -> SimulatedFault:
    """``[kind=]name[:seconds][xtimes]``. Raises FaultError."""
    found = FORM.fullmatch(text.strip())
    if not found or (found["seconds"] and found["name"] not in WAITS):
        raise FaultError(f"“{text}”: {SAYS}")
    times = int(found["times"] or 1)
    if not 1 <= times <= MOST:
        raise FaultError(f"“{text}”: 1 to {MOST} times")
    seconds = float(found["seconds"] or WAITS.get(found["name"], 0))
    return SimulatedFault(found["name"], found["kind"] or "create", seconds, times)


def read_all(text: str) -> list[SimulatedFault]:
    """Faults with commas between them; none for an empty text. Raises FaultError."""
    return [read(each) for each in text.split(",")] if text.strip() else []


class Faults:
    """The faults that wait, in their order, for each kind of request. May be shared by threads."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[SimulatedFault]] = {kind: deque() for kind in KINDS}
        self._lock = threading.Lock()

    def add(self, fault: SimulatedFault) -> None:
        """Let the next requests of its kind fail, after those that are to fail already."""
        with self._lock:
            self._waiting[fault.kind].extend([fault] * fault.times)

    def waiting(self) -> list[str]:
        """What is still to fail, the next of each kind first."""
        with self._lock:
            return [str(fault) for kind in KINDS for fault in self._waiting[kind]]

    def clear(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            for faults in self._waiting.values():
                faults.clear()

    def watch(self, api: Blueprint) -> None:
        """Let requests to this part of the API fail. A refused password uses up no fault."""
        api.before_request(self._before)
        api.after_request(_after)

    def _before(self) -> Response | None:
        g.exchange_fault = fault = self._take(_kind())
        match fault.name if fault else "":
            case "429":
                return error(429, 20429, "Too Many Requests")
            case "500-before":
                return error(500, 20500, "Internal Server Error")
            case "slow" if fault:
                time.sleep(fault.seconds)
        return None

    def _take(self, kind: str) -> SimulatedFault | None:
        with self._lock:
            faults = self._waiting.get(kind)
            return faults.popleft() if faults else None


def _kind() -> str:
    """What this request does; empty where it is nothing that can fail."""
    path = request.path
    if request.method == "POST":
        return "create" if path.endswith("/Messages.json") else ""
    if request.method == "DELETE":
        return "delete"
    if path.endswith(("/Messages.json", "/Recordings.json")):
        return "list"
    if "/PhoneNumbers/" in path:
        return "lookup"
    return "media" if "/Recordings/" in path and not path.endswith(".json") else ""


def _after(response: Response) -> Response:
    """What was asked for is done; only the answer is lost, late or nonsense."""
    fault: SimulatedFault | None = g.get("exchange_fault")
    match fault.name if fault else "":
        case "500-after":
            return error(500, 20500, "Internal Server Error")
        case "garbage":
            return Response("<html><body>Something went wrong</body></html>", 200)
        case "hang" if fault:
            time.sleep(fault.seconds)
        case "reset-after":
            _hang_up()
    return response


def _hang_up() -> None:
    """Close the connection under the server, which then has nobody to answer."""
    line = request.environ.get("gunicorn.socket") or request.environ["werkzeug.socket"]
    line.shutdown(socket.SHUT_RDWR)


# --- over HTTP -------------------------------------------------------------------------------


def blueprint(faults: Faults) -> Blueprint:
    """``/faults``: POST one, GET what waits, DELETE all. Answers this machine only."""
    api = Blueprint("faults", __name__)

    @api.before_request
    def from_here() -> Response | None:
        # A proxy on this machine passes on what comes from elsewhere, and says so.
        passed_on = "Forwarded" in request.headers or "X-Forwarded-For" in request.headers
        return Response(status=403) if passed_on or request.remote_addr not in HERE else None

    @api.post("/faults")
    def add() -> Response:
        try:
            faults.add(_asked(request.get_json(silent=True)))
        except FaultError as wrong:
            response = jsonify(error=str(wrong))
            response.status_code = 400
            return response
        return jsonify(waiting=faults.waiting())

    @api.get("/faults")
    def waiting() -> Response:
        return jsonify(waiting=faults.waiting())

    @api.delete("/faults")
    def clear() -> Response:
        faults.clear()
        return Response(status=204)

    return api


def _asked(given: object) -> SimulatedFault:
    """``{"fault": "hang:30", "times": 2, "kind": "list"}``; only the first is needed."""
    if not isinstance(given, Mapping):
        raise FaultError(f'send JSON such as {{"fault": "429", "times": 2}}: {SAYS}')
    kind = f"{given['kind']}=" if "kind" in given else ""
    times = f"x{given['times']}" if "times" in given else ""
    return read(f"{kind}{given.get('fault', '')}{times}")
