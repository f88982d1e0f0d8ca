"""How texts went: the sums, what did not arrive, and the alarms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from ivr.config import read
from ivr.jobs.alarms import TextAlarms
from ivr.secrets.seal import References
from ivr.store import Outbox, open_store
from ivr.store.limits import NOTICE, Caps
from ivr.store.sent import Sent, Use
from ivr.texts.ends import ENDS, told
from tests.support.commands import ivr
from tests.support.postgres import fresh_sqlite

REFERENCES = References("a secret for tests")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBERS = count(12_345_678)
CAPS = Caps(a_day=10, a_month=1_000, pence_a_month=1_000, a_prefix_an_hour=1_000)


def ask(outbox: Outbox, texts: int, at: datetime = NOW, topic: str = "complaint") -> None:
    for n in range(texts):
        call = f"CA{at:%d%H%M}{topic}{n}"
        number = f"+4477{next(NUMBERS):08}"
        assert outbox.queue(call, topic, "en", number, "words", at) == "queued"


def hand_over(outbox: Outbox, at: datetime, *told_of: tuple[str, str]) -> None:
    """The oldest text that waits goes to the carrier, which tells these statuses of it."""
    message_id = outbox.due(at)[0][0]
    outbox.claim(message_id, at)
    outbox.accepted(message_id, f"SM{message_id}")
    for status, error in told_of:
        outbox.status(f"SM{message_id}", status, error)


@pytest.fixture
def outbox(store):
    return Outbox(store, REFERENCES, caps=CAPS)


def test_what_did_not_arrive_is_named_and_nothing_else(outbox, store):
    hours = [NOW - timedelta(hours=n) for n in (2, 3, 4)]
    for at, news in zip(hours, [("delivered", ""), ("failed", "30007"), ("sent", "")], strict=True):
        ask(outbox, 1, at)
        hand_over(outbox, at, news)
    ask(outbox, 1, NOW - timedelta(days=8))
    ask(outbox, 1, NOW - timedelta(hours=1))
    ask(outbox, 1, NOW)
    found = Sent(store, CAPS).troubles(NOW)
    assert [(each.status, each.error) for each in found] == [
        ("sent", ""), ("failed", "30007"), ("waiting", ""),
    ]  # fmt: skip
    assert "7700" not in str(found)


def test_the_sums_are_those_of_the_limits(outbox, store):
    ask(outbox, 4, NOW - timedelta(hours=30))
    ask(outbox, 5)
    ask(outbox, 2, topic=NOTICE)
    used = {use.limit: (use.used, use.level) for use in Sent(store, CAPS).used(NOW)}
    assert {name: used[name] for name in ("a_day", "a_month", "pence_a_month")} == {
        "a_day": (5, 50), "a_month": (9, 0), "pence_a_month": (36, 0),
    }  # fmt: skip
    assert used["staff_a_day"] == (2, 0) and used["staff_pence_a_month"] == (8, 0)
    assert Sent(store, CAPS).lately(NOW) == {"waiting": 7}


@pytest.mark.parametrize(
    ("used", "level"), [(0, 0), (4, 0), (5, 50), (7, 50), (8, 80), (10, 100), (11, 100)]
)
def test_a_limit_has_three_levels(used, level):
    assert Use("a_day", used, 10).level == level


def test_a_limit_of_none_is_reached_at_once():
    assert Use("a_day", 0, 0).level == 100


def test_each_level_is_warned_of_once_and_again_after_it_was_left(outbox, store, caplog):
    alarms = TextAlarms(Sent(store, CAPS))
    ask(outbox, 5)
    for _ in range(3):
        alarms.look(NOW)
    ask(outbox, 4, NOW + timedelta(minutes=1))
    alarms.look(NOW + timedelta(minutes=1))
    later = NOW + timedelta(hours=25)
    alarms.look(later)
    ask(outbox, 5, later)
    alarms.look(later)
    levels = [record.args[0] for record in caplog.records if record.name == "ivr.jobs.alarms"]
    assert levels == [50, 80, 50] and "7700" not in caplog.text


@pytest.mark.parametrize("error", ENDS)
def test_every_code_has_plain_words_and_something_to_do(error):
    why, do = told("failed", error)
    assert why and do and error not in why


def test_an_unknown_code_is_shown_and_no_code_too():
    assert "12345" in told("failed", "12345")[0]
    assert told("failed", "")[0] == "it did not arrive"


def test_the_command_tells_it_all_without_a_number(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/line.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TEXTS_A_DAY", "2")
    store, now = open_store(url), datetime.now(UTC)
    outbox = Outbox(store, REFERENCES, caps=CAPS)
    ask(outbox, 1, now - timedelta(hours=2))
    hand_over(outbox, now, ("undelivered", "30003"))
    store.close()
    shown = ivr("texts").output
    assert "1 not delivered" in shown and "the phone was off or out of reach" in shown
    assert "50 % of the limit is reached (TEXTS_A_DAY)" in shown and "7700" not in shown
    parsed = json.loads(ivr("texts", "--json").output)
    assert parsed["troubles"][0]["error"] == "30003" and parsed["used"][0]["level"] == 50


def test_staff_can_say_for_somebody_that_they_want_no_texts_and_want_them_again(store, monkeypatch):
    url = store._url
    monkeypatch.setenv("DATABASE_URL", url)
    number, asked = "+447700900123", ("apples", "en", "+447700900123", "words", NOW)
    kept = References(read({}).reference_secret)
    outbox = Outbox(store, kept)
    told = ivr("texts", "--stop", "07700 900123")
    assert "no more texts" in told.output and outbox.queue("CA1", *asked) == "stopped"
    told = ivr("texts", "--start", number)
    assert "again" in told.output and outbox.queue("CA2", *asked) == "queued"
    for wrong in (["--stop", "80808"], ["--stop", number, "--start", number]):
        assert ivr("texts", *wrong).exit_code == 2


def test_the_command_names_every_limit_with_its_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", fresh_sqlite(tmp_path))
    for name in ("STAFF_TEXTS_A_DAY", "STAFF_TEXTS_PENCE_A_MONTH", "ANSWERS_A_DAY"):
        monkeypatch.setenv(name, "0")
    shown = ivr("texts").output
    for name in ("STAFF_TEXTS_A_DAY", "STAFF_TEXTS_PENCE_A_MONTH", "ANSWERS_A_DAY"):
        assert f"100 % of the limit is reached ({name})" in shown


def test_without_a_database_the_command_says_what_to_do(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/nowhere/line.db")
    done = ivr("texts")
    assert done.exit_code == 1 and "DATABASE_URL" in done.output
