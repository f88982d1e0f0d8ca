"""What tests that kill workers share: a carrier that takes its time, and processes that die.

Owns nothing of what the workers do.
"""

from __future__ import annotations

import multiprocessing
import random
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
