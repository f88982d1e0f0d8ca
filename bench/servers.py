"""What is measured: the line and the baselines, each on a server of its own.

Owns their commands, how they are started and how they end. All have two processes; the Python
ones the same threads on the same server, but for the one that is as tutorials have it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.callers import ACCOUNT, PUBLIC, TOKEN, asked, form_of
from bench.machine import descendants

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
WORKERS, THREADS = 2, 16
LONGEST_START = 30
GRANIAN = BUILD / "python"
NODE_MODULES = BUILD / "node_modules"
MESSAGES_PUBLIC_KEY = "gcJ6jQ4FHWMyN1r5JDEeZI1bSmfSnZkm9WlE5hBV0Qk="
"""Of nobody: nothing that is left here is ever opened."""


@dataclass(frozen=True)
class Kind:
    """Something that answers key presses: how it is started on a port."""

    name: str
    command: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    """Why it cannot be measured here; empty where it can."""


def gunicorn(app: str) -> tuple[str, ...]:
    """The server of the Procfile with another application, and without a line for each request.

    Its processes stay on their cores as the line's do.
    """
    return (
        *(sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread"),
        *("--config", "python:ivr.server.cores"),
        *("--keep-alive", "30", "--log-level", "warning", app),
    )


def granian(app: str, *more: str) -> tuple[str, ...]:
    """The other server: workers that die are started again, which is not its default."""
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", "{port}", "--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
        *("--respawn-failed-workers", "--log-level", "warning", *more, app),
    )


SERVED = (
    *(sys.executable, "-m", "ivr", "serve", "--port", "{port}", "--no-worker"),
    *("--processes", str(WORKERS), "--threads", str(THREADS)),
)
LOGGED = {"LOG_LEVEL": "info"}
NO_GRANIAN = "" if GRANIAN.is_dir() else "granian is not installed"
NO_NODE = "" if shutil.which("node") and NODE_MODULES.is_dir() else "node or npm is missing"
OURS = "the line"
EMPTY = "an empty Flask view"
TREE = "the usual Flask phone tree"
EXPRESS = "the same in Express"
KINDS = {
    "ours": Kind(f"{OURS}, gunicorn", SERVED),
    "logged": Kind(f"{OURS}, gunicorn, each request logged", SERVED, LOGGED),
    "empty": Kind(f"{EMPTY}, gunicorn", gunicorn("bench.baselines.empty:app")),
    "tree": Kind(f"{TREE}, gunicorn", gunicorn("bench.baselines.phone_tree:app")),
    "tree as usual": Kind(
        f"{TREE}, gunicorn as tutorials start it",
        (
            *(sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:{port}"),
            *(
                "--workers",
                str(WORKERS),
                "--log-level",
                "warning",
                "bench.baselines.phone_tree:app",
            ),
        ),
    ),
    "express": Kind(
        f"{EXPRESS}, 2 processes",
        ("node", str(ROOT / "bench" / "baselines" / "express.js"), "{port}", str(WORKERS)),
        {"NODE_ENV": "production", "NODE_PATH": str(NODE_MODULES)},
        NO_NODE,
    ),
    "ours on granian": Kind(
        f"{OURS}, granian",
        granian("bench.line:application", "--factory"),
        missing=NO_GRANIAN,
    ),
    "empty on granian": Kind(
        f"{EMPTY}, granian", granian("bench.baselines.empty:app"), missing=NO_GRANIAN
    ),
    "tree on granian": Kind(
        f"{TREE}, granian", granian("bench.baselines.phone_tree:app"), missing=NO_GRANIAN
    ),
}


def line_settings(database: str) -> dict[str, str]:
    """A line with an account of its own, as in production, that reaches nobody."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_ENV": "demonstration",
        "SECRET_KEY": "a secret of the bench alone that seals for nobody",
        "MESSAGES_PUBLIC_KEY": MESSAGES_PUBLIC_KEY,
        "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
        "PUBLIC_BASE_URL": PUBLIC,
        "DATABASE_URL": database,
    }


class Running:
    """A server that has answered."""

    def __init__(self, kind: Kind, database: str) -> None:
        self.port = _free_port()
        began = time.monotonic()
        self.process = subprocess.Popen(
            [each.format(port=self.port) for each in kind.command],
            env=_environment(kind, database),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if "LOG_LEVEL" in kind.settings else None,
            start_new_session=True,
        )
        self.started_in = self._answered(began)

    @property
    def processes(self) -> list[int]:
        """All processes of it."""
        return [self.process.pid, *descendants(self.process.pid)]

    @property
    def workers(self) -> list[int]:
        """Those that answer: the ones that have started none."""
        return [each for each in self.processes if not descendants(each)]

    def stop(self) -> None:
        """End it, and all that it has started."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _answered(self, began: float) -> float:
        """Seconds until the first call is answered."""
        while time.monotonic() < began + LONGEST_START:
            if self.process.poll() is not None:
                break
            if _first_call(self.port):
                return time.monotonic() - began
            time.sleep(0.01)
        self.stop()
        raise RuntimeError(f"{self.process.args!r} does not answer")


@contextmanager
def running(kind: Kind, database: str) -> Iterator[Running]:
    """A server, and its end."""
    server = Running(kind, database)
    try:
        yield server
    finally:
        server.stop()


def _environment(kind: Kind, database: str) -> dict[str, str]:
    path = os.pathsep.join((str(ROOT), str(GRANIAN)))
    return {**os.environ, "PYTHONPATH": path, **line_settings(database), **kind.settings}


def _first_call(port: int) -> bool:
    ring = asked("/voice", form_of("CA" + "0b" * 16, "+447700900123", CallStatus="ringing"))
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(ring.wire())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
