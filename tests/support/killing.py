"""What tests of workers share: a carrier that takes its time, and processes, some of which die.

Owns nothing of what the workers do.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Protocol

import requests
from sqlalchemy import update

from ivr.config import DEMO_SECRET
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.jobs import Texts, work
from ivr.outside.twilio.texts import Carrier
from ivr.secrets.seal import References
from ivr.store import Outbox, Store, open_store
from ivr.store.database import PATIENT_MS
from ivr.store.tables import sms
from tests.support.carrier import ACCOUNT, TOKEN, LocalCarrier, untold
from tests.support.machine import until
from tests.support.paths import ROOT

SLOW = 0.2
"""Seconds that the carrier takes for an answer, at most: time to be killed in."""
SHORT = timedelta(seconds=2)
"""How long a small worker has a row to itself, so that the next need not wait for long."""
FORKS = multiprocessing.get_context("forkserver")
PRELOADED = (
    "tests.support.killing",
    "tests.support.lines",
    "tests.support.postgres",
    "tests.support.words",
    "ivr.simulator.mail",
)
FORKS.set_forkserver_preload(list(PRELOADED))


class Killable(Protocol):
    """A worker's process."""

    def kill(self) -> None: ...


class CountingCarrier(LocalCarrier):
    """Knows when nothing that it was asked is under way any more."""

    def __init__(self) -> None:
        super().__init__()
        self._open, self._lock = 0, threading.Lock()
        begin, end = self.server.process_request, self.server.shutdown_request
        self.server.process_request = lambda *of: (self._count(1), begin(*of))
        self.server.shutdown_request = lambda of: (end(of), self._count(-1))

    def _count(self, more: int) -> None:
        with self._lock:
            self._open += more

    def quiet(self) -> None:
        """Wait until all that dead workers have asked is done.

        Connections are taken up in their order, so after ours none of theirs is still to come.
        """
        requests.get(self.url, timeout=60)
        until(lambda: self._open == 0, "the carrier has nothing more to do")


class SlowCarrier(CountingCarrier):
    """Takes its time before and after each thing it does."""

    def __init__(self) -> None:
        super().__init__()
        self._chance = random.Random(7)

    def fault(self) -> None:
        time.sleep(self._chance.uniform(0, SLOW))


def time_passes(store: Store, carrier: CountingCarrier) -> None:
    """Now, so long after all workers died that no text is theirs any more and each is due."""
    carrier.quiet()
    over = dict.fromkeys(("lease_until", "next_at"), datetime.now(UTC))
    with store.write() as connection:
        connection.execute(update(sms).where(sms.c.status == "waiting").values(over))


def small_worker(does: Callable[..., None], *told: object) -> multiprocessing.Process:
    """``does(*told)`` in a process that is there at once, so that many can be killed."""
    process = FORKS.Process(target=does, args=told, daemon=True)
    process.start()
    return process


def texts_worker(database: str, api: LocalCarrier) -> multiprocessing.Process:
    """The loop of ``ivr work``, for texts alone; it is ready to work."""
    ready = FORKS.Event()
    process = small_worker(_loop, database, api.url, ready)
    assert ready.wait(60), "the worker does not start"
    return process


def _loop(database: str, api_url: str, ready: Event) -> None:
    outbox = Outbox(open_store(database, PATIENT_MS), References(DEMO_SECRET))
    carrier = Carrier(DEMO_ACCOUNT_SID, TOKEN, api_url, ACCOUNT.number, untold)
    kinds = {"text": Texts(outbox, carrier)}
    work(kinds, database, threading.Event(), lambda now: ready.set())


@contextmanager
def worker(
    log: Path | None = None, code: Sequence[str] = ("-m", "ivr", "work"), **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A real ``ivr work`` with these settings, until it is killed; ``log``: where what it says goes."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PUBLIC_BASE_URL": "http://127.0.0.1:9"}
    with log.open("wb") if log else nullcontext() as said:
        command = [sys.executable, *code]
        process = subprocess.Popen(command, env=own | settings, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


class Workers:
    """Real `ivr work` processes on one database."""

    def __init__(self, database: str, api: LocalCarrier) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "TWILIO_API_BASE_URL": api.url,
            "PUBLIC_BASE_URL": "http://127.0.0.1:9",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "ivr", "work"], env=self.environment)
        self.running.append(process)
        return process

    def stop(self) -> None:
        """End them as a power cut would."""
        for process in self.running:
            process.kill()
            process.wait()
