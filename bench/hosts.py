"""One host and two on one PostgreSQL: how many key presses they answer.

Owns holding hosts back. Each gets a quarter of a core (Linux, cgroup v1, as root), so that this one
machine has room for two of them, for PostgreSQL and for who asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench import flat_out
from bench.servers import KINDS, Running, running

GROUPS = Path("/sys/fs/cgroup/cpu")
SHARE = 0.25
PERIOD_US = 100_000
MISSING = "" if os.access(GROUPS, os.W_OK) else "cores cannot be shared out on this machine"


def by_hosts(database: str, presses: Path, seconds: int) -> dict[int, float]:
    """Key presses a second, by how many hosts answered them."""
    return {hosts: _rate(database, presses, seconds, hosts) for hosts in (1, 2)}


def _rate(database: str, presses: Path, seconds: int, hosts: int) -> float:
    with ExitStack() as stack:
        servers = [stack.enter_context(running(KINDS["ours"], database)) for _ in range(hosts)]
        for each in servers:
            stack.enter_context(_held(each))
        with ThreadPoolExecutor(hosts) as asking:
            rates = asking.map(lambda each: flat_out.measured(each.port, presses, seconds), servers)
            return sum(rate.a_second for rate in rates)


@contextmanager
def _held(server: Running) -> Iterator[None]:
    """All processes of a host together get no more than their share of a core."""
    group = GROUPS / f"bench{server.port}"
    group.mkdir()
    (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
    (group / "cpu.cfs_quota_us").write_text(str(round(PERIOD_US * SHARE)))
    _into(group, server.processes)
    try:
        yield
    finally:
        _into(GROUPS, server.processes)
        with suppress(OSError):
            group.rmdir()


def _into(group: Path, processes: Iterable[int]) -> None:
    for pid in processes:
        with suppress(OSError):
            (group / "cgroup.procs").write_text(str(pid))
