"""Workers killed again and again while they send texts: none lost, none sent twice (fault F9).

Run as ``python -m tests.proof.kills_texts --rows 2000 --workers 4 --kills 200 [--postgres]``; it prints
what became of the texts.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import Process
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import select

from ivr.config import DEMO_SECRET
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.jobs import Texts
from ivr.outside.twilio.texts import Carrier
from ivr.secrets.seal import References
from ivr.store import Outbox, Store, open_store
from ivr.store.database import PATIENT_MS
from ivr.store.limits import Caps
from ivr.store.tables import sms
from tests.support.carrier import ACCOUNT, TOKEN, untold
from tests.support.killing import SlowCarrier, small_worker, time_passes
from tests.support.machine import until
from tests.support.postgres import KINDS, database

LEASE = timedelta(seconds=5)
"""How long a worker has a row: longer than this carrier takes on a busy machine."""
AT_ONCE = 10
BETWEEN = (0.0, 0.2)
"""Seconds from a text that the carrier takes to the next kill."""
QUIET = 60.0
"""Seconds after the last kill in which all must be done, and QUIET_A_ROW more for each row."""
QUIET_A_ROW = 0.3
NO_CAPS = Caps(a_prefix_an_hour=10**6, a_day=10**6, a_month=10**6, pence_a_month=10**9)


@dataclass(frozen=True)
class Outcome:
    """What became of the texts.

    ``lost``: never taken; ``doubled``: taken once more; ``open``: not written down as taken.
    ``again``: tried more than once, so in the hands of a worker that was killed.
    """

    rows: int
    kills: int
    taken: int
    lost: int
    doubled: int
    open: int
    again: int
    seconds: int

    @property
    def sound(self) -> bool:
        """Whether each text was taken once, and that was written down."""
        return not (self.lost or self.doubled or self.open)


def run(
    database: str,
    rows: int,
    workers: int,
    kills: int,
    tell: Callable[[], None] = lambda: None,
    lease: timedelta = LEASE,
    seed: int = 7,
) -> Outcome:
    """Send so many texts with so many workers, of whom one at a time is killed and replaced.

    At last all are killed, time passes, and others do what is left.
    """
    began, carrier, store = time.monotonic(), SlowCarrier(), open_store(database, PATIENT_MS)
    outbox, chance = Outbox(store, References(DEMO_SECRET), caps=NO_CAPS), random.Random(seed)
    _ask(outbox, rows)

    def start() -> Process:
        return small_worker(_work, database, carrier.url, lease, chance.random())

    running = [start() for _ in range(workers)]
    for _ in range(kills):
        _one_more(carrier, rows)
        time.sleep(chance.uniform(*BETWEEN))
        _end(running.pop(chance.randrange(workers)))
        running.append(start())
        tell()
    _end(*running)
    time_passes(store, carrier)
    running = [start() for _ in range(workers)]
    _wait(outbox, QUIET + QUIET_A_ROW * rows)
    _end(*running)
    outcome = _outcome(store, carrier, kills, time.monotonic() - began)
    carrier.close()
    store.close()
    return outcome


def _ask(outbox: Outbox, rows: int) -> None:
    for n in range(rows):
        asked = (f"CA{n}", "complaint", "en", f"+447700900{n % 1000:03}", f"text {n}")
        outbox.queue(*asked, datetime.now(UTC))


def _one_more(carrier: SlowCarrier, rows: int) -> None:
    """Wait until the carrier has taken one text more, or all: then workers are at work."""
    enough = min(rows, len(carrier.room.texts) + 1)
    until(lambda: len(carrier.room.texts) >= enough, "a text is taken")


def _end(*workers: Process) -> None:
    for worker in workers:
        worker.kill()
        worker.join()


def _work(database: str, api_url: str, lease: timedelta, seed: float) -> None:
    """What ``ivr work`` does with texts, without the rest of it."""
    outbox = Outbox(open_store(database, PATIENT_MS), References(DEMO_SECRET), lease)
    job = Texts(outbox, Carrier(DEMO_ACCOUNT_SID, TOKEN, api_url, ACCOUNT.number, untold))
    chance = random.Random(seed)
    while True:
        due = outbox.due(datetime.now(UTC), AT_ONCE)
        for message_id, _ in chance.sample(due, len(due)):
            job.attempt(message_id)
        time.sleep(0.02)


def _wait(outbox: Outbox, seconds: float) -> None:
    """Until no text waits, or time is up."""
    deadline = time.monotonic() + seconds
    while outbox.waiting() and time.monotonic() < deadline:
        time.sleep(0.1)


def _outcome(store: Store, carrier: SlowCarrier, kills: int, seconds: float) -> Outcome:
    with store.read() as connection:
        rows = connection.execute(select(sms)).all()
    taken = Counter(text.body for text in carrier.room.texts.values())
    return Outcome(
        rows=len(rows),
        kills=kills,
        taken=len(taken),
        lost=len({row.body for row in rows} - taken.keys()),
        doubled=sum(count - 1 for count in taken.values()),
        open=sum(row.carrier_sid not in carrier.room.texts for row in rows),
        again=sum(row.tries > 1 for row in rows),
        seconds=round(seconds),
    )


@contextmanager
def fresh_database(postgres: bool) -> Iterator[str]:
    with TemporaryDirectory() as folder, database(KINDS[postgres], Path(folder), False) as url:
        yield url


@click.command()
@click.option("--rows", default=2_000, show_default=True)
@click.option("--workers", default=4, show_default=True)
@click.option("--kills", default=200, show_default=True)
@click.option("--postgres", is_flag=True, help="On PostgreSQL; else on SQLite.")
def main(rows: int, workers: int, kills: int, postgres: bool) -> None:
    """Kill workers while they send texts, and say what became of the texts."""
    with fresh_database(postgres) as url, click.progressbar(length=kills) as bar:
        outcome = run(url, rows, workers, kills, lambda: bar.update(1))
    click.echo(outcome)
    raise SystemExit(0 if outcome.sound else 1)


if __name__ == "__main__":
    main()
