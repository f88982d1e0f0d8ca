"""A database that takes nothing: a real disk that is full, a real server, a real line and worker."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest
import requests
from sqlalchemy import select

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.secrets.seal import References
from ivr.store import Outbox, Store, open_store
from ivr.store.tables import sms
from tests.proof.hosts import Host, left
from tests.proof.load import FORM, Load
from tests.support.killing import worker
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
    with own_postgres(disk.folder) as (_, url), Host(url) as host:
        log = _through_it(disk, host, url, capfd)
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


# --- the worker ------------------------------------------------------------------------------

NO_TEXT_LEAVES = "http://127.0.0.1:9"


@dataclass
class Worker:
    """A real ``ivr work``, and what it says."""

    process: subprocess.Popen[bytes]
    written: Path

    @property
    def log(self) -> str:
        return self.written.read_text()

    def says(self, words: str) -> None:
        until(lambda: words in self.log or self.process.poll() is not None, words)
        assert self.process.poll() is None, self.log


@contextmanager
def working(url: str, log: Path) -> Iterator[Worker]:
    told = {"TWILIO_API_BASE_URL": NO_TEXT_LEAVES, "LOG_LEVEL": "info"}
    with worker(log, DATABASE_URL=url, **told) as process:
        yield Worker(process, log)


def text_falls_due(store: Store, soon: timedelta) -> None:
    outbox = Outbox(store, References("any"))
    at = datetime.now(UTC) + soon
    outbox.queue("CA1", "complaint", "en", "+447700900123", "Hello", at)


def tried(store: Store) -> bool:
    with store.read() as connection:
        return bool(connection.execute(select(sms.c.tries)).scalar_one())


def it_waits_and_goes_on(url: str, log: Path, trouble, over) -> None:
    """A text falls due in the moment in which the trouble begins."""
    store = open_store(url)
    with working(url, log) as worker:
        worker.says("the worker is ready")
        text_falls_due(store, timedelta(seconds=3))
        trouble()
        worker.says("looking again")
        assert not tried(store)
        over()
        worker.says("the database is there again")
        until(lambda: tried(store), "the text is tried")
        assert worker.log.count("looking again") == 1 and "Traceback" not in worker.log
        assert worker.process.poll() is None
    store.close()


@pytest.mark.timeout(180)
def test_a_worker_on_a_full_disk_waits_and_tells_once(disk, tmp_path):
    url = f"sqlite:///{disk.folder}/line.db"
    it_waits_and_goes_on(url, tmp_path / "log", disk.fill, disk.make_room)


@contextmanager
def read_only(url: str) -> Iterator[Callable[[str], None]]:
    """``set_to("on")``: nothing can be written to PostgreSQL."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:

        def set_to(value: str) -> None:
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            connection.execute("SELECT pg_reload_conf()")

        yield set_to


@pytest.mark.timeout(180)
def test_a_worker_whose_postgresql_takes_nothing_waits_and_tells_once(tmp_path):
    with own_postgres() as (_, url), read_only(url) as set_to:
        it_waits_and_goes_on(url, tmp_path / "log", lambda: set_to("on"), lambda: set_to("off"))


@pytest.mark.timeout(180)
def test_a_worker_that_starts_where_nothing_can_be_written_waits_and_begins_then(tmp_path):
    with own_postgres() as (_, url), read_only(url) as set_to:
        set_to("on")
        with working(url, tmp_path / "log") as worker:
            worker.says("the worker waits")
            worker.says("the round could not be written down")
            set_to("off")
            worker.says("the worker is ready")
            assert worker.log.count("the worker waits") == 1
