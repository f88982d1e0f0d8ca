"""A text is deleted at the carrier when its time here is up, by its id in our rows and no other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.health.doctor import Health
from ivr.health.doctor.inside import old_texts
from ivr.jobs import Texts
from ivr.jobs.forgetting import Forgetting, keep_forgetting
from ivr.outside.twilio import AccountError, CarrierError, TryLaterError, UnclearError
from ivr.outside.twilio.texts import Carrier
from ivr.secrets.seal import References
from ivr.store import Outbox, StoreDownError, open_store
from ivr.store.limits import NOTICE
from ivr.store.purging import Purge
from ivr.store.sent import TextsThere
from ivr.store.tables import sms
from tests.proof.handed_over import NO_CAPS
from tests.support.carrier import ACCOUNT, TOKEN, LocalCarrier, untold
from tests.support.killing import worker
from tests.support.machine import free_port, until
from tests.support.postgres import fresh_sqlite

REFERENCES = References("a secret for tests")
NUMBER = "+447700900123"
NOW = datetime.now(UTC)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
ENDS = ("delivered", "undelivered", "failed")


@pytest.fixture
def api(carrier):
    carrier.room.pace = 0.0
    return carrier


def sent(store, api: LocalCarrier, *topics: str) -> None:
    """Texts that were handed over just now, and have reached their end at the carrier."""
    outbox = Outbox(store, REFERENCES, caps=NO_CAPS)
    job = Texts(outbox, api.texts())
    for each, topic in enumerate(topics):
        outbox.queue(f"CA{each}", topic, "en", f"+4477009001{each:02}", f"About {topic}", NOW)
    assert {job.attempt(each) for each, _ in outbox.due(datetime.now(UTC))} == {"accepted"}
    until(lambda: {each.status for each in api.room.texts.values()} <= set(ENDS), "their end")


def forgetting(store, api: LocalCarrier) -> Forgetting:
    return Forgetting(TextsThere(store), api.texts())


def ids(store) -> list[str]:
    """The carrier's ids that our rows still have."""
    with store.read() as connection:
        found = connection.execute(select(sms.c.carrier_sid)).scalars()
        return [each for each in found if each]


def there(api: LocalCarrier) -> list[str]:
    return [each.body for each in api.room.newest()]


def test_a_text_goes_at_the_carrier_after_as_many_days_as_here_and_not_before(store, api):
    sent(store, api, "school", NOTICE)
    job = forgetting(store, api)
    assert job.round(NOW + WEEK - DAY) == 0 and len(there(api)) == 2
    assert job.round(NOW + WEEK) == 2 and there(api) == []
    assert job.round(NOW + WEEK) == 0 and ids(store) == []
    assert Purge(store).run(NOW + WEEK)["number"] == 2


def test_a_text_of_another_line_of_the_account_is_never_touched(store, api):
    api.texts().send(NUMBER, "From another line, to the same person.", "other")
    sent(store, api, "school")
    assert forgetting(store, api).round(NOW + WEEK) == 1
    assert there(api) == ["From another line, to the same person."]


def test_one_that_is_gone_there_already_is_done_with(store, api):
    sent(store, api, "school", "appeal")
    api.room.texts.pop(ids(store)[0])
    assert forgetting(store, api).round(NOW + WEEK) == 2
    assert ids(store) == [] and there(api) == []


def test_one_that_is_under_way_there_is_tried_a_day_later_and_keeps_its_id(store, api):
    api.room.pace = 3_600.0
    outbox = Outbox(store, REFERENCES)
    outbox.queue("CA1", "school", "en", NUMBER, "About school", NOW)
    (waits,) = outbox.due(datetime.now(UTC))
    assert Texts(outbox, api.texts()).attempt(waits[0]) == "accepted"
    until(lambda: there(api), "the text")
    job, (sid,) = forgetting(store, api), ids(store)
    assert job.round(NOW + WEEK) == 0 and ids(store) == [sid]
    assert job.round(NOW + WEEK + DAY / 2) == 0
    api.room.cancel(sid)
    assert job.round(NOW + WEEK + DAY / 2) == 0 and ids(store) == [sid]
    assert job.round(NOW + WEEK + DAY) == 1 and there(api) == []


class Asked(Carrier):
    """Counts what is asked of it; each answer in turn, and then the carrier's own."""

    def __init__(self, api: LocalCarrier, *answers: CarrierError, token: str = TOKEN) -> None:
        super().__init__(DEMO_ACCOUNT_SID, token, api.url, ACCOUNT.number, untold)
        self.answers, self.asked = list(answers), []

    def delete(self, sid: str) -> None:
        self.asked.append(sid)
        if self.answers:
            raise self.answers.pop(0)
        super().delete(sid)


@pytest.mark.parametrize(
    "fault", [AccountError("20003"), TryLaterError("20429"), UnclearError("HTTP 500")],
    ids=["the account", "too many requests", "nobody knows"],
)  # fmt: skip
def test_what_would_fail_for_all_ends_the_round_and_loses_no_id(store, api, fault):
    sent(store, api, "school", "appeal", "money")
    asked = Asked(api, fault)
    job = Forgetting(TextsThere(store), asked)
    assert job.round(NOW + WEEK) == 0
    assert len(asked.asked) == 1 and len(ids(store)) == 3 == len(there(api))
    assert job.round(NOW + WEEK + DAY) == 3 and there(api) == []


def test_a_wrong_token_deletes_nothing_and_forgets_nothing(store, api, caplog):
    sent(store, api, "school", "appeal")
    asked = Asked(api, token="another" * 5)
    assert Forgetting(TextsThere(store), asked).round(NOW + WEEK) == 0
    assert len(asked.asked) == 1 and len(ids(store)) == 2 == len(there(api))
    assert "20003" in caplog.text and "+4477009001" not in caplog.text


def test_one_that_always_fails_keeps_no_other_from_going(store, api):
    sent(store, api, "school", "appeal", "money")
    first = ids(store)[0]

    class Poisoned(Asked):
        def delete(self, sid: str) -> None:
            if sid == first:
                raise UnclearError("HTTP 500")
            super().delete(sid)

    job = Forgetting(TextsThere(store), Poisoned(api))
    assert job.round(NOW + WEEK) + job.round(NOW + WEEK + timedelta(minutes=5)) == 2
    assert ids(store) == [first]


def test_a_round_does_so_many_and_the_next_goes_on(store, api):
    sent(store, api, *(f"topic {number}" for number in range(70)))
    job = forgetting(store, api)
    first = job.round(NOW + WEEK)
    assert first == 50 and len(there(api)) == 20 == len(ids(store))
    assert job.round(NOW + WEEK) == 20


def test_the_row_waits_for_its_text_at_the_carrier_and_not_for_ever(store, api):
    sent(store, api, "school")
    year, most = NOW + timedelta(days=396), timedelta(days=90)
    assert Purge(store).run(year)["message"] == 0 and len(ids(store)) == 1
    assert Purge(store).run(year + most - DAY)["message"] == 0
    assert Purge(store).run(year + most)["message"] == 1
    sent(store, api, "appeal")
    assert forgetting(store, api).round(NOW + WEEK) == 1
    assert Purge(store).run(year)["message"] == 1


def test_what_is_late_is_said_with_what_to_do(store, api):
    def seen(after: timedelta) -> tuple[Health, str]:
        kept = SimpleNamespace(there=TextsThere(store))
        (finding,) = old_texts(SimpleNamespace(kept=kept, now=NOW + WEEK + after))
        return finding.state, finding.says + finding.do

    sent(store, api, "school", "appeal")
    assert seen(2 * DAY)[0] is Health.GOOD
    state, says = seen(3 * DAY)
    assert state is Health.LOOK and says.startswith("2 texts") and "worker" in says
    forgetting(store, api).round(NOW + WEEK)
    assert seen(3 * DAY)[0] is Health.GOOD


def test_a_database_that_is_away_is_waited_for(api, tmp_path, caplog):
    store = open_store(f"sqlite:///{tmp_path}")
    job, stop = forgetting(store, api), threading.Event()
    with pytest.raises(StoreDownError):
        job.round(NOW)
    thread = threading.Thread(target=keep_forgetting, args=(job, stop, 0.0), daemon=True)
    thread.start()
    until(lambda: "the database is away" in caplog.text, "the round")
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


WORKS_AT_ONCE = """
from ivr.cli import main
from ivr.jobs.forgetting import keep_forgetting
keep_forgetting.__defaults__ = (0.0,)
main(["work"])
"""
"""``ivr work``, which waits no ten seconds before its first round."""


@pytest.mark.timeout(120)
def test_the_worker_deletes_by_itself_what_is_old(tmp_path, api):
    """In a process of its own, against a carrier on a real port."""
    url = fresh_sqlite(tmp_path)
    store = open_store(url)
    sent(store, api, "school")
    with store.write() as connection:
        connection.execute(update(sms).values(asked_at=NOW - WEEK, next_at=NOW - WEEK))
    settings = {"DATABASE_URL": url, "TWILIO_API_BASE_URL": api.url, "SMTP_PORT": str(free_port())}
    with worker(code=("-c", WORKS_AT_ONCE), **settings):
        until(lambda: not there(api), "the text is gone")
    store.close()
