"""The last day to appeal, worked out over the telephone: the same vectors as in the sums."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ivr.app import create_app
from ivr.config import read
from ivr.simulator import golden_calls
from ivr.simulator.events import Asked
from ivr.simulator.people import Decided, Scripted
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.deadline_calls import LINE, WORDS, keys_of, ring, spoken
from tests.support.deadlines import VECTORS

MOBILE = "+447700900123"


@pytest.mark.parametrize("row", VECTORS.values(), ids=VECTORS)
def test_a_vector_is_told_over_the_telephone(row, tmp_path):
    days = [None if each == "-" else date.fromisoformat(each) for each in row.split()]
    letter, certificate, _, _, _, safe_day, last_day = days
    today = max(letter, certificate or letter)
    first = ["4", "2", "2", "1" if certificate else "2"]
    dates = [key for day in (letter, certificate) if day for key in keys_of(day)]
    heard, _, _ = ring(tmp_path, today, *first, *dates)
    assert heard.count(spoken(safe_day)) == 2
    assert last_day == safe_day or spoken(last_day) not in heard


def test_the_text_holds_the_date_and_nothing_else_keeps_it(tmp_path):
    letter = date(2026, 11, 23)
    _, texts, kept = ring(
        tmp_path, date(2026, 11, 24), "4", "2", "2", "2", *keys_of(letter), *"----", "2", "1"
    )
    ((number, body),) = texts
    assert number == MOBILE and "Friday 22 January 2027" in body
    assert body.startswith("Advice line, about your call:") and len(body) <= 306
    assert "worked-out" in kept
    without_text = kept.replace("Friday 22 January 2027", "")
    assert not re.search(r"2026-11-23|23-11-2026|2027-01-22|2027-01-25", without_text)


def test_another_date_in_the_same_call_is_another_text_and_the_same_one_is_not(tmp_path):
    first, second = date(2026, 11, 23), date(2026, 11, 2)
    ask = [*"----", "2", "1"]
    again = ["*", "2"]
    heard, texts, _ = ring(
        tmp_path, date(2026, 11, 24), "4", "2", "2", "2", *keys_of(first), *ask, "2", "1",
        *again, *keys_of(second), *ask,
    )  # fmt: skip
    assert ["22 January 2027" in body for _, body in texts] == [True, False]
    assert "31 December 2026" in texts[1][1]
    assert heard.count("That text is already on its way.") == 1
    assert heard.count("I am sending it now.") == 2


def test_what_was_answered_never_stands_in_an_address(tmp_path):
    settings = read(
        {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "LINE_CLOCK": "2026-11-24T10:00"}
    )
    app = create_app(settings)
    keys = ["4", "2", "2", "1", *keys_of(date(2026, 10, 1)), *keys_of(date(2026, 11, 20))]
    call = golden_calls.trunk_to(app, settings).ring(Scripted(keys), Decided(), MOBILE)
    services_of(app, Lifetime).close()
    addresses = [event.url for event in call.events if isinstance(event, Asked)]
    assert any("form=" in address for address in addresses)
    readable = [re.sub(r"(form|last)=[^&]*", "", address) for address in addresses]
    for told in ("other", "2026", "1-10", "20-11", "placement"):
        assert not [address for address in readable if told in address]


def test_every_date_the_calendar_knows_can_be_spoken():
    prompts = LINE.units("en")
    day = date(2026, 11, 24)
    while day <= LINE.calendar.last:
        assert all(unit in prompts for unit in WORDS.date(day))
        day = date.fromordinal(day.toordinal() + 1)
