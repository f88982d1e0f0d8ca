"""How long whoever waits may be kept waiting for the database, held on this side of the wire.

Owns the time that one request may spend on it altogether, connections to PostgreSQL that give up
on a server which says nothing, and that nobody waits for a lock on which somebody has just given
up. A limit that only the server knows ends nothing where the network is silent.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from socket import SHUT_RDWR, socket
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
    connection = _in_time(engine.dialect.dbapi, _Silence(seconds))

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, args: Any, more: Any) -> Any:
        return connection.connect_in_time(*args, **more)


class _Silence:
    """How long one server may say nothing, and whether it said nothing a moment ago."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._quiet = seconds, 0.0

    @contextmanager
    def limited(self, connection: Any) -> Iterator[None]:
        """A question: the connection is broken off where it is not answered in time."""
        began = time.monotonic()
        timer = threading.Timer(left(self._seconds * LONGER), _break_off, (connection,))
        timer.start()
        try:
            yield
        except connection.OperationalError:
            if time.monotonic() - began > self._seconds * SILENT:
                self._quiet = time.monotonic() + LEFT_ALONE
            raise
        finally:
            timer.cancel()
            # Not before it is done: the number of this socket may soon be another one's.
            timer.join()

    def opened(self, connect: Callable[[], Any], error: Callable[[str], Exception]) -> Any:
        """A connection. Raises ``error`` where there is none in time."""
        if time.monotonic() < self._quiet:
            raise error("it was silent a moment ago")
        coming = beside(connect)
        try:
            return coming.result(left(self._seconds * LONGER))
        except TimeoutError:
            self._quiet = time.monotonic() + LEFT_ALONE
            coming.add_done_callback(_closed)
            raise error("no connection in time") from None


def _in_time(driver: Any, silence: _Silence) -> Any:
    """psycopg's connection class with an end to each question, and to connecting."""

    class Cursor(driver.Cursor):  # type: ignore[misc]
        def execute(self, *given: Any, **named: Any) -> Any:
            with silence.limited(self.connection):
                return super().execute(*given, **named)

        def executemany(self, *given: Any, **named: Any) -> None:
            with silence.limited(self.connection):
                super().executemany(*given, **named)

    class Connection(driver.Connection):  # type: ignore[misc]
        def commit(self) -> None:
            with silence.limited(self):
                super().commit()

        def rollback(self) -> None:
            with silence.limited(self):
                super().rollback()

        @classmethod
        def connect_in_time(cls, *given: Any, **named: Any) -> Any:
            connect = partial(cls.connect, *given, cursor_factory=Cursor, **named)
            return silence.opened(connect, driver.OperationalError)

    return Connection


def _break_off(connection: Any) -> None:
    """Who waits for a silent server hears at once that the connection has ended."""
    with suppress(Exception), socket(fileno=os.dup(connection.fileno())) as way:
        way.shutdown(SHUT_RDWR)


def _closed(late: Future[Any]) -> None:
    """Close a connection that came when nobody waited for it any more."""
    if late.exception() is None:
        late.result().close()
