"""PostgreSQL on a disk that is full: a real one of its own, and a real line."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import requests

from ivr.config.demo import DEMO_ACCOUNT_SID
from tests.proof.hosts import Host
from tests.proof.load import FORM, Load
from tests.proof.test_hosts import left
from tests.support.machine import until
from tests.support.postgres import own_postgres

SIZE = "80m"
"""A server without anything in it takes 45."""
PROMISED, NOT_NOW = "an adviser will ring this phone", "cannot take that down just now"
STAMP = re.compile(r"^\S+Z ")


class Disk:
    """A small disk: what stands on it, and a file that takes what is left of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rest = folder / "rest"

    def fill(self) -> None:
        for piece in (b"x" * 65_536, b"x"):
            with pytest.raises(OSError, match="No space"), self._rest.open("ab", 0) as rest:
                while True:
                    rest.write(piece)

    def make_room(self) -> None:
        self._rest.unlink()


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Mounted for one test; skips where nobody may mount, for nothing else is a full disk."""
    folder = Path(tempfile.mkdtemp(prefix="disk"))
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody have a mount of their own")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


def takes(host: Host) -> bool:
    """Whether the line says that its database takes what callers leave."""
    told: bool = requests.get(f"http://127.0.0.1:{host.port}/readyz", timeout=60).json()["checks"][
        "database"
    ]
    return told


class Texters:
    """People who text RING, each from a phone of their own."""

    def __init__(self, host: Host) -> None:
        self._load, self._numbers = Load(host.port), count(100)
        self.promised = 0

    def text(self) -> bool:
        """Whether the next is promised a call; else they are told that it cannot be."""
        number = next(self._numbers)
        form = {"MessageSid": f"SM{number}", "AccountSid": DEMO_ACCOUNT_SID, "Body": "RING"}
        told = str(self._load.post("/sms", form | {"From": f"+447700900{number}"})[1])
        assert (PROMISED in told) != (NOT_NOW in told), told
        self.promised += PROMISED in told
        return PROMISED in told

    def ring(self) -> None:
        """One who rings, of whom some notes are made."""
        number = next(self._numbers)
        form = FORM | {"CallSid": f"CA{number}", "Digits": "2"}
        assert self._load.post("/voice?at=main&on=key", form)[0] == 200


@pytest.mark.timeout(180)
def test_on_a_full_disk_postgresql_is_red_at_once_and_each_trouble_is_told_once(disk, capfd):
    with own_postgres(disk.folder) as (_, url):
        host = Host(url)
        try:
            log = _through_it(disk, host, url, capfd)
        finally:
            host.kill()
    told = [STAMP.sub("", each) for each in log.splitlines() if STAMP.match(each)]
    once = [each for each in told if "could not be kept" not in each]
    assert len(once) == len(set(once)), "a line for each trouble, and one for its end"
    assert not [each for each in told if "psycopg" in each], "in our own words"


def _through_it(disk: Disk, host: Host, url: str, capfd) -> str:
    """What is promised before, while, and after the disk is full; the log of it."""
    people, log = Texters(host), ""
    assert takes(host) and people.text()
    disk.fill()
    assert not takes(host), "though what is begun on its pages still has room for some"
    until(lambda: not people.text(), "no page has room any more")

    def dropped() -> bool:
        nonlocal log
        people.ring()
        log += capfd.readouterr().err
        return log.count("notes are dropped") > 0

    until(dropped, "notes are dropped")
    for _ in range(20):
        people.ring()
        assert not takes(host) and not people.text()
    assert left(url)[1] == people.promised, "what was promised is kept, and nothing else"
    disk.make_room()
    until(lambda: takes(host), "it is well again by itself")
    assert people.text() and left(url)[1] == people.promised
    return log + str(capfd.readouterr().err)
