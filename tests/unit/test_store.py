"""The database: texts kept once or not promised, statuses in any order, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, update

from ivr.line.call import Note
from ivr.secrets.seal import References
from ivr.store import Journal, Outbox, StoreDownError, open_store
from ivr.store.limits import Caps
from ivr.store.sent import Sent
from ivr.store.sessions import Changes
from ivr.store.tables import journal, metadata, sms
from ivr.store.time_limits import WEBHOOK, Within
from ivr.store.upgrading import MIGRATIONS, newest_migration
from tests.support.at_once import at_once
from tests.support.inbox import queue
from tests.support.machine import until
from tests.support.postgres import fresh_sqlite, migrate

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
REFERENCES = References("a secret for tests")
NUMBER = "+447700900123"


@pytest.fixture
def outbox(store):
    return Outbox(store, REFERENCES)


def row(store):
    with store.read() as connection:
        return connection.execute(select(sms)).one()


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


def hand_over(outbox, sid="SM1", now=NOW):
    """The oldest text that is due goes to the carrier; its id here."""
    message_id = outbox.due(now)[0][0]
    outbox.claim(message_id, now)
    outbox.accepted(message_id, sid)
    return message_id


ENDS = {
    "delivered": ("delivered", "", "delivered"),
    "undelivered": ("undelivered", "30003", "undelivered"),
    "failed": ("failed", "30007", "failed"),
    "unreachable, told as failed": ("failed", "30003", "undelivered"),
    "unknown handset": ("failed", "30005", "undelivered"),
    "a landline, told as failed": ("failed", "30006", "undelivered"),
    "unknown to the network": ("failed", "30008", "undelivered"),
    "filtered, told as undelivered": ("undelivered", "30007", "failed"),
    "a blocked range, told as undelivered": ("undelivered", "30450", "failed"),
    "a code without its status": ("sent", "30008", "undelivered"),
    "a code that is not ours to judge": ("failed", "30034", "failed"),
    "an unknown code": ("undelivered", "39999", "undelivered"),
    "delivered with a code": ("delivered", "30003", "delivered"),
    "read with a code": ("read", "30008", "read"),
}


@pytest.mark.parametrize(("status", "code", "end"), ENDS.values(), ids=ENDS)
def test_statuses_in_any_order_end_the_same(outbox, store, status, code, end):
    """Every order is walked; from where two have led to the same row, they are walked as one."""
    queue(outbox)
    hand_over(outbox)
    news = (("queued", ""), ("sending", ""), ("sent", ""), (status, code), (status, code))
    walks = {(row(store), news)}
    for _ in news:
        walks = set(told_each(outbox, store, walks))
    assert {(kept.status, kept.error) for kept, left in walks} == {(end, code)}


def told_each(outbox, store, walks):
    """Each row with each of its news that are left told next: what the row then is, and the rest."""
    for kept, left in walks:
        for told in set(left):
            with store.write() as connection:
                connection.execute(update(sms).values(kept._asdict()))
            outbox.status("SM1", *told)
            at = left.index(told)
            yield row(store), left[:at] + left[at + 1 :]


def test_a_code_on_the_way_is_kept_and_ends_nothing(outbox, store):
    queue(outbox)
    hand_over(outbox)
    outbox.status("SM1", "sent", "30034")
    assert (row(store).status, row(store).error) == ("sent", "30034")
    outbox.status("SM1", "delivered")
    assert row(store).status == "delivered"


LATE = {
    "that it was accepted": lambda outbox, own: outbox.accepted(own, "SM2"),
    "that it must wait": lambda outbox, own: outbox.later(own, NOW, "20429"),
    "that it was refused": lambda outbox, own: outbox.failed(own, NOW, "21211"),
}


@pytest.mark.parametrize("say", LATE.values(), ids=LATE)
def test_a_worker_that_comes_late_does_not_undo_what_another_has_done(outbox, store, say):
    queue(outbox)
    own = hand_over(outbox)
    outbox.status("SM1", "delivered")
    say(outbox, own)
    assert (row(store).status, row(store).carrier_sid, row(store).error) == ("delivered", "SM1", "")


def test_texts_to_a_blocked_range_wait_half_an_hour_and_are_not_lost(outbox):
    queue(outbox)
    hand_over(outbox)
    queue(outbox, call="CA2", number="+447700900456")
    ((waits, _),) = outbox.due(NOW)
    outbox.status("SM1", "failed", "30450")
    assert outbox.due(NOW) == [] and outbox.claim(waits, NOW) is None
    queue(outbox, call="CA3", number="+442079460123")
    assert len(outbox.due(NOW)) == 1 and len(outbox.waiting()) == 2
    soon, later = NOW + timedelta(minutes=29), NOW + timedelta(minutes=31)
    assert outbox.claim(waits, soon) is None
    assert outbox.claim(waits, later)


def test_a_text_to_a_range_that_stays_blocked_can_still_be_given_up(outbox):
    queue(outbox, call="CA2", number="+447700900456")
    later = NOW + timedelta(hours=4, minutes=1)
    outbox.queue("CA1", "complaint", "en", NUMBER, "the words", later)
    old, fresh = (message_id for message_id, _ in outbox.due(later))
    outbox.claim(fresh, later)
    outbox.failed(fresh, later, "30450")
    assert [message_id for message_id, _ in outbox.due(later)] == [old]
    assert outbox.claim(old, later)


def test_a_text_without_an_end_for_an_hour_is_shown(store, outbox):
    for call, sid in (("CA1", "SM1"), ("CA2", "SM2"), ("CA3", "SM3")):
        queue(outbox, call=call)
        hand_over(outbox, sid)
    outbox.status("SM1", "delivered")
    outbox.status("SM2", "sent")
    sent = Sent(store, Caps())
    assert sent.troubles(NOW + timedelta(minutes=59)) == []
    stuck = sent.troubles(NOW + timedelta(minutes=61))
    assert {(each.topic, each.status) for each in stuck} == {
        ("complaint", "sent"), ("complaint", "accepted"),
    }  # fmt: skip
    assert "7700900" not in str(stuck)


def test_news_that_comes_before_the_carriers_answer_counts_and_ends_the_sending(outbox, store):
    queue(outbox)
    ((message_id, _),) = outbox.due(NOW)
    outbox.claim(message_id, NOW)
    outbox.status("SM1", "sent", message_id=message_id)
    later = NOW + timedelta(hours=1)
    outbox.later(message_id, NOW, "timeout")
    assert (row(store).status, row(store).carrier_sid) == ("sent", "SM1")
    assert outbox.due(later) == [] and outbox.claim(message_id, later) is None
    outbox.accepted(message_id, "SM1")
    outbox.status("SM1", "delivered", message_id=message_id)
    assert row(store).status == "delivered"


def test_news_with_another_id_of_the_carriers_than_the_row_has_changes_nothing(outbox, store):
    queue(outbox)
    message_id = hand_over(outbox)
    outbox.status("SM2", "failed", "30007", message_id=message_id)
    assert (row(store).status, row(store).carrier_sid) == ("accepted", "SM1")


def test_a_status_of_an_unknown_text_or_an_unknown_status_changes_nothing(outbox, store):
    queue(outbox)
    outbox.status("SM9", "delivered")
    outbox.status("", "nonsense")
    assert row(store).status == "waiting"


def test_the_tables_are_what_the_migrations_make(empty):
    open_store(empty).close()
    engine = create_engine(empty)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_texts_from_before_the_limits_are_kept_and_sent(empty):
    migrate(empty, "0002")
    old = dict.fromkeys(("call_ref", "number_ref", "topic", "lang", "body", "error"), "x")
    old |= {"number": NUMBER, "asked_at": NOW, "next_at": NOW, "tries": 0}
    waits = {"id": "waits", "status": "waiting"}
    sent = {"id": "sent", "status": "sent", "topic": "y", "first_tried_at": NOW}
    engine = create_engine(empty)
    with engine.begin() as connection:
        for each in (waits, sent):
            connection.execute(insert(sms).values({**old, **each}))
    engine.dispose()
    store = open_store(empty)
    outbox = Outbox(store, REFERENCES)
    assert [message_id for message_id, _ in outbox.due(NOW)] == ["waits"]
    assert outbox.claim("waits", NOW)
    assert "sent" in {each.id for each in Sent(store, Caps()).troubles(NOW + timedelta(hours=2))}
    store.close()


def test_two_processes_may_open_a_fresh_database_at_once(empty):
    for store in at_once(open_store, [empty] * 4):
        assert store.writable()
        store.close()


def test_the_journal_writes_notes_in_the_background(store):
    notes = Journal(store, REFERENCES)
    for _ in range(700):
        notes.note("CA1", (Note("part", "complaint"), Note("slip", "main")))
    notes.close()
    rows = store.rows(select(journal))
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
    # It is a second; by itself SQLite's driver would wait for five.
    assert time.monotonic() - began < 4
    holder.execute("ROLLBACK")
    assert queue(outbox) == "queued"


def waited_in_vain(outbox: Outbox, seconds: float | None = None) -> float:
    """How long it takes until a text is refused, to a webhook (with its ``seconds``) or a worker."""
    began = time.monotonic()
    with Within(seconds) if seconds else nullcontext(), pytest.raises(StoreDownError):
        queue(outbox)
    return time.monotonic() - began


def test_of_all_callers_one_waits_for_a_lock_until_it_is_free_again(tmp_path):
    path = tmp_path / "line.db"
    outbox = Outbox(open_store(f"sqlite:///{path}"), REFERENCES)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert waited_in_vain(outbox, WEBHOOK) > 0.9
    assert all(waited_in_vain(outbox, WEBHOOK) < 0.8 for _ in range(5)), "more than one has waited"
    assert waited_in_vain(outbox) > 0.9, "for a worker nobody waits"
    holder.execute("ROLLBACK")
    with Within(WEBHOOK):
        assert queue(outbox) == "queued"
    holder.execute("BEGIN IMMEDIATE")
    assert waited_in_vain(outbox, WEBHOOK) > 0.9, "what was free in between is waited for again"


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
    store = open_store(fresh_sqlite(tmp_path))
    notes = Journal(store, REFERENCES)
    holder = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    notes.note("CA1", (Note("part", "complaint"),))
    assert time.monotonic() - began < 0.9, "a note has waited for the database"
    notes.close()
    assert notes.dropped == 1


def test_whatever_goes_wrong_the_next_notes_are_written(store, monkeypatch):
    notes = Journal(store, REFERENCES)
    write = store.write

    def broken():
        monkeypatch.setattr(store, "write", write)
        raise RuntimeError("something that nobody thought of")

    monkeypatch.setattr(store, "write", broken)
    notes.note("CA1", (Note("part", "complaint"),))
    until(lambda: notes.dropped, "the first note is dropped")
    notes.note("CA1", (Note("slip", "main"),))
    notes.close()
    assert store.values(select(journal.c.event)) == ["slip"]
    assert notes.dropped == 1


def test_the_newest_migration_is_known_without_asking_who_runs_them():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == newest_migration()


def test_of_what_is_limited_to_five_an_hour_five_are_done_however_many_ask_at_once(store):
    changes, now = Changes(store), datetime(2026, 11, 24, 10, tzinfo=UTC)

    def ring(of: str = "anna", minutes: int = 0) -> bool:
        return changes.note_limited("ada", "test-ring", of, now + timedelta(minutes=minutes), 5)

    assert sorted(at_once(ring, ["anna"] * 8)) == [False] * 3 + [True] * 5
    assert ring("ben") and not ring(minutes=59) and ring(minutes=61)
    assert [each.of for each in changes.newest()].count("anna") == 6
