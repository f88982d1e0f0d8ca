"""Do-not-text: a number that said STOP gets no text on any way, until it says START."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.config import read
from ivr.jobs import Texts
from ivr.secrets.seal import References
from ivr.store import Outbox, StoreDownError, open_store
from ivr.store.limits import NOTICE
from ivr.store.optouts import OptOuts
from ivr.store.tables import optout, sms
from tests.support.carrier import LocalCarrier

REFERENCES = References("a secret for tests")
NUMBER, OTHER = "+447700900123", "+447700900456"


@pytest.fixture
def optouts(store):
    return OptOuts(store, REFERENCES)


@pytest.fixture
def outbox(store):
    return Outbox(store, REFERENCES)


def queue(outbox: Outbox, topic: str = "complaint", number: str = NUMBER) -> str:
    return outbox.queue("CA1", topic, "en", number, f"About {topic}", datetime.now(UTC))


def send(outbox: Outbox, api: LocalCarrier) -> list[str]:
    job, due = Texts(outbox, api.texts()), outbox.due(datetime.now(UTC))
    return [job.attempt(message_id) for message_id, _ in due]


def test_a_new_secret_in_front_of_the_old_forgets_no_stop(store):
    def references(**settings: str) -> References:
        return References(read(settings).reference_secret)

    old, new = "an old secret of more than 32 characters", "a new secret of more than 32 characters"
    OptOuts(store, references(SECRET_KEY=old)).stop(NUMBER, datetime.now(UTC))
    both = references(SECRET_KEY=f"{new},{old}")
    assert OptOuts(store, both).stopped(NUMBER)
    kept = references(SECRET_KEY=new, REFERENCE_KEY=old)
    assert OptOuts(store, kept).stopped(NUMBER)
    assert not OptOuts(store, references(SECRET_KEY=new)).stopped(NUMBER)


def test_stop_and_start(optouts):
    now = datetime.now(UTC)
    assert not optouts.stopped(NUMBER)
    optouts.stop(NUMBER, now)
    optouts.stop(NUMBER, now)
    assert optouts.stopped(NUMBER) and not optouts.stopped(OTHER)
    optouts.start(OTHER, now)
    assert optouts.stopped(NUMBER)
    optouts.start(NUMBER, now)
    optouts.start(NUMBER, now)
    assert not optouts.stopped(NUMBER)


def test_a_start_from_before_the_last_stop_changes_nothing(optouts):
    now = datetime.now(UTC)
    optouts.stop(NUMBER, now - timedelta(days=1))
    optouts.stop(NUMBER, now)
    optouts.start(NUMBER, now - timedelta(hours=1))
    assert optouts.stopped(NUMBER)


def test_the_list_holds_no_number(optouts, store):
    optouts.stop(NUMBER, datetime.now(UTC))
    assert "7700900123" not in str(store.rows(select(optout)))


@pytest.mark.parametrize("topic", ["complaint", NOTICE])
def test_no_text_is_kept_for_a_number_that_said_stop(optouts, outbox, topic):
    optouts.stop(NUMBER, datetime.now(UTC))
    assert queue(outbox, topic) == "stopped" and outbox.waiting() == []
    assert queue(outbox, topic, OTHER) == "queued"
    optouts.start(NUMBER, datetime.now(UTC))
    assert queue(outbox, topic) == "queued"


def test_a_text_that_waits_when_stop_comes_is_not_sent(optouts, outbox, store, carrier):
    queue(outbox)
    queue(outbox, number=OTHER)
    optouts.stop(NUMBER, datetime.now(UTC))
    assert sorted(send(outbox, carrier)) == ["accepted", "stopped"]
    assert [text.to for text in carrier.room.texts.values()] == [OTHER]
    with store.read() as connection:
        found = connection.execute(select(sms).where(sms.c.number == NUMBER)).one()
    assert (found.status, found.error) == ("failed", "stopped") and found.finished_at


def test_a_number_that_the_carrier_knows_as_stopped_is_never_texted_again(
    optouts, outbox, store, carrier
):
    carrier.room.stopped.add(NUMBER)
    queue(outbox)
    queue(outbox, "school")
    assert sorted(send(outbox, carrier)) == ["refused", "stopped"]
    assert optouts.stopped(NUMBER) and queue(outbox, "appeal") == "stopped"
    errors = store.rows(select(sms.c.status, sms.c.error))
    assert set(errors) == {("failed", "21610"), ("failed", "stopped")}


def test_a_number_that_is_refused_for_another_reason_may_be_texted(optouts, outbox, carrier):
    outbox.queue("CA1", "complaint", "en", NUMBER, "x" * 1_601, datetime.now(UTC))
    assert send(outbox, carrier) == ["refused"]
    assert not optouts.stopped(NUMBER)


def test_while_the_database_takes_nothing_nobody_is_told_that_stop_is_kept(tmp_path):
    optouts = OptOuts(open_store(f"sqlite:///{tmp_path}/line.db", 200), REFERENCES)
    holder = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for ask in (
        lambda: optouts.stop(NUMBER, datetime.now(UTC)),
        lambda: optouts.start(NUMBER, datetime.now(UTC)),
    ):
        with pytest.raises(StoreDownError):
            ask()
    holder.close()


def test_without_the_database_it_is_not_known_who_said_stop(tmp_path):
    optouts = OptOuts(open_store(f"sqlite:///{tmp_path}"), REFERENCES)
    with pytest.raises(StoreDownError):
        optouts.stopped(NUMBER)
