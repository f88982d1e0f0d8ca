"""``ivr serve``: the whole line in one command: the web side, and the worker that sends texts.

Owns the two processes: what they are started with, and that one does not outlive the other.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from types import FrameType

import click
import requests

from ivr.commands.common import line_or_stop, settings_or_stop
from ivr.config import Settings
from ivr.exchange.faults import Fault, FaultError, read_all
from ivr.web.times import SHARED

LONGEST_START = 30
"""Seconds after which a line that does not answer is said not to have started."""
LONGEST_END = 20


@click.command()
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True)
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

    Without settings it is a demonstration: a telephone company on this machine, a phone in a page,
    and no text or call that leaves it. With Twilio's settings (see docs/settings.md) the same
    command answers real calls; there, IVR_ENV=production refuses demonstration values.
    """
    settings = settings_or_stop(port=str(port))
    line_or_stop(settings.content_dir)
    planned = _planned(faults, settings)
    count = processes or (1 if settings.demonstration_account else 2)
    with TemporaryDirectory(prefix="ivr-figures-") as figures:
        web = _web(host, port, count, threads)
        shared = {**os.environ, SHARED: figures}
        children = [subprocess.Popen(web, env=shared)]  # noqa: S603 - our own command, no shell
        if worker:
            children.append(subprocess.Popen(WORKER))  # noqa: S603
        _forward_signals(children)
        if _answers(port, children[0]):
            _plan(port, planned)
            _greet(settings, port)
        else:
            click.echo("The line has not started; what is wrong stands above.", err=True)
        ended = _watch(children)
    raise SystemExit(ended)


WORKER = [sys.executable, "-m", "ivr", "work"]


def _web(host: str, port: int, processes: int, threads: int) -> list[str]:
    """gunicorn: respawns a worker that dies, and reloads without dropping a call."""
    options = {
        "--bind": f"{host}:{port}",
        "--workers": str(processes),
        "--threads": str(threads),
        "--worker-class": "gthread",
        "--graceful-timeout": "15",
        "--keep-alive": "30",
        "--log-level": "warning",
        "--logger-class": "ivr.web.access.AccessLog",
    }
    pairs = [text for pair in options.items() for text in pair]
    return [sys.executable, "-m", "gunicorn", *pairs, "ivr.app:from_environment()"]


def _forward_signals(children: list[subprocess.Popen[bytes]]) -> None:
    def forward(number: int, frame: FrameType | None) -> None:
        for child in children:
            child.send_signal(number)

    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGINT, forward)
    # A reload is the web side's business; the worker takes up new content by itself.
    signal.signal(signal.SIGHUP, lambda number, frame: children[0].send_signal(number))


def _planned(text: str, settings: Settings) -> list[Fault]:
    """The carrier's failures that were asked for, or the verb's end."""
    if text and not settings.demonstration_account:
        raise click.ClickException("--faults is for the demonstration; Twilio fails by itself")
    try:
        return read_all(text)
    except FaultError as error:
        raise click.ClickException(f"--faults {error}") from None


def _answers(port: int, web: subprocess.Popen[bytes]) -> bool:
    """Whether the line has started: waits until it answers, ends, or takes too long."""
    deadline = time.monotonic() + LONGEST_START
    while web.poll() is None and time.monotonic() < deadline:
        try:
            requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
        except requests.RequestException:
            time.sleep(0.1)
            continue
        return True
    return False


def _plan(port: int, planned: list[Fault]) -> None:
    """Tell the demonstration's carrier how it is to fail."""
    for fault in planned:
        asked = {"fault": f"{fault}x{fault.times}"}
        requests.post(f"http://127.0.0.1:{port}/exchange/faults", json=asked, timeout=5)
        click.echo(f"The carrier will fail:   {fault}, {fault.times} in a row")


def _greet(settings: Settings, port: int) -> None:
    """Say where the line is."""
    click.echo(f"The line is ready at {settings.base_url}")
    if settings.demonstration_account:
        click.echo(f"Ring it in a page:       http://127.0.0.1:{port}/phone")
        click.echo("Ring it in a terminal:   .venv/bin/ivr call")
        click.echo("See what callers left:   .venv/bin/ivr inbox")


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    """Keep the worker going while the web side runs; end both when the web side ends."""
    web = children[0]
    while web.poll() is None:
        if len(children) > 1 and children[1].poll() is not None:
            time.sleep(1)
            children[1] = subprocess.Popen(WORKER)  # noqa: S603
        time.sleep(0.2)
    for child in children[1:]:
        child.terminate()
        try:
            child.wait(LONGEST_END)
        except subprocess.TimeoutExpired:
            child.kill()
    return web.returncode
