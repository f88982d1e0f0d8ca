"""The job of one text: when it is sent, what each answer leads to, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.jobs.texts import Texts
from ivr.outside.twilio import TryLaterError, TwilioRefusedError, UnclearError
from ivr.secrets.seal import References
from ivr.store import Outbox, StoreDownError
from ivr.store.outbox import LEASE, STOPPED
from ivr.store.tables import sms

NUMBER = "+447700900123"


class Told:
    """A carrier that answers as it is told, and writes down what it was asked."""

    def __init__(self, answer="SM1", found=()):
        self.answer, self.found = answer, list(found)
        self.sent, self.sought = [], []

    def send(self, *asked):
        self.sent.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def find(self, *asked):
        self.sought.append(asked)
        return self.found


def one_text(store, age=timedelta(hours=2), lease=LEASE):
    """An outbox with one text of this age, and the text's id."""
    outbox, now = Outbox(store, References("a secret for tests"), lease), datetime.now(UTC)
    outbox.queue("CA1", "complaint", "en", NUMBER, "Hello", now - age)
    return outbox, outbox.due(now)[0][0]


def tried_before(outbox, message_id, ago=timedelta(hours=1)):
    """Another worker claimed it a while ago, and was never heard of again."""
    then = datetime.now(UTC) - ago
    assert outbox.claim(message_id, then)
    return then


def row(store):
    with store.read() as connection:
        return connection.execute(select(sms)).one()


def wait(store):
    """Seconds until a text is tried again."""
    return (row(store).next_at.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()


def test_a_text_is_handed_over_with_its_number_words_and_id(store):
    outbox, message_id = one_text(store)
    carrier = Told()
    assert Texts(outbox, carrier).attempt(message_id) == "accepted"
    assert carrier.sent == [(NUMBER, "Hello", message_id)] and carrier.sought == []
    assert (row(store).status, row(store).carrier_sid) == ("accepted", "SM1")
    assert Texts(outbox, carrier).attempt(message_id) == "not ours"
    assert len(carrier.sent) == 1


def test_what_is_due_is_shown_with_its_tries_and_only_so_many(store):
    outbox, first = one_text(store)
    outbox.queue("CA2", "complaint", "en", "+447700900456", "Hello", datetime.now(UTC))
    job, now = Texts(outbox, Told()), datetime.now(UTC)
    assert job.due(now, 1) == [(first, 0)]
    assert [tries for _, tries in job.due(now, 5)] == [0, 0]
    assert job.due(now - timedelta(hours=3), 5) == []


def test_a_refusal_ends_a_text_and_its_code_is_kept(store, caplog):
    outbox, message_id = one_text(store)
    assert Texts(outbox, Told(TwilioRefusedError("21211"))).attempt(message_id) == "refused"
    assert (row(store).status, row(store).error) == ("failed", "21211")
    assert abs(row(store).finished_at.replace(tzinfo=UTC) - datetime.now(UTC)).seconds < 60
    assert f"text {message_id} is refused: 21211" in caplog.text


LATER = {
    "too many": (TryLaterError("20429"), 1, -60, 0.2),
    "nobody knows": (UnclearError("20500"), 1, 0.2, 5.6),
    "too many, often": (TryLaterError("20429"), 9, 15, 29),
}


@pytest.mark.parametrize(("answer", "tries", "least", "most"), LATER.values(), ids=LATER)
def test_a_text_that_may_be_tried_later_waits_and_says_why(store, answer, tries, least, most):
    outbox, message_id = one_text(store)
    for n in range(tries - 1):
        tried_before(outbox, message_id, timedelta(minutes=60 - 5 * n))
    assert Texts(outbox, Told(answer)).attempt(message_id) == "later"
    assert least < wait(store) < most
    assert (row(store).status, row(store).error) == ("waiting", answer.code)
    assert row(store).lease_until is None


def test_a_text_that_was_tried_before_is_looked_for_and_not_sent_twice(store):
    outbox, message_id = one_text(store)
    then = tried_before(outbox, message_id)
    carrier = Told(found=["SM7", "SM8"])
    assert Texts(outbox, carrier).attempt(message_id) == "accepted"
    assert carrier.sent == [] and row(store).carrier_sid == "SM7"
    assert carrier.sought == [(NUMBER, "Hello", then)]


def test_a_text_of_another_call_is_not_taken_for_this_one(store):
    outbox, first = one_text(store)
    outbox.accepted(first, "SM7")
    outbox.queue("CA2", "complaint", "en", NUMBER, "Hello", datetime.now(UTC) - timedelta(hours=2))
    second = outbox.due(datetime.now(UTC))[0][0]
    tried_before(outbox, second)
    carrier = Told("SM9", found=["SM7"])
    assert Texts(outbox, carrier).attempt(second) == "accepted"
    assert carrier.sent == [(NUMBER, "Hello", second)] and outbox.known(["SM9"]) == {"SM9"}


@pytest.mark.parametrize(
    ("age", "outcome"),
    [(timedelta(hours=4, minutes=1), "too late"), (timedelta(hours=3, minutes=59), "accepted")],
)
def test_after_four_hours_a_text_would_be_of_no_use(store, age, outcome):
    outbox, message_id = one_text(store, age)
    carrier = Told()
    assert Texts(outbox, carrier).attempt(message_id) == outcome
    assert len(carrier.sent) == (outcome == "accepted")
    assert row(store).error == ("" if outcome == "accepted" else outcome)


def test_who_has_said_stop_since_is_not_texted_even_late(store):
    outbox, message_id = one_text(store, age=timedelta(hours=5))
    outbox.queue("CA2", "school", "en", NUMBER, "Hello", datetime.now(UTC))
    other = next(each for each, _ in outbox.due(datetime.now(UTC)) if each != message_id)
    outbox.failed(other, datetime.now(UTC), STOPPED)
    carrier = Told()
    assert Texts(outbox, carrier).attempt(message_id) == "stopped"
    assert carrier.sent == []


def test_a_number_that_is_no_mobile_is_asked_about_once_and_not_texted(store):
    outbox, message_id = one_text(store)
    asked, carrier = [], Told()
    job = Texts(outbox, carrier, lambda number: bool(asked.append(number)))
    assert job.attempt(message_id) == "not mobile"
    assert asked == [NUMBER] and carrier.sent == [] and row(store).error == "not mobile"


def test_a_number_is_not_asked_about_again_at_a_second_try(store):
    outbox, message_id = one_text(store)
    tried_before(outbox, message_id)
    assert Texts(outbox, Told(), lambda number: False).attempt(message_id) == "accepted"


def test_a_worker_whose_time_is_over_sends_nothing(store):
    outbox, message_id = one_text(store, lease=timedelta(0))
    carrier = Told()
    assert Texts(outbox, carrier).attempt(message_id) == "not ours"
    assert carrier.sent == [] and row(store).status == "waiting"


class Forgetful(Outbox):
    """A database that goes away after the text was handed over."""

    def accepted(self, message_id, carrier_sid):
        raise StoreDownError


def test_a_text_whose_outcome_cannot_be_written_down_is_told_and_still_waits(store, caplog):
    _, message_id = one_text(store)
    outbox = Forgetful(store, References("a secret for tests"))
    assert Texts(outbox, Told()).attempt(message_id) == "unwritten"
    assert f"text {message_id} waits for the database" in caplog.text
    assert row(store).status == "waiting"
