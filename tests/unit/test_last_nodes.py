"""A call that drops is gone on with: for ten minutes, from the same visible number, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ivr.app import create_app
from ivr.config import Settings, read
from ivr.flow import resumable
from ivr.line.call import Call, CallStarted, HoldRingGroup, NoInput
from ivr.store import Store, open_store
from ivr.store.count_tables import last_node
from ivr.store.erasing import Erasing
from ivr.store.last_nodes import LastNodes
from ivr.store.purging import Purge
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.inbox import REFERENCES
from tests.support.lines import CLOSED, LINE, OPEN, follow, keys, words_of
from tests.support.postgres import fresh_sqlite, locked
from tests.support.telephone import Telephone

NUMBER, OTHER = "+447700900123", "+442079460456"
NEVER = 3_600.0


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: int) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def processes(store: Store, time: Time) -> list[LastNodes]:
    """Two web processes, which look when they are told to."""
    return [LastNodes(store, REFERENCES, every=NEVER, clock=time) for _ in "ab"]


def rows(store: Store) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(select(last_node))]


def all_look(*processes: LastNodes) -> None:
    for process in (*processes, *processes):
        process.look()


def test_any_process_knows_where_a_call_was(processes):
    one, two = processes
    one.note("CA1", NUMBER, "mediation")
    assert one.of("CA2", NUMBER) == "mediation"
    all_look(one, two)
    assert two.of("CA2", NUMBER) == "mediation" and two.of("CA2", OTHER) == ""


def test_after_ten_minutes_it_is_forgotten_and_no_row_is_left(processes, store, time):
    one, two = processes
    one.note("CA1", NUMBER, "mediation")
    all_look(one, two)
    time.passes(minutes=9, seconds=59)
    assert one.of("CA2", NUMBER) == two.of("CA2", NUMBER) == "mediation"
    time.passes(seconds=1)
    assert one.of("CA2", NUMBER) == two.of("CA2", NUMBER) == ""
    one.look()
    assert rows(store) == []


def test_ten_minutes_count_from_the_last_that_was_heard(processes, time):
    one, two = processes
    one.note("CA1", NUMBER, "mediation")
    time.passes(minutes=8)
    two.note("CA1", NUMBER, "mediation")
    all_look(two, one)
    time.passes(minutes=8)
    assert one.of("CA2", NUMBER) == "mediation"


@pytest.mark.parametrize("first", [0, 1])
def test_who_went_on_to_a_menu_is_asked_nothing_whichever_process_writes_first(
    first, processes, store, time
):
    one, two = processes
    one.note("CA1", NUMBER, "mediation")
    all_look(one, two)
    time.passes(seconds=20)
    one.note("CA1", NUMBER, "complaint")
    time.passes(seconds=20)
    two.note("CA1", NUMBER, "")
    all_look(processes[first], processes[1 - first])
    assert one.of("CA2", NUMBER) == two.of("CA2", NUMBER) == ""
    assert [node for _, node, _ in rows(store)] == [""]


def test_who_was_in_no_topic_leaves_nothing(processes, store):
    processes[0].note("CA1", NUMBER, "")
    all_look(*processes)
    assert rows(store) == []


def test_a_row_holds_a_keyed_hash_a_topic_and_when(processes, store):
    processes[0].note("CA1", NUMBER, "mediation")
    all_look(*processes)
    ((ref, node, at),) = rows(store)
    assert (ref, node) == (REFERENCES.number(NUMBER), "mediation") and isinstance(at, datetime)
    assert "7700" not in ref


def test_hidden_callers_and_test_calls_leave_nothing_and_hear_nothing(processes, store):
    one, _ = processes
    one.note("CA1", "", "mediation")
    one.note("CA" + "0" * 32, NUMBER, "mediation")
    all_look(*processes)
    assert rows(store) == [] and one.of("CA2", "") == one.of("CA2", NUMBER) == ""


def test_where_it_is_switched_off_nothing_is_kept(store, time):
    process = LastNodes(store, REFERENCES, on=False, every=NEVER, clock=time)
    process.note("CA1", NUMBER, "mediation")
    process.look()
    assert process.of("CA2", NUMBER) == "" and rows(store) == []


def test_while_the_database_is_away_a_process_goes_by_what_it_knows(caplog, time):
    process = LastNodes(
        open_store("sqlite:////proc/nowhere/line.db"), REFERENCES, every=NEVER, clock=time
    )
    process.note("CA1", NUMBER, "mediation")
    process.look()
    process.look()
    assert process.of("CA2", NUMBER) == "mediation"
    assert caplog.text.count("where calls were is not known") == 1
    time.passes(minutes=10)
    assert process.of("CA2", NUMBER) == ""


def test_what_a_dead_process_left_is_deleted_with_everything_past_its_time(processes, store, time):
    processes[0].note("CA1", NUMBER, "mediation")
    processes[0].look()
    purge = Purge(store)
    assert purge.waiting(time.now + timedelta(minutes=9)) == 0
    assert purge.run(time.now + timedelta(minutes=10))["last_node"] == 1 and rows(store) == []


def test_it_is_shown_to_who_asks_and_erased(processes, store, time):
    processes[0].note("CA1", NUMBER, "mediation")
    processes[0].look()
    erasing = Erasing(store, REFERENCES)
    assert [row["node"] for row in erasing.show(NUMBER)["last_node"]] == ["mediation"]
    assert erasing.erase(NUMBER, time.now)["last_node"] == 1 and rows(store) == []


# --- what is heard ---------------------------------------------------------------------------

DROPPED = OPEN._replace(resume="apples")


def rang(facts=DROPPED):
    return follow(CallStarted(), facts=facts)


def test_who_rings_again_hears_where_they_were_and_one_key():
    turn = rang()
    said = words_of(turn)
    assert said.startswith("<greeting> <for_person> <resume_at> The apples.")
    assert "To <go_on_there_label>, press 1." in said and turn.then.seconds == 10
    on = follow(*keys("1"), call=turn.call, facts=DROPPED)
    assert on.call.at == "apples" and "apples in short." in words_of(on)
    assert follow(*keys("*"), call=on.call).call.at == "main"


def test_who_presses_nothing_hears_the_opening_as_ever():
    turn = follow(NoInput(), call=rang().call, facts=DROPPED)
    assert words_of(turn) == words_of(rang(OPEN)) and turn.call.at == "main"


def test_other_keys_are_those_of_the_first_menu():
    call = rang().call
    assert follow(*keys("2"), call=call).call.at == "more"
    assert follow(*keys("*"), call=call).call.at == "main"
    assert isinstance(follow(*keys("0"), call=call).effect, HoldRingGroup)
    assert "<closed>" in words_of(follow(*keys("0"), call=call, facts=CLOSED))
    assert "<danger_now>" in words_of(follow(*keys("9", "9", "9"), call=call))
    assert "<resume_at>" in words_of(follow(*keys("#"), call=call))
    assert "Key 7 is not used" in words_of(follow(*keys("7"), call=call))


@pytest.mark.parametrize("gone", ["gone", "main", "deadline", "often", ""])
def test_a_topic_that_is_no_more_is_not_offered(gone):
    assert words_of(rang(OPEN._replace(resume=gone))) == words_of(rang(OPEN))
    there = follow(*keys("1"), call=Call(at=f"resume-{gone}"))
    assert there.call.at in ("main", "apples")


def test_who_rings_very_often_hears_that_first():
    assert "<rung_often>" in words_of(rang(DROPPED._replace(often=True)))


@pytest.mark.parametrize(
    ("way", "topic"),
    [
        ("1", "apples"),
        ("1 1", "apples"),
        ("1 8", "apples"),
        ("1 8 3", "apples"),
        ("1 1 1 1", "apples"),
        ("1 1 1 1 1", ""),
        ("1 *", ""),
        ("1 0", ""),
        ("1 9 9 9", ""),
        ("2", ""),
        ("2 8", ""),
    ],
)
def test_a_call_can_go_on_in_a_topic_that_was_not_heard_out(way, topic):
    call = follow(CallStarted(), *keys(*way.split())).call
    assert resumable(LINE, call) == topic


def test_whoever_drops_while_being_asked_is_asked_again():
    assert resumable(LINE, rang().call) == "apples"


# --- whole calls -----------------------------------------------------------------------------


@pytest.fixture
def resuming(tmp_path) -> Iterator[tuple[Flask, Settings]]:
    """A line that lets callers go on."""
    settings = read({"DATABASE_URL": fresh_sqlite(tmp_path), "RESUME_CALLS": "true"})
    app = create_app(settings)
    yield app, settings
    services_of(app, Lifetime).close()


def ringing(telephone: Telephone, call: str, number: str, *pressed: str) -> str:
    """What was said last in a call that drops then."""
    who = {"CallSid": call, "From": number}
    twiml = telephone.voice(**who)
    for key in pressed:
        twiml = telephone.press(twiml, key, **who)
    return telephone.words(twiml)


@pytest.mark.parametrize("number", [NUMBER, OTHER, "+33123456789"])
def test_a_dropped_call_is_gone_on_with_from_any_number_that_shows(number, resuming):
    telephone = Telephone(*resuming)
    ringing(telephone, "CA1", number, "3", "3")
    again = ringing(telephone, "CA2", number)
    assert "You were listening to this. Mediation." in again
    assert "To go on there, press 1." in again and "Say" not in again
    assert "It is a free, private meeting" in ringing(telephone, "CA3", number, "1")
    assert "You were" not in ringing(telephone, "CA4", "+447700900999")


@pytest.mark.parametrize("hidden", ["+266696687", "anonymous", ""])
def test_a_hidden_caller_is_asked_nothing(hidden, resuming):
    telephone = Telephone(*resuming)
    ringing(telephone, "CA1", hidden, "3", "3")
    assert "You were" not in ringing(telephone, "CA2", hidden)


def test_who_heard_a_topic_out_is_asked_nothing(resuming):
    telephone = Telephone(*resuming)
    ringing(telephone, "CA1", NUMBER, "3", "3", *"111111")
    assert "You were" not in ringing(telephone, "CA2", NUMBER)


def test_no_step_waits_for_the_database(resuming):
    telephone = Telephone(*resuming)
    with locked(resuming[1].database):
        ringing(telephone, "CA1", NUMBER, "3", "3")
        assert "You were listening" in ringing(telephone, "CA2", NUMBER)


def test_a_demo_begins_each_call_anew_unless_it_is_asked_to(telephone):
    ringing(telephone, "CA1", NUMBER, "3", "3")
    assert "You were" not in ringing(telephone, "CA2", NUMBER)


@pytest.mark.parametrize(("given", "kept"), [({}, True), ({"RESUME_CALLS": "false"}, False)])
def test_a_real_line_lets_callers_go_on_unless_it_is_switched_off(given, kept):
    assert Settings(twilio_account_sid="AC" + "1" * 32, **{
        name.lower(): value for name, value in given.items()
    }).resumes is kept  # fmt: skip
