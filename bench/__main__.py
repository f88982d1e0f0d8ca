"""``make bench``: measures everything in one run, prints it, and keeps it as docs/performance.md.

BENCH=long takes about half an hour. BENCH_POSTGRES names an empty PostgreSQL database, for many
callers on one host and on two. Needs wrk. What is measured is in ``bench.parts``, what the line is
measured beside in ``bench.peers``.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import growth, parts
from bench.parts import KINDS, Rate, Server, Waits, running

PAGE = parts.ROOT / "docs" / "performance.md"
GROUPS = Path("/sys/fs/cgroup/cpu")
ROUNDS = 6
"""All servers are measured so often, one after another; ratios are those of each round."""
AIMS = {"empty": "0.65", "usual": "2.0", "tree": "1.0", "tutorial": "", "express": ""}
"""What the line is held against, and the ratio to reach."""


class Setting(NamedTuple):
    """Seconds and numbers of a run; the last is how long the crowd on PostgreSQL rings."""

    flat_out: int
    steady: int
    presses: int
    rows: int
    callers: int
    crowd: int
    shared: int


SETTINGS = {
    "short": Setting(3, 30, 600, 100_000, 2_000, 20, 20),
    "long": Setting(6, 120, 2_000, 1_000_000, 10_000, 600, 60),
}


def main() -> None:
    """The whole run."""
    name = os.environ.get("BENCH") or "short"
    setting = SETTINGS[name]
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        made = "\n\n".join([head(name), *measured(setting, Path(folder))]) + "\n"
    PAGE.write_text(made, encoding="utf-8")
    print(made)


def measured(setting: Setting, folder: Path) -> Iterator[str]:
    """Each part of the page."""
    database, postgres = f"sqlite:///{folder}/line.db", os.environ.get("BENCH_POSTGRES")
    say("servers side by side")
    yield side_by_side(setting, folder, database)
    say("start, 100 steps a second, memory")
    yield one_server(setting, folder, database)
    say("growth")
    nodes = growth.by_nodes(folder, setting.presses)
    rows = growth.by_rows(folder, setting.presses, setting.rows)
    yield grown({"places": nodes, "rows in the journal": rows})
    say("many callers at once")
    rang = [crowd("SQLite", database, setting.callers, setting.crowd)]
    if postgres:
        shared = (postgres, setting.callers, setting.shared)
        rang += [crowd("PostgreSQL", *shared), crowd("PostgreSQL, two hosts", *shared, hosts=2)]
    yield crowds(rang)
    if postgres and os.access(GROUPS, os.W_OK):
        yield on_hosts([on(postgres, folder, setting.flat_out, hosts) for hosts in (1, 2)])


def head(setting: str) -> str:
    """What was measured on, and whether others used it."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    busy = os.getloadavg()[0]
    quiet = "quiet" if busy < 0.3 else "**not quiet**"
    return f"""# How fast the line is

Written by `make bench`; do not change it by hand. Everything here was measured in one run, on one
machine, the load included: compare within this page only. What was done about it:
[decisions/speed.md](decisions/speed.md).

{os.cpu_count()} cores ({model[1] if model else "unknown"}), Linux {platform.release()}, Python
{platform.python_version()}; {datetime.now(UTC):%d %B %Y}; setting: {setting}. When the run began
{busy:.1f} others were at work: the machine was {quiet}."""


def side_by_side(setting: Setting, folder: Path, database: str) -> str:
    """Key presses a second of the line and of all beside it."""
    rates: dict[str, list[Rate]] = {}
    with running(KINDS["ours"], database) as server:
        asked = parts.presses(server.ask, parts.PRESSES)
    (folder / "presses").write_text("".join("\t".join(each) + "\n" for each in asked))
    for _ in range(ROUNDS):
        for name, kind in KINDS.items():
            if not kind.missing:
                with running(kind, database) as server:
                    parts.flat_out(server.port, folder / "presses", 1)
                    rate = parts.flat_out(server.port, folder / "presses", setting.flat_out)
                rates.setdefault(name, []).append(rate)
                say(f"  {kind.name}: {rate.a_second:,.0f} a second")
    rows = [rates_of(kind.name, rates.get(name, []), kind.missing) for name, kind in KINDS.items()]
    ratios = [ratio(name, rates) for name in AIMS if name in rates]
    return f"""## Key presses a second

Sixteen connections that never pause, {parts.WORKERS} processes, each server alone, one after
another, in {ROUNDS} rounds, of which the middle counts: now and then one process takes nearly all
connections. The ratios are those of each round by itself. *The line* is a whole key press: the
signature checked, the call read from its address, the step, TwiML, and notes for the journal on
SQLite. *The same job the usual way* is Flask with Twilio's `RequestValidator` and `VoiceResponse`,
and one SQLite row a step. The others check and note nothing.

{table(["what answers", "a second", "each round", "p50 ms", "p99 ms", "errors"], rows)}

{table(["the line, against", "middle", "lowest to highest", "to reach", ""], ratios)}"""


def rates_of(name: str, found: Sequence[Rate], missing: str) -> Sequence[str]:
    """A row of the first table."""
    if not found:
        return (name, f"not measured: {missing}", "", "", "", "")
    each = " / ".join(f"{rate.a_second:,.0f}" for rate in found)
    middle, p50, p99 = (median(figures) for figures in list(zip(*found, strict=True))[:3])
    errors = sum(rate.errors for rate in found)
    return (name, f"{middle:,.0f}", each, f"{p50:.1f}", f"{p99:.1f}", str(errors))


def ratio(name: str, rates: Mapping[str, Sequence[Rate]]) -> Sequence[str]:
    """The line's rate over that of another, round by round."""
    both = zip(rates["ours"], rates[name], strict=True)
    found = sorted(mine.a_second / theirs.a_second for mine, theirs in both)
    aim, middle = AIMS[name], median(found)
    well = reached(middle >= float(aim)) if aim else ""
    return (KINDS[name].name, f"{middle:.2f}", f"{found[0]:.2f} to {found[-1]:.2f}", aim, well)


def one_server(setting: Setting, folder: Path, database: str) -> str:
    """How soon it answers, how long a key press takes at 100 a second, and its memory."""
    starts = {"on a new database": [f"{database}{n}" for n in range(3)], "again": [database] * 3}
    rows = []
    for what, databases in starts.items():
        took = median(started(each) for each in databases)
        name = f"first call answered after the start, {what}"
        rows.append([name, f"{took:.2f} s", "1.5 s", reached(took <= 1.5)])
    with running(KINDS["ours"], database) as server:
        waits = parts.crowd([server.port], 1_000, setting.steady)
        workers = [each for each in server.processes if not parts.started_by(each)]
        for number, pid in enumerate(workers, start=1):
            resident, own = parts.memory(pid, "status", "VmRSS"), share(pid)
            what = f"memory of worker {number} after the load (its own share: {own:.0f} MB)"
            rows.append([what, f"{resident:.0f} MB", "90 MB", reached(resident <= 90)])
    waited = [
        [name, f"{waits.at(part):.1f} ms", f"{aim} ms", reached(waits.at(part) <= aim)]
        for name, part, aim in (("p50", 0.5, 5), ("p99", 0.99, 50))
    ]
    waited.append(["errors", str(waits.errors), "0", reached(not waits.errors)])
    columns = ["", "measured", "to reach", ""]
    return f"""## From a key press to the first byte

Whole calls on the Procfile's server, 100 steps a second, {len(waits.taken):,} in all. Steps come
when callers press, not when the last answer has come; how late the load itself was counts too.

{table(columns, waited)}

## Start and memory

{table(columns, rows)}"""


def started(database: str) -> float:
    """Seconds from the start of the line to its first answer."""
    with running(KINDS["ours"], database) as server:
        return server.started


def share(pid: int) -> float:
    """MB that are a process's own share."""
    return parts.memory(pid, "smaps_rollup", "Pss")


def grown(curves: Mapping[str, Mapping[int, float]]) -> str:
    """What a key press costs in larger lines and longer journals."""
    tables = []
    for what, curve in curves.items():
        first = next(iter(curve.values()))
        rows = [
            [f"{n:,}", f"{us:.0f}", f"{us / first:.2f}", reached(us / first <= 1.2)]
            for n, us in curve.items()
        ]
        tables.append(table([what, "µs of processor a key press", "of the first", ""], rows))
    return "## How cost grows\n\nOne process, no server; ± 20 % counts as flat.\n\n" + "\n\n".join(
        tables
    )


Crowd = tuple[str, Waits, float]


def crowd(what: str, database: str, callers: int, seconds: int, hosts: int = 1) -> Crowd:
    """Callers at once, on one host or on several that share a database; MB in all."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(KINDS["ours"], database)) for _ in range(hosts)]
        waits = parts.crowd([each.port for each in servers], callers, seconds)
        memory = sum(share(pid) for each in servers for pid in each.processes)
    return f"{callers:,} at once, {what}", waits, memory


def crowds(rang: Iterable[Crowd]) -> str:
    """How those fared."""
    rows = []
    for what, waits, memory in rang:
        p50, p99 = waits.at(0.5), waits.at(0.99)
        well = reached(p99 <= 250 and not waits.errors and memory <= 400)
        steps, load = f"{len(waits.taken):,}", f"{waits.generator:.0%}"
        rows.append(
            [
                what,
                steps,
                f"{p50:.0f}",
                f"{p99:.0f}",
                str(waits.errors),
                f"{memory:.0f}",
                load,
                well,
            ]
        )
    columns = ["callers", "steps", "p50 ms", "p99 ms", "errors", "MB in all", "load, of a core", ""]
    return f"""## Many callers at once

Whole calls: everybody rings, presses or listens every 10 seconds, and rings again after the end.
To reach: 10,000 at once, p99 at most 250 ms, no error, 400 MB in all.

{table(columns, rows)}"""


def on(postgres: str, folder: Path, seconds: int, hosts: int) -> float:
    """Key presses a second of so many hosts, each held to a quarter of a core."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(KINDS["ours"], postgres)) for _ in range(hosts)]
        for each in servers:
            stack.enter_context(held(each))
        with ThreadPoolExecutor(hosts) as asking:
            ports = [each.port for each in servers]
            rates = asking.map(
                lambda port: parts.flat_out(port, folder / "presses", seconds), ports
            )
            return sum(rate.a_second for rate in rates)


@contextmanager
def held(server: Server) -> Iterator[None]:
    """All processes of a host together get a quarter of a core (Linux, cgroup v1, as root)."""
    group = GROUPS / f"bench{server.port}"
    group.mkdir()
    (group / "cpu.cfs_quota_us").write_text("25000")
    for pid in server.processes:
        (group / "cgroup.procs").write_text(str(pid))
    try:
        yield
    finally:
        for pid in server.processes:
            (GROUPS / "cgroup.procs").write_text(str(pid))
        group.rmdir()


def on_hosts(rates: Sequence[float]) -> str:
    """One host and two on one database."""
    one, two = rates
    rows = [
        ["1", f"{one:,.0f}", "1.00", ""],
        ["2", f"{two:,.0f}", f"{two / one:.2f}", reached(two / one >= 1.8)],
    ]
    return f"""## One host and two

On one PostgreSQL, each host held to a quarter of a core, so that this machine has room for both.
To reach: two answer 1.8 times as many.
More than twice as many is a mark of the holding: a host that is held loses time by it.

{table(["hosts", "key presses a second", "of one", ""], rows)}"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(each) + " |" for each in (head, ["---"] * len(head), *rows))


def reached(well: bool) -> str:
    """How a figure stands to what is to be reached."""
    return "reached" if well else "**not reached**"


def say(what: str) -> None:
    """How far the run is."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
