"""So many callers that a line cannot answer them in time: each asks again as soon as it is answered.

Owns the asking and what came of it. Unlike ``tests.proof.load.Load`` it keeps no pace: it asks for all
that the line can do, and as much again waits. ``slowed`` lets the line do little.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from ivr.config import DEMO_AUTH_TOKEN
from tests.proof.chaos import web_processes
from tests.proof.hosts import PUBLIC, Host
from tests.proof.load import FORM, SAYS, connection

WAYS, IN_ONE = 8, 30
"""240 callers: threads here, and what each of them has asked before it looks for an answer."""
TIME_LIMITS = 60
"""Seconds that each waits: whoever hangs up before does not hear what it was promised."""
Step = tuple[str, Mapping[str, str]]


@dataclass
class Crowd:
    """Callers who ask for these steps, one after another; ``answers`` are what they heard."""

    port: int
    steps: tuple[Step, ...]
    answers: list[tuple[str, int, bytes]] = field(default_factory=list)
    cut_off: int = 0
    _numbers: count[int] = field(default_factory=count)
    _stop: threading.Event = field(default_factory=threading.Event)
    _validator: RequestValidator = field(default_factory=lambda: RequestValidator(DEMO_AUTH_TOKEN))

    def during(self, what: Callable[[], None]) -> None:
        """Ask while this is done."""
        with ThreadPoolExecutor(WAYS) as callers:
            for _ in range(WAYS):
                callers.submit(self._ask)
            try:
                what()
            finally:
                self._stop.set()

    def heard(self, asked: str, words: bytes) -> int:
        """How often that was in an answer to this step."""
        return sum(words in said for path, _, said in [*self.answers] if path == asked)

    def _ask(self) -> None:
        ways = [connection(self.port, None, TIME_LIMITS) for _ in range(IN_ONE)]
        while not self._stop.is_set():
            asked = [(way, self._asked(way)) for way in ways]
            for way, path in asked:
                self._hear(way, path)
        for way in ways:
            way.close()

    def _asked(self, way: HTTPConnection) -> str:
        number = next(self._numbers)
        path, form = self.steps[number % len(self.steps)]
        told = {**FORM, **form, "CallSid": f"CA{number:032x}"}
        signed = self._validator.compute_signature(PUBLIC + path, told)
        try:
            way.request("POST", path, urlencode(told), SAYS | {"X-Twilio-Signature": signed})
        except (OSError, HTTPException):
            way.close()
        return path

    def _hear(self, way: HTTPConnection, path: str) -> None:
        try:
            answer = way.getresponse()
            self.answers.append((path, answer.status, answer.read()))
        except (OSError, HTTPException):
            self.cut_off += 1
            way.close()


STOPS, GOES = 0.3, 0.02
"""Seconds. Whoever waits through a stop has waited long (``LONG``), on any machine: in one go far
fewer are answered than wait."""


@contextmanager
def slowed(host: Host) -> Iterator[None]:
    """The machine has little time for this line: else it answers more than a test can ask."""
    done = threading.Event()

    def stop_and_go() -> None:
        while not done.wait(GOES):
            for each in web_processes(host):
                os.kill(each, signal.SIGSTOP)
            done.wait(STOPS)
            for each in web_processes(host):
                os.kill(each, signal.SIGCONT)

    thread = threading.Thread(target=stop_and_go)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
