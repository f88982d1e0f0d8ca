"""Callers' steps at a steady pace on a real line: how long each waited, and what went wrong.

Owns the asking and the counting; what is done to the line meanwhile is in ``tests.proof.chaos``.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from ivr.config import DEMO_AUTH_TOKEN
from ivr.config.demo import DEMO_ACCOUNT_SID
from tests.proof.hosts import PUBLIC
from tests.support.machine import until

RATE, AT_ONCE = 60, 12
"""Steps of calls in a second: 500 callers at once; and how many are asked for at the same time."""
Steps = Sequence[tuple[str, Mapping[str, str]]]
STEPS: Steps = (
    ("/voice", {}),
    ("/voice?at=main&on=key", {"Digits": "2"}),
    ("/voice?at=complaint&on=silence&part=1&trail=main", {}),
    ("/voice?at=main&on=silence", {}),
)
ASKS_FOR_A_PERSON: Steps = (("/voice?at=tell&on=key&trail=main", {"Digits": "1"}),)
"""A step that waits for the database: for a second, while that is locked."""
THREE_TIMES = 3 * 32
"""Three times what two processes of 16 threads do in a second, when each step takes one."""
FORM = {"AccountSid": DEMO_ACCOUNT_SID, "From": "+266696687", "CallStatus": "in-progress"}
SAYS = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Seen:
    """What callers saw: seconds of each answer, and every answer that was none."""

    seconds: list[float] = field(default_factory=list)
    resets: int = 0
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The time within which this share of answers came."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def row(self) -> str:
        """For a table."""
        p50, p99 = (round(self.percentile(share) * 1000) for share in (0.5, 0.99))
        most = round(max(self.seconds, default=0) * 1000)
        return f"{len(self.seconds)} | {p50} | {p99} | {most} | {self.resets} | {len(self.errors)}"


class Load:
    """Callers' steps at a steady pace, each asked once more where it was cut off, as Twilio does."""

    def __init__(
        self,
        port: int,
        rate: float = RATE,
        trust: ssl.SSLContext | None = None,
        steps: Steps = STEPS,
        at_once: int = AT_ONCE,
    ) -> None:
        """``trust``: for a line that is asked by https, through its proxy."""
        self._port, self._rate, self._trust, self._steps = port, rate, trust, steps
        self._at_once = at_once
        self._validator = RequestValidator(DEMO_AUTH_TOKEN)
        self.seen = Seen()

    def during(self, what: Callable[[], None]) -> Seen:
        """Ask while this is done; ``self.seen`` is what was seen up to now."""
        seen = self.seen = Seen()
        stop = threading.Event()
        with ThreadPoolExecutor(self._at_once) as callers:
            for n in range(self._at_once):
                callers.submit(self._ask, n, seen, stop)
            try:
                what()
            finally:
                stop.set()
        return seen

    def hears(self, steps: int) -> None:
        """Wait until so many more steps were answered, however busy this machine is."""
        wanted = len(self.seen.seconds) + steps
        until(lambda: len(self.seen.seconds) >= wanted, f"{steps} steps are answered")

    def answered(self) -> bool:
        """Whether a step is answered."""
        with suppress(OSError, http.client.HTTPException):
            return self.post("/voice", FORM | {"CallSid": "CA1"})[0] == 200
        return False

    def _ask(self, number: int, seen: Seen, stop: threading.Event) -> None:
        due, n = time.monotonic() + number / self._rate, 0
        while not stop.wait(max(0.0, due - time.monotonic())):
            path, form = self._steps[(number + n) % len(self._steps)]
            self._step(path, form | FORM | {"CallSid": f"CA{number:016x}{n:016x}"}, seen, due)
            due, n = max(due + self._at_once / self._rate, time.monotonic() - 1), n + 1

    def _step(self, path: str, form: Mapping[str, str], seen: Seen, due: float) -> None:
        """From the moment it was due: what waits behind a slow answer has waited too."""
        for last in (False, True):
            try:
                status, body = self.post(path, form)
            except (OSError, http.client.HTTPException) as error:
                seen.resets += 1
                if last:
                    seen.errors.append(type(error).__name__)
                continue
            seen.seconds.append(time.monotonic() - due)
            if status != 200 or not (b"<Gather" in body or b"<Dial" in body):
                seen.errors.append(f"{status} {body[:80]!r}")
            return

    def post(self, path: str, form: Mapping[str, str], sign: bool = True) -> tuple[int, bytes]:
        """One request; its status and answer."""
        good = self._validator.compute_signature(PUBLIC + path, form) if sign else "forged"
        way = connection(self._port, self._trust)
        try:
            way.request("POST", path, urlencode(form), SAYS | {"X-Twilio-Signature": good})
            answer = way.getresponse()
            return answer.status, answer.read()
        finally:
            way.close()


def connection(
    port: int, trust: ssl.SSLContext | None, timeout: float = 15
) -> http.client.HTTPConnection:
    """One caller's own. Twilio waits for 15 seconds."""
    if trust is None:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    return http.client.HTTPSConnection("localhost", port, timeout=timeout, context=trust)
