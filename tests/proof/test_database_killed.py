"""PostgreSQL itself is killed in the middle of a call, and comes back: a real server, a real line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.hosts import CALLS, Balancer, Host, left, ring
from tests.support.machine import until
from tests.support.postgres import Server, own_postgres

TEXT = CALLS["a text to another mobile, typed"]
PROMISED, NOT_NOW = "I am sending it now", "I cannot send a text just now"


@pytest.fixture
def both() -> Iterator[tuple[Server, str, Host]]:
    """A server, its database, and a line on it."""
    with own_postgres() as (server, url), Host(url) as host:
        yield server, url, host


def said(host: Host, before: dict[int, object] | None = None) -> str:
    """Everything that is heard in a call for a text. ``before[n]`` is done before its nth step."""
    turns = Balancer([host])
    turns.before = before or {}
    call = ring(turns, TEXT)
    assert call.ended_by == "caller", call.transcript
    assert not [each for each in call.transcript if "failed" in each or "error" in each]
    return " ".join(call.transcript)


@pytest.mark.timeout(180)
def test_a_call_goes_on_promises_nothing_and_what_was_promised_before_is_there_after_it(both):
    server, url, host = both
    assert PROMISED in said(host)
    assert left(url) == (1, 0)
    heard = said(host, {4: server.kill})
    assert NOT_NOW in heard and PROMISED not in heard
    assert NOT_NOW in said(host), "while it is away"
    server.start()
    until(lambda: PROMISED in said(host), "texts are taken again, and nothing was restarted")
    assert left(url) == (2, 0)
