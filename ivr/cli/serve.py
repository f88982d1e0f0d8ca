"""``ivr serve``: the whole line in one command: the web side, and the worker that sends texts.

Owns the two processes: what they are started with, and that one does not outlive the other. The
web side comes first, and has the machine to itself until it answers.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING

import click

from ivr.server.web import Web

if TYPE_CHECKING:
    from ivr.config import Settings

LONGEST_END = 20
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable in which web processes find the folder of their figures (``ivr.health.times``)."""


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), envvar="PORT", default=8000, show_default=True
)
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--processes", type=int, help="Web processes (2; 1 for a demonstration).")
@click.option("--threads", type=int, default=16, show_default=True, help="Threads in each.")
@click.option("--worker/--no-worker", default=True, help="Also send texts (default: yes).")
@click.option(
    "--faults",
    default="",
    help="Let the demonstration's carrier fail: 429x2,500-after (docs/faults.md).",
)
def serve(
    port: int, host: str, processes: int | None, threads: int, worker: bool, faults: str
) -> None:
    """Start the line.

    Without settings it is a demo: a telephone company on this machine, a phone in a page,
    and no text or call that leaves it. With Twilio's settings (see docs/settings.md) the same
    command answers real calls, and refuses what everybody knows from the demo.
    """
    web = Web(host, port, processes, threads)
    os.environ["PORT"] = str(web.port)
    plan = _planned(faults) if faults else None
    with TemporaryDirectory(prefix="ivr-figures-") as figures:
        line = Processes(web, {**os.environ, SHARED: figures}, worker)
        if line.start():
            if plan:
                plan(web.port)
            _greet(settings_of_line())
        else:
            click.echo("The line has not started; what is wrong stands above.", err=True)
        ended = line.watch()
    raise SystemExit(ended)


def settings_of_line() -> Settings:
    """The settings, or the end with what is wrong. Loaded late: the line starts sooner."""
    from ivr.cli.settings import settings_or_stop

    return settings_or_stop()


def _planned(faults: str) -> Callable[[int], None]:
    from ivr.cli.planning import planned

    return planned(faults, settings_of_line())


WORKER = [sys.executable, "-m", "ivr", "work"]


class Processes:
    """The web side and the worker, and the signals that are for both."""

    def __init__(self, web: Web, environment: dict[str, str], worker: bool) -> None:
        self._web, self._environment = web, environment
        self._wants_worker = worker
        self._worker: subprocess.Popen[bytes] | None = None
        self._renewed = self._ending = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._renew)

    def start(self) -> bool:
        """Whether the web side answers, which it is waited for; then the worker begins."""
        answers = self._web.start(self._environment)
        if answers and self._wants_worker:
            self._worker = subprocess.Popen(WORKER)  # noqa: S603 - our own
        return answers

    def watch(self) -> int:
        """Keep both going until the web side ends; then end the worker. How the web side ended."""
        while (ended := self._web.poll()) is None:
            if self._renewed:
                self._renewed = False
                self._take_over()
            if self._worker is not None and not self._ending and self._worker.poll() is not None:
                time.sleep(1)
                self._worker = subprocess.Popen(WORKER)  # noqa: S603
            time.sleep(0.2)
        self._end_worker()
        return ended

    def _take_over(self) -> None:
        """New web processes, and a new worker, with what program and settings there are now."""
        if not self._web.renew(self._environment):
            click.echo("The line goes on as it was; what is wrong stands above.", err=True)
        elif self._worker is not None:
            self._worker.terminate()

    def _renew(self, number: int, frame: FrameType | None) -> None:
        self._renewed = True

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True
        self._web.send(number)
        if self._worker is not None:
            self._worker.send_signal(number)

    def _end_worker(self) -> None:
        if self._worker is None:
            return
        self._worker.terminate()
        try:
            self._worker.wait(LONGEST_END)
        except subprocess.TimeoutExpired:
            self._worker.kill()


def _greet(settings: Settings) -> None:
    """Say where the line is."""
    if not settings.demo_account:
        click.echo(f"The line is ready at {settings.base_url}")
        return
    click.echo(f"The line is ready. Open in a browser:   {settings.base_url}/")
    click.echo("To ring it in this terminal instead:    .venv/bin/ivr call")
    click.echo("To end it:                              Ctrl-C")
