"""Texts are sent once, whatever dies in between: real workers, killed, and a carrier that fails."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing import Process

import pytest
from flask import Response
from sqlalchemy import select, text

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.jobs import Texts, backoff, work
from ivr.outside.twilio import TryLaterError, TwilioRefusedError, UnclearError
from ivr.outside.twilio.texts import Carrier
from ivr.secrets.seal import References
from ivr.store import Outbox, Store, StoreDownError, open_store
from ivr.store.outbox import LEASE
from ivr.store.tables import sms
from tests.proof.kills_texts import NO_CAPS
from tests.support.at_once import at_once
from tests.support.carrier import ACCOUNT, TOKEN, LocalCarrier, error, untold
from tests.support.killing import CountingCarrier, Workers, texts_worker, time_passes
from tests.support.machine import until
from tests.support.postgres import fresh_sqlite, postgres_url

SECRET = "demonstration-only-secret-key-never-for-callers"
PATIENT = 30.0
"""Seconds that a carrier may take on a busy machine, where no wait is meant."""
NUMBERS = count()


@pytest.fixture
def api():
    made = CountingCarrier()
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
    "refused for good": ([error(400, 21610)], TwilioRefusedError, 0, PATIENT),
    "too many requests": ([error(429, 20429)], TryLaterError, 0, PATIENT),
    "an error before it was taken": ([error(500, 20500)], UnclearError, 0, PATIENT),
    "an error after it was taken": ([None, error(500, 20500)], UnclearError, 1, PATIENT),
    "no answer in time, but taken": ([None, "1"], UnclearError, 1, 0.3),
    "garbage": ([None, Response("<html>", 200)], UnclearError, 1, PATIENT),
}


@pytest.mark.parametrize(("faults", "kind", "taken", "timeout"), FAULTS.values(), ids=FAULTS)
def test_each_failure_is_one_of_three_kinds(api, faults, kind, taken, timeout):
    api.faults = list(faults)
    with pytest.raises(kind):
        api.texts(timeout).send("+447700900123", "Hello", "1")
    api.quiet()
    assert len(api.room.texts) == taken


def test_a_carrier_that_is_not_there_may_be_tried_later():
    with socket.socket() as nobody:
        # Bound, so that nobody else can listen there meanwhile.
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        carrier = Carrier(DEMO_ACCOUNT_SID, TOKEN, url, ACCOUNT.number, untold, PATIENT)
        with pytest.raises(TryLaterError):
            carrier.send("+447700900123", "Hello", "1")


@pytest.mark.parametrize(
    ("tries", "unclear", "seconds"),
    [(1, False, 0.1), (4, False, 0.8), (30, False, 30), (1, True, 5)],
)
def test_each_wait_is_longer_up_to_a_limit(tries, unclear, seconds):
    assert backoff(tries, unclear).total_seconds() == pytest.approx(seconds, rel=0.11)


# --- one try ---------------------------------------------------------------------------------


def one_text(store, lease=LEASE, asked_at=None):
    """An outbox with one text, and the text's id."""
    outbox, now = Outbox(store, References(SECRET), lease), datetime.now(UTC)
    outbox.queue("CA1", "complaint", "en", "+447700900123", "Hello", asked_at or now)
    return outbox, outbox.due(now)[0][0]


def row(store):
    with store.read() as connection:
        return connection.execute(select(sms)).one()


def test_two_workers_and_one_row_make_one_text(store, api):
    outbox, message_id = one_text(store)
    api.faults = ["0.3"]
    jobs = [Texts(outbox, api.texts()) for _ in range(4)]
    outcomes = at_once(lambda job: job.attempt(message_id), jobs)
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
    """A carrier that takes a text; from then on somebody locks the database, until ``over``."""

    def __init__(self, api: LocalCarrier, store: Store) -> None:
        super().__init__(DEMO_ACCOUNT_SID, TOKEN, api.url, ACCOUNT.number, untold, 5.0)
        self.held, self.over = threading.Event(), threading.Event()
        self.holds = threading.Thread(target=self.hold, args=(store,))

    def hold(self, store: Store) -> None:
        with locked(store):
            self.held.set()
            self.over.wait(PATIENT)

    def send(self, number: str, body: str, message_id: str) -> str:
        sid = super().send(number, body, message_id)
        self.holds.start()
        self.held.wait(PATIENT)
        return sid


def test_a_database_that_is_locked_while_a_text_is_sent_loses_and_doubles_nothing(store, api):
    outbox, message_id = one_text(store)
    carrier = Locking(api, store)
    assert Texts(outbox, carrier).attempt(message_id) == "unwritten"
    carrier.over.set()
    carrier.holds.join()
    time_passes(store, api)
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
        time.sleep(0.1)
        return super().find(number, body, since)


def test_a_worker_whose_time_is_over_leaves_the_text_to_the_next(store, api):
    before = datetime.now(UTC) - timedelta(minutes=10)
    short, message_id = one_text(store, timedelta(seconds=0.1), before)
    assert short.claim(message_id, before)
    slow = SlowToLook(DEMO_ACCOUNT_SID, TOKEN, api.url, ACCOUNT.number, "")
    assert Texts(short, slow).attempt(message_id) == "not ours"
    assert not api.room.texts
    time_passes(store, api)
    outbox = Outbox(store, References(SECRET))
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
    queue(outbox, 1, "another")
    assert outbox.due(datetime.now(UTC)) == [] and len(outbox.waiting()) == 1


# --- workers ---------------------------------------------------------------------------------


@dataclass
class Running:
    """A real ``ivr work`` that runs already, as it does before anybody rings; its carrier."""

    outbox: Outbox
    api: LocalCarrier

    def taken(self, name: str) -> Counter[str]:
        """How often each text of this name was taken."""
        return taken(self.api, name)

    def done(self) -> bool:
        """Whether no text waits."""
        return not self.outbox.waiting()


@pytest.fixture(scope="module")
def line(tmp_path_factory) -> Iterator[Running]:
    """A line with a worker."""
    database = f"sqlite:///{tmp_path_factory.mktemp('line')}/line.db"
    store, api = open_store(database), LocalCarrier()
    made, workers = Running(an_outbox(store), api), Workers(database, api)
    workers.start()
    queue(made.outbox, 1, "the first")
    until(made.done, "the worker is ready")
    yield made
    workers.stop()
    store.close()
    api.close()


def an_outbox(store: Store) -> Outbox:
    """All numbers for examples are of one range: no limit is meant for them."""
    return Outbox(store, References(SECRET), caps=NO_CAPS)


def queue(outbox: Outbox, many: int, name: str) -> None:
    for n in range(many):
        number = f"+447700900{next(NUMBERS):03}"
        asked = (f"{name} {n}", "complaint", "en", number, f"{name} {n}")
        assert outbox.queue(*asked, datetime.now(UTC)) == "queued"


def taken(api: LocalCarrier, name: str) -> Counter[str]:
    """How often each text of this name was taken."""
    bodies = (text.body for text in list(api.room.texts.values()))
    return Counter(body for body in bodies if body.startswith(name))


def test_texts_are_handed_over_within_seconds(line):
    began = time.monotonic()
    queue(line.outbox, 20, "soon")
    until(lambda: len(line.taken("soon")) == 20, "all texts are taken")
    # About two on an idle machine; a try that is left lying is begun again after thirty.
    assert time.monotonic() - began < 15
    until(line.done, "all are written down")
    assert set(line.taken("soon").values()) == {1}


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
    database = fresh_sqlite(tmp_path)
    thread = threading.Thread(
        target=work, args=({"row": kind}, database, stop), kwargs={"again": 1}
    )
    thread.start()
    until(lambda: kind.tries == 2, "it is tried again")
    stop.set()
    thread.join()
    assert kind.tries == 2


def test_faults_on_the_way_lose_and_double_nothing(line):
    line.api.faults = [
        error(429, 20429),
        None,
        error(500, 20500),
        error(500, 20500),
        None,
        Response("<html>", 200),
    ]
    queue(line.outbox, 6, "through faults")
    until(line.done, "all are handed over")
    queue(line.outbox, 1, "once more")
    until(line.done, "the worker has looked again")
    found = line.taken("through faults")
    assert not line.api.faults and len(found) == 6 and set(found.values()) == {1}


class Deadly(CountingCarrier):
    """Kills a worker in the middle: a text was taken, and no worker has been told so."""

    victim: Process | None = None
    at = 0

    def fault(self) -> None:
        with self._lock:
            if self.victim and len(self.room.texts) >= self.at:
                self.victim.kill()
                self.victim = None

    def kills(self, worker: Process, after: int) -> None:
        """Kill it when so many more texts were taken."""
        self.at, self.victim = len(self.room.texts) + after, worker


@pytest.mark.timeout(180)
def test_killed_workers_lose_and_double_nothing(tmp_path):
    """Two workers, one of them killed again and again in the middle; then the other one too."""
    database, api = f"sqlite:///{tmp_path}/line.db", Deadly()
    store, chance = open_store(database), random.Random(7)
    outbox, other = an_outbox(store), texts_worker(database, api)
    for life in range(4):
        victim = texts_worker(database, api) if life < 3 else other
        api.kills(victim, chance.randint(1, 6))
        queue(outbox, 10, f"life {life},")
        victim.join(60)
        assert victim.exitcode, "it lives"
    time_passes(store, api)
    last = texts_worker(database, api)
    until(lambda: not outbox.waiting(), "all are handed over")
    last.kill()
    assert len(taken(api, "life")) == 40 and set(taken(api, "life").values()) == {1}
    assert store.rows(select(sms.c.id).where(sms.c.tries > 1))
    store.close()
    api.close()


def test_two_workers_on_postgresql_send_each_text_once(api):
    with postgres_url() as database:
        store = open_store(database)
        outbox, workers = an_outbox(store), [texts_worker(database, api) for _ in range(2)]
        queue(outbox, 20, "once")
        until(lambda: not outbox.waiting(), "all are handed over")
        api.quiet()
        store.close()
    for worker in workers:
        worker.kill()
    assert len(taken(api, "once")) == 20 and set(taken(api, "once").values()) == {1}
