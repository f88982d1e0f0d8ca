"""How soon texts are handed over while many are asked for (fault F10).

Run as ``python -m tests.proof.handed_over --texts 600 --per-second 5 [--postgres]``; it prints the
seconds from the caller's "I am sending it now" to the carrier having the text.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

import click

from ivr.config import DEMO_SECRET
from ivr.secrets.seal import References
from ivr.store import Outbox, open_store
from ivr.store.database import PATIENT_MS
from tests.proof.kills_texts import NO_CAPS, fresh_database
from tests.support.carrier import error
from tests.support.killing import SlowCarrier, Workers
from tests.support.machine import until

BUSY_EVERY = 50
"""One answer of so many is "too many requests"."""
GOAL, LATE = 10.0, 60.0


class BusyCarrier(SlowCarrier):
    """Takes up to 0.4 seconds for a text, and now and then says that it has too many."""

    asked = 0

    def fault(self):
        super().fault()
        self.asked += 1
        return error(429, 20429) if self.asked % BUSY_EVERY == BUSY_EVERY // 2 else None


@dataclass(frozen=True)
class Measured:
    """Seconds from the promise to the handing over, the shortest first."""

    asked: int
    seconds: tuple[float, ...]

    def within(self, most: float) -> float:
        """The share of all that were asked for which were handed over in so many seconds."""
        return sum(each <= most for each in self.seconds) / self.asked

    def __str__(self) -> str:
        cuts = quantiles(self.seconds, n=100)
        shown = ", ".join(f"p{p} {cuts[p - 1]:.1f} s" for p in (50, 95, 99))
        shares = f"{self.within(GOAL):.1%} within 10 s, {self.within(LATE):.1%} within 60 s"
        return f"{self.asked} texts: {shown}, worst {self.seconds[-1]:.1f} s; {shares}"


def measure(url: str, texts: int, per_second: float, workers: int = 1) -> Measured:
    """Ask for so many texts at this rate, whether or not the ones before are gone."""
    carrier, store = BusyCarrier(), open_store(url, PATIENT_MS)
    outbox = Outbox(store, References(DEMO_SECRET), caps=NO_CAPS)
    running = Workers(url, carrier)
    for _ in range(workers):
        running.start()
    _ready(outbox, carrier)
    promised = _asked(outbox, texts, per_second)
    deadline = time.monotonic() + LATE
    while len(carrier.room.texts) <= texts and time.monotonic() < deadline:
        time.sleep(0.1)
    running.stop()
    taken = {text.body: text.made for text in carrier.room.newest()}
    carrier.close()
    store.close()
    waits = (taken[body] - at for body, at in promised.items() if body in taken)
    return Measured(texts, tuple(sorted(wait.total_seconds() for wait in waits)))


def _ready(outbox: Outbox, carrier: BusyCarrier) -> None:
    """Until the workers work: they run long before anybody rings."""
    outbox.queue("CA", "complaint", "en", "+447700900000", "the first", datetime.now(UTC))
    until(lambda: len(carrier.room.texts) == 1, "a worker is ready")


def _asked(outbox: Outbox, texts: int, per_second: float) -> dict[str, datetime]:
    """When each text was promised, by its words."""
    began, promised = time.monotonic(), {}
    for n in range(texts):
        time.sleep(max(0.0, began + n / per_second - time.monotonic()))
        number = f"+447700900{n % 1000:03}"
        outbox.queue(f"CA{n}", "complaint", "en", number, f"text {n}", datetime.now(UTC))
        promised[f"text {n}"] = datetime.now(UTC)
    return promised


@click.command()
@click.option("--texts", default=600, show_default=True)
@click.option("--per-second", default=5.0, show_default=True)
@click.option("--workers", default=1, show_default=True)
@click.option("--postgres", is_flag=True, help="On PostgreSQL; else on SQLite.")
def main(texts: int, per_second: float, workers: int, postgres: bool) -> None:
    """Ask for texts, and say how soon the carrier had them."""
    with fresh_database(postgres) as url:
        measured = measure(url, texts, per_second, workers)
    click.echo(measured)
    raise SystemExit(0 if measured.within(GOAL) >= 0.95 else 1)


if __name__ == "__main__":
    main()
