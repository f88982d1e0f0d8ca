"""More calls without a key than before: counted, told to staff, and not told where chance would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert

from ivr.config import LONDON
from ivr.flow import family, step
from ivr.health import doctor
from ivr.health.doctor import Checkup, Health
from ivr.jobs.watch import Watch
from ivr.line.call import Call, CallStarted, KeyPressed, NoInput, Note
from ivr.line.statistics import CountKey, Noted, counted
from ivr.speech.manifest import read_library
from ivr.store import Store
from ivr.store.count_tables import tally
from ivr.store.services import StoreServices
from ivr.store.statistics import Statistics
from tests.support.lines import CLOSED, LINE
from tests.support.staff_pages import signed_in
from tests.support.traffic import calls, put

MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=LONDON)
TODAY = MORNING.date()
DAY = timedelta(days=1)


def notes_of(*heard) -> list[Note]:
    call, notes = Call(), list[Note]()
    for each in (CallStarted(), *heard):
        turn = step(LINE, call, each, CLOSED)
        call, notes = turn.call, [*notes, *turn.notes]
    return notes


def told(*heard) -> frozenset[CountKey]:
    return counted([Noted(*note) for note in notes_of(*heard)], 10, False, family)


# --- what is counted -------------------------------------------------------------------------


@pytest.mark.parametrize("key", list("1270*#89"))
@pytest.mark.parametrize("waits", [0, 3, 6])
def test_any_key_at_any_moment_makes_a_call_one_with_keys(key, waits):
    found = told(*[NoInput()] * waits, KeyPressed(key), NoInput(), KeyPressed(key))
    assert CountKey("keyed") in found and CountKey("keyless") not in found


@pytest.mark.parametrize("waits", [0, 1, 9])
def test_a_call_in_which_nothing_but_silence_came_is_one_without_a_key(waits):
    found = told(*[NoInput()] * waits)
    assert CountKey("keyless") in found and CountKey("keyed") not in found


def test_what_is_noted_of_a_first_key_does_not_say_which_it_was():
    first, other = (
        [n for n in notes_of(KeyPressed(key)) if n.event == "first-key"] for key in "#*"
    )
    assert first == other == [Note("first-key", "main")]


def test_calls_without_a_key_are_counted_on_each_database(store):
    noon = MORNING.astimezone(UTC)
    for number in range(5):
        put(store, f"silent{number}", notes_of(NoInput()), noon)
    for number in range(3):
        put(store, f"keyed{number}", notes_of(KeyPressed("1")), noon)
    statistics = Statistics(store)
    statistics.count(noon)
    assert statistics.sums(("keyed", "keyless"), TODAY, TODAY) == {"keyed": 3, "keyless": 5}
    assert statistics.sums(("keyed", "keyless"), TODAY + DAY, TODAY + DAY) == {}


def test_staff_see_how_many_pressed_no_key(app):
    calls(app, 20, NoInput())
    calls(app, 10, KeyPressed("3"), name="d")
    client = signed_in(app, "viewer")
    assert "pressed no key" in client.get("/office/callers").text
    assert "figures,pressed no key,Calls,20" in client.get("/office/callers/2026-11.csv").text


# --- when it is told -------------------------------------------------------------------------


@pytest.fixture
def room(settings, store: Store) -> Checkup:
    made = Checkup(
        StoreServices(settings, store), LINE, lambda: read_library(settings.audio_dir), MORNING
    )
    for name in ("worker", "purge", "test-call", "backup"):
        made.kept.beats.beat(name, MORNING)
    return made


def days(store: Store, last: date, count: int, keyless: int, keyed: int) -> None:
    """On each of ``count`` days up to ``last`` so many calls."""
    with store.write() as connection:
        for ago in range(count):
            day = last - ago * DAY
            rows = [("keyless", keyless), ("keyed", keyed)]
            connection.execute(
                insert(tally),
                [{"day": day, "what": what, "at": "", "to": "", "calls": n} for what, n in rows],
            )


def said(room: Checkup) -> tuple[Health, str, str]:
    return next((e.state, e.says, e.do) for e in doctor.from_here(room) if e.name == "keys")


YESTERDAY, WEEK_AGO = TODAY - DAY, TODAY - 8 * DAY


def test_a_rise_is_bad_and_says_how_large_it_is_and_what_to_do(room):
    days(room.store, YESTERDAY, 7, 8, 12)
    days(room.store, WEEK_AGO, 28, 2, 18)
    assert said(room) == (
        Health.BAD,
        "More calls without a key: 39 in 100 in the last 7 days, 10 in 100 in the 4 weeks before. "
        "The keys of some callers may not reach the line.",
        "Ring the line from a mobile and from a home phone, and press 2. Then see "
        "docs/keys-not-working.md: what callers can try, and what advisers can say.",
    )


@pytest.mark.parametrize(
    ("now", "before"),
    [
        pytest.param((2, 18), (2, 18), id="as before"),
        pytest.param((1, 19), (6, 14), id="fewer"),
        pytest.param((3, 17), (2, 18), id="half as many again, which is one call a day"),
        pytest.param((15, 5), (15, 5), id="always many"),
        pytest.param(
            (10, 90), (5, 95), id="twice as many on a busy line, which is one call in twenty"
        ),
    ],
)
def test_where_no_more_than_before_come_without_a_key_all_is_well(room, now, before):
    days(room.store, YESTERDAY, 7, *now)
    days(room.store, WEEK_AGO, 28, *before)
    state, says, _ = said(room)
    assert state == Health.GOOD and says.startswith("Calls without a key: ")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        pytest.param((2, 0), (0, 9), id="a quiet week"),
        pytest.param((9, 1), (0, 2), id="quiet weeks before"),
        pytest.param((0, 0), (0, 0), id="nobody"),
    ],
)
def test_a_quiet_line_does_not_alarm(room, now, before):
    days(room.store, YESTERDAY, 7, *now)
    days(room.store, WEEK_AGO, 28, *before)
    state, says, _ = said(room)
    assert state == Health.GOOD and "too few calls" in says


def test_on_a_small_line_a_few_calls_may_be_chance_and_many_are_not(room):
    days(room.store, WEEK_AGO, 28, 0, 4)
    days(room.store, YESTERDAY, 7, 1, 3)
    assert said(room)[0] == Health.BAD
    with room.store.write() as connection:
        connection.execute(delete(tally))
    days(room.store, WEEK_AGO, 28, 1, 3)
    days(room.store, YESTERDAY, 6, 2, 2)
    assert said(room)[0] == Health.GOOD


def test_today_is_not_counted_before_it_is_over(room):
    days(room.store, WEEK_AGO, 28, 2, 18)
    days(room.store, YESTERDAY, 7, 2, 18)
    days(room.store, TODAY, 1, 200, 0)
    assert said(room)[0] == Health.GOOD


def test_days_of_which_it_is_not_known_are_left_out(room):
    """Those that were counted by a version that did not tell calls without a key."""
    days(room.store, YESTERDAY, 7, 8, 12)
    with room.store.write() as connection:
        rows = [
            {"day": WEEK_AGO - n * DAY, "what": "calls", "at": "", "to": "", "calls": 20}
            for n in range(28)
        ]
        connection.execute(insert(tally), rows)
    assert "too few calls" in said(room)[1]


def test_small_numbers_are_not_told(room):
    days(room.store, WEEK_AGO, 28, 0, 4)
    days(room.store, YESTERDAY - 3 * DAY, 4, 1, 5)
    _, says, _ = said(room)
    assert "hardly any in the last 7 days" in says and "0 in 100 in the 4 weeks" in says


def test_staff_are_told_of_a_rise_by_mail_once_and_of_its_end(room):
    mails: list[tuple[str, str]] = []
    now = [MORNING.astimezone(UTC)]
    watch = Watch(
        lambda: replace(room, now=now[0].astimezone(LONDON)),
        room.kept.beats,
        lambda subject, body: mails.append((subject, body)),
    )

    def rounds() -> None:
        for _ in range(3):
            watch.round(now[0])
            now[0] += timedelta(minutes=1)

    days(room.store, WEEK_AGO, 28, 2, 18)
    days(room.store, YESTERDAY, 7, 8, 12)
    rounds()
    about = [body for subject, body in mails if "without a key" in subject]
    assert len(about) == 1 and "docs/keys-not-working.md" in about[0]
    with room.store.write() as connection:
        connection.execute(delete(tally))
    rounds()
    assert [body for _, body in mails if body.startswith("This has ended: More calls without")]
