"""Texts are sent once, whatever dies in between: real workers, killed, and a carrier that fails."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Response
from sqlalchemy import select, text

from ivr.carrier import RefusedError, TryLaterError, UnclearError
from ivr.carrier.texts import Carrier
from ivr.exchange.account import DEMO_ACCOUNT_SID
from ivr.jobs import Texts, backoff, work
from ivr.seal import References
from ivr.store import Outbox, Store, StoreDownError, open_store
from ivr.store.limits import Caps
from ivr.store.outbox import LEASE
from ivr.store.tables import message
from tests.carrier import ACCOUNT, TOKEN, LocalCarrier, error, untold
from tests.killing import Workers
from tests.postgres import postgres_url

SECRET = "demonstration-only-secret-key-never-for-callers"
MANY = Caps(a_prefix_an_hour=1_000)
"""All numbers for examples are of one range."""


@pytest.fixture
def api():
    made = LocalCarrier()
    yield made
    made.close()


# --- the carrier -----------------------------------------------------------------------------


def test_a_text_that_was_taken_can_be_found_again(api):
    sid = api.texts().send("+447700900123", "Hello", "1")
    now = datetime.now(UTC)
    assert api.texts().find("+447700900123", "Hello", now) == [sid]
    assert api.texts().find("+447700900123", "Other", now) == []
    assert api.texts().find("+447700900456", "Hello", now) == []
    assert api.texts().find("+447700900123", "Hello", now + timedelta(hours=1)) == []


FAULTS = {
    "refused for good": ([error(400, 21610)], RefusedError, 0),
    "too many requests": ([error(429, 20429)], TryLaterError, 0),
    "an error before it was taken": ([error(500, 20500)], UnclearError, 0),
    "an error after it was taken": ([None, error(500, 20500)], UnclearError, 1),
    "no answer in time, but taken": ([None, "1.5"], UnclearError, 1),
    "garbage": ([None, Response("<html>", 200)], UnclearError, 1),
}


@pytest.mark.parametrize(("faults", "kind", "taken"), FAULTS.values(), ids=FAULTS)
def test_each_failure_is_one_of_three_kinds(api, faults, kind, taken):
    api.faults = list(faults)
    with pytest.raises(kind):
        api.texts(timeout=0.7).send("+447700900123", "Hello", "1")
    assert len(api.room.texts) == taken


def test_a_carrier_that_is_not_there_may_be_tried_later():
    carrier = Carrier(DEMO_ACCOUNT_SID, TOKEN, "http://127.0.0.1:9", ACCOUNT.number, untold, 1.0)
    with pytest.raises(TryLaterError):
        carrier.send("+447700900123", "Hello", "1")


@pytest.mark.parametrize(
    ("tries", "unclear", "seconds"),
    [(1, False, 0.1), (4, False, 0.8), (30, False, 30), (1, True, 5)],
)
def test_each_wait_is_longer_up_to_a_limit(tries, unclear, seconds):
    assert backoff(tries, unclear).total_seconds() == pytest.approx(seconds, rel=0.11)


# --- one try ---------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """A database whose worker does not wait for long."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/line.db", 300)
        yield opened
        opened.close()
        return
    with postgres_url() as database:
        opened = open_store(database, 300)
        yield opened
        opened.close()


def one_text(store, lease=LEASE, asked_at=None):
    """An outbox with one text, and the text's id."""
    outbox, now = Outbox(store, References(SECRET), lease), datetime.now(UTC)
    outbox.queue("CA1", "complaint", "en", "+447700900123", "Hello", asked_at or now)
    return outbox, outbox.due(now)[0][0]


def row(store):
    with store.read() as connection:
        return connection.execute(select(message)).one()


def test_two_workers_and_one_row_make_one_text(store, api):
    outbox, message_id = one_text(store)
    api.faults = ["0.3"]
    outcomes: list[str] = []
    jobs = [Texts(outbox, api.texts()) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda job=job: outcomes.append(job.attempt(message_id)))
        for job in jobs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {"accepted": 1, "not ours": 3}
    assert len(api.room.texts) == 1


def test_each_text_names_its_own_address_for_news_of_it(store, api):
    outbox, message_id = one_text(store)
    told = f"{api.url}/news?id={{}}"
    carrier = Carrier(DEMO_ACCOUNT_SID, TOKEN, api.url, ACCOUNT.number, told.format, 5.0)
    assert Texts(outbox, carrier).attempt(message_id) == "accepted"
    assert [each.callback for each in api.room.texts.values()] == [told.format(message_id)]


@contextmanager
def locked(store):
    """Nobody but us may write texts."""
    with store.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE message IN ACCESS EXCLUSIVE MODE"))
        yield


class Locking(Carrier):
    """A carrier that takes a text, while somebody locks the database for a second."""

    def __init__(self, api: LocalCarrier, store: Store) -> None:
        super().__init__(DEMO_ACCOUNT_SID, TOKEN, api.url, ACCOUNT.number, untold, 5.0)
        self.store, self.over = store, threading.Event()

    def send(self, number: str, body: str, message_id: str) -> str:
        sid, held = super().send(number, body, message_id), threading.Event()

        def hold() -> None:
            with locked(self.store):
                held.set()
                self.over.wait(10)

        threading.Thread(target=hold).start()
        held.wait(10)
        return sid


def test_a_database_that_is_locked_while_a_text_is_sent_loses_and_doubles_nothing(store, api):
    outbox, message_id = one_text(store, lease=timedelta(seconds=1))
    carrier = Locking(api, store)
    assert Texts(outbox, carrier).attempt(message_id) == "unwritten"
    carrier.over.set()
    time.sleep(1.5)
    assert row(store).status == "waiting"
    assert Texts(outbox, api.texts()).attempt(message_id) == "accepted"
    assert list(api.room.texts) == [row(store).carrier_sid]


def test_a_text_that_cannot_be_claimed_is_not_sent_and_waits(store, api):
    outbox, message_id = one_text(store)
    with locked(store), pytest.raises(StoreDownError):
        Texts(outbox, api.texts()).attempt(message_id)
    assert not api.room.texts
    assert Texts(outbox, api.texts()).attempt(message_id) == "accepted"


class SlowToLook(Carrier):
    """A carrier that takes longer to look for a text than a worker has."""

    def find(self, number: str, body: str, since: datetime) -> list[str]:
        time.sleep(0.5)
        return super().find(number, body, since)


def test_a_worker_whose_time_is_over_leaves_the_text_to_the_next(store, api):
    outbox, message_id = one_text(store, lease=timedelta(seconds=0.3))
    outbox.claim(message_id, datetime.now(UTC))
    time.sleep(0.5)
    slow = SlowToLook(DEMO_ACCOUNT_SID, TOKEN, api.url, ACCOUNT.number, "")
    assert Texts(outbox, slow).attempt(message_id) == "not ours"
    assert not api.room.texts
    assert Texts(outbox, api.texts()).attempt(message_id) == "accepted"
    assert len(api.room.texts) == 1


def test_a_text_is_given_up_after_four_hours_and_says_so(store, api):
    asked_at = datetime.now(UTC) - timedelta(hours=4, minutes=1)
    outbox, message_id = one_text(store, asked_at=asked_at)
    assert Texts(outbox, api.texts()).attempt(message_id) == "too late"
    assert (row(store).status, row(store).error) == ("failed", "too late")
    assert not api.room.texts and not outbox.waiting()


def test_a_range_that_is_blocked_at_sending_is_left_alone(store, api):
    outbox, message_id = one_text(store)
    api.faults = [error(400, 30450)]
    assert Texts(outbox, api.texts()).attempt(message_id) == "refused"
    queue(outbox, 1)
    assert outbox.due(datetime.now(UTC)) == [] and len(outbox.waiting()) == 1


# --- workers ---------------------------------------------------------------------------------


@pytest.fixture
def line(tmp_path, api):
    """An outbox, and workers for it."""
    database = f"sqlite:///{tmp_path}/line.db"
    store = open_store(database)
    workers = Workers(database, api)
    yield Outbox(store, References(SECRET), caps=MANY), workers
    workers.stop()
    store.close()


def queue(outbox: Outbox, count: int) -> None:
    for n in range(count):
        number = f"+447700900{n:03}"
        outbox.queue(f"CA{n}", "complaint", "en", number, f"text {n}", datetime.now(UTC))


def wait_for(api: LocalCarrier, count: int, seconds: float) -> Counter[str]:
    """How often each text was taken, once there are enough of them or time is up."""
    deadline = time.monotonic() + seconds
    while (
        time.monotonic() < deadline and len({text.body for text in api.room.texts.values()}) < count
    ):
        time.sleep(0.1)
    return Counter(text.body for text in api.room.texts.values())


def test_texts_are_handed_over_within_seconds(api, line):
    outbox, workers = line
    workers.start()
    time.sleep(4)
    queue(outbox, 20)
    began = time.monotonic()
    taken = wait_for(api, 20, 20)
    assert set(taken.values()) == {1} and len(taken) == 20
    assert time.monotonic() - began < 10
    deadline = time.monotonic() + 5
    while outbox.waiting() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert outbox.waiting() == []


class Faltering:
    """A kind of job whose first try fails before it can write anything down."""

    def __init__(self) -> None:
        self.tries = 0

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        return [("row", 0)] if self.tries < 2 else []

    def attempt(self, row_id: str) -> str:
        self.tries += 1
        if self.tries == 1:
            raise StoreDownError("on purpose")
        return "done"


@pytest.mark.timeout(90)
def test_a_try_that_the_database_refused_is_made_again(tmp_path):
    kind, stop = Faltering(), threading.Event()
    database = f"sqlite:///{tmp_path}/line.db"
    thread = threading.Thread(
        target=work, args=({"row": kind}, database, stop), kwargs={"again": 2}
    )
    thread.start()
    deadline = time.monotonic() + 40
    while kind.tries < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    stop.set()
    thread.join()
    assert kind.tries == 2


def test_faults_on_the_way_lose_and_double_nothing(api, line):
    outbox, workers = line
    api.faults = [
        error(429, 20429),
        None,
        error(500, 20500),
        error(500, 20500),
        None,
        Response("<html>", 200),
    ]
    queue(outbox, 6)
    workers.start()
    taken = wait_for(api, 6, 40)
    time.sleep(6)
    taken = wait_for(api, 6, 1)
    assert len(taken) == 6 and set(taken.values()) == {1}


@pytest.mark.timeout(180)
def test_killed_workers_lose_and_double_nothing(api, line):
    """Two workers, one of them killed again and again in the middle of 40 slow texts."""
    outbox, workers = line
    api.faults = [fault for _ in range(200) for fault in (None, "0.15")]
    queue(outbox, 40)
    workers.start()
    for _ in range(5):
        victim = workers.start()
        time.sleep(3)
        victim.send_signal(signal.SIGKILL)
    taken = wait_for(api, 40, 60)
    assert len(taken) == 40
    time.sleep(2)
    assert set(wait_for(api, 40, 1).values()) == {1}


def test_two_workers_on_postgresql_send_each_text_once(api):
    with postgres_url() as database:
        store = open_store(database)
        outbox, workers = Outbox(store, References(SECRET), caps=MANY), Workers(database, api)
        queue(outbox, 20)
        workers.start()
        workers.start()
        taken = wait_for(api, 20, 40)
        time.sleep(2)
        workers.stop()
        store.close()
    assert len(taken) == 20 and set(wait_for(api, 20, 1).values()) == {1}
