"""``make bench``: measures everything in one run, prints it, and keeps it as docs/performance.md.

BENCH=long takes about half an hour. BENCH_POSTGRES names an empty PostgreSQL database, for many
callers on one host and on two. Needs wrk. What is measured is in ``bench.parts``, what the line is
measured beside in ``bench.peers``, and the words of the page in ``bench/page.md``.
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
from bench.parts import KINDS, Rate, Server, running

PAGE, WORDS = parts.ROOT / "docs" / "performance.md", parts.ROOT / "bench" / "page.md"
GROUPS = Path("/sys/fs/cgroup/cpu")
ROUNDS = 6
"""All servers are measured so often, one after another; ratios are those of each round."""
AIMS = {"empty": "0.65", "usual": "2.0", "tree": "1.0", "tutorial": "", "express": ""}
"""What the line is held against, and the ratio to reach."""
Rows = Iterable[Sequence[str]]


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
    name, words = os.environ.get("BENCH") or "short", WORDS.read_text(encoding="utf-8")
    postgres = os.environ.get("BENCH_POSTGRES", "")
    held_there = bool(postgres) and os.access(GROUPS, os.W_OK)
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        found = machine(name) | measured(SETTINGS[name], Path(folder), postgres)
        if held_there:
            found["hosts"] = on_hosts(postgres, Path(folder), SETTINGS[name].flat_out)
    page = words if held_there else words.partition("\n## One host and two")[0]
    made = page.format_map(found)
    PAGE.write_text(made, encoding="utf-8")
    print(made)


def machine(setting: str) -> dict[str, object]:
    """What was measured on, and whether others used it."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    busy = os.getloadavg()[0]
    return {
        "cores": os.cpu_count(),
        "model": model[1] if model else "unknown",
        "release": platform.release(),
        "python": platform.python_version(),
        "day": f"{datetime.now(UTC):%d %B %Y}",
        "setting": setting,
        "busy": busy,
        "quiet": "quiet" if busy < 0.3 else "**not quiet**",
        "workers": parts.WORKERS,
        "rounds": ROUNDS,
    }


def measured(setting: Setting, folder: Path, postgres: str) -> dict[str, object]:
    """Each table of the page."""
    database = f"sqlite:///{folder}/line.db"
    say("servers side by side")
    rates = side_by_side(setting, folder, database)
    say("start, 100 steps a second, memory")
    found = one_server(setting, database)
    say("growth")
    nodes = growth.by_nodes(folder, setting.presses)
    rows = growth.by_rows(folder, setting.presses, setting.rows)
    say("many callers at once")
    rang = [crowd("SQLite", database, setting.callers, setting.crowd)]
    if postgres:
        shared = (postgres, setting.callers, setting.shared)
        rang += [crowd("PostgreSQL", *shared), crowd("PostgreSQL, two hosts", *shared, hosts=2)]
    return found | {
        "rates": table("what answers|a second|each round|p50 ms|p99 ms|errors", rates_of(rates)),
        "ratios": table("the line, against|middle|lowest to highest|to reach|", ratios(rates)),
        "places": grown("places", nodes),
        "rows": grown("rows in the journal", rows),
        "crowds": table("callers|steps|p50 ms|p99 ms|errors|MB in all|load, of a core|", rang),
    }


def side_by_side(setting: Setting, folder: Path, database: str) -> dict[str, list[Rate]]:
    """Key presses a second of the line and of all beside it."""
    with running(KINDS["ours"], database) as server:
        asked = parts.presses(server.ask, parts.PRESSES)
    (folder / "presses").write_text("".join("\t".join(each) + "\n" for each in asked))
    rates: dict[str, list[Rate]] = {name: [] for name in KINDS}
    for name in [*KINDS] * ROUNDS:
        kind = KINDS[name]
        if not kind.missing:
            with running(kind, database) as server:
                parts.flat_out(server.port, folder / "presses", 1)
                rate = parts.flat_out(server.port, folder / "presses", setting.flat_out)
            rates[name].append(rate)
            say(f"  {kind.name}: {rate.a_second:,.0f} a second")
    return rates


def rates_of(rates: Mapping[str, Sequence[Rate]]) -> Rows:
    """The rows of the first table."""
    for name, found in rates.items():
        kind = KINDS[name]
        if kind.missing:
            yield (kind.name, f"not measured: {kind.missing}", "", "", "", "")
            continue
        each = " / ".join(f"{rate.a_second:,.0f}" for rate in found)
        middle, p50, p99 = (median(figures) for figures in list(zip(*found, strict=True))[:3])
        errors = sum(rate.errors for rate in found)
        yield (kind.name, f"{middle:,.0f}", each, f"{p50:.1f}", f"{p99:.1f}", str(errors))


def ratios(rates: Mapping[str, Sequence[Rate]]) -> Rows:
    """The line's rate over that of each other, round by round."""
    for name, aim in AIMS.items():
        both = zip(rates["ours"], rates[name], strict=False)
        if found := sorted(mine.a_second / theirs.a_second for mine, theirs in both):
            middle = median(found)
            well = reached(middle >= float(aim)) if aim else ""
            span = f"{found[0]:.2f} to {found[-1]:.2f}"
            yield (KINDS[name].name, f"{middle:.2f}", span, aim, well)


def one_server(setting: Setting, database: str) -> dict[str, object]:
    """How soon it answers, how long a key press takes at 100 a second, and its memory."""
    starts = {"on a new database": [f"{database}{n}" for n in range(3)], "again": [database] * 3}
    rows = [
        at_most(f"first call answered after the start, {what}", took, 1.5, "s", 2)
        for what, databases in starts.items()
        for took in [median(started(each) for each in databases)]
    ]
    with running(KINDS["ours"], database) as server:
        waits = parts.crowd([server.port], 1_000, setting.steady)
        workers = [each for each in server.processes if not parts.started_by(each)]
        for number, pid in enumerate(workers, start=1):
            what = f"memory of worker {number} after the load (its own share: {share(pid):.0f} MB)"
            rows.append(at_most(what, parts.memory(pid, "status", "VmRSS"), 90, "MB", 0))
    waited = [
        at_most("p50", waits.at(0.5), 5, "ms", 1),
        at_most("p99", waits.at(0.99), 50, "ms", 1),
        ("errors", str(waits.errors), "0", reached(not waits.errors)),
    ]
    head = "|measured|to reach|"
    return {"steps": len(waits.taken), "waits": table(head, waited), "starts": table(head, rows)}


def at_most(what: str, found: float, aim: float, unit: str, places: int) -> Sequence[str]:
    """A row: what was measured, and the most that it may be."""
    return (what, f"{found:.{places}f} {unit}", f"{aim} {unit}", reached(found <= aim))


def started(database: str) -> float:
    """Seconds from the start of the line to its first answer."""
    with running(KINDS["ours"], database) as server:
        return server.started


def share(pid: int) -> float:
    """MB that are a process's own share."""
    return parts.memory(pid, "smaps_rollup", "Pss")


def grown(what: str, curve: Mapping[int, float]) -> str:
    """What a key press costs in larger lines or longer journals."""
    first = next(iter(curve.values()))
    return table(
        f"{what}|µs of processor a key press|of the first|",
        (
            (f"{n:,}", f"{us:.0f}", f"{us / first:.2f}", reached(us / first <= 1.2))
            for n, us in curve.items()
        ),
    )


def crowd(what: str, database: str, callers: int, seconds: int, hosts: int = 1) -> Sequence[str]:
    """How callers at once fared, on one host or on several that share a database."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(KINDS["ours"], database)) for _ in range(hosts)]
        waits = parts.crowd([each.port for each in servers], callers, seconds)
        memory = sum(share(pid) for each in servers for pid in each.processes)
    p50, p99 = waits.at(0.5), waits.at(0.99)
    well = reached(p99 <= 250 and not waits.errors and memory <= 400)
    figures = (f"{len(waits.taken):,}", f"{p50:.0f}", f"{p99:.0f}", str(waits.errors))
    load = f"{waits.generator:.0%}"
    return (f"{callers:,} at once, {what}", *figures, f"{memory:.0f}", load, well)


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


def on_hosts(postgres: str, folder: Path, seconds: int) -> str:
    """One host and two on one database."""
    one, two = (on(postgres, folder, seconds, hosts) for hosts in (1, 2))
    rows = [
        ("1", f"{one:,.0f}", "1.00", ""),
        ("2", f"{two:,.0f}", f"{two / one:.2f}", reached(two / one >= 1.8)),
    ]
    return table("hosts|key presses a second|of one|", rows)


def table(head: str, rows: Rows) -> str:
    """A table in Markdown; ``head`` has a bar between two columns."""
    columns = head.split("|")
    return "\n".join(
        "| " + " | ".join(each) + " |" for each in (columns, ["---"] * len(columns), *rows)
    )


def reached(well: bool) -> str:
    """How a figure stands to what is to be reached."""
    return "reached" if well else "**not reached**"


def say(what: str) -> None:
    """How far the run is."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
