"""Nobody else on the machine can read what the line keeps, from the moment it is there."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.app import create_app
from ivr.config import read
from ivr.health.doctor.finding import Health
from ivr.health.doctor.inside import files
from ivr.secrets import private_files
from ivr.staff import StaffServices
from ivr.store import open_store
from ivr.store.backup import BackupError, copy_out
from ivr.store.heartbeats import Heartbeats
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.commands import ivr
from tests.support.postgres import KINDS, database, fresh_sqlite

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def everybody_may_read() -> Iterator[None]:
    """What a program makes without a word on it is open, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)[2:]


def modes(folder: Path) -> dict[str, str]:
    return {each.name: mode(each) for each in folder.rglob("*") if each.is_file()}


def test_a_database_is_closed_with_its_folder_and_the_files_beside_it(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/new/var/line.db")
    Heartbeats(store).beat("here", NOW)
    found = modes(tmp_path / "new")
    assert set(found) >= {"line.db", "line.db-wal", "line.db-shm"}
    assert set(found.values()) == {"600"}
    assert mode(tmp_path / "new") == mode(tmp_path / "new" / "var") == "700"
    store.close()


@contextmanager
def watched(folder: Path) -> Iterator[set[str]]:
    """Every mode that a file in this folder has had meanwhile."""
    seen, done = set(), threading.Event()

    def look() -> None:
        while not done.is_set():
            for each in folder.iterdir():
                try:
                    seen.add(mode(each))
                except OSError:
                    continue

    looking = threading.Thread(target=look)
    looking.start()
    yield seen
    done.set()
    looking.join()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "db").mkdir()
    with database(request.param, tmp_path / "db") as address:
        yield address


def test_a_copy_is_closed_while_it_is_made_and_so_is_its_folder(url, tmp_path):
    out = tmp_path / "to" / "copies"
    copy_out(url, out / "first.backup")
    assert mode(out) == mode(out.parent) == "700"
    with watched(out) as seen:
        for turn in range(5):
            copy_out(url, out / f"{turn}.backup")
    assert seen == {"600"}
    assert not list(out.glob("*.part"))


def test_what_a_killed_copy_left_is_in_nobodys_way_and_a_failed_one_leaves_nothing(
    url, tmp_path, monkeypatch
):
    part = tmp_path / "line.backup.part"
    part.write_text("half of it")
    copy_out(url, tmp_path / "line.backup")
    assert mode(tmp_path / "line.backup") == "600" and not part.exists()
    none = url.replace("line.db", "none.db").replace("127.0.0.1:", "127.0.0.1:1")
    with pytest.raises(BackupError):
        copy_out(none, tmp_path / "other.backup")
    assert not list(tmp_path.glob("other*"))


def test_what_was_open_is_closed_at_the_next_start(tmp_path):
    url = fresh_sqlite(tmp_path)
    open_store(url).close()
    holder = sqlite3.connect(tmp_path / "line.db")
    holder.execute("BEGIN")
    holder.execute("SELECT count(*) FROM heartbeat").fetchone()
    for name in ("line.db", "line.db-wal", "line.db-shm"):
        (tmp_path / name).chmod(0o644)
    app = create_app(read({"DATABASE_URL": url, "EDITIONS_DIR": f"{tmp_path}/e"}))
    services_of(app, Lifetime).close()
    assert set(modes(tmp_path).values()) == {"600"}
    holder.close()


def test_backups_that_were_open_are_closed_by_the_next_one(url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    out = tmp_path / "copies"
    out.mkdir()
    for name in ("line-20260101T000000Z.backup", "line-20260102T000000Z.backup.part"):
        (out / name).write_text("old")
    made = ivr("backup", "--out", str(out))
    assert made.exit_code == 0, made.output
    assert set(modes(out).values()) == {"600"} and len(modes(out)) == 3


def test_keys_and_messages_are_closed_even_where_a_file_was_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = ivr("inbox", "keys")
    assert made.exit_code == 0 and modes(tmp_path) == {"messages-private-key.txt": "600"}
    there = tmp_path / "message.wav"
    there.write_bytes(b"an old one that is longer")
    private_files.write(there, b"a caller")
    assert there.read_bytes() == b"a caller" and mode(there) == "600"


def test_folders_of_words_and_recordings_are_closed_and_those_that_were_there_stay(
    tmp_path, settings
):
    place = tmp_path / "there"
    place.mkdir(mode=0o755)
    private_files.folder(place / "new" / "editions")
    assert mode(place) == "755"
    assert mode(place / "new") == mode(place / "new" / "editions") == "700"


def test_the_doctor_names_what_others_can_read(app, settings, tmp_path):
    room = services_of(app, StaffServices).checkup()
    tmp_path.chmod(0o700)
    (well,) = files(room)
    assert well.state is Health.GOOD
    (tmp_path / "backups").mkdir()
    for name in ("line.db", "backups/line-20260101T000000Z.backup"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o640)
    (seen,) = files(room)
    assert seen.state is Health.LOOK and "chmod 700" in seen.do
    for name in ("line.db", "line-20260101T000000Z.backup"):
        assert name in seen.says
    for each in (tmp_path / "line.db", tmp_path / "backups" / "line-20260101T000000Z.backup"):
        each.chmod(0o600)
    tmp_path.chmod(0o755)
    (seen,) = files(room)
    assert str(tmp_path) in seen.says and "line-2026" not in seen.says
    tmp_path.chmod(0o700)


def test_to_look_after_a_database_takes_no_lock_from_who_uses_it(tmp_path, monkeypatch):
    """SQLite's locks go with any handle that a process closes: another could write in between."""
    monkeypatch.setattr("ivr.store.database.LONGEST_START", 0.5)
    url = fresh_sqlite(tmp_path)
    store = open_store(url)
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM heartbeat")
        open_store(url).close()
        told = "import sqlite3; sqlite3.connect({!r}, 0).execute('BEGIN IMMEDIATE')"
        other = subprocess.run(
            [sys.executable, "-c", told.format(f"{tmp_path}/line.db")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "database is locked" in other.stderr
    store.close()
