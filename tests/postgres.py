"""Fresh databases for tests: SQLite's, and a real PostgreSQL, Debian's, started once a process.

Most tests want the tables as they are now: these are made once and copied. Who tests how tables
come to be starts from an empty database.
"""

from __future__ import annotations

import atexit
import os
import shutil
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

from ivr.store import open_store
from tests.machine import free_port


def fresh_sqlite(folder: Path) -> str:
    """The address of a fresh database in this folder, with the tables as they are now."""
    shutil.copy(_sqlite_with_tables(), folder / "line.db")
    return f"sqlite:///{folder}/line.db"


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
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and in CI nothing is skipped")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    port = _server(binaries[-1])
    yield _database(port, _postgres_with_tables(port) if migrated else "template1")


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
    """Start a server in a folder of its own, as a user that is not root; its port."""
    folder = Path(tempfile.mkdtemp(prefix="postgres"))
    port = free_port()
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    run = {"check": True, "capture_output": True, "cwd": folder}
    subprocess.run([*user, binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres"], **run)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*user, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run(
        [*control, "-o", options, "-l", folder / "log", "start"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )

    def stop() -> None:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/"
        )
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return port
