"""Calls under way while web processes are killed and reloaded: real processes, asked without a pause."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.config import DEMO_AUTH_TOKEN
from ivr.exchange.account import DEMO_ACCOUNT_SID
from ivr.exchange.wire import Answer, Http, Wire, WireError
from ivr.web.guard import OVERRIDES
from tests.hosts import PUBLIC, Balancer, Host
from tests.machine import ROOT, until

AT_ONCE = 4
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
        threads = [threading.Thread(target=self._ask) for _ in range(AT_ONCE)]
        for each in threads:
            each.start()
        try:
            meanwhile()
        finally:
            self._stop.set()
        for each in threads:
            each.join()

    def _ask(self) -> None:
        while not self._stop.is_set():
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


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """Two web processes, as production has."""
    made = Host(f"sqlite:///{tmp_path}/line.db", processes=2)
    yield made
    made.kill()


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def web_processes(host: Host) -> list[int]:
    """Those that answer: the children of gunicorn, which ``ivr serve`` has started."""
    return [each for gunicorn in children(host.process.pid) for each in children(gunicorn)]


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

    callers.run(kill)
    assert len(set(killed)) == 3
    until(lambda: len(web_processes(host)) == 2, "both processes are there again")
    assert callers.lost == [] and callers.resets <= 3 * AT_ONCE


def test_three_reloads_under_load_cost_nothing(host):
    callers = Callers(host)

    def reload() -> None:
        go_on(callers)
        for _ in range(3):
            old = {*web_processes(host)}
            host.process.send_signal(signal.SIGHUP)
            until(lambda old=old: not old & {*web_processes(host)}, "all processes are new")
            go_on(callers)

    callers.run(reload)
    assert (callers.lost, callers.resets) == ([], 0)


def test_a_reload_that_cannot_start_changes_nothing(tmp_path):
    content = tmp_path / "prompts"
    shutil.copytree(ROOT / "prompts", content)
    host = Host(f"sqlite:///{tmp_path}/line.db", processes=2, CONTENT_DIR=str(content))
    callers = Callers(host)

    def reload() -> None:
        go_on(callers)
        (content / "line.yaml").write_text("number: [")
        host.process.send_signal(signal.SIGHUP)
        until(lambda: len(children(host.process.pid)) == 2, "a new one is tried")
        until(lambda: len(children(host.process.pid)) == 1, "it has given up")
        go_on(callers)

    try:
        until(lambda: len(web_processes(host)) == 2, "both processes are there")
        old = {*web_processes(host)}
        callers.run(reload)
        assert (callers.lost, callers.resets, {*web_processes(host)}) == ([], 0, old)
    finally:
        host.kill()
