"""What callers do, counted from real calls, on both databases, and shown so that nobody is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import insert

from ivr.flow import OWN, family, step
from ivr.line.call import Call, CallStarted, KeyPressed, NoInput, Note
from ivr.line.statistics import FEWEST, UNDER, CountKey, Noted, counted, share, shown, step_of
from ivr.reports.callers import name_of
from ivr.secrets.seal import References
from ivr.store import Journal, Store
from ivr.store.count_tables import tally
from ivr.store.statistics import Statistics
from ivr.store.tables import (
    journal,
    sms,
)
from tests.support.effort import effort
from tests.support.lines import LINE, OPEN
from tests.support.traffic import put as write_down

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def walk(*heard) -> list[Note]:
    """The notes of a call in which this was heard."""
    call, notes = Call(), []
    for each in (CallStarted(), *heard):
        turn = step(LINE, call, each, OPEN)
        call, notes = turn.call, [*notes, *turn.notes]
    return notes


def keys(*pressed: str) -> tuple[KeyPressed, ...]:
    return tuple(KeyPressed(key) for key in pressed)


LISTENED = (*keys("1"), *[NoInput()] * 4)
SKIPPED = keys("1", "1", "1", "1", "1")


def told(notes, texted: bool = False) -> frozenset[CountKey]:
    return counted([Noted(n.event, n.node, n.detail) for n in notes], 10, texted, family)


def put(store: Store, call: str, notes, at: datetime = NOON) -> None:
    write_down(store, call, notes, at)


# --- one call --------------------------------------------------------------------------------


def test_who_heard_a_topic_to_its_end_is_served_and_who_skipped_it_is_not():
    heard, skipped = told(walk(*LISTENED)), told(walk(*SKIPPED))
    assert {CountKey("heard", "apples"), CountKey("served"), CountKey("left", "apples")} <= heard
    assert {CountKey("skipped", "apples"), CountKey("unserved", "apples")} <= skipped
    assert not {key for key in skipped if key.what in ("heard", "served")}


def test_a_topic_that_was_skipped_is_heard_when_it_is_listened_to_from_the_start():
    again = (*SKIPPED, *keys("*"), *LISTENED)
    assert CountKey("heard", "apples") in told(walk(*again))


def test_coming_back_to_the_end_of_a_skipped_topic_is_not_hearing_it():
    around = told(walk(*SKIPPED, *keys("8", "*")))
    assert CountKey("heard", "apples") not in around


def test_a_text_and_a_talk_serve_and_asking_to_be_rung_back_does_not():
    gave_up = walk(*keys("2"))
    assert CountKey("served") in told(gave_up, texted=True)
    for outcome in ("completed", "answered"):
        assert CountKey("served") in told([*gave_up, Note("person", "adviser", outcome)])
    for note in (Note("person", "adviser", "busy"), Note("callback", "confirm", "kept")):
        assert CountKey("served") not in told([*gave_up, note])


def test_each_way_counts_once_however_often_it_was_walked():
    found = told(walk(*keys("2", "*", "2", "*", "2")))
    assert {key for key in found if key.what == "path"} == {
        CountKey("path", "main", "more"),
        CountKey("path", "more", "main"),
    }


COUNTED_AS = {
    "check-complaint": "text",
    "nobody-closed": "person",
    "tell": "person",
    "speaker": "person",
    "tongue": "callback",
    "noted-4821": "message",
    "hold": "hearing",
    "year-letter": "deadline",
    "deadline": "deadline",
    "leaving": "leaving",
    "complaint": "complaint",
    "": "",
}


@pytest.mark.parametrize(("node", "counted_as"), COUNTED_AS.items(), ids=COUNTED_AS)
def test_a_node_is_counted_as_what_it_is_for(node, counted_as):
    assert family(node) == counted_as


@pytest.mark.parametrize("node", OWN)
def test_people_read_a_name_for_what_any_node_is_counted_as(node):
    assert " " in name_of(LINE, family(node))


def test_the_nodes_of_a_text_are_one_node():
    found = told([Note("rang", "main"), Note("went", "text-apples", "main"),
                  Note("went", "number-apples", "text-apples"),
                  Note("went", "check-apples", "number-apples")])  # fmt: skip
    assert {key for key in found if key.what == "path"} == {CountKey("path", "main", "text")}
    assert CountKey("left", "text") in found


# --- a day of calls --------------------------------------------------------------------------


def test_days_are_counted_and_counting_again_changes_nothing(store):
    for caller in range(7):
        put(store, f"l{caller}", walk(*LISTENED))
    put(store, "gone", walk(*keys("2")))
    statistics = Statistics(store)
    for _ in range(3):
        statistics.count(NOON + HOUR)
        span = statistics.between(DAY, DAY)
        assert (span.of("calls"), span.of("served")) == (8, 7)
        assert span.of("path", "main", "apples") == 7
        assert span.days == {DAY: (8, 7)}
        assert span.each("left") == {("apples", ""): 7, ("more", ""): 1}


def test_a_call_over_midnight_belongs_to_the_day_it_began(store):
    late = datetime(2026, 11, 24, 23, 59, 58, tzinfo=UTC)
    put(store, "late", walk(*LISTENED), late)
    statistics = Statistics(store)
    statistics.count(late + HOUR)
    assert statistics.between(DAY, DAY).of("heard", "apples") == 1
    assert statistics.between(DAY + timedelta(1), DAY + timedelta(9)).of("calls") == 0


def test_days_follow_london_in_summer(store):
    put(store, "early", walk(), datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    statistics = Statistics(store)
    statistics.count(datetime(2026, 7, 2, 12, tzinfo=UTC))
    span = statistics.between(date(2026, 7, 2), date(2026, 7, 2))
    assert span.of("calls") == 1 and span.of("hour", "00") == 1


def test_a_day_long_over_is_not_touched_again_even_when_its_notes_are_gone(store):
    put(store, "a", walk(*LISTENED))
    statistics = Statistics(store)
    statistics.count(NOON + 40 * HOUR)
    with store.write() as connection:
        connection.execute(journal.delete())
    put(store, "b", walk(), NOON + 40 * HOUR)
    assert statistics.count(NOON + 41 * HOUR) == 1
    assert statistics.between(DAY, DAY).of("calls") == 1


def test_a_worker_that_was_away_for_a_week_counts_all_of_it(store):
    for day in range(8):
        put(store, f"d{day}", walk(), NOON + timedelta(days=day))
    statistics = Statistics(store)
    assert statistics.count(NOON + timedelta(days=7)) == 8
    assert len(statistics.between(DAY, DAY + timedelta(days=7)).days) == 8


def test_a_text_counts_when_the_carrier_has_it_and_not_when_it_failed(store):
    for call, status in (("got", "delivered"), ("not", "failed"), ("waits", "waiting")):
        put(store, call, walk())
        row = {"id": call, "call_ref": call, "number_ref": call, "topic": "apples", "lang": "en",
               "number": "", "body": "", "status": status, "tries": 1, "asked_at": NOON,
               "next_at": NOON, "error": ""}  # fmt: skip
        with store.write() as connection:
            connection.execute(insert(sms).values(row))
    statistics = Statistics(store)
    statistics.count(NOON + HOUR)
    assert (
        statistics.between(DAY, DAY).of("texted"),
        statistics.between(DAY, DAY).of("served"),
    ) == (
        1,
        1,
    )


def test_notes_of_the_journal_are_counted_as_they_are_written(store):
    notes, today = Journal(store, References("a secret for tests")), datetime.now(UTC)
    for caller in range(5):
        notes.note(f"CA{caller}", tuple(walk(*LISTENED)))
    notes.close()
    statistics = Statistics(store)
    statistics.count(datetime.now(UTC))
    assert (
        sum(calls for calls, _ in statistics.between(today.date(), date(2100, 1, 1)).days.values())
        == 5
    )


def counted_days(store, days) -> None:
    """So many counts a day."""
    rows = [
        {"day": DAY + timedelta(days=day), "what": what, "at": f"place{at}", "to": "", "calls": 9}
        for day in days for what in ("path", "left", "zero") for at in range(10)
    ]  # fmt: skip
    with store.write() as connection:
        connection.execute(insert(tally), rows)


def test_a_month_among_many_is_read_alone(store):
    statistics = Statistics(store)

    def read():
        return statistics.between(DAY, DAY + timedelta(days=30))

    counted_days(store, range(31))
    alone = effort(store, read) if store.folder else 0
    counted_days(store, [*range(-180, 0), *range(31, 216)])
    assert read().of("path", "place1") == 31 * 9
    if store.folder:
        assert effort(store, read) < 1.5 * alone, "the other months are read too"


# --- what is shown ---------------------------------------------------------------------------


def test_small_numbers_are_not_shown_and_others_to_the_nearest_five():
    assert [shown(n) for n in (0, 1, 4, 5, 7, 8, 12, 13)] == [
        "0",
        UNDER,
        UNDER,
        "5",
        "5",
        "10",
        "10",
        "15",
    ]
    assert share(3, 100) is None and share(50, 100) == 50 and share(0, 0) is None
    assert share(7, 7) == 100


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
@example([4, 4])
@example([5, 5, 1, 1, 1, 1])
@example([17, 4, 4, 4, 4])
def test_no_hidden_number_can_be_worked_out_from_the_total_and_the_rest(parts):
    """Tried out by brute force: of what could be, at least two values are left for each."""
    total = sum(parts)
    step = step_of(total, [parts])
    sees = [shown(part) for part in parts], shown(total, step)
    for at, part in enumerate(parts):
        if 0 < part < FEWEST:
            could = {n for n in range(1, FEWEST) if _possible(parts, at, n, total, step)}
            assert len(could) >= 2, sees


def _possible(parts, at: int, instead: int, total: int, step: int) -> bool:
    """Whether all that is shown would look the same with ``instead`` in this node."""
    rest = parts[:at] + parts[at + 1 :]
    sums = {instead}
    for part in rest:
        same = [n for n in range(60) if shown(n) == shown(part)]
        sums = {sum_ + n for sum_ in sums for n in same}
    return any(shown(each, step) == shown(total, step) for each in sums)
