"""A line starts soon: what no caller needs is not loaded, and as many answer as should."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from click import ClickException

from ivr.server.web import Web
from tests.proof.chaos import web_processes
from tests.proof.hosts import Host
from tests.support.machine import free_port, listens, until
from tests.support.systemd import DescriptorStore

SLOW = ("numpy", "soundfile", "alembic", "aiosmtpd", "ivr.simulator.demo")
REAL = {
    "IVR_ENV": "demonstration",
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "f0e1d2c3b4a5968778695a4b3c2d1e0f",
    "SECRET_KEY": "a secret that is long enough for real callers",
    "MESSAGES_PUBLIC_KEY": "gcJ6jQ4FHWMyN1r5JDEeZI1bSmfSnZkm9WlE5hBV0Qk=",
}
"""An account of somebody's own, tried out: the address is not https, and the clock is fixed."""


def loaded(module: str, *named: str) -> list[str]:
    """Those of ``named`` that are loaded with a module."""
    told = f"import sys, {module}; print([each for each in {named!r} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return done.stdout.strip()[1:-1].split(", ") if done.stdout.strip() != "[]" else []


def test_what_answers_calls_loads_nothing_that_no_caller_needs():
    assert loaded("ivr.cli.application", *SLOW, "flask") == ["'flask'"]


def test_what_watches_over_a_line_loads_next_to_nothing():
    assert loaded("ivr.cli.serve", "pydantic", "flask", "sqlalchemy", "ivr.config") == []


@pytest.mark.parametrize("verb", ["script", "poster", "deadline", "check", "record"])
def test_a_verb_that_asks_no_database_does_not_load_its_library(verb):
    assert loaded(f"ivr.cli.{verb}", "sqlalchemy") == []


@pytest.mark.parametrize(("settings", "wanted"), [({}, 1), (REAL, 2)])
def test_a_demo_has_one_web_process_and_a_line_for_real_calls_two(tmp_path, settings, wanted):
    with Host(f"sqlite:///{tmp_path}/line.db", processes=0, **settings) as host:
        until(lambda: len(web_processes(host)) == wanted, f"{wanted} processes")


LISTENING = """
import os, sys
from ivr.server.kept_socket import listening
here = listening("127.0.0.1", int(sys.argv[1]))
print(*(name for name in os.environ if "LISTEN" in name or "NOTIFY" in name), flush=True)
sys.stdin.read()
"""


def listened(systemd: DescriptorStore, port: int) -> str:
    """Start a service that listens there, and end it; what its children would be told of systemd."""
    told, more, files = systemd.handed_over([sys.executable, "-c", LISTENING, str(port)])
    environment = {**os.environ, **more}
    with subprocess.Popen(
        told, env=environment, pass_fds=files, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as service:
        said = service.stdout.readline().decode()
        assert listens(port)
        service.stdin.close()
        assert service.wait(60) == 0
    return said.strip()


def test_a_socket_is_kept_over_a_restart_and_another_port_takes_its_place():
    systemd, first, second = DescriptorStore(1), free_port(), free_port()
    try:
        assert listened(systemd, first) == ""
        assert listens(first), "who comes between two starts waits"
        assert listened(systemd, first) == "" and listens(first)
        assert listened(systemd, second) == ""
        until(lambda: listens(second) and not listens(first), "the new one is kept alone")
        systemd.let_go()
        assert not listens(second), "stopped for good"
    finally:
        systemd.close()


def test_a_port_that_is_taken_is_said_with_what_to_do():
    says = pytest.raises(ClickException, match="choose another with --port")
    with socket.create_server(("127.0.0.1", 0)) as taken, says:
        Web("127.0.0.1", taken.getsockname()[1], 1, 1)
