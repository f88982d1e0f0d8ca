"""The web side of ``ivr serve``: gunicorn, on a socket that outlives it.

Owns how it begins, and how a new one takes over from an old one: with the program and the settings
of that moment, and only once it answers. What gunicorn is told is in ``ivr.server.gunicorn``.
"""

from __future__ import annotations

import errno
import os
import select
import subprocess
import sys
import time

import click

from ivr.server.kept_socket import listening

CONFIG, APPLICATION = "ivr.server.gunicorn", "ivr.cli.application"
READY = "IVR_READY_FD"
"""The variable that names the pipe into which a web process writes once it answers."""
LONGEST_START = 30
"""Seconds after which a line that does not answer is said not to have started."""


class Web:
    """The web side. Connections wait at its socket while no process takes them."""

    def __init__(self, host: str, port: int, processes: int | None, threads: int) -> None:
        """``processes``: None for the usual number. Raises ClickException: the port is taken."""
        try:
            self._socket = listening(host, port)
        except OSError as error:
            raise click.ClickException(_taken(port, error)) from None
        self.port: int = self._socket.getsockname()[1]
        self._told = [
            *(sys.executable, "-m", "gunicorn", "--config", f"python:{CONFIG}"),
            *("--bind", f"fd://{self._socket.fileno()}", "--threads", str(threads)),
            *(("--workers", str(processes)) if processes else ()),
            f"{APPLICATION}:application()",
        ]
        self._running: subprocess.Popen[bytes] | None = None
        self._leaving: list[subprocess.Popen[bytes]] = []

    def start(self, environment: dict[str, str]) -> bool:
        """Begin; whether it answers, which it is waited for."""
        fresh, answers = self._begun(environment)
        self._running = self._running or fresh
        return answers

    def renew(self, environment: dict[str, str]) -> bool:
        """Let new processes take over, with what program and settings there are now.

        False where they cannot: then the old ones go on.
        """
        fresh, answers = self._begun(environment)
        old, self._running = (self._running, fresh) if answers else (fresh, self._running)
        if old is not None:
            old.terminate()
            self._leaving.append(old)
        return answers

    def send(self, number: int) -> None:
        """Pass a signal on."""
        if self._running is not None:
            self._running.send_signal(number)

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        self._leaving = [each for each in self._leaving if each.poll() is None]
        return self._running.poll() if self._running is not None else None

    def _begun(self, environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], bool]:
        ready, told = os.pipe()
        web = subprocess.Popen(  # noqa: S603 - our own command, no shell
            self._told,
            env={**environment, READY: str(told)},
            pass_fds=(self._socket.fileno(), told),
        )
        os.close(told)
        try:
            return web, _comes(ready, web)
        finally:
            os.close(ready)


def _taken(port: int, error: OSError) -> str:
    """Why a port cannot be had, and what to do."""
    if error.errno != errno.EADDRINUSE:
        return f"port {port} cannot be had ({error.strerror}): choose another with --port"
    return (
        f"port {port} is taken: another program has it, or this line runs already. Stop that, or "
        f"choose another with --port (make run PORT={port + 1})"
    )


def _comes(ready: int, web: subprocess.Popen[bytes]) -> bool:
    """Whether the first word comes, in time, from a process that lives."""
    deadline = time.monotonic() + LONGEST_START
    while web.poll() is None and time.monotonic() < deadline:
        if select.select([ready], [], [], 0.2)[0]:
            return os.read(ready, 1) != b""
    return False
