"""A backup is made while callers write, and what comes back from it is whole."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from ivr.config import read
from ivr.store import Inbox, Outbox, open_store
from ivr.store.backup import BackupError, copy_out
from ivr.store.database import Key
from ivr.store.limits import Caps
from ivr.store.restoring import look_into, put_back
from ivr.store.tables import callback, sms
from tests.support.commands import ivr
from tests.support.inbox import REFERENCES, WISH, effects
from tests.support.lines import LINE
from tests.support.machine import until

NO_CAPS = Caps(10**6, 10**6, 10**6, 10**6, 10**6, 10**6, 10**9)


def test_a_copy_made_under_writes_is_whole_and_comes_back(url, tmp_path):
    store, stop, written = open_store(url), threading.Event(), []

    def write() -> None:
        outbox, now = Outbox(store, REFERENCES, caps=NO_CAPS), datetime.now(UTC)
        while not stop.is_set():
            call = f"CA{len(written)}"
            written.append(outbox.queue(call, "apples", "en", "+447700900123", "Apples.", now))

    effects(store).do("CA1", WISH, LINE)
    writing = threading.Thread(target=write)
    writing.start()
    until(lambda: len(written) >= 5, "callers write")
    before = len(written)
    copy_out(url, tmp_path / "b" / "line.backup")
    after = len(written) + 1
    stop.set()
    writing.join()
    with store.write() as connection:
        connection.execute(update(sms).values(body="spoiled"))
    store.close()
    put_back(url, tmp_path / "b" / "line.backup", tmp_path / "aside", str)
    back = open_store(url)
    assert before <= back.count(sms) <= after
    assert set(back.values(select(sms.c.body))) <= {"Apples."}
    assert len(Inbox(back, REFERENCES).items()) == 1
    back.close()


def test_only_the_owner_reads_a_copy(url, tmp_path):
    open_store(url).close()
    copy_out(url, tmp_path / "line.backup")
    assert (tmp_path / "line.backup").stat().st_mode & 0o777 == 0o600


def test_what_is_no_backup_changes_nothing(url, tmp_path):
    store = open_store(url)
    effects(store).do("CA1", WISH, LINE)
    (tmp_path / "no.backup").write_text("no backup at all")
    with pytest.raises(BackupError, match="no backup"):
        look_into(url, tmp_path / "no.backup")
    assert len(Inbox(store, REFERENCES).items()) == 1
    store.close()


def test_the_commands_keep_so_many_and_purge_after_a_restore(url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    store = open_store(url, key=Key(read({}).fingerprint))
    effects(store).do("CA1", WISH, LINE)
    long_ago = datetime.now(UTC) - timedelta(days=91)
    with store.write() as connection:
        connection.execute(update(callback).values(asked_at=long_ago))
    out = tmp_path / "copies"
    (out / "x").parent.mkdir()
    for age in range(3):
        (out / f"line-2026010{age}T000000Z.backup").write_text("old")
    made = ivr("backup", "--out", str(out), "--keep", "2")
    assert made.exit_code == 0, made.output
    kept = sorted(out.iterdir())
    assert len(kept) == 2 and kept[0].name == "line-20260102T000000Z.backup"
    store.close()
    refused = ivr("restore", str(kept[1]), says="n\n")
    assert refused.exit_code == 1 and "nothing was changed" in refused.output
    done = ivr("restore", str(kept[1]), "--yes")
    assert done.exit_code == 0, done.output
    back = open_store(url)
    assert Inbox(back, REFERENCES).items(done=True) == []
    back.close()


def test_a_database_that_is_not_there_cannot_be_copied(tmp_path):
    with pytest.raises(BackupError, match="could not be copied"):
        copy_out(f"sqlite:///{tmp_path}/none.db", tmp_path / "line.backup")
    assert not list(tmp_path.glob("line.backup*"))
