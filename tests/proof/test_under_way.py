"""Calls under way while web processes are killed and reloaded: real processes, asked all the time."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.config import DEMO_AUTH_TOKEN
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.simulator.wire import Answer, Http, Wire, WireError
from ivr.webhooks.guard import OVERRIDES
from tests.proof.chaos import children, web_processes
from tests.proof.hosts import PUBLIC, Balancer, Host
from tests.support.machine import ROOT, until

AT_ONCE, PAUSE = 6, 0.01
"""Callers, and seconds between an answer and the next step: who starts anew has a machine to start on."""
STEP = f"{PUBLIC}/voice?at=main&on=key{OVERRIDES}"
FORM = {
    "CallSid": "CA1",
    "AccountSid": DEMO_ACCOUNT_SID,
    "From": "+266696687",
    "Digits": "2",
    "CallStatus": "in-progress",
}


@dataclass
class Callers:
    """Several at once, each asking for the next step as soon as it has one."""

    host: Host
    answered: int = 0
    resets: int = 0
    lost: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self, meanwhile: Callable[[], None]) -> None:
        """Ask without a pause while something is done."""
        with ThreadPoolExecutor(AT_ONCE) as callers:
            for _ in range(AT_ONCE):
                callers.submit(self._ask)
            try:
                meanwhile()
            finally:
                self._stop.set()

    def _ask(self) -> None:
        while not self._stop.wait(PAUSE):
            wire = Wire(Once(self), DEMO_AUTH_TOKEN)
            try:
                answer = wire.ask("POST", STEP, FORM)
            except WireError as error:
                self.lost.append(str(error))
            else:
                self.answered += b"<Gather" in answer.body


class Once:
    """A connection of its own for each request, as from many callers; counts those cut off."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    def send(self, method: str, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        """See Transport."""
        fresh = Balancer([self._callers.host], _http=Http())
        try:
            return fresh.send(method, url, form, headers)
        except WireError:
            self._callers.resets += 1
            raise


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Words of their own, which a test may spoil."""
    folder = tmp_path_factory.mktemp("content") / "prompts"
    return Path(shutil.copytree(ROOT / "prompts", folder))


@pytest.fixture(scope="module")
def host(content: Path) -> Iterator[Host]:
    """Two web processes, as production has, for all: each test must leave it well for the next."""
    url = f"sqlite:///{content.parent}/line.db"
    with Host(url, processes=2, CONTENT_DIR=str(content)) as made:
        until(lambda: len(web_processes(made)) == 2, "both processes are there")
        yield made


def go_on(callers: Callers) -> None:
    """Until so many more answers have come, however busy this machine is."""
    seen = callers.answered
    until(lambda: callers.answered >= seen + 100, "callers are answered")


def test_web_processes_that_are_killed_under_load_cost_no_call(host):
    callers, killed = Callers(host), []

    def kill() -> None:
        go_on(callers)
        for _ in range(3):
            killed.append(web_processes(host)[0])
            os.kill(killed[-1], signal.SIGKILL)
            go_on(callers)
            until(lambda: len({*web_processes(host)} - {*killed}) == 2, "both are there again")

    callers.run(kill)
    assert callers.lost == [] and callers.resets <= 3 * AT_ONCE


def test_reloads_under_load_cost_nothing(host):
    callers = Callers(host)

    def reload() -> None:
        go_on(callers)
        for _ in range(2):
            old = {*web_processes(host)}
            host.process.send_signal(signal.SIGHUP)
            until(lambda old=old: not old & {*web_processes(host)}, "all processes are new")
            go_on(callers)

    callers.run(reload)
    assert (callers.lost, callers.resets) == ([], 0)


def test_a_reload_that_cannot_start_changes_nothing(host, content):
    callers, words = Callers(host), content / "line.yaml"
    whole, old = words.read_text(), {*web_processes(host)}

    def reload() -> None:
        go_on(callers)
        words.write_text("number: [")
        host.process.send_signal(signal.SIGHUP)
        until(lambda: len(children(host.process.pid)) == 2, "a new one is tried")
        until(lambda: len(children(host.process.pid)) == 1, "it has given up")
        words.write_text(whole)
        go_on(callers)

    until(lambda: len(children(host.process.pid)) == 1, "nothing else leaves")
    callers.run(reload)
    assert (callers.lost, callers.resets, {*web_processes(host)}) == ([], 0, old)
