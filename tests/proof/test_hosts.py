"""Two hosts on one PostgreSQL: a call goes from one to the other, one dies, the caller notices nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete

from ivr.store import open_store
from ivr.store.tables import callback
from tests.proof.hosts import CALLS, Balancer, Host, left, ring, told
from tests.support.machine import TIME_LIMITS
from tests.support.postgres import postgres_url


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A PostgreSQL for all: each test counts what it adds."""
    with postgres_url() as url:
        yield url


@pytest.fixture(scope="module")
def hosts(database: str) -> Iterator[list[Host]]:
    """Two hosts on it, for all tests."""
    made = [Host(database), Host(database)]
    yield made
    for each in made:
        each.kill()


@pytest.fixture
def pair(hosts: list[Host], database: str) -> list[Host]:
    """Both, alive: in the place of one that died in another test is a new one."""
    nobody_waits(database)
    for n, each in enumerate(hosts):
        if each.process.poll() is not None:
            hosts[n] = Host(database)
    return hosts


@pytest.fixture(scope="module")
def quiet(hosts: list[Host]) -> dict[str, list[str]]:
    """What each caller hears where one host answers all and nothing happens."""
    return {name: told(ring(Balancer(hosts[:1]), keys)) for name, keys in CALLS.items()}


def nobody_waits(database: str) -> None:
    """Nobody is to be rung back: one who asks again would hear that they are already."""
    store = open_store(database)
    with store.write() as connection:
        connection.execute(delete(callback))
    store.close()


def added(database: str, before: tuple[int, int]) -> tuple[int, int]:
    """What has come to what was left before."""
    texts, items = left(database)
    return texts - before[0], items - before[1]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_changes_hosts_at_every_step_hears_the_same(pair, quiet, database, name):
    turns, before = Balancer(pair), left(database)
    call = ring(turns, CALLS[name])
    assert told(call) == quiet[name] and call.ended_by == "caller"
    assert any(CALLS[name].hears in row for row in call.transcript)
    assert {host.port for host in pair} == set(turns.asked) and len(turns.asked) > 5
    assert added(database, before) == CALLS[name].left


@pytest.mark.parametrize("step", [0, 1, 4, 8], ids=["at the ring", "then", "later", "late"])
def test_a_host_that_dies_in_mid_call_is_not_noticed(pair, quiet, database, step):
    """By nobody: all calls are at this step when it dies."""
    before = left(database)
    dies = Barrier(len(CALLS), pair[step % 2].kill, TIME_LIMITS)
    turns = [Balancer(pair, {step: dies.wait}) for _ in CALLS]
    with ThreadPoolExecutor() as at_once:
        calls = [*at_once.map(ring, turns, CALLS.values())]
    assert [told(call) for call in calls] == [*quiet.values()]
    assert {call.ended_by for call in calls} == {"caller"}
    assert pair[step % 2].process.poll() is not None
    assert all(len(each.asked) > step + 1 for each in turns)
    wanted = [keys.left for keys in CALLS.values()]
    assert added(database, before) == tuple(map(sum, zip(*wanted, strict=True)))
