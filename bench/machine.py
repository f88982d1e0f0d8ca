"""The machine that is measured on, and what processes take of it.

Owns reading /proc. Names no host and no folder.
"""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def described() -> str:
    """Cores, processor and Python, in a line."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    model = found[1] if found else "unknown processor"
    kernel = platform.release().split("-")[0]
    return f"{os.cpu_count()} cores ({model}), Linux {kernel}, Python {platform.python_version()}"


def busy() -> tuple[int, int]:
    """Clock ticks this machine has worked since it started, and those it has had in all."""
    figures = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(figures) - figures[3] - figures[4], sum(figures)


def share(before: tuple[int, int], after: tuple[int, int]) -> float:
    """How busy the machine was between two readings, from 0 to 1."""
    return (after[0] - before[0]) / max(1, after[1] - before[1])


def descendants(pid: int) -> list[int]:
    """The processes that this one has started, and those they have started."""
    try:
        own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [each for child in map(int, own) for each in (child, *descendants(child))]


def memory(pid: int) -> float:
    """MB that a process holds (resident, as ``ps`` shows it)."""
    return _field(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def own_memory(pid: int) -> float:
    """MB that are a process's own share, what it shares counted in parts."""
    return _field(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / 1024


def worked(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _field(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", path.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
