"""A line under load while things are done to it: how long callers waited, and what went wrong.

Run as ``python -m tests.proof.chaos --soak 600`` (``make chaos``); it prints the table of docs/chaos.md.
tests/proof/test_chaos.py does the same until so many steps are answered; the figures are measured here.
"""

from __future__ import annotations

import http.client
import os
import resource
import signal
import socket
import sqlite3
import ssl
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import click

from tests.proof.hosts import Host
from tests.proof.load import ASKS_FOR_A_PERSON, STEPS, THREE_TIMES, Load, Seen, connection
from tests.support.machine import until


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def web_processes(host: Host) -> list[int]:
    """Those that answer: gunicorn's children, in production two."""
    with suppress(OSError):
        return [each for top in children(host.process.pid) for each in children(top)]
    return []


# --- what is done to it ----------------------------------------------------------------------


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process has the database to itself."""
    other = sqlite3.connect(database, isolation_level=None, timeout=10)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def lasts(seconds: float, harm: AbstractContextManager[None]) -> None:
    """This is done to it so long."""
    with harm:
        time.sleep(seconds)


@contextmanager
def full(pids: list[int]) -> Iterator[None]:
    """The system takes not one byte more of these processes into a file: as a full disk."""
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


def kill(host: Host, times: int, every: float) -> None:
    """A web process is killed now and then."""
    for _ in range(times):
        time.sleep(every)
        if alive := web_processes(host):
            with suppress(ProcessLookupError):
                os.kill(alive[0], signal.SIGKILL)
    until(lambda: len(web_processes(host)) == 2, "both web processes are there again")


def kill_patiently(host: Host, times: int) -> None:
    """The same, each when two have been there for a while again."""
    for _ in range(times):
        kill(host, 1, 2.0)
        time.sleep(4)


def reload(host: Host, times: int) -> None:
    """New web processes take the place of the old ones."""
    for _ in range(times):
        old = {*web_processes(host)}
        host.process.send_signal(signal.SIGHUP)
        until(lambda old=old: not old & {*web_processes(host)}, "all processes are new")


@contextmanager
def stalled(host: Host) -> Iterator[None]:
    """One of two web processes stands still, with whatever it has in hand."""
    (stuck, *_) = web_processes(host)
    os.kill(stuck, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(stuck, signal.SIGCONT)


Going = Callable[[], bool]
"""Whether to go on with it."""


def lasting(seconds: float) -> Going:
    """For so long from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


def ten_megabytes(port: int, times: int) -> None:
    """Bodies of 10 MB, without a signature."""
    head = b"POST /voice HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n"
    for _ in range(times):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as way:
            way.sendall(head)
            for _ in range(160):
                way.sendall(b"x" * 65_536)
            way.recv(1000)


def slow(port: int, clients: int, going: Going, trust: ssl.SSLContext | None = None) -> None:
    """So many clients send a byte now and then."""
    ways = [connection(port, trust) for _ in range(clients)]
    for way in ways:
        way.connect()
    head = (
        b"POST /voice HTTP/1.1\r\nHost: localhost\r\nX-Twilio-Signature: Zm9yZ2Vk\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"
    )
    head += b"x" * 10_000
    sent = len(head) - 4
    while going():
        for way in ways:
            with suppress(OSError):
                way.sock.sendall(
                    head[:sent] if sent < len(head) - 3 else head[sent - 1 : sent] or b"x"
                )
        sent += 1
        time.sleep(0.1)
    for way in ways:
        way.close()


def forge(port: int, a_second: int, going: Going) -> Counter[int]:
    """So many requests in a second with a wrong signature; what was answered, how often."""
    one = (
        b"POST /voice HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: Zm9yZ2Vk\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\n"
        b"CallSid=CA1&Digits=2"
    )
    way = http.client.HTTPConnection("127.0.0.1", port)
    answered, began, sent = Counter[int](), time.monotonic(), 0
    while going():
        now = time.monotonic() - began
        while sent < now * a_second:
            sent += 1
            way = way if way.sock else http.client.HTTPConnection("127.0.0.1", port)
            with suppress(OSError, http.client.HTTPException):
                way.connect() if way.sock is None else None
                way.sock.sendall(one)
                answer = http.client.HTTPResponse(way.sock, method="POST")
                answer.begin()
                answer.read()
                answered[answer.status] += 1
                if answer.will_close:
                    way.close()
                continue
            way.close()
        time.sleep(0.005)
    return answered


def forgers(port: int, a_second: int, going: Going, at_once: int = 8) -> Counter[int]:
    """The same from several at once."""
    with ThreadPoolExecutor(at_once) as pool:
        ways = [pool.submit(forge, port, a_second // at_once, going) for _ in range(at_once)]
        return sum((each.result() for each in ways), Counter())


def held(host: Host) -> tuple[int, int]:
    """Kilobytes of memory and open files of the web processes together."""
    memory = files = 0
    for pid in web_processes(host):
        rows = Path(f"/proc/{pid}/status").read_text().splitlines()
        memory += next(int(row.split()[1]) for row in rows if row.startswith("VmRSS"))
        files += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return memory, files


@contextmanager
def line(folder: Path) -> Iterator[Host]:
    """A line with two web processes, as in production."""
    with Host(f"sqlite:///{folder}/line.db", processes=2) as host:
        until(lambda: len(web_processes(host)) == 2, "both web processes are there")
        warm = Load(host.port)
        until(warm.answered, "the line answers")
        warm.during(lambda: warm.hears(100))
        yield host


def pressed(host: Host, database: Path) -> Seen:
    """What callers heard while each step took a second and three times as many were asked for."""
    crowd = (*STEPS, *ASKS_FOR_A_PERSON * 12)
    load = Load(host.port, THREE_TIMES, steps=crowd, at_once=2 * THREE_TIMES)
    return load.during(lambda: lasts(20, locked(database)))


def tell(what: str, seen: Seen) -> None:
    """A row of the table."""
    click.echo(f"| {what} | {seen.row()} |")
    if seen.errors:
        click.echo(f"{seen.errors[:3]}", err=True)


@click.command()
@click.option("--soak", default=600.0, show_default=True, help="Seconds of nothing but load.")
def main(soak: float) -> None:
    """Do everything to one line, and print what callers noticed of it."""
    with tempfile.TemporaryDirectory() as name, line(Path(name)) as host:
        database, load = Path(name) / "line.db", Load(host.port)
        done: dict[str, Callable[[], object]] = {
            "nothing": lambda: time.sleep(10),
            **{f"locked for {n} s": lambda n=n: lasts(n, locked(database)) for n in (1, 4, 30)},
            "the disk full for 10 s": lambda: lasts(10, full(web_processes(host))),
            "a web process killed every 2 s": lambda: kill(host, 10, 2.0),
            "a web process killed when two are there again": lambda: kill_patiently(host, 4),
            "five reloads": lambda: reload(host, 5),
            "one of two processes stands still for 10 s": lambda: lasts(10, stalled(host)),
            "bodies of 10 MB": lambda: ten_megabytes(host.port, 20),
            "100 slow clients, with no proxy before the line": lambda: slow(
                host.port, 100, lasting(15)
            ),
            "1,000 forged requests a second": lambda: forged.update(
                forgers(host.port, 1000, lasting(15))
            ),
        }
        forged = Counter[int]()
        click.echo("| what was done | steps | p50 ms | p99 ms | longest ms | cut off | errors |")
        click.echo("|---|---|---|---|---|---|---|")
        for what, do in done.items():
            tell(what, load.during(do))  # type: ignore[arg-type]
        tell("locked for 20 s, with three times as much as it holds", pressed(host, database))
        tell("nothing, 10 s after that", load.during(lambda: time.sleep(10)))
        click.echo(f"forged requests refused in a second: {forged[403] / 15:.0f}")
        load.during(lambda: time.sleep(soak / 10))
        before = held(host)
        seen = load.during(lambda: time.sleep(soak))
        after = held(host)
        click.echo(f"| {soak:.0f} s of load | {seen.row()} |")
        click.echo(f"memory {before[0]} to {after[0]} kB, open files {before[1]} to {after[1]}")


if __name__ == "__main__":
    main()
