"""What tests of workers share: a carrier that takes its time, and processes, some of which die.

Owns nothing of what the workers do.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from tests.carrier import LocalCarrier

SLOW = 0.2
"""Seconds that the carrier takes for an answer, at most: time to be killed in."""
SHORT = timedelta(seconds=2)
"""How long a small worker has a row to itself, so that the next need not wait for long."""
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["ivr.jobs", "tests.carrier"])


class Killable(Protocol):
    """A worker's process."""

    def kill(self) -> None: ...


class SlowCarrier(LocalCarrier):
    """Takes its time before and after each thing it does."""

    def fault(self) -> None:
        time.sleep(random.uniform(0, SLOW))


def small_worker(work: Callable[..., None], *told: object) -> Killable:
    """``work(*told)`` in a process that is there at once, so that many can be killed."""
    process = FORKS.Process(target=work, args=told, daemon=True)
    process.start()
    return process


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
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
