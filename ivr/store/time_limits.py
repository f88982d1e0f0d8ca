"""How long whoever waits may be kept waiting for the database, held on this side of the wire.

Owns the time that one request may spend on it altogether, connections to PostgreSQL that give up
on a server which says nothing, and that nobody waits for a lock on which somebody has just given
up. A limit that only the server knows ends nothing where the network is silent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy import Engine, event

Given = TypeVar("Given")

WEBHOOK = 1.3
"""Seconds that all questions of one webhook may take together: its answer must come within 2."""
LONGER = 1.25
"""How much longer than the server we wait: where it is there, it says itself that it gives up."""
SILENT = 1.2
"""From how many times the server's own limit on a silence counts as one."""
LEFT_ALONE = 1.0
"""Seconds for which a server that was silent is not asked: nobody else waits in vain."""
A_MOMENT = 0.05
"""Seconds that a webhook waits for a lock on which another has just given up."""
_end: ContextVar[float | None] = ContextVar("end", default=None)


class Within:
    """Everything in this block together may wait so long for the database."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._told = _end.set(time.monotonic() + self._seconds)

    def __exit__(self, *met: object) -> None:
        _end.reset(self._told)


def left(most: float) -> float:
    """Seconds that one question may take: ``most``, or what is left of the block's time."""
    end = _end.get()
    return most if end is None else max(0.0, min(most, end - time.monotonic()))


class Lock:
    """The lock that whoever writes to SQLite must have: how long to wait for it.

    One webhook waits its whole time. Where that was in vain, those that come after it wait for a
    moment only, until one of them has the lock. Without this all threads stand still, and who wants
    nothing of the database waits too.
    """

    def __init__(self) -> None:
        self._quiet = 0.0

    def time_limits(self, seconds: float) -> float:
        """Seconds to wait for it; workers, for whom nobody waits, always wait ``seconds``."""
        most = left(seconds)
        alone = _end.get() is None or time.monotonic() >= self._quiet
        return most if alone else min(most, A_MOMENT)

    def taken(self) -> None:
        """Somebody has it."""
        self._quiet = 0.0

    def given_up(self) -> None:
        """Somebody has waited in vain."""
        self._quiet = time.monotonic() + LEFT_ALONE


def beside(work: Callable[[], Given]) -> Future[Given]:
    """Do this in a thread that keeps nobody from ending."""
    done: Future[Given] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done


def hurry(engine: Engine, seconds: float) -> None:
    """Let no connection of this PostgreSQL engine wait longer than its server may take."""
    hurried = _hurried(engine.dialect.dbapi, seconds)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, args: Any, more: Any) -> Any:
        return hurried.connect_in_time(*args, **more)


def _hurried(driver: Any, seconds: float) -> Any:
    """psycopg's connection class with an end to each wait, those of connecting too."""
    quiet = [0.0]

    class Hurried(driver.Connection):  # type: ignore[misc]
        def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
            began, most = time.monotonic(), left(seconds * LONGER)
            try:
                return super().wait(gen, *args, **more, timeout=most)
            except driver.OperationalError:
                waited = time.monotonic() - began
                if waited >= most:
                    self.close()
                if waited > seconds * SILENT:
                    quiet[0] = time.monotonic() + LEFT_ALONE
                raise

        @classmethod
        def connect_in_time(cls, *args: Any, **more: Any) -> Any:
            if time.monotonic() < quiet[0]:
                raise driver.OperationalError("it was silent a moment ago")
            opened = beside(lambda: cls.connect(*args, **more))
            try:
                return opened.result(left(seconds * LONGER))
            except TimeoutError:
                quiet[0] = time.monotonic() + LEFT_ALONE
                opened.add_done_callback(_closed)
                raise driver.OperationalError("no connection in time") from None

    return Hurried


def _closed(late: Future[Any]) -> None:
    """Close a connection that came when nobody waited for it any more."""
    if late.exception() is None:
        late.result().close()
