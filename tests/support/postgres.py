"""Fresh databases for tests: SQLite's, and a real PostgreSQL, Debian's, started once a process.

Most tests want the tables as they are now: these are made once and copied. Who tests how tables
come to be starts from an empty database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from ivr.store import open_store
from ivr.store.upgrading import MIGRATIONS
from tests.support.machine import free_port, until


def fresh_sqlite(folder: Path) -> str:
    """The address of a fresh database in this folder, with the tables as they are now."""
    shutil.copy(_sqlite_with_tables(), folder / "line.db")
    return f"sqlite:///{folder}/line.db"


KINDS = ("sqlite", "postgresql")


@contextmanager
def database(kind: str, folder: Path, migrated: bool = True) -> Iterator[str]:
    """The address of a fresh database of this kind: with the tables as they are now, or empty."""
    if kind == "postgresql":
        with postgres_url(migrated) as url:
            yield url
    else:
        yield fresh_sqlite(folder) if migrated else f"sqlite:///{folder}/line.db"


@contextmanager
def locked(address: str) -> Iterator[None]:
    """Another process holds this SQLite database, so that nothing can be read or kept."""
    other = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.close()


@cache
def _sqlite_with_tables() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sqlite"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_store(f"sqlite:///{folder}/line.db").close()
    return folder / "line.db"


@contextmanager
def postgres_url(migrated: bool = False) -> Iterator[str]:
    """The address of a fresh database; skips where PostgreSQL is not installed, but not in CI.

    It is empty, or ``migrated``: with the tables as they are now.
    """
    port = _server(_binaries())
    yield _database(port, _postgres_with_tables(port) if migrated else "template1")


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and in CI nothing is skipped")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1]


def _database(port: int, template: str) -> str:
    """The address of a new database, like this one."""
    name = "t" + uuid.uuid4().hex
    admin = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/{name}"


@cache
def _postgres_with_tables(port: int) -> str:
    url = _database(port, "template1")
    open_store(url).close()
    return url.rpartition("/")[2]


@cache
def _server(binaries: Path) -> int:
    """Start a server for all tests of this process; its port."""
    server = Server(binaries)
    server.start()
    atexit.register(server.end)
    return server.port


class Server:
    """A PostgreSQL in a folder of its own, run by a user that is not root.

    ``disk``: the folder that this one is in.
    """

    def __init__(self, binaries: Path, disk: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="postgres", dir=disk))
        self.port = free_port()
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(self.folder, "postgres")
        data = self.folder / "data"
        made = [*user, binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres"]
        subprocess.run(made, check=True, capture_output=True, cwd=self.folder)
        self.control = [*user, binaries / "pg_ctl", "-D", data, "-w"]

    def start(self) -> None:
        """Begin; after a kill that takes until what was left of the last one has ended."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        command = [*self.control, "-o", options, "-l", self.folder / "log", "start"]

        def begun() -> bool:
            # Not captured: the server itself would hold the pipe open.
            done = subprocess.run(command, check=False, cwd=self.folder, stdout=subprocess.DEVNULL)
            return done.returncode == 0

        until(begun, f"PostgreSQL starts; see {self.folder}/log")

    def kill(self) -> None:
        """Gone at once, with every connection, as when the machine has no memory left."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGKILL)

    def end(self) -> None:
        stop = [*self.control, "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, capture_output=True, cwd="/")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def own_postgres(disk: Path | None = None) -> Iterator[tuple[Server, str]]:
    """A server that a test may kill, and the address of a database of it."""
    server = Server(_binaries(), disk)
    server.start()
    try:
        yield server, _database(server.port, _postgres_with_tables(server.port))
    finally:
        server.end()


def migrate(url, to):
    engine, config = create_engine(url), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    engine.dispose()
