"""``make bench``: measures everything in one run, prints it, and keeps it as docs/performance.md.

Owns the order of the run and its settings. BENCH=long takes about half an hour. BENCH_POSTGRES
names an empty PostgreSQL database, for many callers on one host and on two.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import flat_out, growth, hosts, machine, open_loop
from bench.open_loop import Plan
from bench.page import PASSES, ROUNDS, Figures, written
from bench.servers import KINDS, ROOT, Kind, running

PAGE = ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Setting:
    """How long each part of a run takes. ``shared``: the crowd on PostgreSQL."""

    flat_out: int
    steady: float
    presses: int
    rows: int
    crowd: Plan
    shared: Plan


FEW, MANY = Plan(2_000, 10, 20, warm_up=10), Plan(10_000, 10, 600, warm_up=20)
SETTINGS = {
    "short": Setting(3, 30, 600, 100_000, FEW, FEW),
    "long": Setting(6, 120, 2_000, 1_000_000, MANY, Plan(10_000, 10, 60, warm_up=20)),
}
STARTS = 3
PRESSES = "presses.txt"
LOOKED = 3
"""Seconds for which it is seen beforehand whether others use this machine."""


def main() -> None:
    """The whole run."""
    argparse.ArgumentParser(prog="python -m bench", description=__doc__).parse_args()
    name = os.environ.get("BENCH") or "short"
    if name not in SETTINGS:
        sys.exit(f"BENCH={name}: must be short or long")
    figures = Figures(machine.described(), f"{datetime.now(UTC):%d %B %Y}", name)
    figures.others = _others()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        _measure(figures, SETTINGS[name], Path(folder))
    page = written(figures)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def _measure(figures: Figures, setting: Setting, folder: Path) -> None:
    database = f"sqlite:///{folder}/line.db"
    _say("starting, 100 steps a second, memory")
    _one_server(figures, setting, database)
    _say("servers side by side")
    _side_by_side(figures, setting, folder, database)
    _say("growth")
    figures.nodes = growth.by_nodes(folder, setting.presses)
    figures.rows = growth.by_rows(folder, setting.presses, setting.rows)
    _say("many callers at once")
    _crowd(figures, setting.crowd, "SQLite", database)
    if postgres := os.environ.get("BENCH_POSTGRES"):
        _crowd(figures, setting.shared, "PostgreSQL", postgres)
        _crowd(figures, setting.shared, "PostgreSQL, two hosts", postgres, count=2)
        _say(hosts.MISSING or "one host and two")
        if not hosts.MISSING:
            figures.hosts = hosts.by_hosts(postgres, folder / PRESSES, setting.flat_out)


def _one_server(figures: Figures, setting: Setting, database: str) -> None:
    new = [_started(f"{database}{number}") for number in range(STARTS)]
    again = [_started(f"{database}0") for _ in range(STARTS)]
    figures.starts = {
        "on a new database": statistics.median(new),
        "again": statistics.median(again),
    }
    with running(KINDS["ours"], database) as server:
        plan = Plan(1_000, 10, setting.steady, warm_up=5)
        figures.steady = open_loop.calls([server.port], plan)
        figures.memory = [_memory(each) for each in server.workers]


def _started(database: str) -> float:
    """Seconds from the start of the line to its first answer."""
    with running(KINDS["ours"], database) as server:
        return server.started_in


def _memory(pid: int) -> tuple[float, float]:
    return machine.memory(pid), machine.own_memory(pid)


def _side_by_side(figures: Figures, setting: Setting, folder: Path, database: str) -> None:
    if not shutil.which("wrk"):
        _say("wrk is missing (apt-get install wrk): no key presses a second")
        return
    presses = folder / PRESSES
    with running(KINDS["ours"], database) as server:
        flat_out.keep(flat_out.recorded(server.port), presses)
    for _ in range(PASSES * ROUNDS):
        for name, kind in KINDS.items():
            if not kind.missing:
                rate = _rate(kind, database, presses, setting.flat_out)
                figures.rates.setdefault(name, []).append(rate)
                _say(f"  {kind.name}: {rate.a_second:,.0f} a second")


def _rate(kind: Kind, database: str, presses: Path, seconds: int) -> flat_out.Rate:
    with running(kind, database) as server:
        flat_out.measured(server.port, presses, 1)
        return flat_out.measured(server.port, presses, seconds)


def _crowd(figures: Figures, plan: Plan, what: str, database: str, count: int = 1) -> None:
    """Callers at once, on one host or on several that share a database."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(KINDS["ours"], database)) for _ in range(count)]
        waits = open_loop.calls([each.port for each in servers], plan)
        memory = sum(machine.own_memory(pid) for each in servers for pid in each.processes)
    figures.crowds.append((f"{plan.callers:,} at once, {what}", waits, memory))


def _others() -> float:
    before = machine.busy()
    time.sleep(LOOKED)
    return machine.share(before, machine.busy())


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
