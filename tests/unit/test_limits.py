"""Limits on texts: ten thousand requests stay inside every one, and nothing else is refused."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest

from ivr.config import SettingsError, read
from ivr.line.call import SendText
from ivr.secrets.seal import References
from ivr.store import Inbox, Outbox, Recordings, Talks, open_store
from ivr.store.database import PATIENT_MS
from ivr.store.limits import NOTICE, Caps, caps_of
from ivr.store.rows import Lock
from ivr.webhooks.effects import Effects
from tests.support.at_once import at_once
from tests.support.lines import LINE
from tests.support.postgres import fresh_sqlite

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REFERENCES = References("a secret for tests")
RANGES = [f"+44{area}4960" for area in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)]
RANGES += ["+442079460", "+441914980", "+442896496", "+442920180", "+441632960", "+447700900"]
"""Ofcom's numbers for drama, each range another prefix; three digits or more are to come."""


@pytest.fixture
def store(url):
    """One whose callers wait as long as a worker: many of them write at once."""
    made = open_store(url, PATIENT_MS)
    yield made
    made.close()


@pytest.fixture
def outbox(store):
    return Outbox(store, REFERENCES)


@dataclass(frozen=True)
class Asked:
    """Somebody asks for a text."""

    call: str = "CA1"
    topic: str = "complaint"
    number: str = "+447700900123"
    at: datetime = NOW
    caller: str = "+447700900001"
    parts: int = 1

    def of(self, outbox: Outbox) -> str:
        body = "x" * (160 if self.parts == 1 else 306)
        asked = (self.call, self.topic, "en", self.number, body, self.at)
        return outbox.queue(*asked, caller=self.caller)


def answers(outbox: Outbox, *asked: Asked) -> list[str]:
    return [each.of(outbox) for each in asked]


# --- each limit ------------------------------------------------------------------------------


def elsewhere(n: int, **known: object) -> Asked:
    """A request that has nothing in common with any other but what is ``known``."""
    alone = {
        "call": f"CA{n}",
        "number": f"{RANGES[n % len(RANGES)]}{n:03}",
        "caller": f"+447700900{n:03}",
    }
    return Asked(**{**alone, **known})


SAME = {
    "a call": (3, {"call": "CA1"}, None),
    "a number in a day": (3, {"number": "+447700900123"}, DAY),
    "a caller in a day": (5, {"caller": "+442079460123"}, DAY),
}


@pytest.mark.parametrize(("most", "same", "until"), SAME.values(), ids=SAME)
def test_so_many_texts_and_no_more(outbox, most, same, until):
    got = answers(outbox, *(elsewhere(n, **same) for n in range(most + 1)))
    assert got == ["queued"] * most + ["limit"]
    assert len(outbox.waiting()) == most
    late = NOW + (until or 30 * DAY)
    again = [elsewhere(50 + n, at=late + timedelta(minutes=n), **same) for n in range(2)]
    assert answers(outbox, *again) == (["queued"] * 2 if until else ["limit"] * 2)


def test_ten_texts_an_hour_to_one_range_of_numbers(outbox):
    asked = [elsewhere(n, number=f"+447700900{n:03}") for n in range(11)]
    assert answers(outbox, *asked) == ["queued"] * 10 + ["limit"]
    assert elsewhere(20, number="+442079460020").of(outbox) == "queued"
    assert elsewhere(21, number="+447700900021", at=NOW + HOUR).of(outbox) == "queued"


def test_withheld_callers_are_limited_by_the_call_and_not_as_one_caller(outbox):
    many = [elsewhere(n, caller="") for n in range(12)]
    assert answers(outbox, *many) == ["queued"] * 12
    one = [elsewhere(20 + n, caller="", call="CA1000") for n in range(4)]
    assert answers(outbox, *one) == ["queued"] * 3 + ["limit"]


TOTALS = {
    "in a day": (Caps(a_day=4), [1] * 4, NOW + DAY),
    "in a month": (Caps(a_month=4), [1] * 4, datetime(2026, 12, 1, tzinfo=UTC)),
    "money in a month": (Caps(pence_a_month=16), [1, 2, 1], datetime(2026, 12, 1, tzinfo=UTC)),
    "dearer texts": (
        Caps(pence_a_month=20, pence_a_segment=10),
        [2],
        datetime(2026, 12, 1, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize(("caps", "parts", "until"), TOTALS.values(), ids=TOTALS)
def test_all_callers_together_have_a_total(store, caps, parts, until):
    outbox = Outbox(store, REFERENCES, caps=caps)
    asked = [elsewhere(n, parts=each) for n, each in enumerate(parts)]
    assert answers(outbox, *asked) == ["queued"] * len(parts)
    before = elsewhere(20, at=until - timedelta(seconds=1))
    assert answers(outbox, elsewhere(21), before) == ["limit"] * 2
    assert elsewhere(22, at=until).of(outbox) == "queued"


@pytest.mark.parametrize("caps", [Caps(a_month=1), Caps(pence_a_month=4)], ids=["texts", "money"])
def test_a_month_counts_from_its_very_first_moment(store, caps):
    outbox = Outbox(store, REFERENCES, caps=caps)
    first = datetime(2026, 12, 1, tzinfo=UTC)
    assert elsewhere(1, at=first).of(outbox) == "queued"
    late = first.replace(day=20, hour=13, minute=14, second=15, microsecond=16)
    assert elsewhere(2, at=late).of(outbox) == "limit"


def test_a_text_that_is_kept_is_already_kept_whatever_the_limits_say(store):
    outbox = Outbox(store, REFERENCES, caps=Caps(a_day=1))
    assert answers(outbox, Asked(), Asked(), Asked(topic="school")) == [
        "queued", "already", "limit",
    ]  # fmt: skip


def test_staff_are_told_when_callers_get_no_more_and_the_other_way_round(store):
    outbox = Outbox(store, REFERENCES, caps=Caps(pence_a_month=4, staff_a_day=12))
    assert Asked().of(outbox) == "queued" and Asked("CA2").of(outbox) == "limit"
    notices = [Asked(call=f"N{n}", topic=NOTICE, caller="") for n in range(13)]
    assert answers(outbox, *notices) == ["queued"] * 12 + ["limit"]
    again = Outbox(store, REFERENCES, caps=Caps(pence_a_month=8))
    assert Asked("CA3").of(again) == "queued"


@pytest.mark.parametrize("parts", [1, 2])
def test_texts_to_staff_have_money_of_their_own_for_a_month(store, parts):
    outbox = Outbox(store, REFERENCES, caps=Caps(staff_pence_a_month=16))
    notices = [Asked(f"N{n}", NOTICE, caller="", parts=parts) for n in range(4 // parts + 1)]
    assert answers(outbox, *notices) == ["queued"] * (4 // parts) + ["limit"]
    late = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    new = datetime(2026, 12, 1, tzinfo=UTC)
    assert Asked("N8", NOTICE, at=late).of(outbox) == "limit"
    assert Asked("N9", NOTICE, at=new).of(outbox) == "queued"


def test_texts_to_staff_take_no_place_of_a_caller(outbox):
    notices = [Asked(call="CA1", topic=NOTICE, caller=""), Asked("N2", NOTICE, caller="")]
    answers(outbox, *notices, *(Asked(f"N{n}", NOTICE, caller="") for n in range(3, 20)))
    assert Asked().of(outbox) == "queued"


def test_two_callers_at_once_cannot_both_have_the_last_text(store):
    outbox = Outbox(store, REFERENCES, caps=Caps(a_day=5))
    got = at_once(lambda n: elsewhere(n).of(outbox), range(12))
    assert Counter(got) == {"queued": 5, "limit": 7}


def test_while_one_text_is_counted_the_next_one_waits(store):
    outbox, got = Outbox(store, REFERENCES), []
    thread = threading.Thread(target=lambda: got.append(Asked().of(outbox)))
    with store.write(lock=Lock.TEXTS):
        thread.start()
        thread.join(0.3)
        assert got == []
    thread.join()
    assert got == ["queued"]


def test_the_number_that_calls_is_not_kept(outbox, store):
    Asked(caller="+442079460123").of(outbox)
    with store.read() as connection:
        assert "2079460123" not in str(connection.exec_driver_sql("SELECT * FROM message").all())


def test_a_step_of_a_call_counts_for_the_number_it_comes_from(store, outbox):
    kept = (Inbox(store, REFERENCES, ()), Recordings(store, REFERENCES, ()))
    effects = Effects(outbox, *kept, Talks(store, REFERENCES), "")
    send = [SendText("apples", "en", f"{RANGES[n]}123") for n in range(7)]
    known = [effects.do(f"CA{n}", each, LINE, "+442079460123") for n, each in enumerate(send[:6])]
    assert known == ["queued"] * 5 + ["limit"]
    assert effects.do("CA7", send[6], LINE) == "queued"


# --- thousands of requests -------------------------------------------------------------------


BEGIN = datetime(2026, 11, 28, 12, tzinfo=UTC)
REQUESTS, HOURS = 2_500, 132
TIGHT = Caps(a_month=500, pence_a_month=3_500)
"""A month's totals that so many requests reach; every other limit is as it is for real callers."""
CALLERS = [f"+447700900{n:03}" for n in range(500)]


def attack(dice: random.Random) -> Iterator[Asked]:
    """Days into the next month: many ranges, one number, one range at noon, and one caller."""
    times = sorted(BEGIN + timedelta(minutes=dice.randrange(HOURS * 60)) for _ in range(REQUESTS))
    for n, at in enumerate(times):
        noon = at.hour == 12
        one_range = RANGES[at.day % len(RANGES)]
        number = f"{one_range if noon else dice.choice(RANGES)}{dice.randrange(1000):03}"
        yield Asked(
            call=f"CA{n - n % 8}" if dice.random() < 0.4 else f"CA{n}",
            topic=dice.choice(["complaint", "school", "appeal"]),
            number="+447700900123" if dice.random() < 0.05 else number,
            at=at,
            caller=dice.choice([*dice.choices(CALLERS, k=8), "", CALLERS[0]]),
            parts=1 if at.month == BEGIN.month else 2,
        )


class Book:
    """What was kept, counted by hand; requests come in the order of their times."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.kept: list[Asked] = []
        self.calls, self.months, self.parts = Counter[str](), Counter[int](), Counter[int]()

    def keep(self, asked: Asked) -> None:
        self.kept.append(asked)
        self.calls[asked.call] += 1
        self.months[asked.at.month] += 1
        self.parts[asked.at.month] += asked.parts

    def over(self, asked: Asked) -> set[str]:
        """The limits that one more would break."""
        day = list(takewhile(lambda each: each.at > asked.at - DAY, reversed(self.kept)))
        hour = takewhile(lambda each: each.at > asked.at - HOUR, day)
        counts = {
            "a_call": self.calls[asked.call],
            "a_destination_a_day": sum(each.number == asked.number for each in day),
            "a_caller_a_day": sum(each.caller == asked.caller != "" for each in day),
            "a_prefix_an_hour": sum(each.number[:8] == asked.number[:8] for each in hour),
            "a_day": len(day),
            "a_month": self.months[asked.at.month],
        }
        over = {name for name, count in counts.items() if count >= getattr(self.caps, name)}
        pence = (self.parts[asked.at.month] + asked.parts) * self.caps.pence_a_segment
        return over | ({"money"} if pence > self.caps.pence_a_month else set())


def test_thousands_of_requests_stay_inside_every_limit_and_only_then_are_refused():
    # In memory, because thousands of waits for the disk take long.
    keeper = sqlite3.connect("file:limits?mode=memory&cache=shared", uri=True)
    store = open_store("sqlite:///file:limits?mode=memory&cache=shared&uri=true", 10_000)
    outbox, book, bitten = Outbox(store, REFERENCES, caps=TIGHT), Book(TIGHT), Counter[str]()
    for asked in attack(random.Random(7)):
        over, got = book.over(asked), asked.of(outbox)
        if got == "already":
            continue
        assert got == ("limit" if over else "queued"), (asked, over)
        bitten.update(over if len(over) == 1 else ())
        if got == "queued":
            book.keep(asked)
    store.close()
    keeper.close()
    assert len(book.kept) > 750, "most of the traffic was refused: this shows little"
    assert len(bitten) == 7 and min(bitten.values()) > 20, f"refused for one reason alone: {bitten}"


# --- settings and the database ---------------------------------------------------------------


def test_the_totals_of_answers_and_of_texts_to_staff_are_settings():
    told = {"ANSWERS_A_DAY": "7", "ANSWERS_PENCE_A_MONTH": "8", "DANGER_A_DAY": "9"}
    told |= {"STAFF_TEXTS_A_DAY": "10", "STAFF_TEXTS_PENCE_A_MONTH": "11", "PENCE_ELSEWHERE": "12"}
    caps = caps_of(read(told))
    assert (caps.answers_a_day, caps.answers_pence_a_month, caps.danger_a_day) == (7, 8, 9)
    assert (caps.staff_a_day, caps.staff_pence_a_month, caps.pence_elsewhere) == (10, 11, 12)
    with pytest.raises(SettingsError):
        read({"DANGER_A_DAY": "0"})


def test_the_totals_are_settings():
    told = {"TEXTS_A_DAY": "7", "TEXTS_A_MONTH": "8", "TEXTS_PENCE_A_MONTH": "9"}
    caps = caps_of(read({**told, "PENCE_A_SEGMENT": "5"}))
    assert (caps.a_day, caps.a_month, caps.pence_a_month, caps.pence_a_segment) == (7, 8, 9, 5)
    demo = caps_of(read({}))
    # All numbers of a demo are of one range, and nothing leaves the machine.
    assert demo.a_prefix_an_hour > 1_000 and demo.a_call == Caps().a_call
    assert demo.pence_a_month == Caps().pence_a_month


def test_a_line_that_people_ring_has_every_limit():
    real = read({}).model_copy(update={"twilio_account_sid": "AC" + "0a" * 16})
    caps = caps_of(real)
    assert (caps.a_call, caps.a_destination_a_day, caps.a_caller_a_day) == (3, 3, 5)
    assert caps.a_prefix_an_hour == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [("TEXTS_A_DAY", "-1"), ("TEXTS_A_MONTH", "many"), ("PENCE_A_SEGMENT", "0")],
)
def test_a_wrong_total_is_named(name, value):
    with pytest.raises(SettingsError) as error:
        read({name: value})
    assert error.value.faults[0].startswith(name)


def test_while_the_database_is_away_nothing_is_sent(tmp_path):
    store = open_store(fresh_sqlite(tmp_path), 100)
    holder = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    kept = (Inbox(store, REFERENCES, ()), Recordings(store, REFERENCES, ()))
    effects = Effects(Outbox(store, REFERENCES), *kept, Talks(store, REFERENCES), "")
    assert effects.do("CA1", SendText("apples", "en", "+447700900123"), LINE) == "failed"
    holder.execute("ROLLBACK")


def test_a_number_for_drama_is_never_texted_by_a_line_that_people_ring(store):
    kept = (Inbox(store, REFERENCES, ()), Recordings(store, REFERENCES, ()))
    real = Effects(Outbox(store, REFERENCES), *kept, Talks(store, REFERENCES), "", drama=False)
    assert real.do("CA1", SendText("apples", "en", "+447700900123"), LINE) == "failed"
    assert real.do("CA1", SendText("apples", "en", "+447911123456"), LINE) == "queued"
