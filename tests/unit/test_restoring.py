"""A restore is all or nothing: what is no backup of this line, or is cut off, changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ivr.app import create_app
from ivr.cli import restore
from ivr.config import read
from ivr.secrets.seal import References
from ivr.staff import StaffServices
from ivr.store import open_store
from ivr.store.accounts import Accounts
from ivr.store.backup import copy_out
from ivr.store.optouts import OptOuts
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.commands import ivr
from tests.support.postgres import fresh_sqlite, migrate, postgres_url
from tests.support.staff_pages import PASSWORD, invite, joined, post, sign_in, signed_in

OLD, NEW = "an old secret of more than 32 characters", "a new secret of more than 32 characters"
NUMBER = "+447700900123"
NOW = datetime.now(UTC)


@pytest.fixture
def url(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of a line where somebody works, and somebody said STOP."""
    monkeypatch.setattr(restore, "COPIES", tmp_path / "aside")
    monkeypatch.setenv("SECRET_KEY", OLD)
    monkeypatch.setenv("DATABASE_URL", url)
    begin(url)
    return url


def app_of(environment: dict[str, str]) -> Flask:
    """The line's pages; nothing looks at the database by itself."""
    return create_app(read(environment), begun=False)


def begin(url: str, secret: str = OLD) -> None:
    app = app_of({"DATABASE_URL": url, "SECRET_KEY": secret})
    joined(app, "viewer", "Vi Oak")
    services_of(app, StoreServices).optouts.stop(NUMBER, NOW)
    services_of(app, Lifetime).close()


def as_it_was(url: str) -> bool:
    """Whether the line still knows who works there, and who said STOP."""
    store = open_store(url)
    try:
        stopped = OptOuts(store, References(OLD)).stopped(NUMBER)
        return stopped and [each.name for each in Accounts(store).all()] == ["Vi Oak"]
    finally:
        store.close()


def put(file: Path, *options: str, yes: bool = True) -> Result:
    done = ivr("restore", str(file), *options, *(["--yes"] if yes else []))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def emptied(url: str, folder: Path) -> str:
    """The address of a database of the same kind with nothing in it."""
    if url.startswith("sqlite"):
        return f"sqlite:///{folder}/nothing.db"
    name = make_url(url).database + "x"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def test_a_backup_of_an_older_version_comes_back_and_is_brought_up_to_date(url, tmp_path):
    older, copy = emptied(url, tmp_path), tmp_path / "old.backup"
    migrate(older, "0009")
    copy_out(older, copy)
    done = put(copy)
    assert done.exit_code == 0, done.output
    app = app_of({"DATABASE_URL": url, "SECRET_KEY": OLD})
    assert joined(app, "viewer", "New Elm")
    services_of(app, StoreServices).optouts.stop(NUMBER, NOW)
    services_of(app, Lifetime).close()


def test_a_database_of_nothing_or_of_something_else_is_no_backup(url, tmp_path):
    other, copy = emptied(url, tmp_path), tmp_path / "other.backup"
    engine = create_engine(other)
    for change in ("CREATE TABLE apples (n integer)", "DROP TABLE apples"):
        with engine.begin() as connection:
            connection.execute(text(change))
        copy_out(other, copy)
        done = put(copy)
        assert done.exit_code == 1 and "no backup of" in done.output, done.output
    engine.dispose()
    assert as_it_was(url)


def test_a_database_that_knows_no_key_is_no_backup(url, tmp_path):
    """It would take any key, and so forget every STOP without a word."""
    keyless, copy = emptied(url, tmp_path), tmp_path / "keyless.backup"
    migrate(keyless, "0012")
    copy_out(keyless, copy)
    done = put(copy)
    assert done.exit_code == 1 and "knows no key" in done.output, done.output
    assert as_it_was(url)


@pytest.mark.parametrize("content", [b"", b"no backup at all", b"PGDMP\x01\x0e\x00\x04"])
def test_a_file_that_is_nothing_changes_nothing(url, tmp_path, content):
    (tmp_path / "no.backup").write_bytes(content)
    done = put(tmp_path / "no.backup")
    assert done.exit_code == 1 and "no backup of" in done.output, done.output
    assert as_it_was(url)


@pytest.mark.parametrize("left", [0.67, 0.99], ids=["in the middle", "near its end"])
def test_a_dump_that_ends_too_early_changes_nothing(url, tmp_path, left):
    whole, cut = tmp_path / "whole.backup", tmp_path / "cut.backup"
    copy_out(url, whole)
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * left)])
    assert put(cut).exit_code == 1
    assert as_it_was(url)


def test_a_backup_of_another_key_is_refused_before_anything_is_replaced(url, tmp_path, monkeypatch):
    copy = tmp_path / "line.backup"
    copy_out(url, copy)
    other = emptied(url, tmp_path)
    begin(other, NEW)
    monkeypatch.setenv("DATABASE_URL", other)
    monkeypatch.setenv("SECRET_KEY", NEW)
    done = put(copy)
    assert done.exit_code == 1 and "REFERENCE_KEY" in done.output and "STOP" in done.output
    services_of(app_of({"DATABASE_URL": other, "SECRET_KEY": NEW}), Lifetime).close()

    forgets = put(copy, "--new-reference-key")
    assert forgets.exit_code == 0, forgets.output
    services_of(app_of({"DATABASE_URL": other, "SECRET_KEY": NEW}), Lifetime).close()


def test_what_stood_there_is_kept_aside_and_can_be_put_back_itself(url, tmp_path):
    copy = tmp_path / "line.backup"
    copy_out(url, copy)
    app = app_of({"DATABASE_URL": url, "SECRET_KEY": OLD})
    joined(app, "viewer", "Since Then")
    services_of(app, Lifetime).close()
    done = put(copy)
    assert done.exit_code == 0 and as_it_was(url)
    aside = Path(done.output.partition("is kept in ")[2].partition(". ")[0])
    assert aside.stat().st_mode & 0o777 == 0o600
    back = put(aside)
    assert back.exit_code == 0, back.output
    store = open_store(url)
    assert {each.name for each in Accounts(store).all()} == {"Vi Oak", "Since Then"}
    store.close()


def test_it_is_asked_only_once_everything_else_was_looked_at(url, tmp_path):
    (tmp_path / "no.backup").write_text("no backup at all")
    assert "Replace everything" not in put(tmp_path / "no.backup", yes=False).output
    copy = tmp_path / "line.backup"
    copy_out(url, copy)
    store = open_store(url)
    assert Accounts(store).all()
    refused = put(copy, yes=False)
    store.close()
    assert refused.exit_code == 1 and "stop the line first" in refused.output
    assert "Replace everything" not in refused.output


# --- cut off -----------------------------------------------------------------------------------


KILLED_IN = """
import os, signal, sys
from ivr.cli import main
from ivr.store import restoring
count, most = 0, int(sys.argv[1])
def trace(frame, event, argument):
    global count
    if frame.f_code.co_filename != restoring.__file__:
        return None
    count += 1
    if count == most:
        os.kill(os.getpid(), signal.SIGKILL)
    return trace
sys.settrace(trace)
main(["restore", sys.argv[2], "--yes"])
"""


def test_a_restore_that_is_killed_leaves_the_one_or_the_other_and_nobody_comes_back(url, tmp_path):
    """At one line after another of what puts it in place."""
    app, copy = app_of({"DATABASE_URL": url, "SECRET_KEY": OLD}), tmp_path / "a.backup"
    browser = signed_in(app, "manager")
    _, link = invite(app, "viewer", "Asked Once")
    token = browser.get_cookie("office", path="/office").value
    copy_out(url, copy)
    assert post(browser, "/office/sign-out").status_code == 302
    services_of(app, StaffServices).people.accounts.withdraw("asked.once@example.org")
    services_of(app, Lifetime).close()
    killed = True
    for after in range(10, 2_000, 41):
        command = [sys.executable, "-c", KILLED_IN, str(after), str(copy)]
        done = subprocess.run(command, check=False, capture_output=True, env=os.environ)
        killed = done.returncode == -signal.SIGKILL
        again = app_of({"DATABASE_URL": url, "SECRET_KEY": OLD})
        came = again.test_client()
        came.set_cookie("office", token, path="/office")
        assert came.get("/office").status_code == 302, after
        assert came.get(link).status_code == 404, after
        assert sign_in(came, "vi.oak@example.org", PASSWORD).status_code == 302, after
        services_of(again, Lifetime).close()
        if not killed:
            assert done.returncode == 0, done.stderr
            break
    assert not killed


def test_a_dump_of_which_only_a_part_arrives_changes_nothing(tmp_path, monkeypatch):
    """PostgreSQL's program gets the first of it, and then nobody is there any more."""
    real, copy = shutil.which("psql"), tmp_path / "line.backup"
    with postgres_url(migrated=True) as url:
        begin(url)
        copy_out(url, copy)
        programs = tmp_path / "bin"
        programs.mkdir()
        script = f'#!/bin/sh\nhead -c 20000 | {real} "$@"\nkill -9 $PPID\n'
        (programs / "psql").write_text(script)
        (programs / "psql").chmod(0o755)
        environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": OLD}
        environment["PATH"] = f"{programs}:{environment['PATH']}"
        command = [sys.executable, "-m", "ivr", "restore", str(copy), "--yes"]
        done = subprocess.run(command, env=environment, check=False, cwd=Path.cwd())
        assert done.returncode == -signal.SIGKILL
        assert as_it_was(url)


# --- SQLite's files ----------------------------------------------------------------------------


@pytest.fixture
def line(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", fresh_sqlite(tmp_path))
    monkeypatch.setenv("SECRET_KEY", OLD)
    begin(f"sqlite:///{tmp_path}/line.db")
    return tmp_path / "line.db"


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%41", "with a space", "ä"])
def test_a_backup_may_have_any_name(line, tmp_path, name):
    copy_out(f"sqlite:///{line}", tmp_path / "copies" / name)
    (tmp_path / "copies" / "a").write_text("another file")
    assert put(tmp_path / "copies" / name).exit_code == 0
    assert as_it_was(f"sqlite:///{line}")


@pytest.mark.parametrize("mode", ["delete", "wal"], ids=["as it is made", "from before"])
def test_nothing_is_written_beside_a_backup(line, tmp_path, mode):
    """It may lie on a medium that takes nothing."""
    folder = tmp_path / "copies"
    copy_out(f"sqlite:///{line}", folder / "line.backup")
    other = sqlite3.connect(folder / "line.backup")
    assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    other.execute(f"PRAGMA journal_mode = {mode}")
    other.close()
    folder.chmod(0o500)
    before = (
        [(each.name, each.stat().st_mtime_ns) for each in folder.iterdir()],
        (folder.stat().st_mtime_ns),
    )
    assert put(folder / "line.backup").exit_code == 0
    after = (
        [(each.name, each.stat().st_mtime_ns) for each in folder.iterdir()],
        (folder.stat().st_mtime_ns),
    )
    assert after == before and as_it_was(f"sqlite:///{line}")


def test_a_copy_by_hand_without_its_changes_is_refused(tmp_path, monkeypatch):
    """All that was written so far may stand in the file of changes alone."""
    monkeypatch.setenv("SECRET_KEY", OLD)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/line.db")
    app = app_of({"DATABASE_URL": f"sqlite:///{tmp_path}/line.db", "SECRET_KEY": OLD})
    services_of(app, StoreServices).optouts.stop(NUMBER, NOW)
    shutil.copy(tmp_path / "line.db", tmp_path / "copy.db")
    shutil.copy(tmp_path / "line.db-wal", tmp_path / "copy.db-wal")
    services_of(app, Lifetime).close()
    done = put(tmp_path / "copy.db")
    assert done.exit_code == 1 and "copied by hand" in done.output


# --- PostgreSQL's users ------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[tuple[str, str]]:
    """A database of the user ``line``: its address for ``line``, and for somebody else."""
    monkeypatch.setattr(restore, "COPIES", tmp_path / "aside")
    with postgres_url() as url:
        parsed = make_url(url)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'line'").fetchone():
                connection.execute("CREATE ROLE line LOGIN")
            connection.execute(f'ALTER DATABASE "{parsed.database}" OWNER TO line')
        begin(parsed.set(username="line").render_as_string())
        yield parsed.set(username="line").render_as_string(), url


def test_who_is_connected_is_seen_whoever_it_is(server, tmp_path, monkeypatch):
    line, other = server
    copy_out(line, tmp_path / "line.backup")
    monkeypatch.setenv("SECRET_KEY", OLD)
    for running, restoring, named in ((line, other, "line"), (other, line, "postgres")):
        engine = create_engine(running)
        with engine.connect():
            monkeypatch.setenv("DATABASE_URL", restoring)
            done = put(tmp_path / "line.backup")
        engine.dispose()
        assert done.exit_code == 1 and f"(user {named})" in done.output, done.output
    assert as_it_was(line)


def test_tables_stay_with_who_the_line_runs_as(server, tmp_path, monkeypatch):
    line, other = server
    copy_out(line, tmp_path / "line.backup")
    monkeypatch.setenv("SECRET_KEY", OLD)
    monkeypatch.setenv("DATABASE_URL", other)
    refused = put(tmp_path / "line.backup")
    assert refused.exit_code == 1 and "belong to the user line" in refused.output
    monkeypatch.setenv("DATABASE_URL", line)
    assert put(tmp_path / "line.backup").exit_code == 0
    assert as_it_was(line)
