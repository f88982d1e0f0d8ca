"""The database's own file: replaced, removed, or on a full disk, while a line uses it."""

from __future__ import annotations

import logging
import os
import resource
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.app import create_app
from ivr.line.call import Note
from ivr.store import Inbox, Journal, Outbox, StoreDownError, open_store
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.voice import CallServices
from tests.support.lines import LINE
from tests.support.machine import until
from tests.support.postgres import fresh_sqlite
from tests.support.telephone import Telephone
from tests.unit.test_inbox import REFERENCES, WISH, effects
from tests.web.test_sms import answers

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


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///file:nowhere?mode=memory&cache=shared&uri=true").close()
    assert not list(tmp_path.iterdir())


def test_what_is_promised_after_another_file_was_put_there_stands_in_that_one(sqlite, path):
    done = effects(sqlite)
    assert done.do("CA1", WISH, LINE).isdigit()
    replace_by(path, another(path))
    assert done.do("CA2", WISH, LINE).isdigit() and sqlite.writable()
    sqlite.close()
    assert waits(path) == 1


def test_an_older_copy_that_is_put_there_is_brought_up_to_date(sqlite, path, tmp_path):
    effects(sqlite).do("CA1", WISH, LINE)
    (tmp_path / "empty").mkdir()
    empty = tmp_path / "empty" / "line.db"
    empty.touch()
    replace_by(path, empty)
    assert effects(sqlite).do("CA2", WISH, LINE).isdigit() and waits(path) == 1


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


def test_a_folder_that_was_removed_is_told_by_the_doctor_and_nothing_breaks(settings, tmp_path):
    app = create_app(settings.model_copy(update={"database_url": _elsewhere(tmp_path)}))
    shutil.rmtree(tmp_path / "elsewhere")
    ready = Telephone(app, settings).client.get("/readyz")
    assert ready.status_code == 503 and not ready.json["checks"]["disk"]
    services_of(app, Lifetime).close()


def _elsewhere(tmp_path: Path) -> str:
    (tmp_path / "elsewhere").mkdir()
    return fresh_sqlite(tmp_path / "elsewhere")


def test_a_line_whose_database_was_removed_is_red_at_once_and_promises_nothing(settings, tmp_path):
    app = create_app(settings)
    telephone = Telephone(app, settings)
    assert telephone.client.get("/readyz").json["checks"]["database"]
    take_away(tmp_path / "line.db")
    (told,) = answers(telephone, "RING")
    assert "cannot take that down" in told
    ready = telephone.client.get("/readyz")
    assert ready.status_code == 503 and not ready.json["checks"]["database"]
    assert telephone.voice().find("Gather") is not None, "calls go on"
    services_of(app, Lifetime).close()


def test_what_looks_every_two_seconds_says_once_that_the_database_is_gone(
    settings, tmp_path, caplog
):
    app = create_app(settings)
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
