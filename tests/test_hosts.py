"""Two hosts on one PostgreSQL: a call goes from one to the other, one dies, the caller notices nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from ivr.config import read
from ivr.exchange.people import Decided, Scripted
from ivr.rehearsal import Call, trunk
from ivr.seal import References
from ivr.speech.manifest import read_library
from ivr.store import Inbox, Outbox, open_store
from tests.hosts import PUBLIC, Balancer, Host
from tests.postgres import postgres_url

MOBILE = "+447700900123"
SPELT = re.compile(r"Line: (one|two|three|four|five|six|seven|eight|nine|zero)[,.]", re.IGNORECASE)
"""A digit that is read out: every reference of a call-back has others."""


@dataclass(frozen=True)
class Keys:
    """What a caller presses, what they then must have heard, and what they leave."""

    pressed: tuple[str, ...]
    hears: str
    left: tuple[int, int]


CALLS = {
    "a text to another mobile, typed": Keys(
        ("2", *"11111", "2", "2", "07700900456#", "1", "1"), "I am sending it now.", (1, 0)
    ),
    "the last day to appeal": Keys(
        ("4", "2", "2", "2", "1#", "10#", "26#", "1", *"----"),
        "Do not wait for the last day.",
        (0, 0),
    ),
    "being rung back": Keys(
        ("0", "2", "1", "1", "1", "1", "2", "1"), "An adviser will ring you back.", (0, 1)
    ),
}


@pytest.fixture
def database() -> Iterator[str]:
    """A fresh PostgreSQL."""
    with postgres_url() as url:
        yield url


@pytest.fixture
def pair(database: str) -> Iterator[list[Host]]:
    """Two hosts on it."""
    hosts = [Host(database), Host(database)]
    yield hosts
    for each in hosts:
        each.kill()


@pytest.fixture(scope="module")
def alone() -> Iterator[Host]:
    """One host that nothing happens to, with a database of its own."""
    with postgres_url() as url:
        host = Host(url)
        yield host
        host.kill()


def ring(balancer: Balancer, keys: Keys) -> Call:
    """One call through the balancer; advisers do not answer."""
    settings = read({"PUBLIC_BASE_URL": PUBLIC})
    way = trunk(settings, balancer, read_library(settings.audio_dir))
    return way.ring(Scripted(keys.pressed), Decided("no-answer"), MOBILE)


def told(call: Call) -> list[str]:
    """What was said and done, but for the digits of a reference."""
    return [row for row in call.transcript if not SPELT.fullmatch(row)]


def left(database: str) -> tuple[int, int]:
    """Texts that wait, and what callers left for people."""
    store, references = open_store(database), References(read({}).reference_secret)
    found = len(Outbox(store, references).waiting()), len(Inbox(store, references).items())
    store.close()
    return found


@pytest.mark.parametrize("keys", CALLS.values(), ids=CALLS)
def test_a_call_that_changes_hosts_at_every_step_hears_the_same(pair, alone, database, keys):
    turns = Balancer(pair)
    call = ring(turns, keys)
    assert told(call) == told(ring(Balancer([alone]), keys)) and call.ended_by == "caller"
    assert any(keys.hears in row for row in call.transcript)
    assert {host.port for host in pair} == set(turns.asked) and len(turns.asked) > 5
    assert left(database) == keys.left


@pytest.mark.parametrize("keys", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("step", [0, 1, 4, 8], ids=["at the ring", "then", "later", "late"])
def test_a_host_that_dies_in_mid_call_is_not_noticed(pair, alone, database, keys, step):
    dies: dict[int, Callable[[], None]] = {step: pair[step % 2].kill}
    turns = Balancer(pair, dies)
    call = ring(turns, keys)
    assert told(call) == told(ring(Balancer([alone]), keys)) and call.ended_by == "caller"
    assert pair[step % 2].process.poll() is not None and len(turns.asked) > step + 1
    assert left(database) == keys.left
