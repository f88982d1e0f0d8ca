"""When the account is at fault and not the text: texts wait, staff are told, nothing goes out twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import requests
from flask import Response
from sqlalchemy import select, update

from ivr.config import read
from ivr.health.doctor import Diagnosis, Health
from ivr.health.doctor.inside import account
from ivr.jobs.texts import Texts
from ivr.jobs.watch import Watch
from ivr.outside.twilio import UnclearError
from ivr.secrets.seal import References
from ivr.store import Outbox, RowRefusedError, StoreDownError
from ivr.store.heartbeats import Heartbeats
from ivr.store.limits import caps_of
from ivr.store.optouts import OptOuts
from ivr.store.sent import Sent
from ivr.store.tables import sms
from ivr.texts.ends import told
from tests.support.carrier import error

NUMBER = "+447700900123"
REFERENCES = References("a secret for tests")


@pytest.fixture
def outbox(store):
    return Outbox(store, REFERENCES)


def queued(outbox: Outbox, call: str = "CA1") -> str:
    """A text that waits; its id."""
    before = {each for each, _ in outbox.due(datetime.now(UTC))}
    outbox.queue(call, "complaint", "en", NUMBER, f"Hello {call}", datetime.now(UTC))
    (fresh,) = {each for each, _ in outbox.due(datetime.now(UTC))} - before
    return fresh


def row(store, message_id: str):
    with store.read() as connection:
        return connection.execute(select(sms).where(sms.c.id == message_id)).one()


def at_once(store) -> None:
    """Whatever waits may be tried again now."""
    with store.write() as connection:
        connection.execute(update(sms).values(next_at=datetime.now(UTC)))


OF_THE_ACCOUNT = {
    "a wrong token": (401, 20003),
    "no money left": (402, 20005),
    "suspended": (403, 20005),
    "may not": (403, 20403),
    "no code at all": (401, None),
    "no such account": (404, 20404),
    "not allowed so": (405, 20004),
    "another's number": (400, 21606),
    "a number without texts": (400, 21659),
    "its queue is full": (400, 21611),
    "enough for a day": (429, 63038),
}


@pytest.mark.parametrize(("status", "code"), OF_THE_ACCOUNT.values(), ids=OF_THE_ACCOUNT)
def test_a_fault_of_the_account_loses_no_text_and_it_goes_once_it_is_mended(
    store, outbox, carrier, status, code
):
    text, job = queued(outbox), Texts(outbox, carrier.texts())
    carrier.faults = [error(status, code)]
    assert job.attempt(text) == "later" and row(store, text).status == "waiting"
    assert Sent(store, caps_of(read({}))).held_up() == str(code or status)
    at_once(store)
    assert job.attempt(text) == "accepted" and len(carrier.room.texts) == 1
    assert Sent(store, caps_of(read({}))).held_up() == ""


@pytest.mark.parametrize("status", [400, 404, 407, 413, 451])
def test_a_refusal_that_twilio_did_not_write_ends_no_text(store, outbox, carrier, status):
    text, job = queued(outbox), Texts(outbox, carrier.texts())
    carrier.faults = [Response("<h1>No</h1>", status)]
    assert job.attempt(text) == "later" and row(store, text).status == "waiting"
    at_once(store)
    assert job.attempt(text) == "accepted" and len(carrier.room.texts) == 1


OF_THE_TEXT = {"a landline": (400, 21614), "a trial": (400, 21608), "no number": (400, 21211),
               "a country": (403, 21408)}  # fmt: skip


@pytest.mark.parametrize(("status", "code"), OF_THE_TEXT.values(), ids=OF_THE_TEXT)
def test_a_fault_of_the_text_ends_it_and_has_words(store, outbox, carrier, status, code):
    text = queued(outbox)
    carrier.faults = [error(status, code)]
    assert Texts(outbox, carrier.texts()).attempt(text) == "refused"
    assert row(store, text).error == str(code)
    why, _ = told("failed", str(code))
    assert str(code) not in why, "in words, not by a number"


def test_a_request_that_timed_out_over_there_may_have_been_taken(store, outbox, carrier):
    text, job = queued(outbox), Texts(outbox, carrier.texts())
    carrier.faults = [None, error(408, 20408)]
    assert job.attempt(text) == "later" and len(carrier.room.texts) == 1
    at_once(store)
    assert job.attempt(text) == "accepted" and len(carrier.room.texts) == 1


def test_staff_are_told_at_once_and_once_and_when_it_is_over(store, outbox, carrier):
    mails: list[str] = []
    watch = Watch(lambda: None, Heartbeats(store), lambda subject, _: mails.append(subject))  # type: ignore[arg-type]

    def look() -> None:
        code = Sent(store, caps_of(read({}))).held_up()
        state = Health.BAD if code else Health.GOOD
        watch._alert([Diagnosis("account", state, f"code {code}", "do")], datetime.now(UTC))

    text, job = queued(outbox), Texts(outbox, carrier.texts())
    carrier.faults = [error(403, 20005)]
    job.attempt(text)
    look()
    look()
    assert mails == ["Advice line: code 20005"]
    at_once(store)
    job.attempt(text)
    look()
    assert mails[1:] == ["Advice line: it is well again"]


# --- a row that the database refuses ---------------------------------------------------------


def test_a_row_that_is_refused_is_told_from_a_database_that_is_away(store, outbox):
    first, second = queued(outbox, "CA1"), queued(outbox, "CA2")
    outbox.accepted(first, "SM1")
    with pytest.raises(RowRefusedError):
        outbox.accepted(second, "SM1")
    assert issubclass(RowRefusedError, StoreDownError), "nothing is promised of it either"


def test_a_text_whose_id_cannot_be_kept_is_never_sent_again(store, outbox, carrier):
    first, second = queued(outbox, "CA1"), queued(outbox, "CA2")

    sent: list[str] = []

    class OneId:
        """A carrier that gives every text the same id, as another may."""

        def send(self, number: str, body: str, message_id: str) -> str:
            sent.append(body)
            return "SM1"

        def find(self, *asked: object) -> list[str]:
            return []

    job = Texts(outbox, OneId())  # type: ignore[arg-type]
    assert [job.attempt(each) for each in (first, second)] == ["accepted", "accepted"]
    at_once(store)
    assert outbox.due(datetime.now(UTC) + timedelta(minutes=5)) == []
    assert sent == ["Hello CA1", "Hello CA2"]
    assert row(store, second).status == "accepted" and row(store, second).carrier_sid is None


def test_an_earlier_send_is_found_with_words_of_the_carriers_around_it(store, outbox, carrier):
    text, job = queued(outbox), Texts(outbox, carrier.texts())
    carrier.faults = [None, error(500, 20500)]
    assert job.attempt(text) == "later"
    (sent,) = carrier.room.texts.values()
    around = f"Sent from your Twilio trial account - {sent.body} "
    carrier.room.texts[sent.sid] = replace(sent, body=around)
    at_once(store)
    assert job.attempt(text) == "accepted" and len(carrier.room.texts) == 1


def test_a_list_without_an_end_is_given_up(carrier, monkeypatch):
    asked = []
    plain = requests.Session.send

    def endless(self, request, **more):
        asked.append(request.url)
        answer = plain(self, request, **more)
        again = request.path_url.replace("/exchange", "", 1)
        answer._content = b'{"messages": [], "next_page_uri": "%s"}' % again.encode()
        return answer

    monkeypatch.setattr(requests.Session, "send", endless)
    with pytest.raises(UnclearError):
        carrier.texts().find(NUMBER, "Hello", datetime.now(UTC))
    assert len(asked) < 100


# --- what is told later ----------------------------------------------------------------------


def test_a_reason_that_is_told_after_the_end_is_kept(store, outbox):
    text = queued(outbox)
    outbox.accepted(text, "SM1")
    outbox.status("SM1", "undelivered")
    outbox.status("SM1", "undelivered", "30004")
    assert (row(store, text).status, row(store, text).error) == ("undelivered", "30004")
    outbox.status("SM1", "undelivered", "30003")
    assert row(store, text).error == "30004", "the first reason stays"
    assert told("undelivered", "30004")[0] != told("undelivered", "99999")[0]


def test_a_stop_that_is_told_in_a_later_news_is_heeded(store, outbox):
    text = queued(outbox)
    outbox.accepted(text, "SM1")
    outbox.status("SM1", "failed", "21610")
    assert outbox.queue("CA9", "school", "en", NUMBER, "Hello", datetime.now(UTC)) == "stopped"
    OptOuts(store, REFERENCES).start(NUMBER, datetime.now(UTC))
    assert outbox.queue("CA9", "school", "en", NUMBER, "Hello", datetime.now(UTC)) == "queued"


def test_the_doctor_names_an_account_that_is_not_served(store, outbox, carrier):
    checkup = SimpleNamespace(kept=SimpleNamespace(sent=Sent(store, caps_of(read({})))))
    assert [each.state for each in account(checkup)] == [Health.GOOD]
    carrier.faults = [error(401, 20003)]
    Texts(outbox, carrier.texts()).attempt(queued(outbox))
    (found,) = account(checkup)
    assert found.state == Health.BAD and "20003" in found.says and "money" in found.do
