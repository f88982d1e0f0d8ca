"""Which core each web process stays on.

Owns that threads of one process share a core. They take turns at Python's interpreter lock, and
handing it from core to core costs more than a second core brings: two processes answer half as
many again where each stays on its own (docs/decisions/server.md). The names of the functions are
gunicorn's, which calls them around each fork (its page on settings, "Server Hooks").
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any


def pre_fork(server: Any, worker: Any) -> None:
    """A web process is about to be forked off: where others of this line are the fewest."""
    taken = (each.core for each in server.WORKERS.values())
    worker.core = freest(os.sched_getaffinity(0), taken)


def post_fork(server: Any, worker: Any) -> None:
    """In the new process, before it has a thread. The only one of a line goes where it likes."""
    if server.num_workers > 1:
        with suppress(PermissionError):
            os.sched_setaffinity(0, {worker.core})


def freest(cores: Iterable[int], taken: Iterable[int]) -> int:
    """The core that is taken the fewest times, the first of these."""
    times = Counter(taken)
    return min(sorted(cores), key=lambda core: times[core])
