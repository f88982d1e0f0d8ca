"""Web processes of one line stay on different cores, also after one was replaced."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from ivr.server.cores import freest
from tests.proof.chaos import web_processes
from tests.proof.hosts import Host
from tests.support.machine import until

CORES = st.sets(st.integers(0, 63), min_size=1)


@given(cores=CORES, more=st.lists(st.integers(0, 63), max_size=20))
def test_of_all_cores_that_may_be_used_one_with_the_fewest_processes_is_taken(cores, more):
    taken = Counter(more)
    assert freest(cores, more) in cores
    assert taken[freest(cores, more)] == min(taken[core] for core in cores)


def test_each_process_stays_on_a_core_of_its_own_and_so_does_its_successor(tmp_path):
    with Host(f"sqlite:///{tmp_path}/line.db", processes=2) as host:
        until(lambda: spread(host), "both processes stay where they are")
        for _ in range(2):
            first = web_processes(host)[0]
            os.kill(first, signal.SIGKILL)
            until(lambda gone=first: spread(host, gone), "a successor takes the core that is free")


def test_the_only_process_of_a_line_goes_where_it_likes(tmp_path):
    with Host(f"sqlite:///{tmp_path}/line.db") as alone:
        assert [*stayed(alone).values()] == [os.sched_getaffinity(0)]


def spread(host: Host, gone: int = 0) -> bool:
    """Whether two processes stay on a core each, as far apart as they can, and ``gone`` is gone."""
    used = [core for cores in stayed(host).values() for core in cores]
    most = min(2, len(os.sched_getaffinity(0)))
    return gone not in stayed(host) and len(used) == 2 and len(set(used)) == most


def stayed(host: Host) -> dict[int, set[int]]:
    """By web process: the cores that it may be on."""
    found = {}
    for each in web_processes(host):
        with suppress(ProcessLookupError):
            found[each] = os.sched_getaffinity(each)
    return found
