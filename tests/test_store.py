"""The database: texts kept once or not promised, statuses in any order, on SQLite and PostgreSQL."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from ivr.call import Note
from ivr.seal import References
from ivr.store import Journal, Outbox, StoreDownError, open_store
from ivr.store.tables import journal, message
from tests.postgres import postgres_url

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
REFERENCES = References("a secret for tests")
NUMBER = "+447700900123"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A fresh database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/line.db"
    else:
        with postgres_url() as found:
            yield found


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def outbox(store):
    return Outbox(store, REFERENCES)


def queue(outbox, call="CA1", topic="complaint", number=NUMBER):
    return outbox.queue(call, topic, "en", number, "the words", NOW)


def row(store):
    with store.read() as connection:
        return connection.execute(select(message)).one()


def test_a_text_is_kept_once_for_a_call_a_topic_and_a_number(outbox):
    assert queue(outbox) == "queued"
    assert queue(outbox) == "already"
    assert queue(outbox, topic="school") == "queued"
    assert queue(outbox, call="CA2") == "queued"
    assert queue(outbox, number="+447700900456") == "queued"
    assert len(outbox.waiting()) == 4


def test_the_number_stands_in_one_column_only(outbox, store):
    queue(outbox)
    kept = row(store)._mapping
    assert [name for name, value in kept.items() if "7700900123" in str(value)] == ["number"]
    assert "CA1" not in str(dict(kept))


def test_only_one_worker_gets_a_text_and_another_when_the_lease_is_over(outbox):
    queue(outbox)
    ((message_id, tries),) = outbox.due(NOW)
    assert tries == 0
    first = outbox.claim(message_id, NOW)
    assert first and first.tries == 1 and first.number == NUMBER
    assert outbox.claim(message_id, NOW) is None and outbox.due(NOW) == []
    later = NOW + timedelta(seconds=31)
    assert outbox.due(later) == [(message_id, 1)]
    assert outbox.claim(message_id, later).tries == 2


def test_an_accepted_text_is_never_due_again(outbox):
    queue(outbox)
    ((message_id, _),) = outbox.due(NOW)
    outbox.claim(message_id, NOW)
    outbox.accepted(message_id, "SM1")
    assert outbox.due(NOW + timedelta(days=1)) == [] and outbox.known(["SM1", "SM2"]) == {"SM1"}


@pytest.mark.parametrize("last", ["delivered", "undelivered", "failed"])
def test_statuses_in_any_order_end_the_same(outbox, store, last):
    queue(outbox)
    ((message_id, _),) = outbox.due(NOW)
    outbox.claim(message_id, NOW)
    outbox.accepted(message_id, "SM1")
    for order in itertools.permutations(["queued", "sent", last, "sent"]):
        with store.write() as connection:
            connection.execute(text("UPDATE message SET status = 'accepted'"))
        for status in order:
            outbox.status("SM1", status)
        assert row(store).status == last, order


def test_a_status_of_an_unknown_text_or_an_unknown_status_changes_nothing(outbox, store):
    queue(outbox)
    outbox.status("SM9", "delivered")
    outbox.status("", "nonsense")
    assert row(store).status == "waiting"


def test_two_processes_may_open_a_fresh_database_at_once(url):
    opened, failed = [], []

    def open_it():
        store = open_store(url)
        (opened if store.writable() else failed).append(store)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4 and not failed
    for store in opened:
        store.close()


def test_the_journal_writes_notes_in_the_background(store):
    notes = Journal(store, REFERENCES)
    for _ in range(700):
        notes.note("CA1", (Note("part", "complaint"), Note("slip", "main")))
    notes.close()
    with store.read() as connection:
        rows = connection.execute(select(journal)).all()
    assert len(rows) == 1400 and notes.dropped == 0
    assert "CA1" not in str(rows)


# --- a database that does not answer ---------------------------------------------------------


def test_a_locked_database_costs_a_second_and_promises_nothing(tmp_path):
    path = tmp_path / "line.db"
    outbox = Outbox(open_store(f"sqlite:///{path}"), REFERENCES)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StoreDownError):
        queue(outbox)
    assert time.monotonic() - began < 2.0
    holder.execute("ROLLBACK")
    assert queue(outbox) == "queued"


def test_a_database_that_cannot_be_opened_does_not_stop_the_start(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    store = open_store(f"sqlite:///{tmp_path}/file/line.db")
    assert not store.writable()
    with pytest.raises(StoreDownError):
        queue(Outbox(store, REFERENCES))


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "line.db"
    path.write_text("this is a letter, not a database" * 100)
    assert not open_store(f"sqlite:///{path}").writable()
    assert path.read_text().startswith("this is a letter")


def test_notes_are_dropped_and_counted_while_the_database_is_away(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/line.db")
    notes = Journal(store, REFERENCES)
    holder = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    notes.note("CA1", (Note("part", "complaint"),))
    assert time.monotonic() - began < 0.1
    notes.close()
    assert notes.dropped == 1
