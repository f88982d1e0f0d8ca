"""A worker that publishes editions, in a process of its own, and can be stopped before any write."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing import Process
from multiprocessing.synchronize import Event
from pathlib import Path

from ivr.store import open_store
from tests.support.killing import FORKS, small_worker
from tests.support.words import Host, studio

HOUR = timedelta(hours=1)


def publisher(folder: Path, life: int, before: int) -> Process:
    """A worker that has come so far: to this write, where it stands still, or to the end.

    Each ``life`` is an hour after the one before it, when nothing is in a dead worker's hands.
    """
    there = FORKS.Event()
    process = small_worker(_work, folder, life, before, there)
    assert there.wait(60), "the worker does not come so far"
    return process


def _work(folder: Path, life: int, before: int, there: Event) -> None:
    store, written = open_store(f"sqlite:///{folder}/line.db", 10_000), count(1)
    write = store.write

    def write_or_stop(*given: object, **more: object):
        if next(written) == before:
            there.set()
            time.sleep(600)
        return write(*given, **more)

    def now() -> datetime:
        return datetime.now(UTC) + life * HOUR

    store.write = write_or_stop
    job = Host(store, folder).job(now, recorder=studio())
    for row_id, _ in job.due(now(), 1):
        job.attempt(row_id)
    there.set()
