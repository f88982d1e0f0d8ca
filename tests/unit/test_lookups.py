"""Lookups: a number that the carrier calls no mobile is not texted, and nobody waits for that."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.config import Settings, read
from ivr.jobs.services import texts_job
from ivr.outside.line_types import (
    LASTS,
    MOST_KEPT,
    MOST_WAITING,
    NOT_MOBILE,
    THREADS,
    Lookups,
    NoLookups,
    mobile_by,
)
from ivr.outside.twilio import CarrierError
from ivr.secrets.seal import References
from ivr.simulator import faults
from ivr.simulator.lookups import PORTED
from ivr.store.services import StoreServices
from ivr.store.tables import sms
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.voice import CallServices
from tests.support.carrier import LocalCarrier
from tests.support.openapi import CUTS
from tests.support.telephone import Telephone
from tests.support.whole import REAL, demo

MOBILE, OTHER = "+447700900123", "+447700900456"
OFFER = "at=text-complaint&on=key&trail=main~complaint.5"
TYPE = "at=number-complaint&on=key&trail=main~complaint.5"
QUICK = 4
"""Seconds: far below what the carrier takes here, far above what a step takes."""
REFERENCES = References("a secret of some length, for tests only")


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so; fail after half a minute."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.01)


# --- what is remembered ----------------------------------------------------------------------


class Oracle:
    """Answers with ``kind``, or raises it, once ``open``; holds every number it was asked about."""

    def __init__(self, kind: str | CarrierError = "mobile") -> None:
        self.kind = kind
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, number: str) -> str:
        self.asked.append(number)
        self.open.wait(30)
        if isinstance(self.kind, CarrierError):
            raise self.kind
        return self.kind


def made(oracle: Oracle, clock: Callable[[], float] = time.monotonic) -> Lookups:
    return Lookups(oracle, REFERENCES, clock)


def answered(lookups: Lookups, number: str = MOBILE) -> bool:
    """Ask and wait until nothing is being asked; whether the number can be texted."""
    lookups.ask(number)
    until(lambda: not lookups._asking)
    return lookups.textable(number)


def words_of_twilio() -> set[str]:
    """Every kind of number that Twilio's document names."""
    document = json.loads((CUTS / "lookups_v2.json").read_text("utf-8"))
    override = document["components"]["schemas"]["OverridesResponse"]["properties"]
    return set(override["original_line_type"]["enum"])


TYPES = dict.fromkeys(NOT_MOBILE, False) | dict.fromkeys(("mobile", "unknown", "", "new"), True)


@pytest.mark.parametrize(("kind", "textable"), sorted(TYPES.items()))
def test_only_a_number_that_is_known_to_be_no_mobile_is_not_texted(kind, textable):
    assert answered(made(Oracle(kind))) is textable


def test_every_kind_that_twilio_names_is_decided():
    assert words_of_twilio() == NOT_MOBILE | {"mobile", "unknown"}


def test_without_an_answer_a_number_can_be_texted():
    oracle = Oracle("landline")
    oracle.open.clear()
    lookups = made(oracle)
    lookups.ask(MOBILE)
    assert lookups.textable(MOBILE)
    oracle.open.set()
    until(lambda: not lookups.textable(MOBILE))
    assert lookups.textable(OTHER)


def test_a_number_that_is_known_or_being_asked_is_not_asked_again():
    oracle = Oracle("landline")
    oracle.open.clear()
    lookups = made(oracle)
    for _ in range(3):
        lookups.ask(MOBILE)
    oracle.open.set()
    until(lambda: not lookups.textable(MOBILE))
    lookups.ask(MOBILE)
    answered(lookups, OTHER)
    assert oracle.asked == [MOBILE, OTHER]


def test_after_a_failure_a_number_can_be_texted_and_is_asked_again():
    oracle = Oracle(CarrierError("20429"))
    lookups = made(oracle)
    assert answered(lookups)
    oracle.kind = "landline"
    assert not answered(lookups)


def test_an_answer_is_forgotten_after_a_day():
    now, oracle = [0.0], Oracle("landline")
    lookups = made(oracle, lambda: now[0])
    assert not answered(lookups)
    now[0] = LASTS - 1
    assert not lookups.textable(MOBILE)
    now[0] = LASTS
    assert lookups.textable(MOBILE)
    answered(lookups, OTHER)
    assert len(lookups._known) == 1


def test_what_is_remembered_is_bounded_and_holds_no_number(monkeypatch):
    monkeypatch.setattr("ivr.outside.line_types.MOST_KEPT", 3)
    lookups = made(Oracle("landline"))
    numbers = [f"+44770090010{n}" for n in range(5)]
    for number in numbers:
        answered(lookups, number)
    assert [lookups.textable(number) for number in numbers] == [True] * 2 + [False] * 3
    assert "7700900" not in str(lookups._known) and MOST_KEPT == 10_000


def test_what_is_one_too_many_is_dropped_and_nobody_waits():
    oracle = Oracle()
    oracle.open.clear()
    lookups = made(oracle)
    numbers = [f"+447700900{n:03}" for n in range(THREADS + MOST_WAITING + 50)]
    for number in numbers[:THREADS]:
        lookups.ask(number)
    until(lambda: len(oracle.asked) == THREADS)
    began = time.monotonic()
    for number in numbers[THREADS:]:
        lookups.ask(number)
    assert time.monotonic() - began < QUICK
    oracle.open.set()
    until(lambda: not lookups._asking)
    assert sorted(oracle.asked) == numbers[: THREADS + MOST_WAITING]


def test_when_it_is_closed_nothing_more_is_asked():
    oracle, before = Oracle(), set(threading.enumerate())
    oracle.open.clear()
    lookups = made(oracle)
    threads = [each for each in threading.enumerate() if each.name == "lookups"]
    for n in range(10):
        lookups.ask(f"+44770090010{n}")
    until(lambda: len(oracle.asked) == THREADS)
    lookups.close()
    oracle.open.set()
    for each in set(threads) - before:
        each.join(30)
        assert not each.is_alive()
    assert len(oracle.asked) == THREADS


# --- the whole line --------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path, carrier: LocalCarrier) -> Settings:
    return demo(tmp_path, TEXTS_LOOKUP="yes", TWILIO_API_BASE_URL=carrier.url)


def looked_up(telephone: Telephone) -> None:
    """Wait until the carrier is not being asked any more."""
    lookups = services_of(telephone.app, CallServices).lookups
    until(lambda: not lookups._asking)


def rung(telephone: Telephone, number: str) -> None:
    telephone.voice(From=number)
    looked_up(telephone)


def kept(telephone: Telephone) -> list[str]:
    return [number for number, _ in services_of(telephone.app, StoreServices).outbox.waiting()]


def test_a_caller_whose_number_is_no_mobile_is_asked_for_another(telephone):
    rung(telephone, PORTED)
    twiml = telephone.voice(OFFER, Digits="1", From=PORTED)
    assert "at=number-complaint" in twiml.find("Gather").get("action")
    telephone.voice(OFFER, Digits="1", From=PORTED)
    assert kept(telephone) == []


def test_a_caller_whose_number_is_a_mobile_is_texted(telephone):
    rung(telephone, MOBILE)
    assert "I am sending it now." in telephone.words(telephone.voice(OFFER, Digits="1"))
    assert kept(telephone) == [MOBILE]


def typed(telephone: Telephone, number: str) -> str:
    """What is said once a typed number was confirmed."""
    twiml = telephone.voice(TYPE, Digits=f"0{number[3:]}")
    looked_up(telephone)
    return telephone.words(telephone.press(twiml, "1"))


def test_to_a_typed_number_that_is_no_mobile_nothing_is_sent(telephone):
    words = typed(telephone, PORTED)
    assert "I can only text UK mobile phones." in words and "I am sending" not in words
    assert kept(telephone) == []


def test_to_a_typed_mobile_the_text_is_sent(telephone):
    assert "I am sending it now." in typed(telephone, OTHER)
    assert kept(telephone) == [OTHER]


FAULTS = ("429", "500-before", "500-after", "reset-after", "garbage")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lookup_that_fails_changes_nothing(telephone, carrier, fault):
    carrier.planned.add(faults.read(f"lookup={fault}x{THREADS}"))
    rung(telephone, PORTED)
    assert "I am sending it now." in telephone.words(
        telephone.voice(OFFER, Digits="1", From=PORTED)
    )
    assert kept(telephone) == [PORTED] and len(carrier.planned.waiting()) == THREADS - 1
    rung(telephone, OTHER)
    rung(telephone, PORTED)
    assert not services_of(telephone.app, CallServices).lookups.textable(PORTED)


def test_a_lookup_that_hangs_keeps_nobody_waiting(telephone, carrier):
    carrier.planned.add(faults.read("lookup=hang:30x9"))
    telephone.voice(From="")
    took = []
    for n in range(8):
        began = time.monotonic()
        telephone.voice(From=f"+44770090010{n}")
        took.append(time.monotonic() - began)
    began = time.monotonic()
    words = telephone.words(telephone.voice(OFFER, Digits="1", From="+447700900100"))
    took.append(time.monotonic() - began)
    # Who waited would do so for the five seconds of a lookup.
    assert "I am sending it now." in words and max(took) < QUICK, took


def test_an_answer_that_takes_too_long_is_no_answer(carrier):
    carrier.planned.add(faults.read("lookup=hang:1"))
    with pytest.raises(CarrierError):
        carrier.lookups(0.2).line_type(PORTED)


NOT_ASKED = {
    "a landline": {"From": "+442079460123"},
    "a withheld number": {"From": "anonymous"},
    "a foreign number": {"From": "+33142685300"},
    "a mobile in Jersey": {"From": "+447797123456"},
}


@pytest.mark.parametrize("form", NOT_ASKED.values(), ids=NOT_ASKED)
def test_only_a_uk_mobile_is_looked_up(telephone, carrier, form):
    carrier.planned.add(faults.read("lookup=429"))
    telephone.voice(**form)
    looked_up(telephone)
    assert carrier.planned.waiting() == ["lookup=429"]


def test_a_number_that_is_typed_to_be_rung_back_is_not_looked_up(telephone, carrier):
    carrier.planned.add(faults.read("lookup=429"))
    twiml = telephone.voice("at=phone-complaint&on=key&trail=main", Digits="07700900456")
    assert "at=phonecheck" in twiml.find("Gather").get("action")
    looked_up(telephone)
    assert carrier.planned.waiting() == ["lookup=429"]


def test_without_the_setting_nobody_is_asked(carrier, tmp_path, opens):
    carrier.planned.add(faults.read("lookup=429"))
    database = f"sqlite:///{tmp_path}/line.db"
    settings = read({"DATABASE_URL": database, "TWILIO_API_BASE_URL": carrier.url})
    app = opens(settings)
    telephone = Telephone(app, settings)
    telephone.voice(From=PORTED)
    assert "I am sending it now." in typed_at_once(telephone, PORTED)
    assert isinstance(services_of(app, CallServices).lookups, NoLookups)
    assert not settings.texts_lookup and carrier.planned.waiting() == ["lookup=429"]


def typed_at_once(telephone: Telephone, number: str) -> str:
    twiml = telephone.voice(TYPE, Digits=f"0{number[3:]}")
    return telephone.words(telephone.press(twiml, "1"))


@pytest.mark.parametrize("fault", ["", "lookup=500-before", "lookup=reset-after"])
def test_no_number_is_logged_or_kept(telephone, carrier, caplog, tmp_path, fault):
    caplog.set_level(logging.DEBUG)
    if fault:
        carrier.planned.add(faults.read(fault))
    rung(telephone, PORTED)
    assert "7700900998" not in caplog.text
    assert ("could not be looked up" in caplog.text) is bool(fault)
    services_of(telephone.app, Lifetime).close()
    with sqlite3.connect(tmp_path / "line.db") as database:
        assert "7700900998" not in "".join(database.iterdump())


WHERE = {
    "a demonstration": ({}, "http://127.0.0.1:8000/exchange"),
    "Twilio": (REAL, "https://lookups.twilio.com"),
    "another carrier": ({"TWILIO_API_BASE_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9"),
}


@pytest.mark.parametrize(("environment", "address"), WHERE.values(), ids=WHERE)
def test_numbers_are_looked_up_where_texts_go(environment, address):
    assert read(environment).lookups_base_url == address


# --- the worker ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "outcome", "why"),
    [(PORTED, "not mobile", "not mobile"), (MOBILE, "accepted", "")],
    ids=["no mobile", "a mobile"],
)
def test_the_worker_sends_nothing_to_what_is_no_mobile(
    store, settings, carrier, number, outcome, why
):
    kept = StoreServices(settings, store)
    outbox = kept.outbox
    outbox.queue("CA1", "complaint", "en", number, "words", datetime.now(UTC))
    ((message_id, _),) = outbox.due(datetime.now(UTC))
    assert texts_job(kept).attempt(message_id) == outcome
    assert len(carrier.room.texts) == (not why)
    assert store.value(select(sms.c.error)) == why


def test_a_lookup_that_fails_does_not_keep_the_worker_from_sending():
    assert mobile_by(Oracle(CarrierError("500")), MOBILE)
