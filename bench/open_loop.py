"""Key presses that come when callers press, whether or not earlier ones are answered (open loop).

Owns the load generator: one thread, raw connections that stay open, and its own lateness. A wait
counts from the moment a key was due, so that a slow answer hides nothing behind it.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.callers import Asked, Caller

LONGEST_WAIT = 15
"""Seconds after which Twilio would give up."""


@dataclass
class Waits:
    """How long answers took to their first byte, in milliseconds, and what went wrong."""

    taken: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    generator: float = 0.0
    """Share of one core that the load generator itself took."""

    def at(self, share: float, late: bool = False) -> float:
        """The wait that so many had at most; ``late``: how late the generator itself was."""
        every = sorted(self.late if late else self.taken)
        return every[min(len(every) - 1, int(len(every) * share))] if every else float("nan")


class Connection(asyncio.Protocol):
    """One connection to the line: an answer at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[bytes] | None = None
        self._read = b""
        self._whole = 0
        self.first = 0.0
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport, self.open = transport, True  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self.open = False
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError("closed"))

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if not self._read:
            self.first = time.perf_counter()
        self._read += data
        if not self._whole and (end := self._read.find(b"\r\n\r\n")) >= 0:
            self._whole = end + 4 + _length(self._read[:end])
        if self._whole and len(self._read) >= self._whole and self._waiting:
            if b"connection: close" in self._read[: self._read.find(b"\r\n\r\n")].lower():
                self.open = False
            if not self._waiting.done():
                self._waiting.set_result(self._read)

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        """Send a request; its whole answer."""
        self._read, self._whole = b"", 0
        self._waiting = asyncio.get_running_loop().create_future()
        assert self._transport  # noqa: S101 - asyncio has given it
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        """Give the connection up."""
        if self._transport:
            self._transport.abort()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


class Load:
    """Sends requests at their moments over as many connections as are needed."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._free: list[Connection] = []
        self._opened = 0
        self._running: set[asyncio.Task[None]] = set()
        self.waits = Waits()

    def send(self, due: float, request: Asked, heard: Callable[[bytes], None]) -> None:
        """Ask now; ``due`` is when it should have been. Never waits."""
        self.waits.late.append((time.perf_counter() - due) * 1000)
        task = asyncio.get_running_loop().create_task(self._ask(due, request, heard))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def end(self) -> None:
        """Wait for what is under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=LONGEST_WAIT)
        for each in self._free:
            each.close()

    async def _ask(self, due: float, request: Asked, heard: Callable[[bytes], None]) -> None:
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                connection, answer = await self._answer(request.wire())
        except (OSError, TimeoutError) as error:
            self.waits.errors.append(type(error).__name__)
            heard(b"")
            return
        self.waits.taken.append((connection.first - due) * 1000)
        if not answer.startswith(b"HTTP/1.1 200") or b"<Response>" not in answer:
            self.waits.errors.append(answer[:16].decode("latin-1"))
        if connection.open:
            self._free.append(connection)
        heard(answer)

    async def _answer(self, request: bytes) -> tuple[Connection, bytes]:
        """An answer; once more on a fresh connection where an idle one had been closed."""
        while self._free:
            kept = self._free.pop()
            if not kept.open:
                continue
            try:
                return kept, await kept.ask(request)
            except ConnectionResetError:
                break
        fresh = await self._connect()
        return fresh, await fresh.ask(request)

    async def _connect(self) -> Connection:
        port = self._ports[self._opened % len(self._ports)]
        self._opened += 1
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(Connection, "127.0.0.1", port)
        return made


@dataclass(frozen=True, slots=True)
class Plan:
    """So many callers, each with a step every ``every`` seconds, for ``seconds``."""

    callers: int
    every: float
    seconds: float
    warm_up: float = 0.0
    """Seconds at the beginning in which callers dial in and nothing is counted."""


def calls(ports: list[int], plan: Plan, seed: int = 11) -> Waits:
    """Whole calls: everybody rings within the first ``every`` seconds and goes on to the end."""
    return asyncio.run(_calls(ports, plan, random.Random(seed)))


async def _calls(ports: list[int], plan: Plan, chance: random.Random) -> Waits:
    load, began, used = Load(ports), time.perf_counter(), time.process_time()
    people = [Caller(random.Random(chance.getrandbits(64))) for _ in range(plan.callers)]
    due = [(began + 0.2 + chance.uniform(0, plan.every), number) for number in range(len(people))]
    heapq.heapify(due)
    counting = not plan.warm_up
    while due[0][0] < began + plan.warm_up + plan.seconds:
        moment, number = heapq.heappop(due)
        if (ahead := moment - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        elif not number % 16:
            await asyncio.sleep(0)
        if not counting and moment > began + plan.warm_up:
            counting, load.waits = True, Waits()
        load.send(moment, people[number].next(), people[number].hear)
        heapq.heappush(due, (moment + plan.every * chance.uniform(0.8, 1.2), number))
    await load.end()
    took = time.perf_counter() - began
    load.waits.generator = (time.process_time() - used) / took
    return load.waits
