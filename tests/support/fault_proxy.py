"""A proxy that does to connections what networks do: late, drop by drop, cut, reset, or silent.

Owns the faults, and one proxy's port. It knows nothing of what is said through it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Literal

Fault = Literal["", "delay", "drip", "reset", "hole", "cut"]
FAULTS: tuple[Fault, ...] = ("delay", "drip", "reset", "hole", "cut")
"""Late; a few bytes at a time; broken off at once; taken and never answered; broken in the
middle of an answer."""
LATE, DRIP, DROP = 0.4, 0.05, 16
"""Seconds of a delay, seconds between two drops, bytes of a drop."""
CHUNK = 65_536


class FaultProxy:
    """Passes connections on to a port of this machine, with one fault at a time, or none."""

    def __init__(self, target: int) -> None:
        self.fault: Fault = ""
        self.met = 0
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def set(self, fault: Fault) -> None:
        """From now on this fault, or none: what hung in silence is then reset, as by a router."""
        was, self.fault = self.fault, fault
        if was == "hole" and not fault:
            self._loop.call_soon_threadsafe(self._reset_all)

    def close(self) -> None:
        """Take no more connections, and end those there are."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._reset_all)
        self._loop.call_soon_threadsafe(self._loop.call_later, 0.1, self._loop.stop)
        self._thread.join(5)

    def _do(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _serve(self, asking: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._open.add(back)
        try:
            if self.fault == "reset":
                self.met += 1
                return self._reset(back)
            answering, there = await asyncio.open_connection("127.0.0.1", self._target)
            self._open.add(there)
            ways = (self._pass(asking, there, back), self._pass(answering, back, there, True))
            await asyncio.gather(*ways)
        except OSError:
            self._reset(back)

    async def _pass(
        self,
        from_: asyncio.StreamReader,
        to: asyncio.StreamWriter,
        other: asyncio.StreamWriter,
        answers: bool = False,
    ) -> None:
        """One way of a connection, until it ends."""
        with suppress(OSError):
            while chunk := await from_.read(CHUNK):
                if not await self._handed_on(chunk, to, answers):
                    self._reset(to)
                    self._reset(other)
                    return
            to.close()

    async def _handed_on(self, chunk: bytes, to: asyncio.StreamWriter, answers: bool) -> bool:
        """Hand this on as the fault of now has it; False where the connection breaks."""
        self.met += bool(self.fault)
        match self.fault:
            case "reset":
                return False
            case "hole":
                return True
            case "cut" if answers:
                to.write(chunk[: len(chunk) // 2])
                await to.drain()
                return False
            case "drip":
                await self._dripped(chunk, to)
                return True
            case "delay":
                await asyncio.sleep(LATE)
        to.write(chunk)
        await to.drain()
        return True

    async def _dripped(self, chunk: bytes, to: asyncio.StreamWriter) -> None:
        for at in range(0, len(chunk), DROP):
            to.write(chunk[at : at + DROP])
            await to.drain()
            await asyncio.sleep(DRIP if self.fault == "drip" else 0)

    def _reset_all(self) -> None:
        for each in list(self._open):
            self._reset(each)

    def _reset(self, end: asyncio.StreamWriter) -> None:
        """Break it off with a reset, not with a good-bye."""
        self._open.discard(end)
        with suppress(OSError):
            sock = end.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.transport.abort()
