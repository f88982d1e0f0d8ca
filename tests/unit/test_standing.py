"""The database's own file: replaced, removed, or on a full disk, while a line uses it."""

from __future__ import annotations

import logging
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from ivr.app import create_app
from ivr.cli import main
from ivr.config import read
from ivr.line.call import Note
from ivr.store import Inbox, Journal, Outbox, StoreDownError, open_store
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.voice import CallServices
from tests.support.commands import ivr
from tests.support.inbox import REFERENCES, WISH, effects
from tests.support.lines import LINE
from tests.support.machine import until
from tests.support.postgres import fresh_sqlite, postgres_url
from tests.support.telephone import Telephone, answers

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
NUMBER = "+447700900123"


@pytest.fixture
def path(tmp_path) -> Path:
    fresh_sqlite(tmp_path)
    return tmp_path / "line.db"


@pytest.fixture
def sqlite(path):
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def take_away(path: Path) -> None:
    """Whoever removes it takes its files of changes too."""
    for each in path.parent.glob("line.db*"):
        each.unlink()


def replace_by(path: Path, other: Path) -> None:
    """As who restores a copy by hand does: another file under the same name."""
    take_away(path)
    shutil.copy(other, path)


def another(path: Path) -> Path:
    folder = path.parent / "other"
    folder.mkdir()
    fresh_sqlite(folder)
    return folder / "line.db"


def waits(path: Path) -> int:
    opened = open_store(f"sqlite:///{path}")
    found = len(Inbox(opened, REFERENCES).items())
    opened.close()
    return found


def test_nothing_is_promised_into_a_file_that_was_removed(sqlite, path):
    done = effects(sqlite)
    assert done.do("CA1", WISH, LINE).isdigit()
    take_away(path)
    assert done.do("CA2", WISH, LINE) == "failed" and not sqlite.writable()
    with pytest.raises(StoreDownError), sqlite.read():
        pass
    assert not path.exists(), "an empty one is not made in its place"


def test_a_file_that_is_removed_in_the_moment_before_it_is_opened_is_not_made_anew(
    sqlite, path, monkeypatch
):
    effects(sqlite).do("CA1", WISH, LINE)
    sqlite.close()
    looked = sqlite.bring_up_to_date

    def then_it_is_removed(seconds=None):
        looked(seconds)
        take_away(path)

    monkeypatch.setattr(sqlite, "bring_up_to_date", then_it_is_removed)
    with pytest.raises(StoreDownError), sqlite.read() as connection:
        connection.execute(text("SELECT count(*) FROM callback"))
    assert not path.exists()


COMMANDS = (
    "texts",
    "inbox",
    "backup",
    "report",
    "staff list",
    "editions",
    "work",
    "migrate",
    "migrate --new-reference-key",
    f"erase {NUMBER} --yes",
)


@pytest.mark.parametrize("size", [0, 1], ids=["an empty file", "a database of nothing"])
def test_a_start_fills_nothing_empty_where_a_database_was(settings, path, size, opens):
    services_of(create_app(settings), Lifetime).close()
    take_away(path)
    path.touch()
    if size:
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE apples (n)")
        other.close()
    app, before = opens(settings), path.read_bytes()
    (told,) = answers(Telephone(app, settings), "RING")
    assert "cannot take that down" in told
    assert path.read_bytes()[100:] == before[100:]


@pytest.mark.parametrize("words", COMMANDS)
def test_no_command_makes_a_database_where_one_was(settings, path, monkeypatch, words):
    services_of(create_app(settings), Lifetime).close()
    take_away(path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    done = ivr(*words.split(), says="y\n")
    assert done.exit_code == 1 and f"{path} is gone" in done.output, done.output
    assert "ivr restore" in done.output and not path.exists()


@pytest.mark.parametrize("words", [each for each in COMMANDS if not each.startswith("migrate")])
def test_before_the_first_start_other_commands_make_none_and_say_which_does(
    tmp_path, monkeypatch, words
):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new/line.db")
    done = ivr(*words.split())
    assert done.exit_code == 1 and "no database of this line yet" in done.output, done.output
    assert "ivr serve" in done.output and not (tmp_path / "new").exists()


@pytest.mark.parametrize("words", ["doctor --here", "hours"])
def test_who_only_looks_says_that_there_is_none(settings, path, monkeypatch, words):
    services_of(create_app(settings), Lifetime).close()
    take_away(path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    done = ivr(*words.split())
    assert "database is" in done.output, done.output
    assert not path.exists()


def test_a_server_with_nothing_on_it_is_filled_by_a_start_alone(monkeypatch, caplog):
    with postgres_url() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        for words in ("texts", "work", "backup"):
            done = ivr(words)
            assert done.exit_code == 1 and "no database of this line yet" in done.output
        made = ivr("migrate")
        assert made.exit_code == 0 and "a new one is made" in caplog.text
        assert ivr("texts").exit_code == 0


def test_the_first_start_says_that_it_makes_a_database_and_the_next_does_not(tmp_path, caplog):
    url = f"sqlite:///{tmp_path}/line.db"
    for told in (1, 1):
        services_of(create_app(read({"DATABASE_URL": url})), Lifetime).close()
        assert caplog.text.count("a new one is made") == told


def test_a_line_that_starts_where_its_database_was_promises_nothing_until_it_is_back(
    settings, path, tmp_path, opens
):
    services_of(create_app(settings), Lifetime).close()
    away = tmp_path / "away"
    away.mkdir()
    for each in path.parent.glob("line.db*"):
        each.rename(away / each.name)
    app = opens(settings)
    telephone = Telephone(app, settings)
    assert telephone.voice().find("Gather") is not None, "calls go on"
    (told,) = answers(telephone, "RING")
    assert "cannot take that down" in told and not path.exists()
    assert telephone.client.get("/readyz").status_code == 503
    for each in away.iterdir():
        each.rename(path.parent / each.name)
    assert telephone.client.get("/readyz").json["checks"]["database"]


def test_a_worker_that_runs_makes_no_database_either(path):
    """DBOS opens the file by itself."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{path}", "LOG_LEVEL": "info"}
    environment |= {"PUBLIC_BASE_URL": "http://127.0.0.1:9"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "ivr", "work"], env=environment, stderr=subprocess.PIPE, text=True
    )
    said = iter(worker.stderr)
    assert any("the worker is ready" in line for line in said)
    take_away(path)
    assert any("looking again" in line for line in said)
    worker.terminate()
    worker.communicate()
    assert not path.exists()


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///file:nowhere?mode=memory&cache=shared&uri=true").close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["another line's", "empty"])
def test_another_file_is_not_taken_up_by_a_running_line(sqlite, path, caplog, kind):
    """It may be emptier, and know nobody who said STOP."""
    done = effects(sqlite)
    assert done.do("CA1", WISH, LINE).isdigit()
    other = another(path)
    if kind == "empty":
        other.write_bytes(b"")
    first, before = path.with_suffix(".away"), other.read_bytes()
    path.rename(first)
    other.rename(path)
    for _ in range(20):
        assert not sqlite.writable()
    assert done.do("CA2", WISH, LINE) == "failed"
    with pytest.raises(StoreDownError), sqlite.read():
        pass
    assert path.read_bytes() == before
    assert caplog.text.count("another file stands") - caplog.text.count("could not be done") == 1
    path.unlink()
    first.rename(path)
    assert done.do("CA2", WISH, LINE).isdigit() and sqlite.writable()


@pytest.mark.parametrize("ended", ["in peace", "killed"])
def test_a_file_that_was_put_in_is_not_spoiled_by_the_changes_of_the_one_before(path, ended):
    """Neither while the line runs nor when it starts again: SQLite would read them into it."""
    url, other = f"sqlite:///{path}", another(path)
    before = other.read_bytes()
    running = subprocess.Popen(
        [sys.executable, "-c", WRITES, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert running.stdout.readline() == b"kept\n"
    other.rename(path)
    if ended == "killed":
        running.kill()
    running.communicate()
    assert path.with_name("line.db-wal").stat().st_size, "it is there still"
    store = open_store(url)
    assert not store.writable()
    store.close()
    done = CliRunner().invoke(main, ["restore", str(path), "--yes"], env={"DATABASE_URL": url})
    assert done.exit_code == 1 and path.read_bytes() == before
    path.with_name("line.db-wal").rename(path.with_name("away"))
    store = open_store(url)
    assert effects(store).do("CA1", WISH, LINE).isdigit()
    store.close()


WRITES = """
import sys
from ivr.store import open_store
from tests.support.lines import LINE
from tests.support.inbox import WISH, effects
store = open_store(sys.argv[1])
effects(store).do("CA1", WISH, LINE)
print("kept", flush=True)
sys.stdin.read()
store.close()
"""


def test_a_file_that_is_moved_away_and_back_is_used_again(sqlite, path):
    done = effects(sqlite)
    done.do("CA1", WISH, LINE)
    sqlite.close()
    path.rename(path.with_suffix(".away"))
    assert done.do("CA2", WISH, LINE) == "failed"
    path.with_suffix(".away").rename(path)
    assert done.do("CA1", WISH, LINE).isdigit()


def test_what_is_written_while_the_file_is_taken_away_is_not_promised(sqlite, path):
    outbox = Outbox(sqlite, REFERENCES)
    outbox.queue("CA1", "apples", "en", NUMBER, "the words", NOW)
    with pytest.raises(StoreDownError), sqlite.write() as connection:
        connection.execute(text("UPDATE message SET tries = 7"))
        path.unlink()


def test_a_removed_file_is_one_line_in_the_log_and_one_when_it_is_back(sqlite, path, caplog):
    caplog.set_level(logging.INFO)
    sqlite.close()
    path.rename(path.with_suffix(".away"))
    for _ in range(20):
        assert not sqlite.writable()
    assert [each.levelname for each in caplog.records] == ["ERROR"]
    assert "file is gone" in caplog.text
    path.with_suffix(".away").rename(path)
    assert sqlite.writable() and sqlite.writable()
    assert len(caplog.records) == 2 and "is back" in caplog.records[1].message


def test_a_folder_that_was_removed_is_told_by_the_doctor_and_nothing_breaks(
    settings, tmp_path, opens
):
    app = opens(settings.model_copy(update={"database_url": _elsewhere(tmp_path)}))
    shutil.rmtree(tmp_path / "elsewhere")
    ready = Telephone(app, settings).client.get("/readyz")
    assert ready.status_code == 503 and not ready.json["checks"]["disk"]


def _elsewhere(tmp_path: Path) -> str:
    (tmp_path / "elsewhere").mkdir()
    return fresh_sqlite(tmp_path / "elsewhere")


def test_a_line_whose_database_was_removed_is_red_at_once_and_promises_nothing(
    settings, tmp_path, opens
):
    app = opens(settings)
    telephone = Telephone(app, settings)
    assert telephone.client.get("/readyz").json["checks"]["database"]
    take_away(tmp_path / "line.db")
    (told,) = answers(telephone, "RING")
    assert "cannot take that down" in told
    ready = telephone.client.get("/readyz")
    assert ready.status_code == 503 and not ready.json["checks"]["database"]
    assert telephone.voice().find("Gather") is not None, "calls go on"


def test_what_looks_every_two_seconds_says_once_that_the_database_is_gone(
    settings, tmp_path, caplog
):
    app = create_app(settings, begun=False)
    telephone = Telephone(app, settings)
    take_away(tmp_path / "line.db")
    for _ in range(10):
        services_of(app, CallServices).content_store.look()
        services_of(app, CallServices).live_settings.look()
        telephone.client.get("/readyz")
    said = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(said) == len(set(said)) and any("file is gone" in each for each in said)
    services_of(app, Lifetime).close()


def test_notes_that_are_dropped_are_told_of_once_and_their_number_when_it_is_over(path, caplog):
    store = open_store(f"sqlite:///{path}")
    journal = Journal(store, REFERENCES)
    store.close()
    path.rename(path.with_suffix(".away"))
    for n in range(1, 4):
        journal.note("CA1", (Note("rang", "main"),))
        until(lambda n=n: journal.dropped == n, "the note is dropped")
    assert caplog.text.count("notes are dropped") == 1
    path.with_suffix(".away").rename(path)
    journal.note("CA1", (Note("rang", "main"),))
    until(lambda: "notes are kept again; 3 were dropped" in caplog.text, "it is said to be over")
    journal.close()
    store.close()


# --- a full disk -----------------------------------------------------------------------------


@contextmanager
def no_file_grows_past(size: int):
    """As on a disk with so many bytes left: the system takes no more of this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sizes(path: Path) -> int:
    return sum(each.stat().st_size for each in path.parent.glob("line.db-wal"))


@pytest.mark.parametrize("left", [0, 10_000], ids=["none", "a little"])
def test_on_a_full_disk_the_database_is_said_to_take_nothing(sqlite, path, left):
    assert effects(sqlite).do("CA1", WISH, LINE).isdigit() and sqlite.writable()
    with no_file_grows_past(left):
        assert not sqlite.writable()
    assert sqlite.writable()


def test_a_trial_leaves_nothing_and_the_files_do_not_grow_with_each(sqlite, path):
    effects(sqlite).do("CA1", WISH, LINE)
    sqlite.writable()
    before = sizes(path)
    for _ in range(20):
        assert sqlite.writable()
    assert sizes(path) == before
    with sqlite.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM heartbeat")).scalar() == 0


def test_whether_a_row_can_be_written_is_tried_with_one_and_none_is_left(store):
    """Of a server the same: it refuses each new row, as it does when its disk is full."""
    assert store.writable()
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM heartbeat")).scalar() == 0
        server = connection.dialect.name == "postgresql"
    refuse(store, server)
    assert not store.writable()
    assert effects(store).do("CA1", WISH, LINE) == "failed"


def refuse(store, server: bool) -> None:
    """Every new row is refused from now on."""
    with store.write() as connection:
        for table in ("heartbeat", "callback"):
            if not server:
                fault = "BEGIN SELECT RAISE(ABORT, 'full'); END"
                connection.execute(
                    text(f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} {fault}")
                )
                continue
            connection.execute(
                text(
                    "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$"
                )
            )
            connection.execute(
                text(
                    f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION full_disk()"
                )
            )


def test_a_promise_that_is_refused_says_why_in_the_log_and_not_of_whom(store, caplog):
    with store.read() as connection:
        server = connection.dialect.name == "postgresql"
    refuse(store, server)
    assert effects(store).do("CA1", WISH, LINE) == "failed"
    assert ("53100" if server else "SQLITE_CONSTRAINT_TRIGGER") in caplog.text
    assert "7700900" not in caplog.text and os.linesep not in caplog.records[-1].getMessage()
