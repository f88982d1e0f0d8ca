"""Several processes of the line behind one address, as a balancer has them: each may die or be new.

Owns how they are started and ended, and the way from the simulator to one after another of them.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ivr.config import read
from ivr.secrets.seal import References
from ivr.simulator.delivery import Delivery
from ivr.simulator.golden_calls import MadeCall, trunk
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.wire import Answer, Http
from ivr.speech.manifest import read_library
from ivr.store import Inbox, Outbox, open_store
from tests.support.machine import ROOT, TIME_LIMITS, answers, free_port, listens, until

PUBLIC = "http://line.example.org"
"""The one address that all of them are reached at. No name is looked up: see Balancer."""


class Host:
    """One ``ivr serve`` with a port of its own; ``code`` is the folder of its program.

    ``worker``: whether it also sends texts. ``through``: a command that starts it in its place. ``processes``: 0 for as many as usual.
    """

    def __init__(
        self,
        database: str,
        code: Path = ROOT,
        processes: int = 1,
        worker: bool = False,
        threads: int = 16,
        through: Sequence[str] = (),
        **settings: str,
    ) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "PYTHONPATH": str(code),
            "DATABASE_URL": database,
            "PUBLIC_BASE_URL": PUBLIC,
            "LINE_CLOCK": "2026-11-24T10:00",
            "SMTP_PORT": str(free_port()),
            **settings,
        }
        serve = [
            "serve",
            "--worker" if worker else "--no-worker",
            *(("--processes", str(processes)) if processes else ()),
            "--threads",
            str(threads),
            "--port",
            str(self.port),
        ]
        command = [*through, sys.executable, "-m", "ivr", *serve]
        self.process = subprocess.Popen(command, env=environment, cwd=code, start_new_session=True)
        until(lambda: answers(self.port), "a host starts")

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Gone at once with all its processes, as when the power fails."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(TIME_LIMITS)
        until(lambda: not listens(self.port), "a host is gone")


@dataclass
class Balancer:
    """Hands each request to the next host, alive or not. ``before[n]`` is done before the nth."""

    hosts: list[Host]
    before: Mapping[int, Callable[[], None]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    _http: Http = field(default_factory=Http)

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport. Steps of a call are counted; recordings are not."""
        if method == "POST":
            self.before.get(len(self.asked), lambda: None)()
            host = self.hosts[len(self.asked) % len(self.hosts)]
            self.asked.append(host.port)
        else:
            host = next(each for each in self.hosts if each.process.poll() is None)
        parts = urlsplit(url)._replace(netloc=f"127.0.0.1:{host.port}")
        return self._http.send(method, urlunsplit(parts), form, headers)


MOBILE = "+447700900123"
SPELT = re.compile(r"Line: (one|two|three|four|five|six|seven|eight|nine|zero)[,.]", re.IGNORECASE)
"""A digit that is read out: every reference of a call-back has others."""


@dataclass(frozen=True)
class Keys:
    """What a caller presses, what they then must have heard, and what they leave."""

    pressed: tuple[str, ...]
    hears: str
    left: tuple[int, int]


CALLS = {
    "a text to another mobile, typed": Keys(
        ("2", *"11111", "2", "2", "07700900456#", "1", "1"), "I am sending it now.", (1, 0)
    ),
    "the last day to appeal": Keys(
        ("4", "2", "2", "2", "1#", "10#", "26#", "1", *"----"),
        "Do not wait for the last day.",
        (0, 0),
    ),
    "being rung back": Keys(
        ("0", "2", "1", "1", "1", "1", "2", "1"), "An adviser will ring you back.", (0, 1)
    ),
}


def ring(balancer: Balancer, keys: Keys) -> MadeCall:
    """One call through the balancer; advisers do not answer."""
    settings = read({"PUBLIC_BASE_URL": PUBLIC})
    # A host that is gone takes a try of three; here no answer is lost besides.
    lost = Delivery(loses=0)
    way = trunk(settings, balancer, read_library(settings.audio_dir), lost)
    return way.ring(Scripted(keys.pressed), Decided("no-answer"), MOBILE)


def told(call: MadeCall) -> list[str]:
    """What was said and done, but for the digits of a reference."""
    return [row for row in call.transcript if not SPELT.fullmatch(row)]


def left(database: str) -> tuple[int, int]:
    """Texts that wait, and what callers left for people."""
    store, references = open_store(database), References(read({}).reference_secret)
    found = len(Outbox(store, references).waiting()), len(Inbox(store, references).items())
    store.close()
    return found
