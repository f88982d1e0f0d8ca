"""Requests that come slowly, straight at the port: they hold no thread, and are not waited for long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle

import pytest

from tests.proof import chaos
from tests.proof.hosts import Host
from tests.proof.load import Load
from tests.support.machine import until

THREADS, SLOW = 4, 64
HEAD = b"POST /voice HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: Zm9yZ2Vk\r\n"
BEGUN = HEAD + b"Content-Length: 60000\r\n\r\n"
STARTS = (
    *(b"", b"POST /voi", HEAD, BEGUN + b"x" * 10_000),
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf",
)
"""Nothing, half a line, half the headers, half a body, and half a body in chunks."""
FORGED = HEAD + b"Content-Length: 0\r\n"
ANSWERED = {
    "more than is read": HEAD + b"Content-Length: 900000\r\n\r\n" + b"x" * 70_000,
    "a file for staff": HEAD.replace(b"/voice", b"/office/announce")
    + b"Cookie: office=x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    b"Content-Length: 900000\r\n\r\n" + b"x" * 70_000,
    "chunks without an end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n20000\r\n" + b"x" * 70_000,
    "the last request, and then nothing": FORGED + b"Connection: close\r\n\r\n",
    "no request at all": b"\x00" * 40_000,
}
IN_TIME = 4.0
"""Seconds for which Twilio waits at each try."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(f"sqlite:///{tmp_path_factory.mktemp('line')}/line.db", threads=THREADS) as made:
        yield made


def ended(way: socket.socket) -> bool:
    """Whether the line has closed this connection."""
    way.setblocking(False)
    try:
        while way.recv(4_096):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def cut_off(way: socket.socket) -> bool:
    """Send one byte more: whether the line takes none any longer."""
    try:
        way.sendall(b"x")
    except OSError:
        return True
    return False


@contextmanager
def crowd(host: Host, begun: Sequence[bytes]) -> Iterator[list[socket.socket]]:
    """Many who have sent so much, each one of these; callers notice nothing of them."""
    with ExitStack() as stack:
        ways = [
            stack.enter_context(socket.create_connection(("127.0.0.1", host.port)))
            for _ in range(SLOW)
        ]
        for way, start in zip(ways, cycle(begun), strict=False):
            way.sendall(start)
        load = Load(host.port)
        seen = load.during(lambda: load.hears(50))
        assert seen.errors == [] and max(seen.seconds) < IN_TIME
        yield ways
    assert chaos.web_processes(host)


def test_many_slow_senders_hold_no_caller_and_are_let_go(host):
    """The first sends on, byte by byte: its time does not begin anew with each."""
    began = time.monotonic()
    with crowd(host, STARTS) as (sends_on, *others):
        sends_on.sendall(BEGUN)
        until(
            lambda: cut_off(sends_on) and all(ended(way) for way in others),
            "nobody is waited for any longer",
        )
    assert time.monotonic() - began > 2, "who is slow is waited for"


@pytest.mark.parametrize("begun", ANSWERED.values(), ids=ANSWERED)
def test_many_who_have_sent_enough_hold_no_caller_and_are_let_go(host, begun):
    with crowd(host, [begun]) as ways:
        until(lambda: all(ended(way) for way in ways), "nobody is waited for any longer")


def test_a_request_that_comes_byte_by_byte_but_in_time_is_answered(host):
    body = b"CallSid=CA1&Digits=2"
    whole = HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    with socket.create_connection(("127.0.0.1", host.port)) as way:
        for at in range(len(whole)):
            way.sendall(whole[at : at + 1])
        assert way.recv(100).startswith(b"HTTP/1.1 403")


def test_two_requests_that_come_in_one_piece_are_both_answered(host):
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    got = b""
    with socket.create_connection(("127.0.0.1", host.port)) as way:
        way.sendall(one * 2)
        way.settimeout(IN_TIME)
        while got.count(b"HTTP/1.1 200") < 2:
            got += way.recv(4_096)
