"""What is kept goes when its time is up, and not before (fault P2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from ivr.line.retention import AT_MOST, HANDLED, KEPT, goes_at
from ivr.store import Inbox, Outbox, Store
from ivr.store.inbox import Handling
from ivr.store.purging import BATCH, Purge
from ivr.store.tables import item_note, journal, metadata, recording, sms
from tests.support.inbox import NOW, REFERENCES, WISH, effects
from tests.support.lines import LINE

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def waiting(store: Store) -> Inbox:
    """One call-back, left now."""
    effects(store).do("CA1", WISH, LINE)
    return Inbox(store, REFERENCES)


def left_at(inbox: Inbox) -> datetime:
    return inbox.items(done=True)[0].left_at


def test_a_call_back_stays_while_it_waits_and_goes_after_ninety_days(store):
    inbox = waiting(store)
    at = left_at(inbox) + AT_MOST
    Purge(store).run(at - SECOND)
    assert len(inbox.items()) == 1
    Purge(store).run(at)
    assert inbox.items(done=True) == []


def test_what_is_done_goes_thirty_days_later_with_what_staff_wrote(store):
    inbox, handling = waiting(store), Handling(store)
    item = inbox.items()[0]
    done_at = item.left_at + 2 * DAY
    handling.note(item, "ada", "talked", b"sealed", done_at)
    assert inbox.done(item, done_at, "ada")
    assert goes_at(item.left_at, done_at) == done_at + HANDLED
    Purge(store).run(done_at + HANDLED - SECOND)
    assert (len(inbox.items(done=True)), store.count(item_note)) == (1, 1)
    Purge(store).run(done_at + HANDLED)
    assert (len(inbox.items(done=True)), store.count(item_note)) == (0, 0)


def test_what_is_done_late_still_goes_at_the_latest_day(store):
    late = NOW + AT_MOST - DAY
    assert goes_at(NOW, late) == NOW + AT_MOST


def test_the_number_and_words_of_a_text_go_after_a_week_and_its_row_stays(store):
    outbox = Outbox(store, REFERENCES)
    outbox.queue("CA1", "apples", "en", "+447700900123", "Apples are good.", NOW)
    Purge(store).run(NOW + KEPT["number"])
    with store.read() as connection:
        row = connection.execute(select(sms)).one()
    assert (row.number, row.body, row.topic) == ("", "", "apples")
    Purge(store).run(NOW + KEPT["message"])
    assert store.count(sms) == 0


@pytest.mark.parametrize(
    ("status", "sealed", "days", "stays"),
    [
        ("dropped", None, 31, False),
        ("dropped", None, 29, True),
        ("dropping", None, 31, True),
        ("kept", None, 89, True),
        ("kept", None, 90, False),
        ("cleared", b"sound", 89, True),
        ("cleared", b"sound", 90, False),
        ("failed", None, 60, True),
    ],
)
def test_the_row_of_a_recording_stays_as_long_as_it_is_needed(store, status, sealed, days, stays):
    row = {
        "sid": "RE1", "purpose": "message", "call_ref": "c", "reference": "1234", "about": "",
        "lang": "en", "seconds": 9, "status": status, "made_at": NOW, "sealed": sealed, "tries": 0,
        "next_at": NOW, "error": "",
    }  # fmt: skip
    with store.write() as connection:
        connection.execute(insert(recording).values(row))
    Purge(store).run(NOW + days * DAY)
    assert store.count(recording) == int(stays)


def test_after_a_year_and_a_half_nothing_of_a_caller_is_left(store):
    waiting(store)
    Outbox(store, REFERENCES).queue("CA1", "apples", "en", "+447700900123", "Apples.", NOW)
    with store.write() as connection:
        rows = [
            {"at": NOW, "call_ref": "c", "event": "rang", "place": "", "detail": ""}
            for _ in range(2 * BATCH + 1)
        ]
        connection.execute(insert(journal), rows)
    purge, later = Purge(store), datetime.now(UTC) + 500 * DAY
    assert purge.waiting(later) > 0
    gone = purge.run(later)
    assert gone["journal"] == 2 * BATCH + 1
    assert purge.waiting(later) == 0
    for table in metadata.sorted_tables:
        assert store.count(table) == 0, table.name


def test_two_people_never_have_the_same_call_back(store):
    inbox = waiting(store)
    item = inbox.items()[0]
    assert [inbox.take(item, NOW, "ada"), inbox.take(item, NOW, "ben")] == [True, False]
    assert inbox.items()[0].taken_by == "ada"


def test_a_call_back_is_handed_over_only_by_who_has_it(store):
    inbox, handling = waiting(store), Handling(store)
    item = inbox.items()[0]
    assert not handling.hand_over(item, "ada", "ben", NOW)
    inbox.take(item, NOW, "ada")
    assert not handling.hand_over(item, "cat", "ben", NOW)
    assert handling.hand_over(item, "ada", "ben", NOW)
    assert not handling.hand_over(item, "ada", "cat", NOW)
    assert handling.hand_over(item, "ben", "", NOW)
    assert inbox.items()[0].taken_at is None
    assert [step.what for step in handling.steps(item)] == ["handed-over", "put-back"]


def test_what_is_done_is_handed_to_nobody(store):
    inbox = waiting(store)
    item = inbox.items()[0]
    inbox.done(item, NOW, "ada")
    assert not Handling(store).hand_over(item, "ada", "ben", NOW)
    assert inbox.items() == []
