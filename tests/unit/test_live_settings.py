"""The live settings: what staff set by hand, the copy that callers are answered from, totals, and PINs."""

from __future__ import annotations

import dataclasses
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from ivr.config import LONDON
from ivr.line.call import Totals
from ivr.line.hours import Override
from ivr.secrets.hashing import DEMONSTRATION, Hashing
from ivr.secrets.seal import References
from ivr.store import Inbox, Recordings, open_store
from ivr.store.inbox import Asking
from ivr.store.live_settings import LiveSettings, LiveSettingsCopy
from ivr.store.staff import MOST_WRONG, MOST_WRONG_IN_ALL, WINDOW, PinError, StaffList
from ivr.store.statistics import Statistics
from ivr.store.tables import journal, pin_try, staff
from tests.support.machine import until

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=LONDON)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=LONDON)
LATER = timedelta(minutes=1)
REFERENCES = References("a secret for tests")
PIN, OTHER_PIN = "402817", "938104"


@pytest.fixture
def live_settings(store):
    return LiveSettings(store)


@pytest.fixture
def people(store):
    return StaffList(store, Hashing(DEMONSTRATION))


# --- hours and announcement ------------------------------------------------------------------


def test_a_fresh_board_sets_nothing(live_settings):
    assert live_settings.hours(NOW) is None and live_settings.announcement(NOW) == ""


@pytest.mark.parametrize("opened", [True, False], ids=["open", "closed"])
def test_hours_set_by_hand_hold_until_their_end(live_settings, opened):
    live_settings.set_hours(opened, MIDNIGHT, "1234", NOW)
    assert live_settings.hours(NOW) == Override(opened, MIDNIGHT)
    assert live_settings.hours(MIDNIGHT - LATER) and live_settings.hours(MIDNIGHT) is None


def test_the_last_word_counts_whatever_the_clock_said_before(live_settings):
    live_settings.set_hours(False, MIDNIGHT, "1234", NOW)
    live_settings.set_hours(True, MIDNIGHT, "5678", NOW - LATER)
    assert live_settings.hours(NOW) == Override(True, MIDNIGHT)
    live_settings.usual_hours("1234", NOW - LATER)
    assert live_settings.hours(NOW) is None


def test_an_announcement_is_heard_until_midnight(live_settings):
    assert live_settings.announce(b"an mp3", MIDNIGHT, "1234", NOW)
    name = live_settings.announcement(NOW)
    assert name and live_settings.sound(name) == b"an mp3"
    assert live_settings.announcement(MIDNIGHT) == ""
    assert live_settings.sound("another") is None and live_settings.sound("") is None


def test_another_announcement_has_another_id_and_takes_its_place(live_settings):
    live_settings.announce(b"an mp3", MIDNIGHT, "1234", NOW)
    first = live_settings.announcement(NOW)
    live_settings.announce(b"another", MIDNIGHT, "1234", NOW + LATER)
    assert live_settings.announcement(NOW) != first
    assert (
        live_settings.sound(first) is None
        and live_settings.sound(live_settings.announcement(NOW)) == b"another"
    )


def test_an_announcement_that_is_taken_away_is_gone_with_its_sound(live_settings):
    live_settings.announce(b"an mp3", MIDNIGHT, "1234", NOW)
    name = live_settings.announcement(NOW)
    live_settings.withdraw("1234", NOW)
    assert live_settings.announcement(NOW) == "" and live_settings.sound(name) is None


def test_a_sound_that_comes_late_undoes_nothing(live_settings):
    live_settings.withdraw("1234", NOW)
    assert not live_settings.announce(b"an mp3", MIDNIGHT, "1234", NOW - LATER)
    assert live_settings.announcement(NOW) == ""
    assert live_settings.announce(b"a newer mp3", MIDNIGHT, "1234", NOW + LATER)


# --- the copy --------------------------------------------------------------------------------


def test_the_copy_takes_up_a_change_at_its_next_look(live_settings):
    copy = LiveSettingsCopy(live_settings)
    live_settings.set_hours(False, MIDNIGHT, "1234", NOW)
    live_settings.announce(b"an mp3", MIDNIGHT, "1234", NOW)
    assert copy.override(NOW) is None
    copy.look()
    assert copy.override(NOW) == Override(False, MIDNIGHT)
    assert copy.announcement(NOW) == live_settings.announcement(NOW) != ""


def test_the_copy_looks_by_itself_until_it_is_closed(live_settings, monkeypatch):
    monkeypatch.setattr("ivr.store.live_settings.LOOK_EVERY", 0.01)
    copy = LiveSettingsCopy(live_settings)
    copy.watch()
    live_settings.set_hours(False, MIDNIGHT, "1234", NOW)
    until(lambda: copy.override(NOW) is not None, "the copy looks")
    copy.close()
    assert copy.override(NOW) == Override(False, MIDNIGHT)


def test_the_last_copy_holds_while_the_database_is_away_but_never_longer_than_set(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/line.db", wait_ms=20)
    live_settings = LiveSettings(store)
    live_settings.set_hours(False, MIDNIGHT, "1234", NOW)
    copy = LiveSettingsCopy(live_settings)
    other = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    copy.look()
    assert copy.override(NOW) == Override(False, MIDNIGHT)
    assert copy.override(MIDNIGHT) is None
    other.execute("DELETE FROM board")
    other.execute("COMMIT")
    copy.look()
    assert copy.override(NOW) is None


def test_that_it_cannot_be_read_is_one_line_in_the_log_and_its_end_another(tmp_path, caplog):
    copy = LiveSettingsCopy(LiveSettings(open_store(f"sqlite:///{tmp_path}/line.db")))
    file = (tmp_path / "line.db").rename(tmp_path / "away")
    copy.look()
    copy.look()
    file.rename(tmp_path / "line.db")
    copy.look()
    copy.look()
    told = [each.getMessage() for each in caplog.records if "live settings" in each.getMessage()]
    assert [each.partition(" (")[0] for each in told] == [
        "the live settings cannot be read",
        "the live settings can be read again",
    ]


def test_without_a_database_the_copy_sets_nothing():
    copy = LiveSettingsCopy(LiveSettings(open_store("sqlite:////proc/none/line.db")))
    assert copy.override(NOW) is None and copy.announcement(NOW) == ""


# --- totals ----------------------------------------------------------------------------------

DAY = date(2026, 6, 1)
"""In summer: the London day begins at 23:00 UTC."""
BEGIN = datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def note(store, event, detail="", call="a call", at=BEGIN):
    row = {"at": at, "call_ref": call, "event": event, "place": "complaint", "detail": detail}
    with store.write() as connection:
        connection.execute(insert(journal).values(row))


def test_a_day_without_calls_is_all_noughts(live_settings):
    assert live_settings.totals(DAY) == Totals(0, 0, 0, 0, 0, 0)


def test_totals_count_the_london_day(live_settings, store):
    for call in ("one", "two"):
        note(store, "rang", call=call)
    note(store, "rang", call="two", at=BEGIN + SECOND)
    for at in (BEGIN - SECOND, BEGIN + timedelta(days=1)):
        note(store, "rang", call="another day", at=at)
    for event, detail in (("part", "1"), ("heard-out", ""), ("heard-out", "")):
        note(store, event, detail, call="one", at=BEGIN + timedelta(days=1) - SECOND)
    note(store, "heard-out", call="two")
    for call, outcomes in (("one", ("busy", "completed")), ("two", ("no-answer", "answered"))):
        for outcome in outcomes:
            note(store, "person", outcome, call=call)
    for outcome in ("queued", "already", "failed"):
        note(store, "text", outcome)
    assert live_settings.totals(DAY) == Totals(
        calls=2, heard=1, talks=2, texts=1, callbacks=0, messages=0
    )


def test_todays_numbers_are_those_of_the_page_callers(live_settings, store):
    for call, way in enumerate(([("part", "1"), ("heard-out", "")], [("heard-out", "")])):
        note(store, "rang", call=f"call {call}")
        for event, detail in way:
            note(store, event, detail, call=f"call {call}", at=BEGIN + SECOND)
    statistics = Statistics(store)
    statistics.count(BEGIN + timedelta(hours=1))
    span, totals = statistics.between(DAY, DAY), live_settings.totals(DAY)
    assert (totals.calls, totals.heard) == (span.of("calls"), span.of("heard-any")) == (2, 1)


def test_who_asks_again_for_a_number_that_waits_is_counted_once_as_in_the_list(
    live_settings, store
):
    inbox, known = Inbox(store, REFERENCES), {"about": "", "lang": "en", "best": "any"}
    for call in ("1", "2"):
        asking = Asking(f"+44770090055{call}")
        inbox.keep_callback(f"CA{call}", "+447700900123", b"sealed", NOW, asking, **known)
    totals = live_settings.totals(DAY)
    assert totals.callbacks == inbox.waiting() == len(inbox.items()) == 1


def test_totals_count_what_waits_until_it_is_done(live_settings, store):
    inbox, recordings = Inbox(store, REFERENCES), Recordings(store, REFERENCES)
    known = {"about": "", "lang": "en", "best": "any"}
    inbox.keep_callback("CA1", "+447700900123", b"sealed", NOW, **known)
    for sid in ("RE1", "RE2"):
        recordings.keep("CA1", sid, NOW)
    recordings.ended("CA1", NOW)
    recordings.keep_announcement("CA1", "RE3", NOW)
    for sid in ("RE1", "RE3"):
        recordings.fetched(sid, b"sealed", NOW)
    totals = live_settings.totals(DAY)
    assert (totals.callbacks, totals.messages) == (1, 2)
    for item in inbox.items():
        inbox.done(item, NOW)
    assert live_settings.totals(DAY) == Totals(0, 0, 0, 0, 0, 0)


def test_totals_hold_nothing_but_numbers(live_settings):
    assert {type(value) for value in dataclasses.astuple(live_settings.totals(DAY))} == {int}


# --- staff and PINs --------------------------------------------------------------------------


def check(people, number, pin, now=NOW, times=1):
    """The last of several answers."""
    return [people.check(number, pin, now) for _ in range(times)][-1]


def test_a_new_number_goes_with_its_pin_only(people):
    anna, ben = people.add("Anna", PIN, NOW), people.add("Ben", OTHER_PIN, NOW)
    assert anna != ben and len(anna) == 4 and anna.isdigit()
    assert check(people, anna, PIN) == check(people, ben, OTHER_PIN) == "ok"
    assert check(people, anna, OTHER_PIN) == check(people, "none", PIN) == "wrong"
    assert people.names() == {anna: "Anna", ben: "Ben"}


def test_who_is_removed_cannot_sign_in(people):
    anna = people.add("Anna", PIN, NOW)
    assert people.remove(anna) and not people.remove(anna)
    assert check(people, anna, PIN) == "wrong" and people.names() == {}


def test_a_pin_is_kept_only_as_an_argon2id_hash(people, store):
    people.add("Anna", PIN, NOW)
    with store.read() as connection:
        row = str(connection.execute(select(staff)).one())
    assert "$argon2id$" in row and PIN not in row


def test_a_new_number_is_unused_and_does_not_stand_in_the_pin(people, store):
    rows = [
        {"number": f"{n:04}", "name": "Ben", "pin_hash": "none", "added_at": NOW}
        for n in range(10_000)
        if n not in (4028, 281, 2817, 5555)
    ]
    with store.write() as connection:
        connection.execute(insert(staff), rows)
    assert people.add("Anna", "402817", NOW) == "5555"


EASY = {
    "short": "48201", "long": "48201948201", "letters": "48a019", "not ASCII": "４８２０１９",
    "one digit": "777777", "run": "123456", "backwards": "987654", "past nought": "890123",
    "every second": "135791", "twice": "482482", "in pairs": "474747",
}  # fmt: skip


@pytest.mark.parametrize("pin", EASY.values(), ids=EASY)
def test_an_easy_pin_is_refused(people, pin):
    with pytest.raises(PinError):
        people.add("Anna", pin, NOW)
    assert people.names() == {}


def test_after_five_wrong_pins_the_right_one_is_locked_out_too(people):
    anna = people.add("Anna", PIN, NOW)
    assert check(people, anna, "555000", times=MOST_WRONG) == "wrong"
    assert check(people, anna, PIN) == check(people, anna, "555000") == "locked"
    assert check(people, anna, PIN, NOW + WINDOW - SECOND) == "locked"
    assert check(people, anna, PIN, NOW + WINDOW) == "ok"


def test_wrong_pins_that_come_at_once_are_not_more(people):
    anna = people.add("Anna", PIN, NOW)
    with ThreadPoolExecutor(12) as at_once:
        answers = list(at_once.map(lambda _: people.check(anna, "555000", NOW), range(12)))
    # All of them may have been counted before one is looked at: then each is locked.
    assert answers.count("locked") >= len(answers) - MOST_WRONG
    assert set(answers) <= {"wrong", "locked"}


def test_asking_while_locked_does_not_lock_for_longer(people):
    anna = people.add("Anna", PIN, NOW)
    check(people, anna, "555000", times=MOST_WRONG)
    check(people, anna, "555000", NOW + WINDOW - SECOND, times=MOST_WRONG)
    assert check(people, anna, PIN, NOW + WINDOW) == "ok"


def test_an_unknown_number_is_locked_like_a_known_one(people):
    assert check(people, "0000", PIN, times=MOST_WRONG) == "wrong"
    assert check(people, "0000", PIN) == "locked"


def test_guessing_with_many_numbers_ends_for_all_and_a_right_pin_resets_nothing(people):
    anna = people.add("Anna", PIN, NOW)
    others = [f"x{n}" for n in range(MOST_WRONG_IN_ALL)]
    for number in others[:-1]:
        assert check(people, number, "555000") == "wrong"
    assert check(people, anna, PIN, times=3) == "ok"
    assert check(people, others[-1], "555000") == "wrong"
    assert check(people, anna, PIN) == check(people, "another", "555000") == "locked"


def test_tries_that_no_longer_count_are_deleted(people, store):
    check(people, "0000", PIN, times=3)
    check(people, "0001", PIN, NOW + WINDOW)
    (row,) = store.rows(select(pin_try))
    assert row.staff_number == "0001"
