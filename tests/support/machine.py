"""A clean machine for tests: the code in a folder of its own, and the files of docs/deploy.md.

Owns what is changed in those files for a test: names, ports, folders, and who vouches for https.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path

import pytest
import requests

from tests.support.paths import ROOT
from tests.support.systemd import DescriptorStore

CODE = ("ivr", "prompts", "audio", "Procfile")
SERVED_FROM = "/srv/line"
NAME = "line.example.org"
TOLD = "set -a; . ./settings.env; set +a"
"""How docs/deploy.md tells a command the settings."""
TIME_LIMITS = 60
PORTS = cycle(range(first := 10_000 + os.getpid() % 200 * 100, first + 100))


def block(language: str) -> str:
    """The one block of this language in docs/deploy.md."""
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^( *)```{language}\n(.*?)^\1```", page, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(found[1])


def free_port() -> int:
    """A port that nothing has, and that nothing gets before it is listened on.

    Not one that the system hands out: it would hand it to whoever asks next, and each connection
    that some other test makes asks. Each process of tests has a hundred of its own.
    """
    for port in PORTS:
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there are always more")


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until this is so."""
    deadline = time.monotonic() + TIME_LIMITS
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {TIME_LIMITS} seconds"
        time.sleep(0.03)


def answers(port: int) -> bool:
    """Whether the line there says that it is well. Its socket is there long before it answers."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def needed(program: str) -> str:
    """Where a program is; skips where it is not installed, but not in CI."""
    found = shutil.which(program)
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed, and in CI nothing is skipped")
        pytest.skip(f"{program} is not installed: sh tools/setup.sh dev")
    return found


class Machine:
    """One machine. ``settings`` is what stands in settings.env: nothing at first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings: dict[str, str] = {}
        self.running: list[subprocess.Popen[bytes]] = []
        self.systemd = DescriptorStore(int(self.unit()["Service"]["FileDescriptorStoreMax"]))
        for name in CODE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "ivr").symlink_to(Path(sys.executable).parent / "ivr")
        (folder / "var").mkdir()

    def ivr(self, words: str, says: str = "") -> subprocess.CompletedProcess[str]:
        """What the operator types after ``.venv/bin/ivr``; ``says`` answers its question."""
        file = self.folder / "settings.env"
        rows = [f"{name}={shlex.quote(value)}" for name, value in self.settings.items()]
        file.write_text("\n".join(rows) + "\n")
        bare = {name: self.environment()[name] for name in ("PATH", "PYTHONPATH")}
        return subprocess.run(
            ["sh", "-c", f"{TOLD}\nexec .venv/bin/ivr {words}"], input=says, env=bare,
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=TIME_LIMITS,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """What a command is told: the file of settings, and where its code is."""
        path = f"{self.folder}/.venv/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "PYTHONPATH": str(self.folder), **self.settings}

    def unit(self) -> configparser.ConfigParser:
        """The service of docs/deploy.md, as it stands there but for the port."""
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read_string(block("ini").replace("--port 8000", f"--port {self.port}"))
        return unit

    def start(self) -> None:
        """What ``systemctl start line`` would start, in this folder."""
        command = self.unit()["Service"]["ExecStart"].replace(SERVED_FROM, str(self.folder))
        told, environment, files = self.systemd.handed_over(shlex.split(command))
        self.run(told, files, **environment)
        until(lambda: answers(self.port), "the line starts")

    def run(
        self, command: list[str], files: tuple[int, ...] = (), **more: str
    ) -> subprocess.Popen[bytes]:
        """Start a program that goes on; it is given these open files."""
        environment = self.environment() | more
        process = subprocess.Popen(
            command, env=environment, cwd=self.folder, start_new_session=True, pass_fds=files
        )
        self.running.append(process)
        return process

    def stop(self) -> None:
        """Whatever runs here is gone at once, as when the machine itself goes."""
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
        self.systemd.let_go()


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A clean machine, and its end."""
    made = Machine(folder)
    try:
        yield made
    finally:
        made.stop()
        made.systemd.close()


def caddyfile(backend: int, port: int, pair: tuple[Path, Path]) -> str:
    """The Caddyfile of docs/deploy.md for this machine: its name, ports and certificate."""
    ours = f"localhost {{\n    tls {pair[0]} {pair[1]}\n"
    site = block("caddy").replace(f"{NAME} {{\n", ours).replace(":8000", f":{backend}")
    return f"{{\n admin off\n auto_https disable_redirects\n https_port {port}\n}}\n{site}"


@contextmanager
def proxy(folder: Path, backend: int, pair: tuple[Path, Path], port: int) -> Iterator[None]:
    """Caddy, as docs/deploy.md has it, before the line at ``backend``."""
    caddy = needed("caddy")
    file = folder / "Caddyfile"
    file.write_text(caddyfile(backend, port, pair))
    command = [caddy, "run", "--config", str(file), "--adapter", "caddyfile"]
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    log = (folder / "caddy.log").open("wb")
    process = subprocess.Popen(command, env=environment, stderr=log)
    try:
        until(lambda: listens(port), f"Caddy starts; see {folder}/caddy.log")
        yield
    finally:
        process.terminate()
        process.wait(TIME_LIMITS)
        log.close()


CONFINED = """
set -e
mount --make-rprivate /
mount -t tmpfs none /srv
mkdir {served} /srv/own-tmp
mount --bind {folder} {served}
mount --bind {served}/var {served}/var
mount -o remount,bind,ro {served}
mount --bind {tmp} {tmp}
for each in {tmp} /var/tmp /; do mount -o remount,bind,ro $each || true; done
cd {served}
exec env {own_tmp} {command}
"""


def confined(here: Machine) -> list[str]:
    """The service as systemd would confine it: in a file system that it cannot write to.

    Only what the unit's ReadWritePaths and PrivateTmp name can be written. Where this machine lets
    nobody make name spaces (some containers), the same command, not confined.
    """
    service = here.unit()["Service"]
    command = service["ExecStart"]
    free = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if free.returncode:
        return shlex.split(command.replace(SERVED_FROM, str(here.folder)))
    assert (
        service["ProtectSystem"] == "strict" and service["ReadWritePaths"] == f"{SERVED_FROM}/var"
    )
    own_tmp = "TMPDIR=/srv/own-tmp" if service.get("PrivateTmp") == "true" else ""
    tmp = tempfile.gettempdir()
    told = {
        "tmp": tmp,
        "served": SERVED_FROM,
        "folder": here.folder,
        "own_tmp": own_tmp,
        "command": command,
    }
    return ["unshare", "-m", "sh", "-c", CONFINED.format(**told)]
