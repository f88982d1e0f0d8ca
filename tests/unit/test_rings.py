"""Who rings very often: counted over all processes, never slower, and never without a way on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.flow import family
from ivr.line.call import Call, CallStarted, HoldRingGroup, KeyPressed, Listen, NoInput
from ivr.line.statistics import CountKey, Noted, counted
from ivr.store import Store, open_store
from ivr.store.count_tables import ring
from ivr.store.limits import Caps
from ivr.store.rings import Rings
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.inbox import REFERENCES
from tests.support.lines import AT_NIGHT, follow, keys, words_of
from tests.support.lines import OPEN as DAY
from tests.support.postgres import locked
from tests.support.telephone import Telephone

NUMBER, OTHER = "+447700900123", "+447700900456"
MOST = 20
NEVER = 3_600.0


def rings(store: Store) -> Rings:
    """Those of one web process, which looks when it is told to."""
    return Rings(store, REFERENCES, every=NEVER)


def call(process: Rings, number: str, first: int, calls: int) -> list[bool]:
    return [process.often(f"CA{first + n}", number) for n in range(calls)]


def test_the_twenty_first_call_of_an_hour_is_too_often_and_no_other_number_is(store):
    process = rings(store)
    assert call(process, NUMBER, 0, 22) == [False] * MOST + [True] * 2
    assert call(process, OTHER, 100, 1) == [False]


def test_two_processes_count_together(store):
    one, two = rings(store), rings(store)
    assert not any(call(one, NUMBER, 0, 11) + call(two, NUMBER, 50, 9))
    for process in (one, two, one):
        process.look(datetime.now(UTC))
    assert call(one, NUMBER, 100, 1) == [True] and call(two, NUMBER, 200, 1) == [True]


def test_the_same_call_told_to_both_again_and_again_is_one(store):
    one, two = rings(store), rings(store)
    for _ in range(15):
        assert not any(call(one, NUMBER, 0, MOST // 2) + call(two, NUMBER, 0, MOST // 2))
        one.look(datetime.now(UTC))
        two.look(datetime.now(UTC))
    assert len(store.rows(select(ring))) == MOST // 2


def test_a_call_that_is_told_again_once_it_was_written_is_not_counted_again(store):
    process = rings(store)
    for _ in range(3):
        assert call(process, NUMBER, 0, MOST) == [False] * MOST
        process.look(datetime.now(UTC))


def test_after_an_hour_a_number_is_as_any_other_and_nothing_of_it_is_left(store):
    process = rings(store)
    call(process, NUMBER, 0, 30)
    process.look(datetime.now(UTC))
    assert call(process, NUMBER, 40, 1) == [True]
    later = datetime.now(UTC) + timedelta(minutes=61)
    process.look(later)
    assert call(process, NUMBER, 50, 1) == [False]
    process.look(later)
    assert store.rows(select(ring)) == []


def test_hidden_callers_are_many_people(store):
    assert not any(call(rings(store), "", 0, 60))


def test_no_number_stands_in_the_database(store):
    process = rings(store)
    call(process, NUMBER, 0, 3)
    process.look(datetime.now(UTC))
    assert "7700900" not in str(store.rows(select(ring)))


def test_while_the_database_is_away_each_process_goes_by_what_it_knows(tmp_path, caplog):
    store = open_store("sqlite:////proc/nowhere/line.db")
    process = rings(store)
    for first in (0, 10, 20):
        told = call(process, NUMBER, first, 10)
        process.look(datetime.now(UTC))
        process.look(datetime.now(UTC))
    assert all(told) and caplog.text.count("who rings often is not known") == 1


@pytest.fixture
def busy(app, settings):
    """A line on which the limit holds as for real calls."""
    services_of(app, CallServices).often.__self__._most = Caps().calls_an_hour
    return Telephone(app, settings)


def ring_often(busy, calls: int = MOST) -> None:
    for n in range(calls):
        busy.voice(CallSid=f"CAab{n:030x}")


def words(busy, twiml) -> str:
    return busy.words(twiml)


def test_who_rings_very_often_hears_where_to_read_what_to_do_in_danger_and_then_the_menu(busy):
    ring_often(busy)
    twiml = busy.voice(CallSid="CA" + "f" * 32)
    said = words(busy, twiml)
    assert "many times in the last hour" in said and "text the word menu to this number" in said
    assert (
        "ring 999" in said and "If you press nothing, I will wait a little, then read them" in said
    )
    assert twiml.find("Say") is None, "in recorded words"
    assert twiml.find("Gather").get("timeout") == "20"
    menu = busy.silence(twiml, CallSid="CA" + "f" * 32)
    assert menu.find("Hangup") is None and menu.find("Gather") is not None
    assert "The main menu" in words(busy, menu)


def test_the_same_ring_asked_again_is_answered_the_same(busy):
    ring_often(busy, MOST - 1)
    border = [busy.post("/voice", {"CallSid": "CA" + "f" * 32, "From": NUMBER}).data for _ in "123"]
    assert len(set(border)) == 1 and b"timeout" in border[0]
    over = [busy.post("/voice", {"CallSid": "CA" + "e" * 32, "From": NUMBER}).data for _ in "123"]
    assert len(set(over)) == 1 and over[0] != border[0]


def test_a_hidden_caller_is_never_put_off(busy):
    for n in range(30):
        said = words(busy, busy.voice(CallSid=f"CAab{n:030x}", From="+266696687"))
        assert "many times" not in said


def test_a_ring_waits_for_no_database(busy, settings):
    with locked(settings.database):
        before = [busy.voice(CallSid=f"CAab{n:030x}") for n in range(30)]
    assert "many times" in words(busy, before[-1]) and "many times" not in words(busy, before[0])


OFTEN = DAY._replace(often=True)


def often():
    return follow(CallStarted(), facts=OFTEN)


@pytest.mark.parametrize("key", ["1", "2", "7", "*"])
def test_whoever_presses_a_key_is_a_person_and_goes_on_as_ever(key):
    turn = follow(*keys(key), call=often().call, facts=DAY)
    assert turn.call.at == "main" and "<rung_often>" not in words_of(turn)


def test_0_finds_a_person_and_star_leads_back_to_the_menu_and_not_to_these_words():
    turn = follow(*keys("0"), call=often().call, facts=DAY)
    assert isinstance(turn.effect, HoldRingGroup)
    closed = follow(*keys("0"), call=often().call, facts=AT_NIGHT)
    assert follow(*keys("4"), call=closed.call, facts=AT_NIGHT).call.at == "main"


def test_999_brings_advice_from_there_as_from_anywhere():
    turn = follow(*keys("9", "9", "9"), call=often().call, facts=DAY)
    assert "<danger_now>" in words_of(turn)


def test_who_presses_nothing_goes_on_to_the_menu_and_from_there_to_a_person_like_anybody():
    turn = follow(NoInput(), call=often().call, facts=DAY)
    assert turn.call.at == "main" and isinstance(turn.then, Listen)
    turn = follow(*[NoInput()] * 4, call=turn.call, facts=DAY)
    assert isinstance(turn.effect, HoldRingGroup), "whose keys never arrive finds a person"


def test_only_a_ring_is_put_off_and_never_a_call_that_has_begun():
    turn = follow(KeyPressed("1"), call=Call(), facts=OFTEN)
    assert "<rung_often>" not in words_of(turn)


def test_a_machine_that_rings_again_and_again_does_not_look_like_keys_that_are_lost():
    notes = [Noted("rang", "main", ""), Noted("often", "often", "")]
    assert CountKey("keyless") not in counted(notes, 10, False, family)
    keyed = [*notes, Noted("first-key", "often", "")]
    assert CountKey("keyed") in counted(keyed, 10, False, family)
