"""The worker: looks for what is due and has it done, each try a job that DBOS makes durable.

Owns the loop and nothing of what is done: kinds of jobs are handed in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, SetWorkflowID

from ivr.store import StoreDownError
from ivr.store.database import as_store_down
from ivr.store.engines import unmade
from ivr.store.spells import Spell

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5
"""Seconds between two looks for something to do."""
AT_ONCE = 10
"""Jobs of a kind begun at each look: more would only wait for each other at the database."""
NEW_NAME = 30
"""Seconds after which a try that changed nothing may be begun again."""
SWEEP_EVERY = 3_600
"""Seconds between two sweeps for what nobody told us of."""


class Kind(Protocol):
    """A kind of job. Its rows say what is due; ``attempt`` tries one once and writes it down."""

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """Rows to see to now: each id with the tries it has had."""

    def attempt(self, row_id: str) -> str:
        """Try one row once; a word on how that went. What comes next stands in the row."""


@DBOS.dbos_class()
class Jobs(DBOSConfiguredInstance):
    """One try of one row, made durable."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        super().__init__(config_name="jobs")

    @DBOS.workflow()
    def run(self, kind: str, row_id: str) -> None:
        """Try one row of this kind once."""
        self.attempt(kind, row_id)

    @DBOS.step()
    def attempt(self, kind: str, row_id: str) -> str:
        """The try itself. What went wrong stands in the log by its kind only, and is tried again.

        An error that left this step would be kept by DBOS, and this try never begun again.
        """
        try:
            return self._kinds[kind].attempt(row_id)
        except Exception as error:
            log.error("a job (%s) failed: %s", kind, type(error).__name__)
            return "failed"


def work(
    kinds: Mapping[str, Kind],
    database_url: str,
    stop: threading.Event,
    sweep: Callable[[datetime], None] = lambda now: None,
    again: int = NEW_NAME,
    ready: Callable[[], bool] = lambda: True,
) -> None:
    """Do what is due until ``stop`` is set; then finish what is in hand.

    ``sweep`` is called once an hour; ``again``: see NEW_NAME. ``ready``: whether the database takes
    anything, without which DBOS does not begin.
    """
    config: DBOSConfig = {
        "name": "ivr",
        "system_database_url": unmade(database_url),
        "application_version": "1",
        "executor_id": "worker",
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    away = Spell(log)
    if not _waited_for(ready, stop, away):
        return
    DBOS(config=config)
    jobs = Jobs(kinds)
    DBOS.launch()
    log.info("the worker is ready")
    started, swept = set[str](), -float(SWEEP_EVERY)
    while not stop.wait(LOOK_EVERY):
        try:
            _start_due(jobs, kinds, started, again)
            if time.monotonic() - swept >= SWEEP_EVERY:
                swept = time.monotonic()
                sweep(datetime.now(UTC))
        except StoreDownError as error:
            away.begins("the database is away (%s); looking again", error)
        else:
            away.ends("the database is there again")
    DBOS.destroy(workflow_completion_timeout_sec=15)


def _waited_for(ready: Callable[[], bool], stop: threading.Event, away: Spell) -> bool:
    """Wait until the database takes something; False where ``stop`` is set before."""
    while not ready():
        away.begins("the database takes nothing; the worker waits for it")
        if stop.wait(LOOK_EVERY):
            return False
    away.ends("the database takes something again; the worker begins")
    return True


def _start_due(jobs: Jobs, kinds: Mapping[str, Kind], started: set[str], again: int) -> None:
    """Start a job for each row that is due. One try is one job: its name says which.

    A try that failed before it could count itself has another name a while later; that none is
    done twice at once is the business of its claim.
    """
    now = datetime.now(UTC)
    turn = int(now.timestamp()) // again
    due = {
        f"{kind}-{row_id}-{tries}-{turn}": (kind, row_id)
        for kind, each in kinds.items()
        for row_id, tries in each.due(now, AT_ONCE)
    }
    for name, (kind, row_id) in due.items():
        if name not in started:
            with as_store_down(), SetWorkflowID(name):
                DBOS.start_workflow(jobs.run, kind, row_id)
    started.intersection_update(due)
    started.update(due)
